"""The rules that raise alerts."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from camwatch.auth.session import Session
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge


class RulesCommands(Protocol):
    """What this tab asks of `camwatch.commands.Commands`."""


class RulesTab(QWidget):
    """The rules."""

    def __init__(  # noqa: PLR0917 - all that a tab stands on
        self,
        commands: RulesCommands,
        session: Session,
        background: Background,
        bridge: EventBridge,
        zone: ZoneInfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)

    def load(self) -> None:
        """Read the rules again."""

    def explain(self, uid: str, at: datetime) -> None:
        """Show why a rule fired or did not at a moment, UTC."""
