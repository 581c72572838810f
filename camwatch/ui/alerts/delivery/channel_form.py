"""What the forms of all kinds of channels have in common."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from camwatch.alerts.settings import Channel, ChannelSettings
from camwatch.commands import KeepPassword
from camwatch.domain import Secret
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.alerts.delivery.dialog import CheckField
from camwatch.ui.forms import CalmComboBox, CalmDoubleSpinBox, CalmSpinBox, Field, PasswordEdit

LONGEST_SECRET = 1024


class ChannelForm(QWidget):
    """The settings of a channel of one kind, without its name.

    Attributes:
        fields: By the name under which a command refuses them.
        secret_edit: Where the password, token or signing secret is entered.
        column: Where the parts go, one below the other.

    Signals:
        changed: Something else is entered.
        rearranged: There are other parts than before.
    """

    changed = Signal()
    rearranged = Signal()

    def __init__(self, secret_label: str, secret_hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, Field] = {}
        self.secret_edit = PasswordEdit(self)
        self.secret_edit.line.setMaxLength(LONGEST_SECRET)
        self.secret_edit.line.textEdited.connect(self.changed)
        self._secret_label, self._secret_hint = secret_label, secret_hint
        self._stored: Channel | None = None
        self._has_secret: bool | None = False
        self.fields["secret"] = Field(secret_label, self.secret_edit, self, hint=secret_hint)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme.current().space + theme.current().space // 2)

    # ---------------------------------------------------------------- building

    def line(
        self, name: str, label: str, hint: str = "", longest: int = 255, example: str = ""
    ) -> QLineEdit:
        """Make a field for a line of text."""
        edit = QLineEdit(self)
        edit.setMaxLength(longest)
        edit.setPlaceholderText(example)
        edit.textChanged.connect(self.changed)
        self.fields[name] = Field(label, edit, self, hint=hint)
        return edit

    def number(
        self, name: str, label: str, span: tuple[int, int], hint: str = "", unit: str = ""
    ) -> CalmSpinBox:
        """Make a field for a whole number."""
        box = CalmSpinBox(self)
        box.setRange(*span)
        box.setSuffix(unit)
        box.valueChanged.connect(self.changed)
        self.fields[name] = Field(label, box, self, hint=hint)
        return box

    def decimal(
        self, name: str, label: str, span: tuple[float, float], hint: str = "", unit: str = ""
    ) -> CalmDoubleSpinBox:
        """Make a field for a number with decimals."""
        box = CalmDoubleSpinBox(self)
        box.setRange(*span)
        box.setDecimals(2)
        box.setSuffix(unit)
        box.valueChanged.connect(self.changed)
        self.fields[name] = Field(label, box, self, hint=hint)
        return box

    def choice(self, name: str, label: str, hint: str = "") -> CalmComboBox:
        """Make a field for one of several."""
        box = CalmComboBox(self)
        box.currentIndexChanged.connect(self.changed)
        self.fields[name] = Field(label, box, self, hint=hint)
        return box

    def check(self, words: str, hint: str = "", warning: str = "") -> CheckField:
        """Make a box to tick."""
        field = CheckField(words, hint, warning, self)
        field.box.toggled.connect(self.changed)
        return field

    # ---------------------------------------------------------------- what is entered

    def fill(self, channel: Channel, has_secret: bool | None) -> None:
        """Show a channel as it is stored; its secret is never shown.

        Args:
            channel: Of this form's kind.
            has_secret: See `ChannelStatus`.
        """
        self._stored, self._has_secret = channel, has_secret
        self.show_settings(channel)
        kept = {
            True: tr("One is kept and never shown. Leave this empty to keep it."),
            None: tr(
                "Whether one is kept cannot be told: the keyring does not answer now. Leave "
                "this empty to keep what is there."
            ),
            False: tr("{secret_hint} None is kept now.", secret_hint=self._secret_hint).strip(),
        }[has_secret]
        self.fields["secret"].rename(self._secret_label, kept)
        if has_secret is not False:
            self.secret_edit.line.setPlaceholderText(tr("Kept"))

    @property
    def is_kept(self) -> bool:
        """True if the secret that is kept stays."""
        is_there = self._stored is not None and self._has_secret is not False
        return is_there and not self.secret_edit.text() and self.uses_secret

    def secret(self) -> Secret | KeepPassword | None:
        """Return what was typed, or that the one that is kept stays, or that there is none."""
        if not self.uses_secret:
            return None
        if self.is_kept:
            return KeepPassword()
        typed = self.secret_edit.text()
        return Secret(typed) if typed else None

    @property
    def uses_secret(self) -> bool:
        """True if a secret is used with what is entered."""
        return True

    @abstractmethod
    def show_settings(self, channel: Channel) -> None:
        """Show how a channel is set up."""

    @abstractmethod
    def settings(self) -> ChannelSettings:
        """Return how it is set up as it is entered now."""
