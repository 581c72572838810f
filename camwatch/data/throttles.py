"""How often signing in failed: under a name, and at a computer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from camwatch.data.moments import from_ms, to_ms
from camwatch.data.names import operator_key
from camwatch.data.schema import computer_throttle, unknown_name, user
from camwatch.data.store import Store
from camwatch.domain import UserId
from camwatch.errors import NotFound
from camwatch.language import tr

_MOST_UNKNOWN_NAMES = 1000


@dataclass(frozen=True, slots=True)
class ComputerFailures:
    """What is stored of a computer; see `camwatch.auth.throttle.ComputerThrottle`."""

    recent: tuple[datetime, ...] = ()
    rests: int = 0
    locked_until: datetime | None = None


class ThrottleRepository:
    """The failed sign-ins of one history."""

    def __init__(self, connections: Store, clock: Callable[[], datetime]) -> None:
        self._connections = connections
        self._clock = clock

    def computer(self, name: str) -> ComputerFailures:
        """Return what is stored of a computer.

        Raises:
            StorageError: It cannot be read.
        """
        query = select(computer_throttle).where(computer_throttle.c.computer == name)
        with self._connections.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            return ComputerFailures()
        recent = tuple(from_ms(moment) for moment in json.loads(row.recent))
        return ComputerFailures(recent, row.rests, row.locked_until)

    def name(self, digest: str) -> tuple[int, datetime | None]:
        """Return failures and lock of a name that no operator has; (0, None) if it is new.

        Raises:
            StorageError: They cannot be read.
        """
        query = select(unknown_name.c.failures, unknown_name.c.locked_until).where(
            unknown_name.c.name_key == operator_key(digest)
        )
        with self._connections.reading() as connection:
            row = connection.execute(query).first()
            return (0, None) if row is None else (row.failures, row.locked_until)

    def put(
        self,
        owner: UserId | str,
        failures: int,
        locked_until: datetime | None,
        computer: str,
        at_computer: ComputerFailures,
    ) -> None:
        """Store a failure, of an account and of the computer at which it happened.

        Args:
            owner: An operator, or the digest of a name that no operator has. Only the newest
                1000 of those are kept, so that guessing cannot fill the disk.
            failures: How often it failed since it last succeeded.
            locked_until: No try is accepted before, UTC.
            computer: Its name.
            at_computer: What is to be stored of it.

        Raises:
            NotFound: The operator is gone.
            StorageError: Nothing was stored.
        """
        row = {
            "computer": computer,
            "recent": json.dumps([to_ms(moment) for moment in at_computer.recent]),
            "rests": at_computer.rests,
            "locked_until": at_computer.locked_until,
        }
        with self._connections.writing() as connection:
            if isinstance(owner, str):
                self._put_unknown(connection, owner, failures, locked_until)
            else:
                values = {"failures": failures, "locked_until": locked_until}
                done = connection.execute(update(user).where(user.c.id == owner).values(values))
                if not done.rowcount:
                    raise NotFound(tr("user {owner}", owner=owner))
            connection.execute(
                delete(computer_throttle).where(computer_throttle.c.computer == computer)
            )
            connection.execute(insert(computer_throttle), row)

    def forget_name(self, digest: str) -> None:
        """Forget the failures under a name that no operator has.

        Raises:
            StorageError: Nothing was changed.
        """
        with self._connections.writing() as connection:
            connection.execute(
                delete(unknown_name).where(unknown_name.c.name_key == operator_key(digest))
            )

    def _put_unknown(
        self, connection: Connection, digest: str, failures: int, locked_until: datetime | None
    ) -> None:
        key = operator_key(digest)
        row = {
            "name_key": key,
            "failures": failures,
            "locked_until": locked_until,
            "tried_at": self._clock(),
        }
        kept = (
            select(unknown_name.c.name_key)
            .order_by(unknown_name.c.tried_at.desc())
            .limit(_MOST_UNKNOWN_NAMES)
        )
        connection.execute(delete(unknown_name).where(unknown_name.c.name_key == key))
        connection.execute(insert(unknown_name), row)
        connection.execute(delete(unknown_name).where(unknown_name.c.name_key.not_in(kept)))
