"""What the time machine asks of the commands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from camwatch.alerts.alert import Alert
from camwatch.alerts.inbox import AlertQuery
from camwatch.auth.session import Session
from camwatch.domain import Bucket, BucketSize, CameraId
from camwatch.history.moments import Moment, StoredPicture


class MomentCommands(Protocol):
    """What this asks of `camwatch.commands.Commands`."""

    def open_time_machine(self, session: Session, moment: datetime) -> None:
        """Note that somebody begins to look at the past."""
        ...

    def moment(self, session: Session, at: datetime, camera_ids: Collection[CameraId]) -> Moment:
        """Return what is known of a moment."""
        ...

    def moment_pictures(
        self, session: Session, at: datetime, camera_ids: Collection[CameraId]
    ) -> Mapping[CameraId, StoredPicture]:
        """Return the stored pictures of a moment."""
        ...

    def alert_beside(self, session: Session, at: datetime, is_after: bool) -> datetime | None:
        """Return when the next alert was raised, or the one before."""
        ...

    def history(  # noqa: PLR0917 - as the command has it
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
        """Return the history of cameras added up."""
        ...

    def alerts(self, session: Session, query: AlertQuery) -> list[Alert]:
        """Return alerts, newest first."""
        ...
