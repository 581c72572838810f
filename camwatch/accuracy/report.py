"""What an audit found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from camwatch.accuracy.recording import AuditKind, Light
from camwatch.accuracy.setup import Setup
from camwatch.accuracy.stored import Stored
from camwatch.accuracy.truth import TruePassage
from camwatch.domain import CameraId


class Crowding(StrEnum):
    """How many people there really were: in view at once, or passing in one interval."""

    EMPTY = "empty"  # 0
    FEW = "few"  # 1 or 2
    SOME = "some"  # 3 to 5
    MANY = "many"  # 6 and more

    @classmethod
    def of(cls, people: float) -> Crowding:
        """Tell the crowding from a number of people; a mean is rounded up from 0 to 1."""
        if people <= 0:
            return cls.EMPTY
        if people < 2.5:
            return cls.FEW
        return cls.SOME if people < 5.5 else cls.MANY


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, and where the real one lies with a confidence of 95 %.

    Attributes:
        value: As found in this audit.
        low: Lower end.
        high: Upper end.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Interval:
    """One interval of an audit; for PICTURES, one picture.

    Attributes:
        start_s: Seconds from the recording's start.
        end_s: Seconds; the same as the start for a single picture.
        truth: What was really there: people who passed, or people in view on average.
        counted: What the program said, likewise.
        absolute: Size of the error. For PASSAGES the errors of both directions added up,
            so that a missed *in* and a false *out* do not cancel out.
        light: The light in most of its pictures.
        crowding: By the truth.
    """

    start_s: float
    end_s: float
    truth: float
    counted: float
    absolute: float
    light: Light
    crowding: Crowding

    @property
    def signed(self) -> float:
        """What the program counted too many; below 0 too few."""
        return self.counted - self.truth


@dataclass(frozen=True, slots=True)
class GroupResult:
    """The errors of several intervals.

    Attributes:
        light: The intervals with this light only; None: any.
        crowding: The intervals with this crowding only; None: any.
        intervals: How many there are, at least 1.
        truth: Sum over the intervals of what was really there.
        counted: Sum over the intervals of what the program said.
        signed: Mean error of an interval, above 0 if too many were counted; None where
            there are too few intervals to say how sure that is.
        absolute: Mean size of the error of an interval; None likewise.
        accuracy: 1 - sum of the sizes of the errors / truth, 0 to 1 (0 as well when the
            errors are larger than the truth); None likewise, and when nobody came.
    """

    light: Light | None
    crowding: Crowding | None
    intervals: int
    truth: float
    counted: float
    signed: Estimate | None
    absolute: Estimate | None
    accuracy: Estimate | None

    @property
    def nobody_came(self) -> bool:
        """True if there was nobody to count, so that there is no accuracy in per cent."""
        return self.truth == 0

    @property
    def mean_truth(self) -> float:
        """What was really there in an interval on average."""
        return self.truth / self.intervals

    @property
    def mean_counted(self) -> float:
        """What the program said of an interval on average."""
        return self.counted / self.intervals


@dataclass(frozen=True, slots=True)
class PassageMatch:
    """Which passages were seen, one by one.

    Attributes:
        tolerance_s: So far apart two times may be and mean the same passage.
        matched: Passages that were counted, in the right direction.
        missed: Real ones that were not counted.
        false: Counted ones that were none.
        recall: Share of the real ones that were counted; None if nobody passed.
        precision: Share of the counted ones that were real; None if none was counted.
        inwards: Really in, and counted in.
        outwards: Really out, and counted out.
    """

    tolerance_s: float
    matched: int
    missed: tuple[TruePassage, ...]
    false: tuple[TruePassage, ...]
    recall: Estimate | None
    precision: Estimate | None
    inwards: tuple[int, int]
    outwards: tuple[int, int]


@dataclass(frozen=True, slots=True)
class ScoredPicture:
    """A picture whose people are known, with what the detector saw in it.

    Attributes:
        t_s: Seconds from the recording's start.
        people: How many there really were.
        scores: As in `RecordedPicture`.
    """

    t_s: float
    people: int
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class AuditReport(Stored):
    """The result of an audit.

    Attributes:
        uid: UUID text of this report.
        recording_uid: Of the recording it was made from.
        camera_id: Which camera.
        camera_name: What it was called then.
        kind: What was audited.
        place: The line or gate of an audit of passages; None otherwise.
        started_at: When the recording began, UTC.
        duration_s: How much of it was counted, seconds.
        interval_s: Length of an interval, seconds; 0 for PICTURES.
        made_at: When the audit was made, UTC.
        made_by: Name of the operator who counted.
        comment: What they wrote.
        setup: What counted.
        overall: All intervals together.
        by_light: One result for each light there was, brightest first.
        by_crowding: One result for each crowding there was, emptiest first.
        intervals: In order of time.
        passages: For PASSAGES; None otherwise.
        scored: For finding a better threshold; empty for PASSAGES. At most some hundred
            pictures, evenly chosen from all.
    """

    FORMAT: ClassVar[str] = "camwatch-audit"

    uid: str
    recording_uid: str
    camera_id: CameraId
    camera_name: str
    kind: AuditKind
    place: str | None
    started_at: datetime
    duration_s: float
    interval_s: float
    made_at: datetime
    made_by: str
    comment: str
    setup: Setup
    overall: GroupResult
    by_light: tuple[GroupResult, ...]
    by_crowding: tuple[GroupResult, ...]
    intervals: tuple[Interval, ...]
    passages: PassageMatch | None
    scored: tuple[ScoredPicture, ...] = ()

    @property
    def lights(self) -> tuple[Light, ...]:
        """The lights there were, brightest first."""
        return tuple(one.light for one in self.by_light if one.light is not None)
