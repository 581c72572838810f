"""Cut the power at thousands of moments, and kill each step of a migration; print one JSON object.

    python benchmarks/power_cut.py
    python benchmarks/power_cut.py --moments 500

A program writes a history with the real code and the real SQLite while strace records what it
asks the system for. From that, disks are built as they can be found when the power fails: with
all that was on its way, with nothing of it, and with some of its 512-byte sectors. Each is opened
and compared with the ledger of what had been confirmed before. The same is done for bringing a
history of the oldest schema up to date, whose every statement is also the last one of a process
that is killed there. It takes some minutes, runs from a checkout, and needs strace.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.data.power_check import what_is_wrong  # noqa: E402 - found by the line above
from tests.data.test_migration_kill import make_old  # noqa: E402
from tests.support.power_cut import Disk, record, write_down  # noqa: E402

MANNERS = ("all", "none", "torn", "torn")


def cut(folder: Path, moments: int, batches: int, *, is_old: bool, seed: int) -> dict[str, Any]:
    """Record one run and cut its power at so many moments."""
    profile, found = folder / "profile", folder / "found"
    shutil.rmtree(profile, ignore_errors=True)
    profile.mkdir()
    if is_old:
        make_old(profile / "camwatch.sqlite3")
        shutil.copyfile(profile / "camwatch.sqlite3", folder / "old.sqlite3")
    command = [sys.executable, "-m", "tests.data.power_child", str(profile), str(batches), "0"]
    before = {each.name: each.read_bytes() for each in profile.iterdir()}
    ops = record(command, profile, folder / "log", ROOT)
    chance = random.Random(seed)
    per_op = max(1, -(-moments // len(ops)))
    chosen = set(chance.sample(range(len(ops)), min(moments, len(ops))))
    disk = Disk.holding(before)
    tried: Counter[str] = Counter()
    wrong = []
    for number, op in enumerate(ops):
        disk.do(op)
        for _ in range(per_op if number in chosen else 0):
            manner = chance.choice(MANNERS)
            write_down(disk.found(manner, chance), found)
            tried[manner] += 1
            what = what_is_wrong(found / "camwatch.sqlite3", disk.confirmed)
            if what:
                wrong.append(f"after {number} of {len(ops)}, {manner}: {what}")
    return {
        "operations": len(ops),
        "writes": sum(op.kind == "write" for op in ops),
        "syncs": sum(op.kind.startswith("sync") for op in ops),
        "confirmed": sum(op.kind == "confirm" for op in ops),
        "cuts": sum(tried.values()),
        "manners": dict(tried),
        "wrong": wrong,
    }


def kill(folder: Path) -> dict[str, Any]:
    """Kill a migration at each of its statements."""
    command = [sys.executable, "-m", "tests.data.migration_child"]
    places = [str(folder / "old.sqlite3"), str(folder / "try")]
    ran = subprocess.run([*command, *places, "1"], cwd=ROOT, capture_output=True, check=True)
    tries = [json.loads(line) for line in ran.stdout.splitlines()]
    last = tries[-1]["next"]
    wrong = [
        one["at"]
        for one in tries
        if one["next"]["tables"] != last["tables"]
        or one["then"]["check"] != "ok"
        or one["then"]["samples"] != last["samples"]
        or one["then"]["version"] not in {"0001", last["version"]}
    ]
    return {"kills": sum(one["killed"] for one in tries), "wrong": wrong}


def main() -> int:
    """Cut and kill; return 1 if something was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=2400)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="camwatch-power-") as name:
        folder = Path(name)
        found: dict[str, Any] = {
            "seed": arguments.seed,
            "writing": cut(folder, arguments.moments, 260, is_old=False, seed=arguments.seed),
            "migrating": cut(folder, arguments.moments // 4, 4, is_old=True, seed=arguments.seed),
            "killed_migrating": kill(folder),
        }
    found["minutes"] = round((time.monotonic() - started) / 60, 1)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return int(any(found[part]["wrong"] for part in ("writing", "migrating", "killed_migrating")))


if __name__ == "__main__":
    sys.exit(main())
