"""The lists of those who can be told, and of their groups."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import IntEnum
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from camwatch.alerts.people import Recipient, RecipientGroup
from camwatch.auth.session import Session
from camwatch.language import marked, table, tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.delivery.phone_words import shown as shown_number
from camwatch.ui.alerts.delivery.recipient_dialog import (
    GroupDialog,
    RecipientCommands,
    RecipientDialog,
)
from camwatch.ui.alerts.delivery.section import Section, allow, delete_key
from camwatch.ui.alerts.delivery.words import named
from camwatch.ui.alerts.rules.words import when
from camwatch.ui.background import Background
from camwatch.ui.empty import EmptyTable
from camwatch.ui.flow_row import FlowRow
from camwatch.ui.forms import in_tab_order, plain_label
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.operators.questions import Question, ask
from camwatch.ui.operators.record_table import RecordProxy, RecordsModel, RecordTable

_NONE = "–"
_SELECT = marked("Select a recipient in the list first.")
_SELECT_GROUP = marked("Select a group in the list first.")


class PeopleCommands(RecipientCommands, Protocol):
    """What these lists ask of `camwatch.commands.Commands`."""

    def recipients(self, session: Session) -> list[Recipient]:
        """Return who can be told, by name."""
        ...

    def remove_recipient(self, session: Session, recipient_uid: str) -> None:
        """Remove a recipient, also from groups."""
        ...

    def recipient_groups(self, session: Session) -> list[RecipientGroup]:
        """Return the groups, by name."""
        ...

    def remove_recipient_group(self, session: Session, group_uid: str) -> None:
        """Remove a group."""
        ...


class Column(IntEnum):
    """What stands in a column of recipients."""

    NAME = 0
    EMAIL = 1
    PHONE = 2
    ON_CALL = 3


_HEADINGS = table(
    lambda: {
        Column.NAME: tr("Name"),
        Column.EMAIL: tr("E-mail"),
        Column.PHONE: tr("Phone"),
        Column.ON_CALL: tr("On call"),
    }
)
_WIDTHS = {Column.NAME: 150, Column.EMAIL: 200, Column.PHONE: 150}


class PeopleModel(RecordsModel[Recipient]):
    """All recipients."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__([_HEADINGS[column] for column in Column], parent)

    def key(self, record: Recipient) -> object:
        """Return the uid of the recipient."""
        return record.uid

    def text(self, record: Recipient, column: int) -> str:
        """Return the words of a cell."""
        match Column(column):
            case Column.NAME:
                return record.name
            case Column.EMAIL:
                return record.email or _NONE
            case Column.PHONE:
                return shown_number(record.phone) if record.phone else _NONE
            case Column.ON_CALL:
                return when(record.on_call) if record.is_enabled else tr("Switched off")

    def look(self, record: Recipient, column: int, role: int) -> Any:
        """Return a sign where somebody is told of nothing."""
        if role == Qt.ItemDataRole.DecorationRole and column == Column.ON_CALL:
            if not record.is_enabled:
                return icons.icon("pause", theme.current().muted)
            return icons.icon("calendar-clock", theme.current().muted)
        return None


class GroupsModel(RecordsModel[RecipientGroup]):
    """All groups."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__([tr("Group"), tr("Members")], parent)
        self.people: Mapping[str, Recipient] = {}

    def key(self, record: RecipientGroup) -> object:
        """Return the uid of the group."""
        return record.uid

    def text(self, record: RecipientGroup, column: int) -> str:
        """Return the words of a cell."""
        if column == 0:
            return record.name
        members = (self.people[uid].name for uid in record.members if uid in self.people)
        return named(members, 6) or tr("nobody")


class PeopleSection(Section):
    """Recipients at the left, groups at the right.

    Attributes:
        region: Country of phone numbers without +, two letters; "" if unknown.
    """

    def __init__(
        self,
        commands: PeopleCommands,
        session: Session,
        background: Background,
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(background, parent)
        self._commands, self._session, self._today = commands, session, today
        self._select = ""
        self.region = ""
        self.model, self.group_model = PeopleModel(self), GroupsModel(self)
        self.table: RecordTable[Recipient] = RecordTable(
            RecordProxy(self.model, self), tr("Recipients"), _WIDTHS, self, given_up=(Column.PHONE,)
        )
        self.groups: RecordTable[RecipientGroup] = RecordTable(
            RecordProxy(self.group_model, self), tr("Groups"), {0: 150}, self
        )
        for records, edit, remove in (
            (self.table, self.edit, self.remove),
            (self.groups, self.edit_group, self.remove_group),
        ):
            records.sortByColumn(0, Qt.SortOrder.AscendingOrder)
            records.chosen_changed.connect(self._on_chosen)
            records.activated.connect(lambda _index, call=edit: call())
            delete_key(records, remove)
        self.add_button = make_button(tr("&Add recipient…"), "user-plus", self.add, self)
        self.edit_button = make_button(tr("E&dit…"), "pencil", self.edit, self)
        self.remove_button = make_button(tr("Remo&ve…"), "trash-2", self.remove, self)
        self.add_group_button = make_button(tr("Add &group…"), "users", self.add_group, self)
        self.edit_group_button = make_button(tr("Edi&t…"), "pencil", self.edit_group, self)
        self.remove_group_button = make_button(tr("Re&move…"), "trash-2", self.remove_group, self)
        self.empty = EmptyTable("users", self)
        self.empty.tell(
            tr("Nobody can be told by mail or phone yet"),
            tr("Recipients are the people whom e-mails and text messages go to."),
            tr("Add recipient…"),
        )
        self.empty.pressed.connect(self.add)
        self.no_groups = EmptyTable("users", self)
        self.no_groups.tell(
            tr("No groups yet"),
            tr("Plans can name groups, so that people change without changing the plans."),
        )
        self._lay_out()
        self._on_chosen()

    def _lay_out(self) -> None:
        space = theme.current().space
        self.column.addWidget(self.busy)
        self.column.addWidget(self.notice)
        left, right = QVBoxLayout(), QVBoxLayout()
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.table)
        self.pages.addWidget(self.empty)
        self.group_pages = QStackedWidget(self)
        self.group_pages.addWidget(self.groups)
        self.group_pages.addWidget(self.no_groups)
        people = (self.add_button, self.edit_button, self.remove_button)
        groups = (self.add_group_button, self.edit_group_button, self.remove_group_button)
        for column, title, buttons, shown in (
            (left, tr("Recipients"), people, self.pages),
            (right, tr("Groups"), groups, self.group_pages),
        ):
            column.setSpacing(space)
            row = FlowRow(space)
            for button in buttons:
                row.addWidget(button)
            column.addWidget(plain_label(title, "heading", self))
            column.addLayout(row)
            column.addWidget(shown, 1)
        both = QHBoxLayout()
        both.setSpacing(3 * space)
        both.addLayout(left, 8)
        both.addLayout(right, 5)
        self.column.addLayout(both, 1)
        in_tab_order(*people, self.table, *groups, self.groups)

    # ---------------------------------------------------------------- showing

    def show_people(
        self, recipients: Sequence[Recipient], groups: Sequence[RecipientGroup]
    ) -> None:
        """Show these; what is selected stays selected."""
        wanted, self._select = self._select, ""
        self.group_model.people = {one.uid: one for one in recipients}
        self.table.set_records(
            self.model, recipients, (lambda one: one.uid == wanted) if wanted else None
        )
        is_group = any(one.uid == wanted for one in groups)
        self.groups.set_records(
            self.group_model, groups, (lambda one: one.uid == wanted) if is_group else None
        )
        self.pages.setCurrentIndex(0 if recipients else 1)
        self.group_pages.setCurrentIndex(0 if groups else 1)
        self._on_chosen()

    @Slot()
    def _on_chosen(self) -> None:
        hint = "" if self.table.chosen is not None else tr(_SELECT)
        allow(self.edit_button, hint, tr("Change addresses and hours (Enter)"))
        allow(self.remove_button, hint, tr("Remove the recipient, also from groups (Del)"))
        hint = "" if self.groups.chosen is not None else tr(_SELECT_GROUP)
        allow(self.edit_group_button, hint, tr("Change who belongs to the group (Enter)"))
        allow(self.remove_group_button, hint, tr("Remove the group; its members stay (Del)"))

    # ---------------------------------------------------------------- doing

    def _on_saved(self, what: Recipient | RecipientGroup) -> None:
        self._select = what.uid
        self.changed.emit()

    @Slot()
    def add(self) -> None:
        """Open the form of a new recipient."""
        self._open(Recipient(str(uuid.uuid4()), ""))

    @Slot()
    def edit(self) -> None:
        """Open the selected recipient."""
        if (recipient := self.table.chosen) is not None:
            self._open(recipient)

    def _open(self, recipient: Recipient) -> None:
        dialog = RecipientDialog(
            self._commands,
            self._session,
            self._background,
            recipient,
            self.region,
            self._today(),
            self,
        )
        dialog.saved.connect(self._on_saved)
        self.open(dialog)

    @Slot()
    def remove(self) -> None:
        """Remove the selected recipient, after a question."""
        if (recipient := self.table.chosen) is None:
            return
        remove = partial(self._commands.remove_recipient, self._session, recipient.uid)
        ask(
            Question(
                tr("Remove a recipient"),
                tr("Remove “{name}”?", name=recipient.name),
                tr("They are taken out of their groups, too, and hear of no alert any more."),
                tr("Remove recipient"),
            ),
            lambda: self.do(remove),
            self,
        )

    @Slot()
    def add_group(self) -> None:
        """Open the form of a new group."""
        self._open_group(RecipientGroup(str(uuid.uuid4()), "", ()))

    @Slot()
    def edit_group(self) -> None:
        """Open the selected group."""
        if (group := self.groups.chosen) is not None:
            self._open_group(group)

    def _open_group(self, group: RecipientGroup) -> None:
        dialog = GroupDialog(
            self._commands, self._session, self._background, group, self.model.records, self
        )
        dialog.saved.connect(self._on_saved)
        self.open(dialog)

    @Slot()
    def remove_group(self) -> None:
        """Remove the selected group, after a question."""
        if (group := self.groups.chosen) is None:
            return
        remove = partial(self._commands.remove_recipient_group, self._session, group.uid)
        ask(
            Question(
                tr("Remove a group"),
                tr("Remove the group “{name}”?", name=group.name),
                tr("Its members stay; plans no longer tell the group."),
                tr("Remove group"),
            ),
            lambda: self.do(remove),
            self,
        )
