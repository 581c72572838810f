"""Which pictures are kept to see the past again, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from pytestqt.qtbot import QtBot

from camwatch.commands.past_pictures import Shot
from camwatch.domain import CameraId, Picture
from camwatch.events import Bus, CountMeasured
from camwatch.history.moments import PictureKeeping
from camwatch.workers.past_pictures import PastPictureWorker
from camwatch.workers.pictures import PictureShelf
from tests.commands.values import NOON

GATE = CameraId(1)


class Kept:
    """Remembers what it is given."""

    def __init__(self) -> None:
        self.keeping = PictureKeeping(60)
        self.shots: list[Shot] = []

    def keep(self, shots: Sequence[Shot]) -> int:
        self.shots += shots
        return len(shots)


class Site:
    """A worker whose clock is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.kept, self.shelf, self.bus = Kept(), PictureShelf(), Bus()
        self.worker = PastPictureWorker(self.kept, self.shelf, self.bus, lambda: self.now_s)
        self.seq = 0

    def show(self) -> Picture:
        self.seq += 1
        at = NOON + timedelta(seconds=self.now_s)
        picture = Picture(GATE, self.seq, b"picture", (64, 48), at, self.now_s, 1.0)
        self.shelf.put(picture)
        return picture

    def count(self, number: int) -> None:
        picture = self.show()
        boxes, scores = np.zeros((number, 4), np.float32), np.ones(number, np.float32)
        self.bus.publish(
            CountMeasured(
                picture.captured_at, GATE, self.seq, number, 1.0, 0.01, 1.0, boxes, scores, "m"
            )
        )

    def run(self, qtbot: QtBot) -> list[int | None]:
        """Let the worker write all that waits; return the counts of what it wrote."""
        wanted = len(self.kept.shots) + len(self.worker._waiting)
        self.worker.start()
        qtbot.waitUntil(lambda: len(self.kept.shots) == wanted)
        self.worker.request_stop()
        assert self.worker.wait(5000)
        return [shot.count for shot in self.kept.shots]


def test_one_is_kept_in_its_time_and_when_the_number_changes(qtbot: QtBot) -> None:
    site = Site()
    taken = []
    for second in range(130):
        site.now_s = 1000.0 + second
        before = dict(site.worker._last)
        site.count(2 if second < 15 else 3)
        if site.worker._last != before:
            taken.append(second)
    # At once, when the number has changed, and each minute after that.
    assert taken == [0, 15, 75]
    assert site.run(qtbot) == [3]  # newer ones took the place of those that waited


def test_a_number_that_flickers_gives_one_picture_in_ten_seconds() -> None:
    site = Site()
    taken = 0
    for second in range(60):
        site.now_s = 1000.0 + second
        before = dict(site.worker._last)
        site.count(second % 2)
        taken += site.worker._last != before
    assert 5 <= taken <= 6
    site.worker.request_stop()


def test_pictures_that_nobody_counts_are_kept_without_a_number(qtbot: QtBot) -> None:
    site = Site()
    site.show()
    site.worker.look()
    site.now_s += 11
    site.show()
    site.worker.look()
    assert site.run(qtbot) == [None]


def test_nothing_is_kept_while_that_is_switched_off() -> None:
    site = Site()
    site.kept.keeping = PictureKeeping(0)
    site.count(1)
    site.worker.look()
    assert site.worker._waiting == {}
    site.worker.request_stop()
