"""User name and password, and where they are known."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QTabBar, QVBoxLayout, QWidget

from camwatch.language import marked, tr
from camwatch.ui import theme, words
from camwatch.ui.forms import Field, PasswordEdit
from camwatch.ui.signing_in.new_password import NewPassword

_HERE = marked("This computer")
_LONGEST_TAB = 22


class CredentialsForm(QWidget):
    """The fields of signing in, or on the first start those of the first administrator.

    Attributes:
        fields: By the name that errors give them.
        repeat: The password once more; None unless a new one is chosen.
        tabs: Where the operator is known; None if that is this computer only.

    Args:
        is_first_start: A new password is chosen.
        login_service: What operators call the login service; "" without one.

    Signals:
        changed: Something was typed, or another tab was chosen.
    """

    changed = Signal()

    def __init__(
        self, *, is_first_start: bool, login_service: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        space = theme.current().space
        self._new: NewPassword | None = None
        self.tabs = self._tab_bar(login_service) if login_service else None
        self.name = QLineEdit(self)
        self.name_field = Field(tr("&User name"), self.name, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * space)
        if self.tabs is not None:
            column.addWidget(self.tabs)
        column.addWidget(self.name_field)
        self.fields = {"name": self.name_field}
        self.repeat: PasswordEdit | None = None
        if is_first_start:
            self._new = new = NewPassword(self)
            self.password, self.repeat = new.password, new.repeat
            self.password_field = new.password_field
            self.strength = new.strength
            self.fields |= {"password": new.password_field, "repeat": new.repeat_field}
            self.name.textChanged.connect(new.set_name)
            column.addWidget(new)
        else:
            self.password = PasswordEdit(self)
            self.password_field = Field(tr("&Password"), self.password, self)
            self.fields["password"] = self.password_field
            column.addWidget(self.password_field)
        for field in self.fields.values():
            if isinstance(field.input, QLineEdit):
                field.input.textEdited.connect(field.clear_problem)
                field.input.textChanged.connect(self.changed)

    def _tab_bar(self, login_service: str) -> QTabBar:
        tabs = QTabBar(self)
        tabs.setExpanding(True)
        tabs.setDrawBase(False)
        tabs.setElideMode(Qt.TextElideMode.ElideRight)
        tabs.setAccessibleName(tr("Where you are known"))
        tabs.addTab(tr(_HERE))
        tabs.addTab(words.without_mnemonic(words.shortened(login_service, _LONGEST_TAB)))
        tabs.setTabToolTip(0, tr("Users that an administrator of this computer has added"))
        tabs.setTabToolTip(
            1, words.tooltip(tr("Users that {login_service} knows", login_service=login_service))
        )
        tabs.currentChanged.connect(self._on_tab)
        return tabs

    @property
    def is_remote(self) -> bool:
        """True if the login service is to be asked."""
        return self.tabs is not None and self.tabs.currentIndex() == 1

    def choose_remote(self, is_remote: bool) -> None:
        """Take the tab of the login service, or of this computer."""
        if self.tabs is not None:
            self.tabs.setCurrentIndex(int(is_remote))

    @Slot()
    def _on_tab(self) -> None:
        self.clear_problems()
        # The password of the one is nothing for the other.
        self.password.line.clear()
        self.name_field.rename(tr("&User name or e-mail") if self.is_remote else tr("&User name"))
        self.changed.emit()

    @property
    def is_filled(self) -> bool:
        """True if there is something to check."""
        return bool(self.name.text().strip() and self.password.text())

    def check(self) -> bool:
        """Tell whether both entries of a new password are the same, and say so if not."""
        return self._new is None or self._new.check()

    def clear_problems(self) -> None:
        """Take all messages away."""
        for field in self.fields.values():
            field.clear_problem()

    def show_problem(self, name: str, sentence: str) -> bool:
        """Show a message at a field and go there; False if there is no such field."""
        field = self.fields.get(name)
        if field is None:
            return False
        field.show_problem(sentence)
        field.input.setFocus()
        if isinstance(field.input, QLineEdit):
            field.input.selectAll()
        return True
