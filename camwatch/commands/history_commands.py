"""What supervisors ask of the past, and how they correct it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs
from camwatch.domain import BucketSize, CameraId
from camwatch.history.asking import Measurement, UsualPoint, WeekMap
from camwatch.history.corrections import Correction, CorrectionDraft


class HistoryCommands:
    """Commands about the past, mixed into `Commands`, whose errors they share."""

    guard: Guard

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
        raise NotImplementedError

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
            size: Of the buckets; those longer than an hour have no usual band, and none is returned.
            start: Lies in the first bucket.
            end: The last bucket begins before it.
            zone: Whose clocks.
        """
        raise NotImplementedError

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
        raise NotImplementedError

    @needs(Permission.VIEW_COUNTS)
    def corrections(
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        start: datetime,
        end: datetime,
    ) -> list[Correction]:
        """Return what people corrected in a stretch of time, newest first, withdrawn ones too."""
        raise NotImplementedError

    @needs(Permission.CORRECT_COUNTS)
    def add_correction(self, session: Session, draft: CorrectionDraft) -> Correction:
        """Lay a correction over the numbers of a stretch of time.

        Raises:
            InvalidSettings: With every refused field.
            NotFound: There is no such camera or place.
        """
        raise NotImplementedError

    @needs(Permission.CORRECT_COUNTS)
    def withdraw_correction(self, session: Session, uid: str, why: str) -> Correction:
        """Let a correction hold no longer; it stays in the list.

        Raises:
            InvalidSettings: There is no reason, or it is too long.
            NotFound: There is no such correction.
        """
        raise NotImplementedError
