"""Several workstations on one history: each has its sites, its alerts and its messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from camwatch.data.engine import Database
from camwatch.domain import CameraId, SiteId
from camwatch.errors import NotFound
from camwatch.workstation import this_workstation
from tests.data.values import Clock, sample, settings


@pytest.fixture
def north(database: Database, clock: Clock) -> Database:
    database.workstations.join("uid-north", "north-pc", "0.1", clock())
    return database


@pytest.fixture
def south(file: Path, clock: Clock, north: Database) -> Iterator[Database]:
    with Database.open(file, clock=clock) as second:
        second.workstations.join("uid-south", "south-pc", "0.1", clock())
        yield second


def test_a_history_that_one_computer_has_alone_knows_no_workstations(database: Database) -> None:
    camera = database.cameras.add(settings("Gate", site="North"))
    assert camera.workstation == ""
    assert database.workstations.all() == []


def test_a_workstation_keeps_its_number(north: Database, south: Database, clock: Clock) -> None:
    assert [(one.number, one.name, one.is_this) for one in north.workstations.all()] == [
        (1, "north-pc", True),
        (2, "south-pc", False),
    ]
    assert north.workstations.join("uid-south", "south-pc-renamed", "0.2", clock()) == 2
    assert {one.name for one in north.workstations.all()} == {"north-pc", "south-pc-renamed"}


def test_a_site_is_counted_where_it_was_entered(north: Database, south: Database) -> None:
    gate = north.cameras.add(settings("Gate", site="North"))
    hall = south.cameras.add(settings("Hall", site="South"))
    assert (gate.workstation, hall.workstation) == ("", "")
    seen = {one.name: one.workstation for one in north.cameras.all()}
    assert seen == {"Gate": "", "Hall": "south-pc"}
    assert [one.name for one in south.cameras.all() if not one.workstation] == ["Hall"]


def test_the_first_one_goes_on_with_what_was_in_a_file(database: Database, clock: Clock) -> None:
    camera = database.cameras.add(settings("Gate", site="North"))
    database.workstations.join("uid-north", "north-pc", "0.1", clock())
    assert database.cameras.get(camera.id).workstation == ""
    assert database.workstations.of_sites() == {camera.site_id: 1}


def test_a_site_can_be_given_to_another_workstation(north: Database, south: Database) -> None:
    gate = north.cameras.add(settings("Gate", site="North"))
    north.workstations.assign(gate.site_id, 2)
    assert north.cameras.get(gate.id).workstation == "south-pc"
    assert south.cameras.get(gate.id).workstation == ""


def test_it_cannot_be_given_to_one_that_is_not_there(north: Database) -> None:
    gate = north.cameras.add(settings("Gate", site="North"))
    with pytest.raises(NotFound):
        north.workstations.assign(gate.site_id, 7)
    with pytest.raises(NotFound):
        north.workstations.assign(SiteId(77), 1)
    assert north.workstations.of_sites() == {gate.site_id: 1}


def test_the_numbers_of_others_are_seen_while_they_are_new(
    north: Database, south: Database, clock: Clock
) -> None:
    gate = north.cameras.add(settings("Gate", site="North"))
    hall = south.cameras.add(settings("Hall", site="South"))
    for database, camera, count in ((north, gate, 3), (south, hall, 5), (south, hall, 6)):
        one = sample(camera, 0, count)
        database.counts.save([replace(one, at=clock() - timedelta(seconds=20 - count))], [])
    seen = north.others.counts(clock())
    assert seen == {hall.id: (clock() - timedelta(seconds=14), 6)}
    assert south.others.counts(clock()) == {gate.id: (clock() - timedelta(seconds=17), 3)}
    assert north.others.counts(clock() + timedelta(minutes=5)) == {}


def test_how_long_a_workstation_ran_is_told_of_its_own_cameras(
    north: Database, south: Database, clock: Clock
) -> None:
    gate = north.cameras.add(settings("Gate", site="North"))
    hall = south.cameras.add(settings("Hall", site="South"))
    start = clock()
    long_ago = start - timedelta(hours=5)
    north.counts.save([replace(sample(gate, 0, 1), at=start)], [])
    south.counts.save([replace(sample(hall, 0, 1), at=start + timedelta(hours=2))], [])
    end = start + timedelta(hours=3)
    signs = [north.states.last_sign(long_ago, end, number) for number in (1, 2)]
    assert start <= signs[0] <= start + timedelta(minutes=1)
    assert signs[1] >= start + timedelta(hours=2)
    assert north.workstations.of_cameras() == {CameraId(gate.id): 1, CameraId(hall.id): 2}


def test_a_copied_profile_makes_another_workstation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "workstation.json"
    monkeypatch.setattr("platform.node", lambda: "north-pc")
    first = this_workstation(file)
    assert this_workstation(file) == first
    monkeypatch.setattr("platform.node", lambda: "south-pc")
    second = this_workstation(file)
    assert second.uid != first.uid
    assert this_workstation(file) == second


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"uid": "1", "computer": 2}'])
def test_what_cannot_be_read_is_made_anew(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "workstation.json"
    file.write_bytes(content)
    assert this_workstation(file) == this_workstation(file)
