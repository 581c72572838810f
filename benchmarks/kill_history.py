"""Kills a program that saves counts, 200 times at any moment, and looks for what is missing.

    python benchmarks/kill_history.py --kills 200 --json

Half of the time the history is away, so that counts go to the spool. After each kill the file is
checked, and every second that was confirmed must be in the history or in the spool.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from camwatch.data.engine import Database
from tests.data.nursery import Nursery, make_profile
from tests.data.test_kill import kill_once


def measure(profile: Path, kills: int, seed: int) -> dict[str, object]:
    """Kill so often; return what was confirmed, and what of it is missing."""
    chance = random.Random(seed)
    make_profile(profile)
    confirmed: set[int] = set()
    missing: set[int] = set()
    first = in_spool = in_time = 0
    opened_s: list[float] = []
    with Nursery() as nursery:
        for _ in range(kills):
            new, stored, spooled = kill_once(nursery, profile, first, chance)
            confirmed |= new
            missing |= confirmed - stored - spooled
            in_spool += bool(spooled - stored)
            first = max(stored | spooled) + 1
            started_s = time.perf_counter()
            Database.open(profile / "camwatch.sqlite3").close()
            opened_s.append(time.perf_counter() - started_s)
            in_time += opened_s[-1] <= 5.0
    return {
        "kills": kills,
        "seed": seed,
        "confirmed_seconds": len(confirmed),
        "lost_seconds": len(missing),
        "sound": kills,  # kill_once refuses anything else
        "kills_with_rows_in_the_spool": in_spool,
        "opened_within_5_s": in_time,
        "slowest_opening_s": round(max(opened_s), 2),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="camwatch-kill-") as folder:
        found = measure(Path(folder), options.kills, options.seed)
    if options.json:
        print(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            print(f"{name:32} {value}")
    return 1 if found["lost_seconds"] else 0


if __name__ == "__main__":
    sys.exit(main())
