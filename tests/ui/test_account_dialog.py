"""The operator's own account."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session, SignInKind
from camwatch.domain import SiteId, utc_now
from camwatch.errors import InvalidSetting, LockedOut, SecretsUnavailable
from camwatch.ui.account.dialog import AccountDialog
from camwatch.ui.confirming import ConfirmingBackground
from camwatch.ui.signing_in.steps import WRONG_CODE
from tests.ui.account_edges import PASSWORD, Office, a_live_session, a_role
from tests.ui.screen_edges import CODES, SETUP, PromptWork
from tests.ui.test_sign_in_steps import read_qr

NEW = "four new words together"


class Bench:
    """The dialog above a window that asks for the password once more."""

    def __init__(self, qtbot: QtBot, session: Session | None = None, service: str = "") -> None:
        session = session or a_live_session()
        self.office = Office(has_device=session.user.has_second_factor)
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.background = ConfirmingBackground(PromptWork(), self.office, session, self.window)
        self.dialog = AccountDialog(self.office, session, self.background, service)
        qtbot.addWidget(self.dialog)
        self.dialog.show()
        qtbot.waitExposed(self.dialog)

    def said(self) -> str:
        labels = self.dialog.findChildren(QLabel)
        assert all(
            one.textFormat() == Qt.TextFormat.PlainText
            for one in labels
            if one.text() and not one.buddy()
        )
        return "\n".join(one.text() for one in labels if one.isVisible())

    def page(self) -> QWidget:
        return self.dialog.page

    def confirm(self, code: str = "") -> None:
        assert self.background.dialog is not None
        prompt = self.background.dialog.prompt
        prompt.password.line.setText(PASSWORD)
        prompt.code.line.setText(code)
        prompt.submit()


def test_it_says_who_one_is_and_what_one_may_do_in_words(qtbot: QtBot) -> None:
    role = a_role(Permission.VIEW_CAMERAS, Permission.MOVE_CAMERAS, sites=frozenset({SiteId(2)}))
    bench = Bench(qtbot, a_live_session(role, name="R&D <b>x</b>"))
    said = bench.said()
    for part in ("R&D <b>x</b>", "Night shift", "•  See the cameras", "•  Move cameras"):
        assert part in said
    assert "Save pictures" not in said
    assert "Store North" in said
    assert "Main site" not in said


def test_all_sites_are_called_that_and_nothing_is_asked_for_them(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    assert "All sites" in bench.said()
    assert ("sites",) not in bench.office.asked


def test_without_the_right_to_see_cameras_no_site_is_asked_for(qtbot: QtBot) -> None:
    bench = Bench(qtbot, a_live_session(a_role(Permission.VIEW_AUDIT, sites=frozenset())))
    assert "No site" in bench.said()
    assert bench.office.denied == []


@pytest.mark.parametrize("kind", [SignInKind.REMOTE, SignInKind.OFFLINE])
def test_an_account_of_the_login_service_is_changed_there(qtbot: QtBot, kind: SignInKind) -> None:
    bench = Bench(qtbot, a_live_session(kind=kind), "Campus login")
    said = bench.said()
    assert "are kept by Campus login. Change them there" in said
    assert ("it is away" in said) == (kind is SignInKind.OFFLINE)
    assert not bench.dialog.overview.password_button.isVisible()
    assert not bench.dialog.overview.device_button.isVisible()


# ---------------------------------------------------------------- password


def at_password(qtbot: QtBot) -> Bench:
    bench = Bench(qtbot)
    bench.dialog.overview.password_button.click()
    page = bench.dialog.password_page
    page.old.line.setText(PASSWORD)
    page.new.password.line.setText(NEW)
    page.new.repeat.line.setText(NEW)
    return bench


def test_the_password_is_changed(qtbot: QtBot) -> None:
    bench = at_password(qtbot)
    bench.dialog.button.click()
    assert bench.office.asked[-1] == ("change_password", PASSWORD, NEW)
    assert bench.page() is bench.dialog.overview
    assert bench.dialog.notice.title.text() == "Your password is changed"
    assert bench.dialog.password_page.new.password.text() == ""


def test_what_is_wrong_is_told_at_its_field_and_the_rest_stays(qtbot: QtBot) -> None:
    bench = at_password(qtbot)
    page, button = bench.dialog.password_page, bench.dialog.button
    page.old.line.setText("wrong")
    button.click()
    assert "not your present password" in page.old_field.problem
    assert page.new.password.text() == NEW
    page.old.line.setText(PASSWORD)
    bench.office.fail("change_password", InvalidSetting("password", "was used before"))
    button.click()
    assert page.new.password_field.problem == "The password was used before."
    page.new.repeat.line.setText(NEW + "x")
    button.click()
    assert page.new.repeat_field.problem == "Both entries must be the same."
    bench.office.fail("change_password", LockedOut(utc_now() + timedelta(seconds=30)))
    page.new.repeat.line.setText(NEW)
    button.click()
    assert "30 seconds" in page.old_field.problem
    assert not button.isEnabled()


def test_escape_goes_back_and_forgets_what_was_typed(qtbot: QtBot) -> None:
    bench = at_password(qtbot)
    QTest.keyClick(bench.dialog, Qt.Key.Key_Escape)
    assert bench.dialog.isVisible()
    assert bench.page() is bench.dialog.overview
    assert bench.dialog.password_page.old.text() == ""
    QTest.keyClick(bench.dialog, Qt.Key.Key_Escape)
    assert not bench.dialog.isVisible()


# ---------------------------------------------------------------- second factor


def test_a_device_is_set_up_after_the_password_was_entered_once_more(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    told: list[bool] = []
    bench.dialog.second_factor_changed.connect(told.append)
    bench.office.is_fresh = False
    bench.dialog.overview.device_button.click()
    assert bench.page() is bench.dialog.overview
    bench.confirm()
    assert bench.page() is bench.dialog.device_page
    assert read_qr(bench.dialog) == SETUP.uri.reveal()
    code = bench.dialog.device_page.code
    QTest.keyClicks(code.line, "111111")
    bench.dialog.button.click()
    assert code.field.problem == WRONG_CODE
    QTest.keyClicks(code.line, "123456")
    bench.dialog.button.click()
    assert told == [True]
    assert bench.page() is bench.dialog.codes_page
    assert all(one.reveal() in bench.said() for one in CODES)
    assert SETUP.text.reveal() not in bench.dialog.device_page.secret.text()

    bench.dialog.reject()
    assert bench.page() is bench.dialog.codes_page
    bench.dialog.codes_page.kept_box.click()
    bench.dialog.button.click()
    assert bench.page() is bench.dialog.overview
    assert bench.dialog.overview.drop_button.isVisible()
    assert all(one.reveal() not in bench.said() for one in CODES)


def test_who_cancels_the_question_reads_that_nothing_was_done(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.office.is_fresh = False
    bench.dialog.overview.device_button.click()
    assert bench.background.dialog is not None
    bench.background.dialog.cancel_button.click()
    assert bench.page() is bench.dialog.overview
    assert "nothing was done" in bench.dialog.notice.text.text()
    assert bench.dialog.overview.isEnabled()


def test_the_device_is_given_up_only_after_a_question(qtbot: QtBot) -> None:
    bench = Bench(qtbot, a_live_session(has_device=True))
    told: list[bool] = []
    bench.dialog.second_factor_changed.connect(told.append)
    bench.dialog.overview.drop_button.click()
    assert ("drop_second_factor",) not in bench.office.asked
    (yes,) = [one for one in bench.dialog.findChildren(QPushButton) if one.text() == "Switch off"]
    yes.click()
    assert ("drop_second_factor",) in bench.office.asked
    assert told == [False]
    assert not bench.dialog.overview.drop_button.isVisible()


def test_what_the_role_needs_cannot_be_switched_off(qtbot: QtBot) -> None:
    session = a_live_session(has_device=True)
    session = replace(session, role=replace(session.role, needs_second_factor=True))
    bench = Bench(qtbot, session)
    assert not bench.dialog.overview.drop_button.isEnabled()
    assert "role needs" in bench.dialog.overview.drop_button.toolTip()
    assert "cannot be switched off" in bench.said()


def test_new_recovery_codes_are_shown(qtbot: QtBot) -> None:
    bench = Bench(qtbot, a_live_session(has_device=True))
    bench.dialog.overview.codes_button.click()
    (yes,) = [
        one for one in bench.dialog.findChildren(QPushButton) if one.text() == "Make new codes"
    ]
    yes.click()
    assert bench.page() is bench.dialog.codes_page
    assert CODES[0].reveal() in bench.said()


def test_without_a_safe_place_nothing_is_switched_on(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.office.fail("begin_second_factor", SecretsUnavailable("The keyring is locked."))
    bench.dialog.overview.device_button.click()
    assert bench.page() is bench.dialog.overview
    assert "keyring is locked" in bench.dialog.notice.text.text()


def test_an_account_that_is_higher_than_the_screen_scrolls(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    room = bench.dialog.screen().availableGeometry()

    assert bench.dialog.overview.height() > 600
    assert room.height() - 100 < bench.dialog.height() <= room.height()
    area = bench.dialog.findChild(QScrollArea, "keeper")
    assert area is not None
    assert area.verticalScrollBar().maximum() > 0
    area.ensureWidgetVisible(bench.dialog.close_button)
    corner = bench.dialog.close_button.mapTo(bench.dialog, QPoint(0, 0))
    assert bench.dialog.rect().contains(corner)


def test_a_higher_page_stays_on_the_screen(qtbot: QtBot) -> None:
    # Who may do little has an account that fits the screen of the tests.
    bench = Bench(qtbot, a_live_session(a_role(Permission.VIEW_CAMERAS)))
    room = bench.dialog.screen().availableGeometry()
    bench.dialog._show(bench.dialog.password_page)
    qtbot.wait(50)  # it takes its new size
    bench.dialog.move(40, room.bottom() - bench.dialog.height())
    bench.dialog._show(bench.dialog.overview)
    qtbot.waitUntil(lambda: bench.dialog.height() > 400)
    qtbot.waitUntil(
        lambda: (
            bench.dialog.frameGeometry().bottom() <= room.bottom() or bench.dialog.y() == room.top()
        )
    )


def test_tab_goes_from_the_old_password_to_the_new_one(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.dialog.overview.password_button.click()
    page = bench.dialog.password_page
    stops = [page.old.line, page.old.show_button, page.new.password.line]
    stops += [page.new.password.show_button, page.new.repeat.line, page.new.repeat.show_button]
    page.old.line.setFocus()
    for stop in stops:
        assert bench.dialog.focusWidget() is stop
        QTest.keyClick(stop, Qt.Key.Key_Tab)
    assert bench.dialog.focusWidget() not in stops[1:]


def test_tab_goes_from_the_code_of_a_new_device_to_the_buttons(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.dialog.overview.device_button.click()
    code = bench.dialog.device_page.code.line
    code.setFocus()
    QTest.keyClick(code, Qt.Key.Key_Tab)
    assert bench.dialog.focusWidget() is bench.dialog.back_button
