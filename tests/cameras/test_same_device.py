"""Another device at a camera's address is noticed before its pictures are counted."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Literal

import aiohttp
import pytest

from camwatch.cameras import identity, same_device, trial
from camwatch.cameras.connections import open_session
from camwatch.cameras.onvif.control import PtzControl
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
from tests.support.fault_camera import FaultCamera, jpeg, moving, streaming
from tests.support.onvif_device import SECRET, OnvifDevice, fault
from tests.support.tls_camera import TlsCamera, certificate

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
    async def run(settings: CameraSettings) -> None:
        found = DeviceCheck()
        async with open_session() as session:
            with pytest.raises(CameraError) as caught:
                await found.check(session, settings, Secret("wrong"))
            assert caught.value.reason is Reason.UNAUTHORIZED, "it is one of the two guesses"
            for _ in range(3):
                found.lost()
                await found.check(session, settings, Secret("wrong"))
            assert device.wrong_tries == 1
            found.lost()
            await found.check(session, settings, SECRET)
            assert "GetNetworkInterfaces" in device.calls, "another password is another guess"

    with OnvifDevice("token") as device:
        asyncio.run(run(replace(device.settings(), hardware_id=MAC)))


@pytest.mark.expects_warning
@pytest.mark.fault("F26")
def test_a_wrong_password_is_two_guesses_with_the_one_over_onvif() -> None:
    states: list[CameraState] = []

    def publish(event: Event) -> None:
        if isinstance(event, CameraStateChanged):
            states.append(event.state)

    async def run(settings: CameraSettings) -> None:
        camera = Camera(CameraId(1), "uid", SiteId(1), settings, utc_now())
        wrong = Secret("wrong")
        polling = CameraPolling(LIMITS, lambda _camera: wrong, lambda _picture: None, publish)
        polling.set_cameras([camera])
        running = asyncio.create_task(polling.run())
        await until(lambda: CameraState.AUTH_FAILED in states)
        polling.stop()
        await running

    with OnvifDevice("digest") as device:
        settings = replace(
            device.settings(), hardware_id=MAC, interval_s=0.2, snapshot_path="/snap.jpg"
        )
        asyncio.run(run(settings))
        assert device.wrong_tries == 2


def test_a_trial_does_not_end_with_other_users_for_onvif() -> None:
    with OnvifDevice("token") as device:
        settings = replace(
            device.settings(), hardware_id=MAC, snapshot_path="/snap.jpg", status_path=""
        )
        assert trial.test_connection(settings, Secret("wrong"), LIMITS).is_ok


@pytest.mark.fault("F39")
@pytest.mark.parametrize("auth", ["digest", "token"])
def test_nobody_is_signed_in_over_http_where_the_camera_has_a_certificate(
    auth: Literal["digest", "token"],
) -> None:
    with TlsCamera(certificate()) as camera, OnvifDevice(auth) as device:
        settings = replace(
            device.settings(),
            scheme="https",
            port=camera.port,
            pin="ab" * 32,
            hardware_id=MAC,
        )
        result = trial.test_connection(settings, SECRET, LIMITS)
        assert result.reason is Reason.CERTIFICATE_CHANGED
        assert device.calls, "it is asked what it tells everybody"
        with PtzControl(lambda _camera: SECRET) as control:
            stored = Camera(CameraId(1), "uid", SiteId(1), settings, utc_now())
            with pytest.raises(CameraError) as caught:
                control.move(stored, 1.0, 0.0, 0.0)
        assert caught.value.reason is Reason.TLS
        assert "plain http" in caught.value.detail
        assert device.sign_ins == 0
        assert camera.received == b""


def test_what_it_tells_everybody_is_compared_also_over_http() -> None:
    with OnvifDevice() as device:
        settings = replace(
            device.settings(), scheme="rtsps", pin="ab" * 32, hardware_id="aa:aa:aa:aa:aa:aa"
        )
        with pytest.raises(CameraError) as caught:
            check(settings)
    assert caught.value.reason is Reason.OTHER_DEVICE
    assert device.sign_ins == 0


def test_a_service_that_fails_is_asked_again_without_holding_up_the_pictures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def go_on(
        found: DeviceCheck, session: aiohttp.ClientSession, settings: CameraSettings
    ) -> None:
        async with asyncio.timeout(10.0):
            while True:
                found.check_meanwhile(session, settings, SECRET)
                await asyncio.sleep(0.01)

    async def run(settings: CameraSettings) -> None:
        found = DeviceCheck()
        async with open_session() as session:
            await found.check(session, settings, SECRET)
            assert found.is_due, "nothing is known yet"
            asked = len(device.calls)
            device.hangs.clear()
            await found.check(session, settings, SECRET)
            assert len(device.calls) == asked, "not with every picture"
            monkeypatch.setattr(same_device, "AGAIN_AFTER_S", 0.0)
            found.lost()
            device.hangs.add("GetSystemDateAndTime")
            await found.check(session, settings, SECRET)
            device.hangs.clear()
            with pytest.raises(CameraError) as caught:
                await go_on(found, session, settings)
            assert caught.value.reason is Reason.OTHER_DEVICE

    monkeypatch.setattr(same_device, "LIMIT_S", 0.5)
    with OnvifDevice("token") as device:
        device.hangs.add("GetSystemDateAndTime")
        asyncio.run(run(replace(device.settings(), hardware_id="aa:aa:aa:aa:aa:aa")))


TABLE = (
    "IP address       HW type     Flags       HW address            Mask     Device\n"
    "127.0.0.1        0x1         {flags}         {mac}     *        eth0\n"
)


@pytest.mark.expects_warning
@pytest.mark.parametrize("kind", [SourceKind.SNAPSHOT, SourceKind.MJPEG])
@pytest.mark.parametrize(
    ("table", "is_other"),
    [
        (TABLE.format(flags="0x2", mac="aa:aa:aa:aa:aa:aa"), True),
        (TABLE.format(flags="0x2", mac=MAC), False),
        (TABLE.format(flags="0x0", mac="aa:aa:aa:aa:aa:aa"), False),
        ("", False),
    ],
    ids=["other", "same", "incomplete", "nothing"],
)
def test_without_onvif_the_systems_own_table_of_neighbours_tells(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, table: str, kind: SourceKind, *, is_other: bool
) -> None:
    # Loopback has no MACs, so the table of a network stands in a file.
    (tmp_path / "arp").write_text(table)
    monkeypatch.setattr(identity, "_NEIGHBOURS", tmp_path / "arp")
    states: list[tuple[CameraState, Reason]] = []
    pictures: list[Picture] = []

    def publish(event: Event) -> None:
        if isinstance(event, CameraStateChanged):
            states.append((event.state, event.reason))

    async def run(settings: CameraSettings) -> None:
        camera = Camera(CameraId(1), "uid", SiteId(1), settings, utc_now())
        polling = CameraPolling(LIMITS, lambda _camera: None, pictures.append, publish)
        polling.set_cameras([camera])
        running = asyncio.create_task(polling.run())
        if is_other:
            await until(lambda: (CameraState.BLOCKED, Reason.OTHER_DEVICE) in states)
            assert pictures == []
        else:
            await until(lambda: len(pictures) >= 1)
        polling.stop()
        await running

    reply = streaming(jpeg()) if kind is SourceKind.MJPEG else moving()
    with FaultCamera(reply) as device:
        settings = replace(device.settings(), kind=kind, stream_path="/stream", status_path="")
        settings = replace(settings, hardware_id=MAC.upper())
        asyncio.run(run(settings))
        found = trial.test_connection(settings, None, LIMITS)
        assert found.reason is (Reason.OTHER_DEVICE if is_other else Reason.NONE)


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
