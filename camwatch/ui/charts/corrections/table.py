"""The list of corrections."""

from __future__ import annotations

from enum import IntEnum
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from camwatch.history.corrections import Correction
from camwatch.language import listed, tr
from camwatch.ui import icons, theme
from camwatch.ui.charts.corrections import words
from camwatch.ui.operators.record_table import RecordsModel


class Column(IntEnum):
    """What is told of a correction."""

    WHEN = 0
    WHOSE = 1
    WHAT = 2
    WHY = 3
    WHO = 4
    STATE = 5


HEADINGS = listed(
    lambda: (tr("Time"), tr("Whose numbers"), tr("Correction"), tr("Reason"), tr("By"), tr("State"))
)
WIDTHS = {
    Column.WHEN: 264,
    Column.WHOSE: 180,
    Column.WHAT: 130,
    Column.WHO: 110,
    Column.STATE: 116,
}


class CorrectionsModel(RecordsModel[Correction]):
    """Corrections of a stretch of time, newest first.

    Args:
        zone: The site's time zone.
    """

    def __init__(self, zone: ZoneInfo, parent: QObject | None = None) -> None:
        super().__init__(HEADINGS, parent)
        self._zone = zone
        self.names = words.Names({}, {})

    def key(self, record: Correction) -> object:
        """Return what names it."""
        return record.uid

    def text(self, record: Correction, column: int) -> str:
        """Return the words of a cell."""
        match Column(column):
            case Column.WHEN:
                return words.when(record, self._zone)
            case Column.WHOSE:
                return self.names.subject(record)
            case Column.WHAT:
                return words.what(record)
            case Column.WHY:
                return " ".join(record.draft.reason.split())
            case Column.WHO:
                return record.author
            case Column.STATE:
                return words.state(record)

    def hint(self, record: Correction, column: int) -> str:
        """Say all of it, wherever the pointer rests."""
        del column
        return words.whole(record, self.names, self._zone)

    def sort_key(self, record: Correction, column: int) -> Any:
        """Sort times as such."""
        return record.draft.start if column == Column.WHEN else super().sort_key(record, column)

    def look(self, record: Correction, column: int, role: int) -> Any:
        """Show what does not hold any more in a lower voice, and mark the state."""
        if role == Qt.ItemDataRole.ForegroundRole and not record.holds:
            return QColor(theme.current().muted)
        if role == Qt.ItemDataRole.DecorationRole and column == Column.STATE:
            return icons.icon("check" if record.holds else "undo-2")
        return None
