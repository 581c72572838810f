"""The cameras of a list as a table, those with problems first."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, QSortFilterProxyModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from camwatch.commands.camera_row import ImportRow
from camwatch.language import table, tr
from camwatch.ui import icons, theme
from camwatch.ui.cameras.kinds import KINDS
from camwatch.ui.fitting import fit_columns
from camwatch.ui.rows_model import Index, RowsModel
from camwatch.ui.words import sentence, tooltip

_ROW_HEIGHT, _ICON = 32, 16
_IS_BAD = Qt.ItemDataRole.UserRole


class Column(IntEnum):
    """What stands in a column."""

    LINE = 0
    NAME = 1
    VERDICT = 2
    ADDRESS = 3
    KIND = 4
    SIGN_IN = 5
    SITE = 6


_HEADINGS = table(
    lambda: {
        Column.LINE: tr("Row"),
        Column.NAME: tr("Name"),
        Column.VERDICT: tr("What is wrong"),
        Column.ADDRESS: tr("Address"),
        Column.KIND: tr("Kind"),
        Column.SIGN_IN: tr("Signs in as"),
        Column.SITE: tr("Site"),
    }
)
_WIDTHS = {
    Column.LINE: 56,
    Column.NAME: 170,
    Column.ADDRESS: 220,
    Column.KIND: 90,
    Column.SIGN_IN: 100,
    Column.SITE: 100,
}


def problem_lines(row: ImportRow) -> list[str]:
    """Say what keeps a camera from being imported, a line a problem, by its column."""
    return [f"{problem.field}: {problem.reason}" for problem in row.problems]


class ImportModel(RowsModel):
    """The cameras of a list.

    Args:
        ratio: Device pixels per logical pixel, for the marks.
    """

    def __init__(self, parent: QObject | None = None, *, ratio: float = 1.0) -> None:
        super().__init__([_HEADINGS[column] for column in Column], parent)
        self._ratio = ratio
        self._rows: Sequence[ImportRow] = ()

    def set_rows(self, rows: Sequence[ImportRow]) -> None:
        """Show these; those with problems come first, then those with a warning."""
        self.beginResetModel()
        self._rows = sorted(rows, key=lambda row: (row.is_good, not row.warnings))
        self.endResetModel()

    def rows(self) -> int:
        """Return how many cameras there are."""
        return len(self._rows)

    def row_at(self, row: int) -> ImportRow:
        """Return the camera in a row of the table."""
        return self._rows[row]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(self._hint(row, column))
            case Qt.ItemDataRole.DecorationRole if column is Column.VERDICT:
                return self._mark(row)
            case _ if role == _IS_BAD:
                return not row.is_good
            case _:
                return None

    def _text(self, row: ImportRow, column: Column) -> str:
        settings = row.settings
        match column:
            case Column.LINE:
                return str(row.line)
            case Column.NAME:
                return row.name
            case Column.ADDRESS:
                return row.address
            case Column.VERDICT:
                said = [*problem_lines(row), *row.warnings]
                more = tr("  (and {value} more)", value=len(said) - 1) if len(said) > 1 else ""
                return f"{said[0]}{more}" if said else tr("Nothing")
            case _ if settings is None:
                return ""
            case _:
                texts = {
                    Column.KIND: KINDS[settings.kind].short,
                    Column.SIGN_IN: settings.username,
                    Column.SITE: settings.site,
                }
                return texts[column]

    def _hint(self, row: ImportRow, column: Column) -> str:
        if column is Column.VERDICT:
            return "\n".join(sentence(line) for line in (*problem_lines(row), *row.warnings))
        return self._text(row, column)

    def _mark(self, row: ImportRow) -> Any:
        tokens = theme.current()
        if not row.is_good:
            return icons.pixmap("circle-alert", _ICON, tokens.critical, self._ratio)
        if row.warnings:
            return icons.pixmap("triangle-alert", _ICON, tokens.warning, self._ratio)
        return icons.pixmap("check", _ICON, tokens.ok, self._ratio)


class ImportTable(QTableView):
    """Shows the cameras of a list, all of them or only those with problems."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = ImportModel(self, ratio=self.devicePixelRatioF())
        self.shown = QSortFilterProxyModel(self)
        self.shown.setSourceModel(self.rows)
        self.shown.setFilterRole(_IS_BAD)
        self.setModel(self.shown)
        self.setAccessibleName(tr("Cameras of the list"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setIconSize(icons.size(_ICON))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(_ROW_HEIGHT))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        fit_columns(header, _WIDTHS)
        header.setSectionResizeMode(Column.VERDICT, QHeaderView.ResizeMode.Stretch)

    @property
    def chosen(self) -> ImportRow | None:
        """The camera that is selected."""
        index = self.shown.mapToSource(self.currentIndex())
        return self.rows.row_at(index.row()) if index.isValid() else None

    def show_only_problems(self, is_wanted: bool) -> None:
        """Leave out the cameras that can be imported, or show them again."""
        self.shown.setFilterFixedString("true" if is_wanted else "")
