"""The past in front of the live wall: it is never mistaken for the present, and leads back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from camwatch.alerts.alert import Alert
from camwatch.alerts.inbox import AlertQuery
from camwatch.auth.session import Session
from camwatch.cameras.decode import encode_jpeg
from camwatch.domain import Bucket, BucketSize, CameraId, CameraState, Reason, Role
from camwatch.history.moments import (
    CameraThen,
    CountThen,
    Gap,
    Moment,
    NoPicture,
    PictureThen,
    StoredPicture,
)
from camwatch.ui import theme
from camwatch.ui.live.grid import CameraGrid
from camwatch.ui.shortcuts import Key
from camwatch.ui.storage.pictures_page import PicturesPage
from camwatch.ui.time_machine.reader import PictureCache
from camwatch.ui.time_machine.view import TimeMachine
from tests.ui.live_edges import HeldBackground, PictureDesk, conditions, session
from tests.ui.storage_edges import StorageDeskOfTests

NOON = datetime(2026, 3, 12, 13, 3, 20, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
GATE, HALL = CameraId(1), CameraId(2)
SECOND = timedelta(seconds=1)


def then(camera_id: CameraId, at: datetime) -> CameraThen:
    if camera_id == HALL:
        return CameraThen(
            HALL,
            gap=Gap.OUT_OF_ORDER,
            no_picture=NoPicture.COUNT_ONLY,
            state=CameraState.OFFLINE,
            since=at - 60 * SECOND,
            reason=Reason.TIMEOUT,
        )
    count = CountThen(4, at - 0.4 * SECOND, False, 4, 4, interval_s=1.0, model="nanodet-g")
    return CameraThen(
        camera_id, count=count, picture=PictureThen(at - 8 * SECOND), state=CameraState.OK
    )


@dataclass
class Desk:
    """Answers as the commands do; remembers what it was asked."""

    asked: list[datetime] = field(default_factory=list)
    opened: list[datetime] = field(default_factory=list)
    beside: datetime | None = None
    knows: bool = True

    def open_time_machine(self, _session: Session, moment: datetime) -> None:
        self.opened.append(moment)

    def moment(self, _session: Session, at: datetime, ids: Collection[CameraId]) -> Moment:
        self.asked.append(at)
        return Moment(at, {one: then(one, at) for one in ids if self.knows})

    def moment_pictures(
        self, _session: Session, at: datetime, ids: Collection[CameraId]
    ) -> Mapping[CameraId, StoredPicture]:
        data = encode_jpeg(np.full((90, 160, 3), 128, np.uint8))
        return {one: StoredPicture(at - 8 * SECOND, data) for one in ids}

    def alert_beside(self, _session: Session, _at: datetime, _is_after: bool) -> datetime | None:
        return self.beside

    def history(
        self,
        _session: Session,
        _ids: Sequence[CameraId] | None,
        _size: BucketSize,
        start: datetime,
        _end: datetime,
        _zone: ZoneInfo,
        *,
        is_corrected: bool = True,
    ) -> list[Bucket]:
        del is_corrected
        return [
            Bucket(start + n * 60 * SECOND, 60.0, None if n == 3 else 2.0, 3, 1, 60, 1.0)
            for n in range(20)
        ]

    def alerts(self, _session: Session, _query: AlertQuery) -> list[Alert]:
        return []


class Bench:
    """A time machine over a live wall of two cameras, in a window."""

    def __init__(self, qtbot: QtBot) -> None:
        self.desk, self.background = Desk(), HeldBackground()
        self.grid = CameraGrid(PictureDesk())
        self.grid.resize(800, 400)
        self.grid.set_conditions(conditions(2))
        self.machine = TimeMachine(
            self.desk,
            session(Role.VIEWER),
            self.background,
            self.grid,
            BERLIN,
            lambda: NOON + timedelta(hours=1),
        )
        qtbot.addWidget(self.grid)
        qtbot.addWidget(self.machine)
        self.machine.resize(1280, 700)
        self.machine.set_cameras({GATE: "Gate", HALL: "Hall"}, {})
        self.machine.show()
        qtbot.waitExposed(self.machine)

    def open(self, at: datetime = NOON) -> None:
        self.machine.open_at(at)
        self.background.finish()


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def test_it_says_all_the_time_that_it_is_not_live_and_what_is_known(bench: Bench) -> None:
    bench.open()
    assert bench.machine.bar.label.text() == "You look at 12 March 2026, 14:03:20, not live"
    gate, hall = bench.machine.wall.tile(GATE), bench.machine.wall.tile(HALL)
    assert gate.count_text == "4"
    assert gate.notes == ("Picture of 14:03:12, 8.0 s before", "")
    assert hall.count_text == "?"
    assert "No pictures are kept of this camera: count only" in hall.message
    assert "not live" in gate.accessibleName()
    assert bench.machine.transport.summary.text() == "4 people in view then, not known of 1 camera"
    assert bench.desk.opened == [NOON]
    # The frame is striped: along its edge both of its colours are found.
    edge = bench.machine.grab().toImage().copy(0, 2, 200, 1)
    assert len({edge.pixel(x, 0) for x in range(200)}) > 1


def test_a_moment_of_which_nothing_is_known_is_not_told_as_nobody(bench: Bench) -> None:
    bench.desk.knows = False
    bench.open()
    assert bench.machine.transport.summary.text() == "Not known how many people were in view then"


def test_the_way_back_stays_in_sight_with_large_text(qapp: QApplication, qtbot: QtBot) -> None:
    theme.apply(qapp, text_percent=150)
    try:
        bench = Bench(qtbot)
        bench.open()
        assert bench.machine.minimumSizeHint().width() <= 1280
        transport = bench.machine.transport
        for button in transport.findChildren(QToolButton):
            assert button.isHidden() or button.width() >= button.sizeHint().width()
    finally:
        theme.apply(qapp)


def test_scrubbing_asks_for_the_newest_moment_only_and_keeps_the_order(bench: Bench) -> None:
    bench.open()
    bench.desk.asked.clear()
    shown: list[datetime] = []
    bench.machine.reader.read.connect(lambda moment: shown.append(moment.at))
    for second in range(50):
        bench.machine.go_to(NOON + second * SECOND)
    bench.background.finish()
    assert bench.desk.asked == shown == [NOON, NOON + 49 * SECOND]
    # Nothing that was asked before the present came back is shown afterwards.
    bench.machine.go_to(NOON - SECOND)
    bench.machine.reader.forget()
    bench.background.finish()
    assert shown[-1] == NOON + 49 * SECOND


def test_the_line_of_time_is_dragged_and_the_keys_step(bench: Bench) -> None:
    bench.open()
    line = bench.machine.timeline
    QTest.mousePress(
        line,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QPoint(line.width() // 4, 20),
    )
    bench.background.finish()
    assert NOON - timedelta(minutes=16) < bench.machine.at < NOON - timedelta(minutes=14)
    QTest.mouseRelease(
        line,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QPoint(line.width() // 4, 20),
    )
    at = bench.machine.at
    for key, by in (
        (Key.PAST_MINUTE_ON, 60),
        (Key.PAST_HOUR_BACK, -3600),
        (Key.PAST_STEP_BACK, -1),
    ):
        bench.machine.step(key)
        bench.background.finish()
        assert bench.machine.at == at + by * SECOND
        at = bench.machine.at
    bench.desk.beside = NOON + 5 * SECOND
    bench.machine.step(Key.PAST_ALERT_AFTER)
    bench.background.finish()
    assert bench.machine.at == NOON + 5 * SECOND
    bench.desk.beside = None
    bench.machine.step(Key.PAST_ALERT_BEFORE)
    bench.background.finish()
    assert bench.machine.at == NOON + 5 * SECOND
    assert not bench.machine.notice.isHidden()


def test_it_plays_up_to_the_present_and_not_into_the_future(bench: Bench, qtbot: QtBot) -> None:
    now = NOON + timedelta(hours=1)
    bench.open(now - 20 * SECOND)
    bench.machine.transport.speeds.button(60).click()
    bench.machine.transport.play.setChecked(True)
    qtbot.waitUntil(lambda: not bench.machine.transport.play.isChecked(), timeout=5000)
    bench.background.finish()
    assert now - 3 * SECOND < bench.machine.at <= now
    bench.machine.go_to(now + timedelta(days=1))
    assert bench.machine.at == now


def test_escape_and_the_button_lead_back(bench: Bench) -> None:
    bench.open()
    assert bench.machine.at == NOON
    left: list[int] = []
    bench.machine.left.connect(lambda: left.append(1))
    bench.machine.bar.back_button.click()
    bench.machine.activateWindow()
    bench.machine.timeline.setFocus()
    QTest.keyClick(bench.machine.timeline, Qt.Key.Key_Escape)
    assert left == [1, 1]


def test_a_page_of_the_live_wall_is_the_page_of_the_past(bench: Bench) -> None:
    bench.open()
    bench.grid.open_camera(HALL)
    bench.background.finish()
    assert bench.machine.wall.camera_ids == [HALL]
    assert bench.machine.wall.tile(HALL).width() > 0.9 * bench.machine.wall.width()


def test_decoded_pictures_are_bounded() -> None:
    cache = PictureCache(most_bytes=4 * 100 * 100 * 3)
    for number in range(10):
        image = QImage(100, 100, QImage.Format.Format_RGB32)
        cache.put((GATE, NOON + number * SECOND), image)
    assert cache.size <= 4 * 100 * 100 * 3
    assert cache.get((GATE, NOON)) is None
    assert cache.get((GATE, NOON + 9 * SECOND)) is not None


def test_the_keeping_of_pictures_is_set_with_an_estimate(qtbot: QtBot) -> None:
    desk, background = StorageDeskOfTests(), HeldBackground()
    page = PicturesPage(desk, session(Role.ADMINISTRATOR), background, BERLIN)
    qtbot.addWidget(page)
    page.show()
    background.finish()
    assert "1\u202f200 pictures" in page.now.text()
    assert "8 cameras" in page.estimate.text()
    assert not page.apply_button.isEnabled()
    page.every.setValue(30)
    qtbot.waitUntil(lambda: background.waiting > 0)
    background.finish()
    page.apply_button.click()
    background.finish()
    assert desk.pictures.keeping.every_s == 30
    assert not page.is_changed
