"""Charts of many rows on a server, whose planner must not look at all pairs of rows and points."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from camwatch.data.engine import Database
from camwatch.domain import BucketSize
from camwatch.scene import Line, Scene
from tests.data.values import NOON, Clock, settings

DAYS = timedelta(days=20)
BERLIN = ZoneInfo("Europe/Berlin")

_FILL = """
INSERT INTO minute (camera_id, minute, samples, count_sum, count_min, count_max, people_ms,
    covered_ms, confidence_sum, carried_ms, flagged_ms)
SELECT :camera, at, 1, 2, 2, 2, 120000, 60000, 500, 0, 0 FROM generate_series(:first, :last) at;
"""
_FILL_DOOR = """
INSERT INTO passage_minute (place_id, minute, inwards, outwards, valid_ms)
SELECT :door, at, 1, 0, 60000 FROM generate_series(:first, :last) at;
"""


def test_a_chart_of_thousands_of_points_is_answered_before_the_server_gives_up(
    postgres_url: str,
) -> None:
    clock = Clock(NOON - DAYS)
    with Database.open(None, postgres_url, clock=clock, zone=BERLIN) as database:
        gate, hall = (database.cameras.add(settings(name)) for name in ("Gate", "Hall"))
        line = Line("Door", (0.5, 0.1), (0.5, 0.9))
        door = database.scenes.save(gate.id, Scene(lines=(line,))).ids["Door"]
        clock.now = NOON
        stop = int(NOON.timestamp()) // 60
        span = {"first": stop - int(DAYS.total_seconds()) // 60, "last": stop - 1}
        with database._connections.writing() as connection:
            for one in (gate, hall):
                connection.execute(text(_FILL), {"camera": one.id, **span})
            connection.execute(text(_FILL_DOOR), {"door": door, **span})
        ids, asked = [gate.id, hall.id], (NOON - DAYS, NOON, BERLIN)
        counted = database.counts.buckets(ids, BucketSize.FIVE_MINUTES, *asked)
        passed = database.passages.flow(door, BucketSize.FIVE_MINUTES, *asked)
    assert len(counted) == len(passed) == 20 * 288
    assert {(one.mean, one.coverage, one.samples) for one in counted} == {(4.0, 1.0, 10)}
    assert {(one.inwards, one.coverage) for one in passed} == {(5, 1.0)}
