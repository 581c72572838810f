"""The sessions that are open now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from camwatch.auth.accounts import OpenSession
from camwatch.auth.session import SignInKind
from camwatch.language import marked, table, tr
from camwatch.ui import theme
from camwatch.ui.empty import EmptyTable
from camwatch.ui.flow_row import FlowRow
from camwatch.ui.forms import in_tab_order, plain_label
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.operators.record_table import RecordProxy, RecordsModel, RecordTable
from camwatch.ui.operators.wording import KINDS, moment, whole_moment
from camwatch.ui.words import whole_span

_REMOTE = "remote:"
_SELECT = marked("Select a session in the list first.")
_OWN = marked("This is your own session. Sign out in the menu at the top right.")
_JUST_NOW_S = 60


class Column(IntEnum):
    """What stands in a column."""

    WHO = 0
    KIND = 1
    COMPUTER = 2
    SINCE = 3
    SEEN = 4


_HEADINGS = table(
    lambda: {
        Column.WHO: tr("User"),
        Column.KIND: tr("Signed in by"),
        Column.COMPUTER: tr("Computer"),
        Column.SINCE: tr("Since"),
        Column.SEEN: tr("Last active"),
    }
)
_WIDTHS = {Column.KIND: 210, Column.COMPUTER: 230, Column.SINCE: 150, Column.SEEN: 140}


def who(session: OpenSession) -> str:
    """Name the user of a session without what the audit log puts before the name."""
    return (
        session.actor.removeprefix(_REMOTE)
        if session.kind is not SignInKind.LOCAL
        else (session.actor)
    )


class SessionsModel(RecordsModel[OpenSession]):
    """All open sessions.

    Args:
        zone: Whose days are meant.
        clock: The wall clock, aware UTC.
    """

    def __init__(
        self, zone: ZoneInfo, clock: Callable[[], datetime], parent: QObject | None = None
    ) -> None:
        super().__init__([_HEADINGS[column] for column in Column], parent)
        self._zone, self._clock = zone, clock

    def key(self, record: OpenSession) -> object:
        """Return what names the session."""
        return record.uid

    def text(self, record: OpenSession, column: int) -> str:
        """Return the words of a cell."""
        match Column(column):
            case Column.WHO:
                return (
                    tr("{who} (this session)", who=who(record)) if record.is_this else who(record)
                )
            case Column.KIND:
                return KINDS[record.kind]
            case Column.COMPUTER:
                return record.computer
            case Column.SINCE:
                return moment(record.started_at, self._clock(), self._zone)
            case Column.SEEN:
                ago_s = (self._clock() - record.seen_at).total_seconds()
                return (
                    tr("just now")
                    if ago_s < _JUST_NOW_S
                    else tr("{whole_span} ago", whole_span=whole_span(ago_s))
                )

    def hint(self, record: OpenSession, column: int) -> str:
        """Say moments in full."""
        at = self._moment(record, column)
        return self.text(record, column) if at is None else whole_moment(at, self._zone)

    def sort_key(self, record: OpenSession, column: int) -> Any:
        """Sort moments as such."""
        return self._moment(record, column) or super().sort_key(record, column)

    @staticmethod
    def _moment(record: OpenSession, column: int) -> datetime | None:
        return {Column.SINCE: record.started_at, Column.SEEN: record.seen_at}.get(Column(column))


class SessionsTab(QWidget):
    """Open sessions; says which of them is to end.

    Signals:
        end_requested: The `OpenSession`.

    Args:
        zone: Whose days are meant.
        clock: The wall clock, aware UTC.
    """

    end_requested = Signal(object)

    def __init__(
        self, zone: ZoneInfo, clock: Callable[[], datetime], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.sessions = SessionsModel(zone, clock, self)
        self.shown = RecordProxy(self.sessions, self)
        self.table: RecordTable[OpenSession] = RecordTable(
            self.shown, tr("Open sessions"), _WIDTHS, self, given_up=(Column.KIND,)
        )
        self.table.sortByColumn(Column.SINCE, Qt.SortOrder.DescendingOrder)
        self.table.chosen_changed.connect(self.update_buttons)
        delete = QAction(tr("End session"), self.table)
        delete.setShortcut(QKeySequence(Qt.Key.Key_Delete))
        delete.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        delete.triggered.connect(lambda _checked: self._end())
        self.table.addAction(delete)
        self.end_button = make_button(tr("&End session…"), "log-out", self._end, self)
        self.about = plain_label(
            tr(
                "Who is signed in now, on which computer. A session ends by itself after the time set "
                "under “Security…”; disabling a user ends all sessions of that user."
            ),
            "muted",
            self,
        )
        self.empty = EmptyTable("users", self)
        self.empty.tell(tr("No session is shown"), tr("The open sessions are being read."))
        space = theme.current().space
        actions = FlowRow(space)
        actions.addWidget(self.end_button)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, space + space // 2, 0, 0)
        column.setSpacing(space)
        column.addLayout(actions)
        column.addWidget(self.about)
        column.addLayout(self._stack, 1)
        in_tab_order(self.end_button, self.table)
        self.update_buttons()

    def set_sessions(self, sessions: Sequence[OpenSession]) -> None:
        """Show these; the selected one stays selected."""
        self.table.set_records(self.sessions, sessions, None)
        self._stack.setCurrentWidget(self.table if sessions else self.empty)
        self.update_buttons()

    @Slot()
    def update_buttons(self) -> None:
        """Say whether the selected session can be ended, and why not."""
        chosen = self.table.chosen
        reason = tr(_SELECT) if chosen is None else tr(_OWN) if chosen.is_this else ""
        self.end_button.setEnabled(not reason)
        hint = reason or tr("Sign the user out there at once (Del)")
        self.end_button.setToolTip(hint)
        self.end_button.setAccessibleDescription(hint)

    def _end(self) -> None:
        chosen = self.table.chosen
        if chosen is not None and self.end_button.isEnabled():
            self.end_requested.emit(chosen)
