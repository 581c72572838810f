"""Knows who is signed in, and until when."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from camwatch.auth.accounts import SignInWays
from camwatch.auth.session import Session, SignInKind
from camwatch.domain import utc_now
from camwatch.errors import CamWatchError, SessionExpired
from camwatch.events import SessionChanged
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge

log = logging.getLogger(__name__)

_LONGEST_MS = 2**31 - 1


class SessionCommands(Protocol):
    """What this asks of `camwatch.commands.Commands`."""

    def present_session(self, session: Session) -> Session:
        """Return the session as it is now: its role, and who vouches for it."""
        ...

    def sign_in_ways(self) -> SignInWays:
        """Return how one can sign in here."""
        ...


class SessionWatch(QObject):
    """Ends a window's session in time, and follows who vouches for its operator.

    Attributes:
        session: As it is now, as far as the window knows.
        service: What operators call the login service; "" while that is not known.

    Signals:
        changed: The role is another, somebody else vouches for the operator, or the account was
            changed; with the session as it was before.
        ended: It has run out, or was ended from elsewhere.
    """

    changed = Signal(object)
    ended = Signal()

    def __init__(
        self,
        commands: SessionCommands,
        session: Session,
        background: Background,
        bridge: EventBridge,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._background = background
        self.session = session
        self.service = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.ended)
        self._timer.start(self._left_ms())
        bridge.session_changed.connect(self._on_changed)

    def read_service(self) -> None:
        """Read what the login service is called, if it has to do with this session."""
        commands = self._commands
        if self.session.kind is not SignInKind.LOCAL:
            self._background.run(
                lambda: commands.sign_in_ways().login_service,
                self._on_service,
                lambda error: log.info("the login service's name is not known: %s", error),
                owner=self,
            )

    def _on_service(self, name: str) -> None:
        self.service = name
        self.changed.emit(self.session)

    def _left_ms(self) -> int:
        left_s = (self.session.expires_at - utc_now()).total_seconds()
        return min(max(int(left_s * 1000), 0), _LONGEST_MS)

    @Slot()
    def look_again(self) -> None:
        """Look at the clock again: the timer stood still, or the clock was set forwards."""
        self._timer.start(min(self._timer.remainingTime(), self._left_ms()))

    @Slot(bool)
    def note_second_factor(self, is_on: bool) -> None:
        """Note that the operator has switched the second factor on or off."""
        before = self.session
        user = replace(before.user, has_second_factor=is_on)
        self.session = replace(before, user=user)
        self.changed.emit(before)

    @Slot(object)
    def _on_changed(self, event: SessionChanged) -> None:
        if event.user_uid != self.session.user.uid:
            return
        commands, session = self._commands, self.session
        self._background.run(
            lambda: commands.present_session(session),
            self._on_present,
            self._on_not_present,
            owner=self,
        )

    def _on_present(self, present: Session) -> None:
        before, self.session = self.session, present
        if present != before:
            self._timer.start(self._left_ms())
            self.changed.emit(before)

    def _on_not_present(self, error: CamWatchError) -> None:
        if isinstance(error, SessionExpired):
            self.ended.emit()
        else:
            log.info("what became of the session is not known: %s", error)
