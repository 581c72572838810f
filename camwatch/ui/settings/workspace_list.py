"""What a workspace file would change, as a list that can be unfolded."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from camwatch.commands.workspace_diff import DiffItem, Part, Verdict, WorkspaceDiff
from camwatch.language import table, tr
from camwatch.ui import icons, theme

_MOST_UNFOLDED = 20

PARTS: Mapping[Part, str] = table(
    lambda: {
        Part.CAMERAS: tr("Cameras"),
        Part.SITES: tr("Sites"),
        Part.SCENES: tr("Lines and zones"),
        Part.RULES: tr("Rules of alerts"),
        Part.SETTINGS: tr("Settings"),
        Part.LAYOUTS: tr("Saved walls"),
    }
)
VERDICTS: Mapping[Verdict, str] = table(
    lambda: {
        Verdict.ADDED: tr("New"),
        Verdict.CHANGED: tr("Changed"),
        Verdict.SAME: tr("The same"),
        Verdict.ONLY_HERE: tr("Only here, stays"),
        Verdict.REFUSED: tr("Cannot be taken"),
    }
)
_ICONS: Mapping[Verdict, str] = {
    Verdict.ADDED: "plus",
    Verdict.CHANGED: "pencil",
    Verdict.SAME: "check",
    Verdict.ONLY_HERE: "info",
    Verdict.REFUSED: "circle-alert",
}


class DiffList(QTreeWidget):
    """Lists each thing under its part: what it is here, and what it would be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("What the file would change"))
        self.setHeaderLabels([tr("What"), tr("Here now"), tr("In the file")])
        header = self.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setColumnWidth(0, 44 * theme.current().space)
        self.setColumnWidth(1, 28 * theme.current().space)

    def show_diff(self, diff: WorkspaceDiff, *, only_different: bool) -> None:
        """List a difference.

        Args:
            diff: What would be changed.
            only_different: Leave out what stays as it is.
        """
        self.clear()
        hidden = {Verdict.SAME, Verdict.ONLY_HERE} if only_different else set()
        for part, words in PARTS.items():
            items = [one for one in diff.items if one.part is part and one.verdict not in hidden]
            if not items:
                continue
            group = QTreeWidgetItem([words])
            font = group.font(0)
            font.setBold(True)
            group.setFont(0, font)
            self.addTopLevelItem(group)
            for one in items:
                entry = _entry(one)
                group.addChild(entry)
                # Of very many things only the names are read at once.
                entry.setExpanded(len(items) <= _MOST_UNFOLDED)
                _span(entry)
            group.setExpanded(True)
        if not self.topLevelItemCount():
            nothing = tr("Nothing differs: all is here as the file has it.")
            self.addTopLevelItem(QTreeWidgetItem([nothing]))
            self.setFirstColumnSpanned(0, self.rootIndex(), True)


def _span(entry: QTreeWidgetItem) -> None:
    """Let sentences go over all columns: no value stands beside them."""
    for number in range(entry.childCount()):
        row = entry.child(number)
        if row is not None:
            row.setFirstColumnSpanned(not row.text(1) and not row.text(2))


def _entry(one: DiffItem) -> QTreeWidgetItem:
    tokens = theme.current()
    colors = {Verdict.REFUSED: tokens.critical, Verdict.ADDED: tokens.ok}
    entry = QTreeWidgetItem([tr("{verdict}: {name}", verdict=VERDICTS[one.verdict], name=one.name)])
    entry.setIcon(0, icons.icon(_ICONS[one.verdict], colors.get(one.verdict, tokens.text)))
    sentences = [one.reason] if one.reason else []
    if one.needs_password:
        sentences.append(tr("Its password must be entered again afterwards"))
    for sentence in sentences:
        entry.addChild(QTreeWidgetItem([sentence]))
    empty = tr("empty")
    for name, before, after in one.changes:
        entry.addChild(QTreeWidgetItem([name, before or empty, after or empty]))
    return entry
