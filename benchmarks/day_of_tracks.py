"""Measures whether following people for a day leaves anything in memory; prints one JSON object.

    python benchmarks/day_of_tracks.py                 # 24 hours at 2 and at 10 pictures a second
    python benchmarks/day_of_tracks.py --trace --hours 3   # every allocation too: ten times slower

Walkers on paper (`walkers.py`), up to four at once, come again and again, each time as new
people; two lines, one of them with all options, a gate and a zone count them. After each hour
all that the counter keeps is packed up and weighed (`kept_kib`), Python's blocks of memory are
counted (`blocks`), and the process is weighed (`rss_mib`); with `--trace`, all allocations since
the start are added up as well (`traced_kib`). `per_hour` are the slopes of straight lines
through the hours after the first.
"""

from __future__ import annotations

import argparse
import gc
import json
import pickle
import sys
import time
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from walkers import LINE_X, World

from camwatch.config import Detection
from camwatch.detect.flow import FlowCounter
from camwatch.domain import Detections
from camwatch.scene import Gate, Line, Zone

PEOPLE = 4
LOOP_S = 600.0
HOUR_S = 3600.0
KIB = 1024


def counter() -> FlowCounter:
    """Return a counter of everything there is to count."""
    door = Line("door", (LINE_X, 0), (LINE_X, 1))
    once = Line("once", door.start, door.end, once=True, u_turn_s=5.0)
    gate = Gate("gate", Line("outer", (0.4, 0), (0.4, 1)), Line("inner", (0.6, 0), (0.6, 1)))
    left = Zone("left", ((0, 0), (0.5, 0), (0.5, 1), (0, 1)))
    return FlowCounter(Detection().threshold, [door, once], [left], [gate])


def a_day(rate: float, hours: int, seed: int, *, trace: bool) -> dict[str, Any]:
    """Follow people for some hours; return what was left in memory after each.

    Args:
        rate: Pictures a second.
        hours: How many simulated hours, 3 or more.
        seed: Which people.
        trace: Also add up all allocations.
    """
    loop = [
        (t_s, Detections(boxes, scores))
        for t_s, boxes, scores in World(seed, PEOPLE, LOOP_S).pictures(rate)
    ]
    flow, crossings, remembered = counter(), 0, 0
    by_hour: dict[str, list[float]] = {}
    if trace:
        tracemalloc.start()
    started_s = time.process_time()
    for lap in range(round(hours * HOUR_S / LOOP_S)):
        for t_s, found in loop:
            crossings += len(flow.add(lap * LOOP_S + t_s, found, (1, 1)).crossings)
        remembered = max(remembered, flow.remembered)
        if (lap + 1) * LOOP_S % HOUR_S == 0:
            for name, value in weighed(flow).items():
                by_hour.setdefault(name, []).append(value)
    spent_s = time.process_time() - started_s
    tracemalloc.stop()
    pictures = round(hours * HOUR_S / LOOP_S) * len(loop)
    return {
        "pictures_per_s": rate,
        "hours": hours,
        "pictures": pictures,
        "crossings": crossings,
        "remembered": {"most": remembered, "last": flow.remembered, "followed": flow.passing},
        "per_hour": {name: slope(values) for name, values in by_hour.items()},
        **by_hour,
        "cpu_ms_per_picture": round(spent_s / pictures * 1000, 3),
    }


def weighed(flow: FlowCounter) -> dict[str, float]:
    """Return how much memory is in use."""
    gc.collect()
    weights: dict[str, float] = {
        "kept_kib": round(len(pickle.dumps(flow)) / KIB, 1),
        "blocks": sys.getallocatedblocks(),
        "rss_mib": round(psutil.Process().memory_info().rss / KIB**2, 2),
    }
    if tracemalloc.is_tracing():
        weights["traced_kib"] = round(tracemalloc.get_traced_memory()[0] / KIB, 1)
    return weights


def slope(by_hour: Sequence[float]) -> float:
    """Return how much is added each hour, after the first one."""
    after = np.array(by_hour[1:])
    return round(float(np.polyfit(np.arange(len(after)), after, 1)[0]), 4)


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hours", type=int, default=24, choices=range(3, 169), metavar="3..168")
    parser.add_argument("--rates", type=float, nargs="*", default=(2.0, 10.0), metavar="R")
    parser.add_argument("--seed", type=int, default=0, help="which people (0)")
    parser.add_argument("--trace", action="store_true", help="also add up all allocations")
    arguments = parser.parse_args()
    runs = [
        a_day(rate, arguments.hours, arguments.seed, trace=arguments.trace)
        for rate in arguments.rates
    ]
    print(json.dumps({"benchmark": Path(__file__).stem, "runs": runs}, indent=2))


if __name__ == "__main__":
    main()
