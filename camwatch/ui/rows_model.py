"""What all our tables have in common: rows of one kind under fixed headings."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()


class RowsModel(QAbstractTableModel):
    """Base of table models; a subclass says what its cells show.

    Args:
        headings: Of the columns, from the left.
    """

    def __init__(self, headings: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._headings = tuple(headings)

    @abstractmethod
    def rows(self) -> int:
        """Return how many rows there are."""

    def rowCount(self, parent: Index = _NO_INDEX, /) -> int:
        """Return how many rows there are; a cell has no rows of its own."""
        return 0 if parent.isValid() else self.rows()

    def columnCount(self, parent: Index = _NO_INDEX, /) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self._headings)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
        /,
    ) -> Any:
        """Return what stands above a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        return None
