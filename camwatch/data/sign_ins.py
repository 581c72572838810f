"""What signing in reads and changes of an operator's own record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from camwatch.data.schema import user
from camwatch.data.store import Store
from camwatch.domain import UserId
from camwatch.errors import NotFound
from camwatch.language import tr


class SignInRepository:
    """The sign-ins of the operators of one history."""

    def __init__(self, connections: Store) -> None:
        self._connections = connections

    def code_expires_at(self, user_id: UserId) -> datetime | None:
        """Return until when the password is a one-time code, UTC; None if it is none.

        Raises:
            NotFound: The operator is gone.
            StorageError: It cannot be read.
        """
        query = select(user.c.code_expires_at).where(user.c.id == user_id)
        with self._connections.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFound(tr("user {user_id}", user_id=user_id))
        moment: datetime | None = row.code_expires_at
        return moment

    def choose_password(self, user_id: UserId, password_hash: str) -> None:
        """Store a password that the operator chose; the operator's sessions end.

        Raises:
            NotFound: The operator is gone.
            StorageError: Nothing was stored.
        """
        self._set(
            user_id,
            {
                "password_hash": password_hash,
                "must_change": False,
                "code_expires_at": None,
                "version": user.c.version + 1,
            },
        )

    def clear_failures(self, user_id: UserId) -> None:
        """Forget that signing in failed.

        Raises:
            NotFound: The operator is gone.
            StorageError: Nothing was stored.
        """
        self._set(user_id, {"failures": 0, "locked_until": None})

    def signed_in(self, user_id: UserId, now: datetime) -> None:
        """Note that the operator has signed in, and forget that it failed before.

        Raises:
            NotFound: The operator is gone.
            StorageError: Nothing was stored.
        """
        self._set(user_id, {"failures": 0, "locked_until": None, "signed_in_at": now})

    def _set(self, user_id: UserId, values: dict[str, object]) -> None:
        with self._connections.writing() as connection:
            done = connection.execute(update(user).where(user.c.id == user_id).values(values))
            if not done.rowcount:
                raise NotFound(tr("user {user_id}", user_id=user_id))
