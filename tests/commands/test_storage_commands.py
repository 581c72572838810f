"""How long the history is kept, its copies, and what is said of how it is doing."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.commands import Commands, Counting
from camwatch.commands.access import AccessOptions
from camwatch.commands.keeping_rules import retention_of
from camwatch.commands.storage_desk import Recording
from camwatch.config import AlertPolicy, CameraPolicy, History, load_settings
from camwatch.data.connections import Connections
from camwatch.data.engine import Database
from camwatch.domain import Camera, Sample
from camwatch.errors import (
    ChangedMeanwhile,
    InvalidSettings,
    NotFound,
    PasswordNeeded,
)
from camwatch.events import Bus
from camwatch.history.housework import ChoreResult
from camwatch.history.keeping import Retention, RetentionPreview, RowClass
from tests.commands.values import NOON, PASSWORD, Clock, settings

DAY = timedelta(days=1)


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    file = tmp_path / "settings.toml"
    file.write_text("# ours\n[history]\nbackups = 2  # enough\n")
    return file


@pytest.fixture
def commands(  # noqa: PLR0917 - all that commands stand on
    database: Database,
    secrets: SecretStore,
    bus: Bus,
    counting: Counting,
    clock: Clock,
    settings_file: Path,
) -> Commands:
    access = AccessOptions(settings_file=settings_file)
    return Commands(database, secrets, CameraPolicy(), bus, counting, clock, access=access)


@pytest.fixture
def gate(database: Database) -> Camera:
    return database.cameras.add(settings(username=""))


def save(database: Database, camera: Camera, age: timedelta, seconds: int = 60) -> None:
    start = NOON - age
    database.counts.save(
        [
            Sample(camera.id, start + timedelta(seconds=one), 1, 0.5, 0.01, 1.0)
            for one in range(seconds)
        ],
        [],
    )


def pass_an_hour(commands: Commands, session: Session) -> None:
    """Let the password be entered too long ago."""
    commands.guard._sessions._open[session.id].confirmed_s -= 3600


def actions(database: Database) -> list[tuple[str, str]]:
    return [(one.action, one.result) for one in database.audit.newest(20)]


def test_the_status_says_how_the_history_is(
    commands: Commands, boss: Session, database: Database, gate: Camera, file: Path
) -> None:
    save(database, gate, 3 * DAY)
    save(database, gate, DAY)
    commands.storage.recording = lambda: Recording(12, 10, NOON)
    status = commands.storage_status(boss)
    assert (status.engine, status.place) == ("SQLite", str(file))
    assert dict(status.rows) == {RowClass.SAMPLES: 120, RowClass.MINUTES: 2}
    assert dict(status.oldest)[RowClass.SAMPLES] == NOON - 3 * DAY
    assert (status.waiting_rows, status.spooled_rows, status.saved_at) == (12, 10, NOON)
    assert status.file_bytes > 100_000
    assert status.free_bytes
    assert (status.retention, status.server, status.rebuild_s) == (Retention(), None, 0.0)
    assert status.checked_at is None


def test_what_there_is_to_know_is_said_in_words(commands: Commands, boss: Session) -> None:
    commands.storage.book.note(ChoreResult("Making the daily copy", NOON, 1.0, 1, 0.0, "No room."))
    warnings = commands.storage_status(boss).warnings
    assert any("There is no copy" in one for one in warnings)
    assert "Making the daily copy failed: No room. It is tried again." in warnings


def test_the_fault_of_older_sqlites_is_named(
    commands: Commands, boss: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version, is_named in (("3.40.1", True), ("3.51.2", True), ("3.51.3", False)):
        monkeypatch.setattr("sqlite3.sqlite_version", version)
        status = commands.storage_status(boss)
        assert status.version == version
        assert any("3.51.3" in one for one in status.warnings) is is_named


def test_a_preview_tells_what_a_shorter_time_would_delete(
    commands: Commands, boss: Session, database: Database, gate: Camera
) -> None:
    save(database, gate, 10 * DAY)
    assert commands.preview_retention(boss, Retention()).rows == ()
    preview = commands.preview_retention(boss, Retention(sample_days=7))
    assert dict(preview.rows) == {RowClass.SAMPLES: 60}
    assert preview.freed_bytes > 0


@pytest.mark.parametrize(
    ("retention", "fields"),
    [
        (Retention(sample_days=0), {"sample_days"}),
        (Retention(sample_days=30, minute_days=29), {"minute_days"}),
        (Retention(minute_days=400, hour_days=399), {"hour_days"}),
        (Retention(hour_days=0), {"hour_days"}),
        (Retention(trail_days=0, picture_days=4000), {"trail_days", "picture_days"}),
    ],
)
def test_a_retention_that_cannot_be_kept_is_refused_by_field(
    commands: Commands, boss: Session, retention: Retention, fields: set[str]
) -> None:
    for refuse in (
        lambda: commands.preview_retention(boss, retention),
        lambda: commands.set_retention(boss, retention),
    ):
        with pytest.raises(InvalidSettings) as refused:
            refuse()
        assert {one.field for one in refused.value.problems} == fields
    assert commands.storage.retention == Retention()


def test_another_retention_holds_at_once_and_after_the_next_start(
    commands: Commands, boss: Session, database: Database, settings_file: Path
) -> None:
    hurried: list[int] = []
    commands.storage.hurry = lambda: hurried.append(1)
    wanted = Retention(20, 500, 1000, 30, 9)
    pass_an_hour(commands, boss)
    with pytest.raises(PasswordNeeded):
        commands.set_retention(boss, wanted)
    commands.confirm_password(boss, PASSWORD)
    commands.set_retention(boss, wanted)
    assert commands.storage.retention == wanted
    assert commands.storage_status(boss).retention == wanted
    assert hurried == [1]
    written = load_settings(settings_file, {})
    assert written.history.sample_days == 20
    assert (written.history.hour_days, written.alerts.picture_days) == (1000, 9)
    assert settings_file.read_text().startswith("# ours\n[history]\nbackups = 2  # enough\n")
    newest = database.audit.newest(1)[0]
    assert (newest.action, newest.result) == ("set_retention", "done")
    assert newest.details["sample_days"] == "14 -> 20"
    assert newest.details["hour_days"] == "0 -> 1000"


def test_for_ever_is_written_as_0(commands: Commands, boss: Session, settings_file: Path) -> None:
    commands.set_retention(boss, Retention(hour_days=1000))
    commands.set_retention(boss, Retention(hour_days=None))
    assert tomllib.loads(settings_file.read_text())["history"]["hour_days"] == 0
    assert commands.storage.retention.hour_days is None


def test_what_would_delete_much_more_than_was_seen_is_asked_again(
    commands: Commands, boss: Session, database: Database, gate: Camera
) -> None:
    save(database, gate, 10 * DAY, seconds=6000)
    with pytest.raises(ChangedMeanwhile):
        commands.set_retention(boss, Retention(sample_days=7), RetentionPreview((), 0))
    assert commands.storage.retention == Retention()
    seen = commands.preview_retention(boss, Retention(sample_days=7))
    save(database, gate, 9 * DAY)  # a little more than was seen
    commands.set_retention(boss, Retention(sample_days=7), seen)
    assert commands.storage.retention.sample_days == 7


def test_settings_that_cannot_be_written_leave_all_as_it_was(
    commands: Commands, boss: Session, database: Database, settings_file: Path
) -> None:
    settings_file.write_text("[history\n")
    with pytest.raises(InvalidSettings, match="TOML"):
        commands.set_retention(boss, Retention(sample_days=20))
    assert commands.storage.retention == Retention()
    assert actions(database)[0] == ("set_retention", "failed")


def test_copies_are_made_listed_and_deleted(
    commands: Commands, boss: Session, gate: Camera, file: Path, database: Database
) -> None:
    made = commands.back_up(boss)
    assert commands.storage_status(boss).backups == (made,)
    with Database.open(made.file) as copy:
        assert copy.cameras.all() == [gate]
    pass_an_hour(commands, boss)
    with pytest.raises(PasswordNeeded):
        commands.delete_backup(boss, made.file)
    commands.confirm_password(boss, PASSWORD)
    with pytest.raises(NotFound):
        commands.delete_backup(boss, file)
    commands.delete_backup(boss, made.file)
    assert not made.file.exists()
    assert commands.storage_status(boss).backups == ()
    assert ("delete_backup", "done") in actions(database)


def test_a_check_is_remembered(commands: Commands, boss: Session, database: Database) -> None:
    assert commands.check_history(boss) == "ok"
    status = commands.storage_status(boss)
    assert (status.checked_at, status.verdict) == (NOON, "ok")
    assert actions(database)[0] == ("check_history", "done")


def test_an_older_file_is_written_anew_when_asked(
    commands: Commands, boss: Session, database: Database
) -> None:
    connections = database._connections
    assert isinstance(connections, Connections)
    with connections.maintaining() as connection:
        connection.execute("PRAGMA auto_vacuum = NONE")
        connection.execute("VACUUM")
    assert commands.storage_status(boss).rebuild_s > 0
    commands.rebuild_history(boss)
    assert commands.storage_status(boss).rebuild_s == 0
    assert actions(database)[0] == ("rebuild_history", "done")
    # There is nothing more to do, and nothing is written down of it.
    commands.rebuild_history(boss)
    assert actions(database)[1] != ("rebuild_history", "done")


def test_settings_that_contradict_themselves_keep_for_the_longer_time() -> None:
    by_hand = History(sample_days=500, minute_days=396, hour_days=30)
    found = retention_of(by_hand, AlertPolicy())
    assert (found.sample_days, found.minute_days, found.hour_days) == (500, 500, 500)
