"""Cameras from the command line: a real history, a real keyring."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLockFile

from camwatch import cli
from camwatch.auth.secrets import SecretStore
from camwatch.commands.system import camera_password
from camwatch.data.engine import Database
from camwatch.domain import AuditEntry, Camera, CameraSettings, Secret
from camwatch.paths import Profile
from tests.auth.conftest import no_keyring, secret_service, wait_for
from tests.auth.secret_service import SecretService

__all__ = ["no_keyring", "secret_service"]

LIST = """\
name;location;address;username;password
Gate;Yard;10.0.0.7/a.jpg;op;canary-1
Hall;House;rtsp://op:canary-2@10.0.0.8/sub;;
"""


class Shell:
    """The command, with one profile."""

    def __init__(self, profile: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.profile = Profile(profile)
        self._capsys = capsys

    def run(self, *words: str | Path) -> tuple[int, str, str]:
        code = cli.run(["cameras", *map(str, words), "--profile", str(self.profile.folder)])
        out, err = self._capsys.readouterr()
        return code, out, err

    def json(self, *words: str | Path, code: int = 0) -> dict[str, Any]:
        done, out, err = self.run(*words, "--json")
        assert (done, err) == (code, "")
        found = json.loads(out)
        assert isinstance(found, dict)
        return found

    def stored(self) -> tuple[list[Camera], list[Secret | None], list[AuditEntry]]:
        """Return the cameras, their passwords and the audit log, newest first."""
        store = SecretStore(deadline_s=30.0)
        with Database.open(self.profile.database_file) as database:
            cameras = database.cameras.all()
            secrets = [camera_password(store, camera) for camera in cameras]
            entries = database.audit.newest()
        store.close()
        return cameras, secrets, entries


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path / "profile", capsys)


@pytest.fixture
def keyring(secret_service: SecretService) -> SecretService:
    """Run a real keyring that is ready."""
    store = SecretStore(deadline_s=30.0)
    wait_for(store)
    store.close()
    return secret_service


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "list.csv"
    file.write_text(LIST, "utf-8")
    return file


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_the_way_of_a_list_into_a_profile_and_out_again(
    shell: Shell, keyring: SecretService, file: Path, tmp_path: Path
) -> None:
    tried = shell.json("import", file, "--dry-run")
    assert (tried["good"], tried["imported"], tried["delimiter"]) == (2, 0, "semicolon")
    assert not shell.profile.folder.exists()
    assert shell.json("import", file)["imported"] == 2
    cameras, passwords, entries = shell.stored()
    assert [camera.name for camera in cameras] == ["Gate", "Hall"]
    assert passwords == [Secret("canary-1"), Secret("canary-2")]
    assert {(one.actor, one.action) for one in entries} == {("command line", "import_cameras")}
    listed = shell.json("list")["cameras"]
    assert [one["address"] for one in listed] == ["http://10.0.0.7:80", "rtsp://10.0.0.8:554"]
    assert listed[0]["status"] == "active"
    out = tmp_path / "out.csv"
    assert shell.json("export", out) == {"file": str(out), "cameras": 2}
    assert b"canary" not in out.read_bytes()
    exported = shell.stored()[2][0]
    assert (exported.actor, exported.action) == ("command line", "export_cameras")
    assert exported.details == {"cameras": "2"}
    assert list(tmp_path.glob("*.part")) == []
    assert shell.json("remove", "GATE") == {"removed": "Gate"}
    again = shell.json("import", out, "--only-good")
    assert (again["imported"], again["problems"][0]["column"]) == (1, "name")


def test_it_tells_in_words(shell: Shell, keyring: SecretService, file: Path) -> None:
    assert shell.run("list") == (0, "", "")
    code, out, _ = shell.run("import", file)
    assert (code, out) == (0, "2 of 2 cameras are added.\n")
    code, out, _ = shell.run("import", file)
    assert code == 1
    assert "line 2, Gate: name is already used by another camera" in out
    assert "Nothing is added: 2 of 2 cameras have problems." in out
    code, out, _ = shell.run("list")
    assert [line.split()[0] for line in out.splitlines()] == ["Gate", "Hall"]
    assert shell.run("remove", "Gate")[1] == "Gate is removed; its history stays.\n"


def test_the_password_comes_from_the_standard_input_or_a_descriptor(
    shell: Shell, keyring: SecretService, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, " s@fe/1 \nmore\n")
    added = shell.json(
        *("add", "http://op@10.0.0.7:81/a.jpg", "--name", "Gate", "--location", "Yard"),
        *("--interval", "2", "--disabled"),
    )["camera"]
    assert (added["port"], added["username"], added["status"]) == (81, "op", "disabled")
    reading, writing = os.pipe()
    os.write(writing, b"second\n")
    os.close(writing)
    shell.json(
        *("add", "rtsp://10.0.0.8/sub", "--name", "Hall", "--location", "House"),
        *("--username", "op", "--password-fd", str(reading), "--udp", "--main-path", "/main"),
    )
    cameras, passwords, _ = shell.stored()
    assert passwords == [Secret(" s@fe/1 "), Secret("second")]
    assert (cameras[1].settings.transport, cameras[1].settings.main_path) == ("udp", "/main")


@pytest.mark.parametrize(
    ("descriptor", "said"),
    [("-1", "descriptor -1"), ("999", "Bad file descriptor"), ("latin-1", "is not UTF-8")],
)
def test_a_password_that_cannot_be_read_is_a_mistake(
    shell: Shell, descriptor: str, said: str
) -> None:
    if descriptor == "latin-1":
        reading, writing = os.pipe()
        os.write(writing, "schlüssel\n".encode("latin-1"))
        os.close(writing)
        descriptor = str(reading)
    code, out, err = shell.run(
        *("add", "http://op@10.0.0.7/a.jpg", "--name", "Gate", "--location", "Yard"),
        *("--password-fd", descriptor),
    )
    assert (code, out) == (2, "")
    assert err.startswith("camwatch cameras: password: ")
    assert said in err
    assert "schl" not in err


def test_a_password_is_one_line(
    shell: Shell, keyring: SecretService, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"first\r\nsecond\n")
    os.close(writing)
    shell.json(
        *("add", "http://op@10.0.0.7/a.jpg", "--name", "Gate", "--location", "Yard"),
        *("--password-fd", str(reading)),
    )
    stdin = io.TextIOWrapper(io.BytesIO(b"schl\xfcssel\n"), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", stdin)
    code, _, err = shell.run(
        *("add", "http://op@10.0.0.8/a.jpg", "--name", "Hall", "--location", "House")
    )
    assert (code, "is not UTF-8" in err) == (2, True)
    assert shell.stored()[1] == [Secret("first")]


def test_the_variable_of_the_search_is_no_setting(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMWATCH_CAMERA_PASSWORD", "canary")
    assert shell.json("list") == {"cameras": []}


def test_a_camera_without_sign_in_needs_neither_password_nor_keyring(
    shell: Shell, no_keyring: None
) -> None:
    added = shell.json(
        *("add", "/srv/door.mp4", "--kind", "file", "--name", "Film", "--location", "Office")
    )
    assert added["camera"]["address"] == "file:/srv/door.mp4"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("add", "http://op:canary@10.0.0.7/a"), 2, "must not hold the password"),
        (("add", "http://10.0.0.7"), 2, "Gate: snapshot_path: is missing"),
        (("add", "http://127.0.0.1/a"), 2, "allow local addresses"),
        (("add", "ftp://10.0.0.7/a"), 2, "must start with http://"),
        (("remove", "Nobody"), 2, "“Nobody” is not the name of a camera"),
        (("import", "/no/such/list.csv"), 1, "/no/such/list.csv cannot be used"),
        (("import", "/dev/null"), 2, "file: is empty"),
        (("export", "/no/such/folder/list.csv"), 2, "/no/such/folder/list.csv: No such file"),
        (("export", "--json"), 2, "FILE: is needed"),
    ],
)
def test_mistakes_end_with_a_code_and_a_sentence(
    shell: Shell, words: tuple[str, ...], code: int, said: str
) -> None:
    if words[0] == "add":
        words = (*words, "--name", "Gate", "--location", "Yard")
    done, out, err = shell.run(*words)
    assert (done, out) == (code, "")
    assert err.startswith("camwatch cameras: ")
    assert said in err
    assert "canary" not in err


def test_while_the_window_is_open_nothing_is_changed(shell: Shell, file: Path) -> None:
    shell.profile.create()
    lock = QLockFile(str(shell.profile.folder / "camwatch.lock"))
    assert lock.tryLock(0)
    code, _, err = shell.run("import", file)
    assert (code, "running with this profile" in err) == (1, True)
    assert shell.run("list")[0] == 0
    with Database.open(shell.profile.database_file) as database:
        database.cameras.add(CameraSettings("Gate", "Yard", "10.0.0.7"))
    code, out, err = shell.run("export")
    assert (code, out, "running with this profile" in err) == (1, "", True)
    assert [entry.action for entry in shell.stored()[2]] == []
    lock.unlock()


@pytest.mark.expects_warning
def test_without_a_keyring_nothing_is_added(shell: Shell, no_keyring: None, file: Path) -> None:
    code, _, err = shell.run("import", file)
    assert code == 1
    assert "keyring" in err
    assert shell.json("list") == {"cameras": []}


def test_a_list_may_come_through_a_pipe(shell: Shell) -> None:
    text = "name,location,address\nGate,Yard,10.0.0.7/a\n"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "camwatch", "--profile", str(shell.profile.folder)),
            *("cameras", "import", "-", "--json"),
        ],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["imported"] == 1
