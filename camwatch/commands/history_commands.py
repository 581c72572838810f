"""What supervisors ask of the past, and how they correct it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.correcting import Correcting
from camwatch.commands.guard import Guard, needs
from camwatch.commands.proving import measurement_at
from camwatch.commands.sight import About
from camwatch.commands.sight_rules import anything, correction_uid
from camwatch.commands.trail import Trail
from camwatch.data.engine import Database
from camwatch.domain import BucketSize, CameraId
from camwatch.events import Bus
from camwatch.history.asking import Measurement, UsualPoint, WeekMap
from camwatch.history.corrections import Correction, CorrectionDraft

_ONE = About(arguments={"uid": correction_uid, "why": anything})


@dataclass(frozen=True, slots=True)
class HistoryDesk:
    """What these commands stand on."""

    database: Database
    trail: Trail
    bus: Bus
    clock: Callable[[], datetime]


class HistoryCommands:
    """Part of `Commands`, whose errors they share; whoever inherits it calls `_init_history`."""

    guard: Guard
    _history: Database
    _correcting: Correcting

    def _init_history(self, desk: HistoryDesk) -> None:
        """Take what these commands work with."""
        self._history = desk.database
        self._correcting = Correcting(desk.database, desk.trail, desk.bus, desk.clock)

    @needs(Permission.VIEW_COUNTS)
    def week_map(
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> WeekMap:
        """Return how many people there are at each hour of the week, from the hours.

        Args:
            session: Who asks.
            camera_ids: Which cameras are added up; None for all.
            start: UTC.
            end: UTC; exclusive.
            zone: Whose hours.
        """
        del session
        return self._history.week.map(camera_ids, start, end, zone)

    @needs(Permission.VIEW_COUNTS)
    def usual_band(  # noqa: PLR0917 - as `history` has them
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> list[UsualPoint]:
        """Return what is usual for each bucket, from the twelve weeks before the stretch.

        Args:
            session: Who asks.
            camera_ids: Which cameras are added up; None for all.
            size: Of the buckets; those longer than an hour have no usual band, and none is
                returned.
            start: Lies in the first bucket.
            end: The last bucket begins before it.
            zone: Whose clocks.
        """
        del session
        wanted = list(self._history.cameras.names()) if camera_ids is None else camera_ids
        return self._history.usual.band(wanted, size, start, end, zone)

    @needs(Permission.VIEW_COUNTS)
    def measured_at(
        self, session: Session, camera_id: CameraId, at: datetime
    ) -> Measurement | None:
        """Return the measurement that stands for a moment, with all that proves it.

        Args:
            session: Who asks.
            camera_id: Whose.
            at: UTC.

        Returns:
            None if there is none: nothing was measured, or it is not kept any more.
        """
        sees_alerts = session.may(Permission.VIEW_ALERTS)
        return measurement_at(self._history, camera_id, at, sees_alerts=sees_alerts)

    @needs(Permission.VIEW_COUNTS)
    def corrections(
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        start: datetime,
        end: datetime,
    ) -> list[Correction]:
        """Return what people corrected in a stretch of time, newest first, withdrawn ones too."""
        del session
        return self._history.corrections.between(camera_ids, start, end)

    @needs(Permission.CORRECT_COUNTS)
    def add_correction(self, session: Session, draft: CorrectionDraft) -> Correction:
        """Lay a correction over the numbers of a stretch of time.

        Raises:
            InvalidSettings: With every refused field.
            NotFound: There is no such camera or place.
        """
        return self._correcting.add(session.actor, draft)

    @needs(Permission.CORRECT_COUNTS, about=_ONE)
    def withdraw_correction(self, session: Session, uid: str, why: str) -> Correction:
        """Let a correction hold no longer; it stays in the list.

        Raises:
            InvalidSettings: There is no reason, or it is too long.
            NotFound: There is no such correction.
            ChangedMeanwhile: Somebody else withdrew it.
        """
        return self._correcting.withdraw(session.actor, uid, why)
