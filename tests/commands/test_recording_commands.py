"""Recordings for audits: who may begin, look at and delete them, and what the log tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from camwatch.accuracy import AuditKind, Setup, Step, TruePassage, Truth
from camwatch.accuracy.keeping import write_status
from camwatch.accuracy.plan import RecordingEnd, RecordingPlan, RecordingState, RecordingStatus
from camwatch.auth.session import Session
from camwatch.commands import Commands, Counting
from camwatch.data.engine import Database
from camwatch.domain import CameraId, Role
from camwatch.errors import InvalidSetting, NotFound, PermissionDenied, StorageError
from camwatch.scene import Direction
from tests.commands.values import NOON, forbid
from tests.ui.audit_bench import a_recording
from tests.workers.audit_site import a_plan, a_setup

GATE = CameraId(1)


class Shelf:
    """A recorder whose recordings are only folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.statuses: dict[str, RecordingStatus] = {}
        self.done: list[tuple[str, str]] = []

    def start_recording(self, plan: RecordingPlan, setup: Setup) -> str:
        opened = a_recording(self.folder, counts=[1] * 20, camera=plan.camera_id)
        self.statuses[opened.status.uid] = opened.status
        return opened.status.uid

    def stop_recording(self, uid: str) -> None:
        self.done.append(("stop", uid))

    def discard(self, uid: str) -> None:
        self.progress(uid)
        del self.statuses[uid]
        self.done.append(("discard", uid))

    def keep(self, uid: str) -> None:
        self.done.append(("keep", uid))

    def progress(self, uid: str) -> RecordingStatus:
        if uid not in self.statuses:
            raise NotFound("the recording")
        return self.statuses[uid]

    def recordings(self) -> list[RecordingStatus]:
        return list(self.statuses.values())

    def folder_of(self, uid: str) -> Path:
        self.progress(uid)
        return self.folder / uid


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "audits")


@pytest.fixture
def present() -> list[Setup | None]:
    """Hold what counts now."""
    return [a_setup()]


@pytest.fixture
def counting(counting: Counting, shelf: Shelf, present: list[Setup | None]) -> Counting:
    return Counting(counting.models, shelf, lambda _camera: present[0], lambda: 0.33)


def newest(database: Database) -> tuple[str, str, str]:
    entry = database.audit.newest(1)[0]
    return entry.actor, entry.action, entry.target


def test_a_recording_is_begun_counted_and_discarded_on_the_record(
    commands: Commands, database: Database, boss: Session, shelf: Shelf
) -> None:
    uid = commands.start_recording(boss, a_plan())
    assert newest(database) == ("boss", "start_recording", "Gate")
    assert [one.uid for one in commands.recordings(boss)] == [uid]
    assert commands.recording_folder(boss, uid) == shelf.folder / uid
    commands.stop_recording(boss, uid)
    assert newest(database)[1] == "stop_recording"
    opened = commands.open_recording(boss, uid)
    assert newest(database)[1] == "open_recording"
    assert opened.truth is None
    truth = Truth(AuditKind.OCCUPANCY, steps=(Step(0.0, 2),))
    commands.keep_truth(boss, uid, truth)
    assert commands.open_recording(boss, uid).truth == truth
    report = commands.preview_audit(boss, opened.recording, truth)
    assert (report.made_by, report.overall.intervals) == ("boss", 1)
    assert newest(database)[1] == "preview_audit"
    assert commands.audits(boss, GATE) == []
    commands.keep_recording(boss, uid)
    commands.discard_recording(boss, uid)
    assert newest(database)[1] == "discard_recording"
    assert shelf.done == [("stop", uid), ("keep", uid), ("discard", uid)]


def test_nothing_is_recorded_where_nothing_counts(
    commands: Commands, boss: Session, shelf: Shelf, present: list[Setup | None]
) -> None:
    present[0] = None
    with pytest.raises(InvalidSetting, match="nothing to audit"):
        commands.start_recording(boss, a_plan())
    assert shelf.statuses == {}


def test_a_recording_that_is_not_on_the_record_does_not_begin(
    commands: Commands, database: Database, boss: Session, shelf: Shelf, file: Path
) -> None:
    forbid(file, "INSERT", "audit")
    with pytest.raises(StorageError):
        commands.start_recording(boss, a_plan())
    assert shelf.statuses == {}
    assert [what for what, _uid in shelf.done] == ["discard"]


def test_a_viewer_sees_no_recorded_picture(
    commands: Commands, boss: Session, sessions: dict[Role, Session]
) -> None:
    uid = commands.start_recording(boss, a_plan())
    viewer = sessions[Role.VIEWER]
    for ask in (
        lambda: commands.recordings(viewer),
        lambda: commands.open_recording(viewer, uid),
        lambda: commands.recording_folder(viewer, uid),
        lambda: commands.discard_recording(viewer, uid),
    ):
        with pytest.raises(PermissionDenied):
            ask()


def test_what_was_counted_of_another_kind_is_refused(commands: Commands, boss: Session) -> None:
    uid = commands.start_recording(boss, a_plan())
    other = Truth(AuditKind.PASSAGES, passages=(TruePassage(1.0, Direction.IN),))
    commands.keep_truth(boss, uid, other)
    with pytest.raises(InvalidSetting):
        commands.open_recording(boss, uid)


def test_a_recording_under_another_name_is_refused(
    commands: Commands, boss: Session, shelf: Shelf
) -> None:
    uid = commands.start_recording(boss, a_plan())
    status = RecordingStatus(
        "other", a_plan(), RecordingState.READY, NOON, NOON, end=RecordingEnd.COMPLETE
    )
    write_status(shelf.folder / uid, status)
    with pytest.raises(InvalidSetting):
        commands.open_recording(boss, uid)


def test_a_recording_that_is_gone_is_not_found(commands: Commands, boss: Session) -> None:
    for ask in (commands.stop_recording, commands.discard_recording, commands.open_recording):
        with pytest.raises(NotFound):
            ask(boss, "no-such-recording")
