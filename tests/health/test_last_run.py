"""How the last run ended, found out by the next one; with processes that really are killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from camwatch.health import Finding, Grade, Part
from camwatch.health.chronicle import KEPT, MOST_CHANGES, Chronicle
from camwatch.health.last_run import CrashReport, RunMarker, last_crash

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import faulthandler, os, sys
from pathlib import Path
from camwatch import logs
from camwatch.health.last_run import RunMarker, crash_file
folder = Path(sys.argv[1])
(folder / "logs").mkdir(exist_ok=True)
marker = RunMarker(folder, folder / "logs", "1.2.3")
logs.set_up(folder / "logs" / "camwatch.log", to_stderr=False)
marker.begin()
with crash_file(marker.crash_file):
    if sys.argv[2] == "fault":
        logs.log_crash("poller", ValueError("odd"))
        faulthandler._sigsegv()
    if sys.argv[2] == "wait":
        print("runs", flush=True)
        sys.stdin.read()
marker.end()
print("found" if marker.found is not None else "nothing")
"""


def run(folder: Path, what: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN, str(folder), what],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def found_after(folder: Path) -> CrashReport:
    marker = RunMarker(folder, folder / "logs", "1.2.4")
    marker.begin()
    assert marker.found is not None
    return marker.found


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.expects_warning
def test_a_fault_is_told_at_the_next_start_with_where_it_was(tmp_path: Path) -> None:
    assert run(tmp_path, "fault").returncode == -signal.SIGSEGV
    crash = found_after(tmp_path)
    assert crash.fault == "Segmentation fault"
    assert "Current thread" in crash.trace
    assert "_sigsegv" in crash.trace or "<string>" in crash.trace
    assert crash.version == "1.2.3"
    assert crash.error_id
    assert crash.error_id in crash.log_tail
    assert crash.started_at <= crash.alive_at
    assert last_crash(tmp_path) == crash


@pytest.mark.expects_warning
def test_a_killed_run_is_told_until_it_is_dismissed(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(tmp_path), "wait"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == "runs\n"
    process.kill()
    process.wait(20)
    process.stdout.close()
    process.stdin.close()
    marker = RunMarker(tmp_path, tmp_path / "logs", "1.2.4")
    marker.begin()
    assert marker.found is not None
    assert marker.found.fault == ""
    marker.end()
    # Seen, but not dismissed: it is told once more, as the same one.
    again = RunMarker(tmp_path, tmp_path / "logs", "1.2.4")
    again.begin()
    assert again.found == marker.found
    again.dismiss()
    again.end()
    third = RunMarker(tmp_path, tmp_path / "logs", "1.2.4")
    third.begin()
    assert third.found is not None
    assert third.found.is_dismissed


def test_a_run_that_ends_as_it_should_leaves_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, "end").stdout == "nothing\n"
    assert run(tmp_path, "end").stdout == "nothing\n"
    assert last_crash(tmp_path) is None


@pytest.mark.expects_warning
def test_half_a_marker_is_a_crash_of_which_little_is_known(tmp_path: Path) -> None:
    (tmp_path / "running.json").write_text('{"run": "x', encoding="utf-8")
    assert found_after(tmp_path).version == ""


@pytest.mark.expects_warning
@pytest.mark.skipif(os.name != "posix" or os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    marker = RunMarker(tmp_path, tmp_path / "logs", "1.2.4")
    marker.begin()
    marker.touch()
    marker.end()
    tmp_path.chmod(0o700)


NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def found(*grades: Grade) -> Sequence[Finding]:
    parts = (Part.CAMERAS, Part.DISK)
    return [Finding(part, grade, "So.") for part, grade in zip(parts, grades, strict=False)]


def test_changes_are_remembered_from_run_to_run_and_not_without_end(tmp_path: Path) -> None:
    file = tmp_path / "health.json"
    chronicle = Chronicle(file)
    chronicle.note(found(Grade.OK, Grade.OK), NOON)
    chronicle.note(found(Grade.OK, Grade.OK), NOON + timedelta(minutes=1))
    chronicle.note(found(Grade.WARNING, Grade.OK), NOON + timedelta(minutes=2))
    again = Chronicle(file)
    assert [one.grade for one in again.all()[Part.CAMERAS]] == [Grade.OK, Grade.WARNING]
    assert again.since(Part.CAMERAS) == NOON + timedelta(minutes=2)
    assert again.since(Part.DISK) == NOON
    for minute in range(3 * MOST_CHANGES):
        grade = (Grade.OK, Grade.FAILED)[minute % 2]
        again.note(found(grade), NOON + timedelta(minutes=3 + minute))
    assert len(again.all()[Part.CAMERAS]) == MOST_CHANGES
    again.note(found(Grade.OK), NOON + KEPT + timedelta(days=2))
    assert len(again.all()[Part.CAMERAS]) == 2
    assert file.stat().st_size < 100_000
    file.write_text(json.dumps({"from": "yesterday"}), encoding="utf-8")
    assert Chronicle(file).all() == {}


def test_when_the_disk_is_full_is_told_from_how_it_filled(tmp_path: Path) -> None:
    chronicle = Chronicle(tmp_path / "health.json")
    gib = 2**30
    chronicle.note_free(100 * gib, NOON)
    assert chronicle.days_until_full(99 * gib, NOON + timedelta(hours=1)) is None
    later = NOON + timedelta(days=1)
    assert chronicle.days_until_full(90 * gib, later) == pytest.approx(9.0)
    assert chronicle.days_until_full(100 * gib, later) is None
    assert chronicle.days_until_full(101 * gib, later) is None
