"""The dialog in which a list of users is looked through and added."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QDir, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.accounts import OneTimeCode, OperatorRow, OperatorTable
from camwatch.auth.permissions import OperatorRole
from camwatch.auth.session import Session
from camwatch.errors import CamWatchError, InvalidSetting, InvalidSettings
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import BusyBar, Notice, in_tab_order, plain_label
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.operators.import_table import WIDTHS, Column, ImportModel, ImportShown
from camwatch.ui.operators.record_table import RecordTable
from camwatch.ui.operators.wording import breakable, users
from camwatch.ui.words import spoken_list

LARGEST_BYTES = 1024 * 1024
"""More than ten thousand users take; what is larger is not read to its end."""

_MOST_SAID, _LONGEST_SAID = 5, 500
_FILES = marked("Lists of users (*.csv *.txt *.tsv);;All files (*)")
_WHAT = marked(
    "A CSV file with one user in each line. The first line names the columns: name and role. "
    "There are no passwords in it: each user gets a one-time code, which you see once."
)
_EXAMPLE = marked("name,role\nmaria.meyer,Supervisor\njo,Viewer\nnight-shift-2,Viewer")
_NOTHING_YET = marked("Nobody is added before you have seen here what the list holds.")


class ImportCommands(Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def preview_operators(self, session: Session, data: bytes) -> OperatorTable:
        """Tell whom a list would add."""
        ...

    def import_operators(self, session: Session, table: OperatorTable) -> list[OneTimeCode]:
        """Add all operators of a list, or none."""
        ...


class ImportUsersDialog(QDialog):
    """Shows whom a list would add and what is wrong with it, then adds all of them or nobody.

    Signals:
        imported: A list of OneTimeCode, one for each user.

    Args:
        roles: All roles.
    """

    imported = Signal(object)

    def __init__(
        self,
        commands: ImportCommands,
        session: Session,
        background: Background,
        roles: Sequence[OperatorRole],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._roles = tuple(roles)
        self._table: OperatorTable | None = None
        self._reading = 0
        self._is_busy = False
        self.setWindowTitle(tr("Import a list of users"))
        self._build()
        self._on_row_changed()
        self._update()

    def _build(self) -> None:
        self.choose_button = make_button(tr("&Choose a file…"), "", self.choose_file, self)
        self.file_name = plain_label(tr(_NOTHING_YET), "muted", self)
        self.summary = plain_label("", "heading", self)
        self.only_problems = QCheckBox(tr("Show only &problems"), self)
        names = {role.key: role.title for role in self._roles}
        self.rows = ImportModel(names, self, ratio=self.devicePixelRatioF())
        self.shown = ImportShown(self.rows, self)
        self.table: RecordTable[OperatorRow] = RecordTable(
            self.shown, tr("Users of the list"), WIDTHS, self
        )
        self.table.sortByColumn(Column.VERDICT, Qt.SortOrder.AscendingOrder)
        self.table.chosen_changed.connect(self._on_row_changed)
        self.only_problems.toggled.connect(self.shown.show_only_problems)
        self.about = plain_label("", "", self)
        self.notice = Notice(self)
        self.busy = BusyBar(self)
        self.close_button = make_button(tr("Cancel"), "", self.reject, self)
        self.import_button = make_button(tr("&Add"), "", self.add, self)
        self.import_button.setProperty("role", "primary")
        self._lay_out()
        in_tab_order(
            self.choose_button,
            self.only_problems,
            self.table,
            self.close_button,
            self.import_button,
        )
        fit(self, 900, 700)

    def _lay_out(self) -> None:
        space = theme.current().space
        top = QHBoxLayout()
        top.setSpacing(space + space // 2)
        top.addWidget(self.choose_button)
        top.addWidget(self.file_name, 1)
        above = QHBoxLayout()
        above.addWidget(self.summary, 1)
        above.addWidget(self.only_problems)
        self.card = QFrame(self)
        self.card.setProperty("role", "card")
        inside = QVBoxLayout(self.card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        self.example = self._make_example()
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.import_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space + space // 2)
        column.addWidget(plain_label(tr("Import a list of users"), "title", self))
        column.addWidget(plain_label(tr(_WHAT), "muted", self))
        column.addLayout(top)
        column.addWidget(self.busy)
        column.addLayout(above)
        column.addWidget(self.card, 1)
        column.addWidget(self.example, 1)
        column.addWidget(self.about)
        column.addWidget(self.notice)
        column.addLayout(buttons)

    def _make_example(self) -> QWidget:
        """Return what is shown while there is no list: how one looks, and which roles there are."""
        space = theme.current().space
        card = QFrame(self)
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        inside.setSpacing(space + space // 2)
        inside.addWidget(plain_label(tr("Such as"), "heading", card))
        sample = plain_label(tr(_EXAMPLE), "muted", card)
        sample.setFont(theme.fixed_font())
        sample.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        inside.addWidget(sample)
        roles = spoken_list(f"“{role.title}”" for role in self._roles)
        inside.addWidget(
            plain_label(breakable(tr("The roles here are {roles}.", roles=roles)), "muted", card)
        )
        example = QWidget(self)
        column = QVBoxLayout(example)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)
        column.addStretch(1)
        return example

    # ---------------------------------------------------------------- looking

    @Slot()
    def choose_file(self) -> None:
        """Let the administrator choose a file, without waiting for the answer."""
        dialog = QFileDialog(self, tr("Import a list of users"), QDir.homePath(), tr(_FILES))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.look_at(Path(name)))
        dialog.open()

    def look_at(self, file: Path) -> None:
        """Read a list and show whom it would add."""
        self._reading += 1
        self._table = None
        self.rows.set_records(())
        self._on_row_changed()
        self.notice.hide()
        self.busy.show()
        self.file_name.setText(file.name)
        self._update()
        self._background.run(
            lambda: self._commands.preview_operators(self._session, _read(file)),
            partial(self._on_preview, self._reading),
            partial(self._on_no_preview, self._reading),
            owner=self,
        )

    def _on_preview(self, number: int, table: OperatorTable) -> None:
        if number == self._reading:
            self.busy.hide()
            self._show(table)

    def _show(self, table: OperatorTable) -> None:
        self._table = table
        self.rows.set_records(table.rows)
        self.only_problems.setChecked(False)
        self._update()
        if self.import_button.isEnabled():
            self.import_button.setFocus()
        elif table.rows:
            self.table.choose(0)
            self.table.setFocus()

    def _on_no_preview(self, number: int, error: CamWatchError) -> None:
        if number != self._reading:
            return
        self.busy.hide()
        if isinstance(error, InvalidSetting):
            title = tr("This is no list of users that can be read")
            self.notice.show_text("error", title, text_for(error).sentence)
        else:
            self.notice.show_error(text_for(error))
        self._update()

    @Slot()
    def _on_row_changed(self) -> None:
        """Say in full what is wrong with the selected user."""
        row = self.table.chosen
        said = () if row is None else row.problems
        self.about.setText(breakable("\n".join(said[:_MOST_SAID])[:_LONGEST_SAID]))
        self.about.setVisible(bool(said))

    # ---------------------------------------------------------------- adding

    @Slot()
    def add(self) -> None:
        """Add all users of the list, in the background."""
        table = self._table
        if table is None or not table.is_sound or self._is_busy:
            return
        self._is_busy = True
        self.notice.hide()
        self.busy.show()
        self._update()
        self._background.run(
            lambda: self._commands.import_operators(self._session, table),
            self._on_imported,
            self._on_not_imported,
            owner=self,
        )

    def _on_imported(self, codes: list[OneTimeCode]) -> None:
        self._is_busy = False
        self.accept()
        self.imported.emit(codes)

    def _on_not_imported(self, error: CamWatchError) -> None:
        self._is_busy = False
        self.busy.hide()
        self._update()
        words = text_for(error)
        if isinstance(error, InvalidSettings):
            self.notice.show_text("error", tr("Nobody was added"), words.whole)
        else:
            self.notice.show_error(words)

    @Slot()
    def reject(self) -> None:
        """Close; not while users are being added, for their codes would be lost."""
        if not self._is_busy:
            self._reading += 1
            super().reject()

    def _update(self) -> None:
        """Say what can be done now."""
        table = self._table
        bad = sum(bool(row.problems) for row in table.rows) if table else 0
        count = len(table.rows) if table else 0
        self.card.setVisible(table is not None)
        self.example.setVisible(table is None)
        self.only_problems.setVisible(bad > 0)
        self.summary.setVisible(table is not None)
        if not count:
            self.summary.setText(tr("There is no user in the list"))
        elif bad:
            self.summary.setText(
                tr("1 of {users} has a problem, so nobody can be added yet", users=users(count))
                if bad == 1
                else tr(
                    "{bad} of {users} have problems, so nobody can be added yet",
                    bad=bad,
                    users=users(count),
                )
            )
        else:
            self.summary.setText(tr("{users} can be added", users=users(count)))
        self.choose_button.setEnabled(not self._is_busy)
        self.close_button.setEnabled(not self._is_busy)
        self.import_button.setText(tr("&Add {users}", users=users(count)) if count else tr("&Add"))
        self.import_button.setEnabled(table is not None and table.is_sound and not self._is_busy)
        hint = tr("Correct the list and choose it again: all are added, or nobody.") if bad else ""
        self.import_button.setToolTip(hint)
        self.import_button.setAccessibleDescription(hint)


def _read(file: Path) -> bytes:
    """Return what a file holds.

    Raises:
        InvalidSetting: "file": it cannot be read, or is no list of users by its size.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise InvalidSetting(
            "file", tr("cannot be read: {strerror}", strerror=error.strerror)
        ) from error
    if len(data) > LARGEST_BYTES:
        raise InvalidSetting("file", tr("is too large for a list of users: 1 MiB is the most"))
    return data
