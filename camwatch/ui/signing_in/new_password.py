"""Choosing a new password: the rules in words, how good it is, and the same once more."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from camwatch.auth.passwords import SHORTEST, check_new_password
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.forms import Field, FocusGroup, PasswordEdit, in_tab_order
from camwatch.ui.strength import StrengthMeter, strength

RULES = marked(
    "At least {shortest} characters, and not your user name. "
    "A few words that only you put together are best."
)
_BETTER_BY = 4


def password_strength(name: str, password: str) -> tuple[int, str]:
    """Judge a new password: 0 (nothing typed) to 4, and the words for it."""
    return strength(password, SHORTEST, _BETTER_BY, lambda text: check_new_password(name, text))


class NewPassword(FocusGroup):
    """A password, how good it is, and the same password once more.

    Attributes:
        name: Of the operator, which must not be the password.

    Signals:
        changed: Something was typed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, label: str = "", name: str = "") -> None:
        super().__init__(parent)
        space = theme.current().space
        self.name = name
        self.password = PasswordEdit(self)
        self.repeat = PasswordEdit(self)
        self.password_field = Field(
            label or tr("&Password"), self.password, self, hint=tr(RULES, shortest=SHORTEST)
        )
        self.repeat_field = Field(tr("&Repeat the password"), self.repeat, self)
        self._meter = StrengthMeter(self)
        self.strength = self._meter.words
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * space)
        column.addWidget(self.password_field)
        column.addWidget(self._meter)
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
        self._meter.show_strength(*password_strength(self.name, self.password.text()))

    def check(self) -> bool:
        """Tell whether both entries are the same, and say so if they are not."""
        if self.repeat.text() == self.password.text():
            return True
        self.repeat_field.show_problem(tr("Both entries must be the same."))
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
