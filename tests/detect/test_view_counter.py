"""One view from pictures to numbers, with the real gate and the real detector."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache

import numpy as np
import pytest

from camwatch.cameras.decode import decode_bytes, decode_grey
from camwatch.cameras.simulator.film import Film
from camwatch.config import Detection
from camwatch.detect.detector import Detector, open_detector
from camwatch.detect.motion import GREY_WH
from camwatch.detect.view_counter import Eyes, Left, ViewCounter, ViewCounters, relative
from camwatch.domain import Boxes, CameraId, Detections, Picture, PlaceId
from camwatch.errors import ModelUnfit
from camwatch.events import CountMeasured
from camwatch.paths import bundled_models
from camwatch.scene import Line, Mode, Scene, SceneRecord, Zone
from tests.data.values import NOON

GATE = CameraId(3)
SIZE = (1280, 720)
DOOR = Line("Door", (0.5, 0), (0.5, 1))
RIGHT = Zone("Right", ((0.5, 0), (1, 0), (1, 1), (0.5, 1)))
IDS = {"Door": PlaceId(11), "Right": PlaceId(12)}


@cache
def detector() -> Detector:
    return open_detector(Detection(), bundled_models())


def picture(data: bytes, t_s: float, interval_s: float) -> Picture:
    at = NOON + timedelta(seconds=t_s)
    return Picture(GATE, round(t_s * 10), data, SIZE, at, 100 + t_s, interval_s)


def eyes(data: bytes) -> Eyes:
    def search(lowest_score: float, _where: Boxes | None) -> Detections:
        pixels = decode_bytes(data, (640, 360))
        return relative(detector().detect(pixels, lowest_score), pixels)

    return Eyes(lambda: decode_grey(data, GREY_WH), search)


def filmed(film: Film, place: int, seconds: float) -> Iterator[tuple[Picture, int]]:
    """Yield each picture of a simulated place and how many people are in it."""
    for frame in range(int(seconds * film.fps)):
        moment = film.moment(place, frame)
        data = film.picture(place, frame)
        yield picture(data, frame / film.fps, 1 / film.fps), moment.occupancy


def counted(counter: ViewCounter, film: Film, place: int, seconds: float) -> list[CountMeasured]:
    return [
        counter.count(one, eyes(one.data), "nanodet-g") for one, _ in filmed(film, place, seconds)
    ]


@pytest.fixture
def film() -> Film:
    return Film(3, SIZE, fps=2, seed=5, cache_bytes=0)


def test_passages_at_two_pictures_a_second_are_those_of_the_site(film: Film) -> None:
    counter = ViewCounter(SceneRecord(GATE, Scene(lines=(DOOR,), zones=(RIGHT,)), IDS), 0.33)
    measured = counted(counter, film, 0, 60)
    passings = [one.passing for one in measured if one.passing is not None]
    assert passings[-1].mode is Mode.IN_OUT
    assert passings[-1].watched == (IDS["Door"],)
    passed = [passage for one in passings for passage in one.passages]
    # A passage becomes certain a picture or two after it.
    truth = film.moment(0, 114).crossings.since(film.moment(0, 0).crossings)
    assert truth.inwards + truth.outwards >= 10
    found = sum(one.is_inwards for one in passed)
    assert (found, len(passed) - found) == (truth.inwards, truth.outwards)
    assert {(one.place_id, one.name) for one in passed} == {(IDS["Door"], "Door")}
    assert all(NOON <= one.at <= measured[-1].at for one in passed)
    for one in measured:
        assert [zone.place_id for zone in one.zones] == [IDS["Right"]]
        assert one.zones[0].count <= one.count


def test_carrying_over_changes_hardly_any_count(film: Film) -> None:
    gated = counted(ViewCounter(SceneRecord(GATE, Scene()), 0.33), film, 1, 60)
    every = counted(ViewCounter(SceneRecord(GATE, Scene(recheck_s=0)), 0.33), film, 1, 60)
    assert any(one.is_carried for one in gated)
    assert not any(one.is_carried for one in every)
    differing = sum(a.count != b.count for a, b in zip(gated, every, strict=True))
    assert differing <= 0.02 * len(every)


def test_in_and_out_are_withheld_where_pictures_come_too_slowly() -> None:
    slow = Film(3, SIZE, fps=1, seed=5, cache_bytes=0)
    counter = ViewCounter(SceneRecord(GATE, Scene(lines=(DOOR,)), IDS), 0.33)
    last = counted(counter, slow, 0, 60)[-1].passing
    assert last is not None
    assert last.mode is Mode.OCCUPANCY
    assert (last.watched, last.passages) == ((), ())
    assert last.advice is not None
    assert "pictures a second" in last.advice


def test_after_an_outage_the_first_picture_is_searched(film: Film) -> None:
    counter = ViewCounter(SceneRecord(GATE, Scene()), 0.33)
    data = film.picture(0, 0)
    first = counter.count(picture(data, 0, 0.5), eyes(data), "m")
    same = counter.count(picture(data, 0.5, 0.5), eyes(data), "m")
    later = counter.count(picture(data, 60, 0.5), eyes(data), "m")
    assert [one.is_carried for one in (first, same, later)] == [False, True, False]


def test_a_search_that_fails_counts_nothing_and_is_not_carried_over(film: Film) -> None:
    counter = ViewCounter(SceneRecord(GATE, Scene()), 0.33)
    data = film.picture(0, 0)

    def broken(_lowest: float, _where: Boxes | None) -> Detections:
        raise ModelUnfit(None, "gives NaN")

    with pytest.raises(ModelUnfit):
        counter.count(picture(data, 0, 0.5), Eyes(lambda: decode_grey(data, GREY_WH), broken), "m")
    again = counter.count(picture(data, 0.5, 0.5), eyes(data), "m")
    assert not again.is_carried
    assert again.count == film.moment(0, 0).occupancy


def test_the_search_is_told_where_something_moved(film: Film) -> None:
    regions: list[Boxes | None] = []
    counter = ViewCounter(SceneRecord(GATE, Scene()), 0.33)
    for one, _ in filmed(film, 0, 20):
        look = eyes(one.data)

        def search(lowest: float, where: Boxes | None, look: Eyes = look) -> Detections:
            regions.append(where)
            return look.search(lowest, where)

        counter.count(one, Eyes(look.grey, search), "m")
    assert regions[0] is None
    moved = [where for where in regions if where is not None]
    assert moved
    for where in moved:
        assert where.shape[1] == 4
        assert len(where) >= 1
        assert (where[:, :2] < where[:, 2:]).all()
        assert where.min() >= 0
        assert where.max() <= 1


def test_another_scene_takes_over_and_the_old_one_hands_over_what_it_gathered() -> None:
    counters = ViewCounters(0.33)
    counters.enter()
    film = Film(1, SIZE, fps=2, seed=5, cache_bytes=0)
    first, left = counters.take(GATE, NOON)
    assert (first.record, list(left)) == (SceneRecord(GATE), [])
    counted(first, film, 0, 3)
    assert counters.take(GATE, NOON)[0] is first

    counters.set_scenes([SceneRecord(GATE, Scene(threshold=0.5))])
    second, left = counters.take(GATE, NOON + timedelta(seconds=3))
    assert second is not first
    assert second.threshold == 0.5
    assert sum(hour.heat.watched_s for hour in left) == pytest.approx(3, abs=0.6)
    # Nothing is left of it, and a thread that leaves takes what the others gathered.
    counters.enter()
    counted(second, film, 0, 2)
    assert counters.leave(NOON) == Left()
    last = counters.leave(NOON)
    assert sum(hour.heat.watched_s for hour in last.trails) == pytest.approx(2, abs=0.6)


def test_masked_people_are_in_no_number(film: Film) -> None:
    everywhere = Zone("All", ((0, 0), (1, 0), (1, 1), (0, 1)))
    scene = Scene(lines=(DOOR,), zones=(RIGHT,), masks=(everywhere,))
    counter = ViewCounter(SceneRecord(GATE, scene, IDS), 0.33)
    measured = counted(counter, film, 0, 30)
    assert {one.count for one in measured} == {0}
    assert {one.number for one in measured} == {0}
    assert not any(one.passing.passages for one in measured if one.passing)
    trails = counter.finish(measured[-1].at)
    assert float(np.sum([hour.heat.presence_s.sum() for hour in trails])) == 0.0


def walked(
    counters: ViewCounters, xs: list[float], start: int = 0, every_s: float = 0.2
) -> list[CountMeasured]:
    """Let one person walk along, a picture each; return the counts."""
    measured = []
    for n, x in enumerate(xs, start):
        box = np.array([[x - 0.05, 0.3, x + 0.05, 0.7]], np.float32)
        found = Detections(box, np.array([0.9], np.float32))
        grey = np.zeros((135, 240), np.uint8)
        look = Eyes(lambda grey=grey: grey, lambda _lowest, _where, found=found: found)  # type: ignore[misc]
        counter, _ = counters.take(GATE, NOON)
        measured.append(counter.count(picture(bytes([n]), n * every_s, every_s), look, "m"))
    return measured


def test_who_passed_just_before_the_scene_was_changed_is_counted_once() -> None:
    # Counted only once it is certain that they do not turn round.
    door = Line("Door", (0.5, 0), (0.5, 1), u_turn_s=30)
    counters = ViewCounters(0.33)
    counters.set_scenes([SceneRecord(GATE, Scene(lines=(door,), recheck_s=0), IDS)])
    steps = [0.2 + 0.03 * n for n in range(20)]
    before = walked(counters, steps)
    assert [one.passing.passages for one in before if one.passing] == [()] * 20
    # Another smoothing says nothing of who passed the door.
    changed = Scene(lines=(door,), recheck_s=0, smoothing_s=1)
    counters.set_scenes([SceneRecord(GATE, changed, IDS)])
    after = walked(counters, [0.8, 0.83, 0.86], start=20)
    passings = [one.passing for one in after]
    assert [len(one.passages) if one else None for one in passings] == [1, 0, 0]
    assert passings[0] is not None
    (passage,) = passings[0].passages
    assert (passage.place_id, passage.is_inwards) == (IDS["Door"], True)
    # When they were on the line: between the picture at 0.47 and the one at 0.5.
    assert passage.at == pytest.approx(NOON + timedelta(seconds=2.0), abs=timedelta(seconds=0.2))


def test_a_line_that_was_removed_still_gets_who_had_passed_it() -> None:
    door = Line("Door", (0.5, 0), (0.5, 1), u_turn_s=30)
    counters = ViewCounters(0.33)
    counters.set_scenes([SceneRecord(GATE, Scene(lines=(door,), recheck_s=0), IDS)])
    walked(counters, [0.2 + 0.03 * n for n in range(20)])
    counters.set_scenes([SceneRecord(GATE, Scene(recheck_s=0))])
    after = walked(counters, [0.8, 0.83], start=20)
    assert after[0].passing is not None
    assert after[0].passing.watched == ()
    assert [one.place_id for one in after[0].passing.passages] == [IDS["Door"]]
    assert after[1].passing is None


def test_the_first_picture_of_a_slow_camera_says_that_it_is_too_slow() -> None:
    counters = ViewCounters(0.33)
    counters.set_scenes([SceneRecord(GATE, Scene(lines=(DOOR,), recheck_s=0), IDS)])
    (slow,) = walked(counters, [0.2], every_s=300.0)
    assert slow.passing is not None
    assert slow.passing.mode is Mode.TOO_SLOW
    counters.set_scenes([SceneRecord(GATE, Scene(lines=(DOOR,), smoothing_s=1), IDS)])
    (fast,) = walked(counters, [0.2])
    assert fast.passing is not None
    assert (fast.passing.mode, fast.passing.watched) == (Mode.OCCUPANCY, ())


def test_the_counter_of_a_removed_camera_is_let_go() -> None:
    counters = ViewCounters(0.33)
    hall = CameraId(4)
    counters.set_scenes([SceneRecord(GATE), SceneRecord(hall)])
    first, stays = counters.take(GATE, NOON)[0], counters.take(hall, NOON)[0]
    counters.set_scenes([SceneRecord(hall)])
    assert counters.take(GATE, NOON)[0] is not first
    assert counters.take(hall, NOON)[0] is stays


def test_what_one_model_saw_is_not_taken_over_by_another(film: Film) -> None:
    counter = ViewCounter(SceneRecord(GATE, Scene(recheck_s=600)), 0.33)
    data = film.picture(0, 0)
    models = ("old", "old", "new", "new")
    measured = [
        counter.count(picture(data, n / 2, 0.5), eyes(data), model)
        for n, model in enumerate(models)
    ]
    assert [(one.model, one.is_carried) for one in measured] == [
        ("old", False),
        ("old", True),
        ("new", False),
        ("new", True),
    ]


def test_a_camera_that_is_asked_less_often_counts_nobody_in_and_out_at_once(film: Film) -> None:
    counter = ViewCounter(SceneRecord(GATE, Scene(lines=(DOOR,)), IDS), 0.33)
    before = counted(counter, film, 0, 60)[-1].passing
    assert before is not None
    assert before.mode is Mode.IN_OUT
    data = film.picture(0, 0)
    slow = counter.count(picture(data, 70, 10.0), eyes(data), "nanodet-g").passing
    assert slow is not None
    assert slow.mode is not Mode.IN_OUT
    assert slow.watched == ()
    # Somebody passed while they were counted, and is certain to have passed only now.
    assert [one.at < NOON + timedelta(seconds=60) for one in slow.passages] == [True]
    assert slow.advice is not None
    assert "there are 0.1" in slow.advice


def test_who_has_passed_when_counting_ends_is_handed_over(film: Film) -> None:
    counters = ViewCounters(0.33)
    counters.enter()
    counters.set_scenes([SceneRecord(GATE, Scene(lines=(replace(DOOR, u_turn_s=60.0),)), IDS)])
    counter, _ = counters.take(GATE, NOON)
    # The first who passes does so after 13 s; nobody can be sure that they stay away.
    measured = counted(counter, film, 0, 16)
    assert not any(one.passing.passages for one in measured if one.passing)
    left = counters.leave(measured[-1].at)
    assert [(one.place_id, one.is_inwards) for one in left.passages] == [(IDS["Door"], True)]
