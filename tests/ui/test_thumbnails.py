"""Small pictures of the cameras whose rows are seen."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from camwatch.domain import CameraId, Picture
from camwatch.errors import DatabaseBusy
from camwatch.ui.cameras.thumbnails import Thumbnails, small_image
from tests.ui.scene_edges import a_picture
from tests.ui.screen_edges import HeldWork


class Shelf:
    """Holds a picture of every camera, the newer the more often it was turned."""

    def __init__(self) -> None:
        self.picture = a_picture()

    def turn(self) -> None:
        self.picture = replace(self.picture, seq=self.picture.seq + 1)

    def latest(self, camera_id: CameraId) -> Picture | None:
        return replace(self.picture, camera_id=camera_id)


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Bench:
    def __init__(self, cameras: int) -> None:
        self.shelf, self.work, self.clock = Shelf(), HeldWork(), Seconds()
        ids = [CameraId(number) for number in range(1, cameras + 1)]
        self.thumbnails = Thumbnails(self.shelf, self.work, lambda: ids, clock=self.clock)
        self.made: list[int] = []
        self.thumbnails.made.connect(self._on_made)

    def _on_made(self, camera_id: CameraId, now: QPixmap, then: QPixmap) -> None:
        assert (now.width(), now.height()) == (then.width(), then.height()) == (64, 36)
        self.made.append(camera_id)

    def look(self) -> None:
        self.thumbnails.look()
        self.work.finish_all()


def test_a_picture_is_made_once_and_again_after_five_seconds_if_there_is_a_newer_one(
    qtbot: QtBot,
) -> None:
    bench = Bench(1)
    bench.look()
    bench.shelf.turn()
    bench.clock.now += 4
    bench.look()
    assert bench.made == [1]
    bench.clock.now += 1
    bench.look()
    assert bench.made == [1, 1]
    bench.clock.now += 60
    bench.look()
    assert bench.made == [1, 1]


def test_many_are_made_in_turns_and_never_twice_at_once(qtbot: QtBot) -> None:
    bench = Bench(20)
    bench.thumbnails.look()
    bench.thumbnails.look()
    assert bench.work.waiting == 1
    bench.work.finish()
    assert len(bench.made) == 12
    bench.look()
    assert sorted(bench.made) == list(range(1, 21))


def test_a_picture_that_cannot_be_decoded_is_left_out(qtbot: QtBot) -> None:
    bench = Bench(1)
    broken = replace(bench.shelf.picture, data=bench.shelf.picture.data[:200])
    assert small_image(broken, (64, 36)).isNull()
    bench.shelf.picture = broken
    bench.look()
    assert bench.made == []


def test_after_a_failure_it_goes_on(qtbot: QtBot) -> None:
    bench = Bench(1)
    bench.thumbnails.look()
    bench.thumbnails._on_failed(DatabaseBusy("x"))
    bench.work.finish_all()
    bench.shelf.turn()
    bench.clock.now += 5
    bench.look()
    assert bench.made == [1, 1]
