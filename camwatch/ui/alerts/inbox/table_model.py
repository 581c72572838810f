"""The alerts as a table that changes in place while it is looked at."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtGui import QColor, QPixmap

from camwatch.alerts.alert import Alert, AlertState
from camwatch.language import table, tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.inbox import wording
from camwatch.ui.alerts.look import Look, severity_look
from camwatch.ui.rows_model import Index, RowsModel
from camwatch.ui.words import tooltip

SECOND_ROLE = Qt.ItemDataRole.UserRole + 1
"""What stands in the second line of a cell."""

STRONG_ROLE = Qt.ItemDataRole.UserRole + 2
"""True where the first line stands out: nobody has seen the alert yet."""

_ICON = 16
_NO_INDEX = QModelIndex()


class Column(IntEnum):
    """What stands in a column."""

    SEVERITY = 0
    PICTURE = 1
    WHAT = 2
    STATE = 3
    SINCE = 4
    OWNER = 5


_HEADINGS = table(
    lambda: {
        Column.SEVERITY: tr("Severity"),
        Column.PICTURE: tr("Picture"),
        Column.WHAT: tr("What"),
        Column.STATE: tr("State"),
        Column.SINCE: tr("Since"),
        Column.OWNER: tr("Owner"),
    }
)


class AlertTableModel(RowsModel):
    """Alerts in a given order; what changes is changed in place, so that selections stay.

    Args:
        zone: The site's time zone.
        clock: The wall clock, aware UTC.
        ratio: Device pixels per logical pixel.
    """

    def __init__(
        self,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        parent: QObject | None = None,
        *,
        ratio: float = 1.0,
    ) -> None:
        super().__init__([_HEADINGS[column] for column in Column], parent)
        self._zone = zone
        self._clock = clock
        self._ratio = ratio
        self._alerts: list[Alert] = []
        self._rows: dict[str, int] = {}
        self._pictures: dict[str, QPixmap] = {}

    @property
    def alerts(self) -> Sequence[Alert]:
        """What is listed, from the top."""
        return self._alerts

    def alert_at(self, row: int) -> Alert:
        """Return the alert of a row."""
        return self._alerts[row]

    def row_of(self, uid: str) -> int | None:
        """Return the row of an alert, None if it is not listed."""
        return self._rows.get(uid)

    # ---------------------------------------------------------------- changing in place

    def show_alerts(self, alerts: Sequence[Alert]) -> None:
        """List these, in this order; rows of alerts that stay are the same rows as before."""
        wanted = {alert.uid: alert for alert in alerts}
        self._remove([row for row, one in enumerate(self._alerts) if one.uid not in wanted])
        self._arrange([wanted[uid] for uid in wanted if uid in self._rows])
        self._insert(alerts)
        self._pictures = {uid: one for uid, one in self._pictures.items() if uid in wanted}

    def _index_rows(self) -> None:
        self._rows = {alert.uid: row for row, alert in enumerate(self._alerts)}

    def _remove(self, rows: Sequence[int]) -> None:
        for first, last in reversed(list(_runs(rows))):
            self.beginRemoveRows(_NO_INDEX, first, last)
            del self._alerts[first : last + 1]
            self.endRemoveRows()
        if rows:
            self._index_rows()

    def _arrange(self, alerts: Sequence[Alert]) -> None:
        """Put those that are listed into another order, and take in what is new about them."""
        changed = [row for row, one in enumerate(alerts) if one is not self._of(one.uid)]
        if [one.uid for one in self._alerts] != [one.uid for one in alerts]:
            self.layoutAboutToBeChanged.emit()
            before = self.persistentIndexList()
            uids = [self._alerts[index.row()].uid for index in before]
            self._alerts = list(alerts)
            self._index_rows()
            after = [
                self.index(self._rows[uid], index.column())
                for uid, index in zip(uids, before, strict=True)
            ]
            self.changePersistentIndexList(before, after)
            self.layoutChanged.emit()
        else:
            self._alerts = list(alerts)
        for first, last in _runs(changed):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))

    def _of(self, uid: str) -> Alert:
        return self._alerts[self._rows[uid]]

    def _insert(self, alerts: Sequence[Alert]) -> None:
        new = [row for row, one in enumerate(alerts) if one.uid not in self._rows]
        for first, last in _runs(new):
            self.beginInsertRows(_NO_INDEX, first, last)
            self._alerts[first:first] = alerts[first : last + 1]
            self.endInsertRows()
        if new:
            self._index_rows()

    def set_picture(self, uid: str, picture: QPixmap) -> None:
        """Show a small picture at an alert."""
        row = self._rows.get(uid)
        if row is not None:
            self._pictures[uid] = picture
            cell = self.index(row, Column.PICTURE)
            self.dataChanged.emit(cell, cell, [Qt.ItemDataRole.DecorationRole])

    def tick(self, first: int, last: int) -> None:
        """Tell the rows from first to last that time has passed."""
        last = min(last, len(self._alerts) - 1)
        if 0 <= first <= last:
            self.dataChanged.emit(
                self.index(first, Column.STATE), self.index(last, Column.SINCE), [SECOND_ROLE]
            )

    # ---------------------------------------------------------------- what cells show

    def rows(self) -> int:
        """Return how many alerts are listed."""
        return len(self._alerts)

    def data(  # noqa: PLR0911 - one a role
        self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /
    ) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        alert, column = self._alerts[index.row()], Column(index.column())
        now = self._clock()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._first(alert, column, now)
            case Qt.ItemDataRole.DecorationRole:
                return self._decoration(alert, column, now)
            case Qt.ItemDataRole.ForegroundRole:
                return self._color(alert, column)
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(self._hint(alert, column, now))
            case Qt.ItemDataRole.AccessibleTextRole:
                parts = (self._first(alert, column, now), self._second(alert, column, now))
                return ", ".join(part for part in parts if part)
            case _ if role == SECOND_ROLE:
                return self._second(alert, column, now)
            case _ if role == STRONG_ROLE:
                return column is Column.WHAT and not alert.state.is_seen
            case _:
                return None

    def _first(self, alert: Alert, column: Column, now: datetime) -> str:
        match column:
            case Column.SEVERITY:
                return severity_look(alert.severity).word
            case Column.PICTURE:
                return ""
            case Column.WHAT:
                return wording.title(alert)
            case Column.STATE:
                return wording.state_look(alert, now).word
            case Column.SINCE:
                return wording.short_moment(alert.raised_at, self._zone, now)
            case Column.OWNER:
                return wording.one_line(alert.owner)

    def _second(self, alert: Alert, column: Column, now: datetime) -> str:
        match column:
            case Column.SEVERITY:
                number = tr("no. {number}", number=alert.number) if alert.number else ""
                return (
                    tr("Drill · {number}", number=number).rstrip("· ") if alert.is_drill else number
                )
            case Column.WHAT:
                times = tr("{times} times", times=alert.times) if alert.times > 1 else ""
                rule = wording.one_line(alert.rule_name)
                parts = (times, wording.subjects(alert), rule)
                return " · ".join(part for part in parts if part)
            case Column.STATE:
                return self._state_detail(alert, now)
            case Column.SINCE:
                age = wording.age(alert, now)
                return (
                    tr("for {age}", age=age)
                    if alert.returned_at is not None
                    else tr("{age} ago", age=age)
                )
            case _:
                return ""

    def _state_detail(self, alert: Alert, now: datetime) -> str:
        if alert.state.is_open and alert.shelving is not None and alert.is_shelved(now):
            return tr("until {until}", until=wording.until(alert.shelving.until, self._zone, now))
        if alert.state is AlertState.CLOSED and alert.closed_at is not None:
            return wording.short_moment(alert.closed_at, self._zone, now)
        if alert.state.is_seen and alert.acknowledged_by:
            return tr("by {actor}", actor=wording.actor(alert.acknowledged_by))
        return ""

    def _hint(self, alert: Alert, column: Column, now: datetime) -> str:
        match column:
            case Column.WHAT:
                parts = (wording.title(alert), self._second(alert, column, now))
                return "\n".join(part for part in parts if part)
            case Column.STATE:
                shelving = alert.shelving
                if shelving is not None and alert.is_shelved(now) and alert.state.is_open:
                    return tr(
                        "Shelved by {actor}: {shown}",
                        actor=wording.actor(shelving.by),
                        shown=wording.shown(shelving.reason),
                    )
                return wording.STATE_HINTS[alert.state]
            case Column.SINCE:
                return f"{alert.raised_at.astimezone(self._zone):%Y-%m-%d %H:%M:%S (%Z)}"
            case _:
                return self._first(alert, column, now)

    def _decoration(self, alert: Alert, column: Column, now: datetime) -> QPixmap | None:
        match column:
            case Column.SEVERITY:
                return self._drawn(severity_look(alert.severity))
            case Column.STATE:
                return self._drawn(wording.state_look(alert, now))
            case Column.PICTURE:
                return self._pictures.get(alert.uid)
            case _:
                return None

    def _drawn(self, look: Look) -> QPixmap:
        return icons.pixmap(look.icon, _ICON, look.color, self._ratio)

    def _color(self, alert: Alert, column: Column) -> QColor:
        tokens = theme.current()
        if column is Column.SEVERITY and alert.state.is_open:
            return QColor(severity_look(alert.severity).color)
        return QColor(tokens.text if alert.state.is_open else tokens.muted)


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Return the first and last of each run of rows that follow each other; rows rise."""
    for _, run in itertools.groupby(enumerate(rows), lambda one: one[1] - one[0]):
        found = [row for _, row in run]
        yield found[0], found[-1]
