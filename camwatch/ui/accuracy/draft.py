"""What the operator has counted so far. Knows no Qt, and nothing of what the program counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from camwatch.accuracy import AuditKind, PictureTruth, Step, TruePassage, Truth
from camwatch.accuracy.truth import MOST_PEOPLE
from camwatch.scene import Direction


@dataclass(frozen=True, slots=True)
class Mark:
    """Something the operator entered, as it stands on the timeline.

    Attributes:
        t_s: Seconds from the recording's start.
        text: A number of people, or "in" and "out".
        is_inwards: True for in, False for out, None for a number of people.
    """

    t_s: float
    text: str
    is_inwards: bool | None = None


class PassageDraft:
    """Who passed: marks in any order, for one may go back.

    Args:
        truth: What was kept; None begins anew.
    """

    def __init__(self, truth: Truth | None = None) -> None:
        self._marks: list[TruePassage] = list(truth.passages) if truth else []
        self.watched_s = (truth.until_s or 0.0) if truth else 0.0

    def add(self, t_s: float, direction: Direction) -> None:
        """Somebody passed at this time."""
        self._marks.append(TruePassage(t_s, direction))

    def remove_last(self) -> bool:
        """Take back what was entered last; False if there is nothing."""
        if self._marks:
            self._marks.pop()
            return True
        return False

    def total(self, direction: Direction) -> int:
        """Return how many passed this way."""
        return sum(mark.direction is direction for mark in self._marks)

    @property
    def marks(self) -> Sequence[Mark]:
        """What is entered."""
        return [
            Mark(one.t_s, one.direction.value, one.direction is Direction.IN) for one in self._marks
        ]

    @property
    def is_begun(self) -> bool:
        """True if there is something worth keeping."""
        return bool(self._marks) or self.watched_s > 0

    def truth(self, *, is_whole: bool) -> Truth:
        """Return what was counted.

        Args:
            is_whole: The recording was watched to its end.
        """
        marks = sorted(self._marks, key=lambda one: one.t_s)
        return Truth(AuditKind.PASSAGES, passages=tuple(marks), until_s=_until(self, is_whole))


class OccupancyDraft:
    """How many people are in view, from one moment on until the next entry.

    Args:
        truth: What was kept; None begins anew.
    """

    def __init__(self, truth: Truth | None = None) -> None:
        self._steps: dict[float, int] = (
            {one.t_s: one.people for one in truth.steps} if truth else {}
        )
        self._entered: list[float] = sorted(self._steps)
        self.watched_s = (truth.until_s or 0.0) if truth else 0.0

    def people_at(self, t_s: float) -> int | None:
        """Return how many are in view at a time; None before the first entry."""
        before = [moment for moment in self._steps if moment <= t_s]
        return self._steps[max(before)] if before else None

    def enter(self, t_s: float, people: int) -> None:
        """So many are in view from this time on; the first entry is of the start."""
        if not 0 <= people <= MOST_PEOPLE:
            return
        moment = t_s if self._steps else 0.0
        if self.people_at(moment) == people:
            return
        if moment in self._steps:
            self._entered.remove(moment)
        self._steps[moment] = people
        self._entered.append(moment)

    def change(self, t_s: float, by: int) -> None:
        """So many more (or fewer, below 0) are in view from this time on."""
        self.enter(t_s, max((self.people_at(t_s) or 0) + by, 0))

    def remove_last(self) -> bool:
        """Take back what was entered last; False if there is nothing but the start."""
        if len(self._entered) < 2:
            return False
        del self._steps[self._entered.pop()]
        return True

    @property
    def marks(self) -> Sequence[Mark]:
        """What is entered."""
        return [Mark(t_s, str(people)) for t_s, people in sorted(self._steps.items())]

    @property
    def is_begun(self) -> bool:
        """True if there is something worth keeping."""
        return bool(self._steps) and self.watched_s > 0

    def truth(self, *, is_whole: bool) -> Truth:
        """Return what was counted.

        Args:
            is_whole: The recording was watched to its end.

        Raises:
            InvalidSetting: Nothing was entered yet.
        """
        steps = tuple(Step(t_s, people) for t_s, people in sorted(self._steps.items()))
        return Truth(AuditKind.OCCUPANCY, steps=steps, until_s=_until(self, is_whole))


class PictureDraft:
    """How many people are in each of the pictures.

    Args:
        pictures: How many pictures there are.
        truth: What was kept; None begins anew.
    """

    def __init__(self, pictures: int, truth: Truth | None = None) -> None:
        self._pictures = pictures
        self._people = {one.index: one.people for one in truth.pictures} if truth else {}
        self._passed_over: set[int] = set()

    def people(self, index: int) -> int | None:
        """Return what was entered for a picture; None if nothing."""
        return self._people.get(index)

    def enter(self, index: int, people: int) -> None:
        """So many people are in this picture."""
        if 0 <= people <= MOST_PEOPLE:
            self._people[index] = people
            self._passed_over.discard(index)

    def pass_over(self, index: int) -> None:
        """Nobody can tell how many are in this picture."""
        self._people.pop(index, None)
        self._passed_over.add(index)

    @property
    def done(self) -> int:
        """How many pictures have a number."""
        return len(self._people)

    @property
    def left(self) -> int:
        """How many pictures have neither a number nor were passed over."""
        return self._pictures - len(self._people) - len(self._passed_over)

    @property
    def next_open(self) -> int:
        """The first picture without a number; the last one if there is none."""
        settled = self._people.keys() | self._passed_over
        return next((at for at in range(self._pictures) if at not in settled), self._pictures - 1)

    @property
    def is_begun(self) -> bool:
        """True if there is something worth keeping."""
        return bool(self._people)

    def truth(self) -> Truth:
        """Return what was counted."""
        found = sorted(self._people.items())
        return Truth(AuditKind.PICTURES, pictures=tuple(PictureTruth(*one) for one in found))


def _until(draft: PassageDraft | OccupancyDraft, is_whole: bool) -> float | None:
    """Return up to when the recording was watched; None for all of it."""
    return None if is_whole or draft.watched_s <= 0 else draft.watched_s
