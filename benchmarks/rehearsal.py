"""How long a rehearsal takes: 30 days of minutes, 8 subjects, each kind of condition.

Run as `python -m benchmarks.rehearsal`. The limit of a rehearsal is 300 ms, so that the chart
follows the slider; to read the history once, for each kind and scope, may take a second.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
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
    PlaceRef,
    Rule,
    Scope,
    Side,
    Unusual,
    Way,
)
from camwatch.commands.stored_history import read_history
from camwatch.commands.watched import watched_cameras
from camwatch.data.engine import Database
from camwatch.domain import CameraId, CameraSettings, CameraState, Reason, StateChange
from camwatch.scene import Line, Scene, Zone

DAYS = 30
SUBJECTS = 8
LIMIT_MS = 300.0
READING_LIMIT_S = 1.0
NOW = datetime(2026, 4, 1, tzinfo=UTC)
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
        down = np.repeat((random.random(minutes // 60) < 0.02).astype(float), 60)
        passed = np.where(gap, np.nan, random.poisson(1.4, (2, minutes)))
        series[Subject.of_camera(CameraId(number))] = StoredSeries(
            f"Camera {number}",
            highest=np.ceil(mean + random.gamma(2.0, 2.0, minutes)).astype(np.float32),
            lowest=np.floor(mean / 2).astype(np.float32),
            mean=mean.astype(np.float32),
            coverage=coverage.astype(np.float32),
            passed_in=passed[0].astype(np.float32),
            passed_out=passed[1].astype(np.float32),
            troubled=down.astype(np.float32),
        )
    return StoredHistory(datetime(2026, 3, 2, tzinfo=UTC), minutes, series)


def stored_on_disk(file: Path) -> None:
    """Fill a history with minutes of as many cameras, each with a line and a zone."""
    scene = Scene(
        lines=(Line("Door", (0.5, 0.1), (0.5, 0.9)),),
        zones=(Zone("Queue", ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5))),),
    )
    first = int(NOW.timestamp()) // 60 - DAYS * 1440
    minutes = range(first, first + DAYS * 1440)
    with Database.open(file, clock=lambda: NOW) as database:
        for number in range(SUBJECTS):
            camera = database.cameras.add(
                CameraSettings(f"Camera {number}", "Yard", f"10.0.0.{number + 1}")
            )
            ids = database.scenes.save(camera.id, scene).ids
            with sqlite3.connect(file) as raw:
                raw.executemany(
                    "INSERT INTO minute (camera_id, minute, samples, count_sum, count_min, "
                    "count_max, people_ms, covered_ms, confidence_sum) "
                    "VALUES (?, ?, 60, 600, 5, 15, 600000, 60000, 30000)",
                    ((camera.id, minute) for minute in minutes),
                )
                raw.executemany(
                    "INSERT INTO zone_minute VALUES (?, ?, 60, 300000, 60000, 3, 8)",
                    ((ids["Queue"], minute) for minute in minutes),
                )
                raw.executemany(
                    "INSERT INTO passage_minute VALUES (?, ?, 2, 1, 60000)",
                    ((ids["Door"], minute) for minute in minutes),
                )
            raw.close()
            database.counts.save(
                [],
                [
                    StateChange(camera.id, NOW - timedelta(hours=hours), state, reason)
                    for hours in range(DAYS * 24, 0, -1)
                    for state, reason in (
                        (CameraState.OFFLINE, Reason.TIMEOUT)
                        if hours % 7 == 0
                        else (CameraState.CONNECTING, Reason.STARTING)
                        if hours % 24 == 0
                        else (CameraState.OK, Reason.NONE),
                    )
                ],
            )


def read_times(file: Path) -> float:
    """Measure how long the history is read for each kind; return the longest, seconds."""
    worst = 0.0
    zones = Scope(places=frozenset(PlaceRef(CameraId(n + 1), "Queue") for n in range(SUBJECTS)))
    scopes = {"occupancy": Scope(), "zones": zones, "crossings": Scope(), "camera": Scope()}
    with Database.open(file, clock=lambda: NOW) as database:
        cameras = list(watched_cameras(database).values())
        for name, scope in scopes.items():
            condition = CONDITIONS.get(name, CONDITIONS["occupancy"])
            rule = Rule("1", name, condition, scope)
            begun = time.perf_counter()
            found = read_history(database, rule, cameras, DAYS, NOW)
            taken = time.perf_counter() - begun
            worst = max(worst, taken)
            print(f"read {name:12} {taken * 1000:7.1f} ms; {len(found.series)} subjects")
        begun = time.perf_counter()
        usual = database.usual.for_rules(
            [Rule("1", "Unusual", Unusual())], cameras, ZoneInfo("Europe/Berlin")
        )
        taken = time.perf_counter() - begun
        print(f"read what is usual {taken * 1000:7.1f} ms; {len(usual)} hours")
    return worst


def main() -> int:
    """Measure, print, and fail if it takes too long."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "camwatch.sqlite3"
        stored_on_disk(file)
        reading_s = read_times(file)
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
    print(f"reading: at most {reading_s * 1000:.0f} ms of {READING_LIMIT_S * 1000:.0f}")
    return 0 if worst <= LIMIT_MS and reading_s <= READING_LIMIT_S else 1


if __name__ == "__main__":
    sys.exit(main())
