"""Lines, gates and zones are kept in their versions, and so are the numbers of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from camwatch.data.engine import Database
from camwatch.domain import BucketSize, CameraId, Passage, Passed, PlaceId, Sample
from camwatch.errors import NotFound
from camwatch.scene import Gate, Line, PlaceKind, Scene, Zone
from tests.data.values import NOON, Clock, settings

DOOR = Line("Door", (0.5, 0), (0.5, 1))
QUEUE = Zone("Queue", ((0, 0.5), (0.4, 0.5), (0.4, 1), (0, 1)))
LOCK = Gate(
    "Lock", Line("Lock", (0.2, 0), (0.2, 1), once=True), Line("Lock", (0.3, 0), (0.3, 1)), 4.0
)
FULL = Scene(
    lines=(DOOR, Line("Exit", (0, 0.2), (1, 0.2), once=True, u_turn_s=5)),
    gates=(LOCK,),
    zones=(QUEUE,),
    masks=(Zone("Poster", ((0.8, 0), (1, 0), (1, 0.3))),),
    never=((0.1, 0.1, 0.2, 0.4),),
    threshold=0.41,
    far_people=True,
    recheck_s=20,
    smoothing_s=1.5,
)


def test_a_camera_without_a_scene_is_counted_in_the_usual_way(database: Database) -> None:
    gate = database.cameras.add(settings())
    record = database.scenes.get(gate.id)
    assert (record.camera_id, record.scene, dict(record.ids)) == (gate.id, Scene(), {})


def test_a_scene_comes_back_as_it_was_saved(database: Database, file: Path) -> None:
    gate = database.cameras.add(settings())
    # The lines of a gate bear its name: nobody sees them by themselves.
    saved = database.scenes.save(gate.id, FULL)
    assert saved.scene == FULL
    assert set(saved.ids) == {"Door", "Exit", "Lock", "Queue"}
    database.close()
    with Database.open(file) as again:
        assert again.scenes.get(gate.id) == saved
        assert again.scenes.all() == [saved]


def test_a_moved_line_begins_anew_and_a_renamed_one_goes_on(
    database: Database, clock: Clock
) -> None:
    gate = database.cameras.add(settings())
    first = database.scenes.save(gate.id, Scene(lines=(DOOR,), zones=(QUEUE,)))
    clock.now += timedelta(hours=1)
    renamed = replace(DOOR, name="Main door")
    second = database.scenes.save(gate.id, Scene(lines=(renamed,), zones=(QUEUE,)))
    assert second.ids["Main door"] == first.ids["Door"]
    clock.now += timedelta(hours=1)
    moved = replace(renamed, start=(0.6, 0))
    third = database.scenes.save(gate.id, Scene(lines=(moved,), zones=(QUEUE,)))
    assert third.ids["Main door"] not in set(first.ids.values())
    assert third.ids["Queue"] == first.ids["Queue"]
    places = {one.id: one for one in database.scenes.places(gate.id)}
    old = places[first.ids["Door"]]
    assert (old.kind, old.created_at, old.retired_at) == (PlaceKind.LINE, NOON, clock.now)
    assert places[third.ids["Main door"]].created_at == clock.now
    # Back to where it was is another version still: what lies between was not watched.
    fourth = database.scenes.save(gate.id, Scene(lines=(renamed,)))
    assert fourth.ids["Main door"] not in {*first.ids.values(), *third.ids.values()}


def test_two_zones_of_the_same_shape_are_two_places(database: Database) -> None:
    gate = database.cameras.add(settings())
    both = Scene(zones=(QUEUE, replace(QUEUE, name="Counter")))
    first = database.scenes.save(gate.id, both)
    assert len(set(first.ids.values())) == 2
    assert database.scenes.save(gate.id, both) == first
    # Either one goes without the other.
    left = database.scenes.save(gate.id, Scene(zones=both.zones[1:]))
    assert dict(left.ids) == {"Counter": first.ids["Counter"]}
    assert database.scenes.get(gate.id) == left


def test_names_that_are_exchanged_stay_with_their_shapes(database: Database) -> None:
    gate = database.cameras.add(settings())
    door, back = DOOR, Line("Back", (0.6, 0), (0.6, 1))
    first = database.scenes.save(gate.id, Scene(lines=(door, back))).ids
    turned = Scene(lines=(replace(door, name="Back"), replace(back, name="Door")))
    second = database.scenes.save(gate.id, turned).ids
    assert dict(second) == {"Back": first["Door"], "Door": first["Back"]}


def test_the_edge_of_the_picture_is_the_same_place_as_whole_number_or_not(
    database: Database,
) -> None:
    gate = database.cameras.add(settings())
    first = database.scenes.save(gate.id, Scene(lines=(Line("Door", (0, 0), (1, 1)),)))
    again = database.scenes.save(gate.id, Scene(lines=(Line("Door", (0.0, 0.0), (1.0, 1.0)),)))
    assert again.ids == first.ids


@pytest.mark.expects_warning
def test_a_gate_that_an_older_camwatch_allowed_does_not_keep_the_others_from_being_counted(
    database: Database,
) -> None:
    gate, hall = (database.cameras.add(settings(name)) for name in ("Gate", "Hall"))
    first = database.scenes.save(gate.id, Scene(lines=(DOOR,), gates=(LOCK,)))
    second = database.scenes.save(hall.id, Scene(zones=(QUEUE,)))
    with database._connections.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE place SET shape = replace(shape, '0.3', '0.1') WHERE kind = 'gate'"
        )
    found = database.scenes.all()
    assert found[0].scene == Scene(lines=(DOOR,))
    assert dict(found[0].ids) == {"Door": first.ids["Door"]}
    assert found[1] == second
    # Whoever saves the scene again ends it.
    database.scenes.save(gate.id, found[0].scene)
    places = {one.id: one for one in database.scenes.places(gate.id)}
    assert places[first.ids["Lock"]].retired_at is not None
    assert places[first.ids["Door"]].retired_at is None


def test_only_a_camera_that_is_there_has_a_scene(database: Database) -> None:
    with pytest.raises(NotFound):
        database.scenes.save(CameraId(7), Scene())
    gate = database.cameras.add(settings())
    database.cameras.remove(gate.id)
    with pytest.raises(NotFound):
        database.scenes.save(gate.id, FULL)
    assert database.scenes.all() == []


def seen(
    camera_id: CameraId, second: float, zone: tuple[PlaceId, int], *watched: PlaceId
) -> Sample:
    at = NOON + timedelta(seconds=second)
    return Sample(camera_id, at, 3, 0.6, 0.01, 1.0, zones=(zone,), watched=watched)


def test_passages_are_added_up_with_the_time_in_which_they_could_be_counted(
    database: Database, clock: Clock
) -> None:
    gate = database.cameras.add(settings())
    ids = database.scenes.save(gate.id, Scene(lines=(DOOR,), zones=(QUEUE,))).ids
    door, queue = ids["Door"], ids["Queue"]
    clock.now = NOON + timedelta(minutes=3)
    samples = [
        seen(gate.id, second, (queue, second % 3), *([door] if second < 90 else []))
        for second in range(120)
    ]
    passages = [
        Passage(door, NOON + timedelta(seconds=10), 1, is_inwards=True),
        Passage(door, NOON + timedelta(seconds=10), 2, is_inwards=True),
        Passage(door, NOON + timedelta(seconds=70), 3, is_inwards=False),
    ]
    assert database.counts.save(samples, [], passages) == 123
    # A batch that is given again changes nothing.
    assert database.counts.save(samples, [], passages) == 0

    buckets = database.passages.flow(
        door, BucketSize.MINUTE, NOON, NOON + timedelta(minutes=3), ZoneInfo("UTC")
    )
    assert [(one.inwards, one.outwards, one.coverage) for one in buckets] == [
        (2, 0, 1.0),
        (0, 1, 0.5),
        (None, None, 0.0),  # nobody knows, which is not nobody
    ]
    assert database.passages.since(NOON) == {door: Passed(2, 1, 0.5)}
    hour_before = NOON - timedelta(hours=1)
    assert database.passages.since(hour_before) == {door: Passed(2, 1, 0.5, since=NOON)}
    assert database.passages.since(NOON + timedelta(minutes=1)) == {door: Passed(0, 1, 0.25)}

    zone = database.passages.occupancy(
        queue, BucketSize.MINUTE, NOON, NOON + timedelta(minutes=3), ZoneInfo("UTC")
    )
    assert [(one.mean, one.peak, one.lowest, one.coverage) for one in zone] == [
        (1.0, 2, 0, 1.0),
        (1.0, 2, 0, 1.0),
        (None, None, None, 0.0),
    ]


def test_the_hours_of_a_line_begin_and_end_with_it(database: Database, clock: Clock) -> None:
    gate = database.cameras.add(settings())
    clock.now = NOON + timedelta(minutes=30)
    door = database.scenes.save(gate.id, Scene(lines=(DOOR,))).ids["Door"]
    samples = [
        Sample(gate.id, NOON + timedelta(minutes=30, seconds=n), 0, 0.0, 0.01, 1.0, watched=(door,))
        for n in range(900)
    ]
    clock.now = NOON + timedelta(minutes=45)
    database.counts.save(samples, [], [])
    database.scenes.save(gate.id, Scene())
    clock.now = NOON + timedelta(hours=2)
    hours = database.passages.flow(door, BucketSize.HOUR, NOON, clock.now, ZoneInfo("UTC"))
    # Nobody was counted before it was drawn, so the hour's number is that of a quarter of it.
    assert [(one.inwards, one.outwards, one.coverage) for one in hours] == [
        (0, 0, 0.25),
        (None, None, 0.0),
    ]
    assert database.passages.since(NOON) == {}


def test_a_zone_of_a_slow_camera_is_known_as_long_as_its_view_is(
    database: Database, clock: Clock
) -> None:
    gate = database.cameras.add(settings(interval_s=300.0))
    queue = database.scenes.save(gate.id, Scene(zones=(QUEUE,))).ids["Queue"]
    # The one at 10 minutes is missing.
    samples = [
        Sample(gate.id, NOON + timedelta(minutes=n), 2, 0.5, 0.01, 300.0, zones=((queue, n),))
        for n in (0, 5, 15)
    ]
    clock.now = NOON + timedelta(minutes=18)
    database.counts.save(samples, [])
    stretch = BucketSize.MINUTE, NOON + timedelta(minutes=3), clock.now, ZoneInfo("UTC")
    zone = database.passages.occupancy(queue, *stretch)
    means = [0.0] * 2 + [5.0] * 5 + [None] * 5 + [15.0] * 3
    assert [one.mean for one in zone] == means
    view = database.counts.buckets([gate.id], *stretch)
    assert [one.coverage for one in zone] == [one.coverage for one in view]
    # A zone that is gone stands for nothing any more.
    database.scenes.save(gate.id, Scene())
    clock.now += timedelta(minutes=5)
    later = database.passages.occupancy(
        queue, BucketSize.MINUTE, NOON + timedelta(minutes=15), clock.now, ZoneInfo("UTC")
    )
    assert [one.mean for one in later] == [15.0] * 3 + [None] * 5


def test_carried_over_time_is_told_from_searched_time(database: Database, file: Path) -> None:
    gate = database.cameras.add(settings())
    samples = [
        Sample(gate.id, NOON + timedelta(seconds=n), 2, 0.5, 0.01, 1.0, 3, is_carried=n >= 20)
        for n in range(60)
    ]
    database.counts.save(samples, [])
    minute = timedelta(minutes=1)
    for size in (BucketSize.MINUTE, BucketSize.HOUR):
        (bucket,) = database.counts.buckets(None, size, NOON, NOON + minute, ZoneInfo("UTC"))
        assert bucket.still == pytest.approx(2 / 3)
    database.close()
    with Database.open(file) as again, again._connections.reading() as connection:
        row = connection.exec_driver_sql("SELECT covered_ms, carried_ms FROM minute").one()
        assert tuple(row) == (60_000, 40_000)
        shown = connection.exec_driver_sql("SELECT DISTINCT count, shown FROM sample").all()
        assert [tuple(one) for one in shown] == [(2, 3)]
