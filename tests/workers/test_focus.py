"""Which pictures the focus view gets, and what is made of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from camwatch.cameras.decode import encode_jpeg
from camwatch.cameras.privacy_gate import PrivacyGate
from camwatch.domain import CameraId, Picture, utc_now
from camwatch.events import CountMeasured
from camwatch.scene import Lift, Privacy, PrivacyMode, PrivacyRecord
from camwatch.workers.base import Worker
from camwatch.workers.focus import FocusRoom

GATE, HALL = CameraId(1), CameraId(2)


def picture(
    seq: int, captured_s: float, *, wh: tuple[int, int] = (640, 360), camera_id: CameraId = GATE
) -> Picture:
    pixels = np.zeros((wh[1], wh[0], 3), np.uint8)
    pixels[:, : wh[0] // 2] = 255
    at = utc_now() + timedelta(seconds=captured_s)
    return Picture(camera_id, seq, encode_jpeg(pixels), wh, at, captured_s, 1.0)


class Bench:
    def __init__(self) -> None:
        self.fetched: list[CameraId | None] = []
        gate = PrivacyGate()
        gate.set_records([GATE], [])
        self.room = FocusRoom(self.fetched.append, gate)
        self.worker: Worker = self.room.posts()[0]()
        self.worker.start()

    def seq(self) -> int | None:
        tile = self.room.feed.take(GATE)
        return None if tile is None else tile.seq


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.worker.request_stop()
    assert bench.worker.wait(3000)


def test_the_counted_pictures_are_shown_until_better_ones_come(bench: Bench, qtbot: QtBot) -> None:
    room = bench.room
    room.feed.show(GATE, (320, 180))
    room.watch(GATE)
    assert bench.fetched == [GATE]
    room.take_counted(picture(1, 10.0))
    qtbot.waitUntil(lambda: bench.seq() == 1)
    room.take_best(picture(501, 10.1, wh=(1280, 720)))
    qtbot.waitUntil(lambda: bench.seq() == 501)
    room.take_counted(picture(2, 11.0))
    newest = room.latest(GATE)
    assert newest is not None
    assert newest.wh == (1280, 720)
    # The main stream has stopped: a coarser picture of now is better than none.
    room.take_counted(picture(4, 13.0))
    qtbot.waitUntil(lambda: bench.seq() == 4)


def test_pictures_of_other_cameras_are_not_shown(bench: Bench) -> None:
    bench.room.watch(GATE)
    bench.room.take_counted(picture(1, 10.0, camera_id=HALL))
    bench.room.take_best(picture(1, 10.0, camera_id=HALL))
    assert bench.room.latest(GATE) is None
    assert bench.room.latest(HALL) is None


def test_a_part_is_shown_with_all_the_detail_there_is(bench: Bench, qtbot: QtBot) -> None:
    room = bench.room
    room.feed.show(GATE, (320, 180))
    room.watch(GATE)
    with qtbot.waitSignal(room.feed.picture_ready):
        room.take_best(picture(1, 10.0, wh=(1280, 720)))
    whole = room.feed.take(GATE)
    assert whole is not None
    with qtbot.waitSignal(room.feed.picture_ready):
        room.look_at((0.25, 0.25, 0.5, 0.5))  # of the picture that is there already
    tile = room.feed.take(GATE)
    assert tile is not None
    assert tile.part == (0.25, 0.25, 0.5, 0.5)
    assert tile.pixels.shape == (180, 320, 4)
    assert tile.pixels[..., :3].min() > 240
    assert tile.whole_wh == (1280, 720)


def test_what_hides_people_is_kept_of_the_pictures_that_are_counted(bench: Bench) -> None:
    """Also while it is lifted: nobody looks for people in pictures of the main stream."""
    room, now = bench.room, utc_now()
    lift = Lift("anna", "a theft", now, now + timedelta(hours=1))
    room.gate.set_records([GATE], [PrivacyRecord(GATE, Privacy(PrivacyMode.BLURRED), lift)])
    room.watch(GATE)
    counted = picture(1, 10.0)
    room.take_counted(counted)
    nobody = np.zeros((0, 4), np.float32)
    room.gate.take_count(
        CountMeasured(
            counted.captured_at,
            GATE,
            1,
            0,
            0.0,
            0.01,
            1.0,
            nobody,
            np.zeros(0, np.float32),
            "test",
            captured_s=10.0,
        )
    )
    room.take_best(picture(1, 10.4, wh=(1280, 720)))
    room.take_counted(picture(2, 11.0))
    kept = room.latest(GATE)
    assert kept is not None
    assert (kept.captured_s, kept.wh) == (10.0, (640, 360))
