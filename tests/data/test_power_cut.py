"""The power fails while the history is made, written, or brought up to date.

`benchmarks/power_cut.py` does the same for thousands of moments.
"""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path

import pytest

from tests.data.power_check import what_is_wrong
from tests.support.power_cut import Disk, Op, record, write_down

ROOT = Path(__file__).resolve().parents[2]
MOMENTS = 95

pytestmark = [
    pytest.mark.sqlite_only,
    pytest.mark.fault("F81"),
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]


def ops_of(folder: Path, batches: int, pages: int, log: Path) -> list[Op]:
    command = [sys.executable, "-m", "tests.data.power_child", str(folder), str(batches)]
    return record([*command, str(pages)], folder, log, ROOT)


def test_whenever_the_power_fails_what_was_confirmed_is_there(tmp_path: Path) -> None:
    folder, found = tmp_path / "profile", tmp_path / "found"
    folder.mkdir()
    ops = ops_of(folder, 24, 40, tmp_path / "log")
    kinds = [op.kind for op in ops]
    assert kinds.count("confirm") >= 30
    assert kinds.count("sync") > 40
    assert any(op.kind == "write" and op.name == "camwatch.sqlite3" for op in ops[200:])
    chance = random.Random()
    seed = chance.randrange(10**9)
    chance.seed(seed)
    # While it is made there is nothing to lose yet, and making it takes the look a while.
    made = kinds.index("confirm")
    moments = {*chance.sample(range(made), 12), *chance.sample(range(made, len(ops)), MOMENTS)}
    disk, manners = Disk(), ("all", "none", "torn", "torn", "torn")
    for number, op in enumerate(ops):
        disk.do(op)
        if number in moments:
            manner = chance.choice(manners)
            write_down(disk.found(manner, chance), found)
            wrong = what_is_wrong(found / "camwatch.sqlite3", disk.confirmed)
            assert not wrong, f"after {number} of {len(ops)}, {manner}, seed {seed}: {wrong}"


def test_a_disk_that_lies_is_found_out(tmp_path: Path) -> None:
    """The same look fails where what was written through is not there."""
    folder, found = tmp_path / "profile", tmp_path / "found"
    folder.mkdir()
    ops = ops_of(folder, 4, 0, tmp_path / "log")
    disk = Disk()
    for op in ops:
        if op.kind != "sync" or not disk.confirmed:
            disk.do(op)
        if disk.confirmed and disk.confirmed[-1] == b"batch 3\n":
            break
    write_down(disk.found("none", random.Random(1)), found)
    assert "gone" in what_is_wrong(found / "camwatch.sqlite3", disk.confirmed)
