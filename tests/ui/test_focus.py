"""The focus view: zoom, the camera's head, saving a picture, and which pictures it gets."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from camwatch.alerts.alert import Alert
from camwatch.alerts.inbox import AlertQuery
from camwatch.auth.session import Session
from camwatch.cameras.decode import encode_jpeg, make_tile
from camwatch.cameras.onvif.ptz_values import Preset, PtzAbilities
from camwatch.domain import (
    WHOLE,
    CameraId,
    CameraState,
    Frame,
    Part,
    Picture,
    Role,
    TilePicture,
)
from camwatch.errors import CamWatchError, FilesTroubled
from camwatch.ui.charts.zones import site_zone
from camwatch.ui.live.condition import CameraCondition
from camwatch.ui.live.focus.head import STILL, Head
from camwatch.ui.live.focus.saving import file_name
from camwatch.ui.live.focus.view import FocusView
from camwatch.ui.live.focus.viewport import MOST_ZOOM, Viewport, part_rect
from tests.ui.live_edges import NOON, PictureDesk, camera, in_state, session

RED, BLUE = (0, 0, 255), (255, 0, 0)


def halves(wh: tuple[int, int] = (640, 360)) -> Picture:
    """A picture that is red on the left and blue on the right."""
    pixels = np.zeros((wh[1], wh[0], 3), np.uint8)
    pixels[:, : wh[0] // 2] = RED
    pixels[:, wh[0] // 2 :] = BLUE
    return Picture(CameraId(1), 1, encode_jpeg(pixels), wh, NOON, time.monotonic(), 1.0)


@dataclass
class Source:
    """Prepares pictures at once, in this thread."""

    feed: PictureDesk = field(default_factory=PictureDesk)
    watched: list[CameraId | None] = field(default_factory=list)
    part: Part = WHOLE
    picture: Picture | None = None

    def watch(self, camera_id: CameraId | None) -> None:
        self.watched.append(camera_id)

    def look_at(self, part: Part) -> None:
        self.part = part
        self.give()

    def latest(self, _camera_id: CameraId) -> Picture | None:
        return self.picture

    def give(self) -> None:
        if self.picture is None:
            return
        wh = self.feed.wanted[self.picture.camera_id]
        pixels = np.zeros((self.picture.wh[1], self.picture.wh[0], 3), np.uint8)
        pixels[:, : self.picture.wh[0] // 2] = RED
        pixels[:, self.picture.wh[0] // 2 :] = BLUE
        self.feed.put(make_tile(Frame(self.picture, pixels), wh, self.part))


@dataclass
class Room:
    """The commands of this view; what the camera was told, in order."""

    abilities: PtzAbilities = field(default_factory=PtzAbilities)
    told: list[str] = field(default_factory=list)
    error: CamWatchError | None = None
    saved: list[Path] = field(default_factory=list)

    found: list[Alert] = field(default_factory=list)

    def alerts(self, _session: Session, _query: AlertQuery) -> list[Alert]:
        return self.found

    def _tell(self, what: str) -> None:
        if self.error is not None:
            raise self.error
        self.told.append(what)

    def ptz(self, _session: Session, _camera_id: CameraId) -> PtzAbilities:
        return self.abilities

    def ptz_move(
        self, _session: Session, _camera_id: CameraId, pan: float, tilt: float, zoom: float
    ) -> None:
        self._tell(f"move {pan:g} {tilt:g} {zoom:g}")

    def ptz_stop(self, _session: Session, _camera_id: CameraId) -> None:
        self._tell("stop")

    def ptz_goto_preset(self, _session: Session, _camera_id: CameraId, token: str) -> None:
        self._tell(f"preset {token}")

    def ptz_home(self, _session: Session, _camera_id: CameraId) -> None:
        self._tell("home")

    def save_picture(self, _session: Session, picture: Picture, file: Path) -> Path:
        if self.error is not None:
            raise self.error
        file.write_bytes(picture.data)
        self.saved.append(file)
        return file


class Slow:
    """Runs each job only when the test says so."""

    def __init__(self) -> None:
        self.jobs: list[Callable[[], None]] = []

    def run(
        self,
        job: Callable[[], object],
        done: Callable[..., None],
        failed: Callable[[CamWatchError], None],
        *,
        owner: QObject,
    ) -> None:
        def work() -> None:
            try:
                result = job()
            except CamWatchError as error:
                failed(error)
            else:
                done(result)

        self.jobs.append(work)

    def work(self) -> None:
        while self.jobs:
            self.jobs.pop(0)()


class AtOnce(Slow):
    """Runs each job at once."""

    def run(
        self,
        job: Callable[[], object],
        done: Callable[..., None],
        failed: Callable[[CamWatchError], None],
        *,
        owner: QObject,
    ) -> None:
        super().run(job, done, failed, owner=owner)
        self.work()


@pytest.fixture
def source(qapp: QApplication) -> Source:
    return Source()


def shown(
    qtbot: QtBot,
    source: Source,
    room: Room | None = None,
    *,
    role: Role = Role.ADMINISTRATOR,
    onvif: bool = False,
) -> FocusView:
    one = camera()
    if onvif:
        one = replace(one, settings=replace(one.settings, onvif_scheme="http"))
    condition = CameraCondition(one)
    condition.take_state(in_state(CameraState.OK))
    view = FocusView(source, room or Room(), session(role), AtOnce())
    qtbot.addWidget(view)
    view.resize(904, 460)
    view.show_camera(condition)
    view.show()
    return view


# ---------------------------------------------------------------- arithmetic


@given(
    steps=st.lists(
        st.tuples(st.floats(0.1, 10), st.floats(0, 1), st.floats(0, 1), st.floats(-1, 1)),
        max_size=8,
    )
)
def test_whatever_is_done_the_view_stays_within_the_picture(
    steps: list[tuple[float, float, float, float]],
) -> None:
    view = Viewport()
    for factor, across, down, by in steps:
        view = view.zoomed(factor, across, down).moved(by, -by)
        left, top, right, bottom = view.part
        assert 1.0 <= view.zoom <= MOST_ZOOM
        assert -1e-9 <= left < right <= 1 + 1e-9
        assert -1e-9 <= top < bottom <= 1 + 1e-9


def test_zooming_keeps_the_point_under_the_pointer_where_it_is() -> None:
    room = QRectF(0, 0, 800, 450)
    before, point = Viewport(2.0, 0.5, 0.5), (0.6, 0.45)
    after = before.zoomed(1.5, *point)

    def place(view: Viewport) -> tuple[float, float]:
        whole = view.whole_rect(room)
        return (
            whole.left() + point[0] * whole.width(),
            whole.top() + point[1] * whole.height(),
        )

    assert place(before) == pytest.approx(place(after))


def test_the_part_that_is_looked_at_fills_the_room() -> None:
    room = QRectF(10, 20, 800, 450)
    view = Viewport().zoomed(4, 0.9, 0.1)
    filled = part_rect(view.whole_rect(room), view.part)
    assert (filled.left(), filled.top()) == pytest.approx((10, 20))
    assert (filled.width(), filled.height()) == pytest.approx((800, 450))


# ---------------------------------------------------------------- the picture


def color_in_the_middle(view: FocusView) -> tuple[int, int, int]:
    tile = view.tile
    assert tile is not None
    at = tile.picture_area().center().toPoint() + QPoint(3, 3)
    color = QColor(tile.grab().toImage().pixel(at))
    return color.blue(), color.green(), color.red()


def test_it_fetches_the_best_pictures_only_while_it_is_seen(qtbot: QtBot, source: Source) -> None:
    view = shown(qtbot, source)
    view.hide()
    view.show()
    assert source.watched[-3:] == [CameraId(1), None, CameraId(1)]
    view.show_camera(None)
    assert source.watched[-1] is None


def test_zoom_shows_a_part_and_says_so(qtbot: QtBot, source: Source) -> None:
    view = shown(qtbot, source)
    tile = view.tile
    assert tile is not None
    source.picture = halves()
    source.give()
    tile.look_at(Viewport().zoomed(4, 0.1, 0.5))
    assert source.part == pytest.approx((0.075, 0.375, 0.325, 0.625))
    assert color_in_the_middle(view) == RED
    assert view.zoom_label.text() == "400 %"
    assert "640 × 360 pixels" in view.facts.text()
    tile.look_at(tile.viewport.moved(0.5, 0))
    assert color_in_the_middle(view) == BLUE
    view.whole_button.click()
    assert view.zoom_label.text() == "100 %"
    assert not view.out_button.isEnabled()


def test_the_wheel_zooms_about_the_pointer_and_keys_do_so_too(qtbot: QtBot, source: Source) -> None:
    view = shown(qtbot, source)
    tile = view.tile
    assert tile is not None
    source.picture = halves()
    source.give()
    at = QPointF(tile.picture_area().center())
    QApplication.sendEvent(
        tile,
        QWheelEvent(
            at,
            tile.mapToGlobal(at),
            QPoint(),
            QPoint(0, 240),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )
    assert tile.viewport.zoom == pytest.approx(1.25**2)
    QTest.keyClick(tile, Qt.Key.Key_Plus)
    assert tile.viewport.zoom == pytest.approx(1.25**3)
    before = tile.viewport.across
    QTest.keyClick(tile, Qt.Key.Key_Right)
    assert tile.viewport.across > before
    QTest.keyClick(tile, Qt.Key.Key_0)
    assert tile.viewport == Viewport()


def test_a_drag_moves_the_zoomed_picture(qtbot: QtBot, source: Source) -> None:
    view = shown(qtbot, source)
    tile = view.tile
    assert tile is not None
    source.picture = halves()
    source.give()
    tile.zoom(4)
    at = tile.picture_area().center().toPoint()
    QTest.mousePress(tile, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(tile, at + QPoint(80, 0))
    QTest.mouseRelease(tile, Qt.MouseButton.LeftButton, pos=at + QPoint(80, 0))
    assert tile.viewport.across < 0.5
    held = tile.viewport
    QTest.mouseMove(tile, at)
    assert tile.viewport == held


def test_a_count_of_the_counted_stream_is_compared_by_its_moment(
    qtbot: QtBot, source: Source
) -> None:
    view = shown(qtbot, source)
    tile = view.tile
    assert tile is not None
    pixels = np.zeros((90, 160, 4), np.uint8)
    # The main stream numbers its pictures otherwise.
    source.feed.put(TilePicture(CameraId(1), pixels, 999, NOON, 1000.0, WHOLE, (160, 90)))
    assert tile.counts_shown_picture()


# ---------------------------------------------------------------- the camera's head

ALL = PtzAbilities(True, True, True, (Preset("1", "Door"), Preset("2", "Yard")))


def test_only_a_camera_that_can_be_moved_has_a_pad(qtbot: QtBot, source: Source) -> None:
    assert shown(qtbot, source).pad.isHidden()
    assert shown(qtbot, source, Room(PtzAbilities()), onvif=True).pad.isHidden()
    assert shown(qtbot, source, Room(ALL), onvif=True, role=Role.VIEWER).pad.isHidden()
    pad = shown(qtbot, source, Room(PtzAbilities(can_zoom=True)), onvif=True).pad
    assert not pad.isHidden()
    assert all(button.isHidden() for button in pad.moves)
    assert not any(button.isHidden() for button in pad.zooms)
    assert pad.places.isHidden()


def test_it_moves_as_long_as_a_button_is_held(qtbot: QtBot, source: Source) -> None:
    room = Room(ALL)
    pad = shown(qtbot, source, room, onvif=True).pad
    pad.speed.setValue(10)
    right = pad.moves[2]
    QTest.mousePress(right, Qt.MouseButton.LeftButton)
    assert room.told == ["move 1 0 0"]
    QTest.mouseRelease(right, Qt.MouseButton.LeftButton)
    assert room.told == ["move 1 0 0", "stop"]
    pad.home.click()
    pad.places.setCurrentIndex(2)
    pad.places.activated.emit(2)
    assert room.told[2:] == ["home", "preset 2"]


def test_leaving_while_a_button_is_held_stops_the_camera(qtbot: QtBot, source: Source) -> None:
    room = Room(ALL)
    view = shown(qtbot, source, room, onvif=True)
    QTest.mousePress(view.pad.moves[0], Qt.MouseButton.LeftButton)
    view.hide()
    assert room.told[-1] == "stop"


def test_what_waits_is_replaced_and_a_stop_never_overtakes(qtbot: QtBot) -> None:
    room, slow = Room(), Slow()
    head = Head(room, session(), slow, CameraId(1))
    head.move((1, 0, 0))
    head.move((0, 1, 0))
    head.move((0, 0, 1))
    head.stop()
    head.move((-1, 0, 0))
    head.move(STILL)
    assert len(slow.jobs) == 1
    slow.work()
    assert room.told == ["move 1 0 0", "stop"]


def test_a_camera_that_does_not_obey_is_said_so(qtbot: QtBot, source: Source) -> None:
    room = Room(ALL)
    pad = shown(qtbot, source, room, onvif=True).pad
    room.error = FilesTroubled("the line is dead")
    QTest.mouseClick(pad.moves[0], Qt.MouseButton.LeftButton)
    assert "did not obey" in pad.trouble.text()
    room.error = None
    QTest.mouseClick(pad.moves[0], Qt.MouseButton.LeftButton)
    assert pad.trouble.isHidden()


# ---------------------------------------------------------------- saving


def test_a_picture_is_saved_as_the_camera_sent_it(
    qtbot: QtBot, source: Source, tmp_path: Path
) -> None:
    room = Room()
    view = shown(qtbot, source, room)
    source.picture = halves()
    source.give()
    qtbot.waitUntil(view.save_button.isEnabled, timeout=3000)
    view.save_button.click()
    dialog = next(one for one in view.children() if one.metaObject().className() == "PictureSaving")
    file = tmp_path / "gate.jpg"
    dialog.fileSelected.emit(str(file))  # type: ignore[attr-defined]
    assert file.read_bytes() == source.picture.data
    assert "Saved as gate.jpg" in view.said.text()


def test_who_may_not_save_pictures_is_told_why(qtbot: QtBot, source: Source) -> None:
    view = shown(qtbot, source, role=Role.VIEWER)
    source.picture = halves()
    source.give()
    assert not view.save_button.isEnabled()
    assert "Your role does not let you save pictures" in view.save_button.toolTip()


def test_the_file_is_named_after_camera_and_moment() -> None:
    one = camera(name="Gate / 3: Nörth")
    assert file_name(one, halves(), site_zone("UTC"), "jpg") == (
        f"gate-3-n-rth-{NOON:%Y-%m-%d-%H%M%S}.jpg"
    )
