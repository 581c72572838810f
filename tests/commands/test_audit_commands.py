"""Searching, exporting and checking the audit log, as commands."""

from __future__ import annotations

import csv
import os
from datetime import timedelta
from pathlib import Path

import pytest

from camwatch.auth.accounts import AuditQuery
from camwatch.auth.audit_check import AuditState
from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.data.engine import Database
from camwatch.errors import FilesTroubled, PasswordNeeded, StorageError
from tests.commands.values import NOON, Clock, forbid


@pytest.fixture
def log(commands: Commands, boss: Session, database: Database, clock: Clock) -> Database:
    """Return a history with some entries after that of the first administrator."""
    for actor, action, target, result, details in (
        ("ada", "edit_camera", "Tür", "done", {"fields": 'the "host"'}),
        ("bob", "edit_camera", "100%", "denied", {}),
        ("remote:cleo", "sign_in", "a_b", "failed", {"failures": "3"}),
        ("=bob", "sign_in", "+49 30", "done", {"@": "-1", "path": "C:\\pictures"}),
    ):
        clock.advance(minutes=1)
        database.audit.append(actor, action, target, result, details)
    return database


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (AuditQuery(), [5, 4, 3, 2, 1]),
        (AuditQuery(text="tür"), [2]),
        (AuditQuery(text="TÜR"), [2]),
        (AuditQuery(text="ADA"), [2]),
        (AuditQuery(text="%"), [3]),
        (AuditQuery(text="a_b"), [4]),
        (AuditQuery(text="\\"), [5]),
        (AuditQuery(text="C:\\pict"), [5]),
        (AuditQuery(text='"host"'), [2]),
        (AuditQuery(text="' OR 1 = 1 --"), []),
        (AuditQuery(text="nobody", actions_of_text=("sign_in",)), [5, 4]),
        (AuditQuery(actor="bob"), [3]),
        (AuditQuery(action="sign_in"), [5, 4]),
        (AuditQuery(action="sign_in", result="failed"), [4]),
        (AuditQuery(result="done", text="b"), [5, 1]),
        (AuditQuery(start=NOON + timedelta(minutes=3)), [5, 4]),
        (AuditQuery(end=NOON + timedelta(minutes=3)), [3, 2, 1]),
        (AuditQuery(start=NOON + timedelta(minutes=1), end=NOON + timedelta(minutes=2)), [2]),
    ],
)
def test_a_search_finds_what_fits_newest_first(
    commands: Commands, boss: Session, log: Database, query: AuditQuery, found: list[int]
) -> None:
    assert log.audit.newest_number() == 5
    entries = commands.find_audit_entries(boss, query)
    assert [entry.seq for entry in entries] == found
    paged: list[int] = []
    while page := commands.find_audit_entries(boss, query, 1, paged[-1] if paged else None):
        paged += [entry.seq for entry in page]
    assert paged == found


@pytest.mark.usefixtures("log")
def test_one_can_choose_from_what_is_there(commands: Commands, boss: Session) -> None:
    kinds = commands.audit_kinds(boss)
    assert kinds.actors == ("=bob", "ada", "bob", "boss", "remote:cleo")
    assert kinds.actions == ("create_first_administrator", "edit_camera", "sign_in")
    assert kinds.results == ("denied", "done", "failed")


def test_the_log_is_checked(commands: Commands, boss: Session, log: Database) -> None:
    check = commands.verify_audit(boss)
    assert (check.state, check.entries) == (AuditState.SOUND, log.audit.newest_number())


def test_an_export_is_a_table_that_no_spreadsheet_takes_for_formulas(
    commands: Commands, boss: Session, log: Database, tmp_path: Path
) -> None:
    file = tmp_path / "log.csv"
    file.write_text("before")
    assert commands.export_audit(boss, AuditQuery(), file) == 5
    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
    assert rows[0] == ["entry", "time_utc", "who", "what", "which", "result", "computer", "details"]
    assert [row[0] for row in rows[1:]] == ["1", "2", "3", "4", "5"]
    assert rows[2][1:5] == ["2026-03-02T12:01:00.000+00:00", "ada", "edit_camera", "Tür"]
    assert rows[5][2:5] == ["'=bob", "sign_in", "'+49 30"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert file.stat().st_mode & 0o777 == 0o600 or os.name != "posix"
    assert list(tmp_path.glob(".*.part")) == []
    entry = log.audit.newest(1)[0]
    assert (entry.actor, entry.action, entry.target) == ("boss", "export_audit", "log.csv")


def test_an_export_holds_what_was_looked_for_and_goes_over_pages(
    commands: Commands, boss: Session, log: Database, tmp_path: Path
) -> None:
    for number in range(2500):
        log.audit.append("dora", "edit_camera", str(number), "done")
    file = tmp_path / "log.csv"
    assert commands.export_audit(boss, AuditQuery(actor="dora", text="1"), file) == sum(
        "1" in str(number) for number in range(2500)
    )
    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
    assert len({row[0] for row in rows}) == len(rows)
    assert log.audit.newest(1)[0].details == {"actor_wanted": "dora", "text": "1"}


def test_an_export_that_cannot_be_audited_is_not_made(
    commands: Commands, boss: Session, log: Database, file: Path, tmp_path: Path
) -> None:
    assert log.file == file
    forbid(file, "INSERT", "audit")
    with pytest.raises(StorageError):
        commands.export_audit(boss, AuditQuery(), tmp_path / "log.csv")
    assert not (tmp_path / "log.csv").exists()


def test_an_export_that_cannot_be_written_leaves_nothing_and_is_audited(
    commands: Commands, boss: Session, log: Database, tmp_path: Path
) -> None:
    with pytest.raises(FilesTroubled):
        commands.export_audit(boss, AuditQuery(), tmp_path / "missing" / "log.csv")
    assert [entry.result for entry in log.audit.newest(2)] == ["failed", "done"]


def test_an_export_needs_a_password_that_was_entered_lately(
    commands: Commands, boss: Session, tmp_path: Path
) -> None:
    sessions = commands.guard._sessions
    sessions._open[boss.id].confirmed_s -= 3600
    with pytest.raises(PasswordNeeded):
        commands.export_audit(boss, AuditQuery(), tmp_path / "log.csv")
    assert not (tmp_path / "log.csv").exists()
