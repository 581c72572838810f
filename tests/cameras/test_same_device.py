"""Another device at a camera's address is noticed before its pictures are counted."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from camwatch.cameras import trial
from camwatch.cameras.connections import open_session
from camwatch.cameras.polling import CameraPolling
from camwatch.cameras.same_device import DeviceCheck
from camwatch.config import CameraPolicy
from camwatch.domain import (
    Camera,
    CameraId,
    CameraSettings,
    CameraState,
    Picture,
    Reason,
    Secret,
    SiteId,
    SourceKind,
    utc_now,
)
from camwatch.errors import CameraError
from camwatch.events import CameraStateChanged, Event
from tests.cameras.asking import until
from tests.support.onvif_device import SECRET, OnvifDevice, fault

MAC = "ac:cc:8e:12:34:56"
NO_SERIAL = (
    "<x:GetDeviceInformationResponse><Manufacturer>AXIS</Manufacturer>"
    "</x:GetDeviceInformationResponse>"
)
LIMITS = CameraPolicy(snapshot_timeout_s=3.0, breaker_pause_s=0.2, breaker_failures=100)


def check(
    settings: CameraSettings, password: Secret | None = SECRET, times: int = 1
) -> DeviceCheck:
    async def run() -> DeviceCheck:
        found = DeviceCheck()
        async with open_session() as session:
            for _ in range(times):
                found.is_due = True
                await found.check(session, settings, password)
        return found

    return asyncio.run(run())


def test_the_same_device_passes_and_is_not_asked_again() -> None:
    with OnvifDevice("token") as device:
        settings = replace(device.settings(), hardware_id=MAC)
        assert not check(settings).is_due


@pytest.mark.parametrize("hardware_id", ["aa:aa:aa:aa:aa:aa", "00:11:22:33:44:55"])
def test_another_device_is_named(hardware_id: str) -> None:
    with OnvifDevice("token") as device, pytest.raises(CameraError) as caught:
        check(replace(device.settings(), hardware_id=hardware_id))
    assert caught.value.reason is Reason.OTHER_DEVICE
    assert caught.value.detail == f"AXIS P3245 -LV, {MAC} instead of {hardware_id}"


@pytest.mark.parametrize("hardware_id", ["", "PY-000001"], ids=["unknown", "of another kind"])
def test_what_cannot_be_compared_passes(hardware_id: str) -> None:
    with OnvifDevice("token") as device:
        check(replace(device.settings(), hardware_id=hardware_id))


def test_a_device_that_does_not_tell_passes() -> None:
    with OnvifDevice() as device:
        settings = replace(device.settings(), hardware_id="aa:aa:aa:aa:aa:aa")
        device.answers["GetDeviceInformation"] = fault("ActionNotSupported")
        check(settings)
        check(replace(settings, onvif_scheme=""))


@pytest.mark.fault("F26")
def test_a_device_with_other_users_for_onvif_is_tried_once() -> None:
    with OnvifDevice("token") as device:
        check(replace(device.settings(), hardware_id=MAC), Secret("wrong"), times=3)
        assert device.wrong_tries == 1


def test_a_trial_tells_of_another_device_before_it_shows_a_picture() -> None:
    with OnvifDevice("token") as device:
        settings = replace(device.settings(), hardware_id=MAC, snapshot_path="/snap.jpg")
        settings = replace(settings, status_path="")
        assert trial.test_connection(settings, SECRET, LIMITS).is_ok
        device.mac = "aa:aa:aa:aa:aa:aa"
        device.answers["GetDeviceInformation"] = NO_SERIAL
        assert trial.test_connection(settings, SECRET, LIMITS).reason is Reason.OTHER_DEVICE


@pytest.mark.expects_warning
def test_a_stream_of_another_device_is_not_even_opened() -> None:
    states: list[Reason] = []

    def publish(event: Event) -> None:
        if isinstance(event, CameraStateChanged):
            states.append(event.reason)

    async def run(device: OnvifDevice) -> None:
        settings = replace(
            device.settings(),
            hardware_id="aa:aa:aa:aa:aa:aa",
            kind=SourceKind.MJPEG,
            stream_path="/stream",
        )
        camera = Camera(CameraId(1), "uid", SiteId(1), settings, utc_now())
        polling = CameraPolling(LIMITS, lambda _camera: SECRET, lambda _picture: None, publish)
        polling.set_cameras([camera])
        running = asyncio.create_task(polling.run())
        await until(lambda: Reason.OTHER_DEVICE in states)
        polling.stop()
        await running

    with OnvifDevice("token") as device:
        asyncio.run(run(device))
        assert device.gets == []


@pytest.mark.expects_warning
def test_pictures_of_another_device_are_never_delivered() -> None:
    pictures: list[Picture] = []
    states: list[tuple[CameraState, Reason]] = []

    def publish(event: Event) -> None:
        if isinstance(event, CameraStateChanged):
            states.append((event.state, event.reason))

    async def run(device: OnvifDevice) -> None:
        settings = replace(
            device.settings(), hardware_id=MAC, interval_s=0.2, snapshot_path="/snap.jpg"
        )
        camera = Camera(CameraId(1), "uid", SiteId(1), settings, utc_now())
        polling = CameraPolling(LIMITS, lambda _camera: SECRET, pictures.append, publish)
        polling.set_cameras([camera])
        running = asyncio.create_task(polling.run())
        await until(lambda: (CameraState.BLOCKED, Reason.OTHER_DEVICE) in states)
        assert pictures == []
        device.mac = MAC
        await until(lambda: (CameraState.OK, Reason.NONE) in states)
        asked = device.calls.count("GetDeviceInformation")
        await until(lambda: len(pictures) >= 3)
        assert device.calls.count("GetDeviceInformation") == asked, "once an outage is enough"
        polling.stop()
        await running

    with OnvifDevice("token") as device:
        device.mac = "aa:aa:aa:aa:aa:aa"
        device.answers["GetDeviceInformation"] = NO_SERIAL
        asyncio.run(run(device))
