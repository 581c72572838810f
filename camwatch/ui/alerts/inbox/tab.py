"""The alerts that were raised."""

from __future__ import annotations

from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from camwatch.auth.session import Session
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge


class InboxCommands(Protocol):
    """What this tab asks of `camwatch.commands.Commands`."""


class InboxTab(QWidget):
    """The inbox.

    Signals:
        camera_requested: CameraId: show this camera live.
        chart_requested: CameraId and a UTC datetime: show its chart at that time.
        rule_requested: Uid of a rule, and a UTC datetime: show why it fired or did not.
        counts_changed: How many alerts are open and unacknowledged, and the severity of the
            most serious of them (None without).
    """

    camera_requested = Signal(object)
    chart_requested = Signal(object, object)
    rule_requested = Signal(str, object)
    counts_changed = Signal(int, object)

    def __init__(  # noqa: PLR0917 - all that a tab stands on
        self,
        commands: InboxCommands,
        session: Session,
        background: Background,
        bridge: EventBridge,
        zone: ZoneInfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)

    def load(self) -> None:
        """Read the alerts again."""

    def show_alert(self, uid: str) -> None:
        """Select an alert and show its details."""
