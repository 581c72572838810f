"""What signing in asks for after the password, and whom it asks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from camwatch.auth.accounts import SignInWays
from camwatch.auth.session import SignInKind
from camwatch.domain import Secret
from camwatch.errors import (
    BadCredentials,
    InvalidSetting,
    LockedOut,
    LoginFault,
    LoginServiceError,
    MoreNeeded,
    SecretsUnavailable,
    SessionExpired,
    SignInStep,
)
from camwatch.ui.sign_in import SignInDialog
from camwatch.ui.signing_in.steps import (
    WRONG_CODE,
    WRONG_RECOVERY_CODE,
    CodeStep,
    NewPasswordStep,
    RecoveryStep,
    SetUpStep,
)
from tests.ui.screen_edges import CODES, NOON, SETUP, Clock, CommandDesk, HeldWork, PromptWork

PASSWORD = "correct horse battery"
CAMPUS = SignInWays(is_first_start=False, login_service="R&D <b>login</b>")


def dialog_of(
    qtbot: QtBot, desk: CommandDesk, work: HeldWork | None = None, **options: object
) -> SignInDialog:
    dialog = SignInDialog(desk, work or PromptWork(), **options)  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def enter(dialog: SignInDialog, password: str = PASSWORD) -> None:
    assert dialog._form is not None
    dialog._form.name.setText("maria")
    dialog._form.password.line.setText(password)
    dialog.submit()


def at_step(qtbot: QtBot, step: SignInStep, desk: CommandDesk, **options: object) -> SignInDialog:
    desk.fail("sign_in", MoreNeeded(step, "ticket-1"))
    dialog = dialog_of(qtbot, desk, **options)  # type: ignore[arg-type]
    enter(dialog)
    return dialog


def code_step(dialog: SignInDialog) -> CodeStep:
    assert isinstance(dialog.step, CodeStep)
    return dialog.step


def set_up_step(dialog: SignInDialog) -> SetUpStep:
    assert isinstance(dialog.step, SetUpStep)
    return dialog.step


def read_qr(widget: QWidget) -> str:
    """Read the QR code from a screenshot, as a phone would."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    stride = image.bytesPerLine()
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), stride)
    pixels = flat[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(pixels)
    return str(text)


# ---------------------------------------------------------------- the code


def test_after_the_password_the_code_is_asked_for_by_keyboard_alone(qtbot: QtBot) -> None:
    desk = CommandDesk()
    dialog = at_step(qtbot, SignInStep.CODE, desk)
    line = code_step(dialog).code.line
    assert dialog.focusWidget() is line
    assert not dialog.button.isEnabled()
    QTest.keyClicks(line, "123 45")
    assert not dialog.button.isEnabled()
    QTest.keyClicks(line, "6")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert desk.asked[-1] == ("give_code", "ticket-1", "123456")
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.session is not None


def test_a_pasted_code_may_have_blanks_and_other_digits(qtbot: QtBot) -> None:
    dialog = at_step(qtbot, SignInStep.CODE, CommandDesk())
    code = code_step(dialog).code
    QGuiApplication.clipboard().setText(" 12٣ 456 78\n")
    code.line.paste()
    assert code.text() == "123456"
    assert code.is_complete


def test_a_wrong_code_is_told_at_the_field_and_can_be_typed_anew(qtbot: QtBot) -> None:
    desk = CommandDesk()
    dialog = at_step(qtbot, SignInStep.CODE, desk)
    desk.fail("give_code", BadCredentials())
    code = code_step(dialog).code
    QTest.keyClicks(code.line, "123456")
    dialog.submit()
    assert code.field.problem == WRONG_CODE
    assert code.line.selectedText() == "123456"
    QTest.keyClicks(code.line, "654321")
    assert code.field.problem == ""
    dialog.submit()
    assert desk.asked[-1] == ("give_code", "ticket-1", "654321")
    assert dialog.session is not None


def test_a_recovery_code_can_be_used_instead(qtbot: QtBot) -> None:
    desk = CommandDesk()
    dialog = at_step(qtbot, SignInStep.CODE, desk)
    code = code_step(dialog).code
    QTest.keyClicks(code.line, "123")
    code.other_button.click()
    assert code.line.text() == ""
    assert code.field.name == "Recovery code"
    assert dialog.focusWidget() is code.line
    desk.fail("give_code", BadCredentials())
    QTest.keyClicks(code.line, "0abcd-0efgh")
    dialog.submit()
    assert code.field.problem == WRONG_RECOVERY_CODE
    code.other_button.click()
    assert code.field.name == "Code"
    code.other_button.click()
    QTest.keyClicks(code.line, "1abcd-1efgh")
    dialog.submit()
    assert desk.asked[-1] == ("give_code", "ticket-1", "1abcd-1efgh")


def test_too_many_wrong_codes_are_counted_down(qtbot: QtBot) -> None:
    clock, desk = Clock(), CommandDesk()
    dialog = at_step(qtbot, SignInStep.CODE, desk, clock=clock)
    desk.fail("give_code", LockedOut(NOON + timedelta(seconds=30)))
    code = code_step(dialog).code
    QTest.keyClicks(code.line, "123456")
    dialog.submit()
    assert "30 seconds" in code.field.problem
    assert not dialog.button.isEnabled()
    clock.forward(20)
    qtbot.waitUntil(lambda: "10 seconds" in code.field.problem)
    clock.forward(10)
    qtbot.waitUntil(dialog.button.isEnabled)
    assert code.field.problem == ""


def test_from_a_step_one_can_go_back_and_be_somebody_else(qtbot: QtBot) -> None:
    dialog = at_step(qtbot, SignInStep.CODE, CommandDesk())
    assert dialog._form is not None
    assert not dialog._form.isVisible()
    dialog.back_button.click()
    assert dialog.step is None
    assert dialog._form.isVisible()
    assert dialog._form.name.text() == "maria"
    assert dialog._form.password.text() == ""
    assert not dialog.back_button.isVisible()
    assert dialog.heading.text() == "CamWatch"


def test_a_ticket_that_does_not_hold_any_more_leads_to_the_beginning(qtbot: QtBot) -> None:
    desk = CommandDesk()
    dialog = at_step(qtbot, SignInStep.CODE, desk)
    desk.fail("give_code", SessionExpired())
    QTest.keyClicks(code_step(dialog).code.line, "123456")
    dialog.submit()
    assert dialog.step is None
    assert dialog.notice.title.text() == "Signing in was not finished in time"


# ---------------------------------------------------------------- a new password


def test_a_new_password_is_chosen_and_another_step_may_follow(qtbot: QtBot) -> None:
    desk = CommandDesk()
    dialog = at_step(qtbot, SignInStep.NEW_PASSWORD, desk)
    step = dialog.step
    assert isinstance(step, NewPasswordStep)
    step.new.password.line.setText("mariamariamaria")
    assert step.new.strength.text() == "Too easy to guess"
    step.new.password.line.setText(PASSWORD)
    step.new.repeat.line.setText(PASSWORD + "x")
    dialog.submit()
    assert step.new.repeat_field.problem == "Both entries must be the same."
    step.new.repeat.line.setText(PASSWORD)
    desk.fail("choose_password", InvalidSetting("password", "is among the best known ones"))
    dialog.submit()
    assert step.new.password_field.problem == "The password is among the best known ones."
    desk.fail("choose_password", MoreNeeded(SignInStep.CODE, "ticket-2"))
    dialog.submit()
    assert desk.asked[-1] == ("choose_password", "ticket-1", PASSWORD)
    QTest.keyClicks(code_step(dialog).code.line, "123456")
    dialog.submit()
    assert desk.asked[-1] == ("give_code", "ticket-2", "123456")
    assert dialog.session is not None


# ---------------------------------------------------------------- setting up a device


def test_the_qr_code_on_the_screen_is_read_as_what_the_device_needs(qtbot: QtBot) -> None:
    dialog = at_step(qtbot, SignInStep.SET_UP_CODE, CommandDesk())
    assert read_qr(dialog) == SETUP.uri.reveal()
    assert set_up_step(dialog).device.secret.text() == "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP"


def test_a_device_is_set_up_and_the_recovery_codes_are_shown_once(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = CommandDesk()
    dialog = at_step(qtbot, SignInStep.SET_UP_CODE, desk)
    code = set_up_step(dialog).device.code
    assert dialog.focusWidget() is code.line
    desk.fail("finish_set_up_code", BadCredentials())
    QTest.keyClicks(code.line, "111111")
    dialog.submit()
    assert code.field.problem == WRONG_CODE
    QTest.keyClicks(code.line, "123456")
    dialog.submit()
    assert desk.asked[-1] == ("finish_set_up_code", "ticket-1", "123456")
    step = dialog.step
    assert isinstance(step, RecoveryStep)
    assert dialog.session is None
    assert not dialog.button.isEnabled()
    assert not dialog.back_button.isVisible()

    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert "keep the codes" in dialog.notice.title.text()
    step.codes.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    file = tmp_path / "codes.txt"
    step.codes.save(file)
    assert step.codes.said.text() == "Saved as codes.txt."
    assert all(one.reveal() in copied and one.reveal() in file.read_text() for one in CODES)
    assert file.stat().st_mode & 0o077 == 0
    step.codes.save(tmp_path / "nowhere" / "codes.txt")
    assert step.codes.said.text().startswith("Not saved: ")

    step.codes.kept_box.click()
    dialog.button.click()
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.session is not None


def test_without_a_safe_place_no_device_is_set_up(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.fail("begin_set_up_code", SecretsUnavailable("the keyring is locked"))
    dialog = at_step(qtbot, SignInStep.SET_UP_CODE, desk)
    assert dialog.notice.isVisible()
    QTest.keyClicks(set_up_step(dialog).device.code.line, "123456")
    assert not dialog.button.isEnabled()


def test_an_answer_that_comes_after_going_back_shows_no_secret(qtbot: QtBot) -> None:
    desk, work = CommandDesk(), HeldWork()
    dialog = dialog_of(qtbot, desk, work)
    work.finish()
    desk.fail("sign_in", MoreNeeded(SignInStep.SET_UP_CODE, "ticket-1"))
    enter(dialog)
    work.finish()
    assert not dialog.back_button.isEnabled()
    work.finish()
    assert dialog.back_button.isEnabled()


# ---------------------------------------------------------------- the login service


def test_there_are_tabs_only_where_a_login_service_is_set_up(qtbot: QtBot) -> None:
    plain = dialog_of(qtbot, CommandDesk())
    assert plain._form is not None
    assert plain._form.tabs is None
    desk = CommandDesk()
    desk.ways = CAMPUS
    dialog = dialog_of(qtbot, desk)
    assert dialog._form is not None
    tabs = dialog._form.tabs
    assert tabs is not None
    assert [tabs.tabText(number) for number in range(tabs.count())] == [
        "This computer",
        "R&&D <b>login</b>",
    ]


def test_the_login_service_is_asked_on_its_tab_which_is_remembered(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = CommandDesk()
    desk.ways = CAMPUS
    file = tmp_path / "window.ini"
    dialog = dialog_of(qtbot, desk, window_file=file)
    assert dialog._form is not None
    assert not dialog._form.is_remote
    dialog._form.choose_remote(True)
    assert dialog._form.name_field.name == "User name or e-mail"
    enter(dialog)
    assert desk.asked[-1] == ("sign_in_remotely", "maria", PASSWORD)
    assert dialog.session is not None
    assert dialog.session.kind is SignInKind.REMOTE
    assert PASSWORD not in file.read_text()

    again = dialog_of(qtbot, desk, window_file=file)
    assert again._form is not None
    assert again._form.is_remote
    again._form.choose_remote(False)
    enter(again)
    assert desk.asked[-1] == ("sign_in", "maria", PASSWORD)
    third = dialog_of(qtbot, desk, window_file=file)
    assert third._form is not None
    assert not third._form.is_remote


def test_another_tab_takes_the_password_away(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.ways = CAMPUS
    dialog = dialog_of(qtbot, desk)
    assert dialog._form is not None
    dialog._form.password.line.setText(PASSWORD)
    dialog._form.choose_remote(True)
    assert dialog._form.password.text() == ""


@pytest.mark.fault("F105")
def test_a_login_service_that_is_away_is_told_with_the_way_out(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.ways = CAMPUS
    desk.fail("sign_in_remotely", LoginServiceError(LoginFault.TIMEOUT))
    dialog = dialog_of(qtbot, desk)
    assert dialog._form is not None
    dialog._form.choose_remote(True)
    enter(dialog)
    assert dialog.session is None
    assert "login service" in dialog.notice.title.text()
    assert dialog._form.password.text() == PASSWORD
    assert dialog.button.isEnabled()


def test_secrets_are_in_no_repr() -> None:
    assert "JBSW" not in repr(SETUP)
    assert "0abcd" not in repr(CODES)
    assert Secret("x") != "x"


def test_tab_goes_through_the_step_of_a_new_password(qtbot: QtBot) -> None:
    dialog = at_step(qtbot, SignInStep.NEW_PASSWORD, CommandDesk())
    step = dialog.step
    assert isinstance(step, NewPasswordStep)
    stops = [step.new.password.line, step.new.password.show_button]
    stops += [step.new.repeat.line, step.new.repeat.show_button, dialog.back_button]
    assert dialog.focusWidget() is stops[0]
    for stop in stops:
        assert dialog.focusWidget() is stop
        QTest.keyClick(stop, Qt.Key.Key_Tab)
