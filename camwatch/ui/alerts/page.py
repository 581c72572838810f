"""The page about alerts: inbox, rules, and how they reach people."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.alerts.delivery.tab import DeliveryCommands, DeliveryTab
from camwatch.ui.alerts.inbox.tab import InboxCommands, InboxTab
from camwatch.ui.alerts.rules.tab import RulesCommands, RulesTab
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.help.button import HelpButton


class AlertsPageCommands(InboxCommands, RulesCommands, DeliveryCommands, Protocol):
    """What the page and its tabs ask of `camwatch.commands.Commands`."""


class AlertsPage(QWidget):
    """Three tabs; the last one only for who may set up channels.

    Attributes:
        inbox: The first tab.
        rules: The second one.
        delivery: The third one; None for who may not see it.

    Signals:
        camera_requested: CameraId: show this camera live.
        chart_requested: CameraId and a UTC datetime: show its chart at that time.
        moment_requested: A UTC datetime and a CameraId: show the wall as it was then.
        counts_changed: How many alerts are open and unacknowledged, and the severity of the
            most serious of them (None without).
    """

    camera_requested = Signal(object)
    chart_requested = Signal(object, object)
    moment_requested = Signal(object, object)
    counts_changed = Signal(int, object)

    def __init__(
        self,
        commands: AlertsPageCommands,
        session: Session,
        background: Background,
        bridge: EventBridge,
        *,
        zone: ZoneInfo,
    ) -> None:
        super().__init__()
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setDrawBase(False)
        self.inbox = InboxTab(commands, session, background, bridge, zone)
        self.rules = RulesTab(commands, session, background, bridge, zone)
        self.delivery: DeliveryTab | None = None
        self._tabs.addTab(self.inbox, tr("Inbox"))
        self._tabs.addTab(self.rules, tr("Rules"))
        if session.may(Permission.MANAGE_CHANNELS):
            self.delivery = DeliveryTab(commands, session, background, bridge, zone)
            self._tabs.addTab(self.delivery, tr("Delivery"))
        self._tabs.setCornerWidget(HelpButton("alerts", self))
        column = QVBoxLayout(self)
        space = theme.current().space
        column.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        column.addWidget(self._tabs)
        self._tabs.currentChanged.connect(self._load)
        self.inbox.camera_requested.connect(self.camera_requested)
        self.inbox.chart_requested.connect(self.chart_requested)
        self.inbox.moment_requested.connect(self.moment_requested)
        self.inbox.counts_changed.connect(self.counts_changed)
        self.inbox.rule_requested.connect(self._explain)

    def showEvent(self, event: QShowEvent, /) -> None:
        """Read what is shown again: others may have changed it."""
        super().showEvent(event)
        self._load()
        if not event.spontaneous() and self._tabs.currentWidget() is self.inbox:
            self.inbox.take_keyboard()

    @Slot(str)
    def show_alert(self, uid: str) -> None:
        """Show an alert's details."""
        self._tabs.setCurrentWidget(self.inbox)
        self.inbox.show_alert(uid)

    @Slot(str)
    def show_rule(self, uid: str) -> None:
        """Select a rule in the list of rules."""
        self.rules.select(uid)
        self._tabs.setCurrentWidget(self.rules)
        self.rules.load()

    @Slot()
    def show_delivery(self) -> None:
        """Show how alerts are delivered; to who may not change that, the rules."""
        self._tabs.setCurrentWidget(self.delivery or self.rules)

    @Slot(str, object)
    def _explain(self, uid: str, at: datetime) -> None:
        self.rules.explain(uid, at)

    @Slot()
    def _load(self) -> None:
        shown = self._tabs.currentWidget()
        if isinstance(shown, InboxTab | RulesTab | DeliveryTab):
            shown.load()
