"""The audit log on a real history, with real commands and real threads."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from camwatch.auth.secrets import SecretStore
from camwatch.commands import Commands
from camwatch.commands.access import AccessOptions
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.events import Bus
from camwatch.workers.queries import QueryPool
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import PASSWORD, Clock, counting_in


class AuditLogBench:
    """Everything between the page and the disk, as the program joins it.

    Attributes:
        session: Of the administrator, "boss".
    """

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.file = folder / "camwatch.sqlite3"
        self.keyring = MemoryKeyring()
        self.database = Database.open(self.file, clock=self.clock)
        self.store = SecretStore(lambda: self.keyring)
        bus = Bus()
        self.commands = Commands(
            self.database,
            self.store,
            CameraPolicy(),
            bus,
            counting_in(folder, bus),
            self.clock,
            AccessOptions(folder, computer="front-desk"),
        )
        self.session = self.commands.create_first_administrator("boss", PASSWORD)
        self.pool = QueryPool()
        self._workers = [make() for make in self.pool.posts()]
        for worker in self._workers:
            worker.start()

    def write(self, *entries: tuple[str, str, str, str], step_s: float = 60.0) -> None:
        """Write entries: who, what, which, result; a step of time before each."""
        for actor, action, target, result in entries:
            self.clock.advance(seconds=step_s)
            self.database.audit.append(actor, action, target, result, {"fields": "name, host"})

    def tamper(self, statement: str) -> None:
        """Change the log behind CamWatch's back."""
        with closing(sqlite3.connect(self.file)) as connection, connection:
            for name in ("audit_no_update", "audit_no_delete", "audit_no_replace"):
                connection.execute(f"DROP TRIGGER IF EXISTS {name}")
            connection.execute(statement)

    def stop(self) -> None:
        """Stop the threads and close the history."""
        for worker in self._workers:
            worker.request_stop()
        for worker in self._workers:
            assert worker.wait(10_000)
        if (keeper := self.commands.audit_keeper) is not None:
            keeper.close()
        self.store.close()
        self.database.close()
