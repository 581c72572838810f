"""Roles that an administrator made up: nothing is offered, nor asked for, that they forbid."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session, SignInKind
from camwatch.domain import CameraState, Role, utc_now
from camwatch.errors import DatabaseBusy, PermissionDenied, SessionExpired
from camwatch.events import Bus, CamerasChanged, HistorySaved, SessionChanged
from camwatch.ui.bridge import EventBridge
from camwatch.ui.main_window import MainWindow
from camwatch.ui.pages import (
    ACCURACY,
    ALERTS,
    AUDIT,
    CAMERAS,
    CHARTS,
    HEALTH,
    LIVE,
    PAGES,
    SETTINGS,
    USERS,
)
from camwatch.ui.window.base import WindowOptions
from tests.ui.account_edges import Office, a_live_session, a_role
from tests.ui.live_edges import NOON, PictureDesk, cameras, counted, in_state
from tests.ui.screen_edges import PromptWork

CTRL = Qt.KeyboardModifier.ControlModifier
KEYS = (
    Qt.Key.Key_1,
    Qt.Key.Key_2,
    Qt.Key.Key_3,
    Qt.Key.Key_4,
    Qt.Key.Key_5,
    Qt.Key.Key_6,
    Qt.Key.Key_7,
)

ODD = {
    "none": (),
    "pictures only": (Permission.VIEW_CAMERAS,),
    "counts only": (Permission.VIEW_COUNTS,),
    "edits blindly": (Permission.EDIT_CAMERAS,),
    "accuracy only": (Permission.VIEW_ACCURACY,),
    "no counts": tuple(set(Permission) - {Permission.VIEW_COUNTS}),
    "no accuracy": tuple(set(Permission) - {Permission.VIEW_ACCURACY}),
    "no cameras": tuple(set(Permission) - {Permission.VIEW_CAMERAS}),
    "draws without counts": (Permission.VIEW_CAMERAS, Permission.EDIT_SCENES),
    "audits without looking": (Permission.VIEW_CAMERAS, Permission.AUDIT_ACCURACY),
}


class Desk:
    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.office = Office(cameras(3))
        self.bus = Bus()
        self.bridge = EventBridge(self.bus)
        self.pictures = PictureDesk()

    def open(self, session: Session) -> MainWindow:
        window = MainWindow(
            self.office,  # type: ignore[arg-type]
            session,
            PromptWork(),
            self.pictures,
            self.bridge,
            WindowOptions(time_zone="Europe/Berlin"),
        )
        self.qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        self.qtbot.waitUntil(window.isActiveWindow)
        return window

    def tell(self, *events: CamerasChanged | HistorySaved | SessionChanged) -> None:
        signals = {
            CamerasChanged: self.bridge.cameras_changed,
            HistorySaved: self.bridge.history_saved,
            SessionChanged: self.bridge.session_changed,
        }
        for event in events:
            with self.qtbot.waitSignal(signals[type(event)]):
                self.bus.publish(event)


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(qtbot)
    yield made
    made.bridge.close()


@pytest.mark.parametrize("name", ODD)
def test_nothing_is_asked_for_that_the_role_forbids(desk: Desk, name: str) -> None:
    session = a_live_session(a_role(*ODD[name]))
    window = desk.open(session)
    for key in KEYS:
        QTest.keyClick(window, key, CTRL)
        desk.tell(CamerasChanged(NOON), HistorySaved(NOON, 3))
    for page in range(len(PAGES)):
        window.show_page(page)
    window.load_cameras()
    window.news.ask_who_passed()
    window.dialogs.show_account()
    assert desk.office.denied == []
    assert window.banners.trouble.text == ""


@pytest.mark.parametrize("name", ODD)
def test_a_page_is_offered_to_those_who_may_see_it_and_others_read_why_not(
    desk: Desk, name: str
) -> None:
    session = a_live_session(a_role(*ODD[name]))
    window = desk.open(session)
    for index, page in enumerate(PAGES):
        button = window.header._pages.button(index)
        may = all(session.may(one) for one in page.needs)
        assert (button is not None) is page.is_in_row  # else the operator menu leads there
        if button is not None:
            assert button.isEnabled() == may
            assert button.toolTip().startswith("Your role does not let you") != may
        if index != LIVE:
            before = window.page
            window.show_page(index)
            assert window.page == (index if may else before)


def test_each_built_in_role_sees_the_pages_about_cameras(desk: Desk) -> None:
    for role in Role:
        session = a_live_session(role)
        open_ones = [index for index, page in enumerate(PAGES) if not page.why_not(session)]
        everybodys = [LIVE, CHARTS, ALERTS, CAMERAS, ACCURACY]
        more = {
            Role.ADMINISTRATOR: [USERS, AUDIT, HEALTH, SETTINGS],
            Role.SUPERVISOR: [HEALTH],
        }
        assert open_ones == [*everybodys, *more.get(role, [])]


def test_who_may_see_nothing_reads_that(desk: Desk) -> None:
    window = desk.open(a_live_session(a_role(Permission.EDIT_CAMERAS)))
    assert window.pages.nothing.isVisible()
    assert not window.live_page.isVisible()
    for index in (CHARTS, CAMERAS, ACCURACY):
        window.show_page(index)
        assert window.pages.nothing.isVisible()
    assert desk.pictures.wanted == {}
    QTest.keyClick(window, Qt.Key.Key_N, CTRL)
    assert window.pages.nothing.isVisible()


def test_without_the_right_to_counts_the_live_page_tells_none(desk: Desk) -> None:
    window = desk.open(a_live_session(a_role(Permission.VIEW_CAMERAS)))
    desk.bus.publish(in_state(CameraState.OK))
    with desk.qtbot.waitSignal(desk.bridge.counts_measured):
        desk.bus.publish(counted(7, at=utc_now(), boxes=[(0.1, 0.1, 0.2, 0.4)]))
    condition = window.live_page.conditions[0]
    assert condition.count is None
    assert condition.count_text(utc_now()) == ""
    assert not window.pages.chart.isVisible()

    other = desk.open(a_live_session())
    desk.qtbot.waitUntil(lambda: other.live_page.conditions[0].count_text(utc_now()) == "7")


def test_a_role_that_was_lowered_is_told_and_not_asked_for_again_and_again(desk: Desk) -> None:
    window = desk.open(a_live_session())
    desk.office.fail("sites", PermissionDenied("view_cameras"))
    window.load_cameras()
    assert "Your role has changed" in window.banners.trouble.text
    assert not window.news.loader._again.isActive()
    assert not window.news.passed_timer.isActive()


def test_every_set_of_two_permissions_opens_a_window(desk: Desk) -> None:
    """Pairs find what single ones do not: a page that stands on one and asks for another."""
    for pair in itertools.combinations(
        (
            Permission.VIEW_CAMERAS,
            Permission.VIEW_COUNTS,
            Permission.VIEW_ACCURACY,
            Permission.AUDIT_ACCURACY,
            Permission.EDIT_SCENES,
        ),
        2,
    ):
        window = desk.open(a_live_session(a_role(*pair)))
        for index in range(len(PAGES)):
            window.show_page(index)
        assert desk.office.denied == [], pair
        window.close()


# ---------------------------------------------------------------- who vouches for the operator


def offline(minutes: int = 90) -> Session:
    made = a_live_session(kind=SignInKind.OFFLINE)
    return replace(made, expires_at=utc_now() + timedelta(minutes=minutes))


def test_a_session_of_this_computer_has_no_mark(desk: Desk) -> None:
    window = desk.open(a_live_session())
    assert window.header.mark == ""
    assert window.windowTitle() == "CamWatch"


def test_a_session_of_the_login_service_names_it(desk: Desk) -> None:
    desk.office.ways = replace(desk.office.ways, login_service="Campus login")
    window = desk.open(a_live_session(kind=SignInKind.REMOTE))
    assert window.header.mark == "Signed in through Campus login"
    assert window.windowTitle() == "CamWatch (signed in through Campus login)"
    assert window.banners.session.text == ""


@pytest.mark.parametrize("width", [960, 1440, 1600])
def test_the_names_of_the_pages_stay_whole_beside_long_names(desk: Desk, width: int) -> None:
    desk.office.ways = replace(desk.office.ways, login_service="Head office staff directory")
    made = a_live_session(kind=SignInKind.REMOTE)
    session = replace(made, user=replace(made.user, name="maximiliane.oberhuber@office.example"))
    window = desk.open(session)
    window.resize(width, 700)
    header = window.header
    desk.qtbot.waitUntil(lambda: header.width() == width)
    desk.qtbot.wait(50)  # the row is laid out anew
    for button in header._pages.buttons():
        assert button.width() >= button.sizeHint().width(), button.text()
    assert header._operator.geometry().right() < header.width()
    assert header._mark.isVisible() == (width > 960)
    assert header._mark.text().startswith(header.mark[:12])
    assert header.mark == "Signed in through Head office staff directory"
    assert header.mark in header._mark.toolTip()


def test_while_the_service_is_away_title_header_and_a_line_say_so(desk: Desk) -> None:
    desk.office.ways = replace(desk.office.ways, login_service="Campus login")
    session = offline()
    window = desk.open(session)
    until = f"{session.expires_at.astimezone(window._base.zone):%H:%M}"
    assert window.header.mark == f"Login service away, limited rights until {until}"
    assert window.windowTitle().startswith("CamWatch (login service away, limited rights until ")
    assert until in window.banners.session.text
    window.banners.session.dismiss()
    assert window.header.mark

    later = utc_now() + timedelta(hours=9)
    desk.office.present = replace(session, kind=SignInKind.REMOTE, expires_at=later)
    desk.tell(SessionChanged(NOON, session.user.uid))
    assert window.header.mark == "Signed in through Campus login"
    assert "answers again" in window.banners.session.text
    assert window.sessions.session.expires_at == later
    assert window.sessions._timer.remainingTime() > 8 * 3_600_000

    desk.office.present = session
    desk.tell(SessionChanged(NOON, session.user.uid))
    assert "Login service away" in window.header.mark


def test_an_event_of_another_operator_asks_for_nothing(desk: Desk) -> None:
    desk.open(offline())
    desk.tell(SessionChanged(NOON, "another"))
    assert ("present_session",) not in desk.office.asked


def test_a_role_that_the_login_service_changed_is_told_and_closes_pages(desk: Desk) -> None:
    session = a_live_session(kind=SignInKind.REMOTE)
    window = desk.open(session)
    desk.office.present = replace(session, role=a_role(Permission.VIEW_CAMERAS))
    desk.tell(SessionChanged(NOON, session.user.uid))
    assert "Your role has changed" in window.banners.session.text
    window.show_page(CHARTS)
    assert window.page == LIVE


@pytest.mark.fault("F114")
def test_a_session_that_was_ended_elsewhere_is_signed_out(desk: Desk) -> None:
    session = a_live_session(kind=SignInKind.REMOTE)
    window = desk.open(session)
    desk.office.fail("present_session", SessionExpired())
    with desk.qtbot.waitSignal(window.sign_out_requested):
        desk.bus.publish(SessionChanged(NOON, session.user.uid))


@pytest.mark.parametrize("error", [DatabaseBusy("locked"), None])
def test_a_session_of_which_nothing_is_known_goes_on(
    desk: Desk, error: DatabaseBusy | None
) -> None:
    session = a_live_session(kind=SignInKind.REMOTE)
    window = desk.open(session)
    ended: list[bool] = []
    window.sign_out_requested.connect(lambda: ended.append(True))
    if error is not None:
        desk.office.fail("present_session", error)
    desk.tell(SessionChanged(NOON, session.user.uid))
    assert ended == []
    assert window.sessions.session == session


def test_whoever_may_not_see_counts_finds_no_question_marks(desk: Desk) -> None:
    window = desk.open(a_live_session(a_role(Permission.VIEW_CAMERAS)))
    conditions = window.live_page.conditions
    assert conditions
    for condition in conditions:
        assert condition.count_text(utc_now()) == ""
        tile = window.live_page.grid.tile(condition.camera.id)
        assert "people" not in tile.accessibleName()
