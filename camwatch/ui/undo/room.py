"""Keeps the last changes of a window, tells of the newest, and puts back what was."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from camwatch.auth.session import Session
from camwatch.errors import (
    CamWatchError,
    DatabaseAway,
    DatabaseBusy,
    PasswordNeeded,
    SessionExpired,
    SessionLocked,
)
from camwatch.language import tr
from camwatch.ui.background import Background
from camwatch.ui.banner import Banner, Gravity
from camwatch.ui.error_text import told
from camwatch.ui.palette.results import Result, StandingProvider
from camwatch.ui.shortcuts import Key, sequence_of
from camwatch.ui.undo.edit import Edit
from camwatch.ui.undo.recording import RecordingCommands
from camwatch.ui.words import clock_time

log = logging.getLogger(__name__)

C = TypeVar("C")

MOST_EDITS = 20
_SHOWN_MS = 30_000

_PASSES = (DatabaseBusy, DatabaseAway, PasswordNeeded)
"""After these it may go the next time."""


class UndoBar(Banner):
    """Says what was changed, with a button that puts it back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Gravity.INFO, parent, can_close=True)
        self.setAccessibleName(tr("The last change"))
        self.button = self.add_button(tr("Undo ({key})", key=sequence_of(Key.UNDO)))
        self.button.setAutoDefault(False)

    @property
    def is_in_use(self) -> bool:
        """Whether the pointer or the keyboard is on it."""
        focus = QApplication.focusWidget()
        return self.underMouse() or (focus is not None and self.isAncestorOf(focus))


class UndoRoom(QObject):
    """The history of what was changed in a window, as long as it is open.

    Attributes:
        bar: Tells of the newest change for half a minute; to be put under the header.

    Args:
        window: Whose changes.

    Signals:
        undone: Something was put back: what is shown may be old.
        refused: The CamWatchError that kept something from being put back.
    """

    undone = Signal()
    refused = Signal(object)
    _noted = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._edits: list[Edit] = []
        self._shown: Edit | None = None
        self._session: Callable[[], Session] | None = None
        self._background: Background | None = None
        self._running = False
        self.bar = UndoBar()
        self.bar.button.clicked.connect(self.undo_shown)
        self.bar.dismissed.connect(self._on_dismissed)
        self._timer = QTimer(self)
        self._timer.setInterval(_SHOWN_MS)
        self._timer.timeout.connect(self._on_time)
        self._noted.connect(self.note)

    def recording(self, commands: C) -> C:
        """Return commands that do the same, and tell here of what can be undone."""
        return cast("C", RecordingCommands(cast("Any", commands), self._noted.emit))

    def serve(self, session: Callable[[], Session], background: Background) -> None:
        """Say who puts back, and in whose name.

        Args:
            session: Returns who is signed in now.
            background: The one that asks for the password where a command needs it.
        """
        self._session, self._background = session, background

    @property
    def edits(self) -> Sequence[Edit]:
        """What can be undone, the newest first."""
        return tuple(reversed(self._edits))

    def take_over(self, edits: Sequence[Edit]) -> None:
        """Keep what was changed in the window before this one, the newest first."""
        self._edits = list(reversed(edits))[-MOST_EDITS:]

    @Slot(object)
    def note(self, edit: Edit) -> None:
        """Something was changed just now."""
        self._edits.append(edit)
        del self._edits[:-MOST_EDITS]
        self._show(edit)

    def _show(self, edit: Edit) -> None:
        self._shown = edit
        self.bar.button.setVisible(True)
        self.bar.say(tr("{title}.", title=edit.title))
        self._timer.start()

    @Slot()
    def hide(self) -> None:
        """Take the bar away; what can be undone stays in the history."""
        self._shown = None
        self._timer.stop()
        self.bar.say("")

    @Slot()
    def _on_dismissed(self) -> None:
        self.hide()

    @Slot()
    def _on_time(self) -> None:
        if not self.bar.is_in_use:
            self.hide()

    @Slot()
    def undo_shown(self) -> bool:
        """Undo what the bar tells of; False if it tells of nothing.

        Older changes are undone by name only: nobody remembers what was last an hour ago.
        """
        edit = self._shown
        if edit is None:
            return False
        self.undo(edit)
        return True

    def undo(self, edit: Edit) -> None:
        """Put back what was before a change, beside the GUI thread."""
        if self._session is None or self._background is None or self._running:
            return
        if edit not in self._edits:
            return
        self._running = True
        self.bar.button.setEnabled(False)
        session = self._session()
        self._background.run(
            partial(edit.put_back, session),
            lambda _none: self._on_done(edit),
            partial(self._on_failed, edit),
            owner=self,
        )

    def _rest(self) -> None:
        self._running = False
        self.bar.button.setEnabled(True)

    def _on_done(self, edit: Edit) -> None:
        self._rest()
        self._forget(edit)
        self._shown = None
        self.bar.button.setVisible(False)
        self.bar.say(tr("Put back as it was: {title}.", title=edit.title))
        self._timer.start()
        self.undone.emit()

    def _on_failed(self, edit: Edit, error: CamWatchError) -> None:
        self._rest()
        log.info("a change was not undone: %s", error)
        if isinstance(error, SessionLocked | SessionExpired):
            return  # the window says so
        if not isinstance(error, _PASSES):
            # It will not go better the next time: it is another thing by now.
            self._forget(edit)
            self.hide()
        if not isinstance(error, PasswordNeeded):  # who was asked for it did not want to
            self.refused.emit(error)

    def _forget(self, edit: Edit) -> None:
        if edit in self._edits:  # so much may have been changed since that it is not
            self._edits.remove(edit)


class UndoProvider(StandingProvider):
    """Finds what can be undone, the newest first."""

    def __init__(self, room: UndoRoom, zone: ZoneInfo) -> None:
        self._room = room
        self._zone = zone

    def results(self) -> Sequence[Result]:
        """Return the last changes."""
        return [
            Result(
                f"undo:{edit.key}",
                tr("Undo: {title}", title=edit.title),
                clock_time(edit.at, self._zone),
                "undo-2",
                partial(self._room.undo, edit),
                synonyms=("undo", "put back", "revert", "history"),
                rank=0 if place == 0 else 1,
            )
            for place, edit in enumerate(self._room.edits)
        ]


def refusal(error: CamWatchError) -> str:
    """Say in one line why something was not put back."""
    return tr("Not undone. {told}", told=told(error))
