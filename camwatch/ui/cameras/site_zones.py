"""The dialog in which an administrator says in which time zone each site lies."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from typing import Protocol

from PySide6.QtCore import QStringListModel, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.session import Session
from camwatch.domain import Site, SiteId
from camwatch.errors import CamWatchError
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import BusyBar, CalmComboBox, Notice, in_tab_order, plain_label

_ABOUT = marked(
    "Hours and days of a site are those of its own clocks. After a change, what is stored of its "
    "hours and days is added up anew; no count is changed."
)
_USUAL = marked("As in the settings")
_WIDTH = 560
_LEAST_LIST = 260


class SiteZoneCommands(Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def sites(self, session: Session) -> list[Site]:
        """Return all sites."""
        ...

    def set_site_zone(self, session: Session, site_id: SiteId, zone: str) -> None:
        """Give a site another time zone; "" for that of the settings."""
        ...


def zone_names() -> list[str]:
    """Return the time zones that are named after places, in the order of their names."""
    places = {name for name in zoneinfo.available_timezones() if "/" in name}
    return ["UTC", *sorted(name for name in places if not name.startswith(("Etc/", "SystemV/")))]


class SiteZonesDialog(QDialog):
    """Lists the sites, each with its time zone, and saves those that were changed.

    Signals:
        saved: Some were; with their number.
    """

    saved = Signal(int)

    def __init__(
        self,
        commands: SiteZoneCommands,
        session: Session,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Time zones of sites"))
        self._commands = commands
        self._session = session
        self._background = background
        self._sites: list[Site] = []
        self.entries: dict[SiteId, CalmComboBox] = {}
        self._names = QStringListModel(self)
        space = theme.current().space
        self.about = plain_label(tr(_ABOUT), "muted", self)
        self.about.setWordWrap(True)
        self.notice = Notice(self)
        self.busy = BusyBar(self)
        self._rows = QWidget(self)
        self._grid = QGridLayout(self._rows)
        self._grid.setContentsMargins(0, 0, space, 0)
        self._grid.setSpacing(space)
        self._grid.setColumnStretch(1, 1)
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setMinimumHeight(_LEAST_LIST)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self._rows)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel, self
        )
        self.save_button = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        self.buttons.accepted.connect(self.save)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(2 * space)
        column.addWidget(self.about)
        column.addWidget(self.notice)
        column.addWidget(self._area, 1)
        column.addWidget(self.busy)
        column.addWidget(self.buttons)
        self.resize(theme.px(_WIDTH), self.sizeHint().height())
        self._set_busy(True)
        background.run(
            lambda: (commands.sites(session), zone_names()),
            self._on_read,
            self._on_failed,
            owner=self,
        )

    def changes(self) -> Mapping[SiteId, str]:
        """Return what is entered otherwise than it is stored."""
        entered = {site_id: self._entered(site_id) for site_id in self.entries}
        return {
            site.id: entered[site.id] for site in self._sites if entered[site.id] != site.time_zone
        }

    def _entered(self, site_id: SiteId) -> str:
        entry = self.entries[site_id]
        text = entry.currentText().strip()
        # The first of the list is no time zone.
        return "" if text == entry.itemText(0) else text

    def _on_read(self, answer: tuple[list[Site], list[str]]) -> None:
        self._sites, names = answer
        self._names.setStringList([tr(_USUAL), *names])
        for row, site in enumerate(self._sites):
            entry = CalmComboBox(self._rows)
            entry.setEditable(True)
            entry.setInsertPolicy(CalmComboBox.InsertPolicy.NoInsert)
            entry.setModel(self._names)
            completer = QCompleter(self._names, entry)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            entry.setCompleter(completer)
            entry.setAccessibleName(tr("Time zone of {name}", name=site.name))
            entry.setCurrentText(site.time_zone or tr(_USUAL))
            label = plain_label(site.name, "", self._rows)
            label.setBuddy(entry)
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(entry, row, 1)
            self.entries[site.id] = entry
        self._grid.setRowStretch(len(self._sites), 1)
        in_tab_order(*self.entries.values(), self.buttons)
        self._set_busy(False)
        if self.entries:
            first = next(iter(self.entries.values()))
            # The layout shows it only later, and a window that is not active yet forgets whom
            # the keyboard was for if that one is hidden.
            first.show()
            first.setFocus()

    @Slot()
    def save(self) -> None:
        """Save what was changed, and close."""
        changes = dict(self.changes())
        if not changes:
            self.accept()
            return
        self.notice.hide()
        self._set_busy(True)

        def run() -> int:
            for site_id, zone in changes.items():
                self._commands.set_site_zone(self._session, site_id, zone)
            return len(changes)

        self._background.run(run, self._on_saved, self._on_failed, owner=self)

    def _on_saved(self, number: int) -> None:
        self.saved.emit(number)
        self.accept()

    def _on_failed(self, error: CamWatchError) -> None:
        self._set_busy(False)
        self.notice.show_error(text_for(error))

    def _set_busy(self, is_busy: bool) -> None:
        self.busy.setVisible(is_busy)
        self._rows.setEnabled(not is_busy)
        self.save_button.setEnabled(not is_busy)
