"""The sign-in is there before the history is open: one types already."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from camwatch.auth.accounts import SignInWays
from camwatch.errors import BadCredentials, DatabaseBusy
from camwatch.ui.sign_in import SignInDialog
from camwatch.ui.signing_in.credentials import CredentialsForm
from tests.ui.screen_edges import CommandDesk, HeldWork, PromptWork

PASSWORD = "correct horse battery"
USUAL = SignInWays(is_first_start=False)


def early(qtbot: QtBot, expected: SignInWays | None, **options: object) -> SignInDialog:
    dialog = SignInDialog(None, None, expected=expected, **options)  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    dialog.activateWindow()
    return dialog


def form_of(dialog: SignInDialog) -> CredentialsForm:
    assert dialog._form is not None
    return dialog._form


def type_in(dialog: SignInDialog, name: str = "maria", password: str = PASSWORD) -> None:
    form = form_of(dialog)
    QTest.keyClicks(form.name, name)
    QTest.keyClick(form.name, Qt.Key.Key_Tab)
    QTest.keyClicks(form.password.line, password)


def test_what_is_sent_off_early_is_checked_once_the_history_is_open(qtbot: QtBot) -> None:
    dialog, desk = early(qtbot, USUAL), CommandDesk()
    assert "sign in" in dialog.windowTitle()
    assert dialog.subtitle.text() == "Opening the history …"
    assert dialog.busy.isVisible()
    type_in(dialog)
    QTest.keyClick(form_of(dialog).password.line, Qt.Key.Key_Return)
    assert not form_of(dialog).isEnabled()
    assert not dialog.button.isEnabled()
    assert dialog.session is None
    with qtbot.waitSignal(dialog.opened):
        dialog.go_on(desk, PromptWork())
    assert desk.asked[-1] == ("sign_in", "maria", PASSWORD)
    assert dialog.session is not None


def test_who_still_types_when_it_opens_goes_on_typing(qtbot: QtBot) -> None:
    dialog, desk, work = early(qtbot, USUAL), CommandDesk(), HeldWork()
    form = form_of(dialog)
    QTest.keyClicks(form.name, "mar")
    dialog.go_on(desk, work)
    QTest.keyClicks(form.name, "i")
    work.finish()
    QTest.keyClicks(form.name, "a")
    assert form_of(dialog) is form
    assert form.name.text() == "maria"
    assert dialog.focusWidget() is form.name
    assert dialog.subtitle.text() == "Sign in to see your cameras."
    assert not dialog.busy.isVisible()
    assert dialog.session is None


def test_a_refusal_of_what_was_sent_early_is_told_at_the_field(qtbot: QtBot) -> None:
    dialog, desk = early(qtbot, USUAL), CommandDesk()
    desk.fail("sign_in", BadCredentials())
    type_in(dialog)
    QTest.keyClick(form_of(dialog).password.line, Qt.Key.Key_Return)
    dialog.go_on(desk, PromptWork())
    assert form_of(dialog).password_field.message.isVisible()
    assert form_of(dialog).isEnabled()


def test_a_login_service_that_is_found_later_leaves_what_was_typed(qtbot: QtBot) -> None:
    dialog, desk = early(qtbot, USUAL), CommandDesk()
    desk.ways = replace(USUAL, login_service="Company")
    type_in(dialog)
    dialog.go_on(desk, PromptWork())
    form = form_of(dialog)
    assert form.tabs is not None
    assert (form.name.text(), form.password.text()) == ("maria", PASSWORD)
    assert dialog.focusWidget() is form.password.line
    assert dialog.button.isEnabled()


def test_a_history_without_operators_asks_for_the_first_one_and_sends_nothing(
    qtbot: QtBot,
) -> None:
    dialog, desk = early(qtbot, USUAL), CommandDesk()
    desk.is_new = True
    type_in(dialog)
    QTest.keyClick(form_of(dialog).password.line, Qt.Key.Key_Return)
    dialog.go_on(desk, PromptWork())
    assert "first start" in dialog.windowTitle()
    assert form_of(dialog).repeat is not None
    assert form_of(dialog).name.text() == "maria"
    assert [asked[0] for asked in desk.asked if asked[0] != "is_first_start"] == []


def test_without_knowing_how_one_signs_in_no_fields_are_shown(qtbot: QtBot) -> None:
    dialog, desk = early(qtbot, None), CommandDesk()
    assert dialog._form is None
    assert dialog.subtitle.text() == "Opening the history …"
    assert not dialog.button.isEnabled()
    dialog.go_on(desk, PromptWork())
    assert form_of(dialog).isVisible()


def test_trouble_while_opening_gives_the_fields_back(qtbot: QtBot) -> None:
    dialog, desk = early(qtbot, USUAL), CommandDesk()
    desk.fail("is_first_start", DatabaseBusy("busy"))
    type_in(dialog)
    QTest.keyClick(form_of(dialog).password.line, Qt.Key.Key_Return)
    dialog.go_on(desk, PromptWork())
    assert dialog.notice.isVisible()
    assert form_of(dialog).isEnabled()
    QTest.mouseClick(dialog.notice.button, Qt.MouseButton.LeftButton)
    assert dialog.session is None
    QTest.keyClick(form_of(dialog).password.line, Qt.Key.Key_Return)
    assert dialog.session is not None


def test_what_is_sent_off_after_the_history_did_not_answer_asks_it_again(qtbot: QtBot) -> None:
    dialog, desk = early(qtbot, USUAL), CommandDesk()
    desk.fail("is_first_start", DatabaseBusy("busy"))
    dialog.go_on(desk, PromptWork())
    assert dialog.notice.isVisible()
    type_in(dialog)
    QTest.keyClick(form_of(dialog).password.line, Qt.Key.Key_Return)
    assert dialog.session is not None
