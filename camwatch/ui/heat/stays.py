"""The numbers beside the map: people in all, and how long they stayed in each zone."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from camwatch.language import tr
from camwatch.scene.heat import Heat
from camwatch.ui import theme
from camwatch.ui.forms import plain_label
from camwatch.ui.heat.words import NOT_KNOWN, people_minutes, stay
from camwatch.ui.heat.zone_table import ZoneStays, ZoneTable
from camwatch.ui.words import number

_NARROWEST, _WIDEST = 470, 620


class Figure(QFrame):
    """One number with its name."""

    def __init__(self, name: str, hint: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setToolTip(hint)
        space = theme.current().space
        label = QLabel(name, self)
        label.setProperty("role", "muted")
        self.value = QLabel(self)
        self.value.setProperty("role", "heading")
        column = QVBoxLayout(self)
        column.setContentsMargins(space + space // 2, space, space + space // 2, space)
        column.setSpacing(0)
        column.addWidget(label)
        column.addWidget(self.value)


class StaysPanel(QWidget):
    """Shows the numbers.

    Signals:
        zone_chosen: Name of the zone whose row is chosen; empty if none is.
    """

    zone_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(theme.px(_NARROWEST))
        self.setMaximumWidth(theme.px(_WIDEST))
        self.minutes = Figure(
            tr("People-minutes"),
            tr("Two people who stay for five minutes make ten people-minutes."),
            self,
        )
        self.walks = Figure(tr("Walks"), tr("How often somebody was followed on their way."), self)
        self.watched = Figure(
            tr("Watched"), tr("For how long people were counted in this time."), self
        )
        self.table = ZoneTable(self)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.no_zones = plain_label(
            tr(
                "No zone is drawn in this view. Draw one, and how long people stay in it is measured "
                "from then on."
            ),
            "muted",
            self,
        )
        self.hint = plain_label(
            tr("A visit counts once it has ended, for the hour in which it began."), "muted", self
        )
        space = theme.current().space
        figures = QHBoxLayout()
        figures.setSpacing(space)
        for figure in (self.minutes, self.walks, self.watched):
            figures.addWidget(figure, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addLayout(figures)
        column.addSpacing(space)
        column.addWidget(plain_label(tr("How long people stay in each zone"), "heading", self))
        column.addWidget(self.table, 1)
        column.addWidget(self.no_zones, 1, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.hint)
        self.no_zones.hide()

    def show_heat(self, heat: Heat) -> None:
        """Show the numbers of all people. Of a time that was not watched there are none."""
        is_known = heat.watched_s > 0
        total_s = float(heat.presence_s.sum())
        self.minutes.value.setText(people_minutes(total_s) if is_known else NOT_KNOWN)
        self.walks.value.setText(number(round(heat.walks)) if is_known else NOT_KNOWN)
        self.watched.value.setText(stay(heat.watched_s) if is_known else tr("not at all"))

    def show_stays(self, rows: Sequence[ZoneStays]) -> None:
        """Show the zones; a chosen one stays chosen if it is still there."""
        chosen = self.chosen
        with QSignalBlocker(self.table.selectionModel()):
            self.table.zones.show(rows)
        names = [row.name for row in rows]
        if chosen in names:
            self.table.selectRow(names.index(chosen))
        else:
            self.zone_chosen.emit("")
        for part, is_shown in (
            (self.table, bool(rows)),
            (self.hint, bool(rows)),
            (self.no_zones, not rows),
        ):
            part.setVisible(is_shown)

    @property
    def chosen(self) -> str:
        """Name of the chosen zone; empty if none is."""
        index = self.table.currentIndex()
        return self.table.zones.row(index.row()).name if index.isValid() else ""

    @Slot(QModelIndex, QModelIndex)
    def _on_row(self, _index: QModelIndex, _before: QModelIndex) -> None:
        self.zone_chosen.emit(self.chosen)
