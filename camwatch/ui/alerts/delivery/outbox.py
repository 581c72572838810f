"""What waits to be sent, and what became of what was sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from camwatch.alerts.notification import Notification, NotificationState
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.settings import Channel
from camwatch.auth.session import Session
from camwatch.language import marked, table, tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.delivery.section import Section
from camwatch.ui.alerts.delivery.words import (
    ICONS,
    KINDS,
    PURPOSES,
    STATE_ICONS,
    STATES,
    answer_words,
    messages,
    to_words,
    when_words,
)
from camwatch.ui.background import Background
from camwatch.ui.empty import EmptyTable
from camwatch.ui.forms import CalmComboBox, in_tab_order, name_line_buttons, plain_label
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.operators.record_table import (
    RECORD_ROLE,
    RecordProxy,
    RecordsModel,
    RecordTable,
)
from camwatch.ui.operators.wording import breakable, whole_moment

MOST = 500
_ANY = marked("Any state")
_ANY_WAY = marked("Any way")


class OutboxCommands(Protocol):
    """What this list asks of `camwatch.commands.Commands`."""

    def outbox(self, session: Session, limit: int = 200) -> list[Notification]:
        """Return what waits, and what was sent or given up lately, newest first."""
        ...


class Column(IntEnum):
    """What stands in a column."""

    DUE = 0
    WAY = 1
    PURPOSE = 2
    SUBJECT = 3
    TO = 4
    STATE = 5
    TRIES = 6


_HEADINGS = table(
    lambda: {
        Column.DUE: tr("Due"),
        Column.WAY: tr("Way"),
        Column.PURPOSE: tr("Why"),
        Column.SUBJECT: tr("Message"),
        Column.TO: tr("Recipient"),
        Column.STATE: tr("State"),
        Column.TRIES: tr("Tries"),
    }
)
_WIDTHS = {
    Column.DUE: 130,
    Column.WAY: 150,
    Column.PURPOSE: 130,
    Column.TO: 200,
    Column.STATE: 260,
    Column.TRIES: 64,
}


class OutboxModel(RecordsModel[Notification]):
    """Messages, newest first."""

    def __init__(
        self, zone: ZoneInfo, clock: Callable[[], datetime], parent: QObject | None = None
    ) -> None:
        super().__init__([_HEADINGS[column] for column in Column], parent)
        self._zone, self._clock = zone, clock
        self.channels: Mapping[str, Channel] = {}

    def key(self, record: Notification) -> object:
        """Return the uid of the message."""
        return record.uid

    def text(self, record: Notification, column: int) -> str:  # noqa: PLR0911 - one a column
        """Return the words of a cell."""
        match Column(column):
            case Column.DUE:
                return when_words(record.new.due_at, self._clock(), self._zone)
            case Column.WAY:
                return KINDS[record.new.channel]
            case Column.PURPOSE:
                return PURPOSES[record.new.purpose]
            case Column.SUBJECT:
                return record.new.subject or record.new.text
            case Column.TO:
                return to_words(record, self.channels)
            case Column.STATE:
                return state_words(record, self._clock(), self._zone)
            case Column.TRIES:
                return str(record.attempts)

    def hint(self, record: Notification, column: int) -> str:
        """Say the whole text where the pointer rests on the message."""
        if column == Column.SUBJECT:
            return "\n".join(filter(None, (record.new.subject, record.new.text)))
        return self.text(record, column)

    def sort_key(self, record: Notification, column: int) -> Any:
        """Sort moments and numbers as what they are."""
        match Column(column):
            case Column.DUE:
                return record.new.due_at
            case Column.TRIES:
                return record.attempts
            case _:
                return self.text(record, column).casefold()

    def look(self, record: Notification, column: int, role: int) -> Any:
        """Return the icon of a way or a state."""
        if role != Qt.ItemDataRole.DecorationRole:
            return None
        tokens = theme.current()
        if column == Column.WAY:
            return icons.icon(ICONS[record.new.channel], tokens.muted)
        if column == Column.STATE:
            return icons.icon(STATE_ICONS[record.state], _color_of(record, self._clock()))
        return None


def _color_of(record: Notification, now: datetime) -> str:
    tokens = theme.current()
    if is_late(record, now):
        return tokens.warning
    return {
        NotificationState.WAITING: tokens.warning if record.attempts else tokens.muted,
        NotificationState.DELIVERED: tokens.ok,
        NotificationState.FAILED: tokens.critical,
        NotificationState.EXPIRED: tokens.critical,
        NotificationState.CANCELLED: tokens.muted,
    }[record.state]


def is_late(record: Notification, now: datetime) -> bool:
    """Tell whether a message was delivered late, or will be."""
    match record.state:
        case NotificationState.DELIVERED if record.delivered_at is not None:
            return record.is_late(record.delivered_at)
        case NotificationState.WAITING:
            return record.is_late(now)
        case _:
            return False


def state_words(record: Notification, now: datetime, zone: ZoneInfo) -> str:
    """Say how far a message is: "Waits, next try 14:05", "Delivered today 9:00, late"."""
    said = STATES[record.state]
    if record.state is NotificationState.DELIVERED and record.delivered_at is not None:
        said = f"{said} {when_words(record.delivered_at, now, zone)}"
    elif record.state is NotificationState.WAITING and record.attempts:
        at = record.next_at
        if at is None or at <= now:
            said += tr(", tried again now")
        else:
            said += tr(", next try {when_words}", when_words=when_words(at, now, zone))
    return tr("{said}, late", said=said) if is_late(record, now) else said


class _Filter(RecordProxy):
    """Shows the messages of some state, way and text."""

    def __init__(self, model: OutboxModel, parent: QObject | None = None) -> None:
        super().__init__(model, parent)
        self._model = model
        self._state: NotificationState | None = None
        self._way: ChannelKind | None = None
        self._text = ""

    def keep(self, state: NotificationState | None, way: ChannelKind | None, text: str) -> None:
        """Show only these."""
        self._state, self._way, self._text = state, way, text.strip().casefold()
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: QModelIndex | QPersistentModelIndex, /) -> bool:
        """Tell whether a row is shown."""
        del parent
        record = self._model.records[row]
        new = record.new
        searched = " ".join((new.subject, new.text, record.answer, *new.addresses)).casefold()
        return (
            (self._state is None or record.state is self._state)
            and (self._way is None or new.channel is self._way)
            and self._text in searched
        )


class OutboxSection(Section):
    """The outbox with its filter, and below all that is known of one message.

    Signals:
        read_wanted: All is to be read again.
    """

    read_wanted = Signal()

    def __init__(
        self,
        background: Background,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(background, parent)
        self._zone, self._clock = zone, clock
        self.model = OutboxModel(zone, clock, self)
        self.shown = _Filter(self.model, self)
        self.table: RecordTable[Notification] = RecordTable(
            self.shown,
            tr("Outbox"),
            _WIDTHS,
            self,
            given_up=(Column.PURPOSE, Column.TO),
            least=240,
        )
        self.table.sortByColumn(Column.DUE, Qt.SortOrder.DescendingOrder)
        self.table.chosen_changed.connect(self._on_chosen)
        self.state = CalmComboBox(self)
        self.state.setAccessibleName(tr("State"))
        self.state.addItem(tr(_ANY), None)
        for state, words in STATES.items():
            self.state.addItem(words, state)
        self.way = CalmComboBox(self)
        self.way.setAccessibleName(tr("Way"))
        self.way.addItem(tr(_ANY_WAY), None)
        for kind, words in KINDS.items():
            self.way.addItem(words, kind)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search text, address or answer"))
        self.search.setAccessibleName(tr("Search the outbox"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(
            icons.icon("search", theme.current().muted), QLineEdit.ActionPosition.LeadingPosition
        )
        name_line_buttons(self.search)
        self.refresh_button = make_button(tr("&Refresh"), "refresh-cw", self.read_wanted.emit, self)
        self.count = plain_label("", "muted", self)
        self.count.setWordWrap(False)
        self.empty = EmptyTable("send", self)
        self.empty.pressed.connect(self.show_all)
        self.detail = plain_label("", "", self)
        self.said = plain_label("", "muted", self)
        self.said.setFont(theme.fixed_font())
        for label in (self.detail, self.said):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lay_out()
        self.state.currentIndexChanged.connect(self._on_filter)
        self.way.currentIndexChanged.connect(self._on_filter)
        self.search.textChanged.connect(self._on_filter)
        self._on_filter()
        self._on_chosen()

    def _lay_out(self) -> None:
        space = theme.current().space
        head = QHBoxLayout()
        head.setSpacing(space)
        self.search.setMaximumWidth(40 * space)
        for part in (self.state, self.way):
            head.addWidget(part)
        head.addWidget(self.search, 1)
        head.addWidget(self.refresh_button)
        head.addStretch(1)
        head.addWidget(self.count)
        self.column.addLayout(head)
        self.pages, self.detail_card = self.add_list(
            self.table, (self.detail, self.said), self.empty
        )
        in_tab_order(self.state, self.way, self.search, self.refresh_button, self.table)

    # ---------------------------------------------------------------- showing

    def show_messages(
        self, records: Sequence[Notification], channels: Mapping[str, Channel]
    ) -> None:
        """Show these; the selected one stays selected."""
        self.model.channels = dict(channels)
        self.table.set_records(self.model, records, None)
        self._on_filter()

    @Slot()
    def show_all(self) -> None:
        """Take the filter away."""
        self.state.setCurrentIndex(0)
        self.way.setCurrentIndex(0)
        self.search.clear()

    @Slot()
    def _on_filter(self) -> None:
        # Qt gives back the bare text of what it was given.
        chosen, by = self.state.currentData(), self.way.currentData()
        state = NotificationState(chosen) if chosen else None
        way = ChannelKind(by) if by else None
        self.shown.keep(state, way, self.search.text())
        shown, known = self.shown.rowCount(), len(self.model.records)
        of = tr(" of {known}", known=known) if shown != known else ""
        newest = tr(", the newest {most}", most=MOST) if known >= MOST else ""
        self.count.setText(
            tr("{shown}{of} messages{newest}", shown=shown, of=of, newest=newest)
            if known != 1
            else tr("1 message")
        )
        self.pages.setCurrentIndex(0 if shown else 1)
        if known:
            self.empty.tell(
                tr("No message is like this"),
                tr("The filter leaves none over."),
                tr("Show all messages"),
            )
        else:
            self.empty.tell(
                tr("Nothing was sent yet"),
                tr(
                    "Each message is kept here before it is sent, and says afterwards what came of it."
                ),
            )
        self._on_chosen()

    @Slot()
    def _on_chosen(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        record: Notification | None = rows[0].data(RECORD_ROLE) if rows else None
        self.detail_card.setVisible(record is not None)
        if record is None:
            return
        now, zone, new = self._clock(), self._zone, record.new
        lines = [
            new.subject,
            *([new.text] if new.text and new.text != new.subject else []),
            (
                tr(
                    "{kinds} to {to_words}. {state_words}. Due {whole_moment}, tried {times}.",
                    kinds=KINDS[new.channel],
                    to_words=to_words(record, self.model.channels),
                    state_words=state_words(record, now, zone),
                    whole_moment=whole_moment(new.due_at, zone),
                    times=_times(record.attempts),
                )
            ),
        ]
        self.detail.setText(breakable("\n".join(filter(None, lines))))
        self.said.setText(
            breakable(tr("Last answer: {answer_words}", answer_words=answer_words(record.answer)))
            if record.answer
            else ""
        )
        self.said.setVisible(bool(record.answer))

    def summary(self) -> str:
        """Say how many messages wait for the world outside."""
        waiting = sum(
            one.state is NotificationState.WAITING and not one.new.channel.is_local
            for one in self.model.records
        )
        return tr("{messages} waiting", messages=messages(waiting)) if waiting else ""


def _times(count: int) -> str:
    return {0: tr("not yet"), 1: tr("once")}.get(count, tr("{count} times", count=count))
