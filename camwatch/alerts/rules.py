"""Rules: what is watched for, where, when, and how serious it is. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from camwatch.alerts.schedule import ALWAYS, Schedule
from camwatch.domain import CameraId, SiteId

USUAL_PLAN = "usual"
"""Uid of the escalation plan that is always there."""

LONGEST_NAME = 100
LONGEST_TEMPLATE = 8 * 1024
"""Characters; see faults, part 2."""

TEMPLATE_FIELDS = (
    "rule",
    "severity",
    "subject",
    "camera",
    "site",
    "zone",
    "value",
    "threshold",
    "duration",
    "time",
    "reason",
    "common",
    "cameras",
    "number",
)
"""What a text template may name, as $field; nothing else."""


class Severity(StrEnum):
    """How serious it is."""

    INFORMATION = "information"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0, 1 or 2; the more serious, the higher."""
        return list(Severity).index(self)


class Side(StrEnum):
    """On which side of a threshold a number counts."""

    ABOVE = "above"
    BELOW = "below"


class Way(StrEnum):
    """Which crossings are counted."""

    IN = "in"
    OUT = "out"
    BOTH = "both"


class CameraTrouble(StrEnum):
    """What may be wrong with a camera."""

    DOWN = "down"
    FROZEN = "frozen"
    BLIND = "blind"
    TOO_SLOW = "too_slow"


class ProgramTrouble(StrEnum):
    """What may be wrong with the program or its computer."""

    STORAGE = "storage"
    DELIVERY = "delivery"
    MODEL = "model"
    CLOCK = "clock"
    DISK = "disk"


@dataclass(frozen=True, slots=True)
class Occupancy:
    """People are above or below a number for some time.

    ABOVE holds at `threshold` or more people, BELOW at `threshold` or fewer. It is over when the
    number has come back by `hysteresis`: at `threshold - hysteresis` or fewer for ABOVE, at
    `threshold + hysteresis` or more for BELOW.

    Attributes:
        threshold: People, 0 to 10,000.
        hysteresis: People, at least 1.
        for_s: It must hold so long without a gap, seconds, 0 to 86,400. At 0 a single picture is
            enough, and its own number counts, not the smoothed one that is shown.
        critical_at: From this number on (down to it, for BELOW) it is critical whatever the
            rule's severity; None for never.
    """

    side: Side
    threshold: int
    hysteresis: int = 1
    for_s: float = 0.0
    critical_at: int | None = None
    kind: Literal["occupancy"] = "occupancy"


@dataclass(frozen=True, slots=True)
class Crossings:
    """So many (or so few) pass a line or gate within a period that slides along.

    Attributes:
        way: Which are counted.
        threshold: Crossings; ABOVE holds at so many or more, BELOW at so many or fewer.
        period_s: Seconds, 60 to 86,400.
        critical_at: As in `Occupancy`.
    """

    way: Way
    side: Side
    threshold: int
    period_s: float
    critical_at: int | None = None
    kind: Literal["crossings"] = "crossings"


@dataclass(frozen=True, slots=True)
class Balance:
    """In minus out since midnight by the clocks of the site.

    Attributes:
        threshold: People; as in `Occupancy`.
        hysteresis: As in `Occupancy`.
        critical_at: As in `Occupancy`.
    """

    side: Side
    threshold: int
    hysteresis: int = 1
    critical_at: int | None = None
    kind: Literal["balance"] = "balance"


@dataclass(frozen=True, slots=True)
class Unusual:
    """Other numbers than usual for this hour of the week.

    The number is compared with the median of the stored weeks at this hour of the week; the
    spread is the median absolute deviation, scaled to a standard deviation (factor 1.4826), and
    never taken as less than one person.

    Attributes:
        side: More or fewer people than usual.
        spreads: So many spreads away from the median, 1 to 20.
        for_s: It must hold so long, seconds.
        least_weeks: With fewer weeks of this hour it never fires, 2 to 52.
    """

    side: Side = Side.ABOVE
    spreads: float = 4.0
    for_s: float = 300.0
    least_weeks: int = 3
    kind: Literal["unusual"] = "unusual"


@dataclass(frozen=True, slots=True)
class CameraCondition:
    """Something is wrong with a camera for some time.

    Attributes:
        trouble: What. DOWN: no current picture, for whatever reason but being switched off.
            FROZEN: the same picture again and again. BLIND: black, overexposed, covered, or
            out of focus. TOO_SLOW: pictures come too seldom to count who passes its lines.
        after_s: Seconds, 0 to 86,400.
    """

    trouble: CameraTrouble
    after_s: float = 60.0
    kind: Literal["camera"] = "camera"


@dataclass(frozen=True, slots=True)
class ProgramCondition:
    """Something is wrong with the program or its computer for some time.

    Attributes:
        trouble: What. STORAGE: the history is not saved. DELIVERY: alerts do not reach a
            channel. MODEL: people are not counted. CLOCK: the wall clock was set (it happens
            and is over at once). DISK: little room is left.
        after_s: Seconds, 0 to 86,400.
    """

    trouble: ProgramTrouble
    after_s: float = 0.0
    kind: Literal["program"] = "program"


Condition = Occupancy | Crossings | Balance | Unusual | CameraCondition | ProgramCondition


@dataclass(frozen=True, slots=True)
class PlaceRef:
    """A line, gate or zone by its name, so that a rule outlives its being moved."""

    camera_id: CameraId
    name: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What a rule is about; with nothing chosen it is all cameras, also later ones.

    Attributes:
        sites: All cameras of these sites, also later ones.
        cameras: These cameras as well.
        places: Only these lines, gates or zones; then sites and cameras are empty.
        is_together: The numbers of all of them are added up to one, where the condition is
            about a number; else each is watched by itself.
    """

    sites: frozenset[SiteId] = frozenset()
    cameras: frozenset[CameraId] = frozenset()
    places: frozenset[PlaceRef] = frozenset()
    is_together: bool = False

    @property
    def is_everything(self) -> bool:
        """True if nothing is chosen."""
        return not (self.sites or self.cameras or self.places)


@dataclass(frozen=True, slots=True)
class Rule:
    """What raises alerts.

    Attributes:
        uid: UUID text.
        name: 1 to 100 characters.
        severity: Of its alerts; see also `critical_at`.
        schedule: While it is off, nothing is raised; what is open goes on and returns.
        template: Text of its alerts with $fields of `TEMPLATE_FIELDS`; "" for the usual words.
        cool_down_s: After an alert of a subject was delivered it tells nobody anew for so long,
            unless it becomes more serious; seconds, 0 to 86,400.
        plan_uid: The escalation plan.
        keeps_picture: The picture of the moment is kept, where the settings allow it.
        version: Goes up with each change; whoever changes an older one is refused.
    """

    uid: str
    name: str
    condition: Condition
    scope: Scope = Scope()
    severity: Severity = Severity.WARNING
    schedule: Schedule = ALWAYS
    template: str = ""
    cool_down_s: float = 600.0
    plan_uid: str = USUAL_PLAN
    keeps_picture: bool = True
    is_enabled: bool = True
    version: int = 0
