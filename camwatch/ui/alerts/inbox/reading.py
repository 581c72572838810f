"""What the inbox reads in one go, on a thread of the background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from camwatch.alerts.alert import Alert, AlertState
from camwatch.alerts.inbox import AlertQuery
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import Camera
from camwatch.ui.alerts.inbox.counter import CounterCommands

_EVERYTHING = AlertQuery(states=frozenset(AlertState), limit=1)


class ReadingCommands(CounterCommands, Protocol):
    """What reading asks of `camwatch.commands.Commands`."""

    def cameras(self, session: Session) -> list[Camera]:
        """Return all cameras."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read.

    Attributes:
        alerts: Those that are wanted.
        last: The newest of all, if none is wanted; None if there was never any.
        cameras: To filter by; None if they may not be seen.
    """

    alerts: Sequence[Alert]
    last: Alert | None
    cameras: Sequence[Camera] | None


def read_inbox(commands: ReadingCommands, session: Session, query: AlertQuery) -> Answer:
    """Read the alerts that are wanted, and what goes with them. Blocks."""
    found = commands.alerts(session, query)
    newest = [] if found else commands.alerts(session, _EVERYTHING)
    sees_cameras = session.may(Permission.VIEW_CAMERAS)
    cameras = commands.cameras(session) if sees_cameras else None
    return Answer(found, newest[0] if newest else None, cameras)
