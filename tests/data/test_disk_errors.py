"""The disk refuses at the n-th write: real system calls of a real process, failed by strace."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.data.nursery import Child, Nursery, make_profile, spooled_seconds
from tests.data.test_kill import confirmed_in, stored_seconds

SECONDS = 25
AT_ONCE = 3
SAVING = ["10", "12", "15", "18", "21"]
"""At these calls, and behind them, the history is open and saved into."""
NO_ROOM = ("pwrite64", "ENOSPC")
NO_SYNC = ("fdatasync", "EIO")

pytestmark = [
    pytest.mark.sqlite_only,
    pytest.mark.skipif(sys.platform != "linux", reason="needs fork and strace"),
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]


@dataclass(frozen=True, slots=True)
class Run:
    """What became of a child whose disk refused.

    Attributes:
        hits: How many of its calls were refused.
        told: What it told at its end.
    """

    profile: Path
    hits: int
    confirmed: set[int]
    told: dict[str, Any]


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A profile to be copied, which is faster than making each."""
    folder = tmp_path / "plain"
    make_profile(folder)
    return folder


def trace(child: Child, log: Path, call: str, error: str, when: str) -> subprocess.Popen[str]:
    """Have calls of a stopped child refused; skip the test where nobody may trace another."""
    tracer = subprocess.Popen(
        [
            "strace",
            "-o",
            str(log),
            "-p",
            str(child.pid),
            "-e",
            f"trace={call}",
            "-e",
            f"inject={call}:error={error}:when={when}",
        ],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert tracer.stderr is not None
    said = tracer.stderr.readline()
    if "attached" not in said:
        child.kill()
        tracer.wait()
        pytest.skip(f"strace may not trace here: {said}")
    return tracer


def run(
    nursery: Nursery, folder: Path, call: tuple[str, str], when: str, seconds: int = SECONDS
) -> Run:
    """Let a child save in a copy of the profile beside the folder, and its n-th call fail."""
    plain = folder.with_name("plain")
    shutil.copytree(plain, folder)
    output = folder / "confirmed.txt"
    child = nursery.start(folder, 0, seconds, output)
    log = folder / "strace.txt"
    with trace(child, log, *call, when) as tracer:
        child.go()
        child.wait()
        tracer.communicate()
    confirmed = confirmed_in(output)
    lines = output.read_text().splitlines()
    assert lines[-1].startswith("{"), f"{when}: it ended early: {lines[-3:]}"
    hits = log.read_text().count("(INJECTED)")
    return Run(folder, hits, confirmed, json.loads(lines[-1]))


def run_all(
    nursery: Nursery,
    plain: Path,
    call: tuple[str, str],
    whens: list[str],
    seconds: int = SECONDS,
) -> dict[str, Run]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = pool.map(
            lambda when: run(nursery, plain.with_name(f"at {when}"), call, when, seconds), whens
        )
        return dict(zip(whens, runs, strict=True))


@pytest.mark.fault("F73")
def test_no_room_at_any_write_crashes_nothing_and_loses_nothing(
    nursery: Nursery, plain: Path
) -> None:
    whens = [str(n) for n in range(1, 61)]
    for when, one in run_all(nursery, plain, NO_ROOM, whens).items():
        assert one.hits == 1, when
        assert one.confirmed == set(range(SECONDS)), when
        assert stored_seconds(one.profile) | spooled_seconds(one.profile) == one.confirmed, when
        assert one.told["lost"] == 0


@pytest.mark.fault("F73")
def test_no_room_from_some_write_on_lets_counts_wait_beside_it(
    nursery: Nursery, plain: Path
) -> None:
    for when, one in run_all(nursery, plain, NO_ROOM, ["30+", "60+"]).items():
        assert one.hits > 1
        assert one.told["errors"] == ["DiskFull"]
        assert one.confirmed == set(range(SECONDS)), when
        stored, spooled = stored_seconds(one.profile), spooled_seconds(one.profile)
        assert spooled
        assert stored | spooled == one.confirmed, when


@pytest.mark.fault("F72")
def test_writing_through_fails_once_and_the_batch_is_saved_once(
    nursery: Nursery, plain: Path
) -> None:
    whens = ["1", "2", *SAVING]
    runs = run_all(nursery, plain, NO_SYNC, whens)
    for when, one in runs.items():
        assert one.hits == 1, when
        assert one.confirmed == set(range(SECONDS)), when
        assert stored_seconds(one.profile) | spooled_seconds(one.profile) == one.confirmed, when
    for one in (runs[when] for when in SAVING):
        assert one.told["errors"] == ["DiskFailing"]
        assert len(one.told["suspects"]) == 1
        assert "may be failing" in one.told["suspects"][0]
        assert "is sound" in one.told["suspects"][0]
        assert len(one.told["notes"]) == 1  # for the audit log


@pytest.mark.fault("F72")
def test_writing_through_always_fails_and_counts_wait_beside_it(
    nursery: Nursery, plain: Path
) -> None:
    for when, one in run_all(nursery, plain, NO_SYNC, ["10+", "20+"]).items():
        assert one.hits > 1
        assert one.confirmed == set(range(SECONDS)), when
        stored, spooled = stored_seconds(one.profile), spooled_seconds(one.profile)
        assert spooled
        assert stored | spooled == one.confirmed, when
        assert one.told["lost"] == 0
        assert len(one.told["suspects"]) == 1, when  # told once, not at each try
