"""Whom alerts are sent to, and by which way."""

from __future__ import annotations

from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from camwatch.auth.session import Session
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge


class DeliveryCommands(Protocol):
    """What this tab asks of `camwatch.commands.Commands`."""


class DeliveryTab(QWidget):
    """Channels, recipients, plans and the outbox."""

    def __init__(  # noqa: PLR0917 - all that a tab stands on
        self,
        commands: DeliveryCommands,
        session: Session,
        background: Background,
        bridge: EventBridge,
        zone: ZoneInfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)

    def load(self) -> None:
        """Read everything again."""
