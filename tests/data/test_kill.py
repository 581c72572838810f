"""A killed program loses nothing that it had confirmed."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from camwatch.data.engine import Database
from camwatch.data.moments import to_ms
from tests.data.saving_child import batch
from tests.data.test_rollup import RECOMPUTED, STORED
from tests.data.values import settings

pytestmark = pytest.mark.sqlite_only

ROOT = Path(__file__).resolve().parent.parent.parent
ROUNDS = 5


def save_until_killed(file: Path, first: int, confirmed_batches: int) -> list[int]:
    """Let a process save, kill it after so many batches, return all it had confirmed."""
    command = [sys.executable, "-m", "tests.data.saving_child", str(file), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
        assert child.stdout is not None
        confirmed = [int(child.stdout.readline()) for _ in range(confirmed_batches)]
        # It goes on saving meanwhile, so this hits it at any point of its work.
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read().splitlines(keepends=True)
        confirmed += [int(line) for line in rest if line.endswith("\n")]
    assert child.returncode == -signal.SIGKILL
    return confirmed


def test_confirmed_rows_survive_being_killed(file: Path) -> None:
    chance = random.Random()
    seed = chance.randrange(10**9)
    chance.seed(seed)
    with Database.open(file) as database:
        cameras = [int(database.cameras.add(settings(f"camera {n}")).id) for n in range(4)]
    expected: set[tuple[int, int, int]] = set()
    following = 0
    for _ in range(ROUNDS):
        confirmed = save_until_killed(file, following, chance.randint(1, 60))
        for number in confirmed:
            expected |= {
                (one.camera_id, to_ms(one.at), one.count) for one in batch(number, cameras)
            }
        following = confirmed[-1] + 1
        with Database.open(file) as database, database._connections.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            rows = connection.exec_driver_sql("SELECT camera_id, ts, count FROM sample").all()
            missing = expected - {tuple(row) for row in rows}
            assert not missing, f"{len(missing)} confirmed rows are gone (seed {seed})"
            stored = connection.exec_driver_sql(STORED).all()
            assert stored == connection.exec_driver_sql(RECOMPUTED).all()
    assert len(expected) >= ROUNDS * 64
