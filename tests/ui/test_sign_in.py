"""Signing in, and the first start."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from camwatch.errors import BadCredentials, DatabaseBusy, InvalidSetting, LockedOut
from camwatch.ui.sign_in import SignInDialog
from camwatch.ui.signing_in.credentials import CredentialsForm
from camwatch.ui.signing_in.new_password import password_strength
from tests.ui.screen_edges import NOON, Clock, CommandDesk, HeldWork, PromptWork

PASSWORD = "correct horse battery"


def dialog_of(
    qtbot: QtBot, desk: CommandDesk, work: HeldWork | None = None, **options: object
) -> SignInDialog:
    dialog = SignInDialog(desk, work or PromptWork(), **options)  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    dialog.activateWindow()
    return dialog


def form_of(dialog: SignInDialog) -> CredentialsForm:
    assert dialog._form is not None
    return dialog._form


def has_keyboard(widget: QWidget) -> bool:
    return widget.window().focusWidget() is widget


def test_signing_in_by_keyboard_alone(qtbot: QtBot) -> None:
    desk = CommandDesk()
    dialog = dialog_of(qtbot, desk)
    form = form_of(dialog)
    assert form.repeat is None
    assert has_keyboard(form.name)
    assert not dialog.button.isEnabled()
    QTest.keyClicks(form.name, " maria ")
    QTest.keyClick(form.name, Qt.Key.Key_Tab)
    assert has_keyboard(form.password.line)
    QTest.keyClicks(form.password.line, PASSWORD)
    QTest.keyClick(form.password.line, Qt.Key.Key_Return)
    assert desk.asked[-1] == ("sign_in", "maria", PASSWORD)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.session is not None


def test_the_tab_key_visits_everything_once(qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, CommandDesk())
    form = form_of(dialog)
    form.name.setText("maria")
    form.password.line.setText("x")
    visited = []
    for _ in range(5):
        visited.append(dialog.focusWidget())
        dialog.focusNextChild()
    assert visited == [
        form.name,
        form.password.line,
        form.password.show_button,
        dialog.button,
        dialog.quit_button,
    ]


def test_a_wrong_password_is_told_at_the_field_and_the_text_stays(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.fail("sign_in", BadCredentials())
    dialog = dialog_of(qtbot, desk)
    form = form_of(dialog)
    form.name.setText("maria")
    form.password.line.setText(PASSWORD)
    dialog.submit()
    assert form.password_field.problem.startswith("The user name or the password is wrong.")
    assert has_keyboard(form.password.line)
    assert form.password.line.selectedText() == PASSWORD
    assert form.name.text() == "maria"
    assert dialog.isVisible()
    dialog.submit()
    assert dialog.session is not None


def test_the_message_goes_when_the_field_is_edited(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.fail("sign_in", BadCredentials())
    dialog = dialog_of(qtbot, desk)
    form = form_of(dialog)
    form.name.setText("maria")
    form.password.line.setText(PASSWORD)
    dialog.submit()
    QTest.keyClicks(form.password.line, "x")
    assert form.password_field.problem == ""
    assert form.password_field.message.isHidden()


def test_while_it_is_checked_nothing_can_be_typed_and_nothing_waits(qtbot: QtBot) -> None:
    work = HeldWork()
    desk = CommandDesk()
    dialog = dialog_of(qtbot, desk, work)
    assert dialog.busy.isVisible()
    assert not dialog.button.isEnabled()
    work.finish()
    form = form_of(dialog)
    form.name.setText("maria")
    form.password.line.setText(PASSWORD)
    dialog.submit()
    assert dialog.busy.isVisible()
    assert not form.isEnabled()
    assert not dialog.button.isEnabled()
    dialog.submit()
    assert work.waiting == 1
    desk.fail("sign_in", DatabaseBusy("locked"))
    work.finish()
    assert not dialog.busy.isVisible()
    assert form.isEnabled()
    assert dialog.notice.title.text() == "The database is in use"
    assert form.password.text() == PASSWORD


def test_a_lock_counts_down_and_opens_again(qtbot: QtBot) -> None:
    clock = Clock()
    desk = CommandDesk()
    desk.fail("sign_in", LockedOut(NOON + timedelta(seconds=30)))
    dialog = dialog_of(qtbot, desk, clock=clock)
    form = form_of(dialog)
    form.name.setText("maria")
    form.password.line.setText(PASSWORD)
    dialog.submit()
    assert "30 seconds" in form.password_field.problem
    assert not dialog.button.isEnabled()
    clock.forward(18)
    qtbot.waitUntil(lambda: "12 seconds" in form.password_field.problem)
    QTest.keyClick(form.password.line, Qt.Key.Key_Return)
    assert [asked[0] for asked in desk.asked].count("sign_in") == 1
    clock.forward(12)
    qtbot.waitUntil(dialog.button.isEnabled)
    assert form.password_field.problem == ""
    assert not dialog._countdown.isActive()


def test_a_lock_is_only_for_the_name_it_was_told_for(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.fail("sign_in", LockedOut(NOON + timedelta(seconds=30)))
    dialog = dialog_of(qtbot, desk, clock=Clock())
    form = form_of(dialog)
    form.name.setText("maria")
    form.password.line.setText(PASSWORD)
    dialog.submit()
    form.name.setText("otto")
    assert dialog.button.isEnabled()
    form.name.setText("MARIA")
    assert not dialog.button.isEnabled()


def first_start(qtbot: QtBot, desk: CommandDesk) -> tuple[SignInDialog, CredentialsForm]:
    desk.is_new = True
    dialog = dialog_of(qtbot, desk)
    form = form_of(dialog)
    form.name.setText("maria")
    form.password.line.setText(PASSWORD)
    assert form.repeat is not None
    form.repeat.line.setText(PASSWORD)
    return dialog, form


def test_the_first_start_makes_the_administrator(qtbot: QtBot) -> None:
    desk = CommandDesk()
    dialog, _ = first_start(qtbot, desk)
    assert dialog.heading.text() == "Welcome to CamWatch"
    dialog.submit()
    assert desk.asked[-1] == ("create_first_administrator", "maria", PASSWORD)
    assert dialog.session is not None


def test_two_different_entries_are_told_before_anything_is_asked(qtbot: QtBot) -> None:
    desk = CommandDesk()
    dialog, form = first_start(qtbot, desk)
    assert form.repeat is not None
    form.repeat.line.setText(PASSWORD + "x")
    dialog.submit()
    assert form.fields["repeat"].problem == "Both entries must be the same."
    assert has_keyboard(form.repeat.line)
    assert desk.asked == [("is_first_start",)]


@pytest.mark.parametrize("field", ["name", "password"])
def test_a_refused_value_is_told_at_its_field(qtbot: QtBot, field: str) -> None:
    desk = CommandDesk()
    desk.fail("create_first_administrator", InvalidSetting(field, "is not good enough"))
    dialog, form = first_start(qtbot, desk)
    dialog.submit()
    assert form.fields[field].problem.endswith("is not good enough.")
    assert has_keyboard(form.fields[field].input)
    others = [name for name in form.fields if name != field]
    assert all(not form.fields[name].problem for name in others)


def test_a_new_password_is_judged_while_it_is_typed(qtbot: QtBot) -> None:
    _, form = first_start(qtbot, CommandDesk())
    form.password.line.clear()
    QTest.keyClicks(form.password.line, "short")
    assert form.strength.text() == "7 more characters needed"
    form.password.line.setText("mariamariamaria")
    assert form.strength.text() == "Too easy to guess"
    form.password.line.setText(PASSWORD)
    assert form.strength.text() == "Very good"
    assert password_strength("maria", "") == (0, "")
    assert password_strength("maria", "short fourte")[0] == 2


def test_the_password_can_be_shown_and_hidden(qtbot: QtBot) -> None:
    dialog = dialog_of(qtbot, CommandDesk())
    password = form_of(dialog).password
    assert password.line.echoMode() == QLineEdit.EchoMode.Password
    assert password.show_button.accessibleName() == "Show the password"
    password.show_button.click()
    assert password.line.echoMode() == QLineEdit.EchoMode.Normal
    assert password.show_button.accessibleName() == "Hide the password"
    password.show_button.click()
    assert password.line.echoMode() == QLineEdit.EchoMode.Password


def test_a_demonstration_says_that_the_fields_are_filled_in(qtbot: QtBot) -> None:
    desk = CommandDesk()
    dialog = dialog_of(qtbot, desk, prefill=("demo", PASSWORD), is_demo=True)
    assert dialog.notice.isVisible()
    assert "filled in" in dialog.notice.text.text()
    assert form_of(dialog).name.text() == "demo"
    dialog.button.click()
    assert desk.asked[-1] == ("sign_in", "demo", PASSWORD)


def test_when_even_the_first_question_fails_it_can_be_asked_again(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.fail("is_first_start", DatabaseBusy("locked"))
    dialog = dialog_of(qtbot, desk)
    assert dialog._form is None
    assert dialog.notice.button.text() == "Try again"
    dialog.notice.button.click()
    assert not dialog.notice.isVisible()
    assert has_keyboard(form_of(dialog).name)


def test_labels_lead_to_their_fields(qtbot: QtBot) -> None:
    _, form = first_start(qtbot, CommandDesk())
    for field in form.fields.values():
        assert field.label.buddy() is field.input
        assert field.input.accessibleName() == field.name
    form.password_field.show_problem("Too short.")
    assert form.password.line.accessibleDescription() == "Too short."


def test_an_answer_after_closing_touches_nothing(qtbot: QtBot, qapp: QApplication) -> None:
    work = HeldWork()
    dialog = SignInDialog(CommandDesk(), work)
    dialog.deleteLater()
    qapp.sendPostedEvents(dialog, 0)
    qapp.processEvents()
    work.finish_all()
    assert work.waiting == 0
