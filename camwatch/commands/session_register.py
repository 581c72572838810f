"""Keeps the list of open sessions of all computers, by which one can end another's."""

from __future__ import annotations

import hashlib
import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from camwatch.auth.accounts import OpenSession
from camwatch.auth.session import Session, SignInKind
from camwatch.data.sessions import SessionRepository, SessionRow
from camwatch.data.store import WAIT_S
from camwatch.errors import NotFound, SessionExpired, StorageError
from camwatch.language import tr

log = logging.getLogger(__name__)

NOT_SEEN_FOR = timedelta(minutes=3)
"""A session that was not seen for so long is over: its program was killed."""

SEEN_EVERY = timedelta(minutes=1)
_WAIT_S = 0.2
_END_WAIT_S = 0.2


def uid_of(session: Session) -> str:
    """Return what names a session in lists: made from what opens it, with no way back."""
    digest = hashlib.sha256(b"session " + session.id.encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


class SessionRegister:
    """The sessions as all computers know them; the `SessionWatcher` of those of this one.

    Args:
        rows: Where they are kept.
        computer: The name of this one.
        clock: The wall clock, aware UTC.
    """

    def __init__(
        self, rows: SessionRepository, computer: str, clock: Callable[[], datetime]
    ) -> None:
        self._rows = rows
        self._computer = computer
        self._clock = clock
        self._lock = threading.Lock()
        self._told_at: dict[str, datetime] = {}

    def close_all_here(self, *, is_ending: bool = False) -> None:
        """Close what is open on this computer.

        At the end of a run those are its own, and at the start what an earlier one left open
        because it was killed.

        Args:
            is_ending: The program ends and must not wait for a history that somebody holds; the
                next start does it then.
        """
        wait_s = _END_WAIT_S if is_ending else WAIT_S
        try:
            self._rows.end_all_of(self._computer, self._clock(), wait_s)
        except StorageError as error:
            log.warning("the sessions of this computer are not closed: %s", error)

    def opened(self, session: Session) -> None:
        """Note a new session.

        Raises:
            StorageError: It is not noted, so there must be no session.
        """
        self._rows.add(
            SessionRow(
                uid=uid_of(session),
                actor=session.actor,
                user_uid=session.user.uid,
                kind=session.kind.value,
                computer=self._computer,
                started_at=session.started_at,
                seen_at=session.started_at,
                expires_at=session.expires_at,
            )
        )

    def closed(self, session: Session) -> None:
        """Note that a session was ended."""
        uid = uid_of(session)
        with self._lock:
            self._told_at.pop(uid, None)
        try:
            self._rows.end(uid, self._clock())
        except StorageError as error:
            # It has ended here in any case, and soon counts as ended elsewhere.
            log.warning("the end of a session is not noted: %s", error)

    def seen(self, session: Session) -> None:
        """Note that a session goes on; written at most once a minute.

        Raises:
            SessionExpired: It was ended, perhaps from another computer, or is not known.
            StorageError: That cannot be found out, so nobody is let through.
        """
        uid = uid_of(session)
        found = self._rows.find(uid)
        if found is None or found.ended_at is not None:
            raise SessionExpired
        now = self._clock()
        if abs(now - found.seen_at) < SEEN_EVERY:
            return
        with self._lock:
            if abs(now - self._told_at.get(uid, found.seen_at)) < SEEN_EVERY:
                return  # another thread is at it, or could not do it a moment ago
            self._told_at[uid] = now
        try:
            self._rows.see([uid], now, wait_s=_WAIT_S)
        except StorageError as error:
            # What is asked need not wait for this: there are some more tries in three minutes.
            log.info("it is not noted that a session goes on: %s", error)

    def open_ones(self, asking: Session) -> list[OpenSession]:
        """Return the sessions that are open now, newest first.

        Raises:
            StorageError: They cannot be read.
        """
        now = self._clock()
        this = uid_of(asking)
        return [_shown(row, this) for row in self._rows.open_ones(now, now - NOT_SEEN_FOR)]

    def count_by_user(self) -> Mapping[str, int]:
        """Return how many sessions of each operator are open now, by the operator's uid.

        Raises:
            StorageError: They cannot be read.
        """
        now = self._clock()
        return self._rows.count_by_user(now, now - NOT_SEEN_FOR)

    def get(self, uid: str) -> SessionRow:
        """Return a session, open or not.

        Raises:
            NotFound: There is none.
            StorageError: It cannot be read.
        """
        row = self._rows.find(uid)
        if row is None:
            raise NotFound(tr("the session"))
        return row

    def end(self, uid: str) -> None:
        """End a session of any computer; its program hears of it at its next command.

        Raises:
            StorageError: It goes on.
        """
        self._rows.end(uid, self._clock())

    def end_others(self, session: Session) -> None:
        """End the other sessions of an operator, who has just chosen another password.

        Raises:
            StorageError: They go on.
        """
        self._rows.end_others_of(session.user.uid, uid_of(session), self._clock())


def _shown(row: SessionRow, this: str) -> OpenSession:
    return OpenSession(
        uid=row.uid,
        actor=row.actor,
        kind=SignInKind(row.kind),
        computer=row.computer,
        started_at=row.started_at,
        seen_at=row.seen_at,
        is_this=row.uid == this,
    )
