"""The page of users with everything real behind it: commands, history, threads, a login service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QDialog, QMessageBox
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from camwatch.auth.permissions import Permission
from camwatch.auth.secrets import SecretStore
from camwatch.commands import Commands
from camwatch.commands.access import AccessOptions
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.domain import Role
from camwatch.events import Bus
from camwatch.ui.operators.code_dialog import CodeDialog
from camwatch.ui.operators.codes_dialog import CodesDialog
from camwatch.ui.operators.import_dialog import ImportUsersDialog
from camwatch.ui.operators.login_service import LoginServiceDialog
from camwatch.ui.operators.page import UsersPage
from camwatch.ui.operators.role_editor import RoleEditor
from camwatch.ui.operators.role_removal import RemoveRoleDialog
from camwatch.ui.operators.user_acts import Act
from camwatch.ui.operators.user_dialogs import AddUserDialog
from camwatch.workers.queries import QueryPool
from camwatch.workers.supervisor import Supervisor
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import PASSWORD, counting_in
from tests.support.login_service import LoginService
from tests.ui.users_bench import BERLIN, click, click_row

D = TypeVar("D", bound=QDialog)


def is_gone(dialog: QDialog) -> bool:
    return not isValid(dialog) or not dialog.isVisible()


class Whole:
    """The page, and the commands behind it."""

    def __init__(self, qtbot: QtBot, commands: Commands, pool: QueryPool) -> None:
        self.qtbot, self.commands = qtbot, commands
        self.session = commands.create_first_administrator("boss", PASSWORD)
        self.page = UsersPage(commands, self.session, pool, zone=BERLIN)
        qtbot.addWidget(self.page)
        self.page.resize(1280, 724)
        self.page.show()
        self.until(lambda: self.names() == ["boss (you)"])

    def until(self, is_so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_so, timeout=20_000)

    def names(self) -> list[str]:
        shown = self.page.users_tab.shown
        return [shown.index(row, 0).data() for row in range(shown.rowCount())]

    def dialog(self, kind: type[D]) -> D:
        self.until(lambda: any(one.isVisible() for one in self.page.findChildren(kind)))
        return next(one for one in self.page.findChildren(kind) if one.isVisible())

    def choose(self, name: str) -> None:
        click_row(self.page.users_tab.table, self.names().index(name))


@contextmanager
def whole_in(qtbot: QtBot, folder: Path) -> Iterator[Whole]:
    bus, keyring = Bus(), MemoryKeyring()
    store = SecretStore(lambda: keyring)
    pool, supervisor = QueryPool(), Supervisor(bus)
    for make in pool.posts():
        supervisor.add(make)
    supervisor.start()
    profile = folder / "profile"
    profile.mkdir()
    access = AccessOptions(profile=profile, settings_file=profile / "settings.toml")
    try:
        with Database.open(folder / "camwatch.sqlite3") as database:
            commands = Commands(
                database, store, CameraPolicy(), bus, counting_in(folder, bus), access=access
            )
            yield Whole(qtbot, commands, pool)
            assert supervisor.stop(10.0) == []
    finally:
        store.close()


@pytest.fixture
def whole(qtbot: QtBot, tmp_path: Path) -> Iterator[Whole]:
    with whole_in(qtbot, tmp_path) as whole:
        yield whole


def test_a_user_is_added_changed_and_removed(whole: Whole) -> None:
    click(whole.page.add_button)
    dialog = whole.dialog(AddUserDialog)
    dialog.name.setText("BOSS")
    click(dialog.do_button)
    whole.until(lambda: bool(dialog.fields["name"].problem))
    dialog.name.setText("dora")
    click(dialog.do_button)
    code = whole.dialog(CodeDialog)
    assert len(code.code.text()) == 23
    click(code.close_button)
    whole.until(lambda: "dora" in whole.names())
    chosen = whole.page.users_tab.table.chosen
    assert chosen is not None
    assert chosen.user.name == "dora"
    click(whole.page.users_tab.button_of(Act.DISABLE))
    whole.until(lambda: whole.page.users_tab.button_of(Act.DISABLE).text() == "&Enable")
    click(whole.page.users_tab.buttons[Act.REMOVE])
    box = whole.dialog(QMessageBox)
    click(next(one for one in box.buttons() if one.text() == "Remove user"))
    whole.until(lambda: whole.names() == ["boss (you)"])


def test_the_last_administrator_is_out_of_reach(whole: Whole) -> None:
    whole.choose("boss (you)")
    button = whole.page.users_tab.buttons[Act.REMOVE]
    assert not button.isEnabled()
    assert "last administrator" in button.toolTip()


def test_a_role_is_made_changed_and_removed(whole: Whole) -> None:
    whole.page.tabs.setCurrentIndex(1)
    click(whole.page.roles_tab.new_button)
    editor = whole.dialog(RoleEditor)
    editor.name.setText("viewer")
    click(editor.do_button)
    whole.until(lambda: bool(editor.fields["name"].problem))
    editor.name.setText("Gate")
    click(editor.do_button)
    whole.until(lambda: "missing" in editor.fields["permissions"].problem)
    click(editor.permissions[Permission.VIEW_CAMERAS])
    click(editor.do_button)
    whole.until(lambda: is_gone(editor))
    whole.until(lambda: whole.page.roles_tab.shown.rowCount() == 4)
    role = whole.page.roles_tab.table.chosen
    assert role is not None
    assert role.name == "Gate"
    whole.commands.add_operator(whole.session, "dora", role.key)
    whole.page.reload()
    whole.until(lambda: "dora" in whole.names())
    click(whole.page.roles_tab.remove_button)
    removal = whole.dialog(RemoveRoleDialog)
    removal.instead.choose(Role.SUPERVISOR.value)
    click(removal.do_button)
    whole.until(lambda: whole.page.roles_tab.shown.rowCount() == 3)
    dora = next(one for one in whole.commands.accounts(whole.session) if one.user.name == "dora")
    assert dora.role.key == Role.SUPERVISOR


def test_the_second_factor_of_a_role_that_is_always_there_is_changed(whole: Whole) -> None:
    viewer = whole.commands.roles(whole.session)[0]
    whole.page.acts.edit_role(viewer)
    editor = whole.dialog(RoleEditor)
    click(editor.factor)
    click(editor.do_button)
    whole.until(lambda: is_gone(editor))
    assert whole.commands.roles(whole.session)[0].needs_second_factor


def test_a_list_of_users_is_imported(whole: Whole, tmp_path: Path) -> None:
    file = tmp_path / "users.csv"
    file.write_text("name;role\nuwe;Viewer\nvera;administrator\nboss;Viewer\n")
    click(whole.page.import_button)
    dialog = whole.dialog(ImportUsersDialog)
    dialog.look_at(file)
    whole.until(lambda: dialog.summary.text().startswith("1 of 3 users has a problem"))
    assert not dialog.import_button.isEnabled()
    file.write_text("name;role\nuwe;Viewer\nvera;administrator\n")
    dialog.look_at(file)
    whole.until(dialog.import_button.isEnabled)
    click(dialog.import_button)
    codes = whole.dialog(CodesDialog)
    assert codes.table.model().rowCount() == 2
    codes.copy()
    click(codes.close_button)
    whole.until(lambda: {"uwe", "vera"} <= set(whole.names()))


def test_open_sessions_are_seen(whole: Whole) -> None:
    whole.page.tabs.setCurrentIndex(2)
    whole.until(lambda: whole.page.sessions_tab.shown.rowCount() == 1)
    click_row(whole.page.sessions_tab.table, 0)
    assert not whole.page.sessions_tab.end_button.isEnabled()


def test_a_login_service_is_set_up_tried_and_removed(whole: Whole, tmp_path: Path) -> None:
    with LoginService(tmp_path) as service:
        click(whole.page.login_button)
        dialog = whole.dialog(LoginServiceDialog)
        whole.until(dialog.do_button.isEnabled)
        dialog.url.setText(service.url.replace("https", "http"))
        click(dialog.do_button)
        whole.until(lambda: bool(dialog.fields["url"].problem))
        dialog.url.setText(service.url)
        panel = dialog.panel
        click(panel.try_button)
        whole.until(panel.notice.isVisible)  # its authority is not trusted yet
        dialog.ca_file.setText(str(service.ca_file))
        click(dialog.mapping.add_button)
        line = dialog.mapping.lines[0]
        line.name.setText("shift-leads")
        line.role.setCurrentIndex(line.role.findText("Supervisor"))
        panel.name.setText("omar")
        panel.password.line.setText("wrong")
        click(panel.try_button)
        whole.until(lambda: bool(panel.password_field.problem))
        panel.password.line.setText("silver lantern glows")
        click(panel.try_button)
        whole.until(lambda: panel.verdict.text() != "")
        assert panel.verdict.text() == "“omar” would come in with the role “Supervisor”."
        whole.until(lambda: panel.preview.text() == "The role here would be “Supervisor”.")
        assert "shift-leads" in panel.names.text()
        panel.trust_button.click()
        click(dialog.do_button)
        whole.until(lambda: is_gone(dialog))
        stored = whole.commands.login_service(whole.session)
        assert stored.url == service.url
        assert stored.mapping == {"shift-leads": "supervisor"}
        assert len(stored.keys) == 1
        session = whole.commands.sign_in_remotely("omar", "silver lantern glows")
        assert session.role.key == Role.SUPERVISOR
        whole.page.tabs.setCurrentIndex(2)
        whole.until(lambda: whole.page.sessions_tab.shown.rowCount() == 2)
        whole.commands.sign_out(session)
        click(whole.page.login_button)
        again = whole.dialog(LoginServiceDialog)
        whole.until(again.remove_button.isVisible)
        whole.until(again.remove_button.isEnabled)
        click(again.remove_button)
        box = whole.dialog(QMessageBox)
        click(next(one for one in box.buttons() if one.text() == "Remove the service"))
        whole.until(lambda: is_gone(again))
        assert whole.commands.login_service(whole.session).url == ""
