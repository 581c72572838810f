"""What the rule engine costs: many cameras, each counted once a second, under several rules.

Run it from the project's folder: `PYTHONPATH=. .venv/bin/python benchmarks/rule_engine.py`.
It plays a stretch of time as fast as it can, and prints one JSON object; `share_of_core` is the
processor's time that the engine took by the time that was played.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from camwatch.alerts.engine import Engine, Now
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
from camwatch.alerts.signals import CountFact, StateFact, Usual, WatchedCamera
from camwatch.domain import CameraId, CameraState, Reason, SiteId

TOGETHER = Scope(is_together=True)

RULES: tuple[tuple[Condition, Scope], ...] = (
    (Occupancy(Side.ABOVE, 30, 3, 30.0, 60), Scope()),
    (Occupancy(Side.BELOW, 0, 1, 600.0), Scope()),
    (Occupancy(Side.ABOVE, 2000), TOGETHER),
    (Occupancy(Side.BELOW, 20), TOGETHER),
    (Unusual(), Scope()),
    (Crossings(Way.IN, Side.ABOVE, 500, 3600.0), Scope()),
    (Crossings(Way.BOTH, Side.BELOW, 3, 3600.0), TOGETHER),
    (Balance(Side.ABOVE, 300), TOGETHER),
    (CameraCondition(CameraTrouble.DOWN), Scope()),
    (CameraCondition(CameraTrouble.TOO_SLOW), Scope()),
)


def _cameras(count: int) -> list[WatchedCamera]:
    return [
        WatchedCamera(
            CameraId(number),
            f"Camera {number}",
            SiteId(1),
            "Site",
            places=(PlaceRef(CameraId(number), "Door"), PlaceRef(CameraId(number), "Hall")),
        )
        for number in range(1, count + 1)
    ]


def _fact(number: int, chance: random.Random) -> CountFact:
    passed = int(chance.random() < 0.2)
    count = chance.randint(0, 34)
    return CountFact(
        CameraId(number),
        count,
        1.0,
        {"Hall": count // 2},
        {"Door": passed},
        {"Door": int(chance.random() < 0.2)},
        frozenset({"Door"}),
    )


def main() -> None:
    """Play it, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=300)
    options = parser.parse_args()
    chance = random.Random(6)
    engine = Engine(ZoneInfo("Europe/Berlin"), lambda: str(uuid.uuid4()))
    start = datetime(2026, 6, 10, 10, tzinfo=UTC)
    rules = [
        Rule(f"r{number}", f"Rule {number}", condition, scope)
        for number, (condition, scope) in enumerate(RULES)
    ]
    engine.set_rules(rules, Now(start, 0.0))
    engine.set_cameras(_cameras(options.cameras), Now(start, 0.0))
    engine.set_usual(
        {
            (f"camera:{number}", hour): Usual(17.0, 5.0, 8)
            for number in range(1, options.cameras + 1)
            for hour in range(168)
        }
    )
    for number in range(1, options.cameras + 1):
        fact = StateFact(CameraId(number), CameraState.OK, Reason.NONE)
        engine.take(fact, Now(start, 0.0))
    facts, ticks, signals, used_s = [], [], 0, 0.0
    for second in range(1, options.seconds + 1):
        for number in range(1, options.cameras + 1):
            fact_of = _fact(number, chance)
            elapsed_s = second + number / options.cameras / 2
            now = Now(start + timedelta(seconds=elapsed_s), elapsed_s)
            began, began_used = time.perf_counter(), time.process_time()
            signals += len(engine.take(fact_of, now))
            used_s += time.process_time() - began_used
            facts.append(time.perf_counter() - began)
        elapsed_s = second + 0.9
        now = Now(start + timedelta(seconds=elapsed_s), elapsed_s)
        began, began_used = time.perf_counter(), time.process_time()
        signals += len(engine.tick(now))
        used_s += time.process_time() - began_used
        ticks.append(time.perf_counter() - began)
    print(
        json.dumps(
            {
                "cameras": options.cameras,
                "rules": len(rules),
                "played_s": options.seconds,
                "share_of_core": round(used_s / options.seconds, 4),
                "fact_us": round(statistics.median(facts) * 1e6, 1),
                "fact_p99_us": round(statistics.quantiles(facts, n=100)[-1] * 1e6, 1),
                "tick_ms": round(statistics.median(ticks) * 1e3, 2),
                "signals": signals,
            }
        )
    )


if __name__ == "__main__":
    main()
