"""What setting up asks of `camwatch.commands.Commands`."""

from __future__ import annotations

from typing import Protocol

from camwatch.alerts.rules import Rule
from camwatch.auth.session import Session
from camwatch.domain import CameraSettings
from camwatch.ui.alerts.delivery.drill_dialog import DrillCommands
from camwatch.ui.cameras.page import CamerasCommands


class SetUpCommands(CamerasCommands, DrillCommands, Protocol):
    """What the steps ask for."""

    def simulated_camera(self, session: Session) -> CameraSettings:
        """Begin to serve simulated cameras; return what is entered to add another one."""
        ...

    def rules(self, session: Session) -> list[Rule]:
        """Return the rules, by name."""
        ...

    def save_rule(self, session: Session, rule: Rule) -> Rule:
        """Store a rule, new or changed."""
        ...
