"""What is gathered of people in a view: where, which way, how long, and that it stays small."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from camwatch.detect.tracker import Progress, Tracker, Waypoint
from camwatch.detect.trails import TrailKeeper
from camwatch.domain import CameraId, PlaceId
from camwatch.scene import Zone
from camwatch.scene.dwell import Dwell, HourTrails
from camwatch.scene.heat import COLUMNS, ROWS, Heat, cell_of
from tests.detect.paths import THRESHOLD, Box, Picture, arrays, person, walk

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOON_HOUR = int(NOON.timestamp()) // 3600
LEFT, ALL = PlaceId(11), PlaceId(12)
ZONES = {
    LEFT: Zone("left half", ((0, 0), (0.5, 0), (0.5, 1), (0, 1))),
    ALL: Zone("all", ((0, 0), (1, 0), (1, 1), (0, 1))),
}
NOBODY: Sequence[Box] = ()


class Watch:
    """A view that is followed as the program does it, from noon on."""

    def __init__(self, rate: float = 10.0, start: datetime = NOON) -> None:
        self.tracker = Tracker(THRESHOLD)
        self.keeper = TrailKeeper(CameraId(3), ZONES)
        self.interval_s = 1 / rate
        self.start = start
        self.t_s = 0.0

    def see(self, t_s: float, boxes: Sequence[Box]) -> None:
        found, scores = arrays(boxes)
        progress = self.tracker.step(t_s, found, scores)
        self.t_s = t_s
        self.keeper.add(self.now, t_s, self.interval_s, found[scores >= THRESHOLD], progress)

    def see_all(self, pictures: Sequence[Picture]) -> Watch:
        for t_s, boxes in pictures:
            self.see(t_s, boxes)
        return self

    @property
    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.t_s)

    def finish(self) -> list[HourTrails]:
        return self.keeper.finish(self.now)


def summed(trails: Sequence[HourTrails]) -> tuple[Heat, Dwell, Dwell]:
    heat, left, everywhere = Heat.empty(), Dwell(), Dwell()
    for one in trails:
        heat += one.heat
        left += one.dwell.get(LEFT, Dwell())
        everywhere += one.dwell.get(ALL, Dwell())
    return heat, left, everywhere


def standing(x: float, seconds: float, rate: float = 10.0, t_s: float = 0.0) -> list[Picture]:
    return [(t_s + step / rate, [person(x)]) for step in range(round(seconds * rate) + 1)]


@pytest.mark.parametrize("rate", [25.0, 10.0, 2.0, 1.0])
def test_people_seconds_are_those_that_passed(rate: float) -> None:
    heat, _, _ = summed(Watch(rate).see_all(standing(0.3, 60, rate)).finish())
    feet = cell_of(0.3, 0.8)
    # The first picture stands for one interval, too.
    assert heat.presence_s[feet] == pytest.approx(60 + 1 / rate, abs=0.05)
    assert heat.presence_s.sum() == heat.presence_s[feet]
    assert heat.watched_s == pytest.approx(60 + 1 / rate, abs=0.05)
    assert heat.heights[8] == 60 * rate + 1
    assert heat.heights.sum() == heat.heights[8]


def test_of_pictures_that_are_missing_nothing_is_known() -> None:
    pictures = standing(0.3, 10) + standing(0.3, 10, t_s=600)
    heat, _, _ = summed(Watch().see_all(pictures).finish())
    assert heat.watched_s == pytest.approx(20.2, abs=0.05)
    assert heat.presence_s.sum() == pytest.approx(20.2, abs=0.05)


def test_slow_pictures_stand_for_all_of_their_time() -> None:
    keeper = TrailKeeper(CameraId(1), ZONES)
    boxes, _ = arrays([person(0.3), person(0.7)])
    for index in range(10):
        keeper.add(NOON + timedelta(seconds=60 * index), 60.0 * index, 60.0, boxes, None)
    (trails,) = keeper.finish(NOON + timedelta(seconds=600))
    assert trails.heat.watched_s == 600
    assert trails.heat.presence_s.sum() == 1200
    # Nobody was followed, so how long people stayed is not known; it is not nothing.
    assert trails.dwell == {}


def test_where_nobody_came_that_is_known() -> None:
    (trails,) = Watch().see_all([(step / 10, NOBODY) for step in range(100)]).finish()
    assert trails.heat.is_empty
    assert trails.heat.watched_s == pytest.approx(10, abs=0.05)
    assert trails.dwell == {LEFT: Dwell(), ALL: Dwell()}


@pytest.mark.parametrize("rate", [10.0, 2.0])
def test_who_walks_through_leaves_a_trail_from_edge_to_edge(rate: float) -> None:
    pictures = walk(-0.02, 1.02, 1.2, rate)
    pictures += [(pictures[-1][0] + step / rate, NOBODY) for step in range(1, int(5 * rate))]
    heat, _, _ = summed(Watch(rate).see_all(pictures).finish())
    assert heat.walks == 1
    assert heat.born.sum() == heat.lost.sum() == 0
    assert heat.moved_x.sum() == pytest.approx(1.0, abs=0.1)
    assert abs(heat.moved_y.sum()) < 0.02
    row, _ = cell_of(0.5, 0.6)
    # One cell long in each cell, except where the box was cut.
    assert heat.walked[0, row, 4:44] == pytest.approx(np.ones(40), abs=0.1)


def test_who_appears_and_vanishes_in_mid_view_is_marked_there() -> None:
    pictures = walk(0.3, 0.7, 1.0, 10)
    pictures += [(pictures[-1][0] + step / 10, NOBODY) for step in range(1, 50)]
    heat, _, _ = summed(Watch().see_all(pictures).finish())
    assert np.argwhere(heat.born).tolist() == [list(cell_of(0.3, 0.6))]
    assert np.argwhere(heat.lost).tolist() == [list(cell_of(0.7, 0.6))]
    assert (heat.born.sum(), heat.lost.sum(), heat.walks) == (1, 1, 1)


@pytest.mark.parametrize(
    ("x", "y", "is_normal"),
    [
        (0.09, 0.5, True),
        (0.91, 0.5, True),
        (0.5, 0.78, True),
        (0.5, 0.22, True),
        (0.13, 0.5, False),
    ],
)
def test_within_half_a_box_width_of_the_edge_people_come_and_go(
    x: float, y: float, is_normal: bool
) -> None:
    pictures: list[Picture] = [(step / 10, [person(x, y)]) for step in range(20)]
    pictures += [(2 + step / 10, NOBODY) for step in range(50)]
    heat, _, _ = summed(Watch().see_all(pictures).finish())
    assert bool(heat.born.sum() == 0) is is_normal
    assert bool(heat.lost.sum() == 0) is is_normal


@pytest.mark.parametrize("rate", [10.0, 2.0])
def test_stays_are_as_long_as_they_were(rate: float) -> None:
    # Half a minute on the left, then over to the right and out.
    pictures = standing(0.25, 30, rate)
    pictures += walk(0.25, 1.02, 1.0, rate, 30 + 1 / rate)
    pictures += [(pictures[-1][0] + step / rate, NOBODY) for step in range(1, int(5 * rate))]
    _, left, everywhere = summed(Watch(rate).see_all(pictures).finish())
    assert (left.visits, everywhere.visits) == (1, 1)
    # The walk begins one picture after the standing, and ends when the person is half out.
    assert left.dwell_ms == pytest.approx(32_500 + 1000 / rate, abs=300)
    assert everywhere.dwell_ms == pytest.approx(37_500 + 1000 / rate, abs=700)


def test_hidden_for_two_seconds_is_still_the_same_stay() -> None:
    pictures: list[Picture] = [
        (step / 10, NOBODY if 100 <= step < 120 else [person(0.25)]) for step in range(300)
    ]
    pictures += [(30 + step / 10, NOBODY) for step in range(50)]
    _, left, _ = summed(Watch().see_all(pictures).finish())
    assert left.visits == 1
    assert left.longest_ms == pytest.approx(29_900, abs=1)


def test_a_stay_that_goes_on_is_carried_into_the_hour_in_which_it_began() -> None:
    watch = Watch(start=NOON - timedelta(seconds=20))
    taken: list[HourTrails] = []
    for index, (t_s, boxes) in enumerate(standing(0.25, 60)):
        watch.see(t_s, boxes)
        if index % 70 == 0:
            taken += watch.keeper.take(watch.now)
    assert summed(taken)[1] == Dwell()
    for step in range(50):
        watch.see(60.1 + step / 10, NOBODY)
    taken += watch.finish()
    stays = {one.hour: one.dwell[LEFT] for one in taken if one.dwell[LEFT].visits}
    assert list(stays) == [NOON_HOUR - 1]
    assert stays[NOON_HOUR - 1].dwell_ms == pytest.approx(60_000, abs=1)
    presence = {
        hour: sum(float(one.heat.presence_s.sum()) for one in taken if one.hour == hour)
        for hour in (NOON_HOUR - 1, NOON_HOUR)
    }
    assert presence == {
        NOON_HOUR - 1: pytest.approx(20, abs=0.2),
        NOON_HOUR: pytest.approx(40, abs=0.2),
    }


def test_taking_often_gives_the_same_as_taking_once() -> None:
    pictures = walk(-0.02, 1.02, 1.2, 10) + standing(0.3, 30, t_s=20)
    often, once = Watch(), Watch().see_all(pictures)
    parts: list[HourTrails] = []
    for t_s, boxes in pictures:
        often.see(t_s, boxes)
        parts += often.keeper.take(often.now)
    parts += often.finish()
    (many, left, everywhere), (one, left_once, everywhere_once) = (
        summed(parts),
        summed(once.finish()),
    )
    assert (left, everywhere) == (left_once, everywhere_once)
    for name in ("born", "lost", "heights"):
        assert (getattr(many, name) == getattr(one, name)).all()
    # Each hand-over rounds to 1/128.
    assert many.presence_s == pytest.approx(one.presence_s, abs=1.5)
    assert many.walked == pytest.approx(one.walked, abs=0.1)
    assert many.walks == one.walks


def test_when_the_camera_is_away_stays_end_where_people_were_seen_last() -> None:
    watch = Watch().see_all(standing(0.25, 20))
    assert watch.keeper.take(NOON + timedelta(seconds=25))[0].dwell[LEFT].visits == 0
    (trails,) = watch.keeper.take(NOON + timedelta(seconds=60))
    assert trails.dwell[LEFT] == Dwell.of(20)
    assert watch.keeper.remembered == 0
    assert watch.finish() == []


def test_when_the_clock_goes_back_nothing_is_counted_twice_or_below_nought() -> None:
    watch = Watch().see_all(standing(0.25, 20)).see_all(standing(0.25, 20, t_s=5))
    _, left, _ = summed(watch.finish())
    assert left.visits == 2
    assert left.dwell_ms == 40_000


def test_people_whom_nobody_declares_gone_are_forgotten() -> None:
    keeper = TrailKeeper(CameraId(1), ZONES)
    boxes, _ = arrays([person(0.3)])
    for index in range(300):
        place = Waypoint(index, index / 10, 0.3, 0.6, 0.1, 0.4, 0.0)
        at = NOON + timedelta(seconds=index / 10)
        keeper.add(at, index / 10, 0.1, boxes, Progress([place], [], 1, 0))
    assert keeper.remembered < 110


@pytest.mark.expects_warning
def test_what_nobody_takes_is_let_go_after_two_days(caplog: pytest.LogCaptureFixture) -> None:
    keeper = TrailKeeper(CameraId(1), {})
    boxes, _ = arrays([person(0.3)])
    for hour in range(50):
        keeper.add(NOON + timedelta(hours=hour), hour * 3600.0, 1.0, boxes, None)
    trails = keeper.take(NOON)
    assert [one.hour for one in trails] == [NOON_HOUR + hour for hour in range(2, 50)]
    assert sum("are lost" in record.message for record in caplog.records) == 2


def test_weeks_of_people_leave_nothing_behind() -> None:
    """Time runs fast: in each hour one walks through and one stands, and then it leaps on."""
    watch = Watch(rate=1.0)
    sizes: list[int] = []
    remembered = visits = 0
    hours = 16 * 24
    for hour in range(hours):
        begin_s = hour * 3600.0
        people = walk(-0.02, 1.02, 0.9, 1.0, begin_s)
        people += standing(0.3, 12, 1.0, begin_s + 30)
        watch.see_all(people)
        remembered = max(remembered, watch.keeper.remembered)
        visits += sum(one.dwell[ALL].visits for one in watch.keeper.take(watch.now))
        sizes.append(len(pickle.dumps(watch.keeper)))
    assert visits >= 2 * hours - 2
    assert remembered <= 4
    # Numbers grow by a digit; nothing else does.
    assert max(sizes) - sizes[0] < 100


def test_the_heat_fits_the_grid() -> None:
    watch = Watch()
    corners: list[Box] = [(0, 0, 0.05, 0.2, 0.8), (0.95, 0.8, 1, 1, 0.8)]
    watch.see_all([(step / 10, corners) for step in range(20)])
    heat, _, _ = summed(watch.finish())
    assert np.argwhere(heat.presence_s).tolist() == [[5, 1], [ROWS - 1, COLUMNS - 2]]
