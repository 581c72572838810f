"""Which way pictures go to the counting, and how many of them wait there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from camwatch.cameras.decode import encode_jpeg
from camwatch.config import Settings
from camwatch.counting_room import CountingRoom
from camwatch.domain import CameraId, Picture, utc_now
from camwatch.events import Bus
from camwatch.paths import Profile
from camwatch.workers.pictures import TileFeed

GATE, HALL = CameraId(1), CameraId(2)
TILE_WH = (64, 36)


def picture(camera_id: CameraId, seq: int) -> Picture:
    data = encode_jpeg(np.full((72, 128, 3), 90, np.uint8))
    return Picture(camera_id, seq, data, (128, 72), utc_now(), float(seq), 1.0)


class Bench:
    """A counting room in which tiles are made, but nobody counts: as if that were far behind."""

    def __init__(self, folder: Path) -> None:
        self.owner = QObject()
        self.feed = TileFeed()
        self.room = CountingRoom(
            Profile(folder), Settings(), self.feed, lambda *_: None, Bus(), self.owner
        )
        self.room.gate.set_records([GATE, HALL], [])
        self.worker = self.room.posts()[-1]()


@pytest.fixture
def bench(qapp: object, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.worker.request_stop()
    assert made.worker.wait(5000)


def test_one_picture_of_an_unseen_camera_waits_and_it_is_not_touched(bench: Bench) -> None:
    for seq in range(1, 4):
        bench.room.take(picture(GATE, seq))
        bench.room.take(picture(HALL, seq))
    assert bench.room.waiting() == {GATE: 1, HALL: 1}


def test_one_picture_of_a_visible_camera_waits_though_it_goes_two_ways(
    qtbot: QtBot, bench: Bench
) -> None:
    bench.feed.show(GATE, TILE_WH)
    bench.room.take(picture(GATE, 1))
    assert bench.room.waiting() == {GATE: 1}
    bench.worker.start()
    qtbot.waitUntil(lambda: bench.feed.take(GATE) is not None)
    for seq in range(2, 20):
        bench.room.take(picture(GATE, seq))
        assert bench.room.waiting() == {GATE: 1}
    shown: list[int] = []

    def newest_is_shown() -> bool:
        tile = bench.feed.take(GATE)
        shown.extend([] if tile is None else [tile.seq])
        return 19 in shown

    qtbot.waitUntil(newest_is_shown)
    assert shown == sorted(shown)
    assert bench.room.waiting() == {GATE: 1}


def test_a_camera_that_is_hidden_goes_on_with_its_newest_picture(
    qtbot: QtBot, bench: Bench
) -> None:
    bench.feed.show(GATE, TILE_WH)
    bench.room.take(picture(GATE, 1))  # waits to be decoded
    bench.feed.show(GATE, None)
    bench.room.take(picture(GATE, 2))
    assert bench.room.waiting() == {GATE: 2}
    bench.worker.start()
    qtbot.waitUntil(lambda: bench.room.waiting() == {GATE: 1})


def test_a_new_tile_shows_the_picture_that_is_there_and_nothing_is_counted_twice(
    qtbot: QtBot, bench: Bench
) -> None:
    bench.worker.start()
    bench.room.take(picture(GATE, 1))
    assert bench.room.waiting() == {GATE: 1}
    bench.feed.show(GATE, TILE_WH)
    shown: list[int] = []

    def is_shown() -> bool:
        tile = bench.feed.take(GATE)
        shown.extend([] if tile is None else [tile.seq])
        return bool(shown)

    qtbot.waitUntil(is_shown)
    assert shown == [1]
    assert bench.room.waiting() == {GATE: 1}
    assert sum(queue.dropped for queue in bench.room.queues()) == 1  # the same, decoded meanwhile


def test_a_further_window_shows_the_picture_that_is_there(qtbot: QtBot, bench: Bench) -> None:
    bench.worker.start()
    bench.feed.show(GATE, TILE_WH)
    bench.room.take(picture(GATE, 1))
    qtbot.waitUntil(lambda: bench.feed.take(GATE) is not None)
    view = bench.feed.open_view()
    view.show(GATE, TILE_WH)
    qtbot.waitUntil(lambda: view.take(GATE) is not None)
