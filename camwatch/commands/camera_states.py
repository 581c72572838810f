"""How a camera did over a stretch of time, for who may know it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs
from camwatch.commands.state_history import StateHistory, state_history
from camwatch.data.camera_states import StateRepository
from camwatch.data.counts import CountRepository
from camwatch.data.workstations import WorkstationRepository
from camwatch.domain import CameraId


@dataclass(frozen=True, slots=True)
class StateDesk:
    """What the command about states reads from."""

    states: StateRepository
    counts: CountRepository
    workstations: WorkstationRepository
    clock: Callable[[], datetime]


class CameraStateCommands:
    """The command about states, mixed into `Commands`, whose errors it shares."""

    guard: Guard
    _states: StateDesk

    @needs(Permission.VIEW_CAMERA_STATES)
    def camera_states(
        self, session: Session, camera_id: CameraId, start: datetime, end: datetime
    ) -> StateHistory:
        """Return how a camera did, with its outages.

        Args:
            session: Who asks.
            camera_id: Which camera.
            start: First moment, UTC.
            end: The moment after the last, UTC; what is still to come is left out.
        """
        del session
        desk = self._states
        end = min(end, desk.clock())
        station = desk.workstations.of_cameras().get(camera_id, 0)
        return state_history(
            start,
            end,
            desk.states.before(camera_id, start),
            desk.counts.state_changes(camera_id, start, end),
            lambda after, before: desk.states.last_sign(after, before, station),
            desk.states.notices_before(camera_id, start),
            desk.counts.notice_changes(camera_id, start, end),
            desk.states.next_after(camera_id, end),
        )
