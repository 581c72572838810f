"""Cameras and sites: what is stored, whose name is free, what removing leaves behind."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from camwatch.data.engine import Database
from camwatch.domain import BucketSize, Camera, CameraId, CameraSettings, SourceKind
from camwatch.errors import InvalidSetting, NotFound
from tests.data.values import NOON, Clock, sample, settings
from tests.data.zones import UTC_ZONE


def test_all_that_was_entered_is_given_back(database: Database) -> None:
    entered = settings("Gate", site="North")
    camera = database.cameras.add(entered)
    assert camera.settings == entered
    assert camera.created_at == NOON
    assert uuid.UUID(camera.uid).version == 4
    assert database.cameras.get(camera.id) == camera
    assert database.cameras.all() == [camera]


def test_all_that_a_stream_needs_is_given_back(database: Database) -> None:
    entered = CameraSettings(
        name="Stream",
        location="Yard",
        host="10.0.0.8",
        port=554,
        scheme="rtsp",
        site="Main site",
        interval_s=0.04,
        kind=SourceKind.RTSP,
        stream_path="/sub",
        main_path="/main?x=1",
        transport="udp",
        device="0",
        loops=False,
        one_session=True,
        hardware_id="00:11:22:33:44:55",
        onvif_scheme="https",
        onvif_port=8443,
        onvif_path="/onvif/other",
        pin="ab" * 32,
    )
    camera = database.cameras.add(entered)
    assert database.cameras.get(camera.id).settings == entered


def test_the_shortest_interval_survives(database: Database) -> None:
    camera = database.cameras.add(settings(interval_s=0.2))
    assert database.cameras.get(camera.id).settings.interval_s == 0.2


def test_no_site_is_the_main_site(database: Database) -> None:
    camera = database.cameras.add(settings(site=""))
    assert camera.settings.site == "Main site"
    assert [(site.id, site.name) for site in database.cameras.sites()] == [
        (camera.site_id, "Main site")
    ]


def test_a_site_is_made_once_whatever_its_case(database: Database) -> None:
    first = database.cameras.add(settings("a", site="Süd"))
    second = database.cameras.add(settings("b", site="SU\u0308D"))
    third = database.cameras.add(settings("c", site="Nord"))
    assert second.site_id == first.site_id != third.site_id
    assert second.settings.site == "Süd"
    assert [site.name for site in database.cameras.sites()] == ["Nord", "Süd"]


def test_cameras_are_listed_by_name(database: Database) -> None:
    for name in ("hall", "Gate", "attic"):
        database.cameras.add(settings(name))
    assert [camera.name for camera in database.cameras.all()] == ["attic", "Gate", "hall"]


@pytest.mark.parametrize("same", ["Straße", "STRASSE", "straße"])
def test_a_name_in_use_is_refused_in_any_case(database: Database, same: str) -> None:
    camera = database.cameras.add(settings("Strasse"))
    with pytest.raises(InvalidSetting, match="already used by another camera") as caught:
        database.cameras.add(settings(same))
    assert caught.value.field == "name"
    assert database.cameras.all() == [camera]


def test_a_refused_camera_leaves_no_site_behind(database: Database, gate: Camera) -> None:
    with pytest.raises(InvalidSetting):
        database.cameras.add(settings("GATE", site="Elsewhere"))
    assert [site.name for site in database.cameras.sites()] == ["Main site"]


def test_of_two_that_add_the_same_name_at_once_one_is_refused(database: Database) -> None:
    refused: list[InvalidSetting] = []
    together = threading.Barrier(4)

    def add() -> None:
        together.wait()
        try:
            database.cameras.add(settings("Gate"))
        except InvalidSetting as error:
            refused.append(error)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    assert len(database.cameras.all()) == 1


def test_an_edit_keeps_id_uid_and_birth(database: Database, gate: Camera, clock: Clock) -> None:
    clock.now += timedelta(days=1)
    edited = database.cameras.update(gate.id, settings("GATE", site="North", interval_s=5))
    assert edited == replace(
        gate,
        site_id=edited.site_id,
        settings=settings("GATE", site="North", interval_s=5),
    )
    assert edited.site_id != gate.site_id
    assert database.cameras.get(gate.id) == edited


def test_an_edit_may_not_take_another_s_name(
    database: Database, gate: Camera, hall: Camera
) -> None:
    with pytest.raises(InvalidSetting, match="already used"):
        database.cameras.update(gate.id, settings("hall"))
    assert database.cameras.get(gate.id) == gate


def test_removing_keeps_the_history_and_frees_the_name(database: Database, gate: Camera) -> None:
    database.counts.save([sample(gate, 0, 4)], [])
    database.cameras.remove(gate.id)
    assert database.cameras.all() == []
    successor = database.cameras.add(settings("Gate"))
    assert successor.id != gate.id
    assert successor.uid != gate.uid
    (bucket,) = database.counts.buckets(
        [gate.id], BucketSize.MINUTE, NOON, NOON + timedelta(minutes=1), UTC_ZONE
    )
    assert bucket.mean == 4


def test_an_id_is_never_given_out_twice(database: Database, gate: Camera, hall: Camera) -> None:
    with database._connections.writing() as connection:
        connection.exec_driver_sql("DELETE FROM camera")
    assert database.cameras.add(settings("Gate")).id == hall.id + 1


def test_what_is_gone_is_said_to_be_gone(database: Database, gate: Camera) -> None:
    database.cameras.remove(gate.id)
    with pytest.raises(NotFound):
        database.cameras.remove(gate.id)
    with pytest.raises(NotFound):
        database.cameras.get(gate.id)
    with pytest.raises(NotFound):
        database.cameras.update(gate.id, settings())
    with pytest.raises(NotFound, match="camera 99"):
        database.cameras.get(CameraId(99))
