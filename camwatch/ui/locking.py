"""Locks the window when its operator has left, and unlocks it with the password."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from camwatch.auth.session import Session
from camwatch.config import Security
from camwatch.domain import elapsed_s
from camwatch.errors import CamWatchError, SessionExpired
from camwatch.ui.background import Background
from camwatch.ui.dialog_shelf import DialogShelf
from camwatch.ui.idle_watch import IdleWatch
from camwatch.ui.lock_panel import LockPanel
from camwatch.ui.signing_in.commands import ConfirmCommands

log = logging.getLogger(__name__)


class LockCommands(ConfirmCommands, Protocol):
    """What locking asks of `camwatch.commands.Commands`."""

    def lock(self, session: Session) -> None:
        """Lock the session until its operator confirms the password."""
        ...

    def security(self, session: Session) -> Security:
        """Return for how long sessions stay open."""
        ...


class Locking(QObject):
    """Locks a session and covers its window; the window says what is covered.

    The window is covered at once, and the session is locked in the background: whatever
    becomes of that, nobody works on without the password. Dialogs are put aside and come
    back as they were.

    Attributes:
        panel: Where the password is entered; the window gives it a place.
        security: After what time, and whether the live view stays.

    Args:
        background: Must be one that does not itself ask for passwords.
        elapsed: A clock in seconds that nobody sets and that goes on during sleep.

    Signals:
        changed: It is locked now, or is not any more.
        unlocked: The password was entered.
        asked: Somebody wants to do something while it is locked: show the panel.
        expired: The session has ended.
    """

    changed = Signal()
    unlocked = Signal()
    asked = Signal()
    expired = Signal()

    def __init__(
        self,
        commands: LockCommands,
        session: Session,
        background: Background,
        window: QWidget,
        *,
        elapsed: Callable[[], float] = elapsed_s,
    ) -> None:
        super().__init__(window)
        self._commands = commands
        self._session = session
        self._background = background
        self._locks_under_way = 0
        self.is_locked = False
        self.security = Security()
        self.panel = LockPanel(commands, session, background)
        self.panel.confirmed.connect(self._on_confirmed)
        self.panel.expired.connect(self.expired)
        self._shelf = DialogShelf(window)
        self.idle_watch = IdleWatch(elapsed, self)
        self.idle_watch.idle.connect(self.lock)
        self.idle_watch.lock_requested.connect(self.lock)
        self._watch()
        self.read_security()

    def set_session(self, session: Session) -> None:
        """Lock this session from now on."""
        self._session = session
        self.panel.set_session(session)

    @property
    def hides_live(self) -> bool:
        """True while nothing at all may be seen."""
        return self.is_locked and not self.security.live_while_locked

    # ---------------------------------------------------------------- the time

    @Slot()
    def read_security(self) -> None:
        """Read for how long sessions stay open, in the background."""
        commands, session = self._commands, self._session
        self._background.run(
            lambda: commands.security(session),
            self.take_security,
            self._on_no_security,
            owner=self,
        )

    @Slot(object)
    def take_security(self, security: Security) -> None:
        """Keep to these settings from now on."""
        self.security = security
        if self.is_locked:
            self.changed.emit()
        else:
            self._watch()

    def _on_no_security(self, error: CamWatchError) -> None:
        """Keep to what was known; it is asked again when the window is unlocked."""
        if isinstance(error, SessionExpired):
            self.expired.emit()
        else:
            log.info("for how long sessions stay open is not known: %s", error)

    def _watch(self) -> None:
        self.idle_watch.start(self.security.lock_after_min * 60.0)

    @Slot()
    def check(self) -> None:
        """Look at the clock: the computer was asleep, or its clock was set."""
        self.idle_watch.check()

    # ---------------------------------------------------------------- locking

    @Slot()
    def lock(self) -> None:
        """Lock now; where it is locked already, ask for the password."""
        if self.is_locked:
            self.asked.emit()
            return
        self._cover()
        commands, session = self._commands, self._session
        self._locks_under_way += 1
        # An unlocking that overtakes the lock would leave the session locked.
        self.panel.prompt.hold(is_held=True)
        self._background.run(
            lambda: commands.lock(session), self._on_locked, self._on_not_locked, owner=self
        )

    @Slot()
    def on_session_locked(self) -> None:
        """Cover the window: a command said that the session is locked."""
        if not self.is_locked:
            self._cover()
        self.asked.emit()

    def _cover(self) -> None:
        self.is_locked = True
        self.idle_watch.stop()
        self.panel.prompt.clear()
        self._shelf.put_aside()
        self.changed.emit()

    def _on_locked(self, _none: None) -> None:
        self._locks_under_way -= 1
        self.panel.prompt.hold(is_held=self._locks_under_way > 0)

    def _on_not_locked(self, error: CamWatchError) -> None:
        """Stay covered all the same: only the password uncovers the window."""
        self._on_locked(None)
        if isinstance(error, SessionExpired):
            self.expired.emit()
        else:
            log.error("the session could not be locked: %s [%s]", error, error.error_id)

    @Slot()
    def _on_confirmed(self) -> None:
        self.is_locked = False
        self._watch()
        self.changed.emit()
        self._shelf.bring_back()
        self.unlocked.emit()
        self.read_security()
