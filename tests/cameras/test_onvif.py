"""Calls of ONVIF devices that are sound, odd, broken and hostile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camwatch.cameras.connections import open_session
from camwatch.cameras.onvif.client import DEVICE, PTZ, OnvifClient, username_token
from camwatch.cameras.onvif.device import DeviceInformation, device_ids, device_information
from camwatch.cameras.onvif.media import _views, addresses_of, views_of
from camwatch.cameras.onvif.ptz import PtzHead
from camwatch.cameras.onvif.ptz_values import Preset, PtzAbilities
from camwatch.cameras.onvif.xml import parse_xml
from camwatch.domain import CameraSettings, Reason, Secret, SourceKind, utc_now
from camwatch.errors import CameraError
from tests.support.fault_camera import FaultCamera, answer
from tests.support.onvif_device import SECRET, OnvifDevice, fault
from tests.support.tls_camera import TlsCamera, certificate

T = TypeVar("T")
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;">]><Envelope><Body>&c;&c;&c;</Body></Envelope>'
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b"<Envelope><Body>&a;</Body></Envelope>"
)


def ask(
    settings: CameraSettings,
    what: Callable[[OnvifClient], Awaitable[T]],
    password: Secret | None = SECRET,
    limit_s: float = 5.0,
) -> T:
    """Ask a device something over a session of its own."""

    async def run() -> T:
        async with open_session() as session:
            return await what(OnvifClient(session, settings, password, limit_s))

    return asyncio.run(run())


def failure(
    settings: CameraSettings,
    what: Callable[[OnvifClient], Awaitable[object]] = device_information,
    password: Secret | None = SECRET,
    limit_s: float = 5.0,
) -> CameraError:
    with pytest.raises(CameraError) as caught:
        ask(settings, what, password, limit_s)
    return caught.value


async def all_of(client: OnvifClient) -> tuple[DeviceInformation, tuple[str, ...]]:
    found = await device_information(client)
    return found, await device_ids(client, found)


# ---------------------------------------------------------------- signing in


@pytest.mark.parametrize("auth", ["none", "token", "digest"])
def test_a_device_tells_what_it_is_however_it_wants_a_sign_in(auth: str) -> None:
    with OnvifDevice(auth) as device:  # type: ignore[arg-type]
        found, ids = ask(device.settings(), all_of)
    assert (found.make, found.model, found.firmware) == ("AXIS", "P3245 -LV", "9.1")
    assert ids == ("ac:cc:8e:12:34:56",), "the serial number is the MAC once more"
    assert device.wrong_tries == 0


@pytest.mark.fault("F43")
@pytest.mark.parametrize("years", [-3, 3])
def test_a_clock_that_is_years_off_keeps_nobody_out(years: int) -> None:
    with OnvifDevice("token", ahead=timedelta(days=365 * years)) as device:
        assert ask(device.settings(), device_information).make == "AXIS"
    assert device.wrong_tries == 0


@pytest.mark.fault("F26")
@pytest.mark.parametrize("auth", ["token", "digest"])
def test_a_wrong_password_is_tried_once_and_never_again(auth: str) -> None:
    async def keep_asking(client: OnvifClient) -> list[Reason]:
        found = []
        for action in ("GetDeviceInformation", "GetNetworkInterfaces", "GetDeviceInformation"):
            with pytest.raises(CameraError) as caught:
                await client.call(DEVICE, action)
            found.append(caught.value.reason)
        return found

    with OnvifDevice(auth) as device:  # type: ignore[arg-type]
        reasons = ask(device.settings(), keep_asking, Secret("wrong one"))
    assert reasons == [Reason.UNAUTHORIZED] * 3
    assert device.wrong_tries == 1
    assert not any("wrong one" in body for body in device.bodies)


def test_a_user_who_may_not_do_everything_still_does_the_rest() -> None:
    async def ask_both(client: OnvifClient) -> int:
        assert (await all_of(client))[1] == ("ac:cc:8e:12:34:56",), "by its serial number"
        return len(await views_of(client))

    with OnvifDevice("token") as device:
        device.answers["GetNetworkInterfaces"] = fault("NotAuthorized")
        assert ask(device.settings(), ask_both) == 1


def test_a_password_that_was_changed_meanwhile_is_not_tried_for_ever() -> None:
    async def keep_asking(client: OnvifClient) -> list[Reason]:
        await client.call(DEVICE, "GetDeviceInformation")
        device.ahead += timedelta(days=1)  # whatever is signed is refused from now on
        found = []
        for _ in range(8):
            with pytest.raises(CameraError) as caught:
                await client.call(DEVICE, "GetDeviceInformation")
            found.append(caught.value.reason)
        return found

    with OnvifDevice("token") as device:
        reasons = ask(device.settings(), keep_asking)
    assert reasons == [Reason.FORBIDDEN] * 3 + [Reason.UNAUTHORIZED] * 5
    assert device.wrong_tries == 4


def test_nobody_is_named_where_no_user_is_set() -> None:
    with OnvifDevice("token") as device:
        error = failure(device.settings(username=""), password=None)
    assert error.reason is Reason.UNAUTHORIZED
    assert "no user name is set" in error.detail
    assert not any("UsernameToken" in body for body in device.bodies)


def test_a_token_holds_the_password_as_a_digest_and_no_number_twice() -> None:
    tokens = {username_token("a<b", Secret("se<cret"), utc_now()) for _ in range(2)}
    assert len(tokens) == 2
    for token in tokens:
        assert "se<cret" not in token
        assert parse_xml(f'<e xmlns:e="x">{token}</e>'.encode()).all("Username")
        assert "a&lt;b" in token


# ---------------------------------------------------------------- broken and hostile


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (ENTITIES, Reason.PROTOCOL),
        (OUTSIDE, Reason.PROTOCOL),
        (b"<Envelope>" + b"<a>" * 200 + b"</a>" * 200 + b"</Envelope>", Reason.PROTOCOL),
        (b"<Envelope>" + b"<a/>" * 30_000 + b"</Envelope>", Reason.PROTOCOL),
        (b"<Envelope/>", Reason.PROTOCOL),
        (b"\x00\xff nothing", Reason.PROTOCOL),
        (b"", Reason.PROTOCOL),
        (b"x" * (1024 * 1024 + 1), Reason.TOO_LARGE),
    ],
    ids=["entities", "outside", "deep", "many", "empty", "binary", "nothing", "huge"],
)
def test_an_answer_that_is_no_answer_has_a_reason(body: bytes, reason: Reason) -> None:
    with OnvifDevice() as device:
        device.answers["GetDeviceInformation"] = body
        assert failure(device.settings()).reason is reason


PROFILE = (
    b'<Profiles token="a"><VideoEncoderConfiguration><Encoding>H264</Encoding><Resolution>'
    b"<Width>640</Width><Height>360</Height></Resolution></VideoEncoderConfiguration></Profiles>"
)


@given(st.binary(max_size=64), st.integers(0, len(PROFILE)), st.integers(0, 8))
def test_whatever_is_sent_is_read_or_refused(junk: bytes, at: int, cut: int) -> None:
    data = b"<a>" + PROFILE[:at] + junk + PROFILE[at + cut :] + b"</a>"
    try:
        views = _views(parse_xml(data), "service")
    except CameraError:
        return
    for view in views:
        assert view.counted in view.profiles
        assert view.main in view.profiles


@pytest.mark.fault("F03")
def test_a_device_that_hangs_is_given_up_at_the_deadline() -> None:
    with OnvifDevice("token") as device:
        device.hangs.add("GetSystemDateAndTime")
        started_s = time.monotonic()
        error = failure(device.settings(), limit_s=0.5)
        took_s = time.monotonic() - started_s
    assert error.reason is Reason.TIMEOUT
    assert took_s < 3.0, "one deadline holds for all that has to be asked"


@pytest.mark.fault("F31")
def test_a_redirect_is_not_followed() -> None:
    elsewhere = answer(b"", "Location: http://127.0.0.1:1/x", status="307 Temporary Redirect")
    with FaultCamera(elsewhere) as camera:
        settings = replace(
            camera.settings(username="operator"), onvif_scheme="http", onvif_port=camera.port
        )
        assert failure(settings).reason is Reason.REDIRECT


@pytest.mark.fault("F39")
def test_nothing_is_sent_over_a_certificate_that_changed() -> None:
    with TlsCamera(certificate()) as camera:
        settings = camera.settings(
            username="operator", onvif_scheme="https", onvif_port=camera.port, pin="ab" * 32
        )
        assert failure(settings).reason is Reason.CERTIFICATE_CHANGED
        assert camera.received == b""


@pytest.mark.fault("F33")
def test_an_address_that_may_not_be_asked_is_not_asked() -> None:
    with OnvifDevice() as device:
        error = failure(replace(device.settings(), allow_local=False))
    assert error.reason is Reason.ADDRESS
    assert device.calls == []


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("ActionNotSupported", Reason.UNSUPPORTED),
        ("OperationProhibited", Reason.FORBIDDEN),
        ("InvalidArgVal", Reason.SERVER_ERROR),
    ],
)
def test_a_fault_is_told_in_the_devices_words(code: str, reason: Reason) -> None:
    with OnvifDevice() as device:
        device.answers["GetDeviceInformation"] = fault(code, "not\x20today\u2028please")
        error = failure(device.settings())
    assert (error.reason, error.detail) == (reason, "not today please")


# ---------------------------------------------------------------- media


async def addresses(client: OnvifClient) -> list[CameraSettings]:
    return [
        (await addresses_of(client, view, client.settings)).settings
        for view in await views_of(client)
    ]


@pytest.mark.parametrize("media", [(1,), (2,), (2, 1)], ids=["media", "media 2 only", "both"])
def test_people_are_counted_in_the_small_stream_and_shown_in_the_large(
    media: tuple[int, ...],
) -> None:
    with OnvifDevice("token", media=media) as device:
        (found,) = ask(device.settings(), addresses)
    assert found.kind is SourceKind.RTSP
    assert found.stream_url == "rtsp://127.0.0.1:554/sub0?a=1&b=2"
    assert found.main_url == "rtsp://127.0.0.1:554/main0?a=1&b=2"
    assert found.onvif_url == device.settings().onvif_url


@pytest.mark.parametrize(
    ("sizes", "counted"),
    [
        ({"a": (1920, 1080, "H264"), "b": (640, 360, "H265"), "c": (352, 288, "H264")}, "b"),
        ({"a": (640, 360, "JPEG"), "b": (640, 360, "H265"), "c": (640, 360, "H264")}, "c"),
        ({"a": (320, 240, "H264"), "b": (480, 360, "H264")}, "b"),
    ],
    ids=["wide enough", "the codec decides between equals", "none is wide enough"],
)
def test_the_counted_stream_is_chosen_by_width_and_then_by_codec(
    sizes: dict[str, tuple[int, int, str]], counted: str
) -> None:
    with OnvifDevice() as device:
        device.sizes = sizes
        (found,) = ask(device.settings(), addresses)
    assert found.stream_path.startswith(f"/{counted}0")


@pytest.mark.fault("F33")
@pytest.mark.parametrize("host", ["169.254.169.254", "example.com", "192.168.99.99"])
def test_the_host_that_a_device_names_is_never_followed(host: str) -> None:
    with OnvifDevice("token", uri_host=host) as device:
        (found,) = ask(device.settings(), addresses)
        assert ask(device.settings(), lambda client: PtzHead(client).abilities()).can_move
    assert found.host == "127.0.0.1"
    assert host not in f"{found.stream_url} {found.main_url}"


def test_a_recorder_has_a_camera_for_each_of_its_views() -> None:
    with OnvifDevice(sources=3) as device:
        found = ask(device.settings(), addresses)
    assert [one.stream_path for one in found] == [f"/sub{n}?a=1&b=2" for n in range(3)]


@pytest.mark.fault("F49")
@pytest.mark.parametrize(
    "uri",
    [
        "file:///etc/passwd",
        "rtsp://127.0.0.1/x?user=admin&amp;password=tell",
        "rtsp://127.0.0.1/x?loginuse=admin&amp;login%70as=tell",
        "http://127.0.0.1/video",
        "rtsp://127.0.0.1:0/x",
        f"rtsp://127.0.0.1/{SECRET.reveal()}/1",
        "",
    ],
)
def test_without_a_stream_that_may_be_asked_snapshots_are_taken(uri: str) -> None:
    with OnvifDevice("token") as device:
        inside = f"<x:GetStreamUriResponse><MediaUri><Uri>{uri}</Uri></MediaUri>"
        device.answers["GetStreamUri"] = f"{inside}</x:GetStreamUriResponse>"
        (found,) = ask(device.settings(), addresses)
    assert found.kind is SourceKind.SNAPSHOT
    assert found.snapshot_url == f"http://127.0.0.1:{device.port}/snap.jpg"


def test_snapshots_can_be_preferred() -> None:
    async def snapshots(client: OnvifClient) -> CameraSettings:
        (view,) = await views_of(client)
        found = await addresses_of(client, view, client.settings, prefer_snapshots=True)
        return found.settings

    with OnvifDevice() as device:
        assert ask(device.settings(), snapshots).kind is SourceKind.SNAPSHOT


# ---------------------------------------------------------------- turning


def test_abilities_and_presets_are_the_devices_own() -> None:
    with OnvifDevice("digest") as device:
        found = ask(device.settings(), lambda client: PtzHead(client).abilities())
    presets = (Preset("<1>", "Front door"), Preset("2", "2"))
    assert found == PtzAbilities(can_move=True, can_zoom=False, has_home=False, presets=presets)


def test_a_move_has_an_end_and_only_the_axes_that_there_are() -> None:
    async def drive(client: OnvifClient) -> None:
        head = PtzHead(client)
        await head.move(2.0, -0.25, 0.5)
        await head.go_to("<1>")
        await head.stop()

    with OnvifDevice() as device:
        ask(device.settings(), drive)
    move, preset, stop = device.bodies[-3:]
    assert '<tt:PanTilt x="1.000" y="-0.250"/>' in move
    assert "Zoom" not in move
    assert "<s:Timeout>PT5S</s:Timeout>" in move
    assert "<s:PresetToken>&lt;1&gt;</s:PresetToken>" in preset
    assert device.calls[-1] == "Stop"
    assert PTZ in stop


def test_a_device_that_refuses_the_time_of_a_move_is_asked_without() -> None:
    with OnvifDevice() as device:
        device.answers["ContinuousMove"] = fault("InvalidArgVal")
        failure(device.settings(), lambda client: PtzHead(client).move(0.5, 0, 0))
    moves = [body for body in device.bodies if "ContinuousMove" in body]
    assert ["Timeout" in move for move in moves] == [True, False]


def test_a_device_without_ptz_can_do_nothing() -> None:
    with OnvifDevice() as device:
        device.answers["GetServices"] = "<x:GetServicesResponse/>"
        settings = device.settings()
        assert not ask(settings, lambda client: PtzHead(client).abilities()).has_any
        error = failure(settings, lambda client: PtzHead(client).move(1, 0, 0))
    assert error.reason is Reason.UNSUPPORTED


def test_a_recorders_other_views_are_not_moved() -> None:
    with OnvifDevice(sources=3) as device:
        settings = replace(device.settings(), kind=SourceKind.RTSP, stream_path="/sub1?a=1&b=2")
        ask(settings, lambda client: PtzHead(client).move(0.5, 0, 0))
        assert "<s:ProfileToken>main1</s:ProfileToken>" in device.bodies[-1]
        unknown = replace(settings, stream_path="/elsewhere")
        error = failure(unknown, lambda client: PtzHead(client).move(0.5, 0, 0))
    assert error.reason is Reason.UNSUPPORTED


def test_devices_older_than_get_services_name_them_otherwise() -> None:
    def place(part: str) -> str:
        return f"<{part}><XAddr>http://h/onvif/{part}</XAddr></{part}>"

    with OnvifDevice() as device:
        device.answers["GetServices"] = fault("ActionNotSupported")
        capabilities = f"<Capabilities>{place('Media')}{place('PTZ')}</Capabilities>"
        device.answers["GetCapabilities"] = (
            f"<x:GetCapabilitiesResponse>{capabilities}</x:GetCapabilitiesResponse>"
        )
        assert ask(device.settings(), addresses)[0].stream_path == "/sub0?a=1&b=2"
