"""What the history keeps of second factors: which code was the last, and recovery codes.

The secrets from which codes are made are in the keyring, never here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from camwatch.data.schema import recovery_code, user
from camwatch.data.store import Store
from camwatch.domain import UserId
from camwatch.errors import NotFound
from camwatch.language import tr


@dataclass(frozen=True, slots=True)
class StoredCode:
    """A recovery code that was not used yet.

    Attributes:
        id: Names it.
        code_hash: As it was stored.
    """

    id: int
    code_hash: str


class SecondFactorRepository:
    """The second factors of the operators of one history."""

    def __init__(self, connections: Store, clock: Callable[[], datetime]) -> None:
        self._connections = connections
        self._clock = clock

    def last_step(self, user_id: UserId) -> int:
        """Return the step of the last code that was used; 0 if none was.

        Raises:
            NotFound: The operator is gone.
            StorageError: It cannot be read.
        """
        with self._connections.reading() as connection:
            row = connection.execute(select(user.c.totp_step).where(user.c.id == user_id)).first()
        if row is None:
            raise NotFound(tr("user {user_id}", user_id=user_id))
        return int(row.totp_step)

    def use_step(self, user_id: UserId, step: int) -> bool:
        """Note that the code of a step was used; False if that one or a later one was already.

        Raises:
            StorageError: Nothing was stored.
        """
        query = (
            update(user).where(user.c.id == user_id, user.c.totp_step < step).values(totp_step=step)
        )
        with self._connections.writing() as connection:
            return connection.execute(query).rowcount == 1

    def switch_on(self, user_id: UserId, step: int, code_hashes: Sequence[str]) -> None:
        """Let an operator have a second factor; the operator's sessions end.

        Args:
            user_id: Whose.
            step: Of the code that proved it.
            code_hashes: Of the recovery codes, which take the place of older ones.

        Raises:
            NotFound: The operator is gone.
            StorageError: Nothing was stored.
        """
        values = {"has_second_factor": True, "totp_step": step, "version": user.c.version + 1}
        with self._connections.writing() as connection:
            _set(connection, user_id, values)
            _replace_codes(connection, user_id, code_hashes)

    def switch_off(self, user_id: UserId) -> None:
        """Take an operator's second factor away, with the recovery codes.

        The last step stays, so that no code that was seen is ever right again.

        Raises:
            NotFound: The operator is gone.
            StorageError: Nothing was stored.
        """
        with self._connections.writing() as connection:
            _set(connection, user_id, {"has_second_factor": False})
            _replace_codes(connection, user_id, ())

    def replace_codes(self, user_id: UserId, code_hashes: Sequence[str]) -> None:
        """Store new recovery codes in place of the old ones.

        Raises:
            StorageError: Nothing was stored.
        """
        with self._connections.writing() as connection:
            _replace_codes(connection, user_id, code_hashes)

    def codes(self, user_id: UserId) -> list[StoredCode]:
        """Return the recovery codes that were not used yet.

        Raises:
            StorageError: They cannot be read.
        """
        query = (
            select(recovery_code.c.id, recovery_code.c.code_hash)
            .where(recovery_code.c.user_id == user_id, recovery_code.c.used_at.is_(None))
            .order_by(recovery_code.c.id)
        )
        with self._connections.reading() as connection:
            return [StoredCode(row.id, row.code_hash) for row in connection.execute(query)]

    def codes_left(self, user_id: UserId) -> int:
        """Return how many recovery codes were not used yet.

        Raises:
            StorageError: They cannot be read.
        """
        query = select(func.count()).where(
            recovery_code.c.user_id == user_id, recovery_code.c.used_at.is_(None)
        )
        with self._connections.reading() as connection:
            return connection.execute(query).scalar_one()

    def use_code(self, code_id: int) -> bool:
        """Note that a recovery code was used; False if it was already, or is gone.

        Raises:
            StorageError: Nothing was stored.
        """
        query = (
            update(recovery_code)
            .where(recovery_code.c.id == code_id, recovery_code.c.used_at.is_(None))
            .values(used_at=self._clock())
        )
        with self._connections.writing() as connection:
            return connection.execute(query).rowcount == 1


def _set(connection: Connection, user_id: UserId, values: dict[str, object]) -> None:
    if not connection.execute(update(user).where(user.c.id == user_id).values(values)).rowcount:
        raise NotFound(tr("user {user_id}", user_id=user_id))


def _replace_codes(connection: Connection, user_id: UserId, code_hashes: Sequence[str]) -> None:
    connection.execute(delete(recovery_code).where(recovery_code.c.user_id == user_id))
    rows = [{"user_id": user_id, "code_hash": code_hash} for code_hash in code_hashes]
    if rows:
        connection.execute(insert(recovery_code), rows)
