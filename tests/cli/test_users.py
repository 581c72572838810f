"""Users from the command line, on a real history."""

from __future__ import annotations

import io
import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLockFile

from camwatch import cli
from camwatch.auth.passwords import verify_password
from camwatch.auth.session import Sessions
from camwatch.commands.role_book import RoleBook
from camwatch.commands.session_register import SessionRegister
from camwatch.data.engine import Database
from camwatch.data.operators import OperatorRecord
from camwatch.domain import AuditEntry, Role, utc_now
from camwatch.paths import Profile
from tests.commands.values import sql

PASSWORD = "brown kettle sings"


class Shell:
    """The command, with one profile."""

    def __init__(self, profile: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.profile = Profile(profile)
        self._capsys = capsys

    def run(self, *words: str) -> tuple[int, str, str]:
        code = cli.run(["users", *words, "--profile", str(self.profile.folder)])
        out, err = self._capsys.readouterr()
        return code, out, err

    def json(self, *words: str) -> dict[str, Any]:
        done, out, err = self.run(*words, "--json")
        assert (done, err) == (0, "")
        found = json.loads(out)
        assert isinstance(found, dict)
        return found

    def record(self, name: str) -> OperatorRecord | None:
        with Database.open(self.profile.database_file) as database:
            return database.operators.find(name)

    def newest(self) -> AuditEntry:
        with Database.open(self.profile.database_file) as database:
            return database.audit.newest(1)[0]


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path / "profile", capsys)


@pytest.fixture
def peopled(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Return a profile with an administrator "boss" and a viewer "anna"."""
    typed(monkeypatch, PASSWORD + "\n")
    assert shell.run("add", "boss")[0] == 0
    typed(monkeypatch, PASSWORD + "\n")
    assert shell.run("add", "anna", "--role", "viewer")[0] == 0
    return shell


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_the_first_administrator_is_made_without_a_window(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, PASSWORD + "\nand more\n")
    code, out, err = shell.run("add", "Boss")
    assert (code, err) == (0, "")
    assert out == "Boss is added as Administrator.\n"
    record = shell.record("boss")
    assert record is not None
    assert record.user.role == Role.ADMINISTRATOR
    assert not record.user.must_change
    assert verify_password(record.password_hash, PASSWORD)
    entry = shell.newest()
    assert (entry.actor, entry.action, entry.target) == ("command line", "add_operator", "Boss")


def test_the_first_one_can_be_nothing_else(shell: Shell) -> None:
    code, _, err = shell.run("add", "boss", "--role", "viewer", "--code")
    assert code == 2
    assert "must be administrator" in err
    assert shell.record("boss") is None


def test_a_password_is_typed_twice_on_a_terminal(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [PASSWORD, PASSWORD + "!", PASSWORD, PASSWORD]
    prompts: list[str] = []

    def ask(prompt: str) -> str:
        prompts.append(prompt)
        return answers.pop(0)

    monkeypatch.setattr("getpass.getpass", ask)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    code, _, err = shell.run("add", "boss")
    assert (code, "not typed the same again" in err) == (2, True)
    assert shell.record("boss") is None
    assert shell.run("add", "boss")[0] == 0
    assert prompts[:2] == ["Password of boss: ", "The same again: "]


def test_a_password_comes_from_a_descriptor(peopled: Shell) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"green spoon dances\n")
    os.close(writing)
    assert peopled.run("reset", "anna", "--password-fd", str(reading))[0] == 0
    record = peopled.record("anna")
    assert record is not None
    assert verify_password(record.password_hash, "green spoon dances")
    assert record.user.must_change


def test_who_is_added_later_needs_a_role_and_chooses_a_password(peopled: Shell) -> None:
    record = peopled.record("anna")
    assert record is not None
    assert (record.user.role, record.user.must_change) == (Role.VIEWER, True)
    code, _, err = peopled.run("add", "ben", "--code")
    assert (code, "--role: is needed" in err) == (2, True)
    code, _, err = peopled.run("add", "ben", "--code", "--role", "king")
    assert (code, "there are: Viewer, Supervisor, Administrator" in err) == (2, True)


@pytest.mark.parametrize("password", ["short", "password password", "\xff" * 4])
def test_a_bad_password_is_refused_and_not_repeated(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    typed(monkeypatch, password + "\n")
    code, out, err = shell.run("add", "boss")
    assert code == 2
    assert "password" in err
    assert password.partition(" ")[0] not in (out + err).replace("password:", "")
    assert shell.record("boss") is None


def test_a_code_is_shown_once_and_holds_a_day(peopled: Shell) -> None:
    for words in (("add", "ben", "--role", "Supervisor", "--code"), ("reset", "anna")):
        found = peopled.json(*words)
        record = peopled.record(found["name"])
        assert record is not None
        assert verify_password(record.password_hash, found["code"])
        assert found["code"] not in str(peopled.json("list"))
        code, out, _ = peopled.run("reset", "ben")
        assert code == 0
        assert "signs in once with this code, until" in out


def test_users_are_listed_with_what_is_special_about_them(peopled: Shell) -> None:
    peopled.run("reset", "anna")
    peopled.run("disable", "anna")
    users = {one["name"]: one for one in peopled.json("list")["users"]}
    assert (users["boss"]["role"], users["boss"]["is_last_administrator"]) == (
        "administrator",
        True,
    )
    assert users["anna"]["is_disabled"]
    assert users["anna"]["code_expires_at"] > utc_now().isoformat()
    _, out, _ = peopled.run("list")
    anna, boss = out.splitlines()
    assert "disabled, code holds until" in anna
    assert boss.endswith("never signed in    last administrator")


def test_roles_are_listed_with_what_they_may(peopled: Shell) -> None:
    roles = peopled.json("roles")["roles"]
    assert [role["key"] for role in roles] == ["viewer", "supervisor", "administrator"]
    assert "manage_operators" in roles[2]["permissions"]
    assert roles[0]["sites"] is None
    assert peopled.run("roles")[1].startswith(
        "Viewer (all sites)\n    arrange_walls, handle_alerts, view_accuracy"
    )


def test_a_user_is_changed_on_the_record(peopled: Shell) -> None:
    for words, action, said in (
        (("role", "ANNA", "supervisor"), "set_role", "anna is Supervisor now."),
        (("disable", "anna"), "set_disabled", "anna cannot sign in any more."),
        (("enable", "anna"), "set_disabled", "anna can sign in again."),
        (("unlock", "anna"), "unlock_operator", "anna can try again at once."),
        (("reset-second-factor", "anna"), "reset_second_factor", "no second factor any more"),
        (("remove", "anna"), "remove_operator", "anna is removed"),
    ):
        code, out, err = peopled.run(*words)
        assert (code, err) == (0, "")
        assert said in out
        entry = peopled.newest()
        assert (entry.actor, entry.action, entry.target) == ("command line", action, "anna")
    code, _, err = peopled.run("remove", "anna")
    assert (code, "“anna” is not the name of a user" in err) == (2, True)


def test_a_rest_is_ended(peopled: Shell) -> None:
    until_ms = int((utc_now() + timedelta(minutes=8)).timestamp() * 1000)
    sql(peopled.profile.database_file, "UPDATE user SET failures = 9, locked_until = ?", until_ms)
    assert "rests until" in peopled.run("list")[1]
    peopled.run("unlock", "boss")
    record = peopled.record("boss")
    assert record is not None
    assert (record.failures, record.locked_until) == (0, None)


def test_the_last_administrator_stays(peopled: Shell) -> None:
    before = peopled.record("boss")
    for words in (("remove", "boss"), ("disable", "boss"), ("role", "boss", "viewer")):
        code, _, err = peopled.run(*words)
        assert code == 2
        assert "boss is the last administrator" in err
    assert peopled.record("boss") == before


def test_while_a_window_has_the_profile_nothing_is_done(peopled: Shell) -> None:
    lock = QLockFile(str(peopled.profile.folder / "camwatch.lock"))
    assert lock.tryLock(0)
    for words in (("list",), ("reset", "anna"), ("add", "ben", "--role", "viewer", "--code")):
        code, out, err = peopled.run(*words)
        assert (code, out) == (1, "")
        assert "CamWatch is running with this profile" in err
    lock.unlock()
    assert peopled.run("list")[0] == 0


def test_only_adding_makes_a_profile(shell: Shell) -> None:
    for words in (("list",), ("roles",), ("reset", "anna")):
        code, _, err = shell.run(*words)
        assert code == 2
        assert "has no history yet" in err
    assert not shell.profile.folder.exists()


def test_a_password_cannot_stand_on_the_command_line(
    peopled: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (("add", "ben", PASSWORD), ("add", "ben", "--password", PASSWORD)):
        with pytest.raises(SystemExit) as ended:
            peopled.run(*words, "--role", "viewer")
        assert ended.value.code == 2
    capsys.readouterr()


def test_open_sessions_end_with_the_password(peopled: Shell) -> None:
    with Database.open(peopled.profile.database_file) as database:
        register = SessionRegister(database.sessions, "desk", utc_now)
        user = database.operators.find("anna")
        assert user is not None
        role = RoleBook(database.roles).role(user.user.role)
        Sessions(watcher=register).start(user.user, role, utc_now())
        assert register.count_by_user() == {user.user.uid: 1}
    peopled.run("reset", "anna")
    with Database.open(peopled.profile.database_file) as database:
        register = SessionRegister(database.sessions, "desk", utc_now)
        assert register.count_by_user() == {}
