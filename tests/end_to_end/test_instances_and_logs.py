"""The real program: a second start, a lock of one that was killed, a log that cannot be written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile

from camwatch import logs
from camwatch.paths import Profile

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from PySide6.QtCore import QCoreApplication, QLockFile
application = QCoreApplication(["camwatch"])
lock = QLockFile(sys.argv[1])
print("held" if lock.tryLock(0) else "refused", flush=True)
sys.stdin.read()
"""


def holder(lock: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def closed(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait(20)
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()


@pytest.mark.fault("F132")
def test_a_lock_is_kept_while_its_owner_lives_and_taken_over_when_it_was_killed(
    tmp_path: Path,
) -> None:
    file = tmp_path / "camwatch.lock"
    first = holder(file)
    mine = QLockFile(str(file))
    assert not mine.tryLock(0)
    # However old the lock is: the owner lives, and holds the file.
    os.utime(file, (0, 0))
    assert not mine.tryLock(0)
    first.send_signal(signal.SIGKILL)
    closed(first)
    assert file.exists()
    assert mine.tryLock(0)
    mine.unlock()


@pytest.mark.fault("F132")
@pytest.mark.skipif(sys.platform != "linux", reason="the lock is looked at as Linux has it")
def test_a_lock_whose_number_belongs_to_another_process_by_now_is_taken_over(
    tmp_path: Path,
) -> None:
    file = tmp_path / "camwatch.lock"
    first = holder(file)
    lines = file.read_text(encoding="utf-8").split("\n")
    closed(first)
    other = subprocess.Popen(["sleep", "60"])
    lines[0] = str(other.pid)
    file.write_text("\n".join(lines), encoding="utf-8")
    mine = QLockFile(str(file))
    assert mine.tryLock(0)
    mine.unlock()
    other.kill()
    other.wait(20)


@pytest.mark.fault("F133")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux's always full disk")
def test_a_full_disk_of_the_log_is_told_once_and_stops_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = (
        "import logging, sys; from pathlib import Path; from camwatch import logs\n"
        "logs.set_up(Path(sys.argv[1]))\n"
        "log = logging.getLogger('camwatch.x')\n"
        "for n in range(50): log.info('line %d', n)\n"
        "print(*logs.trouble(), sep='|')\n"
        "logging.getLogger().handlers[-1].stream = open(sys.argv[2], 'w')\n"
        "log.info('there is room again'); print(*logs.trouble(), sep='|')\n"
    )
    full = tmp_path / "camwatch.log"
    full.symlink_to("/dev/full")
    done = subprocess.run(
        [sys.executable, "-c", code, str(full), str(tmp_path / "room.log")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert "No space left" in first
    assert first.endswith("|50")
    assert second == "|50"
    assert done.stderr.count("cannot be written") == 1
    assert "Traceback" not in done.stderr
    assert "there is room again" in (tmp_path / "room.log").read_text(encoding="utf-8")


@pytest.mark.fault("F133")
@pytest.mark.expects_warning
def test_without_a_folder_for_the_log_the_profile_is_used_all_the_same(tmp_path: Path) -> None:
    profile = Profile(tmp_path / "profile")
    profile.folder.mkdir()
    (profile.folder / "logs").write_text("a file in the way", encoding="utf-8")
    profile.create()
    logs.set_up(profile.log_file)
    words, _ = logs.trouble()
    assert "cannot be written" in words
    logs.set_up(None)
    assert logs.trouble() == ("", 0)
