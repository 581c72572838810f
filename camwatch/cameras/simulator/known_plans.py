"""Plans that were worked out beforehand, so that a demonstration need not wait for them.

`tools/plan_demonstration.py` writes them; they are what `schedule` would work out anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from camwatch.cameras.simulator.visit import Visit
from camwatch.cameras.simulator.visitors import Look
from camwatch.paths import resources


class PlanKey(NamedTuple):
    """What a plan hangs on.

    Attributes:
        seed: Which plan.
        aspect: Width of the picture divided by its height.
        loop_s: Length of the plan, seconds.
        most_people: So many are in view at once at most.
    """

    seed: int
    aspect: float
    loop_s: float
    most_people: int


def plans_file() -> Path:
    """Return where the plans are."""
    return resources() / "simulator" / "plans.json"


def known_visits(key: PlanKey) -> Sequence[Visit] | None:
    """Return the visits of a plan that was worked out beforehand; None of any other."""
    rows = _read().get(key)
    return None if rows is None else [_visit(number, row) for number, row in enumerate(rows)]


def plans_text(plans: Iterable[tuple[PlanKey, Sequence[Visit]]]) -> str:
    """Return what the file says of plans."""
    rows = [
        [
            *key,
            [
                [
                    visit.start_s,
                    visit.height,
                    [
                        visit.look.figure,
                        visit.look.jacket,
                        visit.look.trousers,
                        visit.look.hair,
                        visit.look.skin,
                    ],
                    visit.times_s,
                    visit.places,
                ]
                for visit in visits
            ],
        ]
        for key, visits in plans
    ]
    # Numbers are written so that they are read as they were, to the last bit.
    return "[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]\n"


@cache
def _read() -> dict[PlanKey, list[list[Any]]]:
    text = plans_file().read_text(encoding="utf-8")
    return {PlanKey(*key): visits for *key, visits in json.loads(text)}


def _visit(number: int, row: Sequence[Any]) -> Visit:
    start_s, height, look, times_s, places = row
    return Visit(number, start_s, height, Look(*look), tuple(times_s), tuple(places))
