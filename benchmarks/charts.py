"""How long the Charts page needs to draw an answer: a year of days, and as many steps as there may be.

    python benchmarks/charts.py [--json]

What is measured is the GUI thread alone: putting an answer into the chart and painting the window
once. Reading is done elsewhere. At the end the page is zoomed a few hundred times, and it is looked
whether memory grows.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from camwatch.domain import Bucket, BucketSize, FlowBucket
from camwatch.history.asking import UsualPoint
from camwatch.ui import theme
from camwatch.ui.charts.flow import flow_line
from camwatch.ui.charts.flow_chart import FlowChart
from camwatch.ui.charts.history_chart import HistoryChart
from camwatch.ui.charts.series import HistoryLine, history_line
from camwatch.ui.charts.several_chart import SeveralChart

_ZONE = ZoneInfo("Europe/Berlin")
_END = datetime(2026, 6, 1, tzinfo=UTC)
_TIMES = 25
_MB = 1024.0


def _buckets(count: int, step: timedelta, seed: int = 0) -> list[Bucket]:
    """Make buckets up to a fixed moment, every hundredth of them a gap."""
    chance = np.random.default_rng(seed)
    people = chance.gamma(3.0, 4.0, count)
    start = _END - count * step
    return [
        Bucket(
            start + number * step,
            step.total_seconds(),
            None if number % 100 == 50 else float(people[number]),
            None if number % 100 == 50 else int(people[number] * 2),
            0,
            60,
            0.0 if number % 100 == 50 else 0.97,
        )
        for number in range(count)
    ]


def _timed(draw: Callable[[], None], widget: HistoryChart | FlowChart | SeveralChart) -> float:
    """Return the median processor time of drawing and painting once, milliseconds."""
    draw()
    widget.grab()
    times = []
    for _ in range(_TIMES):
        began = time.process_time()
        draw()
        widget.grab()
        times.append((time.process_time() - began) * 1000)
    return round(statistics.median(times), 1)


def _lines(count: int, step: timedelta) -> HistoryLine:
    return history_line(_buckets(count, step), _END)


def _measure() -> dict[str, float]:
    chart, flow_chart, several = HistoryChart(_ZONE), FlowChart(_ZONE), SeveralChart(_ZONE)
    for one in (chart, flow_chart, several):
        one.resize(1552, 700)
        one.show()
    year = _lines(365, timedelta(days=1))
    minutes = _lines(2000, timedelta(minutes=1))
    points = [
        UsualPoint(datetime.fromtimestamp(start, UTC), 6.0, 9.0, 15.0, 12)
        for start in minutes.edges[:-1]
    ]
    six = [history_line(_buckets(2000, timedelta(minutes=1), seed), _END) for seed in range(6)]
    flows = flow_line(
        [
            FlowBucket(one.start, one.seconds, one.peak, one.peak, one.coverage)
            for one in _buckets(400, timedelta(hours=1))
        ],
        _END,
    )

    def with_all() -> None:
        chart.show_line(minutes, BucketSize.MINUTE, is_sum=False)
        chart.show_other(minutes, minutes.edges)
        chart.show_band(points)

    return {
        "year_365_ms": _timed(lambda: chart.show_line(year, BucketSize.DAY, is_sum=True), chart),
        "minutes_2000_ms": _timed(
            lambda: chart.show_line(minutes, BucketSize.MINUTE, is_sum=True), chart
        ),
        "minutes_2000_compared_with_band_ms": _timed(with_all, chart),
        "six_times_2000_ms": _timed(
            lambda: several.show_lines(six, [f"Camera {n}" for n in range(6)], BucketSize.MINUTE),
            several,
        ),
        "six_times_400_ms": _timed(
            lambda: several.show_lines(
                [one.first(400) for one in six], [f"Camera {n}" for n in range(6)], BucketSize.HOUR
            ),
            several,
        ),
        "in_and_out_400_ms": _timed(
            lambda: flow_chart.show_line(flows, BucketSize.HOUR), flow_chart
        ),
        "answer_to_arrays_2000_ms": _arrays(),
        "memory_growth_of_400_zooms_mb": _growth(chart, minutes),
    }


def _arrays() -> float:
    buckets = _buckets(2000, timedelta(minutes=1))
    began = time.process_time()
    for _ in range(_TIMES):
        history_line(buckets, _END)
    return round((time.process_time() - began) * 1000 / _TIMES, 1)


def _growth(chart: HistoryChart, line: HistoryLine) -> float:
    """Zoom in and out many times; return by how much the peak of memory rose."""

    def zoom_around(times: int) -> None:
        for number in range(times):
            chart.plot.zoom(0.5 if number % 2 else 2.0)
            chart.show_line(line, BucketSize.MINUTE, is_sum=False)
            chart.grab()

    zoom_around(50)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    zoom_around(400)
    return round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / _MB, 1)


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    as_json = parser.parse_args().json
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.apply(app)
    found = _measure()
    if as_json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:42} {value:8.1f}")


if __name__ == "__main__":
    main()
