"""What a form offers when there is no safe place for a password now."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from camwatch.auth.session import Session
from camwatch.errors import SecretsLocked, SecretsUnavailable, VaultLocked, VaultUnfit
from camwatch.language import marked, tr
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import Notice
from camwatch.ui.vault.dialog import PassphraseDialog
from camwatch.ui.vault.new_passphrase import CreateDialog
from camwatch.ui.vault.protocol import VaultScreenCommands
from camwatch.ui.vault.unlock_dialog import UnlockDialog

_OTHERWISE = marked("Otherwise the password can be kept only until CamWatch closes.")


class _Way(Enum):
    """What the button of the notice offers."""

    NONE = auto()
    MAKE = auto()
    UNLOCK = auto()


class SecretsOffer(QObject):
    """Lets the operator choose: a vault, or to keep the password until CamWatch closes.

    Args:
        notice: Says what happened; its button opens a dialog about the vault.
        keep_in_memory: The other choice; shown once it is needed. None where there is none.
        commands: What the dialogs ask.
        session: Of whom.
        background: Runs what takes time.
        again: Tries once more, once there is a vault that is open.
        owner: The form.
    """

    def __init__(  # noqa: PLR0917 - all that the two choices stand on
        self,
        notice: Notice,
        keep_in_memory: QCheckBox | None,
        commands: VaultScreenCommands,
        session: Session,
        background: Background,
        again: Callable[[], None],
        owner: QWidget,
    ) -> None:
        super().__init__(owner)
        self._notice = notice
        self._keep_in_memory = keep_in_memory
        self._commands = commands
        self._session = session
        self._background = background
        self._again = again
        self._owner = owner
        self._way = _Way.NONE
        self.dialog: PassphraseDialog | None = None
        """The dialog that was opened last."""
        notice.action_requested.connect(self._on_action)

    def show(self, error: SecretsUnavailable, more: str = "") -> None:
        """Say why a password is not kept, and what can be chosen.

        Args:
            error: Why.
            more: What this means for the form, as a sentence.
        """
        words = text_for(error)
        memory = self._keep_in_memory
        if memory is None:
            said = words.whole
        else:
            # Whoever has asked for memory only is not told of it again.
            said = words.sentence if memory.isChecked() else _whole(error)
            memory.show()
        self._way = _way_for(error)
        action = {
            _Way.NONE: "",
            _Way.MAKE: tr("Make a vault…"),
            _Way.UNLOCK: tr("Unlock the vault…"),
        }[self._way]
        self._notice.show_text("warning", words.title, f"{said} {more}".strip(), action=action)
        first = self._notice.button if action else memory
        if first is not None:
            first.setFocus()

    @Slot()
    def _on_action(self) -> None:
        if self._way is _Way.MAKE:
            self.dialog = CreateDialog(self._commands, self._session, self._background, self._owner)
        elif self._way is _Way.UNLOCK:
            self.dialog = UnlockDialog(self._commands, self._background, self._owner)
        else:
            return
        self.dialog.accepted.connect(self._on_open)
        self.dialog.finished.connect(self.dialog.deleteLater)
        self.dialog.open()

    @Slot()
    def _on_open(self) -> None:
        self._way = _Way.NONE
        self._notice.hide()
        if self._keep_in_memory is not None:
            self._keep_in_memory.setChecked(False)
            self._keep_in_memory.hide()
        self._again()


def _whole(error: SecretsUnavailable) -> str:
    words = text_for(error).whole
    return words if isinstance(error, VaultLocked | VaultUnfit) else f"{words} {tr(_OTHERWISE)}"


def _way_for(error: SecretsUnavailable) -> _Way:
    """Return what the button does; nothing where a vault is no way out."""
    match error:
        case VaultLocked():
            return _Way.UNLOCK
        case SecretsLocked() | VaultUnfit():
            return _Way.NONE
        case _:
            return _Way.MAKE
