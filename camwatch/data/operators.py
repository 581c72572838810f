"""The operators' records, and how often a sign-in failed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from camwatch.data.names import operator_key
from camwatch.data.schema import user
from camwatch.data.store import Store
from camwatch.domain import User, UserId
from camwatch.errors import InvalidSetting, NotFound
from camwatch.language import tr


@dataclass(frozen=True, slots=True)
class OperatorRecord:
    """An operator with what a sign-in needs.

    Attributes:
        password_hash: As it was stored; not shown by repr.
        failures: Failed sign-ins since the last one that succeeded.
        locked_until: No try is accepted before, UTC; None if tries are accepted.
    """

    user: User
    password_hash: str = field(repr=False)
    failures: int
    locked_until: datetime | None


class OperatorRepository:
    """The operators of one history."""

    def __init__(self, connections: Store, clock: Callable[[], datetime]) -> None:
        self._connections = connections
        self._clock = clock

    def add(self, name: str, role: str, password_hash: str) -> User:
        """Store a new operator.

        Args:
            name: As shown.
            role: Key of the role.
            password_hash: As it is stored.

        Raises:
            InvalidSetting: The name is in use; look-alike forms of its letters count as same.
            StorageError: Nothing was stored.
        """
        row = {
            "name": name,
            "name_key": operator_key(name),
            "role": str(role),
            "password_hash": password_hash,
            "is_disabled": False,
            "created_at": self._clock(),
            "failures": 0,
            "locked_until": None,
            "uid": str(uuid.uuid4()),
        }
        with self._connections.writing() as connection:
            same = select(user.c.id).where(user.c.name_key == row["name_key"])
            if connection.execute(same).first() is not None:
                raise InvalidSetting("name", tr("is already used by another user"))
            new_id = connection.execute(insert(user).returning(user.c.id), row).scalar_one()
            return _record(_read(connection, UserId(new_id))).user

    def find(self, name: str) -> OperatorRecord | None:
        """Return the operator of this name, None if there is none."""
        query = select(user).where(user.c.name_key == operator_key(name))
        with self._connections.reading() as connection:
            row = connection.execute(query).first()
            return None if row is None else _record(row)

    def all(self) -> list[User]:
        """Return all operators, by name."""
        with self._connections.reading() as connection:
            rows = connection.execute(select(user).order_by(user.c.name_key))
            return [_record(row).user for row in rows]

    def count(self) -> int:
        """Return how many operators there are; 0 before the first start was completed."""
        with self._connections.reading() as connection:
            return connection.execute(select(func.count()).select_from(user)).scalar_one()

    def set_password_hash(self, user_id: UserId, password_hash: str) -> None:
        """Replace the password hash.

        Raises:
            NotFound: The operator is gone.
            StorageError: Nothing was stored.
        """
        self._set(user_id, password_hash=password_hash)

    def set_throttle(self, user_id: UserId, failures: int, locked_until: datetime | None) -> None:
        """Store how often signing in failed, and until when no try is accepted.

        Raises:
            NotFound: The operator is gone.
            StorageError: Nothing was stored.
        """
        self._set(user_id, failures=failures, locked_until=locked_until)

    def _set(self, user_id: UserId, **values: object) -> None:
        with self._connections.writing() as connection:
            result = connection.execute(update(user).where(user.c.id == user_id).values(values))
            if not result.rowcount:
                raise NotFound(tr("user {user_id}", user_id=user_id))


def _read(connection: Connection, user_id: UserId) -> Row[Any]:
    return connection.execute(select(user).where(user.c.id == user_id)).one()


def user_of(row: Row[Any]) -> User:
    """Return the operator of a row of the table."""
    return User(
        id=UserId(row.id),
        name=row.name,
        role=row.role,
        is_disabled=row.is_disabled,
        created_at=row.created_at,
        uid=row.uid,
        version=row.version,
        must_change=row.must_change,
        has_second_factor=row.has_second_factor,
        signed_in_at=row.signed_in_at,
    )


def _record(row: Row[Any]) -> OperatorRecord:
    return OperatorRecord(
        user=user_of(row),
        password_hash=row.password_hash,
        failures=row.failures,
        locked_until=row.locked_until,
    )
