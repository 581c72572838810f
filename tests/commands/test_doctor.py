"""`camwatch doctor` tells a fit computer from one that is not, and touches nothing."""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from camwatch.alerts.people import ChannelKind, Plan, PlanStep
from camwatch.alerts.settings import Channel, WebhookSettings
from camwatch.cli import doctor
from camwatch.data import channel_proofs
from camwatch.data.backups import Backups
from camwatch.data.engine import Database
from camwatch.domain import utc_now
from camwatch.paths import Profile, bundled_models
from tests.auth.secret_service import SecretService
from tests.commands.values import settings, sql

NAMES = ["database", "ai_model", "keyring", "disk", "settings", "alerts", "privacy", "runtime"]


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile(tmp_path / "profile")


@pytest.fixture
def history(profile: Profile) -> Path:
    """Return the file of a history with one camera in it."""
    profile.create()
    with Database.open(profile.database_file) as database:
        database.cameras.add(settings())
    return profile.database_file


def diagnose(
    profile: Profile, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str, dict[str, dict[str, str]]]:
    """Return exit code, status and checks."""
    code = doctor.run(argparse.Namespace(profile=str(profile.folder), json=True))
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["status", "checks"]
    assert list(printed["checks"]) == NAMES
    assert all(set(check) == {"status", "message"} for check in printed["checks"].values())
    assert all(check["message"].endswith(".") for check in printed["checks"].values())
    return code, printed["status"], printed["checks"]


def listing(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }


@pytest.mark.usefixtures("no_keyring")
def test_a_fresh_profile_is_healthy_and_stays_untouched(
    profile: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    code, status, checks = diagnose(profile, capsys)
    assert (code, status) == (0, "healthy")
    assert checks["database"]["status"] == "ok"
    assert "no history yet" in checks["database"]["message"]
    assert checks["ai_model"]["status"] == "ok"
    assert "nanodet" in checks["ai_model"]["message"]
    assert checks["keyring"]["status"] == "warning"
    assert "offers no keyring" in checks["keyring"]["message"]
    assert not profile.folder.exists()


@pytest.mark.usefixtures("no_keyring", "history")
def test_a_sound_history_is_looked_at_and_left_as_it_was(
    profile: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    profile.settings_file.write_text("[detection]\nthreshold = 0.4\n", encoding="utf-8")
    before = listing(profile.folder)
    code, status, checks = diagnose(profile, capsys)
    assert (code, status) == (0, "healthy")
    said = checks["database"]["message"]
    assert "is sound" in said
    assert f"SQLite {sqlite3.sqlite_version}" in said
    assert "There is no copy of it yet." in said
    assert ("3.51.3" in said) == (sqlite3.sqlite_version_info < (3, 51, 3))
    assert "can be used" in checks["settings"]["message"]
    assert listing(profile.folder) == before


@pytest.mark.usefixtures("no_keyring")
def test_a_damaged_history_is_unhealthy(
    profile: Profile, history: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = bytearray(history.read_bytes())
    data[4096 * 2 : 4096 * 6] = b"\xff" * (4096 * 4)
    history.write_bytes(data)
    code, status, checks = diagnose(profile, capsys)
    assert (code, status) == (1, "unhealthy")
    assert checks["database"]["status"] == "failed"
    assert "damaged" in checks["database"]["message"]


@pytest.mark.usefixtures("no_keyring")
def test_a_history_of_a_newer_camwatch_is_unhealthy_and_untouched(
    profile: Profile, history: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sql(history, "UPDATE alembic_version SET version_num = '9999'")
    code, _, checks = diagnose(profile, capsys)
    assert code == 1
    assert "newer CamWatch" in checks["database"]["message"]
    assert sql(history, "SELECT version_num FROM alembic_version") == [("9999",)]


@pytest.mark.usefixtures("no_keyring")
def test_another_history_is_looked_at_where_the_settings_name_one(
    profile: Profile,
    history: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    elsewhere = history.with_name("elsewhere.sqlite3")
    monkeypatch.setenv("CAMWATCH_DATABASE_URL", f"sqlite:///{elsewhere}")
    _, _, checks = diagnose(profile, capsys)
    assert str(elsewhere) in checks["database"]["message"]
    assert "no history yet" in checks["database"]["message"]
    assert not elsewhere.exists()
    history.rename(elsewhere)
    _, _, checks = diagnose(profile, capsys)
    assert f"{elsewhere} is sound" in checks["database"]["message"]
    monkeypatch.setenv("CAMWATCH_DATABASE_URL", "mysql://user:hunter2@host/db")
    code, _, checks = diagnose(profile, capsys)
    assert (code, checks["database"]["status"]) == (1, "failed")
    assert "hunter2" not in json.dumps(checks)


@pytest.mark.usefixtures("no_keyring")
def test_wrong_settings_are_all_named(profile: Profile, capsys: pytest.CaptureFixture[str]) -> None:
    profile.create()
    profile.settings_file.write_text(
        "[detection]\nthreshold = 7\n[cameras]\nfrozen_aftr = 3\n", encoding="utf-8"
    )
    code, status, checks = diagnose(profile, capsys)
    assert (code, status) == (1, "unhealthy")
    message = checks["settings"]["message"]
    assert "detection.threshold" in message
    assert "did you mean frozen_after" in message
    assert checks["ai_model"]["status"] == "ok"


@pytest.mark.usefixtures("no_keyring")
def test_a_missing_model_is_unhealthy(profile: Profile, tmp_path: Path) -> None:
    assert doctor.examine(profile, tmp_path / "nowhere")["ai_model"].status == "failed"
    assert doctor.examine(profile, bundled_models())["ai_model"].status == "ok"


@pytest.mark.usefixtures("no_keyring")
def test_the_last_resort_of_a_model_is_a_warning(
    profile: Profile, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMWATCH_DETECTION_MODEL", "hog")
    code, _, checks = diagnose(profile, capsys)
    assert (code, checks["ai_model"]["status"]) == (0, "warning")
    assert "poor" in checks["ai_model"]["message"]


@pytest.mark.usefixtures("no_keyring")
def test_a_profile_that_is_a_file_is_unhealthy(
    profile: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    profile.folder.write_text("not a folder", encoding="utf-8")
    code, _, checks = diagnose(Profile(profile.folder), capsys)
    assert (code, checks["disk"]["status"]) == (1, "failed")


@pytest.mark.usefixtures("no_keyring")
def test_it_is_readable_without_json(profile: Profile, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.run(argparse.Namespace(profile=str(profile.folder), json=False)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines[:-1]] == NAMES
    assert lines[-1] == "CamWatch on this computer is healthy."


@pytest.mark.end_to_end
def test_as_a_process_it_prints_one_object_and_nothing_else(
    secret_service: SecretService, profile: Profile
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "camwatch", "--profile", str(profile.folder), "doctor", "--json"],
        env={**secret_service.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    printed = json.loads(ended.stdout)
    assert printed["status"] == "healthy"
    assert list(printed["checks"]) == NAMES
    assert ended.stderr == ""
    assert not profile.folder.exists()


def test_another_database_in_a_folder_that_is_not_there_is_a_failure(
    profile: Profile,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CAMWATCH_DATABASE_URL", f"sqlite:///{tmp_path}/none/x.sqlite3")
    code, status, checks = diagnose(profile, capsys)
    assert (code, status, checks["database"]["status"]) == (1, "unhealthy", "failed")
    assert str(tmp_path / "none") in checks["database"]["message"]


@pytest.mark.usefixtures("no_keyring", "history")
def test_alerts_that_do_not_get_out_are_told(
    profile: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    def alerts() -> tuple[str, str]:
        code, _, checks = diagnose(profile, capsys)
        assert code == 0
        return checks["alerts"]["status"], checks["alerts"]["message"]

    assert alerts() == ("ok", "Alerts are told on the screen only: no plan uses a channel.")
    with Database.open(profile.database_file) as database:
        with database.alert_setup.changing() as book:
            hook = book.channels.put(Channel("h", "Board", WebhookSettings("https://h.example/")))
            step = PlanStep(0.0, ChannelKind.WEBHOOK, "h")
            book.plans.put(Plan("p", "Night", (step,)))
        assert alerts() == ("warning", "“Board” has never delivered anything. Send a test.")
        now = utc_now()
        with database.alerts.changing(now) as alert_book:
            channel_proofs.note_proven(alert_book._connection, "h", "thanks", now)
        assert alerts()[0] == "ok"
        assert f"{now:%Y-%m-%d %H:%M} UTC" in alerts()[1]
        with database.alerts.changing(now) as alert_book:
            channel_proofs.note_failing(alert_book._connection, "h", "to anna@site.example", now)
        status, message = alerts()
        assert (status, "“Board” has delivered no alerts since" in message) == ("warning", True)
        assert "anna" not in message
        database.proofs.disable("h", "it says that it is gone for good: HTTP 410")
        assert alerts()[1] == (
            "“Board” has switched itself off: it says that it is gone for good: HTTP 410."
        )
        with database.alert_setup.changing() as book:
            on = replace(hook, is_enabled=False, version=book.channels.get("h").version)
            book.channels.put(on)
        assert alerts()[0] == "ok"  # an operator has switched it off


@pytest.mark.usefixtures("no_keyring")
def test_what_waits_beside_the_history_and_its_newest_copy_are_told(
    profile: Profile, history: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copies = Backups(history, profile.backup_folder)
    made = copies.make()
    profile.spool_folder.mkdir()
    (profile.spool_folder / "00000001.spool").write_bytes(bytes(3 * 2**20))
    # Those are never saved by themselves.
    (profile.spool_folder / "00000000.other-20260302T120000Z").write_bytes(bytes(2**20))
    _, status, checks = diagnose(profile, capsys)
    said = checks["database"]["message"]
    assert status == "healthy"
    assert "3.0 MiB of counts wait beside it" in said
    assert "cannot be saved into it, in 1 file;" in said
    assert f"The newest copy is of {made.made_at:%Y-%m-%d %H:%M} UTC." in said
