"""Recording for an audit: what came is on the disk, what is missing is told, nothing waits."""

from __future__ import annotations

import dataclasses
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from camwatch.accuracy import AuditKind, Recording, Step, Truth, read_recording
from camwatch.accuracy.keeping import open_recording, write_truth
from camwatch.accuracy.plan import (
    KEPT_FOR,
    RecordingEnd,
    RecordingPlan,
    RecordingState,
    RecordingStatus,
)
from camwatch.cameras.decode import decode_bytes
from camwatch.domain import CameraId, Picture, utc_now
from camwatch.errors import DiskFull, InvalidSetting, NotFound, StorageError
from camwatch.events import Bus
from camwatch.scene import Direction
from camwatch.workers.audit_recorder import AuditRecorder
from camwatch.workers.audit_recordings import AuditRecordings
from camwatch.workers.audit_writing import RecordingLimits
from tests.data.disks import fill, small_disk
from tests.workers.audit_site import (
    GATE,
    MODEL,
    a_count,
    a_picture,
    a_plan,
    a_setup,
    feed,
    files,
    jpeg,
    people,
)

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMY = RecordingLimits(start_free=1, stop_free=1)


class _Late(random.Random):
    """Every moment is the last one."""

    def uniform(self, a: float, b: float) -> float:
        return max(a, b)


class Desk:
    """A recorder with its folder, and what it told."""

    def __init__(
        self,
        folder: Path,
        limits: RecordingLimits = ROOMY,
        clock: Callable[[], datetime] = utc_now,
        chance: random.Random | None = None,
    ) -> None:
        self.folder = folder
        self.bus = Bus()
        self.recordings = AuditRecordings(
            folder, self.bus, limits=limits, clock=clock, chance=chance
        )
        self.told: list[RecordingStatus] = []
        self.recordings.changed.connect(self.told.append)
        self.worker = AuditRecorder(self.recordings)

    def start(self, qtbot: QtBot) -> Desk:
        self.worker.start()
        qtbot.waitUntil(lambda: self.recordings.is_open)
        return self

    def feed(self, frame: int, count: int | None = None) -> Picture:
        return feed(self.recordings, self.bus, frame, count)

    def stop(self) -> None:
        self.worker.request_stop()
        assert self.worker.wait(10_000)

    def state(self, uid: str) -> RecordingState:
        return self.recordings.progress(uid).state

    def pictures(self, uid: str) -> int:
        return self.recordings.progress(uid).pictures


@contextmanager
def running(
    qtbot: QtBot,
    folder: Path,
    limits: RecordingLimits = ROOMY,
    clock: Callable[[], datetime] = utc_now,
    chance: random.Random | None = None,
) -> Iterator[Desk]:
    desk = Desk(folder, limits, clock, chance).start(qtbot)
    try:
        yield desk
    finally:
        desk.stop()


@contextmanager
def slow_disk(file: Path) -> Iterator[None]:
    """Let whoever writes this file wait until the end: it is a pipe that nobody reads."""
    os.mkfifo(file)
    try:
        yield
    finally:
        with file.open("rb") as pipe:
            data = pipe.read()
        file.unlink()
        file.write_bytes(data)


def finished(qtbot: QtBot, desk: Desk, uid: str) -> Recording:
    """End a recording and read it back."""
    desk.recordings.stop_recording(uid)
    qtbot.waitUntil(lambda: desk.state(uid) is RecordingState.READY)
    return read_recording(desk.folder / uid)


def test_what_a_camera_showed_and_the_program_counted_is_read_back(
    qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "audits"
    with running(qtbot, folder) as desk:
        uid = desk.recordings.start_recording(a_plan(), a_setup())
        sent = [desk.feed(frame) for frame in range(6)]
        qtbot.waitUntil(lambda: desk.pictures(uid) == 6)
        recording = finished(qtbot, desk, uid)
    assert [one.raw for one in recording.pictures] == [people(frame) for frame in range(6)]
    assert [one.at for one in recording.pictures] == [one.captured_at for one in sent]
    for picture, entry in zip(sent, recording.pictures, strict=True):
        assert (folder / uid / entry.file).read_bytes() == picture.data
    # The weaker box below the stored scores is left out, the other one kept.
    assert recording.pictures[0].scores[-1] == pytest.approx(0.3)
    assert len(recording.pictures[0].scores) == people(0) + 1
    assert 0.1 < recording.pictures[0].brightness < 0.9
    assert recording.setup == a_setup()
    opened = open_recording(folder / uid)
    assert len(opened.boxes[recording.pictures[-1].file]) == people(5)
    status = opened.status
    assert (status.end, status.dropped, status.uncounted) == (RecordingEnd.STOPPED, 0, 0)
    assert status.size == sum(len(one.data) for one in sent)


def test_nobody_else_may_read_the_pictures(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "audits"
    with running(qtbot, folder) as desk:
        uid = desk.recordings.start_recording(a_plan(), a_setup())
        desk.feed(0)
        qtbot.waitUntil(lambda: desk.pictures(uid) == 1)
        finished(qtbot, desk, uid)
        write_truth(folder / uid, Truth(AuditKind.OCCUPANCY, steps=(Step(0.0, 1),)))
    found = {one.name: stat.S_IMODE(one.stat().st_mode) for one in (folder / uid).iterdir()}
    assert set(found) == {
        "000001.jpg",
        "boxes.jsonl",
        "recording.json",
        "status.json",
        "truth.json",
    }
    assert set(found.values()) == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / uid).stat().st_mode) == 0o700


def test_the_planned_time_ends_it(qtbot: QtBot, tmp_path: Path) -> None:
    with running(qtbot, tmp_path) as desk:
        uid = desk.recordings.start_recording(a_plan(seconds=0.5), a_setup())
        desk.feed(0)
        qtbot.waitUntil(lambda: desk.state(uid) is RecordingState.READY)
        status = desk.recordings.progress(uid)
        desk.feed(1)
        assert desk.recordings.start_recording(a_plan(), a_setup()) != uid
    assert status.end is RecordingEnd.COMPLETE
    assert status.ended_at == status.started_at + timedelta(seconds=0.5)
    assert read_recording(tmp_path / uid).duration_s == pytest.approx(0.5)
    assert len(files(tmp_path / uid)) == 1


def test_other_cameras_and_other_times_are_not_recorded(qtbot: QtBot, tmp_path: Path) -> None:
    with running(qtbot, tmp_path) as desk:
        desk.feed(0)  # before anything is recorded
        uid = desk.recordings.start_recording(a_plan(), a_setup())
        desk.recordings.offer(a_picture(1, camera=CameraId(2)))
        desk.feed(2)
        qtbot.waitUntil(lambda: desk.pictures(uid) == 1)
        recording = finished(qtbot, desk, uid)
    assert [one.raw for one in recording.pictures] == [people(2)]


def test_pictures_of_a_clock_that_was_set_back_are_told_to_be_missing(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with running(qtbot, tmp_path) as desk:
        uid = desk.recordings.start_recording(a_plan(), a_setup())
        early = dataclasses.replace(a_picture(0), captured_at=utc_now() - timedelta(hours=1))
        desk.recordings.offer(early)
        desk.feed(1)
        qtbot.waitUntil(lambda: desk.pictures(uid) == 1)
        recording = finished(qtbot, desk, uid)
    assert [one.raw for one in recording.pictures] == [people(1)]
    assert desk.recordings.progress(uid).uncounted == 1


def test_one_camera_is_recorded_once_at_a_time(qtbot: QtBot, tmp_path: Path) -> None:
    with running(qtbot, tmp_path) as desk:
        desk.recordings.start_recording(a_plan(), a_setup())
        with pytest.raises(InvalidSetting):
            desk.recordings.start_recording(a_plan(), a_setup())
        desk.recordings.start_recording(a_plan(camera=CameraId(2)), a_setup())


def test_the_shown_number_is_kept_beside_the_counted_one(qtbot: QtBot, tmp_path: Path) -> None:
    with running(qtbot, tmp_path) as desk:
        uid = desk.recordings.start_recording(a_plan(), a_setup())
        picture = a_picture(0)
        desk.recordings.offer(picture)
        desk.bus.publish(a_count(picture, 4, shown=3))
        qtbot.waitUntil(lambda: desk.pictures(uid) == 1)
        recording = finished(qtbot, desk, uid)
    assert (recording.pictures[0].raw, recording.pictures[0].shown) == (4, 3)


def test_passages_of_the_chosen_line_are_kept_in_order(qtbot: QtBot, tmp_path: Path) -> None:
    with running(qtbot, tmp_path) as desk:
        uid = desk.recordings.start_recording(a_plan(AuditKind.PASSAGES), a_setup())
        first, second = a_picture(0), a_picture(1)
        for picture in (first, second):
            desk.recordings.offer(picture)
        later, earlier = second.captured_at, first.captured_at
        before = earlier - timedelta(hours=1)
        # It becomes certain later who passed earlier; other lines and times are not asked for.
        desk.bus.publish(a_count(first, 1, passages=((later, False), (before, True))))
        desk.bus.publish(a_count(first, 1, passages=((later, True),), place="Window"))
        desk.bus.publish(a_count(second, 1, passages=((earlier, True),)))
        qtbot.waitUntil(lambda: desk.pictures(uid) == 2)
        recording = finished(qtbot, desk, uid)
    assert [(one.at, one.direction) for one in recording.passages] == [
        (earlier, Direction.IN),
        (later, Direction.OUT),
    ]


def test_a_passage_that_becomes_certain_after_the_end_still_counts(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with running(qtbot, tmp_path) as desk:
        plan = a_plan(AuditKind.PASSAGES, settle_s=30.0)
        uid = desk.recordings.start_recording(plan, a_setup())
        picture = desk.feed(0)
        qtbot.waitUntil(lambda: desk.pictures(uid) == 1)
        desk.recordings.stop_recording(uid)
        late = a_picture(1)
        desk.recordings.offer(late)
        desk.bus.publish(a_count(late, 0, passages=((picture.captured_at, True),)))
        desk.stop()
        recording = read_recording(tmp_path / uid)
    assert [one.at for one in recording.passages] == [picture.captured_at]
    assert len(recording.pictures) == 1


def test_pictures_that_were_not_counted_are_told_and_deleted(qtbot: QtBot, tmp_path: Path) -> None:
    with running(qtbot, tmp_path) as desk:
        uid = desk.recordings.start_recording(a_plan(), a_setup())
        desk.recordings.offer(a_picture(0))
        desk.recordings.offer(a_picture(1, data=jpeg(1)[:-400]))
        desk.feed(2)
        qtbot.waitUntil(lambda: desk.pictures(uid) == 1)
        recording = finished(qtbot, desk, uid)
        status = desk.recordings.progress(uid)
    assert [one.raw for one in recording.pictures] == [people(2)]
    assert files(tmp_path / uid) == [recording.pictures[0].file]
    assert status.uncounted == 2
    assert status.size == len(jpeg(2))


def test_a_film_of_passages_keeps_pictures_that_were_not_counted(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with running(qtbot, tmp_path) as desk:
        uid = desk.recordings.start_recording(a_plan(AuditKind.PASSAGES), a_setup())
        desk.feed(0, 2)
        desk.recordings.offer(a_picture(1))
        qtbot.waitUntil(lambda: len(files(tmp_path / uid)) == 2)
        recording = finished(qtbot, desk, uid)
    assert [(one.raw, one.scores) for one in recording.pictures][1] == (2, ())
    assert desk.recordings.progress(uid).uncounted == 0


def test_a_png_and_a_padded_picture_can_be_read_back(qtbot: QtBot, tmp_path: Path) -> None:
    pixels = decode_bytes(jpeg(0))
    png = cv2.imencode(".png", pixels)[1].tobytes()
    with running(qtbot, tmp_path) as desk:
        uid = desk.recordings.start_recording(a_plan(), a_setup())
        for frame, data in enumerate((png, jpeg(1) + b"\0" * 64)):
            picture = a_picture(frame, data)
            desk.recordings.offer(picture)
            desk.bus.publish(a_count(picture, 1))
        qtbot.waitUntil(lambda: desk.pictures(uid) == 2)
        recording = finished(qtbot, desk, uid)
    first, second = ((tmp_path / uid / one.file).read_bytes() for one in recording.pictures)
    assert np.abs(decode_bytes(first).astype(int) - pixels.astype(int)).mean() < 2
    assert second == jpeg(1)


def test_a_complete_sample_ends_before_its_time(qtbot: QtBot, tmp_path: Path) -> None:
    early = random.Random(149)  # its three moments are in the first third of the time
    with running(qtbot, tmp_path, chance=early) as desk:
        plan = a_plan(AuditKind.PICTURES, 3.0, pictures=3, settle_s=60.0)
        uid = desk.recordings.start_recording(plan, a_setup())
        fed = _feed_until_ready(qtbot, desk, uid)
        recording = read_recording(tmp_path / uid)
    assert len(recording.pictures) == len(files(tmp_path / uid)) == 3
    assert fed > 3


def test_a_moment_after_the_last_picture_holds_no_sample_up(qtbot: QtBot, tmp_path: Path) -> None:
    with running(qtbot, tmp_path, chance=_Late()) as desk:
        plan = a_plan(AuditKind.PICTURES, 0.3, pictures=3, settle_s=0.2)
        uid = desk.recordings.start_recording(plan, a_setup())
        fed = _feed_until_ready(qtbot, desk, uid)
        assert desk.recordings.progress(uid).end is RecordingEnd.COMPLETE
    assert fed > 3
    assert files(tmp_path / uid) == []


def _feed_until_ready(qtbot: QtBot, desk: Desk, uid: str) -> int:
    """Let the camera send until a recording is over; returns how many pictures it sent."""
    fed = 0

    def is_ready() -> bool:
        nonlocal fed
        if desk.state(uid) is RecordingState.RUNNING:
            desk.feed(fed)
            fed += 1
        return desk.state(uid) is RecordingState.READY

    qtbot.waitUntil(is_ready)
    return fed


def test_another_picture_size_or_model_ends_it(qtbot: QtBot, tmp_path: Path) -> None:
    with running(qtbot, tmp_path) as desk:
        uid = desk.recordings.start_recording(a_plan(), a_setup())
        desk.feed(0)
        picture = a_picture(1)
        desk.recordings.offer(picture)
        desk.bus.publish(a_count(picture, 1, model=f"{MODEL}-other"))
        qtbot.waitUntil(lambda: desk.state(uid) is RecordingState.READY)
        assert desk.recordings.progress(uid).end is RecordingEnd.SETUP_CHANGED
        assert len(read_recording(tmp_path / uid).pictures) == 1


def test_another_threshold_ends_it(qtbot: QtBot, tmp_path: Path) -> None:
    present = [a_setup()]
    with running(qtbot, tmp_path) as desk:
        desk.recordings.setup_of = lambda _camera: present[0]
        uid = desk.recordings.start_recording(a_plan(), a_setup())
        desk.feed(0)
        qtbot.waitUntil(lambda: desk.pictures(uid) == 1)
        present[0] = a_setup(threshold=0.5)
        qtbot.waitUntil(lambda: desk.state(uid) is RecordingState.READY)
        assert desk.recordings.progress(uid).end is RecordingEnd.SETUP_CHANGED
        assert read_recording(tmp_path / uid).setup.threshold == 0.4


def test_what_comes_too_fast_is_dropped_counted_and_told(qtbot: QtBot, tmp_path: Path) -> None:
    limits = RecordingLimits(start_free=1, stop_free=1, waiting_pictures=4)
    with running(qtbot, tmp_path, limits) as desk:
        uid = desk.recordings.start_recording(a_plan(), a_setup())
        with slow_disk(tmp_path / uid / "000001.jpg"):
            desk.feed(0)
            qtbot.waitUntil(lambda: desk.recordings.waiting_pictures == 0)
            sent = [desk.feed(frame) for frame in range(1, 11)]
        qtbot.waitUntil(lambda: desk.pictures(uid) == 5)
        recording = finished(qtbot, desk, uid)
    # The first to come are kept; offering the others did not wait for the disk.
    assert [one.at for one in recording.pictures][1:] == [one.captured_at for one in sent[:4]]
    assert open_recording(tmp_path / uid).status.dropped == 6


def test_the_queue_is_bounded_in_bytes_too(tmp_path: Path) -> None:
    limits = RecordingLimits(start_free=1, stop_free=1, waiting=len(jpeg(0)) + 10)
    desk = Desk(tmp_path, limits)
    desk.recordings.open()
    desk.recordings.start_recording(a_plan(), a_setup())
    for _ in range(3):
        desk.recordings.offer(a_picture(0))
    assert desk.recordings.waiting_pictures == 1


def test_a_killed_program_leaves_a_recording_that_can_be_counted(
    qtbot: QtBot, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "tests.workers.recording_child", str(tmp_path)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as child:
        assert child.stdout is not None
        for _ in range(8):
            assert child.stdout.readline()
        child.send_signal(signal.SIGKILL)
    (folder,) = tmp_path.iterdir()
    with running(qtbot, tmp_path) as desk:
        (status,) = desk.recordings.recordings()
        assert (status.state, status.end) == (RecordingState.READY, RecordingEnd.INTERRUPTED)
        opened = open_recording(folder)
    # Described with the first picture and every ten seconds: what was described is whole.
    assert opened.recording.pictures
    assert opened.status == status


def test_closing_the_program_ends_recordings_with_all_they_have(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with running(qtbot, tmp_path) as desk:
        uid = desk.recordings.start_recording(a_plan(), a_setup())
        for frame in range(3):
            desk.feed(frame)
        qtbot.waitUntil(lambda: desk.pictures(uid) == 3)
    assert len(read_recording(tmp_path / uid).pictures) == 3
    assert desk.recordings.progress(uid).end is RecordingEnd.INTERRUPTED
    with pytest.raises(StorageError):
        desk.recordings.start_recording(a_plan(), a_setup())


def test_a_nearly_full_disk_refuses_to_begin(qtbot: QtBot, tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "disk", 2) as disk,
        running(qtbot, disk / "audits", RecordingLimits()) as desk,
    ):
        with pytest.raises(DiskFull):
            desk.recordings.start_recording(a_plan(), a_setup())
        assert list((disk / "audits").iterdir()) == []
        assert desk.recordings.recordings() == []


def test_a_disk_that_fills_up_ends_the_recording_in_time(qtbot: QtBot, tmp_path: Path) -> None:
    limits = RecordingLimits(start_free=2**20, stop_free=2**20)
    with (
        small_disk(tmp_path / "disk", 4) as disk,
        running(qtbot, disk / "audits", limits) as desk,
    ):
        uid = desk.recordings.start_recording(a_plan(), a_setup())
        frame = 0

        def has_ended() -> bool:
            nonlocal frame
            if desk.state(uid) is RecordingState.RUNNING:
                feed(desk.recordings, desk.bus, frame % 20)
                frame += 1
            return desk.state(uid) is RecordingState.READY

        qtbot.waitUntil(has_ended, timeout=30_000)
        assert desk.recordings.progress(uid).end is RecordingEnd.DISK_FULL
        assert shutil.disk_usage(disk).free > 2**18
        opened = open_recording(disk / "audits" / uid)
        assert len(opened.recording.pictures) == opened.status.pictures > 3


@pytest.mark.expects_warning
def test_a_disk_that_is_full_at_once_loses_no_described_picture(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 4) as disk, running(qtbot, disk / "audits") as desk:
        uid = desk.recordings.start_recording(a_plan(), a_setup())
        desk.feed(0)
        folder = disk / "audits" / uid
        qtbot.waitUntil((folder / "recording.json").exists)
        ballast = fill(disk)
        desk.feed(1)
        qtbot.waitUntil(lambda: desk.state(uid) is RecordingState.READY)
        assert desk.recordings.progress(uid).end is RecordingEnd.DISK_FULL
        assert [one.raw for one in read_recording(folder).pictures] == [people(0)]
        ballast.unlink()


def test_a_recording_has_a_largest_size(qtbot: QtBot, tmp_path: Path) -> None:
    limits = RecordingLimits(start_free=1, stop_free=1, largest=len(jpeg(0)) + 1)
    with running(qtbot, tmp_path, limits) as desk:
        uid = desk.recordings.start_recording(a_plan(), a_setup())
        desk.feed(0)
        desk.feed(1)
        qtbot.waitUntil(lambda: desk.state(uid) is RecordingState.READY)
        assert desk.recordings.progress(uid).end is RecordingEnd.TOO_LARGE


def test_discarding_deletes_the_pictures_even_while_it_runs(qtbot: QtBot, tmp_path: Path) -> None:
    with running(qtbot, tmp_path) as desk:
        done = desk.recordings.start_recording(a_plan(), a_setup())
        desk.feed(0)
        finished(qtbot, desk, done)
        desk.recordings.discard(done)
        assert not (tmp_path / done).exists()
        uid = desk.recordings.start_recording(a_plan(), a_setup())
        desk.feed(1)
        desk.recordings.discard(uid)
        qtbot.waitUntil(lambda: desk.recordings.recordings() == [])
        assert list(tmp_path.iterdir()) == []
        with pytest.raises(NotFound):
            desk.recordings.progress(uid)


def test_old_recordings_are_deleted_at_the_start_and_it_says_so(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with running(qtbot, tmp_path) as desk:
        uids = []
        for _ in range(2):
            uids.append(desk.recordings.start_recording(a_plan(), a_setup()))
            desk.feed(0)
            finished(qtbot, desk, uids[-1])
        old, kept = uids
        desk.recordings.keep(kept)
    stray = tmp_path / "stray"
    stray.mkdir()
    week = KEPT_FOR.total_seconds()
    os.utime(stray, (time.time() - 2 * week, time.time()))
    later = datetime.now(UTC) + KEPT_FOR + timedelta(minutes=1)
    with running(qtbot, tmp_path, clock=lambda: later) as desk:
        assert {one.uid: one.state for one in desk.recordings.recordings()} == {
            old: RecordingState.EXPIRED,
            kept: RecordingState.KEPT,
        }
        with pytest.raises(NotFound):
            desk.recordings.folder_of(old)
    assert [one.name for one in tmp_path.iterdir()] == [kept]


@pytest.mark.parametrize(
    "values",
    [
        {"seconds": 0.0},
        {"seconds": 5 * 3600.0},
        {"kind": AuditKind.PASSAGES},
        {"place": "Door"},
        {"pictures": 3},
        {"kind": AuditKind.PICTURES},
        {"kind": AuditKind.PICTURES, "pictures": 0},
        {"settle_s": float("inf")},
    ],
)
def test_a_plan_that_cannot_be_is_refused(values: dict[str, object]) -> None:
    usual: dict[str, object] = {
        "camera_id": GATE,
        "camera_name": "Gate",
        "kind": AuditKind.OCCUPANCY,
        "place": None,
        "seconds": 60.0,
    }
    with pytest.raises(InvalidSetting):
        RecordingPlan(**{**usual, **values})  # type: ignore[arg-type]
