"""Lets the n-th writing-through to the disk fail, for n from 1 to 60, and looks for what is missing.

    python benchmarks/failing_disk.py --calls 60 --json

Each time a program of its own saves counts, strace lets its n-th fdatasync end with an
input/output error, and afterwards every second that was confirmed must be in the history or in the
spool, the history sound, and the trouble told where the history was being saved into. Linux only.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.data.nursery import Nursery, make_profile, spooled_seconds
from tests.data.test_disk_errors import NO_SYNC, run_all
from tests.data.test_kill import stored_seconds


def measure(folder: Path, calls: int) -> dict[str, object]:
    """Let each call fail once, in a run of its own; return what came of it."""
    plain = folder / "plain"
    make_profile(plain)
    with Nursery() as nursery:
        # About one call a second, besides those that opening needs.
        seconds = calls + 10
        whens = [str(n) for n in range(1, calls + 1)]
        runs = run_all(nursery, plain, NO_SYNC, whens, seconds)
    everything = set(range(seconds))
    lost = {
        when: len(everything - stored_seconds(one.profile) - spooled_seconds(one.profile))
        for when, one in runs.items()
    }  # stored_seconds refuses a file that is not sound
    told = [when for when, one in runs.items() if one.told["suspects"]]
    return {
        "runs": len(runs),
        "calls_that_failed": sum(one.hits for one in runs.values()),
        "ended_early": sum(one.confirmed != everything for one in runs.values()),
        "lost_seconds": sum(lost.values()),
        "told_more_than_once": sum(len(one.told["suspects"]) > 1 for one in runs.values()),
        "told_at": told,
        "not_told_at": [when for when in runs if when not in told],
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="camwatch-disk-") as folder:
        found = measure(Path(folder), options.calls)
    if options.json:
        print(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            print(f"{name:24} {value}")
    is_reached = found["calls_that_failed"] == found["runs"]
    return 1 if found["lost_seconds"] or found["ended_early"] or not is_reached else 0


if __name__ == "__main__":
    sys.exit(main())
