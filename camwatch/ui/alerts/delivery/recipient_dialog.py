"""The dialogs in which somebody who can be told, and a group of them, is entered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.alerts.people import Recipient, RecipientGroup
from camwatch.alerts.rules import LONGEST_NAME
from camwatch.alerts.schedule import ALWAYS, Schedule
from camwatch.auth.session import Session
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.delivery.dialog import CheckField, DeliveryDialog
from camwatch.ui.alerts.delivery.phone_words import in_full, number_words
from camwatch.ui.alerts.rules.schedule_form import ScheduleForm
from camwatch.ui.alerts.rules.week_grid import WORKING
from camwatch.ui.background import Background
from camwatch.ui.fitting import fit
from camwatch.ui.forms import Field, in_a_row, in_tab_order, plain_label, scrolled

_WIDTH, _HEIGHT = 900, 740
_GROUP_WIDTH, _GROUP_HEIGHT, _LIST_HEIGHT = 520, 600, 320
_WORK_WEEK = Schedule((*(WORKING,) * 5, 0, 0))


class RecipientCommands(Protocol):
    """What these dialogs ask of `camwatch.commands.Commands`."""

    def save_recipient(self, session: Session, recipient: Recipient) -> Recipient:
        """Store somebody who can be told."""
        ...

    def save_recipient_group(self, session: Session, group: RecipientGroup) -> RecipientGroup:
        """Store a group."""
        ...


class RecipientDialog(DeliveryDialog):
    """Name, addresses, and when somebody is on call.

    Args:
        recipient: Version 0 for a new one.
        region: Country of phone numbers without +, two letters; "" if unknown.
        today: Proposed where a date that differs is added.
    """

    def __init__(  # noqa: PLR0917 - all that it stands on
        self,
        commands: RecipientCommands,
        session: Session,
        background: Background,
        recipient: Recipient,
        region: str,
        today: date,
        parent: QWidget | None = None,
    ) -> None:
        is_new = recipient.version == 0
        title = tr("Add a recipient") if is_new else tr("Recipient")
        about = tr(
            "Somebody who is told outside of this window. They need not be able to sign in here."
        )
        super().__init__(background, title, about, tr("Add") if is_new else tr("Save"), parent)
        self._commands, self._session = commands, session
        self._recipient, self._region = recipient, region
        self.name = QLineEdit(recipient.name, self)
        self.name.setMaxLength(LONGEST_NAME)
        self.email = QLineEdit(recipient.email, self)
        self.email.setMaxLength(320)
        self.email.setPlaceholderText("anna@example.org")
        self.phone = QLineEdit(recipient.phone, self)
        self.phone.setMaxLength(40)
        self.phone.setPlaceholderText("+49 30 123456")
        self.add_field("name", Field(tr("&Name"), self.name, self))
        self.add_field(
            "email",
            Field(tr("E-ma&il address"), self.email, self, hint=tr("Empty if there is none.")),
        )
        self.add_field("phone", Field(tr("&Phone number"), self.phone, self))
        self.phone.textChanged.connect(self._on_phone)
        self.always = QRadioButton(tr("A&lways on call"), self)
        self.hours = QRadioButton(tr("Only at &these hours of the week"), self)
        self.schedule = ScheduleForm(today, self)
        is_always = recipient.on_call.is_always
        self.schedule.set_schedule(_WORK_WEEK if is_always else recipient.on_call)
        (self.always if is_always else self.hours).setChecked(True)
        self.add_field(
            "on_call",
            Field(tr("On call"), self.schedule, self, hint=tr("By the clocks of the site.")),
        )
        self.fields["on_call"].label.hide()
        self.enabled = CheckField(
            tr("Is told of alerts"),
            tr("Untick this for somebody who is on leave: plans go on without them."),
            parent=self,
        )
        self.enabled.box.setChecked(recipient.is_enabled)
        self._lay_out()
        self.hours.toggled.connect(self._on_hours)
        self.schedule.changed.connect(self.fields["on_call"].clear_problem)
        self._on_phone()
        self._on_hours()
        self.name.setFocus()
        fit(self, _WIDTH, _HEIGHT)

    def _lay_out(self) -> None:
        space = theme.current().space
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 2 * space, 0)
        column.setSpacing(space + space // 2)
        column.addWidget(self.fields["name"])
        column.addLayout(in_a_row([(self.fields["email"], 1), (self.fields["phone"], 1)]))
        column.addWidget(self.enabled)
        column.addWidget(plain_label(tr("On call"), "heading", self))
        column.addWidget(self.always)
        column.addWidget(self.hours)
        column.addWidget(self.fields["on_call"])
        column.addStretch(1)
        self.body.addWidget(scrolled(inside, self), 1)
        first = (self.name, self.email, self.phone, self.enabled.box, self.always, self.hours)
        in_tab_order(*first, *self.schedule.presets.values(), self.schedule.grid)

    @Slot()
    def _on_phone(self) -> None:
        """Say what number it is while it is typed."""
        words = number_words(self.phone.text(), self._region)
        self.fields["phone"].rename(tr("&Phone number"), words or tr("Empty if there is none."))

    @Slot()
    def _on_hours(self) -> None:
        self.fields["on_call"].setVisible(self.hours.isChecked())

    def recipient(self) -> Recipient:
        """Return the recipient as entered now."""
        return replace(
            self._recipient,
            name=self.name.text().strip(),
            email=self.email.text().strip(),
            phone=in_full(self.phone.text(), self._region),
            on_call=self.schedule.schedule() if self.hours.isChecked() else ALWAYS,
            is_enabled=self.enabled.box.isChecked(),
        )

    def entered(self) -> object:
        """Return all that is entered; also a number that is not complete yet."""
        return self.recipient(), self.phone.text()

    @Slot()
    def submit(self) -> None:
        """Store it in the background; the dialog closes once that is done."""
        recipient = self.recipient()
        self.run(lambda: self._commands.save_recipient(self._session, recipient), self.on_saved)


class GroupDialog(DeliveryDialog):
    """Name and members of a group.

    Args:
        group: Version 0 for a new one.
        recipients: Who can be a member.
    """

    def __init__(  # noqa: PLR0917 - all that it stands on
        self,
        commands: RecipientCommands,
        session: Session,
        background: Background,
        group: RecipientGroup,
        recipients: Sequence[Recipient],
        parent: QWidget | None = None,
    ) -> None:
        is_new = group.version == 0
        title = tr("Add a group") if is_new else tr("Group")
        about = tr("Plans name groups, so that people change without changing the plans.")
        super().__init__(background, title, about, tr("Add") if is_new else tr("Save"), parent)
        self._commands, self._session, self._group = commands, session, group
        self.name = QLineEdit(group.name, self)
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText(tr("Such as Night shift"))
        self.add_field("name", Field(tr("&Name"), self.name, self))
        self.list = QListWidget(self)
        self.list.setIconSize(icons.size(16))
        self.list.setMinimumHeight(theme.px(_LIST_HEIGHT))
        for recipient in recipients:
            item = QListWidgetItem(recipient.name, self.list)
            item.setIcon(icons.icon("circle-user", theme.current().muted))
            item.setData(Qt.ItemDataRole.UserRole, recipient.uid)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
            is_member = recipient.uid in group.members
            item.setCheckState(Qt.CheckState.Checked if is_member else Qt.CheckState.Unchecked)
        self.list.itemChanged.connect(lambda _item: self.fields["members"].clear_problem())
        hint = "" if recipients else tr("There are no recipients yet. Add them first.")
        self.add_field("members", Field(tr("&Members"), self.list, self, hint=hint))
        self.body.addWidget(self.fields["name"])
        self.body.addWidget(self.fields["members"], 1)
        self.name.setFocus()
        fit(self, _GROUP_WIDTH, _GROUP_HEIGHT)

    def group(self) -> RecipientGroup:
        """Return the group as entered now; members keep their order, new ones follow."""
        ticked = [
            str(item.data(Qt.ItemDataRole.UserRole))
            for item in (self.list.item(row) for row in range(self.list.count()))
            if item.checkState() == Qt.CheckState.Checked
        ]
        kept = [uid for uid in self._group.members if uid in ticked]
        members = (*kept, *(uid for uid in ticked if uid not in kept))
        return replace(self._group, name=self.name.text().strip(), members=members)

    def entered(self) -> RecipientGroup:
        """Return the group as it is entered now."""
        return self.group()

    @Slot()
    def submit(self) -> None:
        """Store it in the background; the dialog closes once that is done."""
        group = self.group()
        self.run(lambda: self._commands.save_recipient_group(self._session, group), self.on_saved)
