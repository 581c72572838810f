"""What is known of cameras, their places, and the program: the facts, kept until they are old."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from camwatch.alerts.passages import Passages
from camwatch.alerts.rules import PlaceRef, ProgramTrouble
from camwatch.alerts.signals import (
    CountFact,
    NoticeFact,
    ProgramFact,
    StateFact,
    Usual,
    WatchedCamera,
)
from camwatch.domain import CameraId, CameraState, Notice, Reason

STANDS = 2.0
"""A number that is older than so many intervals is unknown."""

STANDS_AT_LEAST_S = 2.0
"""But not before: at five pictures a second one that comes late is no gap."""

_MOST_STRANGERS = 1000
"""Cameras that nobody has told of yet, but whose facts came already."""


@dataclass(slots=True)
class Reading:
    """What is known of one camera.

    Attributes:
        count: People in view, as shown.
        at_once: People in view in the newest picture alone.
        zones: People in each zone, by its name.
        until_s: The numbers are known until then, on the clock that nobody sets.
        state: None while it is not known.
        reason: Why it is in this state.
        cause: Why it gives no picture: `reason`, unless that only follows from another.
    """

    count: int = 0
    at_once: int = 0
    zones: Mapping[str, int] = field(default_factory=dict)
    is_too_slow: bool = False
    until_s: float = float("-inf")
    state: CameraState | None = None
    reason: Reason = Reason.NONE
    cause: Reason = Reason.NONE
    notices: frozenset[Notice] = frozenset()


_NOTHING = Reading()


class Readings:
    """Keeps the newest facts, and what they add up to."""

    def __init__(self) -> None:
        self._readings: dict[CameraId, Reading] = {}
        self._known: Mapping[CameraId, WatchedCamera] = {}
        self.passages: dict[PlaceRef, Passages] = {}
        self.program: dict[tuple[ProgramTrouble, str], ProgramFact] = {}
        self.usual: Mapping[tuple[str, int], Usual] = {}

    def of(self, camera_id: CameraId) -> Reading:
        """Return what is known of a camera; not to be changed."""
        return self._readings.get(camera_id, _NOTHING)

    def count_of(self, camera_id: CameraId, now_s: float, *, at_once: bool = False) -> int | None:
        """Return the people in view of a camera; None if it is not known.

        Args:
            camera_id: Which camera.
            now_s: On the clock that nobody sets.
            at_once: Of the newest picture alone, and not as it is shown.
        """
        reading = self.of(camera_id)
        if now_s > reading.until_s:
            return None
        return reading.at_once if at_once else reading.count

    def zone_of(self, place: PlaceRef, now_s: float) -> int | None:
        """Return the people in a zone; None if it is not known."""
        reading = self.of(place.camera_id)
        return reading.zones.get(place.name) if now_s <= reading.until_s else None

    def may_be_passed(self, place: PlaceRef) -> bool:
        """Tell whether a place is a line or a gate, as far as is known: no zone."""
        return place.name not in self.of(place.camera_id).zones

    def set_cameras(self, cameras: Mapping[CameraId, WatchedCamera], now_s: float) -> None:
        """Keep what is known of these cameras; what is not theirs is forgotten."""
        gone = self._known.keys() - cameras.keys()
        strangers = self._readings.keys() - cameras.keys()
        if len(strangers) > _MOST_STRANGERS:
            gone = gone | strangers
        for camera_id in gone:
            self._readings.pop(camera_id, None)
        self._known = cameras
        places = {place for camera in cameras.values() for place in camera.places}
        self.passages = {
            place: self.passages.get(place) or Passages(now_s) for place in sorted_places(places)
        }

    def begin_day(self, now_s: float) -> None:
        """Count who passes from zero again: it is midnight."""
        for passages in self.passages.values():
            passages.begin_day(now_s)

    def is_gap(self, fact: CountFact, now_s: float) -> bool:
        """Tell whether the number before this one had become unknown meanwhile."""
        until_s = self.of(fact.camera_id).until_s
        return now_s > until_s > float("-inf")

    def take_count(self, fact: CountFact, now_s: float) -> None:
        """Take people who were counted."""
        reading = self._reading(fact.camera_id)
        stands_s = max(STANDS * fact.interval_s, STANDS_AT_LEAST_S)
        reading.count, reading.zones = fact.count, fact.zones
        reading.at_once = fact.count if fact.at_once is None else fact.at_once
        reading.is_too_slow = fact.is_too_slow
        reading.until_s = now_s + stands_s
        camera = self._known.get(fact.camera_id)
        for place in camera.places if camera else ():
            passages = self.passages[place]
            if place.name in fact.watched:
                passages.watched(now_s, stands_s)
            else:
                passages.not_watched()
            came = fact.passed_in.get(place.name, 0)
            went = fact.passed_out.get(place.name, 0)
            if came or went:
                passages.passed(came, went, now_s)

    def take_state(self, fact: StateFact) -> None:
        """Take the state of a camera."""
        reading = self._reading(fact.camera_id)
        follows = fact.reason in (Reason.CIRCUIT_OPEN, Reason.NONE)
        was_down = reading.state is not None and not reading.state.is_live
        if not (follows and was_down):
            reading.cause = fact.reason
        reading.state, reading.reason = fact.state, fact.reason

    def take_notices(self, fact: NoticeFact) -> None:
        """Take what is wrong with a camera's pictures."""
        self._reading(fact.camera_id).notices = fact.notices

    def _reading(self, camera_id: CameraId) -> Reading:
        return self._readings.setdefault(camera_id, Reading())


def sorted_places(places: Iterable[PlaceRef]) -> list[PlaceRef]:
    """Return places by camera and name, so that the same input gives the same order."""
    return sorted(places, key=lambda place: (place.camera_id, place.name))
