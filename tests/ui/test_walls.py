"""Walls on the live page: arranged, saved, toured, in further windows, as a kiosk. Real history."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QSettings, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from camwatch.alerts.alert import Alert, AlertPart, AlertState, Subject
from camwatch.alerts.rules import Severity
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.commands import Commands, Counting
from camwatch.commands.model_desk import desk_for
from camwatch.config import CameraPolicy, Security
from camwatch.data.engine import Database
from camwatch.domain import Camera, CameraId, CameraState, SiteId, utc_now
from camwatch.events import AlertChanged, Bus
from camwatch.paths import Profile
from camwatch.ui import theme
from camwatch.ui.bridge import EventBridge
from camwatch.ui.charts.live_chart import LiveChart
from camwatch.ui.live.page import LivePage
from camwatch.ui.live.wall.dialogs import NameDialog
from camwatch.ui.live.wall.mime import camera_of, of_camera
from camwatch.ui.live.wall.room import WallOptions, WallRoom
from camwatch.ui.live.wall.spotlight import WENT_DOWN
from camwatch.ui.live.wall.window import WallWindow
from camwatch.ui.locking import Locking
from camwatch.walls import Spot, StartWish, Wall, WallTile, even
from camwatch.workers.audit_recordings import AuditRecordings
from camwatch.workers.pictures import TileFeed
from tests.commands.values import PASSWORD, settings
from tests.ui.live_edges import in_state
from tests.ui.screen_edges import PromptWork

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@dataclass
class Site:
    """A history with cameras, and who is signed in."""

    commands: Commands
    session: Session
    cameras: list[Camera]
    bus: Bus


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    profile = Profile(tmp_path / "profile")
    profile.create()
    database = Database.open(profile.database_file)
    bus = Bus()
    recordings = AuditRecordings(profile.audits_folder, bus)
    counting = Counting(desk_for(profile), recordings, lambda _camera: None, lambda: 0.33)
    commands = Commands(database, SecretStore(), CameraPolicy(), bus, counting)
    session = commands.create_first_administrator("boss", PASSWORD)
    for number in range(1, 7):
        wanted = settings(f"Camera {number}", username="", host=f"10.0.0.{number}")
        database.cameras.add(wanted)
    yield Site(commands, session, database.cameras.all(), bus)
    database.close()


class Bench:
    """A live page with its walls."""

    def __init__(self, qtbot: QtBot, site: Site, start: StartWish | None = None) -> None:
        self.site = site
        self.work = PromptWork()
        self.bridge = EventBridge(site.bus)
        self.feed = TileFeed()
        self.page = LivePage(self.feed, self.bridge, LiveChart(), can_add=True)
        qtbot.addWidget(self.page)
        self.around = QLabel("header")
        qtbot.addWidget(self.around)
        self.locking = Locking(site.commands, site.session, self.work, self.page)
        self.dialogs: list[QDialog] = []
        self.notices: list[str] = []
        options = WallOptions((self.around,), self.feed, "A sample.", start or StartWish())
        self.page.resize(1000, 700)
        self.page.set_cameras(site.cameras, {SiteId(1): "Main site"})
        self.room = WallRoom(
            self.page,
            site.commands,
            site.session,
            self.work,
            self.bridge,
            self.locking,
            options,
        )
        self.room.dialog_made.connect(self._keep)
        self.room.noticed.connect(self.notices.append)
        self.page.show()
        self.page.activateWindow()
        qtbot.waitUntil(self.page.isActiveWindow)

    def _keep(self, dialog: QDialog) -> None:
        self.dialogs.append(dialog)
        dialog.show()

    @property
    def ids(self) -> list[int]:
        return [int(one) for one in self.page.grid.visible_ids()]

    def arrange(self) -> None:
        self.page.take_keyboard()
        QTest.keyClick(self.page.grid.tile(self.page.grid.visible_ids()[0]), Qt.Key.Key_A)
        assert self.room.arranging.is_on

    def press(self, *keys: Qt.Key, mods: Qt.KeyboardModifier = CTRL & SHIFT) -> None:
        for key in keys:
            arranger = self.room.arranging.arranger
            assert arranger is not None
            QTest.keyClick(arranger, key, mods)

    def name(self, name: str) -> NameDialog:
        dialog = self.dialogs.pop()
        assert isinstance(dialog, NameDialog)
        dialog.line.setText(name)
        dialog.save_button.click()
        return dialog

    def close(self) -> None:
        self.room.kiosk.end()
        self.room.close_all()
        self.bridge.close()


@pytest.fixture
def bench(qtbot: QtBot, site: Site) -> Iterator[Bench]:
    made = Bench(qtbot, site)
    yield made
    made.close()


# Functions, since a type checker takes it for known what it has just seen asserted.
def is_on(bench: Bench) -> bool:
    return bench.room.tour.is_on


def is_kiosk(bench: Bench) -> bool:
    return bench.room.kiosk.is_on


def is_covered(window: WallWindow) -> bool:
    return window.is_covered


def stored(site: Site) -> list[Wall]:
    return site.commands.walls(site.session)


def keep(site: Site, name: str, *numbers: int) -> Wall:
    tiles = tuple(WallTile(CameraId(one), Spot(0, place)) for place, one in enumerate(numbers))
    return site.commands.save_wall(site.session, Wall("", name, 3, 3, tiles))


def test_a_page_is_arranged_by_keyboard_and_saved_under_a_name(bench: Bench, site: Site) -> None:
    assert bench.ids == [1, 2, 3, 4, 5, 6]
    bench.arrange()
    # Hold the first tile and let it change places with the one to the right of it.
    bench.press(Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Space)
    assert bench.room.arranging.arranger is not None
    draft = bench.room.arranging.arranger.draft
    assert draft.wall.at(0, 0) == 2
    assert draft.wall.at(0, 1) == 1
    # Make it higher: the one below loses its place to an empty cell, or to nothing.
    bench.press(Qt.Key.Key_Down, mods=SHIFT)
    assert draft.wall.spot_of(CameraId(1)) == Spot(0, 1, 1, 2)
    bench.press(Qt.Key.Key_Z, mods=CTRL)
    assert draft.wall.spot_of(CameraId(1)) == Spot(0, 1)
    bench.press(Qt.Key.Key_Z, mods=CTRL | SHIFT)
    bench.press(Qt.Key.Key_Left)
    bench.press(Qt.Key.Key_Delete)
    assert draft.wall.spot_of(CameraId(2)) is None
    bench.press(Qt.Key.Key_Return, mods=CTRL)
    assert not bench.room.arranging.is_on

    dialog = bench.name("  ")
    assert "name" in dialog.field.problem.lower()
    bench.dialogs.append(dialog)
    bench.name("Doors")
    (wall,) = stored(site)
    assert (wall.name, wall.owner) == ("Doors", "boss")
    assert wall.spot_of(CameraId(1)) == Spot(0, 1, 1, 2)
    assert wall.spot_of(CameraId(2)) is None
    assert bench.page.grid.wall == wall
    assert "Doors" in bench.room.chooser.accessibleName()


def test_a_tile_is_dragged_to_a_place_and_larger_and_cancel_undoes_all(
    bench: Bench, site: Site
) -> None:
    wall = keep(site, "Doors", 1, 2)
    bench.bridge.walls_changed.emit(None)
    bench.room.show_wall(bench.room.book.find(wall.uid))
    bench.arrange()
    arranger = bench.room.arranging.arranger
    assert arranger is not None

    def middle(row: int, column: int) -> QPointF:
        return QPointF(arranger.rect_of(row, column).center())

    QTest.mousePress(arranger, Qt.MouseButton.LeftButton, pos=middle(0, 0).toPoint())
    QTest.mouseMove(arranger, middle(2, 2).toPoint())
    QTest.mouseRelease(arranger, Qt.MouseButton.LeftButton, pos=middle(2, 2).toPoint())
    assert arranger.draft.wall.spot_of(CameraId(1)) == Spot(2, 2)
    corner = arranger.rect_of(0, 1).bottomRight()
    QTest.mousePress(arranger, Qt.MouseButton.LeftButton, pos=corner)
    QTest.mouseMove(arranger, middle(1, 2).toPoint())
    QTest.mouseRelease(arranger, Qt.MouseButton.LeftButton, pos=middle(1, 2).toPoint())
    assert arranger.draft.wall.spot_of(CameraId(2)) == Spot(0, 1, 2, 2)
    carried = of_camera(CameraId(5))
    assert camera_of(carried) == 5
    drop = QDropEvent(
        middle(0, 0),
        Qt.DropAction.CopyAction,
        carried,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    arranger.dropEvent(drop)
    assert sorted(bench.ids) == [1, 2, 5]
    bench.press(Qt.Key.Key_Escape)
    assert not bench.room.arranging.is_on
    assert bench.page.grid.wall == wall
    assert stored(site) == [wall]


def test_a_wall_is_deleted_only_after_a_question(bench: Bench, site: Site) -> None:
    keep(site, "Doors", 3)
    bench.room.book.read()
    (wall,) = bench.room.book.own
    bench.room.show_wall(wall)
    bench.room.remove(wall)
    box = bench.dialogs.pop()
    assert isinstance(box, QMessageBox)
    assert "Doors" in box.text()
    box.defaultButton().click()
    assert stored(site) == [wall]
    bench.room.remove(wall)
    box = bench.dialogs.pop()
    assert isinstance(box, QMessageBox)
    delete = next(
        one
        for one in box.buttons()
        if box.buttonRole(one) is QMessageBox.ButtonRole.DestructiveRole
    )
    delete.click()
    assert stored(site) == []
    assert bench.ids == [1, 2, 3, 4, 5, 6]


def test_a_file_names_what_it_could_not_match(bench: Bench, site: Site, tmp_path: Path) -> None:
    content = json.loads(site.commands.export_wall(site.session, keep(site, "Doors", 1, 2).uid))
    content["tiles"][1] |= {"camera": "Far away", "address": "10.9.9.9:80"}
    file = tmp_path / "wall.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    bench.room.take_in()
    opener = next(one for one in bench.page.window().children() if hasattr(one, "open_file"))
    opener.open_file(str(file))
    assert "Far away" in bench.notices[-1]
    assert bench.ids == [1]
    assert {wall.name for wall in stored(site)} == {"Doors", "Doors 2"}


def test_a_tour_goes_round_waits_unseen_and_ends_for_alerts_and_acts(bench: Bench) -> None:
    bench.page.set_columns(2)
    tour = bench.room.tour
    QTest.keyClick(bench.page, Qt.Key.Key_T)
    assert is_on(bench)
    assert "Page 2 of 2" in bench.room.tour_label.text()
    for _ in range(tour.seconds):
        tour.tick()
    assert bench.page.grid.page == 1
    bench.page.hide()
    for _ in range(2 * tour.seconds):
        tour.tick()
    assert bench.page.grid.page == 1
    bench.page.show()
    tour.hold()
    tour.tick()
    assert "held" in bench.room.tour_label.text()
    bench.room.spotlight.found.emit()
    assert not is_on(bench)
    assert "attention" in bench.room.tour_label.text()

    bench.room.toggle_tour()
    tour.note(bench.around)
    assert is_on(bench)
    tour.note(bench.page.grid.tile(CameraId(5)))
    assert not is_on(bench)


def test_a_tour_ends_when_the_operator_goes_elsewhere(bench: Bench) -> None:
    page, tour = bench.page, bench.room.tour
    page.set_columns(2)
    acts: tuple[Callable[[], object], ...] = (
        lambda: page.show_camera(CameraId(5)),  # as from an alert or the list
        lambda: QTest.keyClick(page.grid, Qt.Key.Key_PageDown),
        partial(page.number_entry.entered.emit, 2),
        lambda: page.set_columns(2),
    )
    for act in acts:
        page.set_columns(1)
        bench.room.toggle_tour()
        assert is_on(bench)
        page.set_cameras(bench.site.cameras, {SiteId(1): "Main site"})
        assert is_on(bench)
        act()
        assert not is_on(bench)
        for _ in range(tour.seconds):
            tour.tick()
    page.show_camera(CameraId(5))
    bench.room.toggle_tour()
    assert is_on(bench)
    assert page.grid.opened is None


def test_a_tour_of_walls_leaves_out_what_was_deleted(bench: Bench, site: Site) -> None:
    walls = [keep(site, f"Wall {one}", one) for one in (1, 2, 3)]
    bench.room.book.read()
    bench.room._start_tour([wall.uid for wall in walls], 3)
    tour = bench.room.tour
    assert bench.ids == [1]
    site.commands.remove_wall(site.session, walls[1].uid)
    bench.room.book.read()
    assert "Wall 3" in tour.words()
    for _ in range(3):
        tour.tick()
    assert bench.ids == [3]
    tour.end()


def test_what_needs_attention_is_marked_and_enlarged_while_it_lasts(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    spotlight, grid = bench.room.spotlight, bench.page.grid
    conditions = {one.camera.id: one for one in bench.page.conditions}
    since = utc_now() - WENT_DOWN / 2
    down = replace(in_state(CameraState.OFFLINE, number=4), since=since, at=since)
    conditions[CameraId(4)].take_state(down)
    spotlight.look()
    assert conditions[CameraId(4)].attention == "Just went down"
    small = grid.tile(CameraId(4)).width()
    spotlight.set_enlarging(is_enlarging=True)
    assert grid.tile(CameraId(4)).width() > small
    calm = replace(theme.current(), motion=False)
    monkeypatch.setattr(theme, "current", lambda: calm)
    spotlight.look()
    assert grid.tile(CameraId(4)).width() == small
    monkeypatch.undo()

    # While the wall shows the past, nothing grows; what needs attention is marked all the same.
    spotlight.look()
    assert grid.tile(CameraId(4)).width() > small
    bench.room.rest(True)
    assert grid.tile(CameraId(4)).width() == small
    assert conditions[CameraId(4)].attention == "Just went down"
    spotlight.set_enlarging(is_enlarging=True)
    assert grid.tile(CameraId(4)).width() == small
    bench.room.rest(False)
    assert grid.tile(CameraId(4)).width() > small

    part = AlertPart(Subject.of_camera(CameraId(2)), "Camera 2", utc_now())
    alert = Alert(
        "a", "r", "Crowd", "occupancy", Severity.CRITICAL, utc_now(), utc_now(), (part,), "t", "m"
    )
    spotlight.on_alert_changed(AlertChanged(utc_now(), alert))
    assert conditions[CameraId(2)].attention == "Critical alert"
    assert grid.tile(CameraId(2)).width() > small
    seen = replace(alert, state=AlertState.ACKNOWLEDGED, version=1)
    spotlight.on_alert_changed(AlertChanged(utc_now(), seen))
    late = replace(down, since=utc_now() - WENT_DOWN - timedelta(seconds=5))
    conditions[CameraId(4)].take_state(late)
    spotlight.look()
    assert {one.camera.id: one.attention for one in conditions.values() if one.attention} == {}
    assert grid.tile(CameraId(2)).width() == small


def test_a_further_window_has_its_own_pictures_and_is_covered_with_the_main_one(
    bench: Bench, site: Site, tmp_path: Path, qtbot: QtBot
) -> None:
    wall = keep(site, "Doors", 1, 2)
    bench.room.book.read()
    bench.room.show_wall(bench.room.book.find(wall.uid))
    bench.room.open_window()
    (window,) = bench.room.windows.windows
    assert window.isVisible()
    assert [int(one) for one in window.grid.visible_ids()] == [1, 2]
    window.grid.set_plan(even(1))
    window.grid.set_wall(None)
    largest, own = bench.feed.largest(CameraId(1)), bench.feed.wanted(CameraId(1))
    assert largest is not None
    assert own is not None
    assert largest[0] > own[0]
    assert window.mark.text() == "A sample."

    file = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    bench.room.save(file)
    bench.locking.security = Security(live_while_locked=True)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window.grid, Qt.Key.Key_L, CTRL)  # whoever leaves, wherever the keyboard is
    assert "Locked" in window.mark.text()
    assert not is_covered(window)
    bench.locking.take_security(Security(live_while_locked=False))
    assert is_covered(window)
    assert not window.grid.isVisible()
    assert "locked" in window.windowTitle()
    bench.room.close_all()
    assert not bench.room.windows.windows
    assert bench.feed.largest(CameraId(1)) == own

    bench.room.restore(file)
    (again,) = bench.room.windows.windows
    assert len(again.grid.visible_ids()) == 1
    assert again.is_covered


def test_a_kiosk_shows_the_wall_alone_and_is_left_with_the_password(bench: Bench) -> None:
    bench.around.show()
    QTest.keyClick(bench.page, Qt.Key.Key_F11, CTRL)
    assert is_kiosk(bench)
    assert not bench.around.isVisible()
    assert not bench.page.controls.isVisible()
    assert bench.page.window().isFullScreen()
    # The first administrator has just entered a password, so none is asked for.
    QTest.keyClick(bench.page, Qt.Key.Key_F11, CTRL)
    assert not is_kiosk(bench)
    assert bench.around.isVisible()
    assert bench.page.controls.isVisible()


def test_the_command_line_chooses_and_says_what_is_not_there(qtbot: QtBot, site: Site) -> None:
    keep(site, "Doors", 5)
    known = Bench(qtbot, site, StartWish("doors"))
    assert known.ids == [5]
    known.close()
    plan = Bench(qtbot, site, StartWish("1+5"))
    assert plan.page.grid.plan.name == "1+5"
    plan.close()


def test_an_unknown_layout_or_screen_is_told_and_the_rest_goes_on(qtbot: QtBot, site: Site) -> None:
    bench = Bench(qtbot, site)
    bench.room._options = replace(bench.room._options, start=StartWish("Nowhere", 9))
    bench.room.begin()
    bench.room._on_walls()
    assert any("no screen 9" in one for one in bench.notices)
    assert any("“Nowhere”" in one and "3x3" in one for one in bench.notices)
    assert bench.ids == [1, 2, 3, 4, 5, 6]
    bench.close()
