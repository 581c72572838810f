"""The entries of the audit log as a table that grows while one scrolls."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from camwatch.domain import AuditEntry
from camwatch.language import table, tr
from camwatch.ui import icons, theme
from camwatch.ui.audit.wording import (
    BREAK_FOUND,
    action_words,
    actor_words,
    moment_words,
    result_words,
)
from camwatch.ui.rows_model import Index, RowsModel
from camwatch.ui.words import tooltip

ENTRY_ROLE = Qt.ItemDataRole.UserRole

_ICON = 16
_NO_INDEX = QModelIndex()


class Column(IntEnum):
    """What stands in a column."""

    WHEN = 0
    WHO = 1
    WHAT = 2
    WHICH = 3
    RESULT = 4
    COMPUTER = 5


_HEADINGS = table(
    lambda: {
        Column.WHEN: tr("When"),
        Column.WHO: tr("Who"),
        Column.WHAT: tr("What"),
        Column.WHICH: tr("Which"),
        Column.RESULT: tr("How it went"),
        Column.COMPUTER: tr("Computer"),
    }
)


class AuditTableModel(RowsModel):
    """Entries, newest first.

    Signals:
        more_wanted: Somebody has scrolled to the end, and there are older ones.

    Args:
        zone: The site's time zone.
        ratio: Device pixels per logical pixel.
    """

    more_wanted = Signal()

    def __init__(
        self, zone: ZoneInfo, parent: QObject | None = None, *, ratio: float = 1.0
    ) -> None:
        super().__init__([_HEADINGS[column] for column in Column], parent)
        self._zone = zone
        self._ratio = ratio
        self._entries: list[AuditEntry] = []
        self._has_more = False
        self._is_waiting = False

    def set_entries(self, entries: Sequence[AuditEntry], *, has_more: bool) -> None:
        """Show these and no others."""
        self._is_waiting = True  # whoever is told of the change asks for nothing yet
        self.beginResetModel()
        self._entries = list(entries)
        self._has_more = has_more
        self._is_waiting = False
        self.endResetModel()

    def add_entries(self, entries: Sequence[AuditEntry], *, has_more: bool) -> None:
        """Show these below the others."""
        if entries:
            first = len(self._entries)
            self.beginInsertRows(_NO_INDEX, first, first + len(entries) - 1)
            self._entries.extend(entries)
            self.endInsertRows()
        self._has_more = has_more
        self._is_waiting = False

    def give_up(self) -> None:
        """Let older entries be asked for again: they could not be read."""
        self._is_waiting = False

    @property
    def has_more(self) -> bool:
        """True if there are older entries that are not shown yet."""
        return self._has_more

    @property
    def oldest(self) -> int | None:
        """The number of the last entry, None if there is none."""
        return self._entries[-1].seq if self._entries else None

    def row_of(self, seq: int) -> int | None:
        """Return the row of an entry, None if it is not there."""
        return next((row for row, one in enumerate(self._entries) if one.seq == seq), None)

    def canFetchMore(self, parent: QModelIndex | QPersistentModelIndex, /) -> bool:
        """Tell the table that it may ask for more rows."""
        return not parent.isValid() and self._has_more and not self._is_waiting

    def fetchMore(self, parent: QModelIndex | QPersistentModelIndex, /) -> None:
        """Ask for more rows; they come later."""
        if self.canFetchMore(parent):
            self._is_waiting = True
            self.more_wanted.emit()

    def rows(self) -> int:
        """Return how many entries are shown."""
        return len(self._entries)

    def data(  # noqa: PLR0911 - one a role
        self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /
    ) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        entry, column = self._entries[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(entry, column)
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(self._text(entry, column))
            case Qt.ItemDataRole.DecorationRole if column is Column.RESULT:
                return self._mark(entry)
            case Qt.ItemDataRole.ForegroundRole if entry.action == BREAK_FOUND:
                return QColor(theme.current().critical)
            case Qt.ItemDataRole.ForegroundRole if column in {Column.WHEN, Column.COMPUTER}:
                return QColor(theme.current().muted)
            case _ if role == ENTRY_ROLE:
                return entry
            case _:
                return None

    def _text(self, entry: AuditEntry, column: Column) -> str:
        match column:
            case Column.WHEN:
                return moment_words(entry.at, self._zone)
            case Column.WHO:
                return actor_words(entry.actor)
            case Column.WHAT:
                return action_words(entry.action)
            case Column.WHICH:
                return entry.target
            case Column.RESULT:
                return result_words(entry.result)
            case Column.COMPUTER:
                return entry.computer

    def _mark(self, entry: AuditEntry) -> Any:
        tokens = theme.current()
        name, color = {
            "done": ("check", tokens.ok),
            "failed": ("circle-alert", tokens.critical),
        }.get(entry.result, ("triangle-alert", tokens.warning))
        return icons.pixmap(name, _ICON, color, self._ratio)
