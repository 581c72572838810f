"""Opens the dialogs that are reached from anywhere in the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget

from camwatch import __version__
from camwatch.events import CommonCause
from camwatch.language import marked, tr
from camwatch.ui import icons
from camwatch.ui.account.dialog import AccountDialog
from camwatch.ui.causes import CauseDialog
from camwatch.ui.keys_dialog import KeysDialog
from camwatch.ui.lock_cover import LockCover
from camwatch.ui.locking import Locking
from camwatch.ui.models_dialog import ModelsDialog
from camwatch.ui.pages import ALERTS, PAGES, USERS
from camwatch.ui.settings.appearance import AppearanceDialog
from camwatch.ui.settings.workspace_dialog import WorkspaceDialog
from camwatch.ui.storage.dialog import StorageDialog
from camwatch.ui.vault.manage_dialog import ManageDialog
from camwatch.ui.window.base import WindowBase
from camwatch.ui.window.pages import WindowPages
from camwatch.ui.window.stage import Stage

_ABOUT = marked("""CamWatch {version} counts the people that cameras see.

It works on this computer alone: no picture leaves it.
Licensed under the Apache License 2.0. Icons by Lucide (ISC licence).""")


class Dialogs(QObject):
    """Opens dialogs above the window, which is its parent; none while it is locked.

    Signals:
        model_chosen: Name of the model that shall count from now on.
        appearance_changed: The Display section as it is now.
    """

    model_chosen = Signal(str)
    appearance_changed = Signal(object)

    def __init__(  # noqa: PLR0917 - all that dialogs stand on
        self,
        base: WindowBase,
        pages: WindowPages,
        locking: Locking,
        cover: LockCover,
        stage: Stage,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._base = base
        self._pages = pages
        self._locking = locking
        self._cover = cover
        self._stage = stage

    @property
    def _window(self) -> QWidget:
        # Asked for each time: an object that keeps the window would keep it from being freed.
        window = self.parent()
        if not isinstance(window, QWidget):
            raise TypeError(window)
        return window

    @Slot(object)
    def open(self, dialog: QDialog) -> None:
        """Open a dialog that nobody waits for; none while the window is locked."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._locking.is_locked:
            dialog.deleteLater()
            self._cover.show_panel()
        else:
            dialog.open()

    @Slot()
    def show_keys(self) -> None:
        """List the keys, those of the page that is shown first."""
        self.open(KeysDialog(self._window, page=PAGES[self._stage.page].key))

    @Slot()
    def show_vault(self) -> None:
        """Show how the vault is, and what can be done with it."""
        base = self._base
        self.open(ManageDialog(base.commands, base.session, base.background, self._window))

    @Slot()
    def show_appearance(self) -> None:
        """Show how the screen looks."""
        base = self._base
        dialog = AppearanceDialog(base.commands, base.session, base.background, self._window)
        dialog.saved.connect(self.appearance_changed)
        self.open(dialog)

    @Slot()
    def show_storage(self) -> None:
        """Show how, where and for how long the history is kept."""
        base = self._base
        self.open(
            StorageDialog(base.commands, base.session, base.background, base.zone, self._window)
        )

    @Slot()
    def show_account(self) -> None:
        """Show the operator's own account."""
        base = self._base
        dialog = AccountDialog(
            base.commands, base.session, base.background, base.sessions.service, self._window
        )
        dialog.second_factor_changed.connect(base.sessions.note_second_factor)
        self.open(dialog)

    @Slot()
    def show_models(self) -> None:
        """List the models that find people; an administrator chooses one."""
        base = self._base
        dialog = ModelsDialog(
            base.commands, base.session, base.background, is_live=True, parent=self._window
        )
        dialog.model_chosen.connect(self.model_chosen)
        self.open(dialog)

    def _show_workspace(self) -> None:
        base = self._base
        self.open(
            WorkspaceDialog(
                base.commands,
                base.session,
                base.background,
                base.zone,
                self._window,
                base.commands,
            )
        )

    @Slot()
    def show_about(self) -> None:
        """Say what this program is."""
        box = QMessageBox(self._window)
        box.setWindowTitle(tr("About CamWatch"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setIconPixmap(icons.pixmap("app", 64, ratio=self._window.devicePixelRatioF()))
        box.setText(tr(_ABOUT, version=__version__))
        self.open(box)

    @Slot(object)
    def show_cause(self, cause: CommonCause) -> None:
        """List the cameras that fail together."""
        conditions = self._pages.live.conditions
        self.open(CauseDialog(cause, conditions, self._base.zone, self._window))

    @Slot(str)
    def open_setup(self, name: str) -> None:
        """Open what is set up in a place of its own; see `ui.settings.links`."""
        if name == "storage":
            self.show_storage()
        elif name == "vault":
            self.show_vault()
        elif name == "models":
            self.show_models()
        elif name == "workspace":
            self._show_workspace()
        elif name == "delivery":
            self._stage.show_page(ALERTS)
            if self._stage.page == ALERTS:
                self._pages.alerts.show_delivery()
        elif name == "login_service":
            self._stage.show_page(USERS)
            if self._stage.page == USERS:
                self._pages.users.set_up_login()
