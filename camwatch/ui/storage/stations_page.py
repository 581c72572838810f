"""Which workstation counts which site, where several share a history on a server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QVBoxLayout, QWidget

from camwatch.auth.session import Session
from camwatch.commands.station_commands import SiteStation
from camwatch.domain import SiteId, utc_now
from camwatch.errors import CamWatchError
from camwatch.history.keeping import WorkstationInfo
from camwatch.language import marked, tr
from camwatch.ui import theme, words
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import BusyBar, CalmComboBox, Notice, plain_label, scrolled

_ALONE = marked(
    "Only this computer has the history open: it counts all sites. Several workstations can share "
    "a history once it is on a PostgreSQL server; see \u201cWhere it is\u201d."
)
_ABOUT = marked(
    "Each site is counted by one workstation, which also raises its alerts and sends their "
    "messages. All workstations see all numbers. Give a site to another workstation when its "
    "cameras are to be watched from there, or when its own one is gone for good."
)
_HERE_S = 120.0

Known = tuple[Sequence[WorkstationInfo], Sequence[SiteStation]]


class StationsCommands(Protocol):
    """What this page asks of `camwatch.commands.Commands`."""

    def workstations(self, session: Session) -> list[WorkstationInfo]:
        """Return the computers that share the history."""
        ...

    def site_stations(self, session: Session) -> list[SiteStation]:
        """Return which of them counts each site."""
        ...

    def assign_site(self, session: Session, site_id: SiteId, number: int) -> None:
        """Let a workstation count a site."""
        ...


def said_of(one: WorkstationInfo, now: datetime) -> str:
    """Say which workstation it is and whether it is there."""
    age_s = (now - one.seen_at).total_seconds()
    if one.is_this:
        about = tr("this computer")
    elif age_s <= _HERE_S:
        about = tr("running")
    else:
        about = tr(
            "not seen for {whole_span}: its sites are not counted now",
            whole_span=words.whole_span(age_s),
        )
    return f"{one.name} ({about})"


class StationsPage(QWidget):
    """Lists the sites, each with the workstation that counts it.

    Args:
        commands: What it asks.
        session: Who looks.
        background: Does the asking.
        clock: The wall clock, aware UTC.
    """

    def __init__(
        self,
        commands: StationsCommands,
        session: Session,
        background: Background,
        parent: QWidget | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._clock = clock
        self.boxes: dict[SiteId, QComboBox] = {}
        """The choice of each site."""
        space = theme.current().space
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.reload)
        self.about = plain_label("", "muted", self)
        self.stations = plain_label("", "", self)
        self._list = QWidget(self)
        self._grid = QGridLayout(self._list)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(3 * space)
        self._grid.setVerticalSpacing(space)
        self._grid.setColumnStretch(2, 1)
        column = QVBoxLayout(self)
        column.setSpacing(2 * space)
        column.addWidget(self.busy)
        column.addWidget(self.notice)
        column.addWidget(self.about)
        column.addWidget(self.stations)
        column.addWidget(scrolled(self._list, self), 1)

    @Slot()
    def reload(self) -> None:
        """Read how it is now."""
        commands, session = self._commands, self._session
        self.notice.hide()
        self.busy.show()
        self._background.run(
            lambda: (commands.workstations(session), commands.site_stations(session)),
            self._show,
            self._on_failed,
            owner=self,
        )

    def _show(self, known: Known) -> None:
        stations, sites = known
        self.busy.hide()
        self._empty()
        self.about.setText(tr(_ABOUT) if stations else tr(_ALONE))
        now = self._clock()
        names = [said_of(one, now) for one in stations]
        self.stations.setText("\n".join(names))
        self.stations.setVisible(bool(names))
        if not stations:
            return
        for row, one in enumerate(sites):
            self._add_site(row, one, stations)

    def _empty(self) -> None:
        self.boxes = {}
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()

    def _add_site(self, row: int, one: SiteStation, stations: Sequence[WorkstationInfo]) -> None:
        name = plain_label(one.name, "", self._list)
        box = CalmComboBox(self._list)
        box.setAccessibleName(tr("Workstation that counts {name}", name=one.name))
        for station in stations:
            suffix = tr(" (this computer)") if station.is_this else ""
            box.addItem(f"{station.name}{suffix}", station.number)
        box.setCurrentIndex(box.findData(one.number))
        box.currentIndexChanged.connect(partial(self._on_chosen, one, box))
        name.setBuddy(box)
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(box, row, 1)
        self._grid.setRowStretch(row, 0)
        self._grid.setRowStretch(row + 1, 1)
        self.boxes[one.site_id] = box

    def _on_chosen(self, one: SiteStation, box: QComboBox, _index: int) -> None:
        number = box.currentData()
        commands, session = self._commands, self._session
        self.busy.show()
        self._background.run(
            lambda: commands.assign_site(session, one.site_id, number),
            lambda _none: self.reload(),
            partial(self._on_refused, one, box),
            owner=self,
        )

    def _on_refused(self, one: SiteStation, box: QComboBox, error: CamWatchError) -> None:
        with QSignalBlocker(box):
            box.setCurrentIndex(box.findData(one.number))
        self._on_failed(error)

    def _on_failed(self, error: CamWatchError) -> None:
        self.busy.hide()
        self.notice.show_error(text_for(error), action=tr("Try again"))
