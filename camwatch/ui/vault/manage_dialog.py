"""Shows an administrator how the vault is, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLayout,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.session import Session
from camwatch.auth.vault import VaultState
from camwatch.commands.vault_commands import VaultStatus
from camwatch.errors import CamWatchError
from camwatch.language import marked, table, tr
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import keep_on_screen
from camwatch.ui.forms import BusyBar, Notice, plain_label
from camwatch.ui.vault.dialog import PassphraseDialog
from camwatch.ui.vault.new_passphrase import ChangeDialog
from camwatch.ui.vault.protocol import VaultScreenCommands
from camwatch.ui.vault.unlock_dialog import UnlockDialog

_WIDTH = 640
_SYMBOL = 28
_ABOUT = marked(
    "Where a computer has no keyring, CamWatch keeps passwords in an encrypted file of its own: "
    "the vault. Its passphrase is asked for once after each start."
)
_STATES = table(
    lambda: {
        VaultState.ABSENT: (
            tr(
                "There is no vault on this computer. CamWatch offers one when a password is to be kept "
                "and there is no keyring."
            )
        ),
        VaultState.LOCKED: tr("The vault is locked. Cameras that need a password wait."),
        VaultState.OPEN: tr("The vault is open until CamWatch closes."),
    }
)
_CAN_MOVE = marked(
    "There is a keyring on this computer by now. It can take all that the vault holds; nobody "
    "enters a passphrase then any more."
)
_SURE = marked(
    "All passwords go into this computer's keyring, and the vault is deleted. Copies of its file "
    "still open with its passphrase."
)


class ManageDialog(QDialog):
    """Unlocks the vault, changes its passphrase, or moves all of it into the keyring.

    Args:
        commands: What is asked.
        session: Of whom.
        background: Runs what takes time.
    """

    def __init__(
        self,
        commands: VaultScreenCommands,
        session: Session,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self.dialog: PassphraseDialog | None = None
        """The dialog that was opened last."""
        self.setWindowTitle(tr("CamWatch: vault for passwords"))
        self._build()
        self._look()

    def _build(self) -> None:
        space = theme.current().space
        symbol = QLabel(self)
        symbol.setPixmap(
            icons.pixmap("lock", _SYMBOL, theme.current().accent, self.devicePixelRatioF())
        )
        head = QHBoxLayout()
        head.setSpacing(space + space // 2)
        head.addWidget(symbol)
        head.addWidget(plain_label(tr("Vault for passwords"), "title", self), 1)
        self.state = plain_label(tr("One moment, please …"), "heading", self)
        self.advice = plain_label(tr(_CAN_MOVE), "", self)
        self.notice = Notice(self)
        self.busy = BusyBar(self)
        self.unlock_button = self._button(tr("&Unlock…"), self.unlock)
        self.change_button = self._button(tr("Change the &passphrase…"), self.change)
        self.move_button = self._button(tr("&Move all into the keyring…"), self.move_all)
        self.close_button = self._button(tr("Close"), self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        for button in (self.unlock_button, self.change_button, self.move_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        content = QWidget(self)
        content.setFixedWidth(theme.px(_WIDTH))
        column = QVBoxLayout(content)
        column.setContentsMargins(3 * space, 3 * space, 3 * space, 2 * space)
        column.setSpacing(2 * space)
        column.addLayout(head)
        column.addWidget(plain_label(tr(_ABOUT), "muted", self))
        column.addWidget(self.state)
        column.addWidget(self.advice)
        column.addWidget(self.notice)
        column.addWidget(self.busy)
        column.addLayout(buttons)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(content)
        outer.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        keep_on_screen(self)
        self._show(VaultStatus(VaultState.ABSENT))

    def _button(self, text: str, act: object) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.clicked.connect(act)
        return button

    @Slot()
    def _look(self) -> None:
        self.busy.show()
        self._background.run(
            self._commands.vault_status, self._on_status, self._on_failed, owner=self
        )

    def _on_status(self, status: VaultStatus) -> None:
        self.busy.hide()
        self.state.setText(_STATES[status.state])
        self._show(status)

    def _show(self, status: VaultStatus) -> None:
        self.unlock_button.setVisible(status.state is VaultState.LOCKED)
        self.change_button.setVisible(status.state is VaultState.OPEN)
        self.move_button.setVisible(status.can_move)
        self.advice.setVisible(status.can_move)

    @Slot()
    def unlock(self) -> None:
        """Ask for the passphrase."""
        self._open(UnlockDialog(self._commands, self._background, self))

    @Slot()
    def change(self) -> None:
        """Ask for another passphrase."""
        dialog = ChangeDialog(self._commands, self._session, self._background, self)
        dialog.accepted.connect(self._on_changed)
        self._open(dialog)

    @Slot()
    def move_all(self) -> None:
        """Ask whether all shall go into the keyring."""
        box = QMessageBox(QMessageBox.Icon.Question, tr("Move all into the keyring?"), tr(_SURE))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setParent(self, box.windowFlags())
        move = box.addButton(tr("Move all"), QMessageBox.ButtonRole.AcceptRole)
        keep = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        box.buttonClicked.connect(lambda button: self._move() if button is move else None)
        box.finished.connect(box.deleteLater)
        box.open()

    def _move(self) -> None:
        self.busy.show()
        self.move_button.setEnabled(False)
        self._background.run(
            lambda: self._commands.move_vault_to_keyring(self._session),
            self._on_moved,
            self._on_failed,
            owner=self,
        )

    def _open(self, dialog: PassphraseDialog) -> None:
        self.dialog = dialog
        dialog.accepted.connect(self._look)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _on_changed(self) -> None:
        self.notice.show_text("ok", tr("The passphrase is changed."))

    def _on_moved(self, count: int) -> None:
        self.move_button.setEnabled(True)
        number = tr("1 password is") if count == 1 else tr("{count} passwords are", count=count)
        self.notice.show_text(
            "ok", tr("{number} in the keyring now; the vault is deleted.", number=number)
        )
        self._look()

    def _on_failed(self, error: CamWatchError) -> None:
        self.busy.hide()
        self.move_button.setEnabled(True)
        self.notice.show_error(text_for(error))
