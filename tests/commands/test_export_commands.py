"""Exports and reports by operators: room on the disk, giving up, what is audited, what is seen."""

from __future__ import annotations

import csv
import dataclasses
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from camwatch.alerts.mail_address import check_mail_address
from camwatch.alerts.settings import Channel, EmailSettings, Encryption
from camwatch.auth.passwords import hash_password
from camwatch.auth.permissions import WHOLE_PROGRAM, Permission
from camwatch.auth.session import Session
from camwatch.commands import Commands, export_desk
from camwatch.commands.report_desk import ReportDesk
from camwatch.data.engine import Database
from camwatch.data.roles import RoleRecord
from camwatch.domain import BucketSize, Camera, Passage, Role, Sample
from camwatch.errors import (
    ChangedMeanwhile,
    FilesDiskFull,
    GivenUp,
    InvalidSetting,
    InvalidSettings,
    NotFound,
    PermissionDenied,
)
from camwatch.history.exports import ExportContent, ExportKind, ExportRequest
from camwatch.history.reports import ReportPlan, ReportRequest, ReportSpan
from camwatch.scene import Line, Scene
from tests.commands.values import NOON, PASSWORD, Clock, settings

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
PLAN = ReportPlan("", "Monday", ReportSpan.WEEK, 6, None, "mail", ("Anna@site.example",))


def request(content: ExportContent = ExportContent.COUNTS) -> ExportRequest:
    return ExportRequest(
        content, ExportKind.CSV, None, NOON, NOON + HOUR, BucketSize.MINUTE, BERLIN
    )


@pytest.fixture
def gate(database: Database, clock: Clock) -> Camera:
    """Return a camera that was counted for a minute."""
    camera = database.cameras.add(dataclasses.replace(settings(), site="North"))
    database.counts.save(
        [Sample(camera.id, NOON + timedelta(seconds=s), 2, 0.5, 0.01, 1.0) for s in range(60)], []
    )
    clock.advance(minutes=5)
    return camera


@pytest.fixture
def guard(database: Database, commands: Commands, boss: Session, gate: Camera) -> Session:
    """Return a session of somebody who may do everything, of the site "North" only."""
    permissions = frozenset(one.value for one in set(Permission) - WHOLE_PROGRAM)
    sites = frozenset({gate.site_id})
    database.roles.put(RoleRecord("north", "North", permissions, sites, False), "north")
    database.operators.add("guard", "north", hash_password(PASSWORD))
    return commands.sign_in("guard", PASSWORD)


def export(
    commands: Commands, session: Session, file: Path, asked: ExportRequest | None = None
) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    commands.export_history(
        session,
        asked or request(),
        file,
        lambda done, count: told.append((done, count)),
        threading.Event(),
    )
    return told


# ---------------------------------------------------------------- exports


def test_an_export_is_written_told_of_and_audited(
    commands: Commands, database: Database, boss: Session, gate: Camera, tmp_path: Path
) -> None:
    file = tmp_path / "counts.csv"
    preview = commands.preview_export(boss, request(), file)
    assert (preview.rows, preview.trouble) == (5, "")
    told = export(commands, boss, file)
    assert (told[0], told[-1]) == ((0, 5), (5, 5))
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["mean"] for row in rows] == ["2", "", "", "", ""]
    assert {row["camera"] for row in rows} == {gate.name}
    entry = database.audit.newest(1)[0]
    assert (entry.actor, entry.action, entry.target) == ("boss", "export_history", "counts.csv")
    assert entry.details["content"] == "counts"
    assert list(tmp_path.glob(".*")) == []


def test_an_export_that_is_given_up_changes_no_file(
    commands: Commands, database: Database, boss: Session, gate: Camera, tmp_path: Path
) -> None:
    del gate
    file = tmp_path / "counts.csv"
    file.write_text("as before")
    cancelled = threading.Event()
    with pytest.raises(GivenUp):
        commands.export_history(
            boss, request(), file, lambda _done, _count: cancelled.set(), cancelled
        )
    assert file.read_text() == "as before"
    assert list(tmp_path.glob(".*")) == []
    assert database.audit.newest(1)[0].result == "failed"


@pytest.mark.fault("F70")
def test_where_the_disk_runs_low_nothing_is_exported(
    commands: Commands,
    boss: Session,
    gate: Camera,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    del gate
    file = tmp_path / "counts.csv"
    monkeypatch.setattr(export_desk, "_free", lambda _folder: export_desk.KEEP_FREE_BYTES)
    trouble = commands.preview_export(boss, request(), file).trouble
    assert "too little room" in trouble
    assert "1.07 GB" in trouble
    with pytest.raises(FilesDiskFull, match="too little room"):
        export(commands, boss, file)
    assert not file.exists()
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.fault("F70")
def test_a_disk_that_runs_low_meanwhile_ends_the_export(
    commands: Commands,
    boss: Session,
    gate: Camera,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    del gate
    free = iter([10**12, 10**6])
    monkeypatch.setattr(export_desk, "_free", lambda _folder: next(free))
    with pytest.raises(FilesDiskFull, match="so that saving can go on"):
        export(commands, boss, tmp_path / "counts.csv")
    assert not (tmp_path / "counts.csv").exists()


def test_an_empty_time_and_too_many_rows_are_refused(
    commands: Commands,
    boss: Session,
    gate: Camera,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    del gate
    with pytest.raises(InvalidSetting, match="later than the start"):
        commands.preview_export(boss, dataclasses.replace(request(), end=NOON), None)
    monkeypatch.setattr(export_desk, "XLSX_MOST_ROWS", 4)
    many = dataclasses.replace(request(), kind=ExportKind.XLSX)
    assert "about 5 rows: a workbook takes 4" in commands.preview_export(boss, many, None).trouble
    with pytest.raises(InvalidSetting, match="cannot hold"):
        export(commands, boss, tmp_path / "counts.xlsx", many)


def test_somebody_of_one_site_exports_only_that(  # noqa: PLR0917 - one fixture each
    commands: Commands,
    database: Database,
    guard: Session,
    gate: Camera,
    clock: Clock,
    tmp_path: Path,
) -> None:
    vault = database.cameras.add(dataclasses.replace(settings("Vault"), site="South"))
    database.counts.save([Sample(vault.id, clock.now, 9, 0.5, 0.01, 1.0)], [])
    for content in (ExportContent.COUNTS, ExportContent.SAMPLES):
        file = tmp_path / f"{content.value}.csv"
        export(commands, guard, file, request(content))
        assert gate.uid in file.read_text()
        assert vault.uid not in file.read_text()
    with pytest.raises(NotFound):
        export(
            commands,
            guard,
            tmp_path / "x.csv",
            dataclasses.replace(request(), camera_ids=(vault.id,)),
        )


def test_states_are_only_for_who_may_see_them(
    commands: Commands, database: Database, boss: Session, gate: Camera, tmp_path: Path
) -> None:
    del boss, gate
    permissions = frozenset({Permission.EXPORT_HISTORY.value})
    database.roles.put(RoleRecord("clerk", "Clerk", permissions, None, False), "clerk")
    database.operators.add("carl", "clerk", hash_password(PASSWORD))
    carl = commands.sign_in("carl", PASSWORD)
    export(commands, carl, tmp_path / "counts.csv")
    with pytest.raises(PermissionDenied):
        export(commands, carl, tmp_path / "states.csv", request(ExportContent.STATES))


# ---------------------------------------------------------------- reports


def test_a_report_puts_everything_together(
    commands: Commands, database: Database, boss: Session, gate: Camera, clock: Clock
) -> None:
    clock.now = NOON
    door = database.scenes.save(gate.id, Scene(lines=(Line("Door", (0.5, 0.1), (0.5, 0.9)),)))
    place = door.ids["Door"]
    at = NOON + timedelta(minutes=2)
    database.counts.save(
        [Sample(gate.id, at, 4, 0.5, 0.01, 30.0, watched=(place,))],
        [],
        [Passage(place, at, 1, is_inwards=True)],
    )
    clock.advance(hours=2)
    report = commands.report(
        boss, ReportRequest(ReportSpan.WEEK, date(2026, 3, 4), gate.site_id, (), BERLIN)
    )
    assert report.title == "North, week of 2 March 2026"
    assert (report.start, report.end) == (
        datetime(2026, 3, 1, 23, tzinfo=UTC),
        datetime(2026, 3, 8, 23, tzinfo=UTC),
    )
    assert (report.size, len(report.occupancy), len(report.before)) == (BucketSize.HOUR, 168, 168)
    assert all(one.mean is None for one in report.before)
    (line,) = report.cameras
    assert (line.name, line.peak, line.peak_at, line.accuracy) == ("Gate", 4, NOON, "not audited")
    # Its coverage is of the time since it was there, not of the whole week.
    assert line.coverage == pytest.approx(90 / 7200)
    assert line.mean == pytest.approx((60 * 2 + 30 * 4) / 90)
    (passed,) = report.lines
    assert passed.name.startswith("Gate: Door (from 2 Mar 2026 13:00)")
    assert (passed.inwards, passed.outwards) == (1, 0)
    assert report.flow[0].inwards == 1
    assert report.flow[1].inwards is None
    assert report.week is not None
    assert report.week.mean[0, 13] == pytest.approx(line.mean)
    assert report.made_by == "boss"


def test_the_hours_of_the_week_in_a_report_are_those_of_the_charts(
    database: Database, clock: Clock
) -> None:
    hall, yard = (database.cameras.add(settings(name)) for name in ("Hall", "Yard"))
    later = NOON + timedelta(weeks=1)
    counted = [(yard, NOON, 4), (yard, later, 4), (hall, NOON, 10)]  # then the hall was down
    samples = [Sample(one.id, at, people, 0.5, 0.01, 3600.0) for one, at, people in counted]
    clock.now = later + timedelta(hours=2)
    database.counts.save(samples, [])
    asked = ReportRequest(ReportSpan.MONTH, later.date(), None, (hall.id, yard.id), BERLIN)
    report = ReportDesk(database, clock).make(asked, "boss")
    assert report.week is not None
    assert report.week.mean[0, 13] == 14.0


def test_a_report_of_one_site_tells_nothing_of_another(
    commands: Commands, database: Database, guard: Session, gate: Camera
) -> None:
    vault = database.cameras.add(dataclasses.replace(settings("Vault"), site="South"))
    asked = ReportRequest(ReportSpan.DAY, NOON.date(), None, (), BERLIN)
    report = commands.report(guard, asked)
    assert [one.name for one in report.cameras] == [gate.name]
    assert report.title.startswith("North: Gate, ")
    for wanted in (
        dataclasses.replace(asked, site_id=vault.site_id),
        dataclasses.replace(asked, camera_ids=(vault.id,)),
    ):
        with pytest.raises(NotFound):
            commands.report(guard, wanted)


def test_who_sees_no_camera_gets_no_report_instead_of_all(
    commands: Commands, database: Database, boss: Session, gate: Camera
) -> None:
    del boss
    other = database.cameras.add(dataclasses.replace(settings("Vault"), site="South"))
    database.cameras.remove(other.id)
    permissions = frozenset({Permission.VIEW_COUNTS.value})
    nowhere = frozenset({type(gate.site_id)(999)})
    database.roles.put(RoleRecord("no", "No", permissions, nowhere, False), "no")
    database.operators.add("nora", "no", hash_password(PASSWORD))
    nora = commands.sign_in("nora", PASSWORD)
    with pytest.raises(NotFound):
        commands.report(nora, ReportRequest(ReportSpan.DAY, NOON.date(), None, (), BERLIN))


def test_a_report_leaves_out_what_its_reader_may_not_see(
    commands: Commands, database: Database, boss: Session, gate: Camera
) -> None:
    del boss, gate
    permissions = frozenset({Permission.VIEW_COUNTS.value})
    database.roles.put(RoleRecord("few", "Few", permissions, None, False), "few")
    database.operators.add("fred", "few", hash_password(PASSWORD))
    fred = commands.sign_in("fred", PASSWORD)
    report = commands.report(fred, ReportRequest(ReportSpan.DAY, NOON.date(), None, (), BERLIN))
    assert (report.cameras[0].accuracy, report.alerts) == ("", ())


# ---------------------------------------------------------------- plans


@pytest.fixture
def mail(commands: Commands, boss: Session) -> Channel:
    settings_ = EmailSettings("mail.example", 587, Encryption.STARTTLS, "camwatch@site.example")
    return commands.save_channel(boss, Channel("", "Mail", settings_), None)


def test_a_plan_is_stored_changed_and_removed_with_entries(
    commands: Commands,
    database: Database,
    boss: Session,
    sessions: dict[Role, Session],
    mail: Channel,
) -> None:
    stored = commands.save_report_plan(boss, dataclasses.replace(PLAN, channel_uid=mail.uid))
    assert (stored.version, stored.recipients) == (1, (check_mail_address("Anna@site.example"),))
    (status,) = commands.report_plans(sessions[Role.SUPERVISOR])
    assert (status.plan, status.sent_until, status.last_answer) == (stored, None, "")
    later = commands.save_report_plan(boss, dataclasses.replace(stored, hour=7))
    with pytest.raises(ChangedMeanwhile):
        commands.save_report_plan(boss, dataclasses.replace(stored, hour=8))
    with pytest.raises(InvalidSettings, match="already used"):
        commands.save_report_plan(
            boss, dataclasses.replace(PLAN, channel_uid=mail.uid, name="MONDAY")
        )
    commands.remove_report_plan(boss, later.uid)
    assert commands.report_plans(boss) == []
    actions = [one.action for one in database.audit.newest(10)]
    assert actions[:3] == ["remove_report_plan", "edit_report_plan", "add_report_plan"]


def test_all_that_is_wrong_with_a_plan_is_told_at_once(
    commands: Commands, boss: Session, mail: Channel
) -> None:
    del mail
    wrong = ReportPlan("", " ", ReportSpan.DAY, 24, None, "no-such", ("no address",))
    with pytest.raises(InvalidSettings) as refused:
        commands.save_report_plan(boss, wrong)
    fields = [one.field for one in refused.value.problems]
    assert fields == ["name", "hour", "channel_uid", "recipients"]


def test_somebody_of_one_site_sees_only_its_plans(
    commands: Commands, boss: Session, guard: Session, gate: Camera, mail: Channel
) -> None:
    plan = dataclasses.replace(PLAN, channel_uid=mail.uid)
    commands.save_report_plan(boss, plan)
    own = commands.save_report_plan(
        boss, dataclasses.replace(plan, name="North", site_id=gate.site_id)
    )
    assert [one.plan for one in commands.report_plans(guard)] == [own]


def test_where_nothing_is_sent_nothing_can_be_sent_now(
    commands: Commands, boss: Session, mail: Channel
) -> None:
    plan = commands.save_report_plan(boss, dataclasses.replace(PLAN, channel_uid=mail.uid))
    with pytest.raises(InvalidSetting, match="sends nothing"):
        commands.send_report_now(boss, plan.uid)
