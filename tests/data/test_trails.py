"""Heat and stays are added hour by hour, read over any time, and heat is not kept for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import func, select, text

from camwatch.data.engine import Database
from camwatch.data.schema import dwell_hour, heat_hour
from camwatch.data.store import Store
from camwatch.data.trails import TrailRepository, add_trails
from camwatch.domain import Camera, CameraId, PlaceId
from camwatch.scene import Scene, Zone
from camwatch.scene.dwell import Dwell, HourTrails
from camwatch.scene.heat import COLUMNS, ROWS, Heat
from tests.data.values import NOON

HOUR = int(NOON.timestamp()) // 3600
SQUARE = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5))
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def connections(database: Database) -> Store:
    return database._connections


@pytest.fixture
def trails(connections: Store) -> TrailRepository:
    return TrailRepository(connections)


Adder = Callable[..., None]


@pytest.fixture
def add(connections: Store) -> Adder:
    """Return what stores trails in one transaction, as the recorder does."""

    def store(*gathered: HourTrails) -> None:
        with connections.writing() as connection:
            add_trails(connection, gathered)

    return store


@pytest.fixture
def zones(database: Database, gate: Camera) -> tuple[PlaceId, PlaceId]:
    scene = Scene(zones=(Zone("queue", SQUARE), Zone("hall", ((0, 0), (1, 0), (1, 1)))))
    ids = database.scenes.save(gate.id, scene).ids
    return ids["queue"], ids["hall"]


def heat(seconds: float, row: int = 3, column: int = 4) -> Heat:
    presence = np.zeros((ROWS, COLUMNS), np.float32)
    presence[row, column] = seconds
    return replace(Heat.empty(), presence_s=presence, watched_s=60.0, walks=1.0)


def at(camera: Camera, hour: int, seconds: float) -> HourTrails:
    return HourTrails(camera.id, HOUR + hour, heat(seconds))


def stays(*seconds: float) -> Dwell:
    total = Dwell()
    for one in seconds:
        total += Dwell.of(one)
    return total


def test_what_comes_in_pieces_adds_up(trails: TrailRepository, add: Adder, gate: Camera) -> None:
    for piece in range(60):
        add(at(gate, 0, 0.25 + piece))
    found = trails.heat(gate.id, NOON, NOON + timedelta(hours=1))
    assert found.presence_s[3, 4] == 60 * 0.25 + sum(range(60))
    assert found.presence_s.sum() == found.presence_s[3, 4]
    assert (found.watched_s, found.walks) == (3600, 60)


def test_only_the_hours_that_touch_the_time_are_summed(
    trails: TrailRepository, add: Adder, gate: Camera, hall: Camera
) -> None:
    add(*(at(gate, hour, 10.0**hour) for hour in range(5)), at(hall, 1, 0.5))

    def seconds(start: datetime, end: datetime, camera: Camera = gate) -> float:
        return float(trails.heat(camera.id, start, end).presence_s.sum())

    hour = timedelta(hours=1)
    assert seconds(NOON, NOON + 5 * hour) == 11111
    assert seconds(NOON + hour, NOON + 2 * hour) == 10
    assert seconds(NOON + 1.5 * hour, NOON + 2.5 * hour) == 110
    assert seconds(NOON, NOON + 5 * hour, hall) == 0.5
    assert trails.heat(gate.id, NOON - 9 * hour, NOON).is_empty
    assert trails.heat(CameraId(99), NOON, NOON + hour).watched_s == 0


@pytest.mark.parametrize(
    ("hours", "wanted"),
    [
        ((13, 15), {13, 14}),
        ((0, 24), set(range(24))),
        ((22, 6), {22, 23, 0, 1, 2, 3, 4, 5}),
        ((23, 24), {23}),
        ((18, 0), {18, 19, 20, 21, 22, 23}),
    ],
)
def test_hours_of_the_day_are_those_of_the_sites_clocks(
    trails: TrailRepository, add: Adder, gate: Camera, hours: tuple[int, int], wanted: set[int]
) -> None:
    midnight = datetime(2026, 7, 1, tzinfo=BERLIN).astimezone(UTC)
    first = int(midnight.timestamp()) // 3600
    add(
        *(
            HourTrails(gate.id, first + hour, heat(1.0, hour, day))
            for day in range(2)
            for hour in range(24)
        )
    )
    add(*(HourTrails(gate.id, first + 24 + hour, heat(1.0, hour, 1)) for hour in range(24)))
    found = trails.heat(gate.id, midnight, midnight + timedelta(days=2), hours, BERLIN)
    assert set(np.nonzero(found.presence_s)[0].tolist()) == wanted


def test_hours_of_the_day_without_clocks_are_refused(trails: TrailRepository) -> None:
    for hours, zone in (((8, 12), None), ((8, 8), BERLIN), ((-1, 5), BERLIN), ((3, 25), BERLIN)):
        with pytest.raises(ValueError, match="hours of the day"):
            trails.heat(CameraId(1), NOON, NOON, hours, zone)


def test_saving_deletes_no_heat_however_old(
    trails: TrailRepository, add: Adder, connections: Store, gate: Camera
) -> None:
    # How long it is kept is in the settings, and the housekeeper goes by that.
    add(at(gate, 0, 1.0))
    add(at(gate, 400 * 24, 1.0))
    with connections.reading() as connection:
        rows = connection.execute(select(heat_hour.c.hour)).scalars().all()
    assert sorted(hour - HOUR for hour in rows) == [0, 400 * 24]


def test_stays_add_up_by_zone_and_hour(
    trails: TrailRepository, add: Adder, gate: Camera, zones: tuple[PlaceId, PlaceId]
) -> None:
    queue, hall = zones
    empty = Heat.empty()
    add(HourTrails(gate.id, HOUR, empty, {queue: stays(3, 70), hall: Dwell()}))
    add(HourTrails(gate.id, HOUR, empty, {queue: stays(1000), hall: Dwell()}))
    add(HourTrails(gate.id, HOUR + 1, empty, {queue: stays(12)}))
    hour = timedelta(hours=1)
    assert trails.dwell([queue, hall], NOON, NOON + 2 * hour) == {
        queue: {NOON: stays(3, 70, 1000), NOON + hour: stays(12)},
        # Nobody came in the first hour; of the second nothing is known.
        hall: {NOON: Dwell()},
    }
    assert trails.dwell([hall], NOON + hour, NOON + 2 * hour) == {hall: {}}
    assert trails.dwell([], NOON, NOON + hour) == {}


def test_either_all_is_stored_or_nothing(
    trails: TrailRepository, connections: Store, gate: Camera, zones: tuple[PlaceId, PlaceId]
) -> None:
    def break_off() -> None:
        with connections.writing() as connection:
            add_trails(connection, [HourTrails(gate.id, HOUR, heat(5.0), {zones[0]: stays(4)})])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    with connections.reading() as connection:
        for table in (heat_hour, dwell_hour):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0


@pytest.mark.expects_warning
def test_a_damaged_hour_is_left_out_and_told_of(
    trails: TrailRepository,
    add: Adder,
    connections: Store,
    gate: Camera,
    caplog: pytest.LogCaptureFixture,
) -> None:
    add(at(gate, 0, 5.0), at(gate, 1, 7.0))
    with connections.writing() as connection:
        connection.execute(
            text("UPDATE heat_hour SET heat = substr(heat, 1, 20) WHERE hour = :hour"),
            {"hour": HOUR},
        )
    found = trails.heat(gate.id, NOON, NOON + timedelta(hours=2))
    assert found.presence_s.sum() == 7
    # That hour is unknown, not empty.
    assert found.watched_s == 60
    assert "is left out" in caplog.text
    add(at(gate, 0, 2.0))
    assert trails.heat(gate.id, NOON, NOON + timedelta(hours=1)).presence_s.sum() == 2


def test_a_month_of_a_busy_view_is_small(add: Adder, connections: Store, gate: Camera) -> None:
    chance = np.random.default_rng(1)
    presence = chance.exponential(20, (ROWS, COLUMNS)) * (chance.random((ROWS, COLUMNS)) < 0.4)
    busy = replace(Heat.empty(), presence_s=presence.astype(np.float32))
    add(*(HourTrails(gate.id, HOUR + hour, busy) for hour in range(24 * 30)))
    with connections.reading() as connection:
        size = connection.execute(select(func.sum(func.length(heat_hour.c.heat)))).scalar_one()
    assert size < 24 * 30 * 4000
