"""The dialogs that say how people sign in: the login service, and how long sessions stay open."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QLabel,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from camwatch.auth.accounts import LoginServiceTrial
from camwatch.auth.permissions import built_in_role
from camwatch.config import RemoteLogin, Security
from camwatch.domain import Role, Secret
from camwatch.errors import DatabaseBusy, LoginFault, LoginServiceError
from camwatch.ui.operators.login_service import LoginServiceDialog
from camwatch.ui.operators.login_words import (
    claim_lines,
    in_groups,
    key_lines,
    keys_words,
    names_in,
    typed_names,
)
from camwatch.ui.operators.security_dialog import SecurityDialog
from tests.ui.operator_edges import GATE, OperatorDesk
from tests.ui.screen_edges import HeldWork
from tests.ui.users_bench import UsersBench, click, users_bench

SERVICE = RemoteLogin(
    url="https://login.example.com",
    name="Company",
    timeout_s=9,
    mapping={"admins": "administrator", "lead": "supervisor", "staff": GATE.key},
)
TOKEN: dict[str, object] = {"sub": "u-77", "roles": ["staff", "lead"], "exp": 1_790_000_000}


@pytest.fixture
def bench(qtbot: QtBot) -> UsersBench:
    desk = OperatorDesk()
    desk.remote = SERVICE
    desk.trial = LoginServiceTrial(True, {"2026-a": "ab12" * 16}, TOKEN)
    return users_bench(qtbot, desk)


@pytest.fixture
def dialog(bench: UsersBench) -> LoginServiceDialog:
    return opened(bench)


def opened(bench: UsersBench) -> LoginServiceDialog:
    click(bench.page.login_button)
    return bench.dialog(LoginServiceDialog)


def lines(dialog: LoginServiceDialog) -> list[str]:
    return [line.name.text() for line in dialog.mapping.lines]


def type_names(dialog: LoginServiceDialog, text: str) -> None:
    dialog.panel.names.setFocus()
    dialog.panel.names.selectAll()
    QTest.keyClicks(dialog.panel.names, text)


# ---------------------------------------------------------------- words


def test_keys_claims_and_names_become_words() -> None:
    assert "asks the service about each token each time" in keys_words(LoginServiceTrial(False))
    assert "1 key" in keys_words(LoginServiceTrial(True, {"a": "00" * 32}))
    assert in_groups("ab:12:cd:34") == "ab12 cd34"
    many = {str(number): "ab12" for number in range(11)}
    assert key_lines(many, {})[-1] == "and 3 more"
    assert key_lines({"a": "ab12", "b": "cd34"}, {"a": "ab12", "b": "0000"}) == [
        "a: trusted\nab12",
        "b: NOT trusted\ncd34",
    ]
    assert dict(claim_lines(TOKEN)) == {
        "sub": "u-77",
        "roles": "staff, lead",
        "exp": "1790000000 (runs out)",
    }
    assert len(claim_lines({str(number): 1 for number in range(99)})) == 41
    assert len(dict(claim_lines({"x": "y" * 10_000}))["x"]) == 160
    assert claim_lines({"a": {"b": [1, None]}}) == [("a", '{"b": [1, null]}')]


@pytest.mark.parametrize(
    ("claims", "claim", "names"),
    [
        ({"roles": ["a", "b"]}, "roles", ["a", "b"]),
        ({"scope": "a b,c"}, "scope", ["a", "b", "c"]),
        ({"realm": {"roles": ["a"]}}, "realm.roles", ["a"]),
        ({"https://x.example/roles": ["a"]}, "https://x.example/roles", ["a"]),
        ({"roles": [1, "a"]}, "roles", ["a"]),
        ({"roles": 7}, "roles", []),
        ({}, "roles", []),
    ],
)
def test_names_are_found_in_a_claim(
    claims: dict[str, object], claim: str, names: list[str]
) -> None:
    assert names_in(claims, claim) == names


def test_names_are_divided_by_commas() -> None:
    assert typed_names(" a, b c ,,") == ["a", "b c"]


# ---------------------------------------------------------------- the form


def test_what_is_set_up_is_shown_and_saved_as_it_is(
    bench: UsersBench, dialog: LoginServiceDialog
) -> None:
    assert dialog.url.text() == "https://login.example.com"
    assert lines(dialog) == ["admins", "lead", "staff"]
    assert dialog.mapping.lines[2].role.currentText() == "Gatekeeper"
    click(dialog.do_button)
    assert bench.desk.remote == SERVICE, "also what the dialog does not show, such as the time"
    assert not dialog.isVisible()


def test_a_new_service_is_set_up(qtbot: QtBot) -> None:
    bench = users_bench(qtbot)
    dialog = opened(bench)
    assert not dialog.remove_button.isVisible()
    assert dialog.mapping.nothing.isVisible()
    QTest.keyClicks(dialog.url, " https://login.example.com ")
    dialog.audience.clear()
    dialog.offline_hours.setValue(0)
    assert dialog.offline_hours.text() == "Not at all"
    click(dialog.mapping.add_button)
    assert QApplication.focusWidget() is dialog.mapping.lines[0].name
    QTest.keyClicks(dialog.mapping.lines[0].name, "lead")
    role = dialog.mapping.lines[0].role
    role.setCurrentIndex(role.findText("Supervisor"))
    click(dialog.mapping.add_button)  # a line that is left empty counts for nothing
    with qtbot.waitSignal(bench.page.changed):
        click(dialog.do_button)
    assert bench.desk.remote == RemoteLogin(
        url="https://login.example.com", offline_hours=0, mapping={"lead": "supervisor"}
    )


def test_without_an_address_it_says_how_to_do_without_the_service(
    bench: UsersBench, dialog: LoginServiceDialog
) -> None:
    dialog.url.clear()
    click(dialog.do_button)
    assert dialog.fields["url"].problem == (
        "The address of the login service is needed; to do without the service, remove it."
    )
    assert bench.desk.remote == SERVICE


def test_refused_settings_are_told_at_their_fields(dialog: LoginServiceDialog) -> None:
    dialog.url.setText("http://login.example.com")
    dialog.ca_file.setText("/missing.pem")
    click(dialog.do_button)
    assert (
        dialog.fields["url"].problem == "The address of the login service must begin with https://."
    )
    assert dialog.fields["ca_file"].problem == "The file of certificates is not there."
    assert QApplication.focusWidget() is dialog.url
    QTest.keyClicks(dialog.url, "x")
    assert dialog.fields["url"].problem == ""


def test_lines_are_moved_and_removed_with_their_buttons(
    bench: UsersBench, dialog: LoginServiceDialog
) -> None:
    first, second, third = dialog.mapping.lines
    assert not first.up.isEnabled()
    assert not third.down.isEnabled()
    click(third.up)
    assert lines(dialog) == ["admins", "staff", "lead"]
    assert QApplication.focusWidget() is third.up, "the same key moves it on"
    QTest.keyClick(third.up, Qt.Key.Key_Space)
    assert lines(dialog) == ["staff", "admins", "lead"]
    assert dialog.mapping._rows.indexOf(third) == 0
    click(second.remove)
    click(dialog.do_button)
    assert list(bench.desk.remote.mapping.items()) == [
        ("staff", GATE.key),
        ("admins", "administrator"),
    ]


def test_a_name_that_stands_there_twice_is_told_at_once(
    bench: UsersBench, dialog: LoginServiceDialog
) -> None:
    line = dialog.mapping.lines[1].name
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "admins")
    assert dialog.fields["mapping"].problem == "The table of roles holds “admins” twice."
    click(dialog.do_button)
    assert bench.desk.count_of("set_login_service") == 0
    QTest.keyClicks(line, "2")
    assert dialog.fields["mapping"].problem == ""


def test_a_line_whose_role_is_gone_stays_until_another_is_chosen(qtbot: QtBot) -> None:
    desk = OperatorDesk()
    desk.remote = SERVICE.model_copy(update={"mapping": {"old": "uid-gone"}})
    dialog = opened(users_bench(qtbot, desk))
    line = dialog.mapping.lines[0]
    assert line.role.currentText() == "Role that is gone"
    click(dialog.do_button)
    assert "names a role that is gone" in dialog.fields["mapping"].problem
    line.role.setCurrentIndex(line.role.findText("Viewer"))
    assert dialog.fields["mapping"].problem == ""
    click(dialog.do_button)
    assert desk.remote.mapping == {"old": "viewer"}


def test_the_file_of_certificates_is_chosen(dialog: LoginServiceDialog, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("x")
    click(dialog.choose_button)
    chooser = dialog.findChild(QFileDialog)
    assert chooser is not None
    chooser.fileSelected.emit(str(file))
    chooser.reject()
    assert dialog.ca_file.text() == str(file)


def test_removing_the_service_asks_and_keeps_the_list_of_roles(
    bench: UsersBench, dialog: LoginServiceDialog
) -> None:
    click(dialog.remove_button)
    bench.answer("Keep it")
    assert bench.desk.remote == SERVICE
    click(dialog.remove_button)
    assert "signed out" in bench.dialog(QMessageBox).informativeText()
    bench.answer("Remove the service")
    assert bench.desk.remote == SERVICE.model_copy(update={"url": ""})
    assert not dialog.isVisible()


def test_nothing_is_saved_that_was_not_read(qtbot: QtBot) -> None:
    """Otherwise an empty form would wipe out what is set up."""
    desk = OperatorDesk()
    desk.remote = SERVICE
    desk.trouble.append(("login_service", DatabaseBusy("x")))
    dialog = opened(users_bench(qtbot, desk))
    assert not dialog.do_button.isEnabled()
    assert not dialog.panel.try_button.isEnabled()
    click(dialog.notice.button)
    assert dialog.do_button.isEnabled()
    assert dialog.url.text() == SERVICE.url


# ---------------------------------------------------------------- which role it would be


def test_the_preview_follows_the_list_of_roles_while_it_is_edited(
    qtbot: QtBot, dialog: LoginServiceDialog
) -> None:
    preview = dialog.panel.preview
    type_names(dialog, "staff, other")
    qtbot.waitUntil(lambda: preview.text() == "The role here would be “Gatekeeper”.")
    role = dialog.mapping.lines[2].role
    role.setCurrentIndex(role.findText("Administrator"))
    qtbot.waitUntil(lambda: preview.text() == "The role here would be “Administrator”.")
    click(dialog.mapping.lines[2].remove)
    qtbot.waitUntil(lambda: preview.text().startswith("Nobody would be let in"))
    dialog.panel.names.clear()
    dialog.panel.ask_preview()
    assert not preview.isVisible()


def test_a_late_answer_does_not_take_the_place_of_a_newer_one(qtbot: QtBot) -> None:
    work = HeldWork()
    desk = OperatorDesk()
    desk.remote = SERVICE
    bench = users_bench(qtbot, desk, work=work)
    work.finish_all()
    bench.page.acts.set_up_login()
    work.finish_all()
    panel = bench.dialog(LoginServiceDialog).panel
    panel.names.setText("admins")
    panel.ask_preview()
    panel.names.setText("lead")
    panel.ask_preview()
    work.finish(1)
    work.finish(0)
    assert panel.preview.text() == "The role here would be “Supervisor”."


# ---------------------------------------------------------------- trying it


def test_trying_without_a_user_shows_the_keys(
    bench: UsersBench, dialog: LoginServiceDialog
) -> None:
    click(dialog.panel.try_button)
    assert bench.desk.asked[-1] == ("try_login_service", SERVICE, "", None)
    assert "It offers 1 key" in dialog.panel.result.text()
    assert "ab12 ab12" in dialog.panel.keys.text()
    assert "Enter a user name and password as well" in dialog.panel.result.text()
    assert not dialog.panel.verdict.isVisible()


def test_the_keys_that_were_shown_are_trusted_once_they_are_saved(
    bench: UsersBench, dialog: LoginServiceDialog
) -> None:
    panel = dialog.panel
    assert not panel.trust_button.isVisible()
    click(panel.try_button)
    assert "No key is trusted yet" in panel.trust.text()
    dialog.panel.trust_button.click()
    assert panel.trust.text() == "These keys are trusted once you save."
    assert "2026-a: trusted" in panel.keys.text()
    click(dialog.do_button)
    assert bench.desk.remote.keys == {"2026-a": "ab12" * 16}


def test_other_keys_than_those_that_are_trusted_are_told(qtbot: QtBot) -> None:
    desk = OperatorDesk()
    old = {"2026-a": "ab12" * 16}
    desk.remote = SERVICE.model_copy(update={"keys": old})
    desk.trial = LoginServiceTrial(True, {"2026-a": "ab12" * 16, "2026-b": "cd34" * 16})
    dialog = opened(users_bench(qtbot, desk))
    assert "2026-a: trusted" in dialog.panel.keys.text()
    click(dialog.panel.try_button)
    assert "2026-b: NOT trusted" in dialog.panel.keys.text()
    assert "somebody else may be answering" in dialog.panel.trust.text()
    click(dialog.do_button)
    assert desk.remote.keys == old, "looking at keys trusts none"


def test_the_keys_of_another_service_are_not_taken_along(qtbot: QtBot) -> None:
    desk = OperatorDesk()
    desk.remote = SERVICE.model_copy(update={"keys": {"2026-a": "ab12" * 16}})
    dialog = opened(users_bench(qtbot, desk))
    dialog.url.setText("https://other.example.com")
    click(dialog.do_button)
    assert desk.remote.keys == {}


def test_a_service_without_keys_is_asked_each_time(
    bench: UsersBench, dialog: LoginServiceDialog
) -> None:
    bench.desk.trial = LoginServiceTrial(False)
    click(dialog.panel.try_button)
    assert "asks the service about each token each time" in dialog.panel.result.text()
    assert not dialog.panel.keys.isVisible()


def test_trying_a_user_shows_claims_and_role_and_stores_nothing(
    bench: UsersBench, dialog: LoginServiceDialog
) -> None:
    dialog.panel.name.setFocus()
    QTest.keyClicks(dialog.panel.name, "otto")
    QTest.keyClicks(dialog.panel.password.line, "canary-77")
    QTest.keyClick(dialog.panel.password.line, Qt.Key.Key_Return)
    asked = next(one for one in bench.desk.asked if one[0] == "try_login_service")
    assert asked[2:] == ("otto", Secret("canary-77"))
    assert "canary" not in repr(bench.desk.asked)
    verdict = dialog.panel.verdict.text()
    assert verdict == "“otto” would come in with the role “Supervisor”."
    assert dialog.panel.names.text() == "staff, lead"
    assert dialog.panel.preview.text() == "The role here would be “Supervisor”."
    rows = dialog.panel._claim_rows
    assert rows.rowCount() == len(TOKEN)
    assert bench.desk.count_of("set_login_service") == 0
    assert dialog.isVisible(), "Enter tries and does not save"


def test_a_user_who_fits_no_line_would_not_be_let_in(dialog: LoginServiceDialog) -> None:
    while dialog.mapping.lines:
        click(dialog.mapping.lines[0].remove)
    dialog.panel.name.setText("otto")
    click(dialog.panel.try_button)
    assert "would not be let in" in dialog.panel.verdict.text()


def test_a_refused_user_is_told_at_the_password(dialog: LoginServiceDialog) -> None:
    dialog.panel.name.setText("wrong")
    click(dialog.panel.try_button)
    assert dialog.panel.password_field.problem == "The service refuses this name or password."
    assert dialog.panel.try_button.isEnabled()


def test_a_service_that_does_not_answer_is_told(
    bench: UsersBench, dialog: LoginServiceDialog
) -> None:
    error = LoginServiceError(LoginFault.UNREACHABLE)
    bench.desk.trouble.append(("try_login_service", error))
    click(dialog.panel.try_button)
    assert dialog.panel.notice.isVisible()
    click(dialog.panel.try_button)
    assert not dialog.panel.notice.isVisible()


def test_settings_that_are_refused_while_trying_are_told_at_their_fields(
    dialog: LoginServiceDialog,
) -> None:
    dialog.url.setText("ftp://x")
    click(dialog.panel.try_button)
    assert (
        dialog.fields["url"].problem == "The address of the login service must begin with https://."
    )
    assert dialog.panel.result.text() == "Correct the settings first."


def test_while_it_is_tried_it_is_not_tried_again(qtbot: QtBot) -> None:
    work = HeldWork()
    bench = users_bench(qtbot, work=work)
    work.finish_all()
    bench.page.acts.set_up_login()
    work.finish_all()
    panel = bench.dialog(LoginServiceDialog).panel
    click(panel.try_button)
    panel.try_it()
    assert not panel.try_button.isEnabled()
    assert work.waiting == 1
    work.finish_all()
    assert panel.try_button.isEnabled()


def test_with_a_long_name_and_long_claims_the_dialog_gets_no_wider(
    bench: UsersBench, dialog: LoginServiceDialog
) -> None:
    token = {"x" * 80: "y" * 500, "roles": ["z" * 300]}
    bench.desk.trial = LoginServiceTrial(True, {"k" * 200: "ab" * 32}, token)
    dialog.panel.name.setText("n" * 300)
    click(dialog.panel.try_button)
    assert dialog.panel.claims.minimumSizeHint().width() <= dialog.panel.width()
    for label in (dialog.panel.verdict, dialog.panel.keys, dialog.panel.preview):
        assert label.minimumSizeHint().width() <= dialog.panel.width()


# ---------------------------------------------------------------- security


def test_security_is_read_explained_and_saved(bench: UsersBench) -> None:
    bench.desk.safety = Security(lock_after_min=5, live_while_locked=False, session_hours=8)
    click(bench.page.security_button)
    dialog = bench.dialog(SecurityDialog)
    assert dialog.lock_after.value() == 5
    assert dialog.hours.text() == "8 hours"
    assert not dialog.live.isChecked()
    for name in ("lock_after_min", "session_hours"):
        assert dialog.fields[name].message.text()
    dialog.lock_after.setValue(30)
    click(dialog.live)
    click(dialog.do_button)
    assert bench.desk.safety == Security(lock_after_min=30, live_while_locked=True, session_hours=8)


def test_security_that_cannot_be_read_cannot_be_saved(bench: UsersBench) -> None:
    bench.desk.trouble.append(("security", DatabaseBusy("x")))
    click(bench.page.security_button)
    dialog = bench.dialog(SecurityDialog)
    assert not dialog.do_button.isEnabled()
    assert not dialog.lock_after.isEnabled()
    click(dialog.notice.button)
    assert dialog.do_button.isEnabled()


def test_the_ends_of_both_numbers_are_those_of_the_settings(bench: UsersBench) -> None:
    """A value that the form lets through is one that the settings take."""
    click(bench.page.security_button)
    dialog = bench.dialog(SecurityDialog)
    for value in (dialog.lock_after.minimum(), dialog.lock_after.maximum()):
        Security(lock_after_min=value)
    for value in (dialog.hours.minimum(), dialog.hours.maximum()):
        Security(session_hours=value)
    assert built_in_role(Role.ADMINISTRATOR).name == "Administrator"


def test_tab_goes_through_the_form_as_it_is_read(dialog: LoginServiceDialog) -> None:
    dialog.mapping.add()
    dialog.url.setFocus()
    seen: list[QWidget | None] = []
    for _ in range(60):
        seen.append(dialog.focusWidget())
        QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Tab)
        if dialog.focusWidget() is dialog.url:
            break
    wanted: list[QWidget] = [
        dialog.url,
        dialog.name,
        dialog.issuer,
        dialog.audience,
        dialog.ca_file,
    ]
    wanted += [dialog.roles_claim, dialog.offline_hours]
    wanted += [line.name for line in dialog.mapping.lines]
    wanted += [dialog.mapping.add_button, dialog.panel.names, dialog.panel.name]
    wanted += [dialog.panel.password.line, dialog.panel.try_button, dialog.do_button]
    assert [part for part in seen if part in wanted] == wanted


def letters_of(dialog: QWidget) -> list[str]:
    said = [one.text() for one in dialog.findChildren(QLabel) if one.buddy()]
    said += [one.text() for one in dialog.findChildren(QAbstractButton)]
    letters = [QKeySequence.mnemonic(text).toString() for text in said]
    return sorted(letter for letter in letters if letter)


def test_each_letter_jumps_to_one_place(bench: UsersBench, dialog: LoginServiceDialog) -> None:
    used = letters_of(dialog)
    assert used == sorted(set(used))
    dialog.reject()
    click(bench.page.security_button)
    used = letters_of(bench.dialog(SecurityDialog))
    assert used == sorted(set(used))
