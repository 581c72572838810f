"""A process that has all imported and forks a child for each thing to do, in milliseconds.

    with Nursery() as nursery:
        child = nursery.start("save", profile, first, batches, output)

A child stops itself before it begins, so that it can be traced; `Child.go` lets it begin.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
import traceback
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from camwatch.data.engine import Database
from camwatch.data.spool import Spool
from camwatch.data.spool_file import look_through
from camwatch.domain import CameraId
from camwatch.errors import DatabaseBusy, StorageError
from camwatch.events import Bus, StorageSuspect, StorageTroubled
from camwatch.history.batches import Row, from_bytes
from camwatch.scene.dwell import HourTrails
from camwatch.scene.heat import Heat
from camwatch.workers.saving import Saver, Timing
from camwatch.workers.store import Store
from tests.data.values import NOON, sample, settings

ROOT = Path(__file__).resolve().parent.parent.parent
CAMERAS = 3
_AWAY_EVERY = 8


def make_profile(folder: Path) -> None:
    """Make a history with its cameras."""
    folder.mkdir(parents=True, exist_ok=True)
    with Database.open(folder / "camwatch.sqlite3") as database:
        for number in range(CAMERAS):
            database.cameras.add(settings(f"camera {number}"))


def rows_of(number: int) -> list[Row]:
    """Return the rows of a second, the same each time; who adds up the trails counts seconds."""
    rows: list[Row] = [
        sample(CameraId(camera), number, (camera + number) % 7) for camera in range(1, CAMERAS + 1)
    ]
    hour = int((NOON + timedelta(seconds=number)).timestamp()) // 3600
    rows.append(HourTrails(CameraId(1), hour, replace(Heat.empty(), watched_s=1.0)))
    return rows


def spooled_seconds(profile: Path) -> set[int]:
    """Return the seconds that wait in the spool, without touching it."""
    found = set()
    for file in sorted((profile / "spool").glob("*.spool")):
        for record in look_through(file).records:
            batch = from_bytes(record.body)
            found |= {round((one.at - NOON).total_seconds()) for one in batch.samples}
    return found


def open_as_a_person_would(file: Path) -> Database:
    """Open the history; start once more if the disk refused just then."""
    try:
        return Database.open(file)
    except StorageError:
        return Database.open(file)


def save(profile: Path, first: int, stop: int, output: Path, is_away: bool) -> None:
    """Save second after second, and write down each that is confirmed.

    Args:
        profile: Made by `make_profile`.
        first: The first second.
        stop: Behind the last one; -1 for ever.
        output: A line for each second, then one of JSON: what was told.
        is_away: Eight of sixteen seconds the history is away, so that rows go to the spool.
    """
    now_s, number = 0.0, first
    troubles: list[StorageTroubled] = []
    suspects: list[StorageSuspect] = []
    notes: list[str] = []
    bus = Bus()
    bus.subscribe(StorageTroubled, troubles.append)
    bus.subscribe(StorageSuspect, suspects.append)
    with output.open("a", buffering=1) as stream:
        database = open_as_a_person_would(profile / "camwatch.sqlite3")

        def keep(*args: object, **names: object) -> int:
            if is_away and number // _AWAY_EVERY % 2:
                raise DatabaseBusy("away")
            return database.counts.save(*args, **names)  # type: ignore[arg-type]

        store = Store(
            keep,
            Spool(profile / "spool", 2**30, segment_bytes=4096),
            check=database.check,
            identity=database.identity,
            note=notes.append,
        )
        saver = Saver(store, bus, Timing(delayed_s=0.0, leave_s=0.0), lambda: now_s)
        saver.begin()
        while number != stop:
            saver.add(rows_of(number))
            tries = 0
            while saver.held_rows and tries < 20:
                now_s += 20.0
                tries += 1
                saver.step()
                if saver._check is not None:
                    saver._check.join()
            if not saver.held_rows:
                stream.write(f"{number}\n")
            number += 1
        saver.finish()
        told = {
            "errors": sorted({type(one.error).__name__ for one in troubles if one.error}),
            "lost": max((one.lost_rows for one in troubles), default=0),
            "suspects": [one.words for one in suspects],
            "notes": notes,
        }
        database.close()
        stream.write(json.dumps(told) + "\n")


@dataclass(frozen=True, slots=True)
class Child:
    """A forked process that waits to be let go."""

    pid: int
    watch: int

    def go(self) -> None:
        """Let it begin."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End it at once, wherever it is."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self, timeout_s: float = 30.0) -> None:
        """Wait until it ended."""
        try:
            ready, _, _ = select.select([self.watch], [], [], timeout_s)
            assert ready, "it does not end"
        finally:
            os.close(self.watch)


class Nursery:
    """Forks children of a process that has nothing but what they need."""

    def __init__(self) -> None:
        self._one_at_once = threading.Lock()

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.data.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def start(
        self, profile: Path, first: int, stop: int, output: Path, *, is_away: bool = False
    ) -> Child:
        """Fork a child for `save`; it waits for `go`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        what = [str(profile), first, stop, str(output), is_away]
        with self._one_at_once:
            self._process.stdin.write(json.dumps(what) + "\n")
            self._process.stdin.flush()
            pid = int(self._process.stdout.readline())
        watch = os.pidfd_open(pid)
        return Child(pid, watch)


def _be_a_child(line: str) -> None:
    profile, first, stop, output, is_away = json.loads(line)
    try:
        os.kill(os.getpid(), signal.SIGSTOP)
        save(Path(profile), first, stop, Path(output), is_away)
    except BaseException:  # noqa: BLE001 - told to the parent
        with Path(output).open("a") as stream:
            stream.write("crashed: " + traceback.format_exc())
    finally:
        os._exit(0)


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    while line := sys.stdin.readline():
        pid = os.fork()
        if pid == 0:
            _be_a_child(line)
        # Stopped by now, or about to be: a SIGCONT before that would be lost.
        _wait_stopped(pid)
        print(pid, flush=True)  # noqa: T201 - the parent reads it


def _wait_stopped(pid: int) -> None:
    while True:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        if state in {"T", "t", "Z"}:
            return
        os.sched_yield()


if __name__ == "__main__":
    main()
