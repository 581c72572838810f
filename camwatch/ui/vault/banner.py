"""Says under the header that cameras wait for their passwords, and lets the operator act."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from camwatch.auth.session import Session
from camwatch.auth.vault import VaultState
from camwatch.commands.vault_commands import VaultStatus
from camwatch.domain import Reason
from camwatch.errors import CamWatchError
from camwatch.language import marked, tr
from camwatch.ui import words
from camwatch.ui.background import Background
from camwatch.ui.banner import Banner, Gravity
from camwatch.ui.error_text import text_for
from camwatch.ui.vault.protocol import VaultScreenCommands
from camwatch.ui.vault.unlock_dialog import UnlockDialog

_UNLOCK = marked("Unlock the vault…")
_ASK_AGAIN = marked("Ask the keyring again")


class VaultBanner(Banner):
    """Hidden while no camera waits for its password.

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
        super().__init__(Gravity.WARNING, parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._waiting = 0
        self._is_vault = True
        self.button = self.add_button(tr(_UNLOCK))
        self.button.clicked.connect(self.act)
        self.dialog: UnlockDialog | None = None
        """The dialog that was opened last."""

    def show_reasons(self, reasons: Sequence[Reason]) -> None:
        """Take note of why each camera is in its state."""
        waiting = sum(reason is Reason.PASSWORD_LOCKED for reason in reasons)
        if waiting == self._waiting:
            return
        self._waiting = waiting
        if not waiting:
            self.say("")
            return
        self._background.run(
            self._commands.vault_status, self._on_status, self._on_failed, owner=self
        )

    @Slot()
    def act(self) -> None:
        """Ask for the vault's passphrase, or let the keyring ask for its password."""
        if self._is_vault:
            self.dialog = UnlockDialog(self._commands, self._background, self.window())
            self.dialog.finished.connect(self.dialog.deleteLater)
            self.dialog.open()
            return
        self.button.setEnabled(False)
        self._background.run(
            lambda: self._commands.ask_keyring_again(self._session),
            self._on_asked,
            self._on_failed,
            owner=self,
        )

    def _on_status(self, status: VaultStatus) -> None:
        if not self._waiting:
            return
        self._is_vault = status.state is VaultState.LOCKED
        self.button.setText(tr(_UNLOCK) if self._is_vault else tr(_ASK_AGAIN))
        cameras = words.cameras(self._waiting)
        if self._is_vault:
            self.say(
                tr("1 camera waits for the vault's passphrase.")
                if self._waiting == 1
                else tr("{cameras} wait for the vault's passphrase.", cameras=cameras)
            )
        else:
            self.say(
                tr("1 camera waits for the keyring, which is locked.")
                if self._waiting == 1
                else tr("{cameras} wait for the keyring, which is locked.", cameras=cameras)
            )

    def _on_asked(self, _none: None) -> None:
        self.button.setEnabled(True)

    def _on_failed(self, error: CamWatchError) -> None:
        self.button.setEnabled(True)
        if self._waiting:
            text = text_for(error)
            self.say(
                tr("1 camera waits for a password. {sentence}", sentence=text.sentence)
                if self._waiting == 1
                else tr(
                    "{cameras} wait for a password. {sentence}",
                    cameras=words.cameras(self._waiting),
                    sentence=text.sentence,
                )
            )
