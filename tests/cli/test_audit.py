"""`camwatch audit verify`: exit codes, words and JSON, on a real profile."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from camwatch import cli
from camwatch.auth.audit_check import AuditState
from camwatch.auth.secrets import SecretStore
from camwatch.cli import audit as command
from camwatch.cli import camera_desk
from tests.auth.conftest import no_keyring
from tests.commands.audit_site import AuditSite

__all__ = ["no_keyring"]

ROOT = Path(__file__).resolve().parents[2]


class Shell:
    """The command, with the keyring of one profile."""

    def __init__(self, site: AuditSite, capsys: pytest.CaptureFixture[str]) -> None:
        self._site = site
        self._capsys = capsys

    def run(self, *words: str, action: str = "verify") -> tuple[int, str, str]:
        code = cli.run(["audit", action, *words, "--profile", str(self._site.profile.folder)])
        out, err = self._capsys.readouterr()
        return code, out, err


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AuditSite:
    site = AuditSite(tmp_path / "profile")
    for module in (command, camera_desk):
        monkeypatch.setattr(module, "SecretStore", lambda **_: SecretStore(lambda: site.keyring))
    return site


@pytest.fixture
def shell(site: AuditSite, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(site, capsys)


def test_a_sound_log_ends_with_0(site: AuditSite, shell: Shell) -> None:
    site.write("A", "B", "C")
    code, out, err = shell.run()
    assert (code, err) == (0, "")
    assert out.startswith("Sound: 3 entries, checked ")
    code, out, err = shell.run("--json")
    found = json.loads(out)
    assert (code, err, found["state"], found["entries"]) == (0, "", "sound", 3)
    assert (found["first_broken"], found["findings"], found["known_outside"]) == (None, [], 3)


def test_a_broken_log_ends_with_1_and_names_the_first_broken_entry(
    site: AuditSite, shell: Shell
) -> None:
    site.write("A", "B", "C", "D")
    site.tamper("UPDATE audit SET target = 'X' WHERE seq = 2", "DELETE FROM audit WHERE seq = 4")
    code, out, _ = shell.run()
    assert code == 1
    assert out.splitlines()[0] == "Entry 2 was changed after it was written."
    assert "The log ends at entry 3, but there were 4: entry 4 was cut off." in out
    code, out, _ = shell.run("--json")
    found = json.loads(out)
    assert (code, found["state"], found["first_broken"]) == (1, "broken", 2)
    assert [one["fault"] for one in found["findings"]] == ["changed", "cut_off"]


@pytest.mark.expects_warning
def test_what_cannot_be_checked_ends_with_2(site: AuditSite, shell: Shell) -> None:
    code, out, _ = shell.run()
    assert (code, out.splitlines()[0]) == (2, "There is no history yet")
    assert not site.file.exists(), "looking makes nothing"
    site.write("A")
    site.keyring.is_locked = True
    code, out, _ = shell.run("--json")
    assert (code, json.loads(out)["why"]) == (2, "no_keyring")


def test_a_file_that_is_no_history_ends_with_2_and_says_so(site: AuditSite, shell: Shell) -> None:
    site.file.write_bytes(b"no database at all" * 100)
    code, out, err = shell.run()
    assert (code, out) == (2, "")
    assert err.startswith("camwatch audit: ")
    assert "not a database" in err


def test_it_changes_nothing_while_the_program_runs(site: AuditSite, shell: Shell) -> None:
    with site.run() as (audit, _):
        audit.append("ada", "sign_in", "A", "done")
        assert shell.run()[0] == 0
        audit.append("ada", "sign_in", "B", "done")
    before = site.file.read_bytes()
    assert shell.run()[0] == 0
    assert site.file.read_bytes() == before
    assert site.check().state is AuditState.SOUND


def test_an_export_is_written_and_is_an_entry_itself(
    site: AuditSite, shell: Shell, tmp_path: Path
) -> None:
    site.write("A", "B")
    site.clock.advance(days=2)
    site.write("C")
    file = tmp_path / "log.csv"
    assert shell.run(str(file), action="export")[:2] == (0, f"3 entries are in {file}.\n")
    days = ("--from", "2026-03-04T00:00Z", "--to", "2026-03-05T00:00Z")
    code, out, _ = shell.run(str(file), *days, "--json", action="export")
    assert (code, json.loads(out)) == (0, {"file": str(file), "entries": 1})
    assert ",C,done," in file.read_text("utf-8-sig")
    moment = ("--to", "2026-03-02T12:00:02Z")
    assert json.loads(shell.run(str(file), "--json", *moment, action="export")[1])["entries"] == 1
    rows = site.asked("SELECT actor, action, target FROM audit ORDER BY seq DESC LIMIT 1")
    assert rows == [("command line", "export_audit", "log.csv")]
    assert site.check().state is AuditState.SOUND


def test_a_last_day_is_meant_as_a_whole() -> None:
    next_day = command._moment("--from", "2026-03-05", timedelta())
    assert command._moment("--to", "2026-03-04", timedelta(days=1)) == next_day
    assert command._moment("--to", "2026-03-04T10:00", timedelta(days=1)) != next_day


def test_an_export_that_makes_no_sense_is_refused(
    site: AuditSite, shell: Shell, tmp_path: Path
) -> None:
    file = str(tmp_path / "log.csv")
    assert shell.run(file, action="export")[0] == 1
    assert not site.file.exists()
    site.write("A")
    code, _, err = shell.run(file, "--from", "yesterday", action="export")
    assert code == 2
    assert "is no date" in err
    assert shell.run(str(tmp_path / "missing" / "log.csv"), action="export")[0] == 1
    assert not Path(file).exists()


@pytest.mark.usefixtures("no_keyring")
def test_what_the_command_line_does_is_in_a_log_that_a_new_process_finds_sound(
    tmp_path: Path,
) -> None:
    def camwatch(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "camwatch", *words, "--profile", str(tmp_path / "profile")],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    for name in ("Gate", "Hall"):
        camera = ("http://10.0.0.7/a.jpg", "--name", name, "--location", "Yard")
        assert camwatch("cameras", "add", *camera)[0] == 0
    code, out = camwatch("audit", "verify", "--json")
    found = json.loads(out)
    assert (code, found["state"]) == (0, "sound")
    # Without a keyring: linked, and said so.
    assert (found["entries"], found["without_key"], found["known_outside"]) == (2, 2, 2)
    (tmp_path / "profile" / "audit-head.json").unlink()
    code, out = camwatch("audit", "verify")
    assert code == 1
    assert out.startswith("The file audit-head.json is gone")
