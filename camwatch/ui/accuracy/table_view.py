"""How the table of cameras and their accuracy looks."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QWidget

from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.accuracy.table_model import Column
from camwatch.ui.rows_view import RowsView

_ROW_HEIGHT = 40
_WIDTHS: dict[int, int] = {
    Column.NAME: 200,
    Column.ACCURACY: 320,
    Column.LAST: 140,
    Column.RECORDING: 220,
}


class AccuracyTable(RowsView):
    """One row a camera, sorted by a click on a heading.

    Args:
        model: With the columns of `AccuracyTableModel`.
    """

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(
            model,
            tr("Cameras and their accuracy"),
            theme.px(_ROW_HEIGHT),
            _WIDTHS,
            Column.SINCE,
            parent=parent,
        )
        self.setSortingEnabled(True)
        self.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
