"""What of a camera's pictures may be shown and stored: values, and which of two hides more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from camwatch.domain import CameraId
from camwatch.errors import InvalidSetting
from camwatch.language import tr
from camwatch.scene.zones import Zone

MOST_COVERS = 32

SHORTEST_LIFT, LONGEST_LIFT = timedelta(minutes=5), timedelta(hours=8)

LEAST_REASON, MOST_REASON = 3, 300
"""Characters of a reason: "fire" is one, "x" is none."""


class PrivacyMode(StrEnum):
    """What is seen of people, from most to least."""

    OPEN = "open"
    BLURRED = "blurred"
    SILHOUETTES = "silhouettes"
    COUNT_ONLY = "count_only"

    @property
    def rank(self) -> int:
        """How much it hides: 0 for nothing."""
        return list(PrivacyMode).index(self)

    @property
    def needs_people(self) -> bool:
        """True if a picture may only be seen once it is known where people are in it."""
        return self in (PrivacyMode.BLURRED, PrivacyMode.SILHOUETTES)


@dataclass(frozen=True, slots=True)
class Privacy:
    """What may be seen of one camera's pictures.

    Attributes:
        mode: What is seen of people.
        covers: Areas that are never shown nor stored, in any mode. People in them are counted
            all the same; where nobody shall be counted, a `Scene` has masks.

    Raises:
        InvalidSetting: There are too many covers.
    """

    mode: PrivacyMode = PrivacyMode.OPEN
    covers: tuple[Zone, ...] = ()

    def __post_init__(self) -> None:
        """Check how many covers there are."""
        if len(self.covers) > MOST_COVERS:
            raise InvalidSetting(
                "covers",
                tr("are {count}, more than {most}", count=len(self.covers), most=MOST_COVERS),
            )

    @property
    def is_raw(self) -> bool:
        """True if the camera's own bytes may be shown and stored as they are."""
        return self.mode is PrivacyMode.OPEN and not self.covers

    def hides_less_than(self, other: Privacy) -> bool:
        """Tell whether something may be seen by this that may not be seen by the other.

        A cover that was moved counts as taken away: what it hid is seen in part.
        """
        if self.mode.rank < other.mode.rank:
            return True
        if self.mode is PrivacyMode.COUNT_ONLY:
            return False
        kept = {cover.points for cover in self.covers}
        return any(cover.points not in kept for cover in other.covers)


HIDDEN = Privacy(PrivacyMode.COUNT_ONLY)
"""What holds where nothing is known of a camera: nothing is shown."""


@dataclass(frozen=True, slots=True)
class Lift:
    """A privacy mode that somebody lifted for a while.

    Attributes:
        by: Login name of who did.
        reason: Why, in their words.
        since: When, UTC.
        until: When it ends by itself, UTC.
    """

    by: str
    reason: str
    since: datetime
    until: datetime

    def holds(self, now: datetime) -> bool:
        """Tell whether it holds now; a clock that was put back does not make it longer."""
        return self.since - timedelta(minutes=5) <= now < self.until


@dataclass(frozen=True, slots=True)
class PrivacyRecord:
    """The privacy of a camera as it is stored.

    Attributes:
        lift: The last time it was lifted, also if that is over; None if never, or ended by hand.
    """

    camera_id: CameraId
    privacy: Privacy = field(default_factory=Privacy)
    lift: Lift | None = None

    def present_lift(self, now: datetime) -> Lift | None:
        """Return the lift that holds now; None without one."""
        return self.lift if self.lift is not None and self.lift.holds(now) else None

    def live(self, now: datetime) -> Privacy:
        """Return what holds for the live view now: lifted or not, covers stay.

        What is stored follows `privacy` alone: lifting makes no stored picture open.
        """
        if self.present_lift(now) is None:
            return self.privacy
        return replace(self.privacy, mode=PrivacyMode.OPEN)


def checked_reason(reason: str) -> str:
    """Return a reason as it is stored: 3 to 300 characters that can be read.

    Raises:
        InvalidSetting: It is none.
    """
    text = " ".join(reason.split())
    if len(text) < LEAST_REASON or not text.isprintable():
        raise InvalidSetting("reason", tr("is missing; say why in a few words"))
    if len(text) > MOST_REASON:
        raise InvalidSetting("reason", tr("is longer than {most} characters", most=MOST_REASON))
    return text


def checked_duration(wanted: timedelta) -> timedelta:
    """Return for how long privacy is lifted: 5 minutes to 8 hours.

    Raises:
        InvalidSetting: It is another.
    """
    if not SHORTEST_LIFT <= wanted <= LONGEST_LIFT:
        raise InvalidSetting("duration", tr("is not from 5 minutes to 8 hours"))
    return wanted


def by_camera(records: Sequence[PrivacyRecord]) -> dict[CameraId, PrivacyRecord]:
    """Return records by their camera."""
    return {record.camera_id: record for record in records}
