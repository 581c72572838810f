"""What keeps the house of the history in order, and how it went."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime
from enum import Flag, auto

_REST_AT_LEAST_S = 0.01
_REST_TIMES = 2.0


class Due(Flag):
    """When a chore is done."""

    START = auto()
    """Soon after the program has started."""

    NIGHT = auto()
    """Once a day, from the quiet hour on."""

    OFTEN = auto()
    """Every few minutes; it looks itself whether there is anything to do."""

    CHANGED = auto()
    """At once when how long things are kept was changed."""

    FULL = auto()
    """At once when the disk is full or nearly so."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Something that is done from time to time, in small steps.

    Attributes:
        name: What it is called where it is told of, such as "Deleting what is too old".
        work: Does a step each time the next value is asked for, and tells how long nobody else
            could write for it, seconds. May be left off after any step. It is given what tells
            whether to give up, for steps that take long.
        due: When.
        needs_right_clock: It would do harm by a clock that was set wrong.
    """

    name: str
    work: Callable[[Callable[[], bool]], Generator[float]]
    due: Due
    needs_right_clock: bool = False


@dataclass(frozen=True, slots=True)
class ChoreResult:
    """How a chore went last.

    Attributes:
        name: Which.
        ended_at: UTC.
        took_s: From its first step to its last.
        steps: How many there were.
        longest_s: The longest time for which nobody else could write.
        trouble: Why it failed, in words; "" if it did not.
    """

    name: str
    ended_at: datetime
    took_s: float
    steps: int
    longest_s: float
    trouble: str = ""


class HouseBook:
    """Knows how each chore went last; for any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._results: dict[str, ChoreResult] = {}

    def note(self, result: ChoreResult) -> bool:
        """Remember it; returns whether it is news: another trouble than before, or none any more."""
        with self._lock:
            before = self._results.get(result.name)
            self._results[result.name] = result
        return result.trouble != ("" if before is None else before.trouble)

    def results(self) -> list[ChoreResult]:
        """Return how each went, by name."""
        with self._lock:
            return [self._results[name] for name in sorted(self._results)]


def rest_s(held_s: float) -> float:
    """Return how long others have the database after a step that held it for so long."""
    return max(_REST_AT_LEAST_S, _REST_TIMES * held_s)
