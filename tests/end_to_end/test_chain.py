"""The main job, whole: simulated camera → picture → people counted → history → tile and chart."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import requests
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from camwatch.app import Application
from camwatch.auth.session import Session
from camwatch.cameras.decode import decode_bytes
from camwatch.cameras.policy import parse_camera_url
from camwatch.cameras.simulator import ThreadedSite
from camwatch.commands import Commands
from camwatch.config import CameraPolicy, Settings
from camwatch.data.moments import to_ms
from camwatch.domain import Camera, CameraSettings, CameraState, Pixels, Reason, utc_now
from camwatch.events import CameraStateChanged, CountMeasured
from camwatch.paths import Profile
from camwatch.ui.live.page import LivePage
from camwatch.ui.pages import LIVE
from camwatch.ui.sign_in import SignInDialog
from tests.support.applications import end

pytestmark = [pytest.mark.end_to_end, pytest.mark.expects_warning]

NAME, PASSWORD = "olga", "walks-past-gate-three"
SAMPLES = 40


@pytest.fixture
def site() -> Iterator[ThreadedSite]:
    with ThreadedSite(cameras=2, size=(1280, 720), fps=4.0, seed=3) as site:
        yield site


class Watch:
    """The running program, and what it said."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.counts: list[CountMeasured] = []
        self.states: list[CameraStateChanged] = []
        application.bus.subscribe(CountMeasured, self.counts.append)
        application.bus.subscribe(CameraStateChanged, self.states.append)
        self.session: Session | None = None

    @property
    def commands(self) -> Commands:
        assert self.application.commands is not None
        return self.application.commands

    @property
    def live(self) -> LivePage:
        assert self.application.window is not None
        return self.application.window.live_page

    def shown_count(self, camera: Camera) -> str:
        """Return the number that the camera's tile shows now."""
        condition = next(one for one in self.live.conditions if one.camera.id == camera.id)
        return condition.count_text(utc_now())

    def shown_state(self, camera: Camera) -> CameraState:
        return next(one for one in self.live.conditions if one.camera.id == camera.id).kind


@pytest.fixture
def watch(qtbot: QtBot, tmp_path: Path) -> Iterator[Watch]:
    profile = Profile(tmp_path)
    profile.create()
    # Soon asked again, however many polls failed before.
    policy = CameraPolicy(breaker_pause_s=5.0)
    application = Application(profile, Settings(cameras=policy), demo=None)
    watch = Watch(application)
    application.start()
    yield watch
    end(application)


def sign_in_for_the_first_time(qtbot: QtBot, watch: Watch) -> None:
    """Do what an administrator does at the first start, with the keyboard."""

    def dialogs() -> list[SignInDialog]:
        return [
            widget
            for widget in QApplication.topLevelWidgets()
            if isinstance(widget, SignInDialog) and widget.isVisible()
        ]

    def lines() -> list[QLineEdit]:
        return [line for line in dialogs()[0].findChildren(QLineEdit) if line.isVisible()]

    qtbot.waitUntil(lambda: bool(dialogs()) and len(lines()) == 3, timeout=10_000)
    for line, text in zip(lines(), (NAME, PASSWORD, PASSWORD), strict=True):
        QTest.keyClicks(line, text)
    QTest.keyClick(lines()[-1], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: watch.application.window is not None, timeout=10_000)
    window = watch.application.window
    assert window is not None
    # A new profile is led through its set-up; here the live page is looked at.
    qtbot.waitUntil(lambda: window.first_run.is_shown, timeout=10_000)
    window.show_page(LIVE)
    watch.session = watch.commands.sign_in(NAME, PASSWORD)


def add_camera(watch: Watch, site: ThreadedSite, number: int) -> Camera:
    where = parse_camera_url(site.base_url(number))
    assert watch.session is not None
    return watch.commands.add_camera(
        watch.session,
        CameraSettings(
            name=site.name(number),
            location="Ground floor",
            host=where.host,
            port=where.port,
            base_path=where.path,
            interval_s=0.5,
            allow_local=True,
        ),
        None,
    )


def as_bgr(image: QImage) -> Pixels:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint8)
    return flat.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width(), :3].copy()


def unlikeness(watch: Watch, camera: Camera, picture: bytes) -> float:
    """Return how far the tile's picture is from this one: mean difference, 0 to 255."""
    tile = watch.live.grid.tile(camera.id)
    area = tile.picture_rect()
    assert area is not None
    shown = as_bgr(tile.grab(area.toAlignedRect()).toImage())
    expected = decode_bytes(picture)
    rows = np.linspace(0, expected.shape[0] - 1, shown.shape[0]).astype(int)
    columns = np.linspace(0, expected.shape[1] - 1, shown.shape[1]).astype(int)
    there = expected[rows][:, columns].astype(int)
    return float(np.abs(shown.astype(int) - there).mean())


def test_from_the_camera_to_the_tile_and_the_history(
    qtbot: QtBot, watch: Watch, site: ThreadedSite, tmp_path: Path
) -> None:
    sign_in_for_the_first_time(qtbot, watch)
    watched, other = add_camera(watch, site, 1), add_camera(watch, site, 2)

    # What the tile shows after each count, and what is true at that moment.
    shown: list[tuple[int, int, int]] = []
    seen = 0

    def enough() -> bool:
        nonlocal seen
        for measured in watch.counts[seen:]:
            seen += 1
            if measured.camera_id == watched.id:
                truth = site.truth(1, measured.at.timestamp()).occupancy
                shown.append((measured.count, truth, measured.seq))
        return sum(1 <= truth <= 6 for _, truth, _ in shown) >= SAMPLES

    qtbot.waitUntil(enough, timeout=60_000)
    with_people = [(count, truth) for count, truth, _ in shown if 1 <= truth <= 6]
    near = sum(abs(count - truth) <= 1 for count, truth in with_people)
    assert near / len(with_people) >= 0.9, with_people

    # The tile: the camera's picture, and the newest count as its number.
    picture = requests.get(f"{site.base_url(1)}/snapshot", timeout=5).content
    assert unlikeness(watch, watched, picture) < 12
    qtbot.waitUntil(
        lambda: (
            watch.shown_count(watched)
            == str([one for one in watch.counts if one.camera_id == watched.id][-1].count)
        )
    )

    # The camera is stopped: a gap with a reason, never a zero; the other one goes on.
    site.set_fault(1, "html")
    qtbot.waitUntil(lambda: watch.shown_state(watched) is CameraState.BAD_DATA, timeout=10_000)
    qtbot.waitUntil(lambda: watch.shown_count(watched) == "?", timeout=5_000)
    stopped_at = utc_now()
    before = len(watch.counts)
    qtbot.waitUntil(
        lambda: sum(one.camera_id == other.id for one in watch.counts[before:]) >= 6, timeout=10_000
    )
    assert watch.shown_count(watched) == "?"
    went_on_at = utc_now()
    site.set_fault(1, None)
    qtbot.waitUntil(lambda: watch.shown_state(watched) is CameraState.OK, timeout=30_000)
    qtbot.waitUntil(lambda: watch.shown_count(watched).isdigit(), timeout=10_000)

    watch.application.stop()
    said = {(one.camera_id, to_ms(one.at)): one.count for one in watch.counts}
    with closing(sqlite3.connect(tmp_path / "camwatch.sqlite3")) as history:
        stored = {
            (camera_id, ts): count
            for camera_id, ts, count in history.execute("SELECT camera_id, ts, count FROM sample")
        }
        gap = history.execute(
            "SELECT count(*) FROM sample WHERE camera_id = ? AND ts BETWEEN ? AND ?",
            (watched.id, stopped_at.timestamp() * 1000, went_on_at.timestamp() * 1000),
        ).fetchone()[0]
        states = history.execute(
            "SELECT state, reason FROM camera_state WHERE camera_id = ? ORDER BY ts", (watched.id,)
        ).fetchall()
        minutes = history.execute(
            "SELECT sum(samples), sum(count_sum) FROM minute WHERE camera_id = ?", (watched.id,)
        ).fetchone()
    assert stored == said
    assert gap == 0
    assert (CameraState.BAD_DATA.value, Reason.WEB_PAGE.value) in states
    assert states[-1][0] == CameraState.OK.value
    of_watched = [count for (camera_id, _), count in stored.items() if camera_id == watched.id]
    assert minutes == (len(of_watched), sum(of_watched))
    assert watch.application.late_workers == []
