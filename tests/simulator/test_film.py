"""Cameras share places, and pictures are kept within their budget."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from camwatch.cameras.decode import decode_grey
from camwatch.cameras.gate import check_picture
from camwatch.cameras.simulator.film import MOST_SCENES, NAMES, Film
from camwatch.detect.motion import GREY_WH, MotionGate, Verdict

SIZE = (128, 72)


def film(cameras: int, *, fps: float = 1.0, cache_bytes: int = 2**28, busy: float = 1.0) -> Film:
    return Film(cameras, SIZE, fps=fps, seed=1, cache_bytes=cache_bytes, busy=busy)


def test_few_cameras_have_a_place_each_and_many_share_them() -> None:
    assert [shot.scene for shot in film(3).shots] == [0, 1, 2]
    many = film(20).shots
    assert {shot.scene for shot in many} == set(range(MOST_SCENES))
    assert len({(shot.scene, shot.phase) for shot in many}) == 20
    assert len({shot.name for shot in many}) == 20
    assert many[0].name == NAMES[0]


def test_cameras_of_one_place_show_the_same_pictures_at_other_times() -> None:
    shown = film(9)
    lag = shown.shots[8].phase
    assert lag > 0
    assert shown.picture(8, 5) == shown.picture(0, 5 + lag)
    assert shown.picture(8, 5) != shown.picture(0, 5)


def test_truth_of_a_shared_place_starts_at_zero_crossings() -> None:
    shown = film(9)
    lag = shown.shots[8].phase
    for frame in range(0, 400, 7):
        ahead, here = shown.moment(0, frame + lag), shown.moment(8, frame)
        assert [person.box for person in here.people] == [person.box for person in ahead.people]
        assert here.crossings == ahead.crossings.since(shown.moment(0, lag).crossings)
    assert shown.moment(8, 0).crossings.inwards == 0


def test_pictures_come_again_after_a_loop() -> None:
    shown = film(1)
    assert shown.picture(0, 3) == shown.picture(0, 3 + shown.loop_frames)
    assert shown.kept(0, 3) == shown.picture(0, 3)
    assert shown.kept(0, 4) is None


def test_only_so_many_bytes_are_kept_the_oldest_go() -> None:
    shown = film(1, cache_bytes=40_000)
    sizes = [len(shown.picture(0, frame)) for frame in range(60)]
    assert sum(sizes) > 80_000
    kept = [frame for frame in range(60) if shown.kept(0, frame) is not None]
    assert sum(sizes[frame] for frame in kept) <= 40_000
    assert kept == list(range(kept[0], 60))
    assert len(kept) > 3


@pytest.mark.parametrize("fps", [0.5, 1.0, 3.0, 7.0])
def test_a_loop_is_a_whole_number_of_frames(fps: float) -> None:
    shown = film(1, fps=fps)
    frames = shown.loop_frames
    now, later = shown.moment(0, 11), shown.moment(0, 11 + frames)
    assert now.people
    for person, again in zip(now.people, later.people, strict=True):
        assert person.box == pytest.approx(again.box)
    assert shown.picture(0, 11) == shown.picture(0, 11 + frames)


@pytest.mark.parametrize(("share", "count"), [(0.0, 0), (0.1, 4), (0.25, 10), (0.3, 12), (1.0, 40)])
def test_a_share_of_the_cameras_is_busy_in_any_row_of_them(share: float, count: int) -> None:
    shots = film(40, busy=share, cache_bytes=1).shots
    assert sum(shot.is_busy for shot in shots) == count
    halves = [sum(shot.is_busy for shot in shots[start : start + 20]) for start in (0, 20)]
    assert halves == [count // 2, count // 2]


def test_nobody_is_in_view_of_a_camera_that_is_not_busy() -> None:
    shown = film(2, busy=0.5)
    assert [shot.is_busy for shot in shown.shots] == [False, True]
    assert any(shown.moment(1, frame).people for frame in range(60))
    for frame in range(120):
        moment = shown.moment(0, frame)
        assert (moment.people, moment.crossings.inwards, moment.crossings.outwards) == ((), 0, 0)


def test_the_pictures_of_an_empty_place_are_never_the_same_and_always_still() -> None:
    size = (960, 540)
    shown = Film(9, size, fps=1.0, seed=1, cache_bytes=1, busy=0.0)  # of two places
    files = {shown.picture(camera, frame) for camera in (0, 2) for frame in range(20)}
    assert len(files) == 40

    gate = MotionGate()
    verdicts = []
    for frame in range(9):
        data = shown.picture(0, frame)
        assert check_picture(data, max_bytes=2**20) == size
        verdict = gate.look(data, partial(decode_grey, data, GREY_WH), float(frame))
        verdicts.append(verdict)
        if verdict.must_analyse:
            gate.analysed(np.empty((0, 4), np.float32))
    assert verdicts[2:] == [Verdict.STILL] * 7


def test_all_pictures_can_be_painted_beforehand() -> None:
    shown = film(4, busy=0.5)
    for scene in range(shown.scenes):
        shown.prepare(scene, whole=True)
    for camera in range(4):
        for frame in range(shown.loop_frames):
            assert shown.kept(camera, frame) == shown.picture(camera, frame)
