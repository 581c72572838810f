"""What is done with many cameras at once: find, import and export them; zones of sites."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QDialog, QMenu, QPushButton, QWidget

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import Camera
from camwatch.errors import CamWatchError
from camwatch.language import marked, tr
from camwatch.ui.background import Background
from camwatch.ui.cameras.export_saver import ExportCommands, ExportSaver
from camwatch.ui.cameras.find_dialog import FindCommands, FindDialog
from camwatch.ui.cameras.import_dialog import ImportCommands, ImportDialog
from camwatch.ui.cameras.site_zones import SiteZoneCommands, SiteZonesDialog
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import Notice
from camwatch.ui.words import cameras as cameras_words

_MAY_NOT = marked(
    "Your role does not let you add or export cameras. An administrator can give you another role."
)
_NO_SECRET = marked("No password is in it: they stay in this computer's keyring.")


class ManyCommands(FindCommands, ImportCommands, ExportCommands, SiteZoneCommands, Protocol):
    """What the dialogs ask of `camwatch.commands.Commands`."""


class ManyActions(QObject):
    """A button with a menu, the dialogs that it opens, and a notice of what came of them.

    Attributes:
        button: To be put on the page.
        notice: Likewise; hidden while there is nothing to tell.

    Args:
        page: On which both are; it also owns the dialogs.
    """

    def __init__(
        self, commands: ManyCommands, session: Session, background: Background, page: QWidget
    ) -> None:
        super().__init__(page)
        self._commands = commands
        self._session = session
        self._background = background
        self._page = page
        self.button = QPushButton(tr("&More"), page)
        menu = QMenu(self.button)
        self.find_action = menu.addAction(tr("&Find cameras…"), self.find)
        self.import_action = menu.addAction(tr("&Import a list…"), self.import_list)
        menu.addSeparator()
        self.export_action = menu.addAction(tr("E&xport the list…"), self.export_list)
        menu.addSeparator()
        self.zones_action = menu.addAction(tr("&Time zones of sites…"), self.edit_zones)
        self.button.setProperty("role", "menu")
        self.button.setMenu(menu)
        may_edit = session.may(Permission.EDIT_CAMERAS)
        self.button.setEnabled(may_edit)
        self.button.setToolTip("" if may_edit else tr(_MAY_NOT))
        self.notice = Notice(page)
        self.notice.action_requested.connect(self.notice.hide)

    @Slot()
    def find(self) -> None:
        """Open the wizard that looks for cameras in the network."""
        dialog = FindDialog(self._commands, self._session, self._background, self._page)
        dialog.added.connect(self._on_added)
        self._open(dialog)

    @Slot()
    def import_list(self) -> None:
        """Open the dialog in which a list is imported."""
        dialog = ImportDialog(self._commands, self._session, self._background, self._page)
        dialog.imported.connect(self._on_added)
        self._open(dialog)

    @Slot()
    def export_list(self) -> None:
        """Ask where to save the list of cameras, and save it."""
        self.notice.hide()
        dialog = ExportSaver(self._commands, self._session, self._background, self._page)
        dialog.saved.connect(self._on_saved)
        dialog.not_saved.connect(self._on_not_saved)
        dialog.open()

    @Slot()
    def edit_zones(self) -> None:
        """Open the dialog in which sites get their time zones."""
        dialog = SiteZonesDialog(self._commands, self._session, self._background, self._page)
        dialog.saved.connect(self._on_zones_saved)
        self._open(dialog)

    @Slot(int)
    def _on_zones_saved(self, number: int) -> None:
        words = tr("1 site has") if number == 1 else tr("{number} sites have", number=number)
        self.notice.show_text(
            "ok",
            tr("{words} another time zone now.", words=words),
            tr("Hours and days are added up anew within the next minutes."),
            action=tr("Close"),
        )

    def _open(self, dialog: QDialog) -> None:
        self.notice.hide()
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @Slot(object)
    def _on_added(self, cameras: list[Camera]) -> None:
        self.notice.show_text(
            "ok",
            tr("1 camera is added.")
            if len(cameras) == 1
            else tr("{cameras_words} are added.", cameras_words=cameras_words(len(cameras))),
            tr("Their pictures come within the next seconds."),
            action=tr("Close"),
        )

    @Slot(object)
    def _on_saved(self, file: Path) -> None:
        title = tr("The list is saved as {name}.", name=file.name)
        self.notice.show_text("ok", title, tr(_NO_SECRET), action=tr("Close"))

    @Slot(object)
    def _on_not_saved(self, error: CamWatchError) -> None:
        self.notice.show_error(text_for(error), action=tr("Close"))
