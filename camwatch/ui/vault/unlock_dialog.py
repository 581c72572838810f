"""Asks for the vault's passphrase."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from camwatch.domain import Secret
from camwatch.errors import CamWatchError, VaultOlder, WrongPassphrase
from camwatch.language import marked, tr
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.vault.dialog import PassphraseDialog
from camwatch.ui.vault.protocol import OpenVaultCommands

_WHAT_FOR = marked(
    "The passwords of the cameras are in CamWatch's own vault on this computer. Its passphrase "
    "opens it until CamWatch closes."
)
_NOT_NOW = marked(
    "Without it, cameras that need a password wait. All others run, and you can unlock the vault "
    "later."
)


class UnlockDialog(PassphraseDialog):
    """Opens the vault; skipping it is always possible.

    Args:
        commands: What opens it.
        background: Runs what takes time.
    """

    def __init__(
        self, commands: OpenVaultCommands, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            background,
            tr("Unlock the vault"),
            f"{tr(_WHAT_FOR)} {tr(_NOT_NOW)}",
            tr("&Unlock"),
            tr("Not now"),
            parent,
        )
        self._commands = commands
        self.passphrase = self.add_field("passphrase", tr("&Passphrase of the vault"))
        self.notice.action_requested.connect(self._take_older)
        self.finish_form()

    def job(self) -> Callable[[], None]:
        """Return what opens the vault."""
        passphrase = Secret(self.text("passphrase"))
        return lambda: self._commands.unlock_vault(passphrase)

    def show_failure(self, error: CamWatchError) -> None:
        """Say what went wrong; offer an older copy for use."""
        match error:
            case WrongPassphrase():
                self.show_problem("passphrase", text_for(error).whole)
            case VaultOlder():
                words = text_for(error)
                self.notice.show_text(
                    "warning", words.title, words.whole, action=tr("Use this older copy")
                )
            case _:
                super().show_failure(error)

    @Slot()
    def _take_older(self) -> None:
        passphrase = Secret(self.text("passphrase"))
        self.notice.hide()
        self.run(lambda: self._commands.unlock_vault(passphrase, accepts_older=True))
