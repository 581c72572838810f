"""Notices that nobody has used this computer's keys or mouse here for a while."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from camwatch.domain import elapsed_s

_USED = frozenset(
    {
        QEvent.Type.ShortcutOverride,  # a key that is a shortcut comes as nothing else
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletMove,
    }
)
_LOCK = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_L)
_LONGEST_MS = 60_000
"""It looks at the clock at least so often: a timer stands still while the computer sleeps."""


class IdleWatch(QObject):
    """Watches all windows of the program for keys, mouse, wheel and touch.

    The time that the computer sleeps counts as well. Whoever comes too late does not become
    busy again by a key: that key is swallowed.

    Args:
        elapsed: A clock in seconds that nobody sets and that goes on during sleep.

    Signals:
        idle: Nobody did anything for as long as the limit.
        lock_requested: Ctrl+L was pressed in a dialog, where no key of the window works.
    """

    idle = Signal()
    lock_requested = Signal()

    def __init__(
        self, elapsed: Callable[[], float] = elapsed_s, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._elapsed = elapsed
        self._limit_s = 0.0
        self._used_s = elapsed()
        self._came_late = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.check)
        if (application := QApplication.instance()) is not None:
            application.installEventFilter(self)

    @property
    def is_watching(self) -> bool:
        """True between `start` and `stop`."""
        return self._limit_s > 0

    def start(self, limit_s: float) -> None:
        """Watch from now on, or with another limit."""
        if not self.is_watching:
            self._used_s = self._elapsed()
        self._limit_s = limit_s
        self._wait()

    def stop(self) -> None:
        """Watch no more."""
        self._timer.stop()
        self._limit_s = 0.0

    @Slot()
    def check(self) -> None:
        """Look at the clock: tell if the time is up."""
        if not self.is_watching:
            return
        if self._left_s() <= 0:
            self.stop()
            self.idle.emit()
        else:
            self._wait()

    def _left_s(self) -> float:
        return self._limit_s - (self._elapsed() - self._used_s)

    def _wait(self) -> None:
        left_ms = int(max(self._left_s(), 0.0) * 1000) + 1
        self._timer.start(min(left_ms, _LONGEST_MS))

    def eventFilter(self, _watched: QObject, event: QEvent, /) -> bool:
        """Note that somebody is there; the event goes on, unless they came too late."""
        kind = event.type()
        if kind not in _USED:
            return False
        if self._came_late and kind is QEvent.Type.KeyPress:
            self._came_late = False  # the key itself, after what asked whether it is a shortcut
            return True
        return self.is_watching and self._take(event, kind)

    def _take(self, event: QEvent, kind: QEvent.Type) -> bool:
        """Take something that somebody did; return whether that is all that comes of it."""
        is_question = kind is QEvent.Type.ShortcutOverride
        if not (is_question or event.spontaneous()):
            return False  # made by the program itself
        if not is_question and isinstance(event, QKeyEvent) and event.keyCombination() == _LOCK:
            self.lock_requested.emit()
            return True
        if self.note():
            return False
        self._came_late = is_question
        event.accept()
        return True

    def note(self) -> bool:
        """Take note that somebody is there; False if they came too late, and CamWatch locks."""
        if self._left_s() > 0:
            self._used_s = self._elapsed()
            return True
        self.check()
        return False
