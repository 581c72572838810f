"""The box in which everything is found, in a real window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from camwatch.alerts.alert import AlertState
from camwatch.alerts.inbox import AlertQuery
from camwatch.auth.permissions import OperatorRole
from camwatch.auth.session import Session
from camwatch.domain import CameraId, Role
from camwatch.errors import DatabaseBusy
from camwatch.events import Bus
from camwatch.ui.bridge import EventBridge
from camwatch.ui.keys_dialog import KeysDialog
from camwatch.ui.main_window import MainWindow
from camwatch.ui.pages import ALERTS, CAMERAS, LIVE, PAGES, SETTINGS
from camwatch.ui.palette.actions import ACTIONS, HEADER, at_path
from camwatch.ui.palette.results import Result, StandingProvider
from camwatch.ui.privacy.dialog import PrivacyDialog
from camwatch.ui.shortcuts import Key, title_of
from camwatch.ui.window.base import WindowOptions
from camwatch.ui.window.commands import WindowCommands
from camwatch.walls import Wall
from tests.ui.alert_edges import alert
from tests.ui.live_edges import CameraShelf, HeldBackground, PictureDesk, cameras, session
from tests.ui.privacy_edges import OpenPrivacy

CTRL = Qt.KeyboardModifier.ControlModifier


class Shelf(CameraShelf, OpenPrivacy):
    """The commands that the box asks as well."""

    asked: list[AlertQuery]
    fails = False

    def alerts(self, _session: Session, query: AlertQuery) -> list:  # type: ignore[type-arg]
        self.asked.append(query)
        if self.fails:
            raise DatabaseBusy("busy")
        if query.number == 41:
            return [replace(alert(5, state=AlertState.CLOSED), number=41)]
        return [replace(alert(4), number=7)] if query.states is None else []

    def still_here(self, session: Session) -> OperatorRole:
        return session.role

    def walls(self, _session: Session) -> list:  # type: ignore[type-arg]
        return []

    def rules(self, _session: Session) -> list:  # type: ignore[type-arg]
        return []

    def accounts(self, _session: Session) -> list:  # type: ignore[type-arg]
        return []


class Room:
    def __init__(self, bridge: EventBridge) -> None:
        self.bridge = bridge
        self.background = HeldBackground()
        self.shelf = Shelf(cameras(3))
        self.shelf.asked = []
        self.shelf.fails = False
        self.windows: list[MainWindow] = []
        self._usual: MainWindow | None = None

    @property
    def usual(self) -> MainWindow:
        """An administrator's window on its live page; opening one takes as long as ten tests."""
        if self._usual is None:
            self._usual = self.open()
        window = self._usual
        window.activateWindow()
        QTest.qWaitForWindowActive(window)
        window.palette_room.box.close_box()
        window.live_page.grid.close_camera()
        window.show_page(LIVE)
        window.live_page.take_keyboard()
        self.shelf.fails = False
        return window

    def open(self, who: Session | None = None, file: Path | None = None) -> MainWindow:
        window = MainWindow(
            cast("WindowCommands", self.shelf),
            who or session(Role.ADMINISTRATOR),
            self.background,
            PictureDesk(),
            self.bridge,
            WindowOptions(time_zone="Europe/Berlin", window_file=file),
        )
        self.windows.append(window)
        window.show()
        window.activateWindow()
        QTest.qWaitForWindowActive(window)
        self.background.finish()
        return window

    def find(self, window: MainWindow, text: str) -> list[str]:
        box = window.palette_room.box
        if box.isHidden():
            QTest.keyClick(window, Qt.Key.Key_K, CTRL)
            self.background.finish()
        box.line.selectAll()
        QTest.keyClicks(box.line, text)
        return self.listed(window)

    @staticmethod
    def listed(window: MainWindow) -> list[str]:
        model = window.palette_room.box.model
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())]

    def take(self, window: MainWindow, text: str) -> None:
        """Find something, and do it: that comes once the key is up."""
        self.find(window, text)
        current = window.palette_room.box.current
        done: list[bool] = []
        QTest.keyClick(window.palette_room.box.line, Qt.Key.Key_Return)
        if current is not None and not current.why_not:
            QTimer.singleShot(0, lambda: done.append(True))
            while not done:
                QApplication.processEvents()


@pytest.fixture(scope="module")
def room(qapp: object) -> Iterator[Room]:
    bridge = EventBridge(Bus())
    made = Room(bridge)
    yield made
    for window in made.windows:
        window.close()
        window.deleteLater()
    bridge.close()


def test_it_opens_by_key_and_by_its_button_and_gives_the_keyboard_back(room: Room) -> None:
    window = room.usual
    box = window.palette_room.box
    tile = window.focusWidget()
    QTest.keyClick(window, Qt.Key.Key_K, CTRL)
    assert box.isVisible()
    assert box.line.hasFocus()
    assert room.listed(window)[: len(PAGES)] == [page.title for page in PAGES]
    QTest.keyClick(box.line, Qt.Key.Key_Escape)
    assert box.isHidden()
    assert window.focusWidget() is tile

    (button,) = (
        one
        for one in window.header.findChildren(QToolButton)
        if one.accessibleName() == "Find anything"
    )
    button.click()
    assert box.isVisible()
    window.live_page.take_keyboard()
    assert box.isHidden()


def test_pages_cameras_and_actions_are_gone_to_by_keyboard_alone(room: Room, qtbot: QtBot) -> None:
    window = room.usual
    room.take(window, "cmras")
    qtbot.waitUntil(lambda: window.page == CAMERAS)

    assert room.find(window, "camera 02")[0] == "Camera 02"
    room.take(window, "camera 02")
    qtbot.waitUntil(lambda: window.page == LIVE)
    assert window.live_page.grid.opened == CameraId(2)

    room.take(window, "shortcuts")
    qtbot.waitUntil(lambda: bool(window.findChildren(KeysDialog)))
    (keys,) = window.findChildren(KeysDialog)
    assert keys.isVisible()
    keys.reject()


def test_walls_and_settings_are_gone_to(room: Room) -> None:
    window = room.usual
    wall = Wall("w1", "Night shift", 1, 1, owner=window.sessions.session.actor)
    window.wall_room.book.walls = (wall,)
    room.take(window, "night shift")
    assert window.page == LIVE
    assert window.wall_room.shown == wall

    room.find(window, "colours")
    assert "Colours" in room.listed(window)
    room.take(window, "colours")
    assert window.page == SETTINGS
    assert window.settings_page.search.text() == "display.theme"
    window.settings_page.search.clear()
    window.wall_room.book.walls = ()
    window.wall_room.show_wall(None)


def test_arrows_go_round_and_what_cannot_be_done_now_says_why(room: Room) -> None:
    window = room.usual
    window.show_page(CAMERAS)
    box = window.palette_room.box
    found = room.find(window, "edit the camera")
    assert found[0] == "Edit the camera"
    result = box.current
    assert result is not None
    assert "chosen" in result.why_not
    QTest.keyClick(box.line, Qt.Key.Key_Return)
    assert box.isVisible()

    room.find(window, "camera")
    QTest.keyClick(box.line, Qt.Key.Key_Up)
    assert box.list.currentIndex().row() == box.model.rowCount() - 1
    QTest.keyClick(box.line, Qt.Key.Key_Down)
    assert box.list.currentIndex().row() == 0
    assert box.line.accessibleDescription().startswith(room.listed(window)[0])


def test_alerts_are_found_by_number_also_when_they_are_closed(room: Room, qtbot: QtBot) -> None:
    window = room.usual
    assert any(title.startswith("Alert 7:") for title in room.find(window, "alert 7"))
    room.find(window, "41")
    assert not any(title.startswith("Alert 41") for title in room.listed(window))
    qtbot.waitUntil(lambda: room.background.waiting > 0)
    room.background.finish()
    assert room.shelf.asked[-1].number == 41
    assert room.listed(window)[0].startswith("Alert 41:")
    current = window.palette_room.box.current
    assert current is not None
    assert current.key == "alert:00000005-0000-4000-8000-000000000000"


def test_nothing_found_tells_what_helps_and_a_busy_history_breaks_nothing(room: Room) -> None:
    window = room.usual
    room.shelf.fails = True
    box = window.palette_room.box
    assert room.find(window, "qqqqzz") == []
    assert box.rooms.currentWidget() is box.nothing
    assert "qqqqzz" in box.nothing_title.text()
    assert room.find(window, "charts")


def test_the_privacy_of_a_camera_is_found_and_opened(room: Room) -> None:
    window = room.usual
    room.take(window, "camera 02 privacy")
    room.background.finish()
    dialog = window.cameras_page.findChild(PrivacyDialog)
    assert dialog is not None
    assert dialog.windowTitle() == "Privacy of Camera 02"
    dialog.close()
    window.show_page(LIVE)


def test_nobody_finds_what_their_role_does_not_allow(room: Room) -> None:
    window = room.open(session(Role.VIEWER))
    everything = set(room.find(window, ""))
    for query in ("users", "audit", "add", "remove", "vault", "edit", "rule", "export", "storage"):
        everything |= set(room.find(window, query))
    forbidden = {"Users", "Who did what", title_of(Key.ADD_CAMERA), "Vault for passwords…"}
    forbidden |= {"History and storage…", "Edit the camera", "Remove the rule…", "New rule…"}
    assert everything & forbidden == set()
    ends = (": edit", ": lines and zones", ": privacy")
    everything |= set(room.find(window, "privacy"))
    assert not any(title.endswith(ends) for title in everything)
    assert room.find(window, "camera 01: chart")


def test_without_any_permission_only_what_everybody_may_do_is_found(room: Room) -> None:
    nobody = session(Role.VIEWER)
    nobody = replace(nobody, role=replace(nobody.role, permissions=frozenset()))
    window = room.open(nobody)
    titles = room.find(window, "")
    assert "Sign out" in titles
    assert not {page.title for page in PAGES} & set(titles)
    assert not any(title.startswith(("Alert", "Camera")) for title in titles)


def test_what_was_used_lately_comes_first_also_the_next_time(room: Room, tmp_path: Path) -> None:
    file = tmp_path / "window.ini"
    window = room.open(file=file)
    room.take(window, "camera 02")
    QTest.keyClick(window, Qt.Key.Key_K, CTRL)
    room.background.finish()
    assert room.listed(window)[0] == "Camera 02"
    window.close()
    assert "Camera" not in file.read_text()

    again = room.open(file=file)
    QTest.keyClick(again, Qt.Key.Key_K, CTRL)
    room.background.finish()
    assert room.listed(again)[0] == "Camera 02"


def test_others_hand_in_what_they_find(room: Room, qtbot: QtBot) -> None:
    class Walls(StandingProvider):
        def __init__(self) -> None:
            self.gone_to: list[str] = []

        def results(self) -> list[Result]:
            return [
                Result(
                    "wall:1", "Night wall", "Wall", "layout-grid", lambda: self.gone_to.append("n")
                )
            ]

    window = room.usual
    walls = Walls()
    window.palette_room.add(walls)
    room.take(window, "nwall")
    qtbot.waitUntil(lambda: walls.gone_to == ["n"])


def test_every_line_of_the_registry_leads_somewhere(room: Room) -> None:
    window = room.usual
    pages = window.pages.all
    icons = Path(__file__).resolve().parents[3] / "resources" / "icons"
    names = [action.name for action in ACTIONS]
    assert len(set(names)) == len(names)
    for action in ACTIONS:
        root = window.header if action.place == HEADER else pages[action.place]
        if action.path:
            assert at_path(root, action.path) is not None, action.name
        else:
            assert action.key is not None
        assert (icons / f"{action.icon}.svg").is_file(), action.name


def test_the_way_there_finds_room_in_the_smallest_window(room: Room) -> None:
    window = room.usual
    window.resize(960, 600)
    button = window.header._find
    assert button.isVisible()
    right = button.mapTo(window, button.rect().topRight()).x()
    assert right < 960
    window.resize(1600, 900)
    assert "Ctrl+K" in button.text()
    assert button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextBesideIcon


def test_the_keys_are_searched_and_begin_with_the_page_that_is_shown(room: Room) -> None:
    window = room.usual
    window.show_page(ALERTS)
    window.dialogs.show_keys()
    (dialog,) = window.findChildren(KeysDialog)
    assert dialog.shown[0] == "In the inbox of alerts"
    dialog.line.setText("ctrl+k")
    assert list(dialog.shown) == ["Everywhere"]
    dialog.line.setText("acknowledge")
    assert list(dialog.shown) == ["In the inbox of alerts"]
    dialog.line.setText("zzzz")
    assert dialog.nothing.isVisible()
    dialog.reject()


def test_a_locked_window_shows_nothing_of_it(room: Room) -> None:
    window = room.usual
    QTest.keyClick(window, Qt.Key.Key_K, CTRL)
    window.locking.lock()
    assert window.palette_room.box.isHidden()
    QTest.keyClick(window, Qt.Key.Key_K, CTRL)
    assert window.palette_room.box.isHidden()
