"""People who walk through a view on paper, followed by the real tracker, as heat."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from camwatch.detect.tracker import Tracker
from camwatch.detect.trails import TrailKeeper
from camwatch.domain import CameraId
from camwatch.scene import Point
from camwatch.scene.heat import ASPECT, Heat
from tests.detect.paths import SURE, THRESHOLD, Picture, arrays

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HEIGHT = 0.3
WIDTH = HEIGHT * 0.4 / ASPECT
GAP_S = 5.0
"""From one walk to the next; the tracker has given up the first by then."""


def walk(
    start: Point, end: Point, t_s: float, rate: float = 10.0, speed: float = 1.2
) -> Iterator[Picture]:
    """Yield pictures of somebody whose middle goes from start to end, cut at the edges.

    Args:
        start: In parts of the picture; may lie outside of it.
        end: Likewise.
        t_s: When the first picture is taken.
        rate: Pictures a second.
        speed: Box widths a second.
    """
    length = math.hypot(end[0] - start[0], (end[1] - start[1]) / ASPECT)
    steps = max(1, round(length / (speed * WIDTH) * rate))
    for step in range(steps + 1):
        x = start[0] + (end[0] - start[0]) * step / steps
        y = start[1] + (end[1] - start[1]) * step / steps
        left, right = max(0.0, x - WIDTH / 2), min(1.0, x + WIDTH / 2)
        top, bottom = max(0.0, y - HEIGHT / 2), min(1.0, y + HEIGHT / 2)
        is_seen = right - left > WIDTH / 2 and bottom - top > HEIGHT / 2
        yield t_s + step / rate, [(left, top, right, bottom, SURE)] if is_seen else []


def one_after_another(walks: Sequence[tuple[Point, Point]], rate: float = 10.0) -> list[Picture]:
    """Return pictures of people who walk one after another."""
    pictures: list[Picture] = []
    t_s = 0.0
    for start, end in walks:
        pictures += walk(start, end, t_s, rate)
        t_s = pictures[-1][0] + 1 / rate
        pictures += [(t_s + step / rate, []) for step in range(round(GAP_S * rate))]
        t_s = pictures[-1][0] + 1 / rate
    return pictures


def heat_of(pictures: Sequence[Picture], rate: float = 10.0) -> Heat:
    """Return where the people were, as the tracker follows them."""
    tracker, keeper = Tracker(THRESHOLD), TrailKeeper(CameraId(1), {})
    for t_s, boxes in pictures:
        found, scores = arrays(boxes)
        progress = tracker.step(t_s, found, scores)
        counted = found[scores >= THRESHOLD]
        keeper.add(NOON + timedelta(seconds=t_s), t_s, 1 / rate, counted, progress)
    heat = Heat.empty()
    for trails in keeper.finish(NOON + timedelta(seconds=pictures[-1][0])):
        heat += trails.heat
    return heat


def jittered(seed: int, count: int, start: Point, end: Point) -> list[tuple[Point, Point]]:
    """Return walks from about one point to about another, the same for each seed."""
    chance = np.random.default_rng(seed)
    shifts = chance.normal(0, 0.02, (count, 2))
    return [
        ((start[0] + dx, start[1] + dy), (end[0] + dx, end[1] + dy)) for dx, dy in shifts.tolist()
    ]
