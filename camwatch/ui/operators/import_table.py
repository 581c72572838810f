"""The users of a list as a table, those with problems first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, QSortFilterProxyModel, Qt
from PySide6.QtWidgets import QWidget

from camwatch.auth.accounts import OperatorRow
from camwatch.language import table, tr
from camwatch.ui import icons, theme
from camwatch.ui.operators.record_table import ICON, RecordProxy, RecordsModel
from camwatch.ui.words import sentence

_MOST_SHOWN, _MOST_HINTED = 100, 500
IS_BAD_ROLE = Qt.ItemDataRole.UserRole + 2


class Column(IntEnum):
    """What stands in a column."""

    LINE = 0
    NAME = 1
    ROLE = 2
    VERDICT = 3


_HEADINGS = table(
    lambda: {
        Column.LINE: tr("Row"),
        Column.NAME: tr("Name"),
        Column.ROLE: tr("Role"),
        Column.VERDICT: tr("What is wrong"),
    }
)
WIDTHS = {Column.LINE: 64, Column.NAME: 240, Column.ROLE: 180}


class ImportModel(RecordsModel[OperatorRow]):
    """The users of a list.

    Args:
        roles: Names of the roles, by their keys.
        ratio: Device pixels per logical pixel, for the marks.
    """

    def __init__(
        self, roles: Mapping[str, str], parent: QObject | None = None, *, ratio: float = 1.0
    ) -> None:
        super().__init__([_HEADINGS[column] for column in Column], parent)
        self._roles, self._ratio = roles, ratio

    def key(self, record: OperatorRow) -> object:
        """Return the line."""
        return record.line

    def text(self, record: OperatorRow, column: int) -> str:
        """Return the words of a cell."""
        match Column(column):
            case Column.LINE:
                return str(record.line)
            case Column.NAME:
                return record.name[:_MOST_SHOWN]
            case Column.ROLE:
                return self._roles.get(record.role, record.role) or "?"
            case Column.VERDICT:
                return _verdict(record.problems)

    def hint(self, record: OperatorRow, column: int) -> str:
        """Say all that is wrong."""
        is_verdict = column == Column.VERDICT and record.problems
        return (
            "\n".join(record.problems)[:_MOST_HINTED] if is_verdict else self.text(record, column)
        )

    def sort_key(self, record: OperatorRow, column: int) -> Any:
        """Sort by line, and those with problems first."""
        if column == Column.LINE:
            return record.line
        if column == Column.VERDICT:
            return not record.problems, record.line
        return super().sort_key(record, column)

    def look(self, record: OperatorRow, column: int, role: int) -> Any:
        """Mark what is wrong, and what is not."""
        if role == IS_BAD_ROLE:
            return bool(record.problems)
        if column != Column.VERDICT or role != Qt.ItemDataRole.DecorationRole:
            return super().look(record, column, role)
        tokens = theme.current()
        name, color = ("circle-alert", tokens.critical) if record.problems else ("check", tokens.ok)
        return icons.pixmap(name, ICON, color, self._ratio)


def _verdict(problems: Sequence[str]) -> str:
    if not problems:
        return tr("Nothing")
    more = tr("  (and {value} more)", value=len(problems) - 1) if len(problems) > 1 else ""
    return f"{sentence(problems[0])}{more}"


class ImportShown(RecordProxy):
    """All users of a list, or only those with problems."""

    def __init__(self, model: ImportModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self.setFilterRole(IS_BAD_ROLE)

    def show_only_problems(self, is_wanted: bool) -> None:
        """Leave out the users that can be added, or show them again."""
        QSortFilterProxyModel.setFilterFixedString(self, "true" if is_wanted else "")
