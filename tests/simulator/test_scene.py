"""What is true about a simulated scene hangs together."""

from __future__ import annotations

import itertools

import pytest

from camwatch.cameras.simulator.scene import Crossings, Scene, SimulatedPerson
from camwatch.cameras.simulator.schedule import (
    MOST_AT_ONCE,
    SMALLEST,
    TALLEST,
    Schedule,
)
from camwatch.cameras.simulator.visit import LINE_X

SIZE = (1280, 720)
SEEDS = range(6)


def walk(scene: Scene, fps: float, seconds: float) -> list[list[SimulatedPerson]]:
    return [scene.people_at(frame / fps) for frame in range(round(seconds * fps))]


@pytest.mark.parametrize("seed", SEEDS)
def test_crossings_are_the_changes_of_side_of_each_persons_middle(seed: int) -> None:
    scene, fps = Scene(seed, SIZE), 10.0
    side: dict[int, bool] = {}
    inwards = outwards = 0
    # Two rounds and a half: the plan's end and the people in view across it are part of it.
    for frame, people in enumerate(walk(scene, fps, 2.5 * scene.loop_s)):
        for person in people:
            is_right = person.x >= LINE_X
            if person.id in side and side[person.id] != is_right:
                inwards += is_right
                outwards += not is_right
            side[person.id] = is_right
        assert scene.crossings_at(frame / fps) == Crossings(inwards, outwards)
    assert inwards + outwards > 20


@pytest.mark.parametrize("seed", SEEDS)
def test_between_nobody_and_six_people_are_in_view(seed: int) -> None:
    scene = Scene(seed, SIZE)
    counts = [scene.occupancy_at(float(second)) for second in range(round(scene.loop_s))]
    assert max(counts) <= MOST_AT_ONCE
    assert min(counts) == 0
    assert max(counts) >= 4
    assert len(set(counts)) >= 5


def test_six_people_come_together_somewhere() -> None:
    scenes = [Scene(seed, SIZE) for seed in SEEDS]
    most = max(scene.occupancy_at(float(second)) for scene in scenes for second in range(120))
    assert most == MOST_AT_ONCE


@pytest.mark.parametrize("most_people", range(1, 9))
def test_a_scene_is_as_crowded_as_it_is_asked_to_be(most_people: int) -> None:
    scenes = [Scene(seed, SIZE, most_people=most_people) for seed in range(3)]
    most = [max(scene.occupancy_at(t / 2) for t in range(240)) for scene in scenes]
    assert max(most) <= most_people
    assert max(most) >= min(most_people, 7)


def test_without_people_there_is_no_scene() -> None:
    with pytest.raises(ValueError, match="most_people 0"):
        Scene(0, SIZE, most_people=0)


@pytest.mark.parametrize("seed", SEEDS)
def test_boxes_lie_in_the_picture_and_are_of_the_size_they_say(seed: int) -> None:
    for people in walk(Scene(seed, SIZE), 2.0, 120.0):
        for person in people:
            x1, y1, x2, y2 = person.box
            assert 0.0 <= x1 < x2 <= 1.0
            assert 0.0 <= y1 < y2 <= 1.0
            assert y2 - y1 == pytest.approx(person.height)
            assert SMALLEST <= person.height <= TALLEST
            assert 0.0 < person.visible <= 1.0
            if person.visible == 1.0:
                assert (x1 + x2) / 2 == pytest.approx(person.x)
            assert person.is_counted == (person.visible >= 0.5)


def test_a_person_half_in_view_counts_and_a_smaller_part_does_not() -> None:
    seen = {True: 0, False: 0}
    for people in walk(Scene(1, SIZE), 10.0, 120.0):
        for person in people:
            if person.visible < 1.0:
                # Whose middle is in view is in view by half.
                assert person.is_counted == (0.0 <= person.x <= 1.0)
                seen[person.is_counted] += 1
    assert min(seen.values()) > 10


def test_the_same_seed_shows_the_same_people_and_another_seed_others() -> None:
    first, again, other = (walk(Scene(seed, SIZE), 1.0, 60.0) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_truth_does_not_hang_on_the_resolution() -> None:
    small, large = Scene(2, (640, 360)), Scene(2, (1920, 1080))
    assert walk(small, 1.0, 60.0) == walk(large, 1.0, 60.0)


def test_people_come_again_after_a_loop_but_as_others() -> None:
    scene = Scene(0, SIZE)
    for second in (5.25, 40.5, 90.75):
        now, later = scene.people_at(second), scene.people_at(second + scene.loop_s)
        assert [person.x for person in now] == pytest.approx([person.x for person in later])
        assert now
        assert not {person.id for person in now} & {person.id for person in later}


def test_ids_stay_with_a_person_on_the_way_through_the_picture() -> None:
    last: dict[int, SimulatedPerson] = {}
    for people in walk(Scene(5, SIZE), 10.0, 240.0):
        assert len({person.id for person in people}) == len(people)
        for person in people:
            if person.id in last:
                before = last[person.id]
                assert person.look == before.look
                assert abs(person.x - before.x) < 0.05
            last[person.id] = person
    assert len(last) > 30


def test_crossings_never_go_back_and_start_at_zero() -> None:
    scene = Scene(4, SIZE)
    assert scene.crossings_at(0.0) == Crossings(0, 0)
    counted = [scene.crossings_at(second / 4) for second in range(2000)]
    totals = [(count.inwards, count.outwards) for count in counted]
    assert all(a <= b and c <= d for (a, c), (b, d) in itertools.pairwise(totals))
    assert totals[-1][0] > 5


def test_nobody_stands_or_turns_near_the_line() -> None:
    for seed in SEEDS:
        for visit in Schedule(seed, 16 / 9, 120.0).visits:
            for place in visit.places[1:-1]:
                assert abs(place - LINE_X) > 0.08
                assert 0.1 < place < 0.9


def test_people_walk_at_a_human_pace() -> None:
    for seed in SEEDS:
        for visit in Schedule(seed, 16 / 9, 120.0).visits:
            width = 0.34 * visit.height * 9 / 16
            for index in range(len(visit.places) - 1):
                way = abs(visit.places[index + 1] - visit.places[index])
                time = visit.times_s[index + 1] - visit.times_s[index]
                assert time > 0
                assert way == 0 or 0.5 <= way / time / width <= 1.5


@pytest.mark.parametrize(("size", "loop_s"), [((8, 720), 120.0), ((1280, 720), 0.0)])
def test_an_impossible_scene_is_refused(size: tuple[int, int], loop_s: float) -> None:
    with pytest.raises(ValueError, match="size"):
        Scene(0, size, loop_s)
