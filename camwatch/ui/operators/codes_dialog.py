"""Shows the one-time codes of several users, once."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDir, QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from camwatch.auth.accounts import OneTimeCode
from camwatch.errors import CamWatchError, InvalidSetting
from camwatch.files import write_aside
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import BusyBar, Notice, in_tab_order, plain_label
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.operators.record_table import RecordProxy, RecordsModel, RecordTable
from camwatch.ui.operators.wording import users, whole_moment

_FORMULA = ("@", "-")
"""With what a name may begin that a spreadsheet would take for a formula."""


class Column(IntEnum):
    """What stands in a column."""

    NAME = 0
    CODE = 1


class CodesModel(RecordsModel[OneTimeCode]):
    """Names and their codes."""

    def __init__(self, codes: Sequence[OneTimeCode], parent: QObject | None = None) -> None:
        super().__init__((tr("Name"), tr("One-time code")), parent)
        self._fixed = theme.fixed_font()
        self._fixed.setPixelSize(theme.current().font_heading)
        self.set_records(codes)

    def key(self, record: OneTimeCode) -> object:
        """Return whose it is."""
        return record.name

    def text(self, record: OneTimeCode, column: int) -> str:
        """Return the words of a cell."""
        return record.name if column == Column.NAME else record.code.reveal()

    def look(self, record: OneTimeCode, column: int, role: int) -> Any:
        """Write codes so that their letters can be told apart."""
        is_code = column == Column.CODE and role == Qt.ItemDataRole.FontRole
        return self._fixed if is_code else super().look(record, column, role)


class CodesDialog(QDialog):
    """The codes of users who were just added; they can be copied or saved before it closes.

    Args:
        background: Writes the file.
        codes: Of one run, so that all hold equally long.
        zone: For the moment at which they run out.
    """

    def __init__(
        self,
        background: Background,
        codes: Sequence[OneTimeCode],
        zone: ZoneInfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._background, self._codes = background, tuple(codes)
        self._is_kept = False
        self.setWindowTitle(tr("One-time codes"))
        self.table: RecordTable[OneTimeCode] = RecordTable(
            RecordProxy(CodesModel(codes, self), self),
            tr("One-time codes"),
            {Column.NAME: 300},
            self,
        )
        self.table.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
        self.notice = Notice(self)
        self.busy = BusyBar(self)
        self.copy_button = make_button(tr("&Copy all"), "copy", self.copy, self)
        self.save_button = make_button(tr("&Save as…"), "download", self.choose_file, self)
        self.close_button = make_button(tr("&Done"), "", self.reject, self)
        self.close_button.setProperty("role", "primary")
        self._lay_out(whole_moment(codes[0].expires_at, zone) if codes else "")
        in_tab_order(self.table, self.copy_button, self.save_button, self.close_button)
        self.copy_button.setFocus()
        fit(self, 640, 600)

    def _lay_out(self, until: str) -> None:
        space = theme.current().space
        card = QFrame(self)
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        buttons.addWidget(self.copy_button)
        buttons.addWidget(self.save_button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space + space // 2)
        column.addWidget(
            plain_label(tr("{users} added", users=users(len(self._codes))), "title", self)
        )
        about = tr(
            "Each signs in once with the code, and then chooses a password. The codes are shown "
            "only now and kept nowhere. They are valid until {until}.",
            until=until,
        )
        column.addWidget(plain_label(about, "muted", self))
        column.addWidget(card, 1)
        column.addWidget(self.busy)
        column.addWidget(self.notice)
        column.addLayout(buttons)

    # ---------------------------------------------------------------- keeping them

    @Slot()
    def copy(self) -> None:
        """Put all names and codes where Ctrl+V takes them from, divided by tabs."""
        lines = [f"{one.name}\t{one.code.reveal()}" for one in self._codes]
        QGuiApplication.clipboard().setText("\n".join(lines) + "\n")
        self._is_kept = True
        self.notice.show_text("ok", tr("Copied"), tr("Paste them where nobody else can read them."))

    @Slot()
    def choose_file(self) -> None:
        """Ask where to save the codes."""
        title = tr("Save the one-time codes: whoever reads the file can sign in")
        dialog = QFileDialog(self, title, QDir.homePath(), tr("CSV files (*.csv)"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("one-time-codes.csv")
        dialog.fileSelected.connect(lambda name: self.save(Path(name)))
        dialog.open()

    def save(self, file: Path) -> None:
        """Write the codes into a file that only this user of the computer can read."""
        data = codes_table(self._codes)
        self.busy.show()
        self._background.run(
            lambda: _write(file, data), self._on_saved, self._on_not_saved, owner=self
        )

    def _on_saved(self, file: Path) -> None:
        self.busy.hide()
        self._is_kept = True
        self.notice.show_text(
            "warning",
            tr("Saved as {name}", name=file.name),
            tr(
                "The codes stand in it as they are: whoever reads the file can sign in with them. Only "
                "your account of this computer can read it. Delete it when the codes are passed on."
            ),
        )

    def _on_not_saved(self, error: CamWatchError) -> None:
        self.busy.hide()
        self.notice.show_error(text_for(error))

    # ---------------------------------------------------------------- closing

    @Slot()
    def reject(self) -> None:
        """Close; where nothing was copied or saved, say so once before."""
        if self._is_kept:
            super().reject()
            return
        self._is_kept = True
        self.notice.show_text(
            "warning",
            tr("The codes were neither copied nor saved"),
            tr(
                "After closing nobody can see them again. “Reset password” makes a new code for a "
                "user."
            ),
        )
        self.close_button.setText(tr("Close &all the same"))


def codes_table(codes: Sequence[OneTimeCode]) -> bytes:
    """Return names, codes and when they run out as a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("name", "one_time_code", "valid_until"))
    for one in codes:
        name = f"'{one.name}" if one.name.startswith(_FORMULA) else one.name
        writer.writerow((name, one.code.reveal(), one.expires_at.isoformat(timespec="seconds")))
    return text.getvalue().encode("utf-8-sig")


def _write(file: Path, data: bytes) -> Path:
    try:
        write_aside(file, data)
    except OSError as error:
        reason = tr("cannot be written: {file}: {strerror}", file=file, strerror=error.strerror)
        raise InvalidSetting("file", reason) from error
    return file
