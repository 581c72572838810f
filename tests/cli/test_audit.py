"""`camwatch audit verify`: exit codes, words and JSON, on a real profile."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from camwatch import cli
from camwatch.auth.audit_check import AuditState
from camwatch.auth.secrets import SecretStore
from camwatch.cli import audit as command
from tests.commands.audit_site import AuditSite


class Shell:
    """The command, with the keyring of one profile."""

    def __init__(self, site: AuditSite, capsys: pytest.CaptureFixture[str]) -> None:
        self._site = site
        self._capsys = capsys

    def run(self, *words: str) -> tuple[int, str, str]:
        code = cli.run(["audit", "verify", *words, "--profile", str(self._site.profile.folder)])
        out, err = self._capsys.readouterr()
        return code, out, err


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AuditSite:
    site = AuditSite(tmp_path / "profile")
    monkeypatch.setattr(command, "SecretStore", lambda **_: SecretStore(lambda: site.keyring))
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
