"""Roles and open sessions on the page of users, and the dialogs about them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QMessageBox
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from camwatch.auth.accounts import RoleDraft
from camwatch.auth.permissions import WHOLE_PROGRAM, OperatorRole, Permission
from camwatch.domain import Role, SiteId, UserId
from camwatch.errors import DatabaseBusy
from camwatch.ui.operators.role_editor import RoleEditor
from camwatch.ui.operators.role_removal import RemoveRoleDialog
from camwatch.ui.operators.roles_tab import Column, RolesModel
from camwatch.ui.operators.sessions_tab import SessionsModel
from camwatch.ui.operators.wording import (
    PERMISSION_GROUPS,
    breakable,
    may_words,
    permission_label,
    sees_words,
)
from tests.ui.operator_edges import GATE, OperatorDesk, some_sessions
from tests.ui.screen_edges import Clock, a_session
from tests.ui.users_bench import BERLIN, UsersBench, click, click_row, users_bench

ROLES, SESSIONS = 1, 2


@pytest.fixture
def bench(qtbot: QtBot) -> UsersBench:
    return users_bench(qtbot)


def choose_role(bench: UsersBench, name: str) -> None:
    bench.page.tabs.setCurrentIndex(ROLES)
    shown = bench.page.roles_tab.shown
    rows = [shown.index(row, 0).data() for row in range(shown.rowCount())]
    click_row(bench.page.roles_tab.table, rows.index(name))


def role_cell(bench: UsersBench, name: str, column: Column) -> str:
    shown = bench.page.roles_tab.shown
    rows = [shown.index(row, 0).data() for row in range(shown.rowCount())]
    text: str = shown.index(rows.index(name), column).data()
    return text


def tick(sites: QListWidget, *names: str) -> None:
    for row in range(sites.count()):
        item = sites.item(row)
        is_wanted = item.text() in names
        item.setCheckState(Qt.CheckState.Checked if is_wanted else Qt.CheckState.Unchecked)


# ---------------------------------------------------------------- words


def test_every_permission_stands_in_one_group_in_plain_words() -> None:
    grouped = [one for _title, group in PERMISSION_GROUPS for one in group]
    assert sorted(grouped) == sorted(Permission)
    assert all(permission_label(one)[0].isupper() for one in Permission)
    assert [title for title, _group in PERMISSION_GROUPS] == [
        *("Watch", "Operate", "Set up", "Administer")
    ]


def test_what_a_role_may_and_sees_is_told_in_short() -> None:
    sites = {SiteId(number): name for number, name in enumerate(("A", "B", "C", "D", "E"))}
    every = OperatorRole("x", "x", frozenset(Permission), frozenset(sites))
    assert may_words(every) == "everything"
    assert may_words(replace(every, permissions=frozenset())) == "nothing"
    assert may_words(GATE) == "see the cameras, see the counts"
    assert sees_words(every, sites) == "A, B, C and 2 more"
    assert sees_words(replace(every, sites=None), sites) == "All sites"
    assert sees_words(replace(every, sites=frozenset({SiteId(77)})), sites) == "1 site"


def test_long_words_may_be_broken_and_others_stay_as_they_are() -> None:
    assert breakable("a short name") == "a short name"
    long = breakable("w" * 64)
    assert long.replace("\u200b", "") == "w" * 64
    assert max(map(len, long.split("\u200b"))) <= 12


def test_the_models_keep_to_the_rules_of_qt(qtmodeltester: ModelTester) -> None:
    desk = OperatorDesk()
    roles = RolesModel()
    roles.prepare(desk.roles(None), {}, [])  # type: ignore[arg-type]
    roles.set_records(desk.roles(None))  # type: ignore[arg-type]
    qtmodeltester.check(roles)  # type: ignore[no-untyped-call]
    sessions = SessionsModel(BERLIN, Clock())
    sessions.set_records(some_sessions())
    qtmodeltester.check(sessions)  # type: ignore[no-untyped-call]


# ---------------------------------------------------------------- the list of roles


def test_roles_are_listed_with_what_they_may_and_how_many_have_them(bench: UsersBench) -> None:
    assert role_cell(bench, "Administrator", Column.MAY) == "Everything"
    assert role_cell(bench, "Gatekeeper", Column.SEES) == "Store North"
    assert role_cell(bench, "Gatekeeper", Column.USERS) == "2"


def test_a_role_that_is_always_there_is_not_removed_and_says_so(bench: UsersBench) -> None:
    choose_role(bench, "Viewer")
    assert not bench.page.roles_tab.remove_button.isEnabled()
    assert "always there" in bench.page.roles_tab.remove_button.toolTip()
    bench.page.roles_tab.table.setFocus()
    bench.press(Qt.Key.Key_Delete)
    assert not bench.is_open(RemoveRoleDialog)


def test_of_a_role_that_is_always_there_only_the_second_factor_changes(bench: UsersBench) -> None:
    choose_role(bench, "Supervisor")
    bench.page.roles_tab.table.setFocus()
    bench.press(Qt.Key.Key_Return)
    editor = bench.dialog(RoleEditor)
    assert not editor.name.isEnabled()
    assert not any(box.isEnabled() for box in editor.permissions.values())
    assert editor.permissions[Permission.MOVE_CAMERAS].isChecked()
    assert not editor.permissions[Permission.EDIT_CAMERAS].isChecked()
    assert not editor.some_sites.isEnabled()
    click(editor.factor)
    click(editor.do_button)
    command, key, draft = bench.desk.asked[-2]
    assert (command, key) == ("edit_role", Role.SUPERVISOR)
    assert isinstance(draft, RoleDraft)
    assert draft.needs_second_factor
    assert role_cell(bench, "Supervisor", Column.FACTOR) == "Needed"


def test_a_role_is_made_with_permissions_and_sites(bench: UsersBench) -> None:
    bench.page.tabs.setCurrentIndex(ROLES)
    click(bench.page.roles_tab.new_button)
    editor = bench.dialog(RoleEditor)
    editor.name.setText("  Night shift ")
    click(editor.permissions[Permission.VIEW_CAMERAS])
    click(editor.permissions[Permission.MOVE_CAMERAS])
    click(editor.some_sites)
    assert editor.sites.isVisible()
    tick(editor.sites, "Yard", "Main site")
    click(editor.do_button)
    made = next(role for role in bench.desk.made.values() if role.name == "Night shift")
    assert made.permissions == {Permission.VIEW_CAMERAS, Permission.MOVE_CAMERAS}
    assert made.sites == frozenset({SiteId(1), SiteId(3)})
    chosen = bench.page.roles_tab.table.chosen
    assert chosen == made, "what was made is selected"


def test_a_role_without_name_or_site_is_told_at_the_fields(bench: UsersBench) -> None:
    bench.page.acts.edit_role(None)
    editor = bench.dialog(RoleEditor)
    click(editor.some_sites)
    click(editor.do_button)
    assert editor.fields["name"].problem == "The name is needed."
    assert editor.fields["sites"].problem == "The sites are needed: choose at least one."
    assert bench.desk.count_of("add_role") == 0
    click(editor.all_sites)
    assert editor.fields["sites"].problem == ""


def test_what_only_the_command_knows_is_told_at_the_fields_too(bench: UsersBench) -> None:
    bench.page.acts.edit_role(None)
    editor = bench.dialog(RoleEditor)
    editor.name.setText("viewer")
    click(editor.do_button)
    assert editor.fields["name"].problem == "The name is in use by another role."
    editor.name.setText("Night shift")
    click(editor.do_button)
    assert editor.fields["permissions"].problem.startswith("The permissions are missing")


def test_what_a_choice_of_permissions_means_is_said(bench: UsersBench) -> None:
    bench.page.acts.edit_role(None)
    editor = bench.dialog(RoleEditor)
    assert not editor.blind.isVisible()
    click(editor.permissions[Permission.EDIT_SCENES])
    assert editor.blind.isVisible()
    click(editor.permissions[Permission.VIEW_CAMERAS])
    assert not editor.blind.isVisible()


def test_a_role_of_some_sites_cannot_have_what_concerns_all(bench: UsersBench) -> None:
    choose_role(bench, "Administrator")
    click(bench.page.roles_tab.copy_button)
    editor = bench.dialog(RoleEditor)
    click(editor.some_sites)
    audit = editor.permissions[Permission.VIEW_AUDIT]
    assert not audit.isChecked()
    assert not audit.isEnabled()
    assert "all sites at once" in audit.toolTip()
    assert editor.permissions[Permission.MOVE_CAMERAS].isChecked()
    assert not editor.draft().permissions & WHOLE_PROGRAM
    click(editor.all_sites)
    assert editor.draft().permissions == frozenset(Permission)


def test_nobody_gives_what_they_may_not_do_themselves(qtbot: QtBot) -> None:
    own = OperatorRole("uid-hr", "Staff office", GATE.permissions | {Permission.MANAGE_OPERATORS})
    bench = users_bench(qtbot, session=replace(a_session(), role=own))
    choose_role(bench, "Administrator")
    assert not bench.page.roles_tab.remove_button.isEnabled()
    assert bench.page.roles_tab.edit_button.text() == "Loo&k…"
    click(bench.page.roles_tab.edit_button)
    editor = bench.dialog(RoleEditor)
    assert not editor.factor.isEnabled()
    assert not editor.do_button.isEnabled()
    assert "may do more than you" in editor.about.text()
    editor.reject()
    click(bench.page.roles_tab.copy_button)
    copy = bench.dialog(RoleEditor)
    assert copy.draft().permissions == own.permissions
    assert "cannot give it" in copy.permissions[Permission.EDIT_CAMERAS].toolTip()


def test_a_copy_begins_as_the_role_is_and_changes_nothing_of_it(bench: UsersBench) -> None:
    choose_role(bench, "Administrator")
    click(bench.page.roles_tab.copy_button)
    editor = bench.dialog(RoleEditor)
    assert editor.name.text() == "Administrator (copy)"
    assert all(box.isEnabled() and box.isChecked() for box in editor.permissions.values())
    click(editor.do_button)
    assert bench.desk.count_of("edit_role") == 0
    assert any(role.name == "Administrator (copy)" for role in bench.desk.made.values())


def test_an_own_role_is_shown_as_it_is_and_changed(bench: UsersBench) -> None:
    choose_role(bench, "Gatekeeper")
    click(bench.page.roles_tab.edit_button)
    editor = bench.dialog(RoleEditor)
    assert editor.some_sites.isChecked()
    assert editor.draft() == RoleDraft("Gatekeeper", GATE.permissions, frozenset({SiteId(2)}))
    click(editor.permissions[Permission.VIEW_COUNTS])
    click(editor.do_button)
    assert bench.desk.made[GATE.key].permissions == {Permission.VIEW_CAMERAS}


def test_removing_a_role_asks_which_one_its_users_get(bench: UsersBench) -> None:
    choose_role(bench, "Gatekeeper")
    click(bench.page.roles_tab.remove_button)
    dialog = bench.dialog(RemoveRoleDialog)
    assert "2 users have the role “Gatekeeper”." in dialog.about.text()
    assert dialog.instead.findText("Gatekeeper") < 0
    dialog.instead.setCurrentIndex(dialog.instead.findText("Supervisor"))
    click(dialog.do_button)
    assert GATE.key not in bench.desk.made
    assert bench.desk.users[UserId(4)].user.role == Role.SUPERVISOR
    assert role_cell(bench, "Supervisor", Column.USERS) == "3"


def test_removing_a_role_that_nobody_has_asks_only_whether(qtbot: QtBot) -> None:
    desk = OperatorDesk()
    desk.made["uid-x"] = replace(GATE, key="uid-x", name="Night shift")
    bench = users_bench(qtbot, desk)
    choose_role(bench, "Night shift")
    bench.page.roles_tab.table.setFocus()
    bench.press(Qt.Key.Key_Delete)
    dialog = bench.dialog(RemoveRoleDialog)
    assert not dialog.instead.isVisible()
    desk.trouble.append(("remove_role", DatabaseBusy("x")))
    click(dialog.do_button)
    assert dialog.notice.title.text() == "The database is in use"
    click(dialog.do_button)
    assert "uid-x" not in desk.made


def test_a_role_that_is_gone_meanwhile_is_told(bench: UsersBench) -> None:
    choose_role(bench, "Gatekeeper")
    click(bench.page.roles_tab.edit_button)
    editor = bench.dialog(RoleEditor)
    del bench.desk.made[GATE.key]
    click(editor.do_button)
    assert "no longer exists" in editor.notice.text.text()


def test_whoever_sees_no_sites_leaves_those_of_a_role_as_they_are(qtbot: QtBot) -> None:
    """The command for the sites is not theirs to give, and the page must work all the same."""
    may = frozenset(Permission) - {Permission.VIEW_CAMERAS}
    bench = users_bench(
        qtbot, session=replace(a_session(), role=OperatorRole("uid-hr", "Office", may))
    )
    assert bench.desk.sites_asked == 0
    limited = OperatorRole("uid-x", "Counts", frozenset({Permission.VIEW_COUNTS}), GATE.sites)
    bench.desk.made[limited.key] = limited
    bench.page.reload()
    assert role_cell(bench, "Counts", Column.SEES) == "1 site"
    choose_role(bench, "Counts")
    click(bench.page.roles_tab.edit_button)
    editor = bench.dialog(RoleEditor)
    assert not editor.all_sites.isEnabled()
    assert "You see no sites yourself" in editor.some_sites.toolTip()
    click(editor.factor)
    click(editor.do_button)
    assert bench.desk.made[limited.key] == replace(limited, needs_second_factor=True)
    assert bench.desk.sites_asked == 0


# ---------------------------------------------------------------- open sessions


def test_sessions_are_listed_newest_first_in_plain_words(bench: UsersBench) -> None:
    bench.page.tabs.setCurrentIndex(SESSIONS)
    shown = bench.page.sessions_tab.shown
    rows = [[shown.index(row, column).data() for column in range(5)] for row in range(4)]
    assert rows == [
        ["maria (this session)", "User of this list", "desk-1", "13:55", "just now"],
        ["otto@example.com", "Login service", "gate-pc", "13:10", "9 min ago"],
        ["paul", "Login service, which is away", "control-room-7", "11:50", "2 min ago"],
        ["dora", "User of this list", "desk-2", "yesterday 13:00", "1 h ago"],
    ]


def test_ones_own_session_is_ended_by_signing_out(bench: UsersBench) -> None:
    bench.page.tabs.setCurrentIndex(SESSIONS)
    assert "Select a session" in bench.page.sessions_tab.end_button.toolTip()
    click_row(bench.page.sessions_tab.table, 0)
    assert not bench.page.sessions_tab.end_button.isEnabled()
    assert "Sign out" in bench.page.sessions_tab.end_button.toolTip()


def test_somebody_elses_session_is_ended_after_a_question(bench: UsersBench) -> None:
    bench.page.tabs.setCurrentIndex(SESSIONS)
    click_row(bench.page.sessions_tab.table, 1)
    bench.page.sessions_tab.table.setFocus()
    bench.press(Qt.Key.Key_Delete)
    text = "End the session of “otto@example.com” on gate-pc?"
    assert bench.dialog(QMessageBox).text() == text
    bench.answer("End session")
    assert ("end_session", "s2") in bench.desk.asked
    assert bench.page.sessions_tab.shown.rowCount() == 3


def test_the_selected_session_stays_selected_when_others_end(bench: UsersBench) -> None:
    bench.page.tabs.setCurrentIndex(SESSIONS)
    click_row(bench.page.sessions_tab.table, 3)
    bench.desk.open = [one for one in bench.desk.open if one.uid != "s2"]
    bench.page.look()
    chosen = bench.page.sessions_tab.table.chosen
    assert chosen is not None
    assert chosen.uid == "s4"
