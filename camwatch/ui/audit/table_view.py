"""How the table of the audit log looks."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QWidget

from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.audit.table_model import Column
from camwatch.ui.rows_view import RowsView

_ROW_HEIGHT = 34
_WIDTHS: dict[int, int] = {
    Column.WHEN: 172,
    Column.WHO: 156,
    Column.WHAT: 224,
    Column.WHICH: 150,
    Column.RESULT: 128,
    Column.COMPUTER: 118,
}


class AuditTable(RowsView):
    """One row an entry, newest first.

    Args:
        model: With the columns of `AuditTableModel`.
    """

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(
            model,
            tr("Who did what, newest first"),
            theme.px(_ROW_HEIGHT),
            _WIDTHS,
            Column.WHICH,
            parent=parent,
        )
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setMinimumSectionSize(theme.px(80))
