"""Locking the window: by key, by time, by sleep, by what a command says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QToolButton
from pytestqt.qtbot import QtBot

from camwatch.auth.session import Session
from camwatch.config import Security
from camwatch.domain import CameraId
from camwatch.errors import DatabaseBusy, SessionExpired
from camwatch.events import Bus, ClockJumped, ComputerResumed
from camwatch.ui import idle_watch
from camwatch.ui.bridge import EventBridge
from camwatch.ui.cameras.editor import CameraEditor
from camwatch.ui.idle_watch import IdleWatch
from camwatch.ui.keys_dialog import KeysDialog
from camwatch.ui.main_window import MainWindow
from camwatch.ui.pages import ACCURACY, CAMERAS, CHARTS
from camwatch.ui.window.base import WindowOptions
from tests.ui.account_edges import CODE, PASSWORD, Office, a_live_session
from tests.ui.live_edges import NOON, PictureDesk, cameras
from tests.ui.screen_edges import HeldWork, PromptWork

CTRL = Qt.KeyboardModifier.ControlModifier


class HandClock:
    """The clock that nobody sets, moved by hand."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Desk:
    """A signed-in operator at a window."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.clock = HandClock()
        self.office = Office(cameras(3))
        self.work: HeldWork = PromptWork()
        self.bus = Bus()
        self.bridge = EventBridge(self.bus)
        self.pictures = PictureDesk()
        self.window: MainWindow

    def open(self, session: Session | None = None) -> MainWindow:
        self.window = MainWindow(
            self.office,  # type: ignore[arg-type]
            session or a_live_session(),
            self.work,
            self.pictures,
            self.bridge,
            WindowOptions(time_zone="Europe/Berlin"),
        )
        # The window made its watch with the clock of the computer.
        self.window.locking.idle_watch._elapsed = self.clock
        self.window.locking.idle_watch._used_s = self.clock()
        self.qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)
        return self.window

    def unlock(self, password: str = PASSWORD, code: str = "") -> None:
        prompt = self.window.locking.panel.prompt
        prompt.password.line.setText(password)
        if code:
            prompt.code.line.setText(code)
        prompt.submit()

    def is_locked(self) -> bool:
        return self.window.locking.is_locked

    def is_session_locked(self) -> bool:
        return self.office.is_locked

    def asks(self) -> bool:
        """Tell whether the dialog for the password is there."""
        return self.window.confirming.dialog is not None

    def sees_panel(self) -> bool:
        return self.window.locking.panel.isVisible()

    def locks(self) -> int:
        return [asked[0] for asked in self.office.asked].count("lock")


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(qtbot)
    yield made
    made.bridge.close()


# ---------------------------------------------------------------- by key and menu


def test_ctrl_l_locks_and_once_more_asks_for_the_password(desk: Desk) -> None:
    window = desk.open()
    QTest.keyClick(window, Qt.Key.Key_L, CTRL)
    assert desk.is_session_locked()
    assert desk.is_locked()
    assert window.live_page.isVisible()
    assert not desk.sees_panel()
    QTest.keyClick(window, Qt.Key.Key_L, CTRL)
    assert desk.sees_panel()
    assert not window.live_page.isVisible()
    line = window.locking.panel.prompt.password.line
    assert window.focusWidget() is line
    assert desk.locks() == 1
    QTest.keyClicks(line, PASSWORD)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert not desk.is_locked()
    assert not desk.is_session_locked()
    assert window.live_page.isVisible()
    assert window.locking.panel.prompt.password.text() == ""


def test_the_menu_locks_and_offers_only_what_can_be_done(desk: Desk) -> None:
    window = desk.open()
    button = next(one for one in window.findChildren(QToolButton) if one.menu() is not None)
    actions = {one.text().partition("\t")[0]: one for one in button.menu().actions()}
    actions["Lock"].trigger()
    assert desk.is_locked()
    assert not actions["My account…"].isEnabled()
    assert not actions["Keys"].isEnabled()
    assert actions["Sign out"].isEnabled()
    desk.unlock()
    assert actions["My account…"].isEnabled()


def test_the_panel_names_the_operator_and_signs_out_instead(desk: Desk) -> None:
    window = desk.open(a_live_session(name="R&D <b>x</b>"))
    window.locking.lock()
    window.show_page(CHARTS)
    panel = window.locking.panel
    assert panel.who.text() == "R&D <b>x</b>, enter your password."
    assert panel.who.textFormat() == Qt.TextFormat.PlainText
    with desk.qtbot.waitSignal(window.sign_out_requested):
        panel.sign_out_button.click()


def test_with_a_device_the_code_is_needed_as_well(desk: Desk) -> None:
    desk.office.has_device = True
    window = desk.open(a_live_session(has_device=True))
    window.locking.lock()
    window.locking.lock()
    desk.unlock(PASSWORD)
    assert desk.is_locked()
    desk.unlock(PASSWORD, "000000")
    assert "the code is wrong" in window.locking.panel.prompt.field.problem
    desk.unlock(PASSWORD, CODE)
    assert not desk.is_locked()


# ---------------------------------------------------------------- what is covered


@pytest.mark.parametrize("page", [CHARTS, CAMERAS, ACCURACY])
def test_every_other_page_is_covered_and_one_is_back_on_it_afterwards(
    desk: Desk, page: int
) -> None:
    window = desk.open()
    window.show_page(page)
    shown = window.pages.widget(page)
    assert shown is not None
    window.locking.lock()
    assert desk.sees_panel()
    assert not shown.isVisible()
    window.locking.panel.live_button.click()
    assert window.live_page.isVisible()
    assert "Locked" in window.cover.banner.text
    desk.unlock()
    assert window.page == page
    assert shown.isVisible()
    assert window.cover.banner.text == ""


def test_while_locked_pages_lead_to_the_panel_and_after_it_to_the_page(desk: Desk) -> None:
    window = desk.open()
    window.locking.lock()
    QTest.keyClick(window, Qt.Key.Key_4, CTRL)
    assert desk.sees_panel()
    assert not window.cameras_page.isVisible()
    QTest.keyClick(window, Qt.Key.Key_1, CTRL)
    assert window.live_page.isVisible()
    QTest.keyClick(window, Qt.Key.Key_2, CTRL)
    desk.unlock()
    assert window.page == CHARTS
    assert window.history_page.isVisible()


def test_nothing_opens_while_it_is_locked(desk: Desk) -> None:
    window = desk.open()
    window.locking.lock()
    dialogs = window.dialogs
    add = window.places.add_camera
    for show in (add, dialogs.show_keys, dialogs.show_about, dialogs.show_account):
        show()
        desk.qtbot.wait(1)
        assert not [one for one in window.findChildren(QDialog) if one.isVisible()]
        assert desk.sees_panel()


def test_without_the_live_view_all_is_covered_and_nothing_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.office.rules = Security(live_while_locked=False)
    window = desk.open()
    said: list[str] = []
    monkeypatch.setattr(window.tray, "say", said.append)
    window.locking.lock()
    assert desk.sees_panel()
    for part in (window.live_page, window.header, window.status_bar, window.banners):
        assert not part.isVisible()
    assert window.windowTitle() == "CamWatch: locked"
    assert not window.locking.panel.live_button.isVisible()
    window.live_page.conditions_changed.emit()
    assert set(said) == {"Locked"}
    assert desk.pictures.wanted == {}
    desk.unlock()
    assert window.live_page.isVisible()
    assert window.windowTitle() == "CamWatch"


def test_the_live_view_goes_on_while_locked(desk: Desk) -> None:
    window = desk.open()
    window.locking.lock()
    assert sorted(desk.pictures.wanted) == [1, 2, 3]
    desk.office.stored = cameras(5)
    window.load_cameras()
    assert len(window.live_page.conditions) == 5
    assert window.banners.trouble.text == ""


# ---------------------------------------------------------------- dialogs


def test_what_was_typed_into_a_dialog_is_there_again_afterwards(desk: Desk) -> None:
    window = desk.open()
    window.places.add_camera()
    (editor,) = window.findChildren(CameraEditor)
    desk.qtbot.waitExposed(editor)
    editor.form.fields["name"].input.setText("Gate, half typed")  # type: ignore[attr-defined]
    QTest.keyClick(editor, Qt.Key.Key_L, CTRL)
    assert desk.is_locked()
    assert not editor.isVisible()
    assert QApplication.activeModalWidget() is None
    desk.unlock("wrong")
    assert not editor.isVisible()
    desk.unlock()
    assert editor.isVisible()
    assert QApplication.activeModalWidget() is editor
    assert editor.form.fields["name"].input.text() == "Gate, half typed"  # type: ignore[attr-defined]
    editor.done(0)


def test_dialogs_above_each_other_come_back_in_their_order(desk: Desk) -> None:
    window = desk.open()
    lower, upper = QDialog(window), QDialog()
    upper.setParent(lower, upper.windowFlags())
    lower.open()
    upper.open()
    desk.qtbot.waitExposed(upper)
    window.locking.lock()
    assert not lower.isVisible()
    assert not upper.isVisible()
    desk.unlock()
    assert lower.isVisible()
    assert QApplication.activeModalWidget() is upper
    upper.reject()
    lower.reject()


def test_a_dialog_that_opens_while_locked_waits_and_one_for_a_file_is_given_up(
    desk: Desk,
) -> None:
    window = desk.open()
    asks_for_file = QFileDialog(window)
    asks_for_file.open()
    window.locking.lock()
    assert not asks_for_file.isVisible()
    late = QDialog(window)
    late.open()
    desk.qtbot.waitUntil(lambda: not late.isVisible())
    desk.unlock()
    assert late.isVisible()
    assert not asks_for_file.isVisible()
    late.reject()


def test_a_dialog_that_is_gone_meanwhile_does_not_come_back(desk: Desk) -> None:
    window = desk.open()
    window.dialogs.show_keys()
    (keys,) = window.findChildren(KeysDialog)
    window.locking.lock()
    keys.deleteLater()
    QApplication.sendPostedEvents(keys, 52)
    desk.unlock()
    assert not desk.is_locked()


# ---------------------------------------------------------------- by time


def test_it_locks_itself_when_nobody_is_there(desk: Desk) -> None:
    desk.office.rules = Security(lock_after_min=2)
    window = desk.open()
    desk.clock.now_s += 119
    window.locking.check()
    assert not desk.is_locked()
    desk.clock.now_s += 1
    window.locking.check()
    assert desk.is_locked()
    assert desk.is_session_locked()


def test_the_timer_itself_locks(qtbot: QtBot) -> None:
    watch = IdleWatch()
    with qtbot.waitSignal(watch.idle):
        watch.start(0.05)
    assert not watch.is_watching


@pytest.mark.parametrize("use", ["key", "click", "move", "wheel"])
def test_every_use_begins_the_time_anew(desk: Desk, use: str) -> None:
    window = desk.open()
    desk.clock.now_s += 899
    page = window.live_page
    if use == "key":
        QTest.keyClick(window, Qt.Key.Key_B)
    elif use == "click":
        QTest.mouseClick(window.status_bar, Qt.MouseButton.LeftButton)
    elif use == "move":
        QTest.mouseMove(window, QPoint(300, 300))
        QTest.mouseMove(window, QPoint(310, 310))
    else:
        middle = QPointF(page.rect().center())
        wheel = QWheelEvent(
            middle,
            page.mapToGlobal(middle),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        # As from the mouse: the platform without a screen has no wheel.
        assert wheel.type() in idle_watch._USED
        assert window.locking.idle_watch.note()
    desk.clock.now_s += 899
    window.locking.check()
    assert not desk.is_locked()
    desk.clock.now_s += 1
    window.locking.check()
    assert desk.is_locked()


@pytest.mark.fault("F58")
def test_after_sleep_it_is_locked_before_anybody_can_do_anything(desk: Desk) -> None:
    window = desk.open()
    window.show_page(CAMERAS)
    desk.clock.now_s += 3600
    with desk.qtbot.waitSignal(desk.bridge.computer_resumed):
        desk.bus.publish(ComputerResumed(NOON, 3600))
    assert desk.is_locked()
    assert desk.sees_panel()


def test_the_first_key_after_too_long_a_time_locks_and_does_nothing_else(desk: Desk) -> None:
    window = desk.open()
    desk.clock.now_s += 3600
    QTest.keyClick(window, Qt.Key.Key_B)
    assert desk.is_locked()
    assert window.live_page.controls.are_boxes_shown
    QTest.keyClick(window, Qt.Key.Key_B)
    assert not window.live_page.controls.are_boxes_shown


def test_a_short_sleep_and_a_clock_that_is_set_lock_nothing(desk: Desk) -> None:
    desk.open()
    desk.clock.now_s += 60
    with desk.qtbot.waitSignal(desk.bridge.computer_resumed):
        desk.bus.publish(ComputerResumed(NOON, 60))
    with desk.qtbot.waitSignal(desk.bridge.clock_jumped):
        desk.bus.publish(ClockJumped(NOON, 36_000))
    assert not desk.is_locked()


# ---------------------------------------------------------------- by what commands say


def test_a_command_that_finds_the_session_locked_shows_the_panel(desk: Desk) -> None:
    window = desk.open()
    window.show_page(CAMERAS)
    desk.office.is_locked = True
    window.cameras_page._remove([CameraId(1)])
    assert desk.is_locked()
    assert desk.sees_panel()
    assert desk.locks() == 0
    assert ("remove_camera", CameraId(1)) not in desk.office.asked
    desk.unlock()
    assert window.page == CAMERAS


@pytest.mark.expects_warning
def test_it_stays_covered_when_the_lock_itself_cannot_be_made(desk: Desk) -> None:
    desk.office.fail("lock", DatabaseBusy("locked"))
    window = desk.open()
    window.show_page(CAMERAS)
    window.locking.lock()
    assert not desk.is_session_locked()
    assert desk.sees_panel()
    desk.unlock("wrong")
    assert desk.sees_panel()
    desk.unlock()
    assert window.cameras_page.isVisible()


def test_a_session_that_has_ended_meanwhile_signs_out(desk: Desk) -> None:
    window = desk.open()
    window.locking.lock()
    desk.office.fail("confirm_password", SessionExpired())
    with desk.qtbot.waitSignal(window.sign_out_requested):
        desk.unlock()


def test_an_unlocking_cannot_overtake_the_lock(desk: Desk) -> None:
    window = desk.open()
    desk.work = held = HeldWork()
    window.locking._background = held
    window.locking.lock()
    window.locking.lock()
    prompt = window.locking.panel.prompt
    prompt.password.line.setText(PASSWORD)
    assert not prompt.button.isEnabled()
    held.finish()
    assert prompt.button.isEnabled()


def test_unlocking_also_answers_a_question_for_the_password(desk: Desk) -> None:
    desk.office.needs_fresh = {"remove_camera"}
    desk.office.is_fresh = False
    window = desk.open()
    window.show_page(CAMERAS)
    window.cameras_page._remove([CameraId(1)])
    assert desk.asks()
    window.locking.lock()
    assert ("remove_camera", CameraId(1)) not in desk.office.asked
    desk.unlock()
    assert ("remove_camera", CameraId(1)) in desk.office.asked
    assert not desk.asks()
    assert not [one for one in window.findChildren(QDialog) if one.isVisible()]
