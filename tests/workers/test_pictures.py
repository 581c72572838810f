"""From bytes to tiles and frames."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from camwatch.cameras.decode import encode_jpeg
from camwatch.cameras.privacy_gate import PrivacyGate
from camwatch.domain import CameraId, Picture, Reason, Sight, utc_now
from camwatch.errors import CameraError
from camwatch.mailbox import LatestByKey
from camwatch.workers.pictures import PictureWorker, TileFeed

GATE = CameraId(1)
ORANGE_BGR = (0, 128, 255)


def picture(data: bytes, seq: int = 0) -> Picture:
    return Picture(GATE, seq, data, (1280, 720), utc_now(), 5.0, 1.0)


@pytest.fixture
def orange() -> bytes:
    pixels = np.full((720, 1280, 3), ORANGE_BGR, np.uint8)
    return encode_jpeg(pixels)


def open_gate(*cameras: CameraId) -> PrivacyGate:
    gate = PrivacyGate()
    gate.set_records(cameras, [])
    return gate


class Pipeline:
    def __init__(self) -> None:
        self.inbox: LatestByKey[CameraId, Picture] = LatestByKey()
        self.feed = TileFeed()
        self.sights: list[Sight] = []
        self.refused: list[tuple[Picture, CameraError]] = []
        self.worker = PictureWorker(
            "pictures-1",
            self.inbox,
            self.feed,
            self.sights.append,
            lambda picture, error: self.refused.append((picture, error)),
            open_gate(GATE),
        )


@pytest.fixture
def pipeline(qtbot: QtBot) -> Iterator[Pipeline]:
    pipeline = Pipeline()
    pipeline.worker.start()
    yield pipeline
    pipeline.worker.request_stop()
    assert pipeline.worker.wait(5000)


def test_pictures_of_a_camera_keep_their_order_though_two_threads_take_them(
    qtbot: QtBot, orange: bytes
) -> None:
    inbox: LatestByKey[CameraId, Picture] = LatestByKey()
    may_go_on, other = threading.Event(), CameraId(2)
    begun: list[tuple[CameraId, int]] = []
    ended: list[tuple[CameraId, int]] = []

    def analyse(sight: Sight) -> None:
        key = sight.picture.camera_id, sight.picture.seq
        begun.append(key)
        if key == (GATE, 1):
            assert may_go_on.wait(10)
        ended.append(key)

    workers = [
        PictureWorker(name, inbox, TileFeed(), analyse, lambda *_: None, open_gate(GATE, other))
        for name in ("pictures-1", "pictures-2")
    ]
    for worker in workers:
        worker.start()
    try:
        inbox.put(GATE, picture(orange, seq=1))
        qtbot.waitUntil(lambda: begun == [(GATE, 1)])
        # The first one takes long; the next one waits for it, but not another camera's.
        inbox.put(GATE, picture(orange, seq=2))
        inbox.put(other, replace(picture(orange, seq=3), camera_id=other))
        qtbot.waitUntil(lambda: (other, 3) in ended)
        assert (GATE, 2) not in begun
        may_go_on.set()
        qtbot.waitUntil(lambda: len(ended) == 3)
        assert ended == [(other, 3), (GATE, 1), (GATE, 2)]
    finally:
        may_go_on.set()
        for worker in workers:
            worker.request_stop()
            assert worker.wait(5000)


def test_a_visible_tile_gets_the_picture_at_its_size(
    pipeline: Pipeline, qtbot: QtBot, orange: bytes
) -> None:
    pipeline.feed.show(GATE, (320, 240))
    with qtbot.waitSignal(pipeline.feed.picture_ready) as ready:
        pipeline.inbox.put(GATE, picture(orange, seq=7))
    assert ready.args == [GATE]
    tile = pipeline.feed.take(GATE)
    assert tile is not None
    assert tile.pixels.shape == (180, 320, 4)
    assert tile.seq == 7
    blue, green, red, alpha = (int(value) for value in tile.pixels[90, 160])
    assert red > 245
    assert abs(green - 128) < 10
    assert blue < 10
    assert alpha == 255
    assert pipeline.feed.take(GATE) is None


def test_a_shown_camera_is_decoded_once_for_tile_and_detector(
    pipeline: Pipeline, qtbot: QtBot, orange: bytes
) -> None:
    pipeline.feed.show(GATE, (100, 50))
    pipeline.inbox.put(GATE, picture(orange))
    qtbot.waitUntil(lambda: len(pipeline.sights) == 1)
    frame = pipeline.sights[0].frame
    assert frame is not None
    height, width = frame.pixels.shape[:2]
    assert width >= 640
    assert height >= 360


def test_a_hidden_camera_is_passed_on_undecoded(
    pipeline: Pipeline, qtbot: QtBot, orange: bytes
) -> None:
    pipeline.inbox.put(GATE, picture(orange, seq=4))
    qtbot.waitUntil(lambda: len(pipeline.sights) == 1)
    assert pipeline.sights[0].frame is None
    assert pipeline.sights[0].picture.seq == 4
    assert pipeline.feed.take(GATE) is None


@pytest.mark.fault("F17")
def test_a_damaged_picture_is_told_and_never_analysed(
    pipeline: Pipeline, qtbot: QtBot, orange: bytes
) -> None:
    damaged = bytearray(orange)
    pipeline.feed.show(GATE, (320, 240))
    damaged[len(damaged) // 2 : len(damaged) // 2 + 300] = b"\xff\xd9" * 150
    pipeline.inbox.put(GATE, picture(bytes(damaged)))
    qtbot.waitUntil(lambda: bool(pipeline.refused))
    assert pipeline.refused[0][1].reason is Reason.CORRUPT
    pipeline.inbox.put(GATE, picture(orange))
    qtbot.waitUntil(lambda: len(pipeline.sights) == 1)
    assert len(pipeline.refused) == 1


def test_a_tile_that_was_hidden_meanwhile_gets_nothing(
    pipeline: Pipeline, qtbot: QtBot, orange: bytes
) -> None:
    pipeline.feed.show(GATE, (320, 240))
    pipeline.feed.show(GATE, None)
    pipeline.inbox.put(GATE, picture(orange))
    qtbot.waitUntil(lambda: len(pipeline.sights) == 1)
    assert pipeline.feed.take(GATE) is None
