"""The page of users: what is shown, what can be done, and what cannot and why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from camwatch.auth.permissions import OperatorRole, Permission
from camwatch.auth.session import SignInKind
from camwatch.domain import Role, UserId
from camwatch.errors import DatabaseBusy, PasswordNeeded, SessionLocked
from camwatch.ui.error_text import text_for
from camwatch.ui.operators.acts import Known
from camwatch.ui.operators.code_dialog import CodeDialog
from camwatch.ui.operators.import_dialog import ImportUsersDialog
from camwatch.ui.operators.login_service import LoginServiceDialog
from camwatch.ui.operators.user_acts import Act
from camwatch.ui.operators.user_dialogs import AddUserDialog, GiveRoleDialog
from camwatch.ui.operators.users_model import Column, UsersModel
from camwatch.ui.operators.wording import Standing
from tests.ui.operator_edges import GATE, OperatorDesk, an_account, some_accounts
from tests.ui.screen_edges import Clock, HeldWork, a_session
from tests.ui.users_bench import (
    BERLIN,
    UsersBench,
    click,
    clipboard,
    type_text,
    users_bench,
)


@pytest.fixture
def bench(qtbot: QtBot) -> UsersBench:
    return users_bench(qtbot)


def cell(bench: UsersBench, name: str, column: Column) -> str:
    shown = bench.page.users_tab.shown
    text: str = shown.index(bench.names().index(name), column).data()
    return text


# ---------------------------------------------------------------- what is shown


def test_each_user_is_listed_with_role_state_and_sessions(bench: UsersBench) -> None:
    assert bench.names() == [
        *("carl", "dora", "emil", "frida", "gustav", "hanna", "ivo", "maria (you)")
    ]
    assert {name: cell(bench, name, Column.STATE) for name in bench.names()} == {
        "maria (you)": "Active",
        "carl": "Active",
        "dora": "Active",
        "emil": "Rests until 14:12",
        "frida": "Code holds until tomorrow 20:00",
        "gustav": "Disabled",
        "hanna": "Must choose a password",
        "ivo": "Code has run out",
    }
    assert cell(bench, "emil", Column.ROLE) == "Gatekeeper"
    assert cell(bench, "dora", Column.FACTOR) == "On"
    assert cell(bench, "carl", Column.LAST) == "yesterday 14:00"
    assert cell(bench, "gustav", Column.LAST) == "27 May 2025"
    assert cell(bench, "frida", Column.LAST) == "Never"
    assert cell(bench, "dora", Column.SESSIONS) == "2"
    assert bench.page.summary.text() == "8 users, 4 sessions open"


def test_a_role_that_needs_a_second_factor_is_told_where_there_is_none(qtbot: QtBot) -> None:
    desk = OperatorDesk()
    desk.made[GATE.key] = replace(GATE, needs_second_factor=True)
    bench = users_bench(qtbot, desk)
    assert cell(bench, "emil", Column.FACTOR) == "At next sign-in"


def test_the_rest_after_wrong_passwords_ends_on_the_screen_too(bench: UsersBench) -> None:
    bench.clock.forward(13 * 60)
    bench.page.look()
    assert cell(bench, "emil", Column.STATE) == "Active"


def test_the_model_keeps_to_the_rules_of_qt(qtmodeltester: ModelTester) -> None:
    model = UsersModel(UserId(1), BERLIN, Clock())
    model.set_records(some_accounts())
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]


def test_search_finds_names_and_roles_and_can_be_taken_away(bench: UsersBench) -> None:
    QTest.keyClick(bench.page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is bench.page.search
    type_text("GATEK")
    assert bench.names() == ["emil", "frida"]
    bench.press(Qt.Key.Key_Down)
    assert bench.page.users_tab.table.chosen is not None
    assert bench.page.users_tab.table.chosen.user.name == "emil"
    bench.page.search.setText("nobody")
    assert bench.names() == []
    empty = bench.page.users_tab.empty
    assert empty.title.text() == "No user matches"
    click(empty.button)
    assert len(bench.names()) == 8
    assert bench.page.search.text() == ""


def test_filters_show_how_many_there_are_and_only_those(bench: UsersBench) -> None:
    filters = bench.page.users_tab.filters
    assert filters[Standing.WAITING].text() == "New code  2"
    click(filters[Standing.WAITING])
    assert bench.names() == ["frida", "ivo"]
    role = bench.page.users_tab.role
    role.setCurrentIndex(role.findData(GATE.key))
    assert bench.names() == ["frida"]
    click(filters[None])
    assert bench.names() == ["emil", "frida"]


def test_a_click_on_a_heading_sorts(bench: UsersBench) -> None:
    table = bench.page.users_tab.table
    table.sortByColumn(Column.LAST, Qt.SortOrder.DescendingOrder)
    assert bench.names()[:3] == ["maria (you)", "carl", "dora"]
    table.sortByColumn(Column.SESSIONS, Qt.SortOrder.DescendingOrder)
    assert bench.names()[0] == "dora"


def test_looking_again_keeps_selection_and_place_among_two_hundred_users(qtbot: QtBot) -> None:
    desk = OperatorDesk(
        [an_account(1, "maria", Role.ADMINISTRATOR)]
        + [an_account(number, f"user.{number:03}") for number in range(2, 202)]
    )
    bench = users_bench(qtbot, desk)
    bench.choose("user.005")
    bar = bench.page.users_tab.table.verticalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(bar.maximum() // 2)
    at = bar.value()
    desk.users[UserId(3)] = replace(desk.users[UserId(3)], open_sessions=1)
    bench.page.look()
    assert cell(bench, "user.003", Column.SESSIONS) == "1"
    assert bar.value() == at
    assert bench.page.users_tab.table.chosen is not None
    assert bench.page.users_tab.table.chosen.user.name == "user.005"


def test_answers_that_overtake_each_other_do_not_bring_the_past_back(qtbot: QtBot) -> None:
    work = HeldWork()
    bench = users_bench(qtbot, work=work)
    work.finish_all()
    bench.page.reload()
    first = work.waiting
    del bench.desk.users[UserId(2)]
    bench.page.reload()
    work.finish(first)  # the newer one
    assert "carl" not in bench.names()
    bench.desk.users[UserId(2)] = some_accounts()[1]
    work.finish()
    assert "carl" not in bench.names()


def test_while_nothing_is_read_yet_that_is_said(qtbot: QtBot) -> None:
    bench = users_bench(qtbot, work=HeldWork())
    assert bench.page.users_tab.empty.title.text() == "No users are shown yet"
    assert not bench.page.busy.isHidden()


def test_without_any_user_the_page_leads_to_the_first_one(qtbot: QtBot) -> None:
    bench = users_bench(qtbot, OperatorDesk([]))
    assert bench.page.users_tab.empty.title.text() == "No users in this list"
    click(bench.page.users_tab.empty.button)
    assert bench.is_open(AddUserDialog)


def test_trouble_with_reading_is_told_and_can_be_tried_again(bench: UsersBench) -> None:
    bench.desk.trouble.append(("accounts", DatabaseBusy("x")))
    QTest.keyClick(bench.page, Qt.Key.Key_F5)
    assert bench.page.notice.title.text() == "The database is in use"
    click(bench.page.notice.button)
    assert bench.page.notice.isHidden()


def test_a_locked_session_is_no_trouble_while_only_looking(bench: UsersBench) -> None:
    bench.desk.trouble.append(("accounts", SessionLocked()))
    bench.page.look()
    assert bench.page.notice.isHidden()
    bench.desk.trouble.append(("accounts", SessionLocked()))
    bench.page.reload()
    assert not bench.page.notice.isHidden()


def test_a_long_name_makes_the_page_no_wider(qtbot: QtBot) -> None:
    desk = OperatorDesk([an_account(1, "w" * 64, Role.ADMINISTRATOR), an_account(2, "x" * 64)])
    bench = users_bench(qtbot, desk)
    bench.choose("x" * 64)
    assert bench.page.minimumSizeHint().width() <= 1280
    bench.page.acts.act(Act.RESET, desk.users[UserId(2)])
    bench.answer("Reset password")
    assert bench.dialog(CodeDialog).minimumSizeHint().width() <= 520


# ---------------------------------------------------------------- what can be done


def test_adding_a_user_shows_the_code_once_large_and_to_be_copied(bench: UsersBench) -> None:
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(bench.page, Qt.Key.Key_N, keys)
    dialog = bench.dialog(AddUserDialog)
    assert dialog.role.currentText() == "Viewer"
    dialog.name.setFocus()
    QTest.keyClicks(dialog.name, "nina")
    dialog.role.setCurrentIndex(dialog.role.findText("Gatekeeper"))
    assert "Sees cameras of: Store North." in dialog.role_about.text()
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    assert bench.desk.asked[-2] == ("add_operator", "nina", GATE.key)
    shown = bench.dialog(CodeDialog)
    assert shown.code.text() == "lusab-babad-gutih-t0001"
    assert shown.code.font().pixelSize() >= 28
    click(shown.copy_button)
    assert clipboard() == "lusab-babad-gutih-t0001"
    assert shown.copied.text() == "Copied."
    click(shown.close_button)
    assert not bench.is_open(CodeDialog)
    chosen = bench.page.users_tab.table.chosen
    assert chosen is not None
    assert chosen.user.name == "nina"
    assert cell(bench, "nina", Column.STATE) == "Code holds until tomorrow 14:00"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "The name is needed."),
        ("a b", "The name may have only letters, digits and . _ - @, and no blanks."),
        ("MARIA", "The name is in use by another user."),
    ],
)
def test_a_refused_name_is_told_at_its_field(bench: UsersBench, name: str, words: str) -> None:
    click(bench.page.add_button)
    dialog = bench.dialog(AddUserDialog)
    dialog.name.setText(name)
    click(dialog.do_button)
    assert dialog.fields["name"].problem == words
    assert dialog.isVisible()
    QTest.keyClicks(dialog.name, "x")
    assert dialog.fields["name"].problem == ""


def test_when_the_password_is_not_entered_nothing_was_changed(bench: UsersBench) -> None:
    click(bench.page.add_button)
    dialog = bench.dialog(AddUserDialog)
    dialog.name.setText("nina")
    bench.desk.trouble.append(("add_operator", PasswordNeeded()))
    click(dialog.do_button)
    assert dialog.notice.title.text() == text_for(PasswordNeeded()).title
    assert dialog.do_button.isEnabled()
    click(dialog.do_button)
    assert bench.is_open(CodeDialog)


def test_a_dialog_at_work_begins_nothing_else(qtbot: QtBot) -> None:
    work = HeldWork()
    bench = users_bench(qtbot, work=work)
    work.finish_all()
    bench.page.acts.add_user()
    dialog = bench.dialog(AddUserDialog)
    dialog.name.setText("nina")
    click(dialog.do_button)
    assert not dialog.do_button.isEnabled()
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    assert work.waiting == 1
    work.finish_all()
    assert bench.desk.count_of("add_operator") == 1


@pytest.mark.parametrize("kind", [AddUserDialog, ImportUsersDialog])
def test_a_form_that_gives_roles_opens_once_they_are_read(
    qtbot: QtBot, kind: type[AddUserDialog | ImportUsersDialog]
) -> None:
    work = HeldWork()
    bench = users_bench(qtbot, work=work)
    page = bench.page
    click(page.add_button if kind is AddUserDialog else page.import_button)
    assert not bench.is_open(kind)
    work.finish_all()
    assert bench.is_open(kind)
    if kind is AddUserDialog:
        assert bench.dialog(AddUserDialog).role.count() > 1


def test_enter_on_a_row_gives_another_role(bench: UsersBench) -> None:
    bench.choose("dora")
    bench.page.users_tab.table.setFocus()
    bench.press(Qt.Key.Key_Return)
    dialog = bench.dialog(GiveRoleDialog)
    assert dialog.role.currentText() == "Supervisor"
    assert not dialog.do_button.isEnabled()
    dialog.role.setCurrentIndex(dialog.role.findText("Administrator"))
    click(dialog.do_button)
    assert cell(bench, "dora", Column.ROLE) == "Administrator"


def test_a_refused_role_is_told_at_its_field(bench: UsersBench) -> None:
    """Between reading and asking the other administrator went: only the command knows."""
    bench.choose("carl")
    click(bench.page.users_tab.buttons[Act.ROLE])
    dialog = bench.dialog(GiveRoleDialog)
    del bench.desk.users[UserId(1)]
    dialog.role.setCurrentIndex(dialog.role.findText("Viewer"))
    click(dialog.do_button)
    assert (
        dialog.fields["role"].problem
        == "The user is the last administrator, so they must stay one."
    )


def test_disabling_asks_nothing_and_enabling_takes_it_back(qtbot: QtBot, bench: UsersBench) -> None:
    bench.choose("dora")
    with qtbot.waitSignal(bench.page.changed):
        click(bench.page.users_tab.button_of(Act.DISABLE))
    assert cell(bench, "dora", Column.STATE) == "Disabled"
    assert cell(bench, "dora", Column.SESSIONS) == "–"
    assert bench.page.users_tab.button_of(Act.DISABLE).text() == "&Enable"
    click(bench.page.users_tab.button_of(Act.DISABLE))
    assert cell(bench, "dora", Column.STATE) == "Active"


def test_resetting_a_password_asks_first_and_brings_a_code(bench: UsersBench) -> None:
    bench.choose("emil")
    click(bench.page.users_tab.buttons[Act.RESET])
    assert bench.dialog(QMessageBox).text() == "Reset the password of “emil”?"
    bench.answer("Cancel")
    assert bench.desk.count_of("reset_password") == 0
    click(bench.page.users_tab.buttons[Act.RESET])
    bench.answer("Reset password")
    assert bench.dialog(CodeDialog).code.text() == "lusab-babad-gutih-t0001"
    assert cell(bench, "emil", Column.STATE) == "Code holds until tomorrow 14:00"


def test_the_login_service_is_opened_as_soon_as_the_roles_are_read(bench: UsersBench) -> None:
    bench.page.acts.known = Known()
    bench.page.set_up_login()
    assert not bench.page.findChildren(LoginServiceDialog)
    bench.page.reload()
    assert bench.dialog(LoginServiceDialog).isVisible()


def test_a_new_password_can_be_forced_once(bench: UsersBench) -> None:
    bench.choose("dora")
    click(bench.page.users_tab.buttons[Act.FORCE])
    bench.answer("Ask for another password")
    assert cell(bench, "dora", Column.STATE) == "Must choose a password"
    button = bench.page.users_tab.buttons[Act.FORCE]
    assert not button.isEnabled()
    assert "must choose a password at the next sign-in already" in button.toolTip()


def test_the_second_factor_is_taken_away_after_a_question(bench: UsersBench) -> None:
    bench.choose("dora")
    click(bench.page.users_tab.buttons[Act.FACTOR])
    bench.answer("Take away second factor")
    assert cell(bench, "dora", Column.FACTOR) == "Off"
    assert not bench.page.users_tab.buttons[Act.FACTOR].isEnabled()


def test_the_delete_key_removes_after_a_question(bench: UsersBench) -> None:
    bench.choose("dora")
    bench.page.users_tab.table.setFocus()
    bench.press(Qt.Key.Key_Delete)
    bench.answer("Keep the user")
    assert "dora" in bench.names()
    bench.press(Qt.Key.Key_Delete)
    bench.answer("Remove user")
    assert "dora" not in bench.names()
    assert bench.page.summary.text() == "7 users, 4 sessions open"


def test_a_user_who_is_gone_meanwhile_is_told_and_leaves_the_list(bench: UsersBench) -> None:
    bench.choose("dora")
    del bench.desk.users[UserId(3)]
    click(bench.page.users_tab.button_of(Act.DISABLE))
    assert "no longer exists" in bench.page.trouble.text.text()
    assert "dora" not in bench.names()
    bench.page.look()
    assert not bench.page.trouble.isHidden(), "looking again must not take the words away"
    click(bench.page.trouble.button)
    assert bench.page.trouble.isHidden()


def test_the_menu_of_a_row_offers_the_same(bench: UsersBench) -> None:
    bench.choose("gustav")
    menu = bench.page.users_tab.make_menu()
    items = {item.text(): item.isEnabled() for item in menu.actions()}
    assert items == {
        "&Role…": True,
        "&Enable": True,
        "Reset &password…": True,
        "Force new pass&word": True,
        "&Take away second factor…": False,
        "Re&move…": True,
    }
    next(item for item in menu.actions() if item.text() == "&Enable").trigger()
    assert cell(bench, "gustav", Column.STATE) == "Active"


# ---------------------------------------------------------------- what cannot be done


def test_without_a_selection_each_button_says_so(bench: UsersBench) -> None:
    for button in bench.page.users_tab.buttons.values():
        assert not button.isEnabled()
        assert "Select a user" in button.toolTip()


def test_ones_own_account_is_changed_elsewhere(bench: UsersBench) -> None:
    bench.choose("maria (you)")
    for act, button in bench.page.users_tab.buttons.items():
        assert not button.isEnabled(), act
        assert "your own account" in button.toolTip()
    assert "your own account" in bench.page.users_tab.about.text()
    bench.page.users_tab.table.setFocus()
    bench.press(Qt.Key.Key_Delete)
    bench.press(Qt.Key.Key_Return)
    assert not bench.is_open(QMessageBox)
    assert not bench.is_open(GiveRoleDialog)


def test_an_operator_of_the_login_service_is_nobody_in_this_list(qtbot: QtBot) -> None:
    """Such a session has the number 0 or any other: no row is taken for the operator's own."""
    session = replace(a_session(), kind=SignInKind.REMOTE)
    bench = users_bench(qtbot, session=session)
    assert "maria" in bench.names()


def test_the_last_administrator_can_neither_be_lowered_nor_kept_out(qtbot: QtBot) -> None:
    desk = OperatorDesk(
        [an_account(2, "carl", Role.ADMINISTRATOR), an_account(3, "dora", Role.SUPERVISOR)]
    )
    bench = users_bench(qtbot, desk, replace(a_session(), kind=SignInKind.REMOTE))
    bench.choose("carl")
    buttons = bench.page.users_tab.buttons
    for act in (Act.ROLE, Act.DISABLE, Act.REMOVE):
        assert not buttons[act].isEnabled(), act
        assert "last administrator" in buttons[act].toolTip()
    assert buttons[Act.RESET].isEnabled()
    assert "last administrator" in bench.page.users_tab.about.text()


def test_whoever_may_do_more_is_out_of_reach(qtbot: QtBot) -> None:
    """Else one could make a code for an administrator, and sign in with it."""
    role = OperatorRole("uid-hr", "Staff office", frozenset({Permission.MANAGE_OPERATORS}))
    bench = users_bench(qtbot, session=replace(a_session(), role=role))
    bench.choose("dora")
    for act, button in bench.page.users_tab.buttons.items():
        assert not button.isEnabled(), act
        assert "may do more than you" in button.toolTip()
    assert "may do more than you" in bench.page.users_tab.about.text()
    click(bench.page.add_button)
    box = bench.dialog(AddUserDialog).role
    assert box.count() == 0, "no role of the list goes as far as that only"


def test_without_the_right_to_change_sign_in_its_buttons_say_why(qtbot: QtBot) -> None:
    role = OperatorRole("uid-hr", "Staff office", frozenset({Permission.MANAGE_OPERATORS}))
    bench = users_bench(qtbot, session=replace(a_session(), role=role))
    for button in (bench.page.login_button, bench.page.security_button):
        assert not button.isEnabled()
        assert "does not let you change how people sign in" in button.toolTip()
    assert bench.page.add_button.isEnabled()


def test_the_page_looks_again_only_while_it_is_seen(bench: UsersBench) -> None:
    timer = bench.page._timer
    assert timer.isActive()
    bench.page.hide()
    assert not timer.isActive()
    before = bench.desk.count_of("accounts")
    bench.page.show()
    assert bench.desk.count_of("accounts") == before + 1


def test_a_code_that_ran_out_and_one_that_holds_are_told_apart_in_the_hint(
    bench: UsersBench,
) -> None:
    bench.choose("ivo")
    assert "was not used in time" in bench.page.users_tab.about.text()
    bench.choose("frida")
    assert "Signs in once with the one-time code" in bench.page.users_tab.about.text()
