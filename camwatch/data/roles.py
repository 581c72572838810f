"""The roles that an administrator made, and what was changed of those that are always there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, delete, insert, select

from camwatch.data.schema import role
from camwatch.data.store import Store
from camwatch.domain import SiteId
from camwatch.errors import InvalidSetting, NotFound
from camwatch.language import tr


@dataclass(frozen=True, slots=True)
class RoleRecord:
    """A role as it is stored.

    Attributes:
        key: Its uid, or the key of a role that is always there.
        name: As shown; of a role that is always there its key.
        permissions: Their names; not of a role that is always there.
        sites: Whose cameras its operators see; None for all.
        needs_second_factor: Its operators must have one.
    """

    key: str
    name: str
    permissions: frozenset[str]
    sites: frozenset[SiteId] | None
    needs_second_factor: bool


class RoleRepository:
    """The roles of one history."""

    def __init__(self, connections: Store, clock: Callable[[], datetime]) -> None:
        self._connections = connections
        self._clock = clock

    def all(self) -> list[RoleRecord]:
        """Return the roles that are stored, by name.

        Raises:
            StorageError: They cannot be read.
        """
        with self._connections.reading() as connection:
            return [
                _record(row) for row in connection.execute(select(role).order_by(role.c.name_key))
            ]

    def find(self, key: str) -> RoleRecord | None:
        """Return one role, None if it is not stored.

        Raises:
            StorageError: It cannot be read.
        """
        with self._connections.reading() as connection:
            row = connection.execute(select(role).where(role.c.key == key)).first()
            return None if row is None else _record(row)

    def put(self, record: RoleRecord, name_key: str, *, must_be_there: bool = False) -> None:
        """Store a role, new or instead of what was stored under its key.

        Args:
            record: The role.
            name_key: By which names are compared.
            must_be_there: It was changed, so it must not have been removed meanwhile.

        Raises:
            InvalidSetting: "name": another role has it.
            NotFound: The role is gone.
            StorageError: Nothing was stored.
        """
        sites = None if record.sites is None else json.dumps(sorted(record.sites))
        row = {
            "key": record.key,
            "name": record.name,
            "name_key": name_key,
            "permissions": json.dumps(sorted(record.permissions)),
            "sites": sites,
            "needs_second_factor": record.needs_second_factor,
            "created_at": self._clock(),
        }
        same = select(role.c.key).where(role.c.name_key == name_key, role.c.key != record.key)
        with self._connections.writing() as connection:
            if connection.execute(same).first() is not None:
                raise InvalidSetting("name", tr("is already used by another role"))
            old = connection.execute(select(role).where(role.c.key == record.key)).first()
            if old is not None:
                row["created_at"] = old.created_at
                connection.execute(delete(role).where(role.c.key == record.key))
            elif must_be_there:
                raise NotFound(tr("the role"))
            connection.execute(insert(role), row)

    def remove(self, key: str) -> None:
        """Forget a role; nothing happens if it is not stored.

        Raises:
            StorageError: Nothing was changed.
        """
        with self._connections.writing() as connection:
            connection.execute(delete(role).where(role.c.key == key))


def _record(row: Row[tuple[object, ...]]) -> RoleRecord:
    sites = None if row.sites is None else frozenset(map(SiteId, json.loads(row.sites)))
    return RoleRecord(
        key=row.key,
        name=row.name,
        permissions=frozenset(json.loads(row.permissions)),
        sites=sites,
        needs_second_factor=row.needs_second_factor,
    )
