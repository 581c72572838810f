"""Counts lines, gates and zones of one view, picture by picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from camwatch.detect.gates import GateCounter
from camwatch.detect.lines import LineCounter
from camwatch.detect.modes import Pace
from camwatch.detect.pace_meter import WINDOW_S, PaceMeter, SteadyPace
from camwatch.detect.tracker import WEAK_SHARE, Progress, Tracker
from camwatch.detect.zones import ZoneCounter
from camwatch.domain import Detections
from camwatch.scene import Crossing, Gate, Line, Zone


@dataclass(frozen=True, slots=True)
class Movement:
    """What one picture showed.

    Attributes:
        crossings: Those that became certain by it; each was at its own, earlier time.
        zones: People in each zone, in the order of the zones.
        progress: Where people were seen, and who is gone; None if nobody is followed.
    """

    crossings: Sequence[Crossing]
    zones: Sequence[int]
    progress: Progress | None = None


class FlowCounter:
    """Follows the people in one view and counts where they go. Not for several threads at once.

    Args:
        threshold: Lowest score of a box that is counted.
        lines: What is counted; may be empty.
        gates: What is counted; may be empty.
        zones: What is counted; may be empty.
        follows_all: Follow people even where there is neither a line nor a gate.
        window_s: So long what was measured of the pace counts, seconds; inf for a recording
            that is judged as a whole.
    """

    def __init__(
        self,
        threshold: float,
        lines: Sequence[Line] = (),
        zones: Sequence[Zone] = (),
        gates: Sequence[Gate] = (),
        *,
        follows_all: bool = False,
        window_s: float = WINDOW_S,
    ) -> None:
        self.zones = [ZoneCounter(zone) for zone in zones]
        self._threshold = threshold
        self._tracker = Tracker(threshold)
        self._meter = PaceMeter(window_s)
        self._steady = SteadyPace()
        self._passages: list[LineCounter | GateCounter] = [
            *(LineCounter(line) for line in lines),
            *(GateCounter(gate) for gate in gates),
        ]
        self._follows = follows_all or bool(self._passages)

    @property
    def lowest_score(self) -> float:
        """The detector is to be asked for boxes from this score on.

        Those below the threshold are not counted, but help to follow people.
        """
        return self._threshold * WEAK_SHARE if self._follows else self._threshold

    @property
    def pace(self) -> Pace:
        """How fast pictures come and people move; says whether crossings can be right."""
        return self._meter.pace

    @property
    def steady_pace(self) -> Pace:
        """The same as it was settled on: its mode does not flap. Costs nothing to ask for."""
        return self._steady.pace

    @property
    def remembered(self) -> int:
        """Of how many people something is kept, summed over all counters."""
        return self.passing + self._meter.remembered

    @property
    def passing(self) -> int:
        """Of how many people something is kept, because they are about or might be."""
        kept = sum(passage.remembered for passage in self._passages)
        return kept + self._tracker.followed

    def add(self, t_s: float, found: Detections, frame_wh: tuple[int, int]) -> Movement:
        """Take in one picture.

        Args:
            t_s: When it was taken, seconds; rising.
            found: Boxes in pixels, from `lowest_score` on.
            frame_wh: Width and height of the picture in pixels.
        """
        boxes = found.relative(frame_wh)
        zones = [zone.add(boxes[found.scores >= self._threshold]) for zone in self.zones]
        if not self._follows:
            return Movement([], zones)
        progress = self._tracker.step(t_s, boxes, found.scores)
        if self._passages:  # nobody asks for the pace where nothing can be passed
            self._meter.add(t_s, progress)
            if self._steady.is_due(t_s):
                self._steady.take(t_s, self._meter.pace)
        crossings = [
            crossing
            for place in progress.waypoints
            for passage in self._passages
            for crossing in passage.follow(place)
        ]
        return Movement(crossings + self._end(progress.ended), zones, progress)

    def finish(self) -> Sequence[Crossing]:
        """End a recording; return the crossings that were somebody's last step."""
        return self._end(self._tracker.finish())

    def _end(self, tracks: Sequence[int]) -> list[Crossing]:
        return [
            crossing
            for track in tracks
            for passage in self._passages
            for crossing in passage.end(track)
        ]


def sure_people(found: Detections, threshold: float) -> Detections:
    """Return the boxes that are counted, of those that a `FlowCounter` asked for."""
    is_sure = np.asarray(found.scores >= threshold)
    return Detections(found.boxes[is_sure], found.scores[is_sure])
