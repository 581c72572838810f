"""Shows a one-time code, once."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from camwatch.auth.accounts import OneTimeCode
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.fitting import fit
from camwatch.ui.forms import plain_label, warning_label
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.operators.wording import breakable, whole_moment

_CODE_PX = 28
_WIDTH = 560


class CodeDialog(QDialog):
    """A one-time code, large enough to be read out, and to be copied.

    Args:
        code: Whose, and what.
        zone: For the moment at which it runs out.
    """

    def __init__(self, code: OneTimeCode, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._code = code
        self.setWindowTitle(tr("One-time code"))
        space = theme.current().space
        self.code = plain_label(code.code.reveal(), "", self)
        font = theme.fixed_font()
        font.setPixelSize(theme.px(_CODE_PX))
        self.code.setFont(font)
        # The style sheet of the program would else set the size of ordinary text.
        self.code.setStyleSheet(
            f"font-size: {theme.px(_CODE_PX)}px; font-family: '{font.family()}';"
        )
        self.code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.code.setAccessibleName(tr("One-time code of {name}", name=code.name))
        card = QFrame(self)
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        inside.addWidget(self.code)
        self.copied = plain_label("", "muted", self)
        self.copy_button = make_button(tr("&Copy the code"), "copy", self.copy, self)
        self.close_button = make_button(tr("&Done"), "", self.accept, self)
        self.close_button.setProperty("role", "primary")
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        buttons.addWidget(self.copy_button)
        buttons.addWidget(self.copied, 1)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space + space // 2)
        column.addWidget(
            plain_label(
                tr("One-time code for {breakable}", breakable=breakable(code.name)), "title", self
            )
        )
        how = tr(
            "Pass it on in person or by telephone. With it the user signs in once, and chooses "
        )
        column.addWidget(plain_label(tr("{how}a password.", how=how), "muted", self))
        column.addWidget(card)
        column.addWidget(
            plain_label(
                tr("Valid until {whole_moment}", whole_moment=whole_moment(code.expires_at, zone)),
                "",
                self,
            )
        )
        warning = warning_label(
            tr(
                "It is shown only now and kept nowhere. If it is lost, “Reset password” makes a new "
                "one."
            ),
            self,
        )
        warning.setContentsMargins(0, 0, 0, 0)
        column.addWidget(warning)
        column.addStretch(1)
        column.addLayout(buttons)
        self.copy_button.setFocus()
        fit(self, _WIDTH, 340)

    @Slot()
    def copy(self) -> None:
        """Put the code where Ctrl+V takes it from."""
        QGuiApplication.clipboard().setText(self._code.code.reveal())
        self.copied.setText(tr("Copied."))
