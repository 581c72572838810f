"""From a camera's death until an operator can see it, in the real window."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from camwatch.app import Application
from camwatch.auth.secrets import SecretStore
from camwatch.cameras.decode import encode_jpeg
from camwatch.commands import Commands
from camwatch.config import CameraPolicy, Settings
from camwatch.data.engine import Database
from camwatch.domain import CameraId
from camwatch.events import Bus
from camwatch.paths import Profile
from camwatch.ui.live.condition import old_after_s
from camwatch.ui.live.page import LivePage
from camwatch.ui.live.tile import CameraTile
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import counting_in
from tests.support.applications import end
from tests.support.fault_camera import FaultCamera, Reply, answer, hang_after, jpeg, ticking

pytestmark = [pytest.mark.end_to_end, pytest.mark.expects_warning]

NAME, PASSWORD = "olga", "walks-past-gate-three"
INTERVAL_S = 0.5
SEEN_WITHIN_S = 15.0
"""Or three intervals, where those are longer."""

PAINT_S = 0.6
"""Tiles are painted anew twice a second, which is how much too young an age may be read."""

VIEW = jpeg(1, (640, 360))
LARGE = encode_jpeg(np.random.default_rng(2).integers(0, 255, (360, 640, 3), np.uint8))
DEATHS: dict[str, bytes | Reply | None] = {
    "refused": None,
    "silent": hang_after(),
    "in the middle of a picture": hang_after(answer(LARGE)[:-500]),
    "frozen": answer(VIEW),
    "web page": answer(b"<html>Please sign in", kind="text/html"),
    "damaged": answer(LARGE[: len(LARGE) // 2] + b"\xff\xd9"),
}


class Eyes:
    """An operator who looks at every tile ten times a second.

    Attributes:
        stale: Looks at which an old picture was shown as live: camera and age in seconds.
        said_live_s: When each tile said "live" last, on the monotonic clock.
        looks: How often the tiles were looked at.
    """

    def __init__(self, page: LivePage, cameras: list[CameraId]) -> None:
        self._page = page
        self._cameras = cameras
        self.stale: list[tuple[CameraId, float]] = []
        self.said_live_s: dict[CameraId, float] = {}
        self.looks = 0
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._timer.start(100)

    def tile(self, camera_id: CameraId) -> CameraTile:
        return self._page.grid.tile(camera_id)

    def says_live(self, camera_id: CameraId) -> bool:
        return self.tile(camera_id).age_text().startswith("Live")

    def _look(self) -> None:
        self.looks += 1
        for camera_id in self._cameras:
            if not self.says_live(camera_id):
                continue
            self.said_live_s[camera_id] = time.monotonic()
            age_s = self.tile(camera_id).picture_age_s() or 0.0
            if age_s > old_after_s(INTERVAL_S) + PAINT_S:
                self.stale.append((camera_id, age_s))

    def close(self) -> None:
        self._timer.stop()


@pytest.fixture
def sources() -> Iterator[list[FaultCamera]]:
    with ExitStack() as stack:
        yield [stack.enter_context(FaultCamera(ticking(VIEW))) for _ in range(len(DEATHS) + 1)]


@pytest.fixture
def application(qtbot: QtBot, tmp_path: Path, sources: list[FaultCamera]) -> Iterator[Application]:
    profile = Profile(tmp_path)
    profile.create()
    with Database.open(profile.database_file) as database:
        store, bus = SecretStore(MemoryKeyring), Bus()
        commands = Commands(database, store, CameraPolicy(), bus, counting_in(tmp_path, bus))
        boss = commands.create_first_administrator(NAME, PASSWORD)
        for number, source in enumerate(sources, 1):
            settings = source.settings(name=f"Camera {number}", interval_s=INTERVAL_S)
            commands.add_camera(boss, settings, None)
        store.close()
    application = Application(profile, Settings(), demo=None)
    application.start()
    yield application
    end(application)


@pytest.mark.fault("F01", "F03", "F05", "F14", "F17", "F24")
def test_who_looks_at_a_dead_camera_s_tile_sees_it_in_time(
    qtbot: QtBot, application: Application, sources: list[FaultCamera]
) -> None:
    qtbot.waitUntil(lambda: application.commands is not None, timeout=20_000)
    assert application.commands is not None
    application.windows.open_window(application.commands.sign_in(NAME, PASSWORD))
    window = application.window
    assert window is not None
    window.resize(1600, 1000)
    page = window.live_page
    qtbot.waitUntil(lambda: len(page.conditions) == len(sources), timeout=10_000)
    cameras = [one.camera.id for one in page.conditions]
    sound = cameras[-1]
    eyes = Eyes(page, cameras)
    try:
        qtbot.waitUntil(lambda: all(map(eyes.says_live, cameras)), timeout=20_000)
        assert all(eyes.tile(camera_id).isVisible() for camera_id in cameras)

        died_s = time.monotonic()
        for source, reply in zip(sources, DEATHS.values(), strict=False):
            if reply is None:
                source.refuse()
            else:
                source.reply = reply
        # Half again as long as is meant, so that a tile that says "live" once more is noticed.
        while time.monotonic() < died_s + 1.5 * SEEN_WITHIN_S:
            qtbot.wait(200)
            if not any(map(eyes.says_live, cameras[:-1])) and time.monotonic() > died_s + 8:
                break
        assert eyes.says_live(sound)
        seen = {
            name: eyes.said_live_s[camera_id] - died_s
            for name, camera_id in zip(DEATHS, cameras, strict=False)
        }
        assert max(seen.values()) <= max(SEEN_WITHIN_S, 3 * INTERVAL_S), seen

        for source in sources:
            source.reply = ticking(VIEW)
            source.accept()
        assert eyes.stale == []
        assert eyes.looks > 30
    finally:
        eyes.close()
