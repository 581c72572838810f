"""How tables of rows look, whatever they list."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from camwatch.ui import icons
from camwatch.ui.fitting import fit_columns


class RowsView(QTableView):
    """One row a thing, of which one is chosen; nothing is edited in place.

    Args:
        model: What is listed.
        name: For those who hear the screen.
        row_height: Pixels.
        widths: Pixels at 100 % of the columns that do not fill what is left.
        filling: The column that does.
    """

    def __init__(
        self,
        model: QAbstractItemModel,
        name: str,
        row_height: int,
        widths: Mapping[int, int],
        filling: int,
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMinimumHeight(3 * row_height)
        self.setIconSize(icons.size(16))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(row_height)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(filling, QHeaderView.ResizeMode.Stretch)
        self._widths: dict[int, int] | None = dict(widths)

    def showEvent(self, event: QShowEvent, /) -> None:
        """Give the columns their room, now that all is known of their headings."""
        super().showEvent(event)
        widths, self._widths = self._widths or {}, None
        fit_columns(self.horizontalHeader(), widths)
