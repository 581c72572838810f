"""What the operator counted, without seeing the program's numbers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from camwatch.accuracy.recording import AuditKind
from camwatch.accuracy.stored import Stored
from camwatch.errors import InvalidSetting
from camwatch.language import tr
from camwatch.scene import Direction

MOST_PEOPLE = 10_000


@dataclass(frozen=True, slots=True)
class Step:
    """From this time on so many people were in view, until the next step.

    Attributes:
        t_s: Seconds from the recording's start.
        people: 0 to `MOST_PEOPLE`.
    """

    t_s: float
    people: int


@dataclass(frozen=True, slots=True)
class TruePassage:
    """Somebody passed the line.

    Attributes:
        t_s: Seconds from the recording's start.
        direction: Which way.
    """

    t_s: float
    direction: Direction


@dataclass(frozen=True, slots=True)
class PictureTruth:
    """So many people are in one picture.

    Attributes:
        index: Which picture of the recording, from 0. Pictures that were passed over are
            not there.
        people: 0 to `MOST_PEOPLE`.
    """

    index: int
    people: int


@dataclass(frozen=True, slots=True)
class Truth(Stored):
    """What was really there, for a recording of the same kind.

    Attributes:
        kind: Says which of the three lists is used; the others are empty.
        steps: For OCCUPANCY, in order of time, the first at 0 s.
        passages: For PASSAGES, in order of time; empty if nobody came.
        pictures: For PICTURES, by index.
        until_s: Seconds up to which it was counted; None is the whole recording.

    Raises:
        InvalidSetting: These do not fit together; the field says which.
    """

    FORMAT: ClassVar[str] = "camwatch-truth"

    kind: AuditKind
    steps: tuple[Step, ...] = ()
    passages: tuple[TruePassage, ...] = ()
    pictures: tuple[PictureTruth, ...] = ()
    until_s: float | None = None

    def __post_init__(self) -> None:
        """Check what belongs together."""
        lists = {
            AuditKind.OCCUPANCY: ("steps", self.steps),
            AuditKind.PASSAGES: ("passages", self.passages),
            AuditKind.PICTURES: ("pictures", self.pictures),
        }
        for kind, (name, values) in lists.items():
            if values and kind is not self.kind:
                raise InvalidSetting(
                    name, tr("do not belong to an audit of {value}", value=self.kind.value)
                )
        self._check_order("steps", [one.t_s for one in self.steps], may_repeat=False)
        self._check_order("passages", [one.t_s for one in self.passages], may_repeat=True)
        self._check_order("pictures", [one.index for one in self.pictures], may_repeat=False)
        if self.kind is AuditKind.OCCUPANCY and (not self.steps or self.steps[0].t_s != 0):
            raise InvalidSetting("steps", tr("do not begin at 0 s"))
        numbers = [step.people for step in self.steps] + [one.people for one in self.pictures]
        if not all(0 <= people <= MOST_PEOPLE for people in numbers):
            raise InvalidSetting(
                "people", tr("are not from 0 to {most_people}", most_people=MOST_PEOPLE)
            )
        if self.until_s is not None and self.until_s <= 0:
            raise InvalidSetting("until_s", tr("is not above zero"))

    @staticmethod
    def _check_order(name: str, keys: Sequence[float], *, may_repeat: bool) -> None:
        if keys and keys[0] < 0:
            raise InvalidSetting(name, tr("begin before the recording"))
        if list(keys) != sorted(keys) or (not may_repeat and len(set(keys)) != len(keys)):
            raise InvalidSetting(name, tr("are not in order"))

    def people_at(self, t_s: float) -> int:
        """Return how many people were in view at a time, for OCCUPANCY."""
        times = [step.t_s for step in self.steps]
        return self.steps[max(bisect_right(times, t_s) - 1, 0)].people
