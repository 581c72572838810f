"""`camwatch bench history`: how fast the history is written and read, and how large it gets."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from camwatch.cli.numbers import whole_number
from camwatch.cli.synthetic import Crowd
from camwatch.data.engine import Database
from camwatch.data.made_up import MadeUpHistory
from camwatch.domain import BucketSize, CameraId, CameraSettings
from camwatch.errors import CamWatchError
from camwatch.scene import Line, Scene, Zone

CAMERAS = 64
_WITH_PLACES = 8
_BATCH_S = 300
_TIMES = 5
_GAPS = 1.02
_ZONE = ZoneInfo("Europe/Berlin")
_DAY = timedelta(days=1)
_LINE = Line("Door", (0.2, 0.5), (0.8, 0.5))
_AREA = Zone("Counter", ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5)))
_SAY_EVERY_S = 5.0


def add_parser(subjects: Any) -> None:
    """Add what is measured to `camwatch bench`."""
    parser = subjects.add_parser(
        "history",
        help="how the history does with many counts",
        description=f"Fills a throw-away history with made-up counts of {CAMERAS} cameras, one a "
        "second each, that end now, on top of older hours and days, and asks it what charts ask. "
        "Nothing is kept.",
    )
    parser.add_argument(
        "--rows",
        type=whole_number(1000, 50_000_000),
        default=1_000_000,
        metavar="N",
        help="counts (default: 1000000)",
    )
    parser.add_argument(
        "--days",
        type=whole_number(1, 3660),
        default=365,
        metavar="D",
        help="days of hours and days before them (default: 365)",
    )
    parser.add_argument(
        "--minute-days",
        type=whole_number(0, 3660),
        default=31,
        metavar="D",
        help="of those, so many have minutes, too (default: 31)",
    )
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="put the history there (default: as usual)"
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object and nothing else"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure; return the exit code: 0 done, 1 failed."""
    try:
        with tempfile.TemporaryDirectory(prefix="camwatch-bench-", dir=arguments.folder) as folder:
            found = measure(
                Path(folder) / "camwatch.sqlite3",
                Plan(arguments.rows, arguments.days, arguments.minute_days),
                _say,
            )
    except (CamWatchError, OSError) as error:
        print(f"camwatch bench: {str(error).removesuffix('.')}.", file=sys.stderr)
        return 1
    print(json.dumps(found) if arguments.json else _words(found))
    return 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is filled in.

    Attributes:
        rows: Counts.
        days: So many days before them have hours and days.
        minute_days: Of those, so many have minutes.
    """

    rows: int
    days: int = 365
    minute_days: int = 31


@dataclass(slots=True)
class _Clock:
    """A clock that stands still, so that each question is about the same time."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def __call__(self) -> datetime:
        return self.now


def measure(file: Path, plan: Plan, say: Callable[[str], None]) -> dict[str, Any]:
    """Fill a history and ask it.

    Args:
        file: Where; its folder exists.
        plan: What is filled in.
        say: Told how far it is.

    Raises:
        StorageError: It cannot be written or read.
    """
    clock = _Clock()
    end = clock.now
    # Somewhat more time than that many counts need, because of the gaps.
    start = end - timedelta(seconds=-(-plan.rows // CAMERAS) * _GAPS)
    begins = (start - plan.days * _DAY).replace(minute=0, second=0)
    clock.now = begins
    ids, crowd = _add_cameras(file, clock)
    clock.now = end
    before_s = time.perf_counter()
    _fill_past(file, ids, begins, start, plan, say)
    filled_s = time.perf_counter() - before_s
    before = file.stat().st_size
    with Database.open(file, clock=clock, zone=_ZONE) as database:
        written_s, cpu_s = _write(database, crowd, start, plan.rows, say)
    after = file.stat().st_size
    with Database.open(file, clock=clock, zone=_ZONE) as database:
        say("Asking")
        questions = _ask(database, ids, end)
    return {
        "rows": plan.rows,
        "write_rows_per_s": round(plan.rows / written_s),
        "write_rows_per_cpu_s": round(plan.rows / cpu_s),
        "bytes_per_row": round((after - before) / plan.rows, 1),
        "queries_ms": {name: first for name, ((first, _), _) in questions.items()},
        "queries_cpu_ms": {name: cpu for name, ((_, cpu), _) in questions.items()},
        "queries_again_ms": {name: again for name, (_, (again, _)) in questions.items()},
        "file_bytes": after,
        "past_days": plan.days,
        "past_minute_days": min(plan.minute_days, plan.days),
        "past_filled_s": round(filled_s, 1),
    }


def _add_cameras(file: Path, clock: _Clock) -> tuple[list[CameraId], Crowd]:
    with Database.open(file, clock=clock, zone=_ZONE) as database:
        cameras = database.cameras.add_many(
            [
                (
                    f"00000000-0000-4000-8000-{number:012}",
                    CameraSettings(
                        name=f"Camera {number:03}", location="Made up", host="192.0.2.1"
                    ),
                )
                for number in range(1, CAMERAS + 1)
            ]
        )
        ids = [one.id for one in cameras]
        scene = Scene(lines=(_LINE,), zones=(_AREA,))
        for camera_id in ids[:_WITH_PLACES]:
            database.scenes.save(camera_id, scene)
        return ids, Crowd(ids, database.scenes.places(), _ZONE)


def _fill_past(  # noqa: PLR0917 - where, whose, from when to when
    file: Path,
    ids: list[CameraId],
    begins: datetime,
    start: datetime,
    plan: Plan,
    say: Callable[[str], None],
) -> None:
    minutes_from = start - min(plan.minute_days, plan.days) * _DAY
    history = MadeUpHistory(file)
    try:
        end = start.replace(minute=0, second=0)
        filled = history.fill(ids, begins, end, _ZONE, minutes_from=minutes_from)
        for number, _ in enumerate(filled, 1):
            if number % 16 == 0:
                say(f"The past of {number} of {len(ids)} cameras is there")
    finally:
        history.close()


def _write(
    database: Database, crowd: Crowd, start: datetime, rows: int, say: Callable[[str], None]
) -> tuple[float, float]:
    """Save all counts in large batches; return the time and the computing time it took.

    Making the counts up is left out.
    """
    written = 0
    written_s = cpu_s = 0.0
    said_s = time.perf_counter()
    at = start
    while written < rows:
        batch, passages = crowd.batch(at, _BATCH_S, rows - written)
        before_s, before_cpu_s = time.perf_counter(), time.process_time()
        database.counts.save(batch, [], passages)
        now_s = time.perf_counter()
        cpu_s += time.process_time() - before_cpu_s
        written_s += now_s - before_s
        written += len(batch)
        at += timedelta(seconds=_BATCH_S)
        if now_s - said_s > _SAY_EVERY_S:
            said_s = now_s
            say(f"{written:,} of {rows:,} counts are written, {written / written_s:,.0f} a second")
    return written_s, cpu_s


def _ask(
    database: Database, ids: list[CameraId], end: datetime
) -> dict[str, tuple[tuple[float, float], tuple[float, float]]]:
    """Ask what charts ask; return for each question the time it takes at first, and again."""

    def buckets(
        cameras: list[CameraId] | None, size: BucketSize, days: int
    ) -> Callable[[], object]:
        return lambda: database.counts.buckets(cameras, size, end - days * _DAY, end, _ZONE)

    questions: dict[str, Callable[[], object]] = {
        "day": buckets(None, BucketSize.QUARTER, 1),
        "day_by_five_minutes": buckets(None, BucketSize.FIVE_MINUTES, 1),
        "day_of_one_camera": buckets(ids[:1], BucketSize.MINUTE, 1),
        "month": buckets(None, BucketSize.HOUR, 31),
        "year": buckets(None, BucketSize.DAY, 365),
        "heatmap": lambda: database.counts.week_hours(None, end - 365 * _DAY, end, _ZONE),
        "live_hour": lambda: database.counts.series(ids[:1], end - _DAY / 24, end, 10),
    }
    return {
        name: (_median_ms(question, database.cache.clear), _median_ms(question, lambda: None))
        for name, question in questions.items()
    }


def _median_ms(question: Callable[[], object], before: Callable[[], None]) -> tuple[float, float]:
    """Return the time and the computing time of a question."""
    found, computing = [], []
    for _ in range(_TIMES):
        before()
        start_s, start_cpu_s = time.perf_counter(), time.process_time()
        question()
        computing.append((time.process_time() - start_cpu_s) * 1000)
        found.append((time.perf_counter() - start_s) * 1000)
    return round(statistics.median(found), 1), round(statistics.median(computing), 1)


def _words(found: dict[str, Any]) -> str:
    """Return the figures for people."""
    again = found["queries_again_ms"]
    return "\n".join(
        [
            f"{found['rows']:,} counts of {CAMERAS} cameras",
            f"Written: {found['write_rows_per_s']:,} a second",
            f"On disk: {found['bytes_per_row']} bytes each, with all they add up to",
            *(
                f"Asked {name.replace('_', ' ')}: {first_ms} ms, once more {again[name]} ms"
                for name, first_ms in found["queries_ms"].items()
            ),
        ]
    )


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
