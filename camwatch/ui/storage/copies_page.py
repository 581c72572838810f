"""The copies of the history: which there are, one more, one less, and how one is put back."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from camwatch.history.keeping import BackupInfo
from camwatch.language import marked, tr
from camwatch.ui import icons, theme, words
from camwatch.ui.empty import EmptyTable
from camwatch.ui.forms import BusyBar, Notice, plain_label
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.rows_model import Index, RowsModel
from camwatch.ui.rows_view import RowsView
from camwatch.ui.storage.words import moment_of, size

_ROW_HEIGHT = 34
_ABOUT = marked(
    "CamWatch makes a checked copy once a day and before each change of its tables. A copy holds "
    "everything but the passwords, which are in the keyring, and pictures. Copy the newest one to "
    "another disk from time to time: a copy on the same disk is lost with it."
)
_RESTORE = marked(
    "To put a copy back, close CamWatch and run “camwatch db restore” with the name of its file. "
    "What is there now is kept beside it. When the history is damaged, CamWatch offers the newest "
    "sound copy by itself at the next start."
)
_SOUND = marked("No fault inside")
_UNSOUND = marked("Cannot be used")


class _Column(IntEnum):
    MADE = 0
    SIZE = 1
    STATE = 2
    FILE = 3


class CopyTable(RowsModel):
    """One row a copy."""

    def __init__(self, zone: ZoneInfo, parent: QObject | None = None) -> None:
        super().__init__((tr("Made"), tr("Size"), tr("State"), tr("File")), parent)
        self._zone = zone
        self._copies: Sequence[BackupInfo] = ()

    def set_copies(self, copies: Sequence[BackupInfo]) -> None:
        """Show these."""
        self.beginResetModel()
        self._copies = tuple(copies)
        self.endResetModel()

    def rows(self) -> int:
        """Return how many there are."""
        return len(self._copies)

    def at(self, row: int) -> BackupInfo:
        """Return the copy of a row."""
        return self._copies[row]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        one, column = self._copies[index.row()], _Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(one, column)
        if role == Qt.ItemDataRole.ToolTipRole and column is _Column.FILE:
            return str(one.file)
        if role == Qt.ItemDataRole.DecorationRole and column is _Column.STATE:
            tokens = theme.current()
            name, color = (
                ("check", tokens.ok) if one.is_sound else ("circle-alert", tokens.critical)
            )
            return icons.pixmap(name, 16, color)
        return None

    def _text(self, one: BackupInfo, column: _Column) -> str:
        match column:
            case _Column.MADE:
                return moment_of(one.made_at, self._zone)
            case _Column.SIZE:
                return size(one.file_bytes)
            case _Column.STATE:
                return tr(_SOUND) if one.is_sound else tr(_UNSOUND)
            case _Column.FILE:
                return one.file.name


class CopiesPage(QWidget):
    """The table of copies, and what can be done with them.

    Signals:
        make_requested: Make one now.
        delete_requested: The BackupInfo that is to be deleted.
    """

    make_requested = Signal()
    delete_requested = Signal(object)

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_busy = False
        self._is_server = False
        self.model = CopyTable(zone, self)
        self.table = RowsView(
            self.model,
            tr("Copies of the history"),
            theme.px(_ROW_HEIGHT),
            {_Column.MADE: 180, _Column.SIZE: 90, _Column.STATE: 160},
            _Column.FILE,
            parent=self,
        )
        self.table.selectionModel().selectionChanged.connect(self._update)
        self.empty = EmptyTable("archive", self)
        self.empty.pressed.connect(self.make_requested)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        self.folder = plain_label("", "muted", self)
        self.folder.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.restoring = plain_label(tr(_RESTORE), "muted", self)
        self.result = Notice(self)
        self.busy = BusyBar(self)
        self.make_button = make_button(
            tr("&Make a copy now"), "archive", self.make_requested.emit, self
        )
        self.make_button.setProperty("role", "primary")
        self.delete_button = make_button(tr("&Delete…"), "trash-2", self._delete, self)
        space = theme.current().space
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        buttons.addWidget(self.delete_button)
        buttons.addStretch(1)
        buttons.addWidget(self.make_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2 * space, 0, 0)
        column.setSpacing(space + space // 2)
        column.addWidget(plain_label(tr(_ABOUT), "muted", self))
        column.addWidget(self._stack, 1)
        column.addWidget(self.folder)
        column.addWidget(self.restoring)
        column.addWidget(self.busy)
        column.addWidget(self.result)
        column.addLayout(buttons)
        self._show_empty()
        self._update()

    def show_copies(self, copies: Sequence[BackupInfo], *, is_server: bool) -> None:
        """Show which there are.

        Args:
            copies: Newest first.
            is_server: The history is on a server, which makes its own.
        """
        self._is_server = is_server
        chosen = self.chosen()
        self.model.set_copies(copies)
        self._show_empty()
        folders = {one.file.parent for one in copies}
        self.folder.setText(_folders(folders))
        self.folder.setVisible(bool(folders))
        self.restoring.setVisible(not is_server)
        files = [one.file for one in copies]
        if chosen is not None and chosen.file in files:
            self.table.selectRow(files.index(chosen.file))
        self._update()

    def _show_empty(self) -> None:
        if self._is_server:
            self.empty.tell(
                tr("The server makes its own copies"),
                tr(
                    "This history is on a database server. Whoever runs that server copies it, such as "
                    "with pg_dump. “camwatch db move” copies it into a file of this computer."
                ),
            )
        else:
            self.empty.tell(
                tr("There is no copy yet"),
                tr("The first one is made soon after the start, and then one each night."),
            )
        self._stack.setCurrentWidget(self.table if self.model.rows() else self.empty)

    def chosen(self) -> BackupInfo | None:
        """Return the chosen copy; None if none is."""
        rows = self.table.selectionModel().selectedRows()
        return self.model.at(rows[0].row()) if rows else None

    @Slot()
    def _delete(self) -> None:
        if (one := self.chosen()) is not None:
            self.delete_requested.emit(one)

    def set_busy(self, *, is_busy: bool) -> None:
        """Show that a copy is being made or deleted."""
        self._is_busy = is_busy
        self.busy.setVisible(is_busy)
        self._update()

    @Slot()
    def _update(self) -> None:
        self.make_button.setVisible(not self._is_server)
        self.delete_button.setVisible(not self._is_server)
        self.make_button.setEnabled(not self._is_busy)
        self.delete_button.setEnabled(not self._is_busy and self.chosen() is not None)


def _folders(folders: set[Path]) -> str:
    names = [str(one) for one in sorted(folders)]
    return tr("In {names}", names=words.spoken_list(names)) if names else ""
