"""Setting up the device that makes codes, and keeping the recovery codes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.accounts import SecondFactorSetup
from camwatch.domain import Secret
from camwatch.errors import CamWatchError
from camwatch.files import write_aside
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import FocusGroup, plain_label
from camwatch.ui.signing_in.code_entry import CodeEntry
from camwatch.ui.signing_in.qr_code import QrCode

_QR = 212
_FILE = "camwatch-recovery-codes.txt"


def _code_font(widget: QWidget) -> QFont:
    """Return a font in which no two signs look alike."""
    font = QFont(widget.font())
    font.setFamilies([tr("DejaVu Sans Mono"), tr("Consolas"), tr("Menlo"), "monospace"])
    font.setStyleHint(QFont.StyleHint.Monospace)
    return font


class DeviceSetUp(FocusGroup):
    """Shows a secret as a QR code and to be typed, and takes the first code made from it.

    Signals:
        changed: Something was typed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        self.qr_code = QrCode(_QR, self)
        first = plain_label(
            tr("1. Scan this with an app for codes, such as the one on your phone."), "", self
        )
        typed = plain_label(tr("Or type this key into it:"), "muted", self)
        self.secret = plain_label("", "", self)
        self.secret.setFont(_code_font(self.secret))
        self.secret.setAccessibleName(tr("Key to type"))
        self.secret.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        second = plain_label(tr("2. Type the code that it shows now."), "", self)
        self.code = CodeEntry(self)
        self.code.changed.connect(self.changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addWidget(first)
        column.addWidget(self.qr_code, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(typed)
        column.addWidget(self.secret)
        column.addSpacing(space)
        column.addWidget(second)
        column.addWidget(self.code)
        self.begin_at(self.code)

    def show_setup(self, setup: SecondFactorSetup | None) -> None:
        """Show what the device needs; None to forget it."""
        self.qr_code.show_text(None if setup is None else setup.uri)
        self.secret.setText("" if setup is None else setup.text.reveal())
        self.code.clear()


class RecoveryCodes(QWidget):
    """Shows the recovery codes once, lets them be copied and saved, and asks for care.

    Signals:
        changed: The operator says to have kept them, or not.
    """

    changed = Signal()

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        self._background = background
        self._codes: tuple[Secret, ...] = ()
        words = plain_label(
            tr(
                "With one of these you get in when your device is lost. Each works once. They are "
                "not shown again: print them, or keep them where only you can read them."
            ),
            "",
            self,
        )
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(3 * space)
        self._grid.setVerticalSpacing(space // 2)
        self.copy_button = QPushButton(icons.icon("copy"), tr("&Copy"), self)
        self.save_button = QPushButton(icons.icon("download"), tr("&Save…"), self)
        for button in (self.copy_button, self.save_button):
            button.setIconSize(icons.button_size())
            button.setAutoDefault(False)
        self.copy_button.clicked.connect(self.copy)
        self.save_button.clicked.connect(self.ask_where_to_save)
        self.said = plain_label("", "muted", self)
        self.kept_box = QCheckBox(tr("I have &kept them"), self)
        self.kept_box.toggled.connect(self.changed)
        buttons = QHBoxLayout()
        buttons.setSpacing(space)
        buttons.addWidget(self.copy_button)
        buttons.addWidget(self.save_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * space)
        column.addWidget(words)
        column.addLayout(self._grid)
        column.addLayout(buttons)
        column.addWidget(self.said)
        column.addWidget(self.kept_box)
        self.said.hide()
        self.setFocusProxy(self.kept_box)

    @property
    def is_kept(self) -> bool:
        """True once the operator has said so."""
        return self.kept_box.isChecked()

    def show_codes(self, codes: Sequence[Secret]) -> None:
        """Show these codes; none to forget them."""
        self._codes = tuple(codes)
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        for number, code in enumerate(self._codes):
            label = plain_label(code.reveal(), "key", self)
            label.setWordWrap(False)
            label.setFont(_code_font(label))
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._grid.addWidget(label, number // 2, number % 2)
        self.kept_box.setChecked(False)
        self.said.hide()

    def _text(self) -> str:
        lines = [code.reveal() for code in self._codes]
        return "\n".join([tr("Recovery codes for CamWatch. Each works once."), "", *lines, ""])

    @Slot()
    def copy(self) -> None:
        """Put the codes onto the clipboard."""
        QGuiApplication.clipboard().setText(self._text())
        self._say(tr("Copied. Paste them where only you can read them."))

    @Slot()
    def ask_where_to_save(self) -> None:
        """Ask for a file, and save the codes there."""
        dialog = QFileDialog(self, tr("Save the recovery codes"), str(Path.home() / _FILE))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(tr("Text (*.txt)"))
        dialog.setDefaultSuffix("txt")
        dialog.selectFile(_FILE)
        dialog.fileSelected.connect(self._on_file)
        dialog.open()

    @Slot(str)
    def _on_file(self, name: str) -> None:
        self.save(Path(name))

    def save(self, file: Path) -> None:
        """Save the codes so that other accounts of this computer cannot read them."""
        data = self._text().encode()

        def job() -> str:
            try:
                write_aside(file, data)
            except OSError as error:
                return tr(
                    "Not saved: {value}.", value=error.strerror or tr("the file cannot be written")
                )
            return tr("Saved as {name}.", name=file.name)

        self._background.run(job, self._say, self._on_not_saved, owner=self)

    def _on_not_saved(self, error: CamWatchError) -> None:
        self._say(tr("Not saved. {whole}", whole=text_for(error).whole))

    def _say(self, text: str) -> None:
        self.said.setText(text)
        self.said.show()
