"""The list of channels, how each does, and what can be done to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from enum import IntEnum
from functools import partial
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from camwatch.alerts.people import ChannelKind
from camwatch.alerts.settings import ENVIRONMENT, Channel, ChannelProof, EmailSettings
from camwatch.auth.session import Session
from camwatch.commands import KeepPassword
from camwatch.commands.channel_commands import ChannelStatus
from camwatch.language import marked, table, tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.delivery.channel_dialog import (
    ChannelCommands,
    ChannelDialog,
    blank,
)
from camwatch.ui.alerts.delivery.section import Section, allow, delete_key
from camwatch.ui.alerts.delivery.words import (
    ICONS,
    KINDS,
    answer_words,
    messages,
    name_words,
    standing_of,
    target_words,
    when_words,
)
from camwatch.ui.background import Background
from camwatch.ui.empty import EmptyTable
from camwatch.ui.forms import in_tab_order, plain_label
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.operators.questions import Question, ask
from camwatch.ui.operators.record_table import RecordProxy, RecordsModel, RecordTable
from camwatch.ui.operators.wording import breakable

_SELECT = marked("Select a channel in the list first.")
_ENVIRONMENT = marked(
    "This channel comes from the environment variables SMTP_… with which CamWatch was started. "
    "It is changed there."
)
_RANKS = {"circle-x": 0, "key-round": 0, "circle-alert": 0, "clock": 1, "circle-check": 2}


class ChannelsCommands(ChannelCommands, Protocol):
    """What this list asks of `camwatch.commands.Commands`."""

    def channels(self, session: Session) -> list[ChannelStatus]:
        """Return the channels that are set up."""
        ...

    def remove_channel(self, session: Session, channel_uid: str) -> None:
        """Remove a channel and its secret."""
        ...


class Column(IntEnum):
    """What stands in a column."""

    NAME = 0
    KIND = 1
    TARGET = 2
    STATE = 3
    WAITING = 4


_HEADINGS = table(
    lambda: {
        Column.NAME: tr("Channel"),
        Column.KIND: tr("Kind"),
        Column.TARGET: tr("Leads to"),
        Column.STATE: tr("State"),
        Column.WAITING: tr("Waiting"),
    }
)
_WIDTHS = {Column.NAME: 200, Column.KIND: 150, Column.TARGET: 230, Column.WAITING: 90}


class ChannelsModel(RecordsModel[ChannelStatus]):
    """All channels, in the order in which they came."""

    def __init__(
        self, zone: ZoneInfo, clock: Callable[[], datetime], parent: QObject | None = None
    ) -> None:
        super().__init__([_HEADINGS[column] for column in Column], parent)
        self._zone, self._clock = zone, clock

    def key(self, record: ChannelStatus) -> object:
        """Return the uid of the channel."""
        return record.channel.uid

    def text(self, record: ChannelStatus, column: int) -> str:
        """Return the words of a cell."""
        match Column(column):
            case Column.NAME:
                return name_words(record.channel)
            case Column.KIND:
                return KINDS[record.channel.kind]
            case Column.TARGET:
                return target_words(record.channel)
            case Column.STATE:
                return standing_of(record, self._clock(), self._zone).words
            case Column.WAITING:
                return str(record.proof.waiting) if record.proof.waiting else tr("none")

    def sort_key(self, record: ChannelStatus, column: int) -> Any:
        """Sort states by how much they matter, and numbers as numbers."""
        match Column(column):
            case Column.WAITING:
                return record.proof.waiting
            case Column.STATE:
                return _RANKS.get(standing_of(record, self._clock(), self._zone).icon, 3)
            case _:
                return self.text(record, column).casefold()

    def look(self, record: ChannelStatus, column: int, role: int) -> Any:
        """Return the icon of a kind or a state."""
        if role != Qt.ItemDataRole.DecorationRole:
            return None
        if column == Column.KIND:
            return icons.icon(ICONS[record.channel.kind], theme.current().muted)
        if column == Column.STATE:
            standing = standing_of(record, self._clock(), self._zone)
            return icons.icon(standing.icon, standing.color)
        return None


class ChannelsSection(Section):
    """Channels with their buttons, and below what the other side said last.

    Attributes:
        statuses: As they were read last.
    """

    def __init__(  # noqa: PLR0917 - all that it stands on
        self,
        commands: ChannelsCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(background, parent)
        self._commands, self._session = commands, session
        self._zone, self._clock = zone, clock
        self._select = ""
        self.statuses: Sequence[ChannelStatus] = ()
        self.model = ChannelsModel(zone, clock, self)
        self.table: RecordTable[ChannelStatus] = RecordTable(
            RecordProxy(self.model, self),
            tr("Channels"),
            _WIDTHS,
            self,
            given_up=(Column.TARGET,),
            least=420,
        )
        self.table.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
        self.table.chosen_changed.connect(self._on_chosen)
        self.table.activated.connect(lambda _index: self.edit())
        delete_key(self.table, self.remove)
        add = {
            ChannelKind.EMAIL: tr("Add &e-mail…"),
            ChannelKind.SMS: tr("Add text &messages…"),
            ChannelKind.WEBHOOK: tr("Add &webhook…"),
        }
        self.add_buttons_by_kind = {
            kind: make_button(words, ICONS[kind], partial(self.add, kind), self)
            for kind, words in add.items()
        }
        self.edit_button = make_button(tr("E&dit and test…"), "pencil", self.edit, self)
        self.switch_button = make_button(tr("Switch &off"), "pause", self.switch, self)
        self.remove_button = make_button(tr("Remo&ve…"), "trash-2", self.remove, self)
        self.empty = EmptyTable("send", self)
        self.empty.tell(
            tr("Alerts do not leave this screen yet"),
            tr(
                "They open as popups where somebody is signed in. Add a way out, such as e-mail, so "
                "that somebody hears of them who does not sit here."
            ),
            tr("Add e-mail…"),
        )
        self.empty.pressed.connect(lambda: self.add(ChannelKind.EMAIL))
        self.detail = plain_label("", "", self)
        self.said = plain_label("", "muted", self)
        self.said.setFont(theme.fixed_font())
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lay_out()
        self._on_chosen()

    def _lay_out(self) -> None:
        buttons = (
            *self.add_buttons_by_kind.values(),
            self.edit_button,
            self.switch_button,
            self.remove_button,
        )
        self.add_buttons(buttons)
        self.pages, self.detail_card = self.add_list(
            self.table, (self.detail, self.said), self.empty
        )
        in_tab_order(*buttons, self.table)

    # ---------------------------------------------------------------- showing

    def show_channels(self, statuses: Sequence[ChannelStatus]) -> None:
        """Show these; the selected one stays selected."""
        self.statuses = tuple(statuses)
        wanted, self._select = self._select, ""
        is_wanted = (lambda one: one.channel.uid == wanted) if wanted else None
        self.table.set_records(self.model, statuses, is_wanted)
        if self.table.chosen is None:
            self.table.choose(0, is_seen=False)
        self.pages.setCurrentIndex(0 if statuses else 1)
        self._on_chosen()

    @Slot()
    def _on_chosen(self) -> None:
        status = self.table.chosen
        self.detail_card.setVisible(status is not None)
        hint = "" if status is not None else tr(_SELECT)
        is_own = status is not None and status.channel.uid != ENVIRONMENT
        allow(self.edit_button, hint, tr("Change the settings, and send a test with them (Enter)"))
        self.edit_button.setText(
            tr("E&dit and test…") if is_own or not status else tr("Look and &test…")
        )
        why = hint or ("" if is_own else tr(_ENVIRONMENT))
        is_on = status is None or (status.channel.is_enabled and not status.channel.disabled_why)
        self.switch_button.setText(tr("Switch &off") if is_on else tr("Switch &on"))
        allow(
            self.switch_button,
            why,
            tr("Send nothing by it until it is switched on again")
            if is_on
            else tr("Send by it again"),
        )
        allow(self.remove_button, why, tr("Remove the channel and its password (Del)"))
        if status is not None:
            self._describe(status)

    def _describe(self, status: ChannelStatus) -> None:
        now, zone, proof = self._clock(), self._zone, status.proof
        parts = [f"{standing_of(status, now, zone).words}."]
        if proof.failing_since is not None and proof.proven_at is not None:
            parts.append(
                tr(
                    "It last worked {when_words}.",
                    when_words=when_words(proof.proven_at, now, zone),
                )
            )
        if proof.waiting:
            parts.append(
                tr("1 message waits for it, and will be tried again.")
                if proof.waiting == 1
                else tr(
                    "{messages} wait for it, and will be tried again.",
                    messages=messages(proof.waiting),
                )
            )
        if status.has_secret is None:
            parts.append(tr("The keyring does not answer, so its password cannot be read now."))
        if status.channel.uid == ENVIRONMENT:
            parts.append(tr(_ENVIRONMENT))
        if proof.proven_at is None and proof.failing_since is None:
            parts.append(tr("Send a test before you rely on it."))
        self.detail.setText(breakable(f"{name_words(status.channel)}: {' '.join(parts)}"))
        self.said.setText(
            breakable(tr("Last answer: {answer_words}", answer_words=answer_words(proof.answer)))
            if proof.answer
            else ""
        )
        self.said.setVisible(bool(proof.answer))

    # ---------------------------------------------------------------- doing

    def add(self, kind: ChannelKind) -> None:
        """Open the form of a new channel."""
        channel = blank(kind)
        self._open(ChannelStatus(channel, ChannelProof(channel.uid), has_secret=False))

    @Slot()
    def edit(self) -> None:
        """Open the selected channel."""
        if (status := self.table.chosen) is not None:
            self._open(status)

    def _open(self, status: ChannelStatus) -> None:
        mails = [
            one.channel for one in self.statuses if isinstance(one.channel.settings, EmailSettings)
        ]
        dialog = ChannelDialog(self._commands, self._session, self._background, status, mails, self)
        dialog.saved.connect(self._on_saved)
        self.open(dialog)

    @Slot(object)
    def _on_saved(self, channel: Channel) -> None:
        self._select = channel.uid
        self.changed.emit()

    @Slot()
    def switch(self) -> None:
        """Switch the selected channel on or off."""
        status = self.table.chosen
        if status is None or not self.switch_button.isEnabled():
            return
        channel = status.channel
        is_on = channel.is_enabled and not channel.disabled_why
        wanted = replace(channel, is_enabled=not is_on, disabled_why="")
        keep = KeepPassword()
        self.do(lambda: self._commands.save_channel(self._session, wanted, keep))

    @Slot()
    def remove(self) -> None:
        """Remove the selected channel, after a question."""
        status = self.table.chosen
        if status is None or not self.remove_button.isEnabled():
            return
        channel, waiting = status.channel, status.proof.waiting
        lost = (
            tr(" {messages} that wait for it are never sent.", messages=messages(waiting))
            if waiting
            else ""
        )
        ask(
            Question(
                tr("Remove a channel"),
                tr("Remove “{name}”?", name=channel.name),
                tr(
                    "Its password is deleted, too.{lost} What was sent by it stays in the history.",
                    lost=lost,
                ),
                tr("Remove channel"),
            ),
            lambda: self.do(lambda: self._commands.remove_channel(self._session, channel.uid)),
            self,
        )
