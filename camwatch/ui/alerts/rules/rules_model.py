"""The rules as rows."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from camwatch.alerts.rules import Rule
from camwatch.language import table, tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.look import severity_look
from camwatch.ui.alerts.rules.commands import Surroundings
from camwatch.ui.alerts.rules.words import (
    plan_name,
    watches,
    when,
    where,
)
from camwatch.ui.operators.record_table import RecordsModel
from camwatch.ui.words import number


class Column(IntEnum):
    """What stands in a column."""

    ON = 0
    NAME = 1
    WATCHES = 2
    WHERE = 3
    WHEN = 4
    SEVERITY = 5
    TELLS = 6
    FIRED = 7


_HEADINGS = table(
    lambda: {
        Column.ON: tr("On"),
        Column.NAME: tr("Rule"),
        Column.WATCHES: tr("Watches for"),
        Column.WHERE: tr("Where"),
        Column.WHEN: tr("When"),
        Column.SEVERITY: tr("Severity"),
        Column.TELLS: tr("Tells"),
        Column.FIRED: tr("Last 7 days"),
    }
)
WIDTHS = {
    Column.ON: 56,
    Column.NAME: 210,
    Column.WHERE: 190,
    Column.WHEN: 190,
    Column.SEVERITY: 130,
    Column.TELLS: 150,
    Column.FIRED: 110,
}


class RulesModel(RecordsModel[Rule]):
    """All rules, each with its switch."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__([_HEADINGS[column] for column in Column], parent)
        self._known = Surroundings()

    def prepare(self, known: Surroundings) -> None:
        """Know what rules are about, before they are shown."""
        self._known = known

    def key(self, record: Rule) -> object:
        """Return the uid of the rule."""
        return record.uid

    def text(self, record: Rule, column: int) -> str:
        """Return the words of a cell."""
        words: dict[Column, Callable[[], str]] = {
            Column.NAME: lambda: record.name,
            Column.WATCHES: lambda: watches(record.condition),
            Column.WHERE: lambda: where(record, self._known),
            Column.WHEN: lambda: when(record.schedule),
            Column.SEVERITY: lambda: severity_look(record.severity).word,
            Column.TELLS: lambda: plan_name(record.plan_uid, self._known.plans),
            Column.FIRED: lambda: self._fired(record),
        }
        says = words.get(Column(column))
        return says() if says is not None else ""

    def _fired(self, record: Rule) -> str:
        count = self._known.fired.get(record.uid, 0)
        if not count:
            return "\u2013"
        said = number(count)
        return said if self._known.is_all else tr("{number} or more", number=said)

    def hint(self, record: Rule, column: int) -> str:
        """Return what is said where the pointer rests on a cell."""
        if column == Column.ON:
            if record.is_enabled:
                return tr("Switched on; a click or Space changes it")
            return tr("Switched off; a click or Space changes it")
        if column == Column.FIRED:
            return tr(
                "Alerts of this rule in the last seven days: {fired}", fired=self._fired(record)
            )
        return self.text(record, column)

    def sort_key(self, record: Rule, column: int) -> Any:
        """Sort severities by how serious they are, and numbers as numbers."""
        match Column(column):
            case Column.ON:
                return (not record.is_enabled, record.name.casefold())
            case Column.SEVERITY:
                return (-record.severity.rank, record.name.casefold())
            case Column.FIRED:
                return self._known.fired.get(record.uid, 0)
            case _:
                return self.text(record, column).casefold()

    def look(self, record: Rule, column: int, role: int) -> Any:
        """Return the switch, the mark of the severity, and muted words for what is off."""
        if column == Column.ON:
            if role == Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Checked if record.is_enabled else Qt.CheckState.Unchecked
            if role == Qt.ItemDataRole.AccessibleTextRole:
                return (
                    tr("{name}: switched on", name=record.name)
                    if record.is_enabled
                    else tr("{name}: switched off", name=record.name)
                )
        if column == Column.SEVERITY and role == Qt.ItemDataRole.DecorationRole:
            look = severity_look(record.severity)
            return icons.icon(
                look.icon, look.color if record.is_enabled else theme.current().disabled
            )
        if role == Qt.ItemDataRole.ForegroundRole and not record.is_enabled:
            return QColor(theme.current().muted)
        return None
