"""How long a rehearsal takes: 30 days of minutes, 8 subjects, each kind of condition.

Run as `python -m benchmarks.rehearsal`. The limit is 300 ms, so that the chart follows the slider.
"""

from __future__ import annotations

import statistics
import sys
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from camwatch.alerts.alert import Subject
from camwatch.alerts.minutes import StoredHistory, StoredSeries
from camwatch.alerts.rehearsal import rehearse
from camwatch.alerts.rules import (
    Balance,
    CameraCondition,
    CameraTrouble,
    Condition,
    Crossings,
    Occupancy,
    Rule,
    Side,
    Unusual,
    Way,
)
from camwatch.domain import CameraId

DAYS = 30
SUBJECTS = 8
LIMIT_MS = 300.0
TIMES = 7

CONDITIONS: dict[str, Condition] = {
    "occupancy": Occupancy(Side.ABOVE, 30, 3, 120.0),
    "occupancy, fires all the time": Occupancy(Side.ABOVE, 5, 1, 0.0, critical_at=20),
    "crossings": Crossings(Way.BOTH, Side.ABOVE, 40, 900.0),
    "balance": Balance(Side.ABOVE, 50, 5),
    "unusual": Unusual(least_weeks=2),
    "camera": CameraCondition(CameraTrouble.DOWN),
}


def history() -> StoredHistory:
    """Return days of a busy place, with gaps."""
    random = np.random.default_rng(7)
    minutes = DAYS * 1440
    hour = np.arange(minutes) / 60 % 24
    series = {}
    for number in range(SUBJECTS):
        mean = 20 * np.exp(-(((hour - 13) / 4) ** 2)) + random.gamma(2.0, 2.0, minutes)
        gap = np.repeat(random.random(minutes // 30) < 0.05, 30)
        mean[gap] = np.nan
        coverage = np.where(gap, 0.0, 1.0)
        series[Subject.of_camera(CameraId(number))] = StoredSeries(
            f"Camera {number}",
            *(
                part.astype(np.float32)
                for part in (
                    np.ceil(mean + random.gamma(2.0, 2.0, minutes)),
                    np.floor(mean / 2),
                    mean,
                    coverage,
                    np.where(gap, np.nan, random.poisson(1.4, minutes)),
                    np.where(gap, np.nan, random.poisson(1.4, minutes)),
                    np.repeat((random.random(minutes // 60) < 0.02).astype(float), 60),
                )
            ),
        )
    return StoredHistory(datetime(2026, 3, 2, tzinfo=UTC), minutes, series)


def main() -> int:
    """Measure, print, and fail if it takes too long."""
    stored = history()
    worst = 0.0
    for name, condition in CONDITIONS.items():
        rule = Rule("1", name, condition, cool_down_s=600.0)
        taken = []
        for _ in range(TIMES):
            begun = time.perf_counter()
            found = rehearse(rule, stored, ZoneInfo("Europe/Berlin"))
            taken.append((time.perf_counter() - begun) * 1000)
        worst = max(worst, statistics.median(taken))
        print(
            f"{name:30} {statistics.median(taken):7.1f} ms (most {max(taken):.1f}); "
            f"fired {found.fired}, {found.at_night} at night, told {found.told}"
        )
    print(f"{SUBJECTS} subjects x {DAYS} days: at most {worst:.0f} ms of {LIMIT_MS:.0f}")
    return 0 if worst <= LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
