"""Whom alerts are sent to, and by which way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from camwatch.alerts.notification import Notification
from camwatch.alerts.people import Plan, Recipient, RecipientGroup
from camwatch.alerts.settings import SmsSettings
from camwatch.auth.session import Session
from camwatch.commands.channel_commands import ChannelStatus
from camwatch.domain import utc_now
from camwatch.errors import CamWatchError, SessionLocked
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.alerts.delivery.channels import ChannelsCommands, ChannelsSection
from camwatch.ui.alerts.delivery.drill_dialog import DrillCommands, DrillDialog
from camwatch.ui.alerts.delivery.ladder_words import World
from camwatch.ui.alerts.delivery.outbox import MOST, OutboxCommands, OutboxSection
from camwatch.ui.alerts.delivery.people import PeopleCommands, PeopleSection
from camwatch.ui.alerts.delivery.plans import PlansCommands, PlansSection
from camwatch.ui.alerts.delivery.proof import ProofCommands, ProofDialog
from camwatch.ui.alerts.delivery.section import Section, allow
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import Notice, in_tab_order
from camwatch.ui.operators.form_dialog import make_button

_LOOK_MS = 15_000
_SOON_MS = 300
_NO_CHANNEL = marked("There is no channel that is switched on, so there is nothing to prove.")


class DeliveryCommands(
    ChannelsCommands,
    PeopleCommands,
    PlansCommands,
    OutboxCommands,
    ProofCommands,
    DrillCommands,
    Protocol,
):
    """What this tab asks of `camwatch.commands.Commands`."""


@dataclass(frozen=True, slots=True)
class Known:
    """All that is shown, read in one go so that it fits together."""

    channels: Sequence[ChannelStatus]
    recipients: Sequence[Recipient]
    groups: Sequence[RecipientGroup]
    plans: Sequence[Plan]
    outbox: Sequence[Notification]


class DeliveryTab(QWidget):
    """Channels, recipients, plans and the outbox.

    While it is seen it looks again every 15 seconds, and soon after something was changed.
    """

    def __init__(  # noqa: PLR0917 - all that a tab stands on
        self,
        commands: DeliveryCommands,
        session: Session,
        background: Background,
        bridge: EventBridge,
        zone: ZoneInfo,
        parent: QWidget | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._zone, self._bridge = zone, bridge
        self._reading = 0
        self.channels = ChannelsSection(commands, session, background, zone, clock, self)
        self.people = PeopleSection(
            commands, session, background, lambda: clock().astimezone(zone).date(), self
        )
        self.plans = PlansSection(commands, session, background, self)
        self.outbox = OutboxSection(background, zone, clock, self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.load)
        self.pages = QStackedWidget(self)
        self._choices = QButtonGroup(self)
        self.choices: dict[str, QPushButton] = {}
        self.prove_button = make_button(
            tr("&Prove all channels now…"), "badge-check", self.prove, self
        )
        self.drill_button = make_button(tr("Dr&ill…"), "play", self.drill, self)
        self.drill_button.setToolTip(
            tr("Play an event through the whole chain, and watch each step")
        )
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self.look)
        bridge.rules_changed.connect(self._on_event)
        bridge.channel_troubled.connect(self._on_event)
        self.outbox.read_wanted.connect(self.load)
        allow(self.prove_button, tr(_NO_CHANNEL), "")

    def _lay_out(self) -> None:
        space = theme.current().space
        head = QHBoxLayout()
        head.setSpacing(space)
        sections: tuple[tuple[str, Section], ...] = (
            (marked("Channels"), self.channels),
            (marked("Recipients"), self.people),
            (marked("Plans"), self.plans),
            (marked("Outbox"), self.outbox),
        )
        for place, (words, section) in enumerate(sections):
            button = QPushButton(tr(words), self)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("role", "choice")
            self._choices.addButton(button, place)
            self.choices[words] = button
            self.pages.addWidget(section)
            section.changed.connect(self.load)
            head.addWidget(button)
        self.choices["Channels"].setChecked(True)
        self._choices.idClicked.connect(self.pages.setCurrentIndex)
        head.addStretch(1)
        head.addWidget(self.prove_button)
        head.addWidget(self.drill_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, space + space // 2, 0, 0)
        column.setSpacing(space + space // 2)
        column.addLayout(head)
        column.addWidget(self.notice)
        column.addWidget(self.pages, 1)
        in_tab_order(*self.choices.values(), self.prove_button, self.drill_button)

    def show_section(self, words: str) -> None:
        """Show one of the lists by the words of its button."""
        self.choices[words].click()

    # ---------------------------------------------------------------- reading

    def showEvent(self, event: QShowEvent, /) -> None:
        """Look again from time to time."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent, /) -> None:
        """Look no more."""
        super().hideEvent(event)
        self._timer.stop()

    @Slot()
    def _on_event(self) -> None:
        """Look soon: many events in a row are one look."""
        if self.isVisible():
            self._soon.start()

    @Slot()
    def load(self) -> None:
        """Read everything again."""
        self._section().busy.show()
        self._read(self._on_failed)

    @Slot()
    def look(self) -> None:
        """Read everything again without saying so."""
        self._read(self._on_not_looked)

    def _section(self) -> Section:
        shown = self.pages.currentWidget()
        return shown if isinstance(shown, Section) else self.channels

    def _read(self, failed: Callable[[CamWatchError], None]) -> None:
        commands, session = self._commands, self._session

        def job() -> Known:
            return Known(
                commands.channels(session),
                commands.recipients(session),
                commands.recipient_groups(session),
                commands.plans(session),
                commands.outbox(session, MOST),
            )

        self._reading += 1
        number = self._reading
        self._background.run(
            job,
            partial(self._on_read, number),
            lambda error: failed(error) if number == self._reading else None,
            owner=self,
        )

    def _on_read(self, number: int, known: Known) -> None:
        if number != self._reading:
            return  # asked before the last change; answers may overtake each other
        self._rest()
        self.notice.hide()
        channels = {one.channel.uid: one.channel for one in known.channels}
        world = World(
            channels,
            {one.uid: one for one in known.recipients},
            {one.uid: one for one in known.groups},
        )
        self.people.region = next(
            (
                one.settings.region
                for one in channels.values()
                if isinstance(one.settings, SmsSettings) and one.settings.region
            ),
            "",
        )
        self.channels.show_channels(known.channels)
        self.people.show_people(known.recipients, known.groups)
        self.plans.show_plans(known.plans, world)
        self.outbox.show_messages(known.outbox, channels)
        waiting = self.outbox.summary()
        self.choices["Outbox"].setText(
            tr("Outbox ({waiting})", waiting=waiting) if waiting else tr("Outbox")
        )
        is_any = any(one.is_enabled and not one.disabled_why for one in channels.values())
        allow(
            self.prove_button,
            "" if is_any else tr(_NO_CHANNEL),
            tr("Send the daily proof through every channel, and see what comes of it"),
        )

    def _rest(self) -> None:
        for section in (self.channels, self.people, self.plans, self.outbox):
            section.busy.hide()

    def _on_failed(self, error: CamWatchError) -> None:
        self._rest()
        self.notice.show_error(text_for(error), action=tr("Read again"))

    def _on_not_looked(self, error: CamWatchError) -> None:
        if not isinstance(error, SessionLocked):
            self._on_failed(error)

    # ---------------------------------------------------------------- proving

    @Slot()
    def prove(self) -> None:
        """Open what proves all channels."""
        used = [
            one.channel
            for one in self.channels.statuses
            if one.channel.is_enabled and not one.channel.disabled_why
        ]
        dialog = ProofDialog(self._commands, self._session, self._background, used, self)
        self.channels.open(dialog)

    @Slot()
    def drill(self) -> None:
        """Open what plays a drill."""
        dialog = DrillDialog(self._commands, self._session, self._background, self._bridge, self)
        self.channels.open(dialog)
