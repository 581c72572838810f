"""Tells every half minute that a window is still there, and learns that its session is not."""

from __future__ import annotations

import logging
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from camwatch.auth.session import Session
from camwatch.errors import CamWatchError, SessionExpired
from camwatch.ui.background import Background

log = logging.getLogger(__name__)

_EVERY_MS = 30_000


class PulseCommands(Protocol):
    """What this asks of `camwatch.commands.Commands`."""

    def still_here(self, session: Session) -> None:
        """Note that the session goes on."""
        ...


class SessionPulse(QObject):
    """Asks one question at a time, also while nobody works with the window.

    Args:
        every_ms: Time from one question to the next.

    Signals:
        ended: An administrator has ended the session, or changed its operator.
    """

    ended = Signal()

    def __init__(
        self,
        commands: PulseCommands,
        session: Session,
        background: Background,
        parent: QObject | None = None,
        every_ms: int = _EVERY_MS,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._is_asking = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.ask)
        self._timer.start(every_ms)

    @Slot()
    def ask(self) -> None:
        """Ask now, unless a question is under way."""
        if self._is_asking:
            return
        self._is_asking = True
        commands, session = self._commands, self._session
        self._background.run(
            lambda: commands.still_here(session), self._on_answer, self._on_failed, owner=self
        )

    def _on_answer(self, _none: None) -> None:
        self._is_asking = False

    def _on_failed(self, error: CamWatchError) -> None:
        self._is_asking = False
        if isinstance(error, SessionExpired):
            self._timer.stop()
            self.ended.emit()
            return
        # The history is away; the window says so where it asks for something.
        log.info("nobody could be told that the window is still there: %s", error)
