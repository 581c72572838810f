"""The field for the code of an operator's device."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from camwatch.language import listed, tr
from camwatch.ui import theme
from camwatch.ui.forms import Field, set_role

DIGITS = 6
_MOST = 64
_CODE = listed(lambda: (tr("&Code"), tr("The six digits that your device shows now.")))
_RECOVERY = listed(
    lambda: (tr("&Recovery code"), tr("One of those that you kept. Each can be used once."))
)


class CodeEntry(QWidget):
    """A big field for six digits; a recovery code can be typed instead, where there are any.

    Args:
        can_recover: Offer that.

    Signals:
        changed: Something was typed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, can_recover: bool = False) -> None:
        super().__init__(parent)
        self.is_recovery = False
        self.line = QLineEdit(self)
        self.line.setObjectName("code")
        self.line.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.line.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self.field = Field(_CODE[0], self.line, self, hint=_CODE[1])
        self.other_button = QPushButton(self)
        self.other_button.setAutoDefault(False)
        self.other_button.setProperty("role", "link")
        self.other_button.setVisible(can_recover)
        self.other_button.clicked.connect(self._on_other)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space)
        column.addWidget(self.field)
        column.addWidget(self.other_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.line.textEdited.connect(self._on_edited)
        self.line.textChanged.connect(self.changed)
        self.setFocusProxy(self.line)
        self._arrange()

    @property
    def is_complete(self) -> bool:
        """True if what was typed can be a code."""
        return bool(self.text()) if self.is_recovery else len(self.text()) == DIGITS

    def text(self) -> str:
        """Return what was typed, without blanks."""
        return "".join(self.line.text().split())

    def clear(self) -> None:
        """Forget what was typed."""
        self.line.clear()
        self.field.clear_problem()

    def show_problem(self, sentence: str) -> None:
        """Say what is wrong, and let it be typed anew."""
        self.field.show_problem(sentence)
        self.line.setFocus()
        self.line.selectAll()

    @Slot(str)
    def _on_edited(self, text: str) -> None:
        self.field.clear_problem()
        if not self.is_recovery:
            # Pasted codes come with blanks, and devices of some countries have own digits.
            digits = "".join(str(int(one)) for one in text if one.isdecimal())[:DIGITS]
            if digits != text:
                self.line.setText(digits)

    @Slot()
    def _on_other(self) -> None:
        self.is_recovery = not self.is_recovery
        self._arrange()
        self.line.setFocus()
        self.changed.emit()

    def _arrange(self) -> None:
        self.clear()
        self.field.rename(*(_RECOVERY if self.is_recovery else _CODE))
        self.line.setMaxLength(_MOST)
        self.line.setPlaceholderText("" if self.is_recovery else "000000")
        set_role(self.line, "")
        other = (
            tr("Use the code of the device")
            if self.is_recovery
            else tr("Use a recovery code instead")
        )
        self.other_button.setText(other)
