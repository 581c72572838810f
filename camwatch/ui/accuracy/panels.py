"""Beside a playing recording: what the operator counted, in large, and the keys for it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from camwatch.language import listed, marked, tr
from camwatch.scene import Direction
from camwatch.ui import icons, theme
from camwatch.ui.forms import plain_label

BLIND = marked("What the program counted stays hidden until you are done.")

_MASKS = marked("Leave out who stands in a hatched area, as the program does.")

_LARGE = 84
_MIDDLE = 44

_COMMON_KEYS = listed(
    lambda: (
        (tr("Space"), tr("play and pause")),
        (", .", tr("picture back, next")),
        ("B", tr("5 seconds back")),
        ("↑ ↓", tr("faster, slower")),
        (tr("Backspace"), tr("take back the last")),
    )
)


class Panel(QFrame):
    """A card with a heading, something large, and the keys."""

    def __init__(self, heading: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        space = theme.current().space
        self.undo = mouse_button(tr("Take back the last"), self)
        self.undo.setIcon(icons.icon("undo-2"))
        self.middle = QVBoxLayout()
        self.middle.setSpacing(space)
        self._keys = QGridLayout()
        self._keys.setHorizontalSpacing(space + space // 2)
        self._keys.setVerticalSpacing(space // 2)
        self._keys.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        column.setSpacing(space)
        column.addWidget(plain_label(heading, "heading", self))
        column.addWidget(plain_label(hint, "muted", self))
        self._masks = plain_label(tr(_MASKS), "muted", self)
        self._masks.hide()
        column.addWidget(self._masks)
        column.addLayout(self.middle)
        column.addWidget(self.undo)
        column.addStretch(1)
        column.addLayout(self._keys)
        column.addSpacing(space)
        column.addWidget(_hidden_note(self))

    def explain_masks(self, *, has_masks: bool) -> None:
        """Say that nobody is counted in the hatched areas, if there are any."""
        self._masks.setVisible(has_masks)

    def explain(self, keys: Sequence[tuple[str, str]]) -> None:
        """Say what these keys do, and those for playing."""
        self.explain_only((*keys, *_COMMON_KEYS))

    def explain_only(self, keys: Sequence[tuple[str, str]]) -> None:
        """Say what these keys do."""
        for row, (key, meaning) in enumerate(keys):
            sign = QLabel(key, self)
            sign.setProperty("role", "key")
            sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._keys.addWidget(sign, row, 0)
            self._keys.addWidget(plain_label(meaning, "muted", self), row, 1)


class PassagePanel(Panel):
    """How many the operator saw passing.

    Signals:
        passed: A Direction: somebody passes now.
    """

    passed = Signal(object)

    def __init__(self, place: str, parent: QWidget | None = None) -> None:
        hint = tr("Press a key the moment somebody passes the line.")
        super().__init__(tr("Passing “{place}”", place=place), hint, parent)
        row = QHBoxLayout()
        self.numbers: dict[Direction, QLabel] = {}
        self.buttons: dict[Direction, QPushButton] = {}
        for direction, words, color in (
            (Direction.IN, tr("In"), theme.current().ok),
            (Direction.OUT, tr("Out"), theme.current().warning),
        ):
            number = large_number(theme.px(_MIDDLE), self)
            number.setStyleSheet(
                f"color: {color}; font-size: {theme.px(_MIDDLE)}px; font-weight: 600;"
            )
            button = mouse_button(words, self)
            button.clicked.connect(lambda _checked, way=direction: self.passed.emit(way))
            part = QVBoxLayout()
            part.addWidget(number)
            part.addWidget(button)
            row.addLayout(part)
            self.numbers[direction], self.buttons[direction] = number, button
        self.middle.addLayout(row)
        self.explain([("I  →", tr("somebody goes in")), ("O  ←", tr("somebody goes out"))])

    def show_totals(self, inwards: int, outwards: int) -> None:
        """Show how many passed so far."""
        self.numbers[Direction.IN].setText(str(inwards))
        self.numbers[Direction.OUT].setText(str(outwards))
        self.undo.setEnabled(inwards + outwards > 0)


class OccupancyPanel(Panel):
    """How many the operator sees in view.

    Signals:
        change_requested: So many more, or fewer, are in view.
    """

    change_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        hint = tr("Type the number again whenever it changes. It holds until the next one.")
        super().__init__(tr("People in view now"), hint, parent)
        self.number = large_number(_LARGE, self)
        self.middle.addWidget(self.number)
        row = QHBoxLayout()
        self.minus = self._changer("−", tr("One fewer"), -1)
        self.plus = self._changer("+", tr("One more"), 1)
        row.addWidget(self.minus)
        row.addWidget(self.plus)
        self.middle.addLayout(row)
        self.explain(
            [
                ("0 … 9", tr("so many people")),
                ("+  −", tr("one more, one fewer")),
                (tr("Page ↑ ↓"), tr("five more, five fewer")),
            ]
        )

    def _changer(self, sign: str, words: str, by: int) -> QPushButton:
        button = mouse_button(sign, self)
        button.setAccessibleName(words)
        button.setToolTip(words)
        button.clicked.connect(lambda: self.change_requested.emit(by))
        return button

    def show_people(self, people: int | None) -> None:
        """Show the number that holds now; None if none was entered yet."""
        self.number.setText("?" if people is None else str(people))
        self.undo.setEnabled(people is not None)


def mouse_button(words: str, parent: QWidget) -> QPushButton:
    """Return a button that leaves the keyboard where it is: a key does the same."""
    button = QPushButton(words, parent)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setAutoDefault(False)
    return button


def large_number(height: int, parent: QWidget) -> QLabel:
    """Return a label for a number that is read from afar."""
    label = QLabel("?", parent)
    label.setStyleSheet(f"font-size: {height}px; font-weight: 600;")
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return label


def _hidden_note(parent: QWidget) -> QWidget:
    tokens = theme.current()
    note = QWidget(parent)
    sign = QLabel(note)
    sign.setPixmap(icons.pixmap("eye-off", 16, tokens.muted, parent.devicePixelRatioF()))
    row = QHBoxLayout(note)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(tokens.space)
    row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(plain_label(tr(BLIND), "muted", note), 1)
    return note
