"""Makes a vault, and gives it another passphrase."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from camwatch.auth.passphrase import SHORTEST
from camwatch.auth.session import Session
from camwatch.domain import Secret
from camwatch.errors import CamWatchError, WrongPassphrase
from camwatch.language import marked, tr
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import warning_label
from camwatch.ui.vault.dialog import PassphraseDialog
from camwatch.ui.vault.protocol import VaultScreenCommands
from camwatch.ui.vault.strength import PassphraseStrength

_WHAT_IT_IS = marked(
    "This computer offers no keyring, so CamWatch can keep passwords in an encrypted file of its "
    "own. You enter its passphrase once after each start."
)
_HINT = marked(
    "At least {shortest} characters. Five or six words that only you put together are best."
)
_NO_WAY_BACK = marked(
    "Nobody can find out a forgotten passphrase. Without it, the passwords of all cameras must be "
    "entered again."
)


class _NewPassphraseDialog(PassphraseDialog):
    """Asks for a new passphrase, twice."""

    def ask_for_new(self, label: str) -> None:
        """Put the lines for the new passphrase under those that are there."""
        line = self.add_field("passphrase", label, tr(_HINT, shortest=SHORTEST))
        strength = PassphraseStrength(self)
        line.textChanged.connect(strength.judge)
        self.form.addWidget(strength)
        self.add_field("repeat", tr("&Repeat it"))
        note = warning_label(tr(_NO_WAY_BACK), self)
        note.setContentsMargins(0, 0, 0, 0)
        self.form.addWidget(note)
        self.finish_form()


class CreateDialog(_NewPassphraseDialog):
    """Makes a vault.

    Args:
        commands: What makes it.
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
        super().__init__(
            background,
            tr("Make a vault for passwords"),
            tr(_WHAT_IT_IS),
            tr("&Make it"),
            tr("Cancel"),
            parent,
        )
        self._commands = commands
        self._session = session
        self.ask_for_new(tr("&Passphrase"))

    def job(self) -> Callable[[], None]:
        """Return what makes the vault."""
        passphrase = Secret(self.text("passphrase"))
        return lambda: self._commands.create_vault(self._session, passphrase)


class ChangeDialog(_NewPassphraseDialog):
    """Gives the vault another passphrase.

    Args:
        commands: What changes it.
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
        super().__init__(
            background,
            tr("Change the passphrase"),
            tr(
                "All that the vault holds is encrypted anew. Older copies of its file still open with "
                "the present passphrase."
            ),
            tr("&Change it"),
            tr("Cancel"),
            parent,
        )
        self._commands = commands
        self._session = session
        self.add_field("old", tr("Present p&assphrase"))
        self.ask_for_new(tr("New &passphrase"))

    def job(self) -> Callable[[], None]:
        """Return what changes the passphrase."""
        old, new = Secret(self.text("old")), Secret(self.text("passphrase"))
        return lambda: self._commands.change_vault_passphrase(self._session, old, new)

    def show_failure(self, error: CamWatchError) -> None:
        """Say what went wrong, at its line if it has one."""
        if isinstance(error, WrongPassphrase):
            self.show_problem("old", text_for(error).whole)
        else:
            super().show_failure(error)
