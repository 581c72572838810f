"""From the camera's socket to the history: pictures that come, but do not show anything."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from camwatch.cameras import health
from camwatch.cameras.decode import encode_jpeg
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.detect import view_quality
from camwatch.detect.view_counter import ViewCounters
from camwatch.domain import Camera, CameraId, CameraState, Notice, Sight
from camwatch.events import Bus, CameraStateChanged, CountMeasured, NoticesChanged
from camwatch.mailbox import LatestByKey
from camwatch.workers.analysis import AnalysisWorker, SharedDetector
from camwatch.workers.base import Worker
from camwatch.workers.poller import PollerWorker
from camwatch.workers.recorder import RecorderWorker
from camwatch.workers.store import Store
from tests.support.fault_camera import Connection, FaultCamera, Reply, answer
from tests.workers.test_analysis import FixedDetector, scenery

SCALE_S = 0.6
"""What takes five seconds takes this long here."""


def black(seed: int) -> bytes:
    """Return a picture of nothing but the noise of the camera: another one for each seed."""
    noise = np.random.default_rng(seed).integers(0, 9, (720, 1280, 3), np.uint8)
    return encode_jpeg(noise)


def showing(pictures: list[bytes]) -> Reply:
    """Send these pictures in turn."""
    sent = 0

    async def reply(connection: Connection, _head: str) -> None:
        nonlocal sent
        sent += 1
        await connection.write(answer(pictures[sent % len(pictures)]))

    return reply


SCENERY = [scenery(seed) for seed in range(6)]
BLACK = [black(seed) for seed in range(6)]


class Chain:
    """One camera, polled, counted and recorded, with what was told."""

    def __init__(self, file: Path, web: FaultCamera) -> None:
        self.bus = Bus()
        self.counts: list[CountMeasured] = []
        self.notices: list[NoticesChanged] = []
        self.states: list[CameraStateChanged] = []
        self.bus.subscribe(CountMeasured, self.counts.append)
        self.bus.subscribe(NoticesChanged, self.notices.append)
        self.bus.subscribe(CameraStateChanged, self.states.append)
        self.file = file
        self.database = Database.open(file)
        self.camera: Camera = self.database.cameras.add(web.settings(interval_s=0.2))
        inbox: LatestByKey[CameraId, Sight] = LatestByKey()
        shared = SharedDetector(FixedDetector, self.bus)
        self.poller = PollerWorker(
            CameraPolicy(frozen_after=3),
            lambda _camera: None,
            lambda picture: inbox.put(picture.camera_id, Sight(picture)),
            self.bus,
        )
        self.poller.set_cameras([self.camera])
        self.workers: list[Worker] = [
            RecorderWorker(Store(self.database.counts.save), self.bus, 1000),
            AnalysisWorker(
                "analysis-1", inbox, ViewCounters(0.3), shared, lambda *_: None, self.bus
            ),
            self.poller,
        ]
        for worker in self.workers:
            worker.start()

    def stop(self) -> None:
        """End all; harmless when called again."""
        for worker in reversed(self.workers):
            worker.request_stop()
            assert worker.wait(5000)
        self.database.close()

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.file)) as history:
            return history.execute(query).fetchall()


@pytest.fixture
def web() -> Iterator[FaultCamera]:
    with FaultCamera(showing(SCENERY)) as camera:
        yield camera


@pytest.fixture
def chain(
    qtbot: QtBot, tmp_path: Path, web: FaultCamera, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Chain]:
    monkeypatch.setattr(health, "FROZEN_FOR_S", SCALE_S)
    monkeypatch.setattr(view_quality, "CHANGES_AFTER_S", SCALE_S)
    monkeypatch.setattr(view_quality, "MEASURED_EVERY_S", 0.0)
    made = Chain(tmp_path / "camwatch.sqlite3", web)
    yield made
    made.stop()


@pytest.mark.fault("F25")
def test_a_black_view_is_counted_flagged_and_kept_in_the_history(
    chain: Chain, web: FaultCamera, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: len(chain.counts) >= 3)
    web.reply = showing(BLACK)
    qtbot.waitUntil(lambda: len(chain.notices) == 1)
    assert chain.notices[0].notices == {Notice.BLACK}
    web.reply = showing(SCENERY)
    qtbot.waitUntil(lambda: len(chain.notices) == 2)
    assert chain.notices[1].notices == frozenset()
    chain.stop()
    assert [state.state for state in chain.states] == [CameraState.CONNECTING, CameraState.OK]
    assert chain.rows("SELECT notice, is_present FROM camera_notice ORDER BY ts") == [
        ("black", 1),
        ("black", 0),
    ]
    flags = [flag for (flag,) in chain.rows("SELECT is_flagged FROM sample ORDER BY ts")]
    assert flags == [count.is_flagged for count in chain.counts]
    assert (flags[0], 1 in flags, flags[-1]) == (0, True, 0)


@pytest.mark.expects_warning
@pytest.mark.fault("F24")
def test_a_frozen_picture_is_not_counted_on(chain: Chain, web: FaultCamera, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(chain.counts) >= 3)
    web.reply = showing([SCENERY[0]])
    qtbot.waitUntil(lambda: chain.states[-1].state is CameraState.STALE)
    asked = len(web.requests)
    # The count of a picture that was on its way may still come.
    qtbot.waitUntil(lambda: len(web.requests) >= asked + 2)
    counted = len(chain.counts)
    qtbot.waitUntil(lambda: len(web.requests) >= asked + 6)
    assert len(chain.counts) == counted
    web.reply = showing(SCENERY)
    qtbot.waitUntil(lambda: len(chain.counts) >= counted + 2)
    assert chain.states[-1].state is CameraState.OK
    assert chain.notices == []
