"""Copies, checks, repairs and moves from the command line, on a real history."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLockFile

from camwatch import cli
from camwatch.data.engine import Database
from camwatch.paths import Profile
from tests.data.values import sample, settings
from tests.support.postgres import GUARDED, PASSWORD, PostgresServer

pytestmark = pytest.mark.sqlite_only


class Shell:
    """The command, with a profile that has a history."""

    def __init__(self, profile: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.profile = Profile(profile)
        self.profile.create()
        self.file = self.profile.database_file
        self._capsys = capsys
        with Database.open(self.file) as database:
            gate = database.cameras.add(settings())
            database.counts.save([sample(gate, second) for second in range(5000)], [])

    def run(self, *words: str) -> tuple[int, str, str]:
        code = cli.run(["db", *words, "--profile", str(self.profile.folder)])
        out, err = self._capsys.readouterr()
        return code, out, err

    def json(self, *words: str) -> dict[str, Any]:
        done, out, err = self.run(*words, "--json")
        assert (done, err) == (0, "")
        found = json.loads(out)
        assert isinstance(found, dict)
        return found

    def samples(self, file: Path | None = None) -> int:
        with closing(sqlite3.connect(file or self.file)) as connection:
            (count,) = connection.execute("SELECT count(*) FROM sample").fetchone()
            return int(count)

    def actions(self) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(self.file)) as connection:
            return connection.execute("SELECT actor, action FROM audit").fetchall()

    def spoil(self) -> bytes:
        with self.file.open("r+b") as stream:
            stream.seek(-10 * 4096, os.SEEK_END)
            stream.write(b"\xa5" * 4096)
        return self.file.read_bytes()


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path / "profile", capsys)


def test_a_copy_is_made_and_listed_while_camwatch_runs(shell: Shell, tmp_path: Path) -> None:
    lock = QLockFile(str(shell.profile.folder / "camwatch.lock"))
    assert lock.tryLock(0)
    assert shell.run("backups")[1] == "There are no copies yet.\n"
    made = shell.json("backup")
    assert Path(made["file"]).parent == shell.profile.backup_folder
    assert made["is_sound"]
    assert shell.samples(Path(made["file"])) == 5000
    assert shell.json("backups")["copies"] == [made]
    elsewhere = shell.json("backup", "--to", str(tmp_path / "usb"))
    assert Path(elsewhere["file"]).parent == tmp_path / "usb"
    code, out, _ = shell.run("check")
    assert (code, "is sound" in out) == (0, True)
    lock.unlock()


@pytest.mark.fault("F74")
def test_damage_is_found_and_the_code_says_so(shell: Shell) -> None:
    shell.spoil()
    code, out, _ = shell.run("check")
    assert code == 1
    assert "is damaged" in out
    code, out, _ = shell.run("check", "--json")
    assert code == 1
    assert not json.loads(out)["is_sound"]
    code, _, err = shell.run("backup")
    assert code == 1
    assert "is damaged" in err
    assert shell.json("backups")["copies"] == []


def test_a_database_of_another_program_is_no_sound_history(shell: Shell) -> None:
    shell.file.unlink()
    with closing(sqlite3.connect(shell.file)) as connection:
        connection.execute("CREATE TABLE letter (text)")
        connection.commit()
    code, out, err = shell.run("check")
    assert (code, out) == (1, "")
    assert "another program" in err


@pytest.mark.fault("F74")
def test_a_copy_is_restored_and_what_was_there_is_kept(shell: Shell) -> None:
    copy = shell.json("backup")["file"]
    damaged = shell.spoil()
    told = shell.json("restore", copy)
    assert Path(told["kept"]).read_bytes() == damaged
    assert shell.samples() == 5000
    assert ("command line", "restore_history") in shell.actions()
    assert Path(copy).exists()


def test_only_a_sound_history_is_restored(shell: Shell, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sir or Madam")
    before = shell.file.read_bytes()
    for wrong, code in ((letter, 1), (tmp_path / "none", 1), (shell.file, 2)):
        assert shell.run("restore", str(wrong))[0] == code
    assert shell.file.read_bytes() == before


@pytest.mark.fault("F83")
def test_nothing_is_replaced_while_camwatch_runs(shell: Shell, tmp_path: Path) -> None:
    copy = shell.json("backup")["file"]
    before = shell.file.read_bytes()
    lock = QLockFile(str(shell.profile.folder / "camwatch.lock"))
    assert lock.tryLock(0)
    for words in (("restore", copy), ("salvage",), ("move", "--to", str(tmp_path / "new"))):
        code, _, err = shell.run(*words)
        assert code == 1
        assert "CamWatch is running with this profile" in err
    lock.unlock()
    assert shell.file.read_bytes() == before
    assert not (tmp_path / "new").exists()


@pytest.mark.fault("F74")
@pytest.mark.expects_warning
def test_what_can_be_read_is_saved(shell: Shell) -> None:
    damaged = shell.spoil()
    told = shell.json("salvage")
    assert Path(told["kept"]).read_bytes() == damaged
    assert 4000 < shell.samples() < 5000
    assert next(one for one in told["tables"] if one["name"] == "sample")["gaps"] == 1
    assert ("command line", "salvage_history") in shell.actions()
    assert shell.run("check")[0] == 0


@pytest.mark.fault("F75")
@pytest.mark.parametrize("is_empty", [True, False])
def test_no_command_makes_a_new_history_where_one_was_lost(
    shell: Shell, capsys: pytest.CaptureFixture[str], *, is_empty: bool
) -> None:
    """The next start asks about the copies; it would not if there were a new file."""
    shell.run("backup")
    shell.file.unlink()
    if is_empty:
        shell.file.touch()
    profile = ["--profile", str(shell.profile.folder)]
    output = shell.profile.folder / "counts.csv"
    export = ["export", "--content", "counts", "--from", "2026-03-01", "--to", "2026-03-02"]
    for words in (
        ["db", "check"],
        ["cameras", "list"],
        [*export, "--output", str(output)],
        ["doctor"],
    ):
        assert cli.run([*words, *profile]) == 1, words
        out, err = capsys.readouterr()
        assert "it is empty" in out + err or "it is not there" in out + err
        assert shell.file.exists() == is_empty
        assert not is_empty or shell.file.read_bytes() == b""
    assert not output.exists()


def test_the_history_of_the_profile_is_moved(shell: Shell, tmp_path: Path) -> None:
    told = shell.json("move", "--to", str(tmp_path / "new.sqlite3"))
    assert told["tables"]["sample"] == 5000
    assert shell.samples(tmp_path / "new.sqlite3") == 5000
    code, _, err = shell.run("move", "--to", str(tmp_path / "new.sqlite3"))
    assert code == 1
    assert "holds a history already" in err
    assert shell.run("move", "--to", str(shell.file))[0] == 2


def test_no_password_stands_on_the_command_line(
    shell: Shell, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name = postgres.fresh()
    postgres.do(f"GRANT ALL ON SCHEMA public TO {GUARDED}", database=name)
    secret = "hunter2-canary"
    code, out, err = shell.run("move", "--to", f"postgresql://emil:{secret}@127.0.0.1/x")
    assert code == 2
    assert "must not hold the password" in err
    assert secret not in out + err

    url = postgres.url(name, user=GUARDED)
    reading, writing = os.pipe()
    os.write(writing, f"{PASSWORD}\n".encode())
    os.close(writing)
    told = shell.json("move", "--to", url, "--password-fd", str(reading))
    os.close(reading)
    assert told["tables"]["sample"] == 5000
    assert PASSWORD not in json.dumps(told)

    monkeypatch.setenv("HISTORY_URL", postgres.url(name, user=GUARDED, password=PASSWORD))
    back = shell.json("move", "--from", "HISTORY_URL", "--to", str(tmp_path / "back.sqlite3"))
    assert back["rows"] == told["rows"]
    assert PASSWORD not in json.dumps(back)
    assert shell.samples(tmp_path / "back.sqlite3") == 5000


def test_a_history_on_a_server_has_no_file_to_copy(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMWATCH_DATABASE_URL", "postgresql://camwatch@127.0.0.1:1/camwatch")
    for words in (("backup",), ("check",), ("backups",), ("salvage",)):
        code, _, err = shell.run(*words)
        assert code == 2
        assert "is on a server" in err
