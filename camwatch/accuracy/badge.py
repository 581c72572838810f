"""The badge beside a camera's numbers: how right they were when last audited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from camwatch.accuracy.recording import AuditKind, Light
from camwatch.accuracy.report import AuditReport, Estimate
from camwatch.accuracy.setup import Setup, SetupPart
from camwatch.domain import CameraId

OLD_AFTER = timedelta(days=90)
FEWEST_INTERVALS = 10
"""With fewer, the accuracy is a guess."""


@dataclass(frozen=True, slots=True)
class Badge:
    """What the newest audit of a camera says, and whether it still holds.

    Attributes:
        camera_id: Which camera.
        audit_uid: The report.
        kind: What was audited.
        place: The line or gate; None unless passages were audited.
        audited_at: When, UTC.
        accuracy: 0 to 1 with its interval; None if nobody came or there was too little.
        nobody_came: There was nobody to count.
        intervals: How many intervals or pictures were compared.
        lights: The lights there were, brightest first.
        changed: What is not as it was at the audit.
        is_setup_known: False if it is not known what counts now, so `changed` says nothing.
        is_old: The audit is older than `OLD_AFTER`.
        has_few: Fewer than `FEWEST_INTERVALS` were compared.
    """

    camera_id: CameraId
    audit_uid: str
    kind: AuditKind
    place: str | None
    audited_at: datetime
    accuracy: Estimate | None
    nobody_came: bool
    intervals: int
    lights: tuple[Light, ...]
    changed: tuple[SetupPart, ...]
    is_setup_known: bool
    is_old: bool
    has_few: bool

    @property
    def is_stale(self) -> bool:
        """True if a warning belongs to it: it may not say how right the numbers are now."""
        return bool(self.changed) or self.is_old or self.has_few


def badge_of(report: AuditReport, setup: Setup | None, now: datetime) -> Badge:
    """Make the badge of a report.

    Args:
        report: The newest of the camera.
        setup: What counts now; None if that is not known.
        now: UTC.
    """
    return Badge(
        camera_id=report.camera_id,
        audit_uid=report.uid,
        kind=report.kind,
        place=report.place,
        audited_at=report.made_at,
        accuracy=report.overall.accuracy,
        nobody_came=report.overall.nobody_came,
        intervals=report.overall.intervals,
        lights=report.lights,
        changed=report.setup.differences(setup) if setup else (),
        is_setup_known=setup is not None,
        is_old=now - report.made_at > OLD_AFTER,
        has_few=report.overall.intervals < FEWEST_INTERVALS,
    )
