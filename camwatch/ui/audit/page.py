"""The page that shows who did what, and whether that is the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.accounts import AuditQuery
from camwatch.auth.audit_check import AuditCheck
from camwatch.auth.session import Session
from camwatch.commands.audit_commands import AuditKinds
from camwatch.domain import AuditEntry, utc_now
from camwatch.errors import CamWatchError, StorageError
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.audit.check_words import entries as entries_words
from camwatch.ui.audit.detail import EntryDetail
from camwatch.ui.audit.export_saver import AuditExportCommands, AuditSaver
from camwatch.ui.audit.filter_bar import AuditFilterBar
from camwatch.ui.audit.state_bar import StateBar
from camwatch.ui.audit.table_model import ENTRY_ROLE, AuditTableModel
from camwatch.ui.audit.table_view import AuditTable
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import BusyBar, Notice, in_tab_order, name_line_buttons, plain_label
from camwatch.ui.help.button import HelpButton

_PAGE = 200
_TYPING_MS = 250
_DETAIL_WIDTH = 280
_NOTHING = marked("Nothing was done yet")
_NO_MATCH = marked("No entry matches")


class AuditPageCommands(AuditExportCommands, Protocol):
    """What this page asks of `camwatch.commands.Commands`."""

    def find_audit_entries(
        self, session: Session, query: AuditQuery, limit: int = 200, before: int | None = None
    ) -> list[AuditEntry]:
        """Return one page of the entries that fit, newest first."""
        ...

    def audit_kinds(self, session: Session) -> AuditKinds:
        """Return what one can choose from."""
        ...

    def verify_audit(self, session: Session) -> AuditCheck:
        """Check whether the log is the one that was written."""
        ...


@dataclass(frozen=True, slots=True)
class _Question:
    """What was asked, so that a late answer to an older question is thrown away."""

    number: int
    query: AuditQuery
    before: int | None


_Answer = tuple[_Question, list[AuditEntry], AuditKinds | None]


class AuditPage(QWidget):
    """Lists who did what, newest first; reads and checks once it is shown.

    Args:
        commands: What may be asked for.
        session: Whose.
        background: Where reading and checking are done.
        zone: The site's time zone.
        clock: The wall clock, aware UTC.
    """

    def __init__(
        self,
        commands: AuditPageCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        parent: QWidget | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._zone = zone
        self._clock = clock
        self._number = 0
        self._is_checked = False
        self._is_checking = False
        self.model = AuditTableModel(zone, self, ratio=self.devicePixelRatioF())
        self.model.more_wanted.connect(self._read_more)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self.reload)
        self._build()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        space = theme.current().space
        title = QLabel(tr("Who did what"), self)
        title.setProperty("role", "title")
        self.summary = plain_label("", "muted", self)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search names, actions, details"))
        self.search.setAccessibleName(tr("Search the audit log"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(
            icons.icon("search", theme.current().muted), QLineEdit.ActionPosition.LeadingPosition
        )
        name_line_buttons(self.search)
        self.search.setFixedWidth(36 * space)
        self.search.textChanged.connect(self._on_typed)
        self.export_button = QPushButton(icons.icon("download"), tr("&Export…"), self)
        self.export_button.setIconSize(icons.button_size())
        self.export_button.setToolTip(
            tr("Save the entries that are shown, and the older ones, as CSV")
        )
        self.export_button.clicked.connect(self.export)
        self.state = StateBar(self._zone, self)
        self.state.check_requested.connect(self.check_again)
        self.state.check_requested.connect(
            self.reload
        )  # else it counts entries that are not listed
        self.filter_bar = AuditFilterBar(self._zone, self._clock, self)
        self.filter_bar.changed.connect(self.reload)
        self.filter_bar.clear_button.clicked.connect(self.search.clear)
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self._on_notice)
        self.table = AuditTable(self.model, self)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.detail = EntryDetail(self._zone, self)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.table)
        splitter.addWidget(self.detail)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([10 * theme.px(_DETAIL_WIDTH), theme.px(_DETAIL_WIDTH)])
        self._stack = QStackedLayout()
        self._stack.addWidget(splitter)
        self._stack.addWidget(self._empty_page())
        self._lay_out(title)

    def _empty_page(self) -> QWidget:
        page = QWidget(self)
        sign = QLabel(page)
        muted = theme.current().muted
        sign.setPixmap(icons.pixmap("scroll-text", 48, muted, self.devicePixelRatioF()))
        self.empty_title = plain_label(tr(_NO_MATCH), "heading", page)
        self.empty_text = plain_label("", "muted", page)
        column = QVBoxLayout(page)
        column.setSpacing(theme.current().space)
        column.addStretch(1)
        for part in (sign, self.empty_title, self.empty_text):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(part)
        column.addStretch(2)
        return page

    def _lay_out(self, title: QLabel) -> None:
        space = theme.current().space
        head = QHBoxLayout()
        head.setSpacing(space + space // 2)
        head.addWidget(title)
        head.addWidget(HelpButton("audit", self))
        head.addWidget(self.summary, 1)
        head.addWidget(self.search)
        head.addWidget(self.export_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space)
        column.addLayout(head)
        for part in (self.state, self.filter_bar, self.busy, self.notice):
            column.addWidget(part)
        column.addLayout(self._stack, 1)
        in_tab_order(
            self.search,
            self.export_button,
            self.state.button,
            *self.filter_bar.boxes,
            self.filter_bar.clear_button,
            self.table,
        )

    # ---------------------------------------------------------------- reading

    def showEvent(self, event: QShowEvent, /) -> None:
        """Read anew whenever somebody looks, and check when it is the first time."""
        super().showEvent(event)
        self.reload()
        if not self._is_checked:
            self.check_again()

    @Slot()
    def reload(self) -> None:
        """Read the newest entries that are wanted."""
        self._typing.stop()
        query = self.filter_bar.query(self.search.text())
        if query is None:
            return  # the field of the time says why
        self._number += 1
        self._ask(_Question(self._number, query, None))

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        self.filter_bar.set_searching(is_searching=bool(text.strip()))
        self._typing.start()

    @Slot()
    def _read_more(self) -> None:
        query = self.filter_bar.query(self.search.text())
        if query is not None:
            self._ask(_Question(self._number, query, self.model.oldest))

    def _ask(self, question: _Question) -> None:
        self.busy.show()
        commands, session = self._commands, self._session

        def read() -> _Answer:
            found = commands.find_audit_entries(session, question.query, _PAGE, question.before)
            kinds = commands.audit_kinds(session) if question.before is None else None
            return question, found, kinds

        self._background.run(read, self._on_read, self._on_failed, owner=self)

    def _on_read(self, answer: _Answer) -> None:
        question, found, kinds = answer
        if question.number != self._number:
            return
        self.busy.hide()
        has_more = len(found) == _PAGE
        if question.before is not None:
            self.model.add_entries(found, has_more=has_more)
        else:
            self.notice.hide()
            self._show_first(found, has_more=has_more, query=question.query)
        if kinds is not None:
            self.filter_bar.offer(kinds.actors, kinds.actions, kinds.results)
        self._summarise()

    def _show_first(self, found: list[AuditEntry], *, has_more: bool, query: AuditQuery) -> None:
        chosen = self.chosen_entry()
        self.model.set_entries(found, has_more=has_more)
        row = None if chosen is None else self.model.row_of(chosen.seq)
        if row is not None:
            self.table.selectRow(row)
        else:
            self.detail.show_entry(None)
        is_all = query == AuditQuery()
        self.empty_title.setText(tr(_NOTHING) if is_all else tr(_NO_MATCH))
        self.empty_text.setText(
            tr("What operators do from now on stands here.")
            if is_all
            else tr("Try another word, or “Show all”.")
        )
        self._stack.setCurrentIndex(0 if found else 1)

    def _summarise(self) -> None:
        shown = self.model.rows()
        more = tr(", more as you scroll") if self.model.has_more else ""
        self.summary.setText(f"{entries_words(shown)}{more}" if shown else "")

    def _on_failed(self, error: CamWatchError) -> None:
        self.busy.hide()
        self.model.give_up()
        self.notice.show_error(text_for(error), action=tr("Read again"))

    @Slot()
    def _on_notice(self) -> None:
        self.notice.hide()
        self.reload()

    # ---------------------------------------------------------------- choosing

    def chosen_entry(self) -> AuditEntry | None:
        """Return the entry that is selected, None if none is."""
        rows = self.table.selectionModel().selectedRows()
        entry = rows[0].data(ENTRY_ROLE) if rows else None
        return entry if isinstance(entry, AuditEntry) else None

    @Slot()
    def _on_selected(self) -> None:
        self.detail.show_entry(self.chosen_entry())

    # ---------------------------------------------------------------- checking

    @Slot()
    def check_again(self) -> None:
        """Check in the background whether the log is the one that was written."""
        if self._is_checking:
            return
        self._is_checking = True
        self.state.show_checking()
        self._background.run(
            lambda: self._commands.verify_audit(self._session),
            self._on_checked,
            self._on_not_checked,
            owner=self,
        )

    def _on_checked(self, check: AuditCheck) -> None:
        self._is_checking, self._is_checked = False, True
        self.state.show_check(check)

    def _on_not_checked(self, error: CamWatchError) -> None:
        self._is_checking = False
        self.state.show_failure(text_for(error))

    # ---------------------------------------------------------------- exporting

    @Slot()
    def export(self) -> None:
        """Ask where to save the entries that are looked for, and save them."""
        query = self.filter_bar.query(self.search.text())
        if query is None:
            return
        saver = AuditSaver(self._commands, self._session, self._background, query, self)
        saver.saved.connect(self._on_saved)
        saver.not_saved.connect(self._on_not_saved)
        saver.open()

    @Slot(object, int)
    def _on_saved(self, file: Path, count: int) -> None:
        title = (
            tr("1 entry is saved")
            if count == 1
            else tr("{entries_words} are saved", entries_words=entries_words(count))
        )
        self.notice.show_text("ok", title, str(file), action=tr("Close"))

    @Slot(object)
    def _on_not_saved(self, error: CamWatchError) -> None:
        if isinstance(error, StorageError):
            self.notice.show_text(
                "error", tr("The entries were not saved"), str(error), action=tr("Close")
            )
        else:
            self.notice.show_error(text_for(error), action=tr("Close"))
