"""What the charts and the windows beside them ask of `camwatch.commands.Commands`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from camwatch.auth.session import Session
from camwatch.domain import Bucket, BucketSize, Camera, CameraId, FlowBucket, PlaceId
from camwatch.scene import PlaceRecord


class CountCommands(Protocol):
    """Commands that tell what was counted where."""

    def cameras(self, session: Session) -> list[Camera]:
        """Return all cameras."""
        ...

    def places(self, session: Session) -> list[PlaceRecord]:
        """Return lines, gates and zones of all cameras in all their versions."""
        ...

    def history(  # noqa: PLR0917 - as the command has them
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
        *,
        is_corrected: bool = True,
    ) -> list[Bucket]:
        """Return each bucket of the range."""
        ...

    def flow_history(  # noqa: PLR0917 - as the command has them
        self,
        session: Session,
        place_id: PlaceId,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
        *,
        is_corrected: bool = True,
    ) -> list[FlowBucket]:
        """Return who passed a line or gate in each bucket of the range."""
        ...

    def zone_history(  # noqa: PLR0917 - as the command has them
        self,
        session: Session,
        place_id: PlaceId,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
        *,
        is_corrected: bool = True,
    ) -> list[Bucket]:
        """Return the people in a zone in each bucket of the range."""
        ...
