"""How the tables of users, roles and sessions look and sort."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QModelIndex, QObject, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from camwatch.ui import icons, theme
from camwatch.ui.rows_model import Index, RowsModel
from camwatch.ui.words import tooltip

ROW_HEIGHT, ICON = 36, 16
SORT_ROLE = Qt.ItemDataRole.UserRole
RECORD_ROLE = Qt.ItemDataRole.UserRole + 1

T = TypeVar("T")


class RecordsModel(RowsModel, Generic[T]):
    """One row a record; a subclass says what its cells show.

    Attributes:
        records: In the order in which they came.
    """

    def __init__(self, headings: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(headings, parent)
        self.records: Sequence[T] = ()

    def set_records(self, records: Sequence[T]) -> None:
        """Show these; where they are the same, only words such as "2 min ago" are made anew."""
        if self.records and tuple(records) == self.records:
            last = self.index(len(self.records) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self.records = tuple(records)
        self.endResetModel()

    def rows(self) -> int:
        """Return how many records there are."""
        return len(self.records)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        record, column = self.records[index.row()], index.column()
        if role == SORT_ROLE:
            return self.sort_key(record, column)
        if role == RECORD_ROLE:
            return record
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(record, column)
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(self.hint(record, column))
            case _:
                return self.look(record, column, role)

    @abstractmethod
    def key(self, record: T) -> object:
        """Return what tells a record from all others, however it changes."""

    @abstractmethod
    def text(self, record: T, column: int) -> str:
        """Return the words of a cell."""

    def hint(self, record: T, column: int) -> str:
        """Return what is said where the pointer rests on a cell."""
        return self.text(record, column)

    def sort_key(self, record: T, column: int) -> Any:
        """Return by what a column is sorted: anything that can be compared."""
        return self.text(record, column).casefold()

    def look(self, record: T, column: int, role: int) -> Any:
        """Return the mark, colour or font of a cell; None for the usual one."""
        del record, column, role


class RecordProxy(QSortFilterProxyModel):
    """Sorts by what a model says of its cells; equal ones stay in their order."""

    def __init__(self, model: RowsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setSourceModel(model)
        self.setSortRole(SORT_ROLE)
        self.setSortCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)

    def lessThan(self, left: Any, right: Any, /) -> bool:
        """Compare two cells as Python does: a moment, a number, a text in any case."""
        return bool(left.data(SORT_ROLE) < right.data(SORT_ROLE))


class RecordTable(QTableView, Generic[T]):
    """One row a record, one selected, sorted by a click on a heading.

    Signals:
        chosen_changed: Another record, or none, is selected.

    Args:
        shown: What is shown, with the record of a row under RECORD_ROLE.
        name: What a screen reader calls it.
        widths: Of the columns; the one that is missing takes what is left.
        given_up: Columns that are left out where there is too little room, the first one first.
        least: Width of the column that takes what is left, at least.
    """

    chosen_changed = Signal()

    def __init__(
        self,
        shown: QSortFilterProxyModel,
        name: str,
        widths: Mapping[Any, int],
        parent: QWidget | None = None,
        *,
        given_up: tuple[int, ...] = (),
        least: int = 160,
    ) -> None:
        super().__init__(parent)
        self._widths: dict[int, int] = {column: theme.px(width) for column, width in widths.items()}
        self._given_up, self._least = given_up, theme.px(least)
        self.setModel(shown)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setIconSize(icons.size(ICON))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(ROW_HEIGHT))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setSortingEnabled(True)
        for column in range(shown.columnCount()):
            if column in widths:
                # Its heading in other languages may be longer.
                least = header.sectionSizeHint(column)
                self._widths[column] = max(self._widths[column], least)
                self.setColumnWidth(column, self._widths[column])
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.selectionModel().selectionChanged.connect(self.chosen_changed)

    @property
    def chosen(self) -> T | None:
        """The record that is selected."""
        rows = self.selectionModel().selectedRows()
        found: T | None = rows[0].data(RECORD_ROLE) if rows else None
        return found

    def set_records(
        self, model: RecordsModel[T], records: Sequence[T], is_wanted: Callable[[T], bool] | None
    ) -> None:
        """Show other records.

        Args:
            model: Of this table.
            records: All of them.
            is_wanted: Tells which one to select and bring into view; None leaves the rows where
                they are, with the same one selected if it is still there.
        """
        before, at = self.chosen, self.verticalScrollBar().value()
        model.set_records(records)
        if is_wanted is not None:
            self.choose(self._row_where(is_wanted))
        elif before is not None:
            kept = self._row_where(lambda one: model.key(one) == model.key(before))
            self.choose(kept, is_seen=False)
            self.verticalScrollBar().setValue(at)
        else:
            self.verticalScrollBar().setValue(at)

    def _row_where(self, is_it: Callable[[T], bool]) -> int:
        """Return the shown row whose record is it; -1 if there is none."""
        rows = range(self.model().rowCount())
        found = (row for row in rows if is_it(self.model().index(row, 0).data(RECORD_ROLE)))
        return next(found, -1)

    def choose(self, row: int, *, is_seen: bool = True) -> None:
        """Select a shown row; none if there is no such row.

        Args:
            row: From 0.
            is_seen: Bring it into view.
        """
        if 0 <= row < self.model().rowCount():
            self.selectRow(row)
            if is_seen:
                self.scrollTo(self.model().index(row, 0))
        else:
            self.setCurrentIndex(QModelIndex())
            self.clearSelection()

    def enter(self) -> None:
        """Take the keyboard, and select the first row if none is selected."""
        self.setFocus()
        if self.chosen is None:
            self.choose(0)

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Leave columns out where there is too little room for all."""
        super().resizeEvent(event)
        free = self.viewport().width() - sum(self._widths.values())
        for column in self._given_up:
            is_hidden = free < self._least
            self.setColumnHidden(column, is_hidden)
            free += self._widths[column] if is_hidden else 0
