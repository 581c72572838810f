"""How long people stayed in each zone, as a table with the hours of the day as small bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    Qt,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from camwatch.language import table, tr
from camwatch.scene.dwell import Dwell, ZoneDwell
from camwatch.ui import theme
from camwatch.ui.fitting import fit_columns
from camwatch.ui.heat.words import NOT_KNOWN, clock_hour, stay
from camwatch.ui.words import number, tooltip

HOURS_ROLE = Qt.ItemDataRole.UserRole

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_DAY = 24


@dataclass(frozen=True, slots=True)
class ZoneStays:
    """What the table shows of one zone.

    Attributes:
        name: Of the zone.
        total: All visits of the chosen time; None if nothing is known of any of it.
        by_hour: Visits by hour of the day, 24 numbers; None where nothing is known.
    """

    name: str
    total: Dwell | None
    by_hour: tuple[int | None, ...] = field(default=(None,) * _DAY)


def stays_of(one: ZoneDwell, zone: ZoneInfo, hours: tuple[int, int] | None) -> ZoneStays:
    """Add up the visits to a zone.

    Args:
        one: Hour by hour.
        zone: Whose clocks tell the hour of the day.
        hours: Only from the first of these to before the second; None for all.
    """
    total: Dwell | None = None
    by_hour: list[int | None] = [None] * _DAY
    for start, dwell in one.hours.items():
        hour = start.astimezone(zone).hour
        if hours is not None and not is_within(hour, hours):
            continue
        total = dwell if total is None else total + dwell
        by_hour[hour] = (by_hour[hour] or 0) + dwell.visits
    return ZoneStays(one.zone.name, total, tuple(by_hour))


def is_within(hour: int, hours: tuple[int, int]) -> bool:
    """Tell whether an hour of the day is among those chosen; (22, 6) is the night."""
    first, stop = hours
    return first <= hour < stop if first < stop else hour >= first or hour < stop


def busiest_words(by_hour: Sequence[int | None]) -> str:
    """Say when most came: "Most visits at 14:00 to 15:00: 12"."""
    known = [(visits, -hour) for hour, visits in enumerate(by_hour) if visits is not None]
    if not known:
        return tr("Nothing is known of any hour.")
    visits, hour = max(known)
    if not visits:
        return tr("No visits.")
    return tr(
        "Most visits from {clock_hour} to {clock_hour2}: {number}",
        clock_hour=clock_hour(-hour),
        clock_hour2=clock_hour(1 - hour),
        number=number(visits),
    )


class Column(IntEnum):
    """What stands in a column."""

    ZONE = 0
    VISITS = 1
    MEDIAN = 2
    LONGEST = 3
    HOURS = 4


_HEADINGS = table(
    lambda: {
        Column.ZONE: (tr("Zone"), tr("Where people stood, by their feet.")),
        Column.VISITS: (
            tr("Visits"),
            tr("How often somebody came in. Who comes back is counted again."),
        ),
        Column.MEDIAN: (tr("Median"), tr("Half of the visits were shorter, half longer; about.")),
        Column.LONGEST: (tr("Longest"), tr("The longest single visit.")),
        Column.HOURS: (
            tr("By hour"),
            tr(
                "Visits by the hour in which they began, from 00:00 on the left to 24:00 on the right."
            ),
        ),
    }
)


_WIDTHS = {Column.VISITS: 60, Column.MEDIAN: 98, Column.LONGEST: 98, Column.HOURS: 108}


class ZoneTableModel(QAbstractTableModel):
    """One row a zone."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[ZoneStays] = ()

    def show(self, rows: Sequence[ZoneStays]) -> None:
        """Show these zones."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row(self, number_: int) -> ZoneStays:
        """Return what a row shows."""
        return self._rows[number_]

    def rowCount(self, parent: _Index = _NO_INDEX, /) -> int:
        """Return how many zones there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _NO_INDEX, /) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole, /
    ) -> Any:
        """Return a heading, and what it means."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = Column(section)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _HEADINGS[column][0]
            case Qt.ItemDataRole.ToolTipRole:
                return _HEADINGS[column][1]
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> Any:
        """Return what stands in a cell."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], Column(index.column())
        is_bars = column is Column.HOURS
        answer: Any = None
        if role == Qt.ItemDataRole.DisplayRole:
            answer = _text(row, column)
        elif role == Qt.ItemDataRole.TextAlignmentRole:
            answer = _alignment(column)
        elif role == Qt.ItemDataRole.AccessibleTextRole:
            answer = busiest_words(row.by_hour) if is_bars else _text(row, column)
        elif role == Qt.ItemDataRole.ToolTipRole:
            answer = busiest_words(row.by_hour) if is_bars else tooltip(_text(row, column))
        elif role == HOURS_ROLE and is_bars:
            answer = row.by_hour
        return answer


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = (
        Qt.AlignmentFlag.AlignLeft
        if column in {Column.ZONE, Column.HOURS}
        else Qt.AlignmentFlag.AlignRight
    )
    return side | Qt.AlignmentFlag.AlignVCenter


def _text(row: ZoneStays, column: Column) -> str:
    if column is Column.ZONE:
        return row.name
    if column is Column.HOURS:
        return ""
    if row.total is None:
        return NOT_KNOWN
    match column:
        case Column.VISITS:
            return number(row.total.visits)
        case Column.MEDIAN:
            return stay(row.total.median_s)
        case Column.LONGEST:
            return stay(row.total.longest_ms / 1000) if row.total.visits else NOT_KNOWN


class HourBars(QStyledItemDelegate):
    """Draws 24 numbers as bars, each row by its own highest."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index, /) -> None:
        """Draw the bars over the row's ground."""
        super().paint(painter, option, index)
        by_hour: Sequence[int | None] = index.data(HOURS_ROLE) or ()
        if not by_hour:
            return
        tokens = theme.current()
        place = QRectF(option.rect).adjusted(8, 5, -8, -5)
        step = place.width() / len(by_hour)
        highest = max((visits for visits in by_hour if visits), default=1)
        painter.save()
        for hour, visits in enumerate(by_hour):
            if visits is None:
                continue
            left = place.left() + hour * step
            painter.fillRect(QRectF(left, place.bottom() - 1, step, 1), QColor(tokens.outline))
            if visits:
                height = max(2.0, visits / highest * (place.height() - 1))
                painter.fillRect(
                    QRectF(left + 0.5, place.bottom() - 1 - height, max(step - 1, 1), height),
                    QColor(tokens.accent),
                )
        painter.restore()


class ZoneTable(QTableView):
    """The table of zones."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.zones = ZoneTableModel(self)
        self.setModel(self.zones)
        self.setItemDelegateForColumn(Column.HOURS, HourBars(self))
        self.setAccessibleName(tr("How long people stayed in each zone"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.verticalHeader().hide()
        # Long names of zones wrap.
        self.verticalHeader().setMinimumSectionSize(theme.px(36))
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        fit_columns(header, _WIDTHS)
        header.setSectionResizeMode(Column.ZONE, QHeaderView.ResizeMode.Stretch)
