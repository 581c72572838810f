"""Entering the password once more, wherever a command asks for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from camwatch.domain import utc_now
from camwatch.errors import (
    CamWatchError,
    LockedOut,
    LoginFault,
    LoginServiceError,
    MoreNeeded,
    NotFound,
    PasswordNeeded,
    SessionExpired,
    SessionLocked,
    SignInStep,
)
from camwatch.ui.confirming import ConfirmDialog, ConfirmingBackground
from camwatch.ui.error_text import text_for
from tests.ui.account_edges import CODE, PASSWORD, Office, a_live_session
from tests.ui.screen_edges import HeldWork, PromptWork


class Bench:
    """A window whose work asks for the password."""

    def __init__(self, qtbot: QtBot, *, has_device: bool = False, is_held: bool = False) -> None:
        self.office = Office(has_device=has_device)
        self.office.is_fresh = False
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.work = HeldWork() if is_held else PromptWork()
        session = a_live_session(has_device=has_device)
        self.background = ConfirmingBackground(self.work, self.office, session, self.window)
        self.done: list[str] = []
        self.failed: list[CamWatchError] = []

    def job(self, name: str) -> Callable[[], str]:
        def work() -> str:
            if not self.office.is_fresh:
                raise PasswordNeeded
            return name

        return work

    def run(self, name: str, owner: QObject | None = None) -> None:
        self.background.run(
            self.job(name), self.done.append, self.failed.append, owner=owner or self.window
        )

    @property
    def dialog(self) -> ConfirmDialog:
        assert self.background.dialog is not None
        return self.background.dialog

    def enter(self, password: str, code: str = "") -> None:
        prompt = self.dialog.prompt
        prompt.password.line.setText(password)
        if code:
            prompt.code.line.setText(code)
        prompt.submit()


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def test_what_needs_the_password_is_done_after_it_was_entered(bench: Bench) -> None:
    bench.run("export")
    assert bench.done == []
    line = bench.dialog.prompt.password.line
    assert bench.dialog.focusWidget() is line
    QTest.keyClicks(line, PASSWORD)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert bench.done == ["export"]
    assert bench.failed == []
    assert bench.background.dialog is None


def test_what_does_not_need_it_is_not_touched(bench: Bench) -> None:
    bench.office.is_fresh = True
    bench.run("look")
    assert bench.done == ["look"]
    assert bench.background.dialog is None


def test_many_that_need_it_share_one_dialog(bench: Bench) -> None:
    for name in ("one", "two", "three"):
        bench.run(name)
    assert len(bench.window.findChildren(ConfirmDialog)) == 1
    bench.enter(PASSWORD)
    assert bench.done == ["one", "two", "three"]
    assert [asked[0] for asked in bench.office.asked].count("confirm_password") == 1


def test_work_that_does_not_need_it_goes_on_while_it_is_asked_for(bench: Bench) -> None:
    bench.run("export")
    bench.background.run(lambda: "poll", bench.done.append, bench.failed.append, owner=bench.window)
    assert bench.done == ["poll"]


def test_a_wrong_password_is_told_and_asked_for_again(bench: Bench) -> None:
    bench.run("export")
    bench.enter("wrong")
    assert "The password is wrong" in bench.dialog.prompt.field.problem
    assert bench.dialog.isVisible()
    bench.enter(PASSWORD)
    assert bench.done == ["export"]


def test_cancelling_hands_on_a_calm_error_and_it_can_be_done_again(bench: Bench) -> None:
    bench.run("one")
    bench.run("two")
    bench.dialog.cancel_button.click()
    assert [type(error) for error in bench.failed] == [PasswordNeeded, PasswordNeeded]
    assert "nothing was done" in text_for(bench.failed[0]).whole
    assert bench.background.dialog is None
    bench.run("one")
    bench.enter(PASSWORD)
    assert bench.done == ["one"]


def test_with_a_device_its_code_is_asked_for_too(qtbot: QtBot) -> None:
    bench = Bench(qtbot, has_device=True)
    bench.run("export")
    prompt = bench.dialog.prompt
    assert prompt.code.isVisible()
    prompt.password.line.setText(PASSWORD)
    assert not prompt.button.isEnabled()
    QTest.keyClick(prompt.password.line, Qt.Key.Key_Return)
    assert bench.dialog.focusWidget() is prompt.code.line
    bench.enter(PASSWORD, "999999")
    assert "the code is wrong" in prompt.field.problem
    bench.enter(PASSWORD, CODE)
    assert bench.office.asked[-1] == ("confirm_password", PASSWORD, CODE)
    assert bench.done == ["export"]


def test_a_device_that_was_set_up_elsewhere_is_learnt_of(bench: Bench) -> None:
    bench.run("export")
    assert not bench.dialog.prompt.code.isVisible()
    bench.office.fail("confirm_password", MoreNeeded(SignInStep.CODE, "t"))
    bench.enter(PASSWORD)
    assert bench.dialog.prompt.code.isVisible()
    bench.enter(PASSWORD, CODE)
    assert bench.done == ["export"]


def test_a_rest_is_counted_down(bench: Bench, qtbot: QtBot) -> None:
    bench.run("export")
    bench.office.fail("confirm_password", LockedOut(utc_now() + timedelta(seconds=1)))
    bench.enter(PASSWORD)
    prompt = bench.dialog.prompt
    assert "1 second" in prompt.field.problem
    assert not prompt.button.isEnabled()
    qtbot.waitUntil(prompt.button.isEnabled)
    assert prompt.field.problem == ""
    prompt.submit()
    assert bench.done == ["export"]


def test_a_login_service_that_is_away_is_told(bench: Bench) -> None:
    bench.run("export")
    bench.office.fail("confirm_password", LoginServiceError(LoginFault.TIMEOUT))
    bench.enter(PASSWORD)
    assert "must confirm your password" in bench.dialog.prompt.notice.title.text()
    assert bench.dialog.isVisible()


def test_an_owner_that_is_gone_is_neither_served_nor_told(bench: Bench) -> None:
    owner = QObject()
    bench.run("gone", owner)
    bench.run("here")
    delete(owner)
    bench.enter(PASSWORD)
    assert bench.done == ["here"]
    bench.office.is_fresh = False
    owner = QObject()
    bench.run("gone", owner)
    delete(owner)
    bench.dialog.reject()
    assert bench.failed == []


def test_who_is_refused_again_is_told_and_not_asked_for_ever(bench: Bench) -> None:
    def never() -> str:
        raise PasswordNeeded

    bench.background.run(never, bench.done.append, bench.failed.append, owner=bench.window)
    bench.enter(PASSWORD)
    assert [type(error) for error in bench.failed] == [PasswordNeeded]
    assert bench.background.dialog is None


def test_other_errors_pass_and_a_lock_or_an_end_is_told(bench: Bench) -> None:
    told: list[str] = []
    bench.background.locked.connect(lambda: told.append("locked"))
    bench.background.expired.connect(lambda: told.append("expired"))
    for error in (NotFound("it"), SessionLocked(), SessionExpired()):

        def refuse(error: CamWatchError = error) -> str:
            raise error

        bench.background.run(refuse, bench.done.append, bench.failed.append, owner=bench.window)
    assert [type(error) for error in bench.failed] == [NotFound, SessionLocked, SessionExpired]
    assert told == ["locked", "expired"]


def test_above_an_open_dialog_it_can_be_used(bench: Bench, qtbot: QtBot) -> None:
    editor = QDialog(bench.window)
    editor.open()
    qtbot.waitExposed(editor)
    bench.run("save", editor)
    assert bench.dialog.parent() is editor
    assert QApplication.activeModalWidget() is bench.dialog
    bench.enter(PASSWORD)
    assert bench.done == ["save"]
    editor.reject()


def test_a_dialog_that_takes_the_question_away_with_it_answers_it_with_no(
    bench: Bench, qtbot: QtBot
) -> None:
    editor = QDialog(bench.window)
    editor.open()
    qtbot.waitExposed(editor)
    bench.run("save")
    delete(editor)
    assert bench.background.dialog is None
    assert [type(error) for error in bench.failed] == [PasswordNeeded]
    bench.run("again")
    bench.enter(PASSWORD)
    assert bench.done == ["again"]


def test_while_it_is_checked_nothing_is_sent_twice(qtbot: QtBot) -> None:
    bench = Bench(qtbot, is_held=True)
    bench.run("export")
    bench.work.finish()
    bench.enter(PASSWORD)
    bench.dialog.prompt.submit()
    assert bench.work.waiting == 1
    bench.work.finish_all()
    assert bench.done == ["export"]


def test_tab_goes_from_the_password_to_the_code_and_the_buttons(qtbot: QtBot) -> None:
    bench = Bench(qtbot, has_device=True)
    bench.run("a")
    dialog = bench.dialog
    qtbot.waitExposed(dialog)
    prompt = dialog.prompt
    prompt.password.line.setText(PASSWORD)
    prompt.code.line.setText(CODE)
    stops = [prompt.password.line, prompt.password.show_button, prompt.code.line]
    stops += [prompt.code.other_button, dialog.cancel_button, prompt.button]
    dialog.activateWindow()
    prompt.password.line.setFocus()
    for stop in [*stops, stops[0]]:
        assert dialog.focusWidget() is stop
        QTest.keyClick(stop, Qt.Key.Key_Tab)
