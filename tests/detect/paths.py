"""Boxes of people on paper, for following them without pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from camwatch.detect.flow import FlowCounter
from camwatch.detect.gates import GateCounter
from camwatch.detect.lines import LineCounter
from camwatch.detect.tracker import Tracker, Waypoint
from camwatch.domain import Boxes, Detections, Scores
from camwatch.scene import Crossing

THRESHOLD = 0.33
SURE, UNSURE = 0.8, 0.2
WIDTH, HEIGHT = 0.1, 0.4

Box = tuple[float, float, float, float, float]
"""x1 y1 x2 y2 in parts of the picture, and the score."""

Picture = tuple[float, Sequence[Box]]
"""When it was taken, seconds, and what was seen."""


def person(x: float, y: float = 0.6, score: float = SURE, width: float = WIDTH) -> Box:
    """Return the box of somebody whose middle is at x, y, cut at the picture's edges."""
    left, right = max(0.0, x - width / 2), min(1.0, x + width / 2)
    return left, max(0.0, y - HEIGHT / 2), right, min(1.0, y + HEIGHT / 2), score


def arrays(boxes: Sequence[Box]) -> tuple[Boxes, Scores]:
    """Return boxes and scores as a detector gives them, in parts of the picture."""
    table = np.array(boxes, np.float32).reshape(-1, 5)
    return table[:, :4], table[:, 4]


def found(boxes: Sequence[Box]) -> Detections:
    """Return the same as what was found in a picture of 1 x 1 pixels."""
    return Detections(*arrays(boxes))


def walk(x1: float, x2: float, speed: float, rate: float, t_s: float = 0.0) -> list[Picture]:
    """Return pictures of one person who walks from x1 to x2.

    Args:
        x1: Where they start, in parts of the picture.
        x2: Where they end.
        speed: Box widths a second.
        rate: Pictures a second.
        t_s: When they start.
    """
    steps = int(abs(x2 - x1) / (speed * WIDTH) * rate) + 1
    step = speed * WIDTH / rate * (1 if x2 > x1 else -1)
    return [(t_s + index / rate, [person(x1 + index * step)]) for index in range(steps)]


def followed(
    pictures: Iterable[Picture], tracker: Tracker | None = None
) -> tuple[list[Waypoint], list[int]]:
    """Follow the people; return where they were seen, and who was gone before the end."""
    tracker = tracker or Tracker(THRESHOLD)
    places: list[Waypoint] = []
    ended: list[int] = []
    for t_s, boxes in pictures:
        progress = tracker.step(t_s, *arrays(boxes))
        places += progress.waypoints
        ended += progress.ended
    return places, ended


def seen_at(
    counter: LineCounter | GateCounter,
    places: Iterable[tuple[float, float]],
    track: int = 1,
    width: float = WIDTH,
) -> list[Crossing]:
    """Let one person be seen at these places x, y, twice a second."""
    return [
        crossing
        for index, (x, y) in enumerate(places)
        for crossing in counter.follow(Waypoint(track, index / 2, x, y, width, HEIGHT, 1.0))
    ]


def passed(
    counter: LineCounter | GateCounter, xs: Iterable[float], track: int = 1
) -> list[Crossing]:
    """Let one person be seen at these places, twice a second, and then be gone."""
    return [*seen_at(counter, ((x, 0.5) for x in xs), track), *counter.end(track)]


def flowed(flow: FlowCounter, pictures: Iterable[Picture]) -> list[Crossing]:
    """Count a whole recording."""
    crossings: list[Crossing] = []
    for t_s, boxes in pictures:
        crossings += flow.add(t_s, found(boxes), (1, 1)).crossings
    return [*crossings, *flow.finish()]
