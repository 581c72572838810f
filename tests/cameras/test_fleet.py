"""Cameras that fail together are one trouble, with what they have in common, once."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from camwatch.cameras.fleet import CommonCauses
from camwatch.domain import Camera, CameraId, CameraSettings, CameraState, Reason, SiteId
from camwatch.events import CommonCause

START = datetime(2024, 5, 1, 14, 2, tzinfo=UTC)


def camera(number: int, host: str, port: int = 80) -> Camera:
    settings = CameraSettings(f"Cam {number}", "Hall", host, port=port, allow_local=True)
    return Camera(CameraId(number), f"uid-{number}", SiteId(1), settings, START)


class Site:
    """Cameras by number, and a clock that goes on a second at a time."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self.cameras = [camera(number, host) for number, host in enumerate(hosts, 1)]
        self.causes = CommonCauses()
        self.causes.set_cameras(self.cameras)
        self.now_s = 1000.0
        self.told: list[CommonCause] = []

    def ids(self, part: str) -> list[CameraId]:
        return [one.id for one in self.cameras if one.settings.host.startswith(part)]

    def fail(
        self, ids: Iterable[int], reason: Reason = Reason.TIMEOUT, since_s: float | None = None
    ) -> None:
        for number in ids:
            began_s = self.now_s if since_s is None else since_s
            self.causes.note(CameraId(number), CameraState.OFFLINE, reason, began_s)

    def recover(self, ids: Iterable[int]) -> None:
        for number in ids:
            self.causes.note(CameraId(number), CameraState.OK, Reason.NONE, self.now_s)

    def go_on(self, seconds: int = 1) -> None:
        for _ in range(seconds):
            self.now_s += 1
            at = START + timedelta(seconds=self.now_s - 1000)
            self.told += self.causes.check(self.now_s, at)

    @property
    def going_on(self) -> dict[str, CommonCause]:
        latest = {event.key: event for event in self.told}
        return {key: event for key, event in latest.items() if event.camera_ids}


def two_floors() -> Site:
    return Site([f"10.0.3.{n}" for n in range(1, 51)] + [f"10.9.8.{n}" for n in range(1, 15)])


@pytest.mark.fault("F54")
def test_fifty_cameras_of_a_dead_switch_are_one_trouble() -> None:
    site = two_floors()
    chance = random.Random(3)
    lost = site.ids("10.0.3.")
    # They die in one second; hanging requests and refused ones take their time to be an outage.
    began_s = {one: site.now_s + chance.random() for one in lost}
    offline_s = {one: began_s[one] + chance.uniform(2.5, 12) for one in lost}
    for _ in range(20):
        for one in [one for one in lost if offline_s[one] <= site.now_s]:
            reason = chance.choice([Reason.TIMEOUT, Reason.UNREACHABLE])
            site.fail([one], reason, began_s[one])
            del offline_s[one]
            lost.remove(one)
        site.go_on()
    assert {event.key for event in site.told} == {"1"}
    sizes = [len(event.camera_ids) for event in site.told]
    assert sizes == sorted(sizes)
    last = site.told[-1]
    assert (last.scope, last.where, len(last.camera_ids)) == ("network", "10.0.3.0/24", 50)

    site.go_on(600)
    assert site.told[-1] is last  # nothing new is nothing told
    back = site.ids("10.0.3.")
    chance.shuffle(back)
    for one in back:
        site.recover([one])
        site.go_on()
    assert {event.key for event in site.told} == {"1"}
    assert site.told[-1].camera_ids == ()
    assert sum(not event.camera_ids for event in site.told) == 1


@pytest.mark.fault("F54")
def test_a_dead_recorder_is_named_by_its_address() -> None:
    site = Site(["10.0.3.9"] * 16 + [f"10.0.3.{n}" for n in range(20, 60)])
    site.fail(site.ids("10.0.3.9"), Reason.REFUSED)
    site.go_on(5)
    (cause,) = site.going_on.values()
    assert (cause.scope, cause.where, cause.reason) == ("host", "10.0.3.9", Reason.REFUSED)
    assert cause.camera_ids == tuple(range(1, 17))


def test_two_cameras_of_one_small_recorder_are_one_trouble_and_two_others_are_not() -> None:
    site = Site(["recorder.shop", "recorder.shop", *(f"10.0.{n}.7" for n in range(20))])
    site.fail([1, 2, 5, 6])
    site.go_on(3)
    (cause,) = site.going_on.values()
    assert (cause.scope, cause.where, cause.camera_ids) == ("host", "recorder.shop", (1, 2))


def test_cameras_that_fail_one_by_one_have_no_common_cause() -> None:
    site = two_floors()
    for number in range(1, 40):
        site.fail([number])
        site.go_on(25)
    assert site.told == []


def test_a_password_or_a_wrong_path_is_the_cameras_own_trouble() -> None:
    site = two_floors()
    for reason in (Reason.UNAUTHORIZED, Reason.NOT_FOUND, Reason.FROZEN):
        site.fail(site.ids("10.0.3."), reason)
        site.go_on(3)
    assert site.told == []


def test_several_parts_of_one_building_are_one_trouble() -> None:
    hosts = [f"10.0.{net}.{n}" for net in (3, 4, 5) for n in range(1, 21)]
    site = Site([*hosts, *(f"172.16.0.{n}" for n in range(1, 11))])
    site.fail(site.ids("10.0.3."))
    site.go_on(3)
    assert [event.where for event in site.told] == ["10.0.3.0/24"]
    site.fail([*site.ids("10.0.4."), *site.ids("10.0.5.")], since_s=site.now_s)
    site.go_on(3)
    (cause,) = site.going_on.values()
    assert (cause.key, cause.scope, cause.where) == ("1", "network", "10.0.0.0/16")
    assert len(cause.camera_ids) == 60


def test_two_buildings_are_two_troubles() -> None:
    site = Site(
        [f"10.{net}.0.{n}" for net in (1, 2) for n in range(1, 11)]
        + [f"172.16.0.{n}" for n in range(1, 11)]
    )
    site.fail([*site.ids("10.1."), *site.ids("10.2.")])
    site.go_on(3)
    assert {cause.where for cause in site.going_on.values()} == {"10.1.0.0/24", "10.2.0.0/24"}


def test_when_every_camera_fails_it_is_this_computers_connection() -> None:
    site = two_floors()
    site.fail(site.ids("10.0.3."))
    site.go_on(2)
    site.fail(site.ids("10.9.8."))
    site.go_on(2)
    (cause,) = site.going_on.values()
    assert (cause.key, cause.scope, cause.where, len(cause.camera_ids)) == ("1", "computer", "", 64)


def test_a_camera_of_this_very_computer_does_not_speak_for_the_network() -> None:
    site = Site(["127.0.0.1", *(f"10.0.{n}.7" for n in range(8))])
    site.fail(site.ids("10.0."))
    site.go_on(2)
    (cause,) = site.going_on.values()
    assert (cause.scope, len(cause.camera_ids)) == ("computer", 8)


@pytest.mark.fault("F56")
@pytest.mark.parametrize(
    ("reason", "few"), [(Reason.HOST_OFFLINE, 1), (Reason.OPEN_FILES, 3), (Reason.DNS, 3)]
)
def test_what_lies_at_this_computer_is_told_as_that(reason: Reason, few: int) -> None:
    site = two_floors()
    site.fail(range(1, few), reason)
    site.go_on(3)
    assert site.told == []
    site.fail([few], reason)
    site.go_on(3)
    (cause,) = site.going_on.values()
    assert (cause.scope, cause.where, cause.reason) == ("computer", "", reason)
    site.recover(range(1, few + 1))
    site.go_on(3)
    assert site.going_on == {}


def test_cameras_that_are_asked_seldom_join_later_and_do_not_begin_anew() -> None:
    site = two_floors()
    site.fail(range(1, 20))
    site.go_on(200)
    site.fail(range(20, 51))
    site.go_on(3)
    (cause,) = site.going_on.values()
    assert (cause.key, len(cause.camera_ids)) == ("1", 50)
    assert len(site.told) == 2


@pytest.mark.fault("F54")
def test_a_loose_plug_does_not_flap() -> None:
    site = two_floors()
    for _ in range(10):
        site.fail(site.ids("10.0.3."))
        site.go_on(8)
        site.recover(site.ids("10.0.3."))
        site.go_on(8)
    assert {event.key for event in site.told} == {"1"}
    assert len(site.told) == 20


def test_what_is_left_after_the_others_came_back_is_no_common_cause() -> None:
    site = two_floors()
    site.fail(range(1, 65))
    site.go_on(120)
    site.recover(range(4, 65))
    site.go_on(3)
    assert site.going_on == {}


def test_half_that_stays_away_is_told_for_what_it_is() -> None:
    site = two_floors()
    site.fail(range(1, 65))
    site.go_on(120)
    site.recover(site.ids("10.9.8."))
    site.go_on(100)
    (cause,) = site.going_on.values()
    assert (cause.key, cause.scope, cause.where) == ("1", "network", "10.0.3.0/24")


def test_a_camera_that_is_removed_fails_no_more() -> None:
    site = two_floors()
    site.fail(site.ids("10.0.3."))
    site.go_on(3)
    site.causes.set_cameras(site.cameras[50:])
    site.go_on(3)
    assert site.going_on == {}


@pytest.mark.fault("F54", "F60")
def test_a_switch_that_dies_while_this_computer_is_busy_is_told_apart() -> None:
    site = two_floors()
    for one in site.cameras:
        site.causes.note(one.id, CameraState.SLOW, Reason.OVERLOADED, 0.0)
    site.go_on(100)
    site.fail(site.ids("10.0.3."))
    site.go_on(3)
    found = {cause.where: (cause.scope, len(cause.camera_ids)) for cause in site.going_on.values()}
    assert found == {"": ("computer", 14), "10.0.3.0/24": ("network", 50)}


def test_version_6_networks() -> None:
    site = Site([f"2001:db8:0:1::{n}" for n in range(1, 9)] + [f"10.0.{n}.7" for n in range(9)])
    site.fail(range(1, 9))
    site.go_on(2)
    (cause,) = site.going_on.values()
    assert (cause.scope, cause.where) == ("network", "2001:db8:0:1::/64")
