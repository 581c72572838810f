"""The table view of the cameras."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QSize, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from camwatch.domain import Camera, CameraId
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.cameras.list_model import CameraListModel
from camwatch.ui.cameras.list_text import AT_RIGHT, Column
from camwatch.ui.cameras.thumbnails import THUMBNAIL_WH
from camwatch.ui.fitting import fit_columns

_ROW_HEIGHT = 44
_WIDTHS = {
    Column.NAME: 156,
    Column.SITE: 150,
    Column.LOCATION: 150,
    Column.KIND: 92,
    Column.ADDRESS: 178,
    Column.LATENCY: 80,
    Column.RATE: 84,
    Column.LAST: 164,
    Column.SINCE: 148,
}
_LEAST_STATE_WIDTH = 250
_GIVEN_UP = (Column.LOCATION, Column.KIND, Column.SITE, Column.SINCE)
"""Columns that are left out where there is too little room, the first one first."""

_ROWS = QItemSelectionModel.SelectionFlag.Rows
_SELECT = QItemSelectionModel.SelectionFlag.ClearAndSelect | _ROWS


class CameraTable(QTableView):
    """Rows of cameras; several can be selected.

    Args:
        model: What is shown.
        remove: Called for the Delete key.
    """

    def __init__(
        self, model: CameraListModel, remove: Callable[[], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self.setAccessibleName(tr("Cameras"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setIconSize(QSize(*THUMBNAIL_WH))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(_ROW_HEIGHT))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(Column.STATE, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(theme.px(min(_WIDTHS[column] for column in AT_RIGHT)))
        self.setSortingEnabled(True)
        fit_columns(header, _WIDTHS)
        self.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
        delete = QAction(tr("Remove"), self)
        delete.setShortcut(QKeySequence(Qt.Key.Key_Delete))
        delete.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        delete.triggered.connect(remove)
        self.addAction(delete)

    def chosen(self) -> list[Camera]:
        """Return the cameras that are selected, in the order of the rows."""
        return [self._model.camera_at(row) for row in self._chosen_rows()]

    @property
    def chosen_count(self) -> int:
        """How many cameras are selected."""
        return len(self._chosen_rows())

    def _chosen_rows(self) -> list[int]:
        # Ranges of whole rows: to ask about each row would take 30 times as long.
        ranges = self.selectionModel().selection().toList()
        return sorted({row for one in ranges for row in range(one.top(), one.bottom() + 1)})

    @Slot()
    def enter(self) -> None:
        """Take the keyboard, and select the first row if none is selected."""
        self.setFocus()
        if not self._chosen_rows() and self._model.rowCount():
            self.choose([self._model.camera_at(0).id])

    def choose(self, camera_ids: Sequence[CameraId]) -> None:
        """Select these cameras as far as they are shown, and bring the first into view."""
        rows = [row for one in camera_ids if (row := self._model.row_of(one)) is not None]
        if not rows:
            return
        wanted = QItemSelection()
        for row in rows:
            index = self._model.index(row, 0)
            wanted.select(index, index)
        first = self._model.index(rows[0], 0)
        selection = self.selectionModel()
        selection.setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
        selection.select(wanted, _SELECT)
        self.scrollTo(first)

    def seen(self) -> list[CameraId]:
        """Return the cameras whose rows are in view."""
        count = self._model.rowCount()
        if not count or not self.isVisible():
            return []
        first = max(self.rowAt(0), 0)
        last = self.rowAt(self.viewport().height() - 1)
        last = count - 1 if last < 0 else last
        return [self._model.camera_at(row).id for row in range(first, last + 1)]

    @property
    def is_pointed_at(self) -> bool:
        """True while the pointer is over the rows: they must not move away under it."""
        return self.viewport().underMouse()

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Let the state have what room there is, and give columns up where there is too little."""
        super().resizeEvent(event)
        free = self.viewport().width() - sum(map(theme.px, _WIDTHS.values()))
        for column in _GIVEN_UP:
            is_hidden = free < theme.px(_LEAST_STATE_WIDTH)
            self.setColumnHidden(column, is_hidden)
            free += theme.px(_WIDTHS[column]) if is_hidden else 0
