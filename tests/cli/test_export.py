"""`camwatch export` and `camwatch report`: files, exit codes, words and JSON, on a real profile."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile

from camwatch import cli
from camwatch.auth.secrets import SecretStore
from camwatch.cli import camera_desk
from camwatch.data.engine import Database
from camwatch.domain import Sample
from camwatch.paths import Profile
from tests.auth.keyrings import MemoryKeyring
from tests.data.values import settings

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TIME = ("--from", "2026-03-02", "--to", "2026-03-02", "--zone", "Europe/Berlin")


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    """Return a profile with two cameras, of which one was counted for a minute."""
    profile = Profile(tmp_path / "profile")
    profile.create()
    with Database.open(profile.database_file, clock=lambda: NOON - timedelta(days=1)) as database:
        gate = database.cameras.add(settings("Gate", site="Store North"))
        database.cameras.add(settings("Hall", site="Store North"))
        database.counts.save(
            [Sample(gate.id, NOON + timedelta(seconds=s), 3, 0.5, 0.01, 1.0) for s in range(60)],
            [],
        )
    keyring = MemoryKeyring()
    monkeypatch.setattr(camera_desk, "SecretStore", lambda **_: SecretStore(lambda: keyring))
    return profile


def run(profile: Profile, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = cli.run([*words, "--profile", str(profile.folder)])
    out, err = capsys.readouterr()
    return code, out, err


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_day_of_hours_of_one_camera(
    profile: Profile, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "day.csv"
    words = ("export", "--content", "counts", *TIME, "--camera", "gate", "--output", str(file))
    code, out, err = run(profile, capsys, *words)
    assert (code, err) == (0, "")
    assert out.startswith(f"24 rows are in {file} (")
    rows = rows_of(file)
    assert [row["time_local"] for row in rows] == [
        f"2026-03-02T{hour:02}:00:00+01:00" for hour in range(24)
    ]
    assert [row["mean"] for row in rows if row["mean"]] == ["3"]
    assert {row["camera"] for row in rows} == {"Gate"}
    code, out, err = run(profile, capsys, *words)
    assert (code, out) == (2, "")
    assert "--force replaces it" in err
    code, out, err = run(profile, capsys, *words, "--force", "--json", "--by", "day")
    told = json.loads(out)
    assert (code, told["rows"], told["format"], told["version"]) == (0, 1, "csv", "counts-1")
    assert told["columns"][0] == "time_utc"
    with Database.open(profile.database_file) as database:
        entry = database.audit.newest(1)[0]
    assert (entry.actor, entry.action) == ("command line", "export_history")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "yesterday", "--to", "2026-03-02"), "--from: is no date"),
        (("--from", "2026-03-02", "--to", "2026-03-01"), "later than the start"),
        ((*TIME, "--camera", "Nowhere"), "is not the name of a camera"),
        ((*TIME[:4], "--zone", "Mars/Olympus"), "is no time zone"),
    ],
)
def test_bad_usage_ends_with_2_and_writes_nothing(
    profile: Profile,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    words: tuple[str, ...],
    said: str,
) -> None:
    file = tmp_path / "out.csv"
    code, out, err = run(
        profile, capsys, "export", "--content", "counts", *words, "--output", str(file)
    )
    assert (code, out) == (2, "")
    assert said in err
    assert not file.exists()


def test_while_camwatch_runs_its_window_has_to_be_used(
    profile: Profile, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lock = QLockFile(str(profile.folder / "camwatch.lock"))
    assert lock.tryLock(0)
    try:
        for words in (
            ("export", "--content", "states", *TIME, "--output", str(tmp_path / "a.csv")),
            ("report", "--span", "day", "--of", "2026-03-02", "--output", str(tmp_path / "a.pdf")),
        ):
            code, out, err = run(profile, capsys, *words)
            assert (code, out) == (1, "")
            assert "CamWatch is running with this profile" in err
    finally:
        lock.unlock()


def test_a_profile_without_a_history_is_not_made(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    nowhere = Profile(tmp_path / "nowhere")
    words = ("export", "--content", "counts", *TIME, "--output", str(tmp_path / "a.csv"))
    code, _, err = run(nowhere, capsys, *words)
    assert code == 1
    assert "holds no history" in err
    assert not nowhere.folder.exists()


def test_a_report_is_made_without_a_screen(profile: Profile, tmp_path: Path) -> None:
    file = tmp_path / "week.pdf"
    words = [
        *("report", "--span", "week", "--of", "2026-03-04", "--site", "store north"),
        *("--zone", "Europe/Berlin", "--output", str(file), "--json"),
    ]
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    # A process of its own: this one has its Qt already. Without a keyring the log is not sealed.
    done = subprocess.run(
        [sys.executable, "-m", "camwatch", *words, "--profile", str(profile.folder)],
        cwd=ROOT,
        env={**environment, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["title"], told["cameras"]) == ("Store North, week of 2 March 2026", 2)
    assert file.read_bytes().startswith(b"%PDF-")
