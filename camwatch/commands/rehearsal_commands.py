"""The commands that judge rules by what is stored, each with who may give it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from camwatch.alerts.minutes import StoredHistory
from camwatch.alerts.rules import Rule
from camwatch.alerts.signals import WatchedCamera
from camwatch.auth.permissions import OperatorRole, Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs
from camwatch.commands.sight import About
from camwatch.commands.stored_history import read_history
from camwatch.commands.watched import watched_cameras
from camwatch.data.engine import Database
from camwatch.errors import InvalidSetting

MOST_DAYS = 90


@dataclass(frozen=True, slots=True)
class RehearsalDesk:
    """What rules are judged by."""

    database: Database
    clock: Callable[[], datetime]

    def cameras_for(self, role: OperatorRole) -> list[WatchedCamera]:
        """Return the cameras that a role sees.

        Raises:
            StorageError: They cannot be read.
        """
        return [one for one in watched_cameras(self.database) if role.sees(one.site_id)]


class RehearsalCommands:
    """Part of `Commands`; whoever inherits it calls `_init_rehearsal` and has a `guard`."""

    guard: Guard
    _rehearsal: RehearsalDesk

    def _init_rehearsal(self, desk: RehearsalDesk) -> None:
        self._rehearsal = desk

    @needs(Permission.EDIT_RULES, about=About("reads only cameras that the operator sees"))
    def stored_history(self, session: Session, rule: Rule, days: int) -> StoredHistory:
        """Return what is stored of a rule's subjects, to rehearse it against.

        Cameras that the operator does not see are left out.

        Args:
            session: Who asks.
            rule: As it is being edited; only its condition's kind and its scope count.
            days: The last so many, 1 to 90.

        Raises:
            InvalidSetting: "days".
        """
        if not 1 <= days <= MOST_DAYS:
            raise InvalidSetting("days", f"must be from 1 to {MOST_DAYS}")
        desk = self._rehearsal
        cameras = desk.cameras_for(session.role)
        return read_history(desk.database, rule, cameras, days, desk.clock())
