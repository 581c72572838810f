from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar, cast

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel, QMessageBox, QToolButton
from pytestqt.qtbot import QtBot

from camwatch import __version__
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import CameraId, CameraState, Passed, PlaceId, Reason, Role, utc_now
from camwatch.errors import CamWatchError, DatabaseBusy, DiskFull, ModelMissing, SessionExpired
from camwatch.events import (
    Bus,
    CamerasChanged,
    ClockJumped,
    CommonCause,
    ComputerResumed,
    DetectorChanged,
    HistorySaved,
    HouseworkTroubled,
    StorageSuspect,
    StorageTroubled,
    WorkerStopped,
)
from camwatch.scene import Line, Scene, SceneRecord
from camwatch.ui.banner import Gravity
from camwatch.ui.bridge import EventBridge
from camwatch.ui.causes import CauseDialog
from camwatch.ui.keys_dialog import KeysDialog
from camwatch.ui.main_window import MainWindow
from camwatch.ui.pages import ALERTS, CAMERAS, CHARTS, LIVE, PAGES
from camwatch.ui.shortcuts import Key, sequence_of
from camwatch.ui.window.base import WindowOptions
from camwatch.ui.window.commands import WindowCommands
from tests.ui.account_edges import a_live_session, a_role
from tests.ui.live_edges import (
    NOON,
    CameraShelf,
    HeldBackground,
    PictureDesk,
    cameras,
    counted,
    in_state,
    session,
)

DOOR = Line("Door", (0.5, 0), (0.5, 1))
T = TypeVar("T")
CTRL = Qt.KeyboardModifier.ControlModifier


class Room:
    """A window with all that it stands on."""

    def __init__(self, qtbot: QtBot, bus: Bus, bridge: EventBridge) -> None:
        self.qtbot = qtbot
        self.bus = bus
        self.bridge = bridge
        self.background = HeldBackground()
        self.shelf = CameraShelf(cameras(3))
        self.desk = PictureDesk()
        self.ended: list[bool] = []

    def open(
        self, who: Session | None = None, *, in_turns: bool = False, **options: object
    ) -> MainWindow:
        window = MainWindow(
            cast("WindowCommands", self.shelf),
            who or session(),
            self.background,
            self.desk,
            self.bridge,
            WindowOptions(time_zone="Europe/Berlin", **options),  # type: ignore[arg-type]
            in_turns=in_turns,
        )
        window.sign_out_requested.connect(lambda: self.ended.append(True))
        self.qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        self.qtbot.waitUntil(window.isActiveWindow)
        self.background.finish()
        return window


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def bridge(qapp: object, bus: Bus) -> Iterator[EventBridge]:
    made = EventBridge(bus)
    yield made
    made.close()


@pytest.fixture
def room(qtbot: QtBot, bus: Bus, bridge: EventBridge) -> Room:
    return Room(qtbot, bus, bridge)


def test_it_shows_the_cameras_and_reads_them_again_when_they_change(room: Room) -> None:
    window = room.open()
    assert [one.camera.name for one in window.live_page.conditions] == [
        "Camera 01",
        "Camera 02",
        "Camera 03",
    ]

    room.shelf.stored = cameras(5)
    with room.qtbot.waitSignal(room.bridge.cameras_changed):
        room.bus.publish(CamerasChanged(NOON))
    room.background.finish()
    assert len(window.live_page.conditions) == 5


class OvertakingBackground(HeldBackground):
    """Reads at once, and delivers the newest answer first."""

    def run(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CamWatchError], None],
        *,
        owner: QObject,
    ) -> None:
        value = job()
        super().run(lambda: value, done, failed, owner=owner)
        self._jobs.insert(0, self._jobs.pop())


def test_an_answer_that_was_overtaken_by_a_newer_one_is_not_shown(room: Room) -> None:
    room.background = OvertakingBackground()
    window = room.open()
    # Two changes one after the other, read by two threads.
    for count in (4, 5):
        room.shelf.stored = cameras(count)
        window.load_cameras()
    room.background.finish()
    assert len(window.live_page.conditions) == 5


def test_who_passed_today_is_asked_for_though_nothing_is_saved(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("camwatch.ui.window.news._PASSED_MS", 10)
    monkeypatch.setattr("camwatch.ui.live.passed_today._EVERY_S", 0.0)
    room.shelf.drawn = [SceneRecord(CameraId(1), Scene(lines=(DOOR,)), {"Door": PlaceId(1)})]
    room.shelf.passed = {PlaceId(1): Passed(214, 202, 1.0)}
    window = room.open()
    known = window.live_page.conditions[0]
    assert known.readings(NOON) == {"Door": "in 214 out 202"}
    # No detector: nothing is counted any more, and less and less of the day is known.
    room.shelf.passed = {PlaceId(1): Passed(214, 202, 0.5)}

    def is_told() -> bool:
        room.background.finish()
        return "50" in known.readings(NOON)["Door"]

    room.qtbot.waitUntil(is_told)


@pytest.mark.expects_warning
def test_who_passed_is_unknown_when_the_history_cannot_be_read(room: Room) -> None:
    room.shelf.drawn = [SceneRecord(CameraId(1), Scene(lines=(DOOR,)), {"Door": PlaceId(1)})]
    room.shelf.passed = {PlaceId(1): Passed(214, 202, 1.0)}
    window = room.open()
    room.shelf.passing_error = DatabaseBusy("locked")
    window.load_cameras()
    room.background.finish()
    assert window.live_page.conditions[0].readings(NOON) == {"Door": "in ? out ?"}


def test_it_learns_what_happened_before_it_was_opened(room: Room) -> None:
    room.bus.publish(in_state(CameraState.OK))
    room.bus.publish(HistorySaved(NOON, 3))
    with room.qtbot.waitSignal(room.bridge.count_measured):
        room.bus.publish(counted(7, at=utc_now()))
    window = room.open()

    said = "1 of 3 cameras live · saved 14:00:00"
    room.qtbot.waitUntil(lambda: window.status_bar.summary == said)
    assert window.live_page.conditions[0].count_text(utc_now()) == "7"


def test_keys_go_from_page_to_page(room: Room) -> None:
    window = room.open()
    for key, page in (
        (Qt.Key.Key_2, CHARTS),
        (Qt.Key.Key_3, ALERTS),
        (Qt.Key.Key_4, CAMERAS),
        (Qt.Key.Key_1, LIVE),
    ):
        QTest.keyClick(window, key, CTRL)
        assert window.page == page


def test_keys_of_the_live_page_rest_on_other_pages(room: Room) -> None:
    window = room.open()
    window.show_page(CHARTS)
    QTest.keyClick(window, Qt.Key.Key_B)
    QTest.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)

    assert window.live_page.controls.are_boxes_shown
    assert window.live_page.grid.columns == 2


def test_full_screen_and_back(room: Room) -> None:
    window = room.open()
    QTest.keyClick(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    QTest.keyClick(window, Qt.Key.Key_F11)
    assert not window.isFullScreen()


def test_the_question_mark_lists_every_key(room: Room) -> None:
    window = room.open()
    QTest.keyClick(window, Qt.Key.Key_Question)
    dialogs = window.findChildren(KeysDialog)

    assert len(dialogs) == 1
    said = {label.text() for label in dialogs[0].findChildren(QLabel)}
    for key in Key:
        assert key.value in said
        assert sequence_of(key) in said
    dialogs[0].reject()


def test_only_pages_that_are_shown_cost_pictures(room: Room) -> None:
    window = room.open()
    assert sorted(room.desk.wanted) == [1, 2, 3]

    window.show_page(CHARTS)
    assert room.desk.wanted == {}
    window.show_page(LIVE)
    assert sorted(room.desk.wanted) == [1, 2, 3]


@pytest.mark.fault("F64")
def test_a_missing_model_is_told_in_red_and_no_number_is_shown(room: Room) -> None:
    window = room.open()
    room.bus.publish(in_state(CameraState.OK))
    room.bus.publish(counted(7, at=utc_now()))
    with room.qtbot.waitSignal(room.bridge.detector_changed):
        error = ModelMissing(Path("nanodet.onnx"), "missing")
        room.bus.publish(DetectorChanged(NOON, "", "", False, error))

    assert window.banners.detector.text.startswith("View only. ")
    assert "nanodet.onnx" in window.banners.detector.text
    assert window.live_page.conditions[0].count_text(utc_now()) == "?"

    with room.qtbot.waitSignal(room.bridge.detector_changed):
        room.bus.publish(DetectorChanged(NOON, "nanodet-g", "onnxruntime", False))
    assert window.banners.detector.text == ""


def test_trouble_with_storage_is_told_with_what_waits_and_what_is_lost(room: Room) -> None:
    window = room.open()
    with room.qtbot.waitSignal(room.bridge.storage_troubled):
        room.bus.publish(StorageTroubled(NOON, DiskFull("full"), 12345, 7, 12000, NOON))
    text = window.banners.storage.text

    assert text.startswith("The disk is full, not saving since ")
    assert "There is no room left" in text
    assert "12\u202f345 counts wait on this computer, 345 of them in its memory only." in text
    assert "7 counts found no room and are lost." in text
    assert window.banners.storage.gravity is Gravity.CRITICAL
    with room.qtbot.waitSignal(room.bridge.storage_troubled):
        room.bus.publish(StorageTroubled(NOON, None, 0))
    assert window.banners.storage.text == ""


def test_a_history_that_is_only_in_use_is_no_disaster(room: Room) -> None:
    window = room.open()
    with room.qtbot.waitSignal(room.bridge.storage_troubled):
        room.bus.publish(StorageTroubled(NOON, DatabaseBusy("held"), 1, 0, 1))
    text = window.banners.storage.text
    assert text.startswith("Saving is delayed. ")
    assert text.endswith("1 count waits on this computer, on its disk.")
    assert window.banners.storage.gravity is Gravity.WARNING


def test_a_disk_that_may_be_failing_is_told_until_somebody_has_read_it(room: Room) -> None:
    window = room.open()
    with room.qtbot.waitSignal(room.bridge.storage_suspect):
        room.bus.publish(StorageSuspect(NOON, "disk", "Storage may be failing. It is sound."))
    assert window.banners.suspect.text == "Storage may be failing. It is sound."
    window.banners.suspect.dismiss()
    assert window.banners.suspect.text == ""


def test_a_worker_that_stopped_is_told_with_the_number_in_the_log(room: Room) -> None:
    window = room.open()
    with room.qtbot.waitSignal(room.bridge.worker_stopped):
        room.bus.publish(WorkerStopped(NOON, "poller", "5f2c", False))
    assert "poller" in window.banners.notice.text
    assert "5f2c" in window.banners.notice.text
    assert "started again" in window.banners.notice.text

    with room.qtbot.waitSignal(room.bridge.worker_stopped):
        room.bus.publish(WorkerStopped(NOON, "poller", "77aa", True))
    assert "is off now" in window.banners.notice.text
    assert "77aa" in window.banners.notice.text
    close = window.banners.notice.findChild(QToolButton)
    assert close is not None
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert window.banners.notice.text == ""


@pytest.mark.expects_warning
def test_cameras_that_cannot_be_read_are_told_and_the_old_ones_stay(room: Room) -> None:
    window = room.open()
    room.shelf.error = DatabaseBusy("locked")
    window.load_cameras()
    room.background.finish()
    assert "in use" in window.banners.trouble.text
    assert room.shelf.error.error_id in window.banners.trouble.text
    assert len(window.live_page.conditions) == 3

    room.shelf.error = None
    window.load_cameras()
    room.background.finish()
    assert window.banners.trouble.text == ""


def test_an_ended_session_signs_the_operator_out(room: Room) -> None:
    window = room.open()
    room.shelf.error = SessionExpired()
    with room.qtbot.waitSignal(window.sign_out_requested):
        window.load_cameras()
        room.background.finish()


def test_the_session_ends_by_itself(room: Room) -> None:
    now = utc_now()
    short = Session("0" * 43, session().user, now, now + timedelta(seconds=2), session().role)
    window = room.open(short)
    # Also if it ended while the window was being shown, on a computer that is busy.
    room.qtbot.waitUntil(lambda: bool(room.ended))
    assert window.isVisible()


def test_a_demonstration_says_so(room: Room) -> None:
    assert room.open(is_demo=True).banners.demo.text == (
        "Demonstration: simulated cameras, nothing is kept."
    )
    assert room.open().banners.demo.text == ""


def test_a_sample_says_so_also_in_further_windows(room: Room) -> None:
    window = room.open(is_demo=True, is_sample=True)
    assert window.banners.demo.text.startswith("Sample: nobody here is real.")
    told = window.wall_room.windows.told
    assert told == "Sample: nobody here is real. The cameras are simulated."
    assert room.open().wall_room.windows.told == ""


def test_the_settings_lead_to_the_tab_of_delivery(room: Room) -> None:
    window = room.open()
    window.dialogs.open_setup("delivery")
    delivery = window.alerts_page.delivery
    assert delivery is not None
    assert delivery.isVisible()


def test_an_administrator_adds_the_first_camera_and_others_are_not_offered_it(room: Room) -> None:
    room.shelf.stored = []
    window = room.open()
    assert window.live_page.add_button is not None
    QTest.mouseClick(window.live_page.add_button, Qt.MouseButton.LeftButton)
    assert window.page == CAMERAS
    dialogs = [one for one in window.findChildren(QDialog) if one.isVisible()]
    assert len(dialogs) == 1
    dialogs[0].reject()

    viewer = room.open(session(Role.VIEWER))
    assert viewer.live_page.add_button is None
    QTest.keyClick(viewer, Qt.Key.Key_N, CTRL)
    assert viewer.page == LIVE


def test_closing_tells_once_and_remembers_layout_and_size(room: Room, tmp_path: Path) -> None:
    file = tmp_path / "window.ini"
    window = room.open(window_file=file)
    window.resize(1111, 700)
    window.live_page.set_columns(3)
    closed: list[bool] = []
    window.closed.connect(lambda: closed.append(True))
    QTest.keyClick(window, Qt.Key.Key_Q, CTRL)
    window.close()
    assert closed == [True]
    assert room.desk.wanted == {}

    again = room.open(window_file=file)
    assert again.height() == 700  # the width is cut to the small screen of the tests
    assert again.live_page.grid.columns == 3


def test_the_operator_menu_says_who_is_signed_in(room: Room) -> None:
    window = room.open(session(Role.SUPERVISOR, "R&D <b>x</b>"))
    button = next(one for one in window.findChildren(QToolButton) if one.menu() is not None)
    actions = button.menu().actions()

    assert actions[0].text() == "R&&D <b>x</b> · Supervisor"
    sign_out = next(one for one in actions if one.text() == "Sign out")
    with room.qtbot.waitSignal(window.sign_out_requested):
        sign_out.trigger()


def test_the_program_says_what_it_is(room: Room) -> None:
    window = room.open()
    window.dialogs.show_about()
    box = window.findChild(QMessageBox)

    assert box is not None
    assert __version__ in box.text()
    box.reject()


def test_outside_text_is_shown_as_text(room: Room) -> None:
    window = room.open()
    window.show_notice("<b>bold</b>")

    label = next(
        one for one in window.banners.notice.findChildren(QLabel) if one.text() == "<b>bold</b>"
    )
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_every_visible_button_of_the_window_has_a_name(room: Room) -> None:
    window = room.open()
    window.show_notice("Something to close")
    QAccessible.setActive(True)
    parts = (window.header, window.banners.notice, window.status_bar)
    buttons = [one for part in parts for one in part.findChildren(QAbstractButton)]
    names = []
    for button in buttons:
        interface = QAccessible.queryAccessibleInterface(button)
        assert interface is not None
        names.append(interface.text(QAccessible.Text.Name))

    assert names == [
        "Live",
        "Charts",
        "Alerts",
        "Cameras",
        "Accuracy",
        "Users",
        "Who did what",
        "Health",
        "Find anything",
        "Operator menu",
        "Close this message",
        "Alerts are heard here",
        "How CamWatch is doing is being found out",
    ]


def test_a_window_that_is_gone_gets_no_events(room: Room) -> None:
    window = room.open()
    window.close()
    window.deleteLater()
    room.qtbot.waitUntil(lambda: CameraId(1) not in room.desk.wanted)
    with room.qtbot.waitSignal(room.bridge.count_measured):
        room.bus.publish(counted(3))


@pytest.mark.fault("F54", "F56")
def test_a_common_cause_is_one_line_and_a_later_window_knows_it(room: Room) -> None:
    cause = CommonCause(NOON, "1", "computer", "", (CameraId(1), CameraId(2)), Reason.HOST_OFFLINE)
    with room.qtbot.waitSignal(room.bridge.common_cause):
        room.bus.publish(cause)
    window = room.open()
    room.qtbot.waitUntil(lambda: bool(window.banners.causes.texts))
    assert [text.split(":")[0] for text in window.banners.causes.texts] == [
        "This computer has no network since 14"
    ]
    window.dialogs.show_cause(cause)
    (dialog,) = window.findChildren(CauseDialog)
    assert dialog.list.topLevelItemCount() == 2
    dialog.reject()
    with room.qtbot.waitSignal(room.bridge.common_cause):
        room.bus.publish(replace(cause, camera_ids=()))
    assert window.banners.causes.texts == []
    assert room.open().banners.causes.texts == []


def test_of_a_common_cause_only_the_cameras_are_told_that_this_operator_sees(room: Room) -> None:
    window = room.open()
    ids = (CameraId(2), CameraId(98), CameraId(99))
    cause = CommonCause(NOON, "1", "host", "10.0.0.5", ids, Reason.TIMEOUT)
    with room.qtbot.waitSignal(room.bridge.common_cause):
        room.bus.publish(cause)
    assert "from 1 camera at 10.0.0.5:" in window.banners.causes.texts[0]
    with room.qtbot.waitSignal(room.bridge.common_cause):
        room.bus.publish(replace(cause, key="2", camera_ids=ids[1:], where="10.0.0.6"))
    assert len(window.banners.causes.texts) == 1


@pytest.mark.fault("F57", "F58")
def test_sleep_and_a_set_clock_are_told_until_the_operator_has_read_it(room: Room) -> None:
    window = room.open()
    with room.qtbot.waitSignal(room.bridge.computer_resumed):
        room.bus.publish(ComputerResumed(NOON, 8 * 3600))
    assert "asleep or stopped for 8 h" in window.banners.notice.text
    with room.qtbot.waitSignal(room.bridge.clock_jumped):
        room.bus.publish(ClockJumped(NOON, -3600))
    assert "set back by 1 h" in window.banners.notice.text


@pytest.mark.parametrize("may", [True, False])
def test_who_manages_the_history_is_told_what_failed_about_it(room: Room, may: bool) -> None:
    who = session()
    less = who.role.permissions - (set() if may else {Permission.MANAGE_HISTORY})
    window = room.open(replace(who, role=replace(who.role, permissions=less)))
    with room.qtbot.waitSignal(room.bridge.housework_troubled):
        room.bus.publish(HouseworkTroubled(NOON, "Making the daily copy", "No room."))
    said = "Making the daily copy failed: No room. It is tried again."
    assert (said in window.banners.notice.text) is may


@pytest.mark.fault("F57", "F58")
def test_sleep_does_not_make_a_session_longer(room: Room) -> None:
    who = session()
    window = room.open(replace(who, expires_at=utc_now() + timedelta(hours=1)))
    window.sessions._timer.start(12 * 3600 * 1000)  # as if it had stood still meanwhile
    with room.qtbot.waitSignal(room.bridge.computer_resumed):
        room.bus.publish(ComputerResumed(utc_now(), 11 * 3600.0))
    # Qt lets a coarse timer be a twentieth late, and a second's even more.
    assert window.sessions._timer.remainingTime() <= 2 * 3600 * 1000
    # A clock that was put back makes it no longer either.
    window.sessions._timer.start(1000)
    with room.qtbot.waitSignal(room.bridge.clock_jumped):
        room.bus.publish(ClockJumped(utc_now(), -86400.0))
    assert window.sessions._timer.remainingTime() <= 2000


def visible_words(window: MainWindow) -> list[str]:
    return [label.text() for label in window.live_page.findChildren(QLabel) if label.isVisible()]


def test_nobody_is_asked_to_add_the_first_camera_of_a_demonstration(room: Room) -> None:
    room.shelf.stored = []
    window = room.open(is_demo=True)
    assert "No cameras yet" not in visible_words(window)
    room.shelf.stored = cameras(2)
    window.load_cameras()
    room.background.finish()
    assert len(window.live_page.conditions) == 2
    room.shelf.stored = []
    window.load_cameras()
    room.background.finish()
    assert "No cameras yet" in visible_words(window)


# ---------------------------------------------------------------- made in turns


def test_the_live_page_is_there_before_the_rest(room: Room) -> None:
    window = room.open(in_turns=True)
    assert not hasattr(window, "alerts_page")
    assert len(window.live_page.conditions) == 3
    assert window.pages.currentWidget() is window.live_room
    with room.qtbot.waitSignal(window.made):
        window.go_on()
    assert window.is_whole
    assert [window.pages.widget(index) for index in range(len(PAGES))] == list(window.pages.all)
    assert window.pages.currentWidget() is window.live_room


def test_a_key_that_needs_the_rest_has_it_made_and_is_not_lost(room: Room) -> None:
    window = room.open(in_turns=True)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_3, CTRL)
    assert window.is_whole
    assert window.page == ALERTS
    assert window.pages.currentWidget() is window.alerts_page


def test_a_click_on_a_page_has_the_rest_made_and_shows_it(room: Room) -> None:
    window = room.open(in_turns=True)
    button = next(
        one for one in window.findChildren(QToolButton) if one.accessibleName() == "Charts"
    )
    at = button.mapTo(window, button.rect().center())
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=at)
    assert window.is_whole
    assert window.page == CHARTS


def test_a_window_is_closed_and_given_up_before_the_rest_is_made(room: Room) -> None:
    given_up = room.open(in_turns=True)
    given_up.remember()
    given_up.give_up()
    assert not given_up.is_whole
    window = room.open(in_turns=True)
    with room.qtbot.waitSignal(window.closed):
        window.close()


def test_what_was_open_is_known_before_the_rest_is_made(room: Room) -> None:
    assert room.open(in_turns=True).place.page == LIVE


def test_who_sees_no_live_view_has_all_at_once(room: Room) -> None:
    window = room.open(a_live_session(a_role(Permission.VIEW_ALERTS)), in_turns=True)
    assert window.is_whole
    assert window.page == ALERTS
