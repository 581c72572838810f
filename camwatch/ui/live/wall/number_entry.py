"""Goes to a camera by its number, typed digit by digit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel, QWidget

from camwatch.language import tr
from camwatch.ui import theme

_MOST_DIGITS = 6
_PAUSE_MS = 1200


class NumberEntry(QObject):
    """Takes digits while its owner is visible; Enter or a pause ends the number.

    A zero is taken only as a later digit, and Enter and Backspace only while there is something
    to end or to put right: they mean other things else. Esc the owner hands on itself.

    Args:
        owner: While it is visible, digits are taken.
        over: What has been typed is shown over the middle of this.
        name_of: Tells the name of the camera of a number; "" if there is none.

    Signals:
        entered: The number of a camera that is there.
    """

    entered = Signal(int)

    def __init__(self, owner: QWidget, over: QWidget, name_of: Callable[[int], str]) -> None:
        super().__init__(owner)
        self._owner = owner
        self._over = over
        self._name_of = name_of
        self.typed = ""
        self.shown = QLabel(owner)
        self.shown.setObjectName("typedNumber")
        self.shown.setTextFormat(Qt.TextFormat.PlainText)
        self.shown.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.shown.hide()
        for digit in "123456789":
            self._shortcut(digit, partial(self._type, digit))
        self._later = [
            self._shortcut("0", partial(self._type, "0")),
            self._shortcut("Return", self.finish),
            self._shortcut("Enter", self.finish),
            self._shortcut("Backspace", self._take_back),
        ]
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self.finish)
        self.give_up()

    def _shortcut(self, key: str, call: Callable[[], object]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self._owner)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(call)
        return shortcut

    def _type(self, digit: str) -> None:
        if len(self.typed) < _MOST_DIGITS:
            self.typed += digit
        self._show()

    def _take_back(self) -> None:
        self.typed = self.typed[:-1]
        if self.typed:
            self._show()
        else:
            self.give_up()

    @Slot()
    def give_up(self) -> None:
        """Forget what was typed."""
        self.typed = ""
        self._pause.stop()
        self.shown.hide()
        for shortcut in self._later:
            shortcut.setEnabled(False)

    @Slot()
    def finish(self) -> None:
        """Go to the camera, if there is one."""
        typed = self.typed
        if typed and self._name_of(int(typed)):
            self.give_up()
            self.entered.emit(int(typed))
        else:
            self.give_up()

    def _show(self) -> None:
        tokens = theme.current()
        name = self._name_of(int(self.typed))
        if name:
            self.shown.setText(tr("{number}  {name}", number=self.typed, name=name))
        else:
            self.shown.setText(tr("{number}  no camera has this number", number=self.typed))
        self.shown.setStyleSheet(
            f"#typedNumber {{ background: {tokens.raised}; color: {tokens.text};"
            f" border: 2px solid {tokens.accent if name else tokens.warning};"
            f" border-radius: {tokens.radius}px; padding: {tokens.space}px {2 * tokens.space}px;"
            f" font-size: {tokens.font_title}px; font-weight: 600; }}"
        )
        self.shown.adjustSize()
        self.shown.setMaximumWidth(max(200, self._over.width()))
        middle = self._over.mapTo(self._owner, self._over.rect().center())
        self.shown.move(middle - self.shown.rect().center())
        self.shown.show()
        self.shown.raise_()
        for shortcut in self._later:
            shortcut.setEnabled(True)
        self._pause.start(_PAUSE_MS)
