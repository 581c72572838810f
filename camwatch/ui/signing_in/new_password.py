"""Choosing a new password: the rules in words, how good it is, and the same once more."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from camwatch.auth.passwords import SHORTEST, check_new_password
from camwatch.errors import InvalidSetting
from camwatch.ui import theme
from camwatch.ui.forms import Field, FocusGroup, PasswordEdit, in_tab_order, plain_label

RULES = (
    f"At least {SHORTEST} characters, and not your user name. "
    "A few words that only you put together are best."
)
_STRENGTHS = ("", "Too easy to guess", "Good enough", "Good", "Very good")


def password_strength(name: str, password: str) -> tuple[int, str]:
    """Judge a new password: 0 (nothing typed) to 4, and the words for it."""
    if not password:
        return 0, ""
    if (missing := SHORTEST - len(password)) > 0:
        return 1, f"{missing} more character{'' if missing == 1 else 's'} needed"
    try:
        check_new_password(name, password)
    except InvalidSetting:
        return 1, _STRENGTHS[1]
    level = min(2 + (len(password) - SHORTEST) // 4, 4)
    return level, _STRENGTHS[level]


class StrengthBar(QWidget):
    """Four segments that fill up as a new password gets better."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.level = 0
        self.setFixedHeight(4)

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw the segments."""
        tokens = theme.current()
        filled = (tokens.critical, tokens.critical, tokens.warning, tokens.ok, tokens.ok)
        with QPainter(self) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            gap = 4
            width = (self.width() - 3 * gap) / 4
            for number in range(4):
                color = filled[self.level] if number < self.level else tokens.line
                painter.setBrush(QColor(color))
                painter.drawRoundedRect(QRectF(number * (width + gap), 0, width, 4), 2, 2)


class NewPassword(FocusGroup):
    """A password, how good it is, and the same password once more.

    Attributes:
        name: Of the operator, which must not be the password.

    Signals:
        changed: Something was typed.
    """

    changed = Signal()

    def __init__(
        self, parent: QWidget | None = None, *, label: str = "&Password", name: str = ""
    ) -> None:
        super().__init__(parent)
        space = theme.current().space
        self.name = name
        self.password = PasswordEdit(self)
        self.repeat = PasswordEdit(self)
        self.password_field = Field(label, self.password, self, hint=RULES)
        self.repeat_field = Field("&Repeat the password", self.repeat, self)
        self._bar = StrengthBar(self)
        self.strength = plain_label("", "muted", self)
        judged = QVBoxLayout()
        judged.setSpacing(space // 2)
        judged.addWidget(self._bar)
        judged.addWidget(self.strength)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * space)
        column.addWidget(self.password_field)
        column.addLayout(judged)
        column.addWidget(self.repeat_field)
        for edit, field in (
            (self.password, self.password_field),
            (self.repeat, self.repeat_field),
        ):
            edit.line.textEdited.connect(field.clear_problem)
            edit.line.textChanged.connect(self._on_typed)
        in_tab_order(
            self.password.line,
            self.password.show_button,
            self.repeat.line,
            self.repeat.show_button,
        )
        self.begin_at(self.password)

    def set_name(self, name: str) -> None:
        """Say whose password it is."""
        self.name = name
        self._judge()

    @Slot()
    def _on_typed(self) -> None:
        self._judge()
        self.changed.emit()

    def _judge(self) -> None:
        self._bar.level, words = password_strength(self.name, self.password.text())
        self._bar.update()
        self.strength.setText(words)

    def check(self) -> bool:
        """Tell whether both entries are the same, and say so if they are not."""
        if self.repeat.text() == self.password.text():
            return True
        self.repeat_field.show_problem("Both entries must be the same.")
        self.repeat.line.setFocus()
        self.repeat.line.selectAll()
        return False

    def clear(self) -> None:
        """Forget what was typed."""
        for edit, field in (
            (self.password, self.password_field),
            (self.repeat, self.repeat_field),
        ):
            edit.line.clear()
            field.clear_problem()
