from __future__ import annotations

import numpy as np
import pytest

from camwatch.detect.tracker import PATH_POINTS, WEAK_SHARE, Tracker
from tests.detect.paths import (
    SURE,
    THRESHOLD,
    UNSURE,
    Picture,
    arrays,
    followed,
    person,
    walk,
)


@pytest.mark.parametrize("rate", [2.0, 5.0, 10.0, 25.0])
@pytest.mark.parametrize("speed", [0.3, 1.0, 1.6])
def test_one_walker_is_one_track_at_any_rate(rate: float, speed: float) -> None:
    pictures = walk(0.1, 0.9, speed, rate)
    places, ended = followed(pictures)
    assert {place.track for place in places} == {1}
    assert [place.t_s for place in places] == [t_s for t_s, _ in pictures]
    assert [place.x for place in places] == pytest.approx(
        [(box[0] + box[2]) / 2 for _, (box,) in pictures], abs=1e-6
    )
    assert ended == []
    assert places[-1].speed == pytest.approx(speed, rel=0.15)


def test_the_path_before_somebody_was_sure_is_handed_out_afterwards() -> None:
    unsure = [(0.0, [person(0.20, score=UNSURE)]), (0.2, [person(0.24, score=UNSURE)])]
    tracker = Tracker(THRESHOLD)
    assert followed([*unsure, (0.4, [person(0.28)])], tracker) == ([], [])
    places, _ = followed([(0.6, [person(0.32)])], tracker)
    assert [(place.t_s, round(place.x, 3)) for place in places] == [
        (0.0, 0.2),
        (0.2, 0.24),
        (0.4, 0.28),
        (0.6, 0.32),
    ]


def test_a_flicker_is_nobody() -> None:
    tracker = Tracker(THRESHOLD)
    places, ended = followed([(0.0, [person(0.5)]), (0.1, []), (0.2, []), (2.0, [])], tracker)
    assert (places, ended, tracker.followed) == ([], [], 0)


def test_unsure_boxes_alone_are_nobody() -> None:
    pictures = [(index / 5, [person(0.2 + index / 50, score=UNSURE)]) for index in range(30)]
    assert followed(pictures) == ([], [])


def test_unsure_boxes_bridge_a_gap_but_do_not_keep_anybody_alive() -> None:
    start = walk(0.2, 0.4, 1.0, 5.0)
    last_s, x = start[-1][0], 0.4
    unsure = [(last_s + (index + 1) / 5, [person(x, score=UNSURE)]) for index in range(40)]
    places, ended = followed([*start, *unsure])
    assert ended == [1]
    # Three seconds after the last sure box the person is given up.
    assert places[-1].t_s == pytest.approx(last_s + 3.0, abs=0.21)


def test_boxes_below_the_weak_share_are_not_looked_at() -> None:
    lowest = THRESHOLD * WEAK_SHARE
    for score, count in ((lowest + 0.001, 3), (lowest - 0.001, 2)):
        pictures = [(0.0, [person(0.3, score=score)]), (0.3, [person(0.32)]), (0.6, [person(0.34)])]
        assert len(followed(pictures)[0]) == count


def test_two_who_pass_each_other_keep_their_numbers() -> None:
    def pictures() -> list[Picture]:
        return [
            (index / 5, [person(0.2 + 0.02 * index), person(0.8 - 0.02 * index, y=0.55)])
            for index in range(31)
        ]

    places, _ = followed(pictures())
    ways = [
        [place.x for place in places if place.track == track]
        for track in sorted({place.track for place in places})
    ]
    assert sorted((round(way[0], 2), round(way[-1], 2)) for way in ways) == [(0.2, 0.8), (0.8, 0.2)]


def test_who_is_hidden_for_two_seconds_is_the_same_person() -> None:
    way = walk(0.1, 0.9, 1.0, 5.0)
    hidden = [(t_s, [] if 3.0 < t_s < 5.0 else boxes) for t_s, boxes in way]
    places, _ = followed(hidden)
    assert {place.track for place in places} == {1}
    assert len(places) == sum(1 for _, boxes in hidden if boxes)


def test_who_left_the_picture_does_not_come_back_as_the_next() -> None:
    leaves = walk(0.6, 0.99, 1.0, 5.0)
    enters = walk(0.97, 0.6, 1.0, 5.0, t_s=leaves[-1][0] + 1.0)
    empty: list[Picture] = [(leaves[-1][0] + pause / 5, []) for pause in range(1, 5)]
    places, ended = followed([*leaves, *empty, *enters])
    assert ended == [1]
    assert len({place.track for place in places}) == 2


def test_after_a_long_gap_or_a_clock_that_went_back_everybody_is_new() -> None:
    for later_s in (60.0, -60.0):
        tracker = Tracker(THRESHOLD)
        first, _ = followed(walk(0.4, 0.5, 1.0, 5.0), tracker)
        second, ended = followed(walk(0.5, 0.6, 1.0, 5.0, t_s=later_s), tracker)
        assert ended == [first[0].track]
        assert {place.track for place in second}.isdisjoint(place.track for place in first)


@pytest.mark.parametrize("pictures", [17, 18, 19, 20])
def test_a_thing_that_looks_a_little_like_a_person_becomes_nobody_s_past(pictures: int) -> None:
    # Somebody comes into view right beside it, and walks away from it.
    spot, start_s = person(0.45, score=UNSURE), pictures / 2
    quiet: list[Picture] = [(index / 2, [spot]) for index in range(pictures)]
    way = walk(0.5, 0.9, 1.0, 2.0, t_s=start_s)
    places, _ = followed([*quiet, *((t_s, [*boxes, spot]) for t_s, boxes in way)])
    assert {place.track for place in places} == {places[0].track}
    assert (places[0].t_s, round(places[0].x, 3)) == (start_s, 0.5)
    xs = [place.x for place in places]
    assert xs == sorted(xs)


def test_an_unsure_box_must_be_nearer_than_a_sure_one() -> None:
    for score, count in ((SURE, 12), (UNSURE, 11)):
        standing: list[Picture] = [(index / 5, [person(0.5)]) for index in range(11)]
        places, _ = followed([*standing, (2.2, [person(0.555, score=score)])])
        assert len([place for place in places if place.track == 1]) == count


def test_whoever_is_hidden_does_not_live_on_in_parts_of_another() -> None:
    def in_front(x: float) -> list[tuple[float, float, float, float, float]]:
        left, top, right, _, _ = body = person(x)
        return [body, (left, top, right, top + 0.3, UNSURE)]

    pictures: list[Picture] = []
    for index in range(40):
        x = 0.3 + 0.02 * index
        hidden = [person(x, y=0.55)] if x < 0.475 else []
        pictures.append((index / 5, [*in_front(0.5), *hidden]))
    places, _ = followed(pictures)
    behind = [place for place in places if place.track == 2]
    assert [round(place.x, 2) for place in behind] == [
        round(0.3 + 0.02 * index, 2) for index in range(9)
    ]


def test_parts_of_a_person_are_not_other_people() -> None:
    def whole_and_head(x: float) -> list[tuple[float, float, float, float, float]]:
        left, top, right, _, _ = body = person(x)
        return [body, (left, top, right, top + 0.15, UNSURE), (left, top, right, top + 0.3, 0.4)]

    pictures = [(index / 10, whole_and_head(0.1 + 0.01 * index)) for index in range(80)]
    places, _ = followed(pictures)
    assert {place.track for place in places} == {1}


def test_a_second_box_of_the_same_person_begins_nobody() -> None:
    pictures = [
        (index / 10, [person(0.2 + 0.01 * index), person(0.23 + 0.01 * index, score=0.5)])
        for index in range(50)
    ]
    places, _ = followed(pictures)
    assert {place.track for place in places} == {1}


def test_somebody_of_quite_another_size_is_somebody_else() -> None:
    def seen(heights: tuple[float, ...], bottom: float) -> list[int]:
        pictures = [
            (index / 5, [(0.45, bottom - height, 0.55, bottom, SURE)])
            for index, height in enumerate(heights)
        ]
        return [place.track for place in followed(pictures)[0]]

    assert seen((0.5,) * 3 + (0.45, 0.4, 0.35) + (0.3,) * 3, bottom=0.9) == [1] * 9
    assert seen((0.5,) * 3 + (0.12,) * 3, bottom=0.9) == [1] * 3 + [2] * 3
    # But of somebody who comes in over the lower edge one sees much more in each picture.
    assert seen((0.06, 0.06, 0.3, 0.5, 0.5), bottom=1.0) == [1] * 5


def test_numbers_are_never_given_twice() -> None:
    tracker = Tracker(THRESHOLD)
    seen: list[set[int]] = []
    for visit in range(20):
        places, _ = followed(walk(0.3, 0.5, 1.0, 5.0, t_s=visit * 10.0), tracker)
        seen.append({place.track for place in places})
    assert all(len(tracks) == 1 for tracks in seen)
    assert len(set.union(*seen)) == 20


def test_the_end_of_a_recording_ends_everybody() -> None:
    tracker = Tracker(THRESHOLD)
    places, ended = followed(walk(0.4, 0.6, 1.0, 5.0), tracker)
    assert ended == []
    assert tracker.finish() == [places[0].track]
    assert (tracker.finish(), tracker.followed) == ([], 0)


def test_who_is_never_sure_is_remembered_for_a_bounded_time() -> None:
    # One sure box at the start, then only unsure ones.
    tracker = Tracker(THRESHOLD)
    followed([(0.0, [person(0.5)])], tracker)
    followed(
        [(index / 100, [person(0.5, score=UNSURE)]) for index in range(1, 2 * PATH_POINTS)], tracker
    )
    places, _ = followed([(2.56, [person(0.5)])], tracker)
    assert len(places) == PATH_POINTS


def test_thousands_of_boxes_and_empty_ones_are_survived() -> None:
    tracker = Tracker(THRESHOLD)
    corner = np.stack(np.meshgrid(np.arange(50) / 50, np.arange(40) / 40), axis=2).reshape(-1, 2)
    boxes = np.hstack([corner, corner + 0.01]).astype(np.float32)
    for index in range(3):
        tracker.step(index / 5, boxes, np.linspace(0.9, 0.5, 2000, dtype=np.float32))
    assert tracker.followed == 200
    tracker = Tracker(THRESHOLD)
    flat = np.array([[0.5, 0.5, 0.5, 0.9], [0.6, 0.6, 0.7, 0.6]], np.float32)
    tracker.step(0.0, flat, np.array([SURE, SURE], np.float32))
    tracker.step(0.1, *arrays([]))
    assert tracker.followed == 0


def test_boxes_that_could_be_given_to_nobody_are_told_of() -> None:
    tracker = Tracker(THRESHOLD)
    lost = found = 0
    for index in range(20):
        # Every second picture somebody is somewhere else altogether.
        x = 0.1 + 0.8 * (index % 3) / 2
        progress = tracker.step(float(index), *arrays([person(x, width=0.05)]))
        lost, found = lost + progress.lost_boxes, found + progress.sure_boxes
    assert (found, lost) == (20, 19)
