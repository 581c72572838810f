"""What other workstations change in a history on a real server is noticed here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pytestqt.qtbot import QtBot

from camwatch.data.engine import Database
from camwatch.domain import utc_now
from camwatch.events import Bus, CamerasChanged, CountedElsewhere, Event, RulesChanged
from camwatch.workers.others import OthersDesk, OthersWorker
from tests.data.values import sample, settings
from tests.support.postgres import PostgresServer


class Heard:
    """Keeps the events of a bus, from any thread."""

    def __init__(self, bus: Bus) -> None:
        self._lock = threading.Lock()
        self._events: list[Event] = []
        for kind in (CamerasChanged, RulesChanged, CountedElsewhere):
            bus.subscribe(kind, self._take)

    def _take(self, event: Event) -> None:
        with self._lock:
            self._events.append(event)

    def of(self, kind: type[Event]) -> list[Event]:
        with self._lock:
            return [one for one in self._events if isinstance(one, kind)]


def desk_of(database: Database) -> OthersDesk:
    return OthersDesk(
        database.listen,
        database.alerts.changed_since,
        database.others.counts,
        database.workstations.note_seen,
    )


@pytest.fixture
def north(postgres_url: str) -> Iterator[Database]:
    with Database.open(None, postgres_url) as database:
        database.workstations.join("uid-north", "north-pc", "0.1", utc_now())
        yield database


@pytest.fixture
def south(postgres_url: str, north: Database) -> Iterator[Database]:
    with Database.open(None, postgres_url) as database:
        database.workstations.join("uid-south", "south-pc", "0.1", utc_now())
        yield database


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def heard(bus: Bus) -> Heard:
    return Heard(bus)


@pytest.fixture
def start(bus: Bus, north: Database) -> Iterator[Callable[[], OthersWorker]]:
    workers: list[OthersWorker] = []

    def begin() -> OthersWorker:
        worker = OthersWorker(desk_of(north), bus)
        workers.append(worker)
        worker.start()
        return worker

    yield begin
    for worker in workers:
        worker.request_stop()
    assert all(worker.wait(10_000) for worker in workers)


def test_what_another_workstation_changes_is_told(
    south: Database, start: Callable[[], OthersWorker], heard: Heard, qtbot: QtBot
) -> None:
    start()

    # Nobody knows when it begins to listen: so it is changed until it is heard.
    def is_heard() -> bool:
        camera = south.cameras.add(settings(f"Hall {utc_now().timestamp()}", site="South"))
        south.counts.save([replace(sample(camera, 0, 4), at=utc_now())], [])
        return bool(heard.of(CamerasChanged)) and bool(heard.of(CountedElsewhere))

    qtbot.waitUntil(is_heard, timeout=20_000)
    event = heard.of(CountedElsewhere)[-1]
    assert isinstance(event, CountedElsewhere)
    assert {number for _, number in event.counts.values()} == {4}
    assert not heard.of(RulesChanged)


def test_an_own_number_is_not_told_as_that_of_another(
    north: Database, south: Database, start: Callable[[], OthersWorker], heard: Heard, qtbot: QtBot
) -> None:
    gate = north.cameras.add(settings("Gate", site="North"))
    hall = south.cameras.add(settings("Hall", site="South"))
    for database, camera in ((north, gate), (south, hall)):
        database.counts.save([replace(sample(camera, 0, 2), at=utc_now())], [])
    start()
    qtbot.waitUntil(lambda: bool(heard.of(CountedElsewhere)), timeout=20_000)
    event = heard.of(CountedElsewhere)[0]
    assert isinstance(event, CountedElsewhere)
    assert set(event.counts) == {hall.id}


def test_that_a_workstation_is_still_there_is_nothing_to_read_anew_for(
    north: Database, south: Database
) -> None:
    listener = north.listen()
    try:
        for database in (north, south):
            database.workstations.note_seen(utc_now() + timedelta(hours=1))
        south.cameras.add(settings("Hall", site="South"))
        told: set[str] = set()
        while "camera" not in told:
            told |= listener.wait(1.0)
    finally:
        listener.close()
    assert told == {"site", "camera"}


@pytest.mark.expects_warning
def test_after_an_outage_everything_is_read_anew(
    postgres: PostgresServer, start: Callable[[], OthersWorker], heard: Heard, qtbot: QtBot
) -> None:
    start()
    qtbot.waitUntil(lambda: bool(listeners(postgres)), timeout=20_000)
    postgres.do("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
    qtbot.waitUntil(
        lambda: bool(heard.of(CamerasChanged)) and bool(heard.of(RulesChanged)), timeout=20_000
    )


def listeners(postgres: PostgresServer) -> list[tuple[object, ...]]:
    return postgres.do("SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
