"""A profile with an audit log that somebody tampers with."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from camwatch.auth.audit_check import AuditCheck, AuditFinding
from camwatch.auth.secrets import SecretStore
from camwatch.commands.access import AccessOptions
from camwatch.commands.audit_head import FILE
from camwatch.commands.audit_keeper import AuditKeeper, seal_log, verify_profile
from camwatch.data.audit import AuditRepository
from camwatch.data.engine import Database
from camwatch.paths import Profile
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import Clock

TRIGGERS = ("audit_no_update", "audit_no_delete", "audit_no_replace")


class AuditSite:
    """A profile, its keyring, and what an operator or an intruder does with them.

    Attributes:
        keyring: Shared by all runs.
        clock: Of all runs.
    """

    def __init__(self, folder: Path) -> None:
        self.profile = Profile(folder)
        self.profile.create()
        self.keyring = MemoryKeyring()
        self.clock = Clock()

    @contextmanager
    def store(self) -> Iterator[SecretStore]:
        store = SecretStore(lambda: self.keyring)
        try:
            yield store
        finally:
            store.close()

    @contextmanager
    def run(self) -> Iterator[tuple[AuditRepository, AuditKeeper]]:
        """Be one run of the program."""
        with self.store() as store, Database.open(self.file, clock=self.clock) as database:
            access = AccessOptions(self.profile.folder, computer="desk")
            keeper = seal_log(database.audit, store, access, self.clock)
            assert keeper is not None
            yield database.audit, keeper
            # Whatever was begun in the background ends before the test looks.
            keeper.close(wait_s=30.0)

    def write(self, *targets: str) -> None:
        """Run the program and write entries about these."""
        with self.run() as (audit, _):
            for target in targets:
                self.clock.advance(seconds=1)
                audit.append("ada", "edit_camera", target, "done", {"fields": "name"})

    def check(self) -> AuditCheck:
        """Check the log as the command line does."""
        with self.store() as store, Database.open_audit(self.file) as reader:
            return verify_profile(reader, store, self.profile.folder, self.clock)

    def found(self) -> list[AuditFinding]:
        return list(self.check().findings)

    @property
    def file(self) -> Path:
        return self.profile.database_file

    @property
    def head_file(self) -> Path:
        return self.profile.folder / FILE

    def tamper(self, *statements: str) -> None:
        """Change the log as somebody who may write the file does, triggers first."""
        with closing(sqlite3.connect(self.file)) as connection, connection:
            made = dict(
                connection.execute(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' "
                    "AND tbl_name = 'audit'"
                )
            )
            assert set(made) == set(TRIGGERS)
            for name in made:
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                connection.execute(statement)
            for text in made.values():
                connection.execute(text)

    def asked(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.file)) as connection:
            return connection.execute(query).fetchall()

    def copy(self, folder: Path) -> Callable[..., None]:
        """Copy history and note; return what puts them back."""
        folder.mkdir()
        with (
            closing(sqlite3.connect(self.file)) as source,
            closing(sqlite3.connect(folder / "history")) as target,
        ):
            source.backup(target)
        shutil.copy(self.head_file, folder / FILE)

        def put_back(*, with_note: bool) -> None:
            for old in self.profile.folder.glob(f"{self.file.name}*"):
                old.unlink()
            shutil.copy(folder / "history", self.file)
            if with_note:
                shutil.copy(folder / FILE, self.head_file)

        return put_back
