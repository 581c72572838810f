"""A killed program loses nothing that it had confirmed, in the history or in the spool."""

from __future__ import annotations

import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from camwatch.data.engine import Database
from camwatch.domain import CameraId
from tests.data.nursery import CAMERAS, Nursery, make_profile, spooled_seconds
from tests.data.test_rollup import RECOMPUTED, STORED
from tests.data.values import NOON

ROUNDS = 20
pytestmark = [
    pytest.mark.sqlite_only,
    pytest.mark.skipif(sys.platform != "linux", reason="needs fork and /proc"),
]


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


def confirmed_in(output: Path) -> set[int]:
    """Return what a child wrote down before it was killed."""
    lines = output.read_text().splitlines(keepends=True) if output.exists() else []
    assert not any(line.startswith("crashed") for line in lines), lines[-1]
    return {int(line) for line in lines if line.endswith("\n") and line.strip().isdigit()}


def stored_seconds(profile: Path) -> set[int]:
    """Return the seconds of which the history has all, and check that it is sound."""
    with closing(sqlite3.connect(profile / "camwatch.sqlite3")) as connection:
        assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        assert connection.execute(STORED).fetchall() == connection.execute(RECOMPUTED).fetchall()
        rows = connection.execute("SELECT ts, count(*) FROM sample GROUP BY ts").fetchall()
    assert all(cameras == CAMERAS for _, cameras in rows), "half of a batch"
    return {round(ts / 1000 - NOON.timestamp()) for ts, _ in rows}


def kill_once(
    nursery: Nursery, profile: Path, first: int, chance: random.Random
) -> tuple[set[int], set[int], set[int]]:
    """Let a child save and kill it: what it confirmed, what is stored, and what is spooled."""
    output = profile / "confirmed.txt"
    output.unlink(missing_ok=True)
    wanted = chance.randint(1, 16)
    child = nursery.start(profile, first, -1, output, is_away=True)
    child.go()
    while len(confirmed_in(output)) < wanted:
        time.sleep(0.002)
    time.sleep(chance.random() * 0.01)  # anywhere in what it does next
    child.kill()
    child.wait()
    return confirmed_in(output), stored_seconds(profile), spooled_seconds(profile)


@pytest.mark.fault("F80", "L14")
def test_confirmed_rows_survive_being_killed(nursery: Nursery, tmp_path: Path) -> None:
    chance = random.Random()
    seed = chance.randrange(10**9)
    chance.seed(seed)
    make_profile(tmp_path)
    expected: set[int] = set()
    first = spooled_rounds = 0
    for _ in range(ROUNDS):
        confirmed, stored, spooled = kill_once(nursery, tmp_path, first, chance)
        expected |= confirmed
        missing = expected - stored - spooled
        assert not missing, f"{len(missing)} confirmed seconds are gone (seed {seed})"
        spooled_rounds += bool(spooled - stored)
        first = max(stored | spooled) + 1
    assert spooled_rounds > 0, f"the spool was never needed (seed {seed})"

    # The next start saves what waits: each second once, its trails too.
    output = tmp_path / "last.txt"
    while first // 8 % 2:  # the history is not away
        first += 1
    child = nursery.start(tmp_path, first, first + 1, output)
    child.go()
    child.wait()
    stored = stored_seconds(tmp_path)
    assert expected <= stored
    assert spooled_seconds(tmp_path) == set()
    with Database.open(tmp_path / "camwatch.sqlite3") as database:
        heat = database.trails.heat(CameraId(1), NOON, NOON + timedelta(days=2))
        assert heat.watched_s == len(stored), f"a batch was saved twice (seed {seed})"
