"""The operators as an administrator changes them: the last administrator stays one."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from camwatch.data.names import operator_key
from camwatch.data.operators import user_of
from camwatch.data.schema import operator_session, recovery_code, role, user
from camwatch.data.store import Store
from camwatch.domain import Role, User, UserId
from camwatch.errors import InvalidSetting, NotFound
from camwatch.language import tr

LAST_ADMINISTRATOR = "is the last administrator, so they must stay one; make another one first"


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An operator with what an administrator is shown.

    Attributes:
        failures: Failed sign-ins since the last one that succeeded.
        locked_until: No try is accepted before, UTC; None if tries are accepted.
        code_expires_at: Until when the one-time code holds, UTC; None if there is none.
    """

    user: User
    failures: int
    locked_until: datetime | None
    code_expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An operator that is to be added.

    Attributes:
        name: As shown.
        role: Key of the role.
        password_hash: As it is stored; not shown by repr.
        must_change: Another password is chosen at the first sign-in.
        code_expires_at: The password is a one-time code, and holds so long.
    """

    name: str
    role: str
    password_hash: str = field(repr=False)
    must_change: bool
    code_expires_at: datetime | None = None


class AccountRepository:
    """The operators of one history, for who manages them."""

    def __init__(self, connections: Store, clock: Callable[[], datetime]) -> None:
        self._connections = connections
        self._clock = clock

    def all(self) -> list[AccountRecord]:
        """Return all operators, by name.

        Raises:
            StorageError: They cannot be read.
        """
        with self._connections.reading() as connection:
            return [_record(row) for row in connection.execute(select(user).order_by(_BY_NAME))]

    def get(self, user_id: UserId) -> AccountRecord:
        """Return one operator.

        Raises:
            NotFound: The operator is gone.
            StorageError: It cannot be read.
        """
        with self._connections.reading() as connection:
            return _record(_read(connection, user_id))

    def is_last_administrator(self, user_id: UserId) -> bool:
        """Tell whether this operator must stay an administrator.

        Raises:
            NotFound: The operator is gone.
            StorageError: It cannot be read.
        """
        with self._connections.reading() as connection:
            return _is_last(connection, _read(connection, user_id), self._clock())

    def add_all(self, accounts: Sequence[NewAccount]) -> list[User]:
        """Store new operators, all or none.

        Raises:
            InvalidSetting: A name is in use ("name"), or a role is gone ("role").
            StorageError: Nothing was stored.
        """
        now = self._clock()
        with self._connections.writing() as connection:
            return [_add(connection, account, now) for account in accounts]

    def change(
        self,
        user_id: UserId,
        *,
        keeps_administrator: bool = False,
        ends_sessions: bool = False,
        drops_recovery_codes: bool = False,
        **values: object,
    ) -> AccountRecord:
        """Change an operator.

        Args:
            user_id: Whose record.
            keeps_administrator: It is refused for the last administrator.
            ends_sessions: The operator's open sessions end, on all computers.
            drops_recovery_codes: The codes that stand in for a lost device end.
            **values: The columns that change.

        Raises:
            InvalidSetting: "user": it is the last administrator; "role": there is none of
                this key.
            NotFound: The operator is gone.
            StorageError: Nothing was stored.
        """
        now = self._clock()
        with self._connections.writing() as connection:
            row = _read(connection, user_id)
            # In the transaction that changes it: two administrators who lower each other
            # at the same moment would else both find the other one still there.
            if keeps_administrator and _is_last(connection, row, now):
                raise InvalidSetting("user", LAST_ADMINISTRATOR)
            if "role" in values:
                _check_role(connection, str(values["role"]))
            if drops_recovery_codes:
                _drop_recovery_codes(connection, user_id)
            if ends_sessions:
                values |= {"version": row.version + 1}
                _end_sessions(connection, row.uid, now)
            connection.execute(update(user).where(user.c.id == user_id).values(values))
            return _record(_read(connection, user_id))

    def remove(self, user_id: UserId) -> None:
        """Forget an operator; what the audit log says stays.

        Raises:
            InvalidSetting: "user": it is the last administrator.
            NotFound: The operator is gone already.
            StorageError: Nothing was changed.
        """
        now = self._clock()
        with self._connections.writing() as connection:
            row = _read(connection, user_id)
            if _is_last(connection, row, now):
                raise InvalidSetting("user", LAST_ADMINISTRATOR)
            _drop_recovery_codes(connection, user_id)
            _end_sessions(connection, row.uid, now)
            connection.execute(delete(user).where(user.c.id == user_id))

    def remove_role(self, key: str, instead: str) -> list[UserId]:
        """Forget a role, and give its operators another one.

        Returns:
            Whose role changed.

        Raises:
            InvalidSetting: "instead": there is none of this key.
            NotFound: The role is gone already.
            StorageError: Nothing was changed.
        """
        with self._connections.writing() as connection:
            if not connection.execute(delete(role).where(role.c.key == key)).rowcount:
                raise NotFound(tr("the role"))
            try:
                _check_role(connection, instead)
            except InvalidSetting as error:
                raise InvalidSetting("instead", error.reason) from error
            theirs = select(user.c.id).where(user.c.role == key).order_by(_BY_NAME)
            ids = [UserId(found) for found in connection.execute(theirs).scalars()]
            connection.execute(update(user).where(user.c.role == key).values(role=instead))
            return ids


_BY_NAME = user.c.name_key


def _read(connection: Connection, user_id: UserId) -> Row[Any]:
    row = connection.execute(select(user).where(user.c.id == user_id)).first()
    if row is None:
        raise NotFound(tr("the user"))
    return row


def _is_last(connection: Connection, row: Row[Any], now: datetime) -> bool:
    """Tell whether an operator is an administrator, and no other one can sign in."""
    if row.role != Role.ADMINISTRATOR or row.is_disabled:
        return False
    another = select(user.c.id).where(
        user.c.role == Role.ADMINISTRATOR.value,
        user.c.is_disabled.is_(False),
        or_(user.c.code_expires_at.is_(None), user.c.code_expires_at > now),
        user.c.id != row.id,
    )
    return connection.execute(another.limit(1)).first() is None


def _check_role(connection: Connection, key: str) -> None:
    if key in set(Role):
        return
    if connection.execute(select(role.c.key).where(role.c.key == key)).first() is None:
        raise InvalidSetting("role", tr("does not exist (any more); choose another one"))


def _add(connection: Connection, account: NewAccount, now: datetime) -> User:
    _check_role(connection, account.role)
    key = operator_key(account.name)
    if connection.execute(select(user.c.id).where(user.c.name_key == key)).first() is not None:
        raise InvalidSetting("name", tr("is already used by another user"))
    row = {
        "name": account.name,
        "name_key": key,
        "role": account.role,
        "password_hash": account.password_hash,
        "is_disabled": False,
        "created_at": now,
        "failures": 0,
        "locked_until": None,
        "uid": str(uuid.uuid4()),
        "must_change": account.must_change,
        "code_expires_at": account.code_expires_at,
    }
    new_id = connection.execute(insert(user).returning(user.c.id), row).scalar_one()
    return user_of(_read(connection, UserId(new_id)))


def _end_sessions(connection: Connection, user_uid: str, now: datetime) -> None:
    theirs = (operator_session.c.user_uid == user_uid) & operator_session.c.ended_at.is_(None)
    connection.execute(update(operator_session).where(theirs).values(ended_at=now))


def _drop_recovery_codes(connection: Connection, user_id: UserId) -> None:
    connection.execute(delete(recovery_code).where(recovery_code.c.user_id == user_id))


def _record(row: Row[Any]) -> AccountRecord:
    return AccountRecord(user_of(row), row.failures, row.locked_until, row.code_expires_at)
