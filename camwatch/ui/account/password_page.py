"""Changing one's own password."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from camwatch.domain import utc_now
from camwatch.errors import (
    BadCredentials,
    CamWatchError,
    InvalidSetting,
    InvalidSettings,
    LockedOut,
)
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.error_text import field_sentence, locked_out_text
from camwatch.ui.forms import Field, FocusGroup, PasswordEdit, plain_label
from camwatch.ui.signing_in.new_password import NewPassword
from camwatch.ui.signing_in.rests import Rests

_WRONG = marked("This is not your present password. Check whether Caps Lock is on.")


class PasswordPage(FocusGroup):
    """The present password, and a new one twice.

    Signals:
        changed: Something was typed, or a rest is over.
    """

    changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.old = PasswordEdit(self)
        self.old_field = Field(tr("&Present password"), self.old, self)
        self.new = NewPassword(self, label=tr("&New password"), name=name)
        self._rests = Rests(utc_now, self)
        self._rests.ticked.connect(self._on_time)
        self.old.line.textEdited.connect(self.old_field.clear_problem)
        self.old.line.textChanged.connect(self.changed)
        self.new.changed.connect(self.changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * theme.current().space)
        ends = tr(
            "The present password ends, and where else you are signed in, you are signed out."
        )
        column.addWidget(plain_label(ends, "muted", self))
        column.addWidget(self.old_field)
        column.addWidget(self.new)
        self.begin_at(self.old)

    @property
    def is_filled(self) -> bool:
        """True if there is something to send, and it may be sent now."""
        texts = self.old.text(), self.new.password.text(), self.new.repeat.text()
        return all(texts) and self._rests.until(self._name) is None

    def clear(self) -> None:
        """Forget what was typed."""
        self.old.line.clear()
        self.old_field.clear_problem()
        self.new.clear()

    def show_problem(self, error: CamWatchError) -> bool:
        """Say at a field what is wrong; False if it is not about a field."""
        if isinstance(error, InvalidSettings) and len(error.problems) == 1:
            error = error.problems[0]
        match error:
            case BadCredentials():
                self.old_field.show_problem(tr(_WRONG))
                self.old.line.setFocus()
                self.old.line.selectAll()
            case LockedOut():
                self._rests.add(self._name, error.until)
                self._on_time()
            case InvalidSetting(field="password"):
                self.new.password_field.show_problem(field_sentence(error))
                self.new.password.line.setFocus()
                self.new.password.line.selectAll()
            case _:
                return False
        return True

    @Slot()
    def _on_time(self) -> None:
        until = self._rests.until(self._name)
        if until is not None:
            self.old_field.show_problem(locked_out_text(until, utc_now()))
        else:
            self.old_field.clear_problem()
        self.changed.emit()
