"""Lists the keys: those of the page that is shown first, and what is searched for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.forms import name_line_buttons, plain_label, scrolled
from camwatch.ui.palette.match import cost
from camwatch.ui.shortcuts import Key, KeyGroup, groups

_COLUMNS = 3


class KeysDialog(QDialog):
    """Lists all keys, and finds some among them.

    Args:
        page: The key of the page that is shown: its keys come first.
    """

    def __init__(self, parent: QWidget | None = None, *, page: Key | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys"))
        space = theme.current().space
        known = groups()
        here = [group for group in known if page is not None and group.page is page]
        self._groups = (*here, *(group for group in known if group not in here))
        self._here = len(here)
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(tr("Search: what it does, or the key"))
        self.line.setAccessibleName(tr("Search the keys"))
        self.line.setClearButtonEnabled(True)
        self.line.addAction(
            icons.icon("search", theme.current().muted), QLineEdit.ActionPosition.LeadingPosition
        )
        name_line_buttons(self.line)
        self.line.textChanged.connect(self._on_typed)
        self.nothing = plain_label(
            tr("No key does that. Find anything (Ctrl+K) also finds what has no key."),
            "muted",
            self,
        )
        self.nothing.hide()
        self._content = QWidget()
        self._columns = QHBoxLayout(self._content)
        self._columns.setContentsMargins(0, 0, space, 0)
        self._columns.setSpacing(2 * space)
        area = scrolled(self._content, self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        layout.setSpacing(2 * space)
        layout.addWidget(self.line)
        layout.addWidget(self.nothing)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)
        self._fill("")
        # All keys at once, where the screen is high enough.
        wanted = self._content.sizeHint() + QSize(8 * space, 22 * space)
        self.resize(wanted.boundedTo(self.screen().availableSize() - QSize(0, 6 * space)))
        area.setMinimumWidth(
            min(
                self._content.minimumSizeHint().width() + 2 * space,
                self.screen().availableSize().width() - 12 * space,
            )
        )
        self.line.setFocus()

    @property
    def shown(self) -> Sequence[str]:
        """The titles of the groups that are listed, from the first one on."""
        return tuple(group.title for group in self._matching(self.line.text()))

    def _matching(self, query: str) -> list[KeyGroup]:
        if not query.strip():
            return list(self._groups)
        found = []
        for group in self._groups:
            rows = [row for row in group.rows if _is_meant(query, row)]
            if rows:
                found.append(KeyGroup(group.title, rows, group.page))
        return found

    @Slot(str)
    def _on_typed(self, query: str) -> None:
        self._fill(query)

    def _fill(self, query: str) -> None:
        while (item := self._columns.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        found = self._matching(query)
        self.nothing.setVisible(not found)
        columns = [QVBoxLayout() for _ in range(min(_COLUMNS, max(len(found), 1)))]
        heights = [0] * len(columns)
        for place, group in enumerate(found):
            # Those of the page at the head of the first columns, the others where there is room.
            lowest = heights.index(min(heights)) if place >= self._here else place % len(columns)
            columns[lowest].addWidget(self._group(group))
            heights[lowest] += len(group.rows) + 3
        for column in columns:
            holder = QWidget(self._content)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2 * theme.current().space)
            column.addStretch(1)
            holder.setLayout(column)
            self._columns.addWidget(holder, 1)

    @staticmethod
    def _group(group: KeyGroup) -> QFrame:
        space = theme.current().space
        card = QFrame()
        card.setProperty("role", "card")
        grid = QGridLayout(card)
        grid.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        grid.setHorizontalSpacing(2 * space)
        grid.setVerticalSpacing(space // 2)
        grid.addWidget(plain_label(group.title, "heading"), 0, 0, 1, 2)
        for row, (does, key) in enumerate(group.rows, start=1):
            name = QLabel(key)
            name.setTextFormat(Qt.TextFormat.PlainText)
            name.setProperty("role", "key")
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            grid.addWidget(plain_label(does), row, 1)
        grid.setColumnStretch(1, 1)
        return card


def _is_meant(query: str, row: tuple[str, str]) -> bool:
    does, key = row
    # "ctrl+k" is meant as one: its parts are found in nearly every key.
    return query.strip().casefold() in key.casefold() or cost(query, (does,)) is not None
