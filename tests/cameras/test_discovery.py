"""Looking for cameras in networks."""

from __future__ import annotations

import asyncio
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from camwatch.cameras import discovery
from camwatch.cameras.discovery import DiscoveryRequest, Found, _Search, check_request, discover
from camwatch.cameras.fingerprint import _TITLE
from camwatch.cameras.gate import check_picture
from camwatch.cameras.identity import as_mac, as_serial
from camwatch.cameras.makes import MAKES, OTHER, make_from_words, make_of, make_of_stream
from camwatch.cameras.policy import parse_camera_url, validate_camera
from camwatch.cameras.ws_discovery import (
    MOST_ANSWERS,
    MOST_DEVICES,
    MOST_PACKETS,
    Announced,
    _Probe,
)
from camwatch.domain import Reason, Secret, SourceKind
from camwatch.errors import CameraError, InvalidSettings
from tests.support.fault_camera import FaultCamera, answer, by_request, jpeg
from tests.support.onvif_device import SECRET, USERNAME, OnvifDevice, fault

HERE = ("127.0.0.1",)


def request_for(
    *ports: int, username: str = "", password: Secret | None = None
) -> DiscoveryRequest:
    return DiscoveryRequest(
        HERE, ports, use_multicast=False, username=username, password=password, allow_local=True
    )


def search(request: DiscoveryRequest) -> list[Found]:
    """Search; what was told on the way must be what comes back."""
    told: list[Found] = []
    progress: list[tuple[int, int]] = []
    found = discover(request, told.append, lambda *at: progress.append(at), threading.Event())
    assert sorted(told, key=lambda one: one.view) == found
    assert progress[0] == (0, 1)
    assert progress[-1] == (1, 1)
    for one in found:
        assert validate_camera(one.settings) == one.settings, "a camera can be added with it"
        assert one.address == one.settings.origin
    return found


# ---------------------------------------------------------------- what may be searched


@pytest.mark.parametrize(
    ("networks", "words"),
    [
        (("8.8.8.0/24",), "belongs to the Internet"),
        (("2001:db8::/120",), "belongs to the Internet"),
        (("10.0.0.0/8",), "16\u202f777\u202f216"),
        (("192.168.0.0/21",), "2\u202f048"),
        (("127.0.0.0/28",), "is local"),
        (("169.254.169.254",), "is local"),
        (("192.168.1.0/33",), "cannot be read"),
        (("door",), "cannot be read"),
        ((), "are missing"),
        (tuple(f"10.0.{n}.0/24" for n in range(17)), "more than 16"),
    ],
)
def test_what_may_not_be_searched_is_refused_in_words(
    networks: tuple[str, ...], words: str
) -> None:
    with pytest.raises(InvalidSettings) as caught:
        check_request(DiscoveryRequest(networks, use_multicast=False))
    (problem,) = caught.value.problems
    assert problem.field == "networks"
    assert words in problem.reason


def test_every_mistake_in_a_request_is_named() -> None:
    request = DiscoveryRequest(("8.8.8.8", "x"), (0, 80), username="a:b")
    with pytest.raises(InvalidSettings) as caught:
        check_request(request)
    fields = [problem.field for problem in caught.value.problems]
    assert fields == ["networks", "networks", "ports", "username"]


def test_private_networks_are_searched_without_their_ends_and_no_address_twice() -> None:
    request = DiscoveryRequest(("192.168.1.7/29", "192.168.1.3", "100.64.0.1"))
    assert check_request(request) == [*(f"192.168.1.{n}" for n in range(1, 7)), "100.64.0.1"]
    assert len(check_request(DiscoveryRequest(("10.1.0.0/22",)))) == 1022


# ---------------------------------------------------------------- what is found


def test_an_onvif_camera_comes_with_make_model_streams_and_a_picture() -> None:
    with OnvifDevice() as device:
        (found,) = search(request_for(device.port))
    assert (found.make, found.model) == ("AXIS", "P3245 -LV")
    assert found.hardware_id == "ac:cc:8e:12:34:56"
    assert found.ids == {found.hardware_id}
    assert (found.kind, found.port) == (SourceKind.RTSP, 554)
    assert (found.problem, found.needs_sign_in) == (Reason.NONE, False)
    assert check_picture(found.preview, max_bytes=100_000)[0] <= 640
    assert found.name == "AXIS P3245 -LV (127.0.0.1)"
    assert found.settings.hardware_id == found.hardware_id
    assert found.settings.onvif_url == device.settings().onvif_url


@pytest.mark.parametrize("auth", ["token", "digest"])
def test_a_camera_that_wants_a_sign_in_says_so(auth: str) -> None:
    with OnvifDevice(auth) as device:  # type: ignore[arg-type]
        (found,) = search(request_for(device.port))
    assert found.needs_sign_in
    assert found.problem is Reason.UNAUTHORIZED
    assert found.settings.username == ""
    assert device.wrong_tries == 0


@pytest.mark.parametrize("auth", ["token", "digest"])
def test_the_right_password_opens_it(auth: str) -> None:
    with OnvifDevice(auth) as device:  # type: ignore[arg-type]
        (found,) = search(request_for(device.port, username=USERNAME, password=SECRET))
    assert (found.problem, found.needs_sign_in) == (Reason.NONE, False)
    assert found.preview
    assert found.settings.username == USERNAME
    assert device.wrong_tries == 0


@pytest.mark.fault("F26")
@pytest.mark.parametrize("auth", ["token", "digest"])
def test_a_wrong_password_is_tried_once_on_each_device(auth: str) -> None:
    with OnvifDevice(auth) as device:  # type: ignore[arg-type]
        (found,) = search(request_for(device.port, username=USERNAME, password=Secret("wrong")))
    assert device.wrong_tries == 1, "most cameras lock an account after a few"
    assert found.needs_sign_in
    assert found.problem is Reason.UNAUTHORIZED


def test_each_view_of_a_recorder_is_found() -> None:
    with OnvifDevice(sources=2) as device:
        found = search(request_for(device.port))
    assert [(one.view, one.settings.stream_path[:5]) for one in found] == [
        (1, "/sub0"),
        (2, "/sub1"),
    ]
    assert len({one.name for one in found}) == 2


def test_a_device_that_only_says_it_has_onvif_is_found_by_its_snapshots() -> None:
    with OnvifDevice() as device:
        device.answers["GetProfiles"] = fault("ActionNotSupported")
        (found,) = search(request_for(device.port))
    assert found.kind is SourceKind.SNAPSHOT
    assert found.problem is Reason.UNSUPPORTED
    assert found.make == "AXIS"


def test_a_program_that_serves_snapshots_is_found() -> None:
    def reply(head: str) -> bytes:
        if "GET /0/current " in head:
            return answer(jpeg(wh=(320, 240)), "Server: motion-httpd/4.5")
        return answer(b"no", "Server: motion-httpd/4.5", status="404 Not Found", kind="text/plain")

    with FaultCamera(by_request(reply)) as camera:
        (found,) = search(request_for(camera.port))
    assert (found.make, found.kind) == ("motion", SourceKind.SNAPSHOT)
    assert found.settings.snapshot_path == "/0/current"
    assert found.preview


def test_a_printer_is_no_camera() -> None:
    page = answer(b"<html><title>Printer</title></html>", "Server: Praxis", kind="text/html")
    with FaultCamera(page) as printer:
        assert search(request_for(printer.port)) == []


def test_a_server_of_streams_is_found_although_it_does_not_say_where_they_are() -> None:
    hello = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: Some RTSP\r\nPublic: DESCRIBE\r\n\r\n"
    with FaultCamera(hello) as server:
        (found,) = search(request_for(server.port))
    assert (found.kind, found.port) == (SourceKind.RTSP, server.port)
    assert found.problem is Reason.NOT_FOUND


@pytest.mark.fault("F09", "F14", "F18")
def test_what_is_no_picture_is_not_shown() -> None:
    bomb = jpeg()[:-2].replace(
        b"\xff\xc0\x00\x11\x08\x00\x30\x00\x40", b"\xff\xc0\x00\x11\x08" + b"\x75" * 4
    )

    def reply(head: str) -> bytes:
        return answer(bomb if "snap.jpg" in head else b"", "Server: Bosch")

    with FaultCamera(by_request(reply)) as camera:
        (found,) = search(request_for(camera.port))
    assert found.preview == b""
    assert found.make == "Bosch"


@pytest.mark.fault("F03")
def test_a_search_ends_at_once_when_nobody_waits_any_more() -> None:
    with OnvifDevice() as device:
        device.hangs.add("GetDeviceInformation")
        cancel = threading.Event()
        ended_s = 0.0

        def run() -> None:
            nonlocal ended_s
            discover(request_for(device.port), print, lambda *_at: None, cancel)
            ended_s = time.monotonic()

        thread = threading.Thread(target=run)
        thread.start()
        while "GetDeviceInformation" not in device.calls:
            time.sleep(0.005)
        cancelled_s = time.monotonic()
        cancel.set()
        thread.join(5.0)
    assert 0 < ended_s - cancelled_s < 2.0, "half a second, were this machine idle"


@pytest.mark.fault("F62")
def test_a_search_without_free_files_says_so() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    request = DiscoveryRequest(("127.0.0.0/28",), (9,), use_multicast=False, allow_local=True)

    def on_progress(done: int, _of: int) -> None:
        if done == 0:  # once the search has what it needs itself
            used = len(list(Path("/proc/self/fd").iterdir()))
            resource.setrlimit(resource.RLIMIT_NOFILE, (used + 4, hard))

    try:
        with pytest.raises(CameraError) as caught:
            discover(request, lambda _found: None, on_progress, threading.Event())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert caught.value.reason is Reason.OPEN_FILES


def test_addresses_of_the_host_itself_are_left_out_of_a_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    async def connects(host: str, _port: int) -> bool:
        asked.append(host)
        return False

    # Whatever goes wrong, no packet may leave this computer.
    monkeypatch.setattr(discovery, "_connects", connects)
    request = DiscoveryRequest(
        ("169.254.169.252/30", "127.0.0.1"), (9,), use_multicast=False, allow_local=True
    )
    discover(request, lambda _found: None, lambda *_at: None, threading.Event())
    assert sorted(asked) == ["127.0.0.1", "169.254.169.253"]


def test_a_page_of_titles_without_an_end_is_read_quickly() -> None:
    page = b"<title" * (64 * 1024 // 6)
    began_s = time.process_time()
    assert _TITLE.search(page) is None
    assert _TITLE.search(b"<title " * (64 * 1024 // 7)) is None
    assert _TITLE.search(b"<title>" * (64 * 1024 // 7)) is None
    assert time.process_time() - began_s < 0.2, "of this process alone; it takes a few milliseconds"
    found = _TITLE.search(b'<html><TITLE lang="en">AXIS P3245</title>')
    assert found is not None
    assert found[1] == b"AXIS P3245"


class Slow(_Search):
    """A search whose clearing up takes a while."""

    is_clear = False

    async def run(self) -> None:
        """Search for ever."""
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(3 * discovery._CANCEL_CHECK_S)
            self.is_clear = True


def test_what_a_cancelled_search_clears_up_is_not_cut_short() -> None:
    search = Slow(request_for(9), ["127.0.0.1"], print, lambda *_at: None)
    cancel = threading.Event()

    async def run() -> None:
        asyncio.get_running_loop().call_later(0.05, cancel.set)
        await discovery._until(cancel, search)

    asyncio.run(run())
    assert search.is_clear


# ---------------------------------------------------------------- announcements


def announcement(number: str, xaddrs: str, scopes: str = "") -> bytes:
    return (
        "<e:Envelope xmlns:e='x'><e:Header><RelatesTo>urn:uuid:"
        f"{number}</RelatesTo></e:Header><e:Body><ProbeMatches><ProbeMatch>"
        f"<Scopes>{scopes}</Scopes><XAddrs>{xaddrs}</XAddrs></ProbeMatch></ProbeMatches>"
        "</e:Body></e:Envelope>"
    ).encode()


@contextmanager
def probe() -> Iterator[tuple[_Probe, str, list[Announced]]]:
    found: list[Announced] = []
    made = _Probe(lambda host: host.startswith("192.168."), found.append)
    message = made.message("dn:NetworkVideoTransmitter").decode()
    yield made, message.partition("uuid:")[2].partition("<")[0], found


def test_a_device_is_asked_where_its_answer_came_from_not_where_it_points() -> None:
    with probe() as (made, number, found):
        scopes = "onvif://www.onvif.org/name/Front%20Door onvif://www.onvif.org/hardware/P3245"
        xaddrs = "http://[fe80::1]/x http://169.254.169.254:2020/onvif/service https://h/z"
        made.datagram_received(announcement(number, xaddrs, scopes), ("192.168.1.9", 3702))
    expected = Announced("192.168.1.9", "http", 2020, "/onvif/service", "Front Door", "P3245")
    assert found == [expected]


@pytest.mark.parametrize(
    ("data", "sender"),
    [
        (announcement("another", "http://h/"), "192.168.1.9"),
        (announcement("{}", "file:///etc/passwd javascript:x"), "192.168.1.9"),
        (announcement("{}", "http://h/"), "8.8.8.8"),
        (announcement("{}", "http://h/" + "a" * 20_000), "192.168.1.9"),
        (b"\x00\x01", "192.168.1.9"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "192.168.1.9"),
    ],
    ids=["unasked", "schemes", "sender", "huge", "binary", "entities"],
)
def test_an_answer_that_cannot_be_trusted_is_dropped(data: bytes, sender: str) -> None:
    with probe() as (made, number, found):
        made.datagram_received(data.replace(b"{}", number.encode()), (sender, 3702))
    assert found == []


def test_a_flood_of_answers_has_an_end() -> None:
    with probe() as (made, number, found):
        for n in range(MOST_DEVICES + 5):
            data = announcement(number, "http://h/")
            made.datagram_received(data, (f"192.168.{n // 250}.{n % 250}", 3702))
            made.datagram_received(data, (f"192.168.{n // 250}.{n % 250}", 3702))
    assert len(found) <= MOST_DEVICES
    assert len(found) == len({one.host for one in found})


def test_junk_does_not_take_the_place_of_answers() -> None:
    with probe() as (made, number, found):
        for n in range(MOST_ANSWERS + 5):
            made.datagram_received(b"junk", (f"192.168.7.{n % 250}", 3702))
            made.datagram_received(announcement("another", "http://h/"), ("192.168.7.1", 3702))
        made.datagram_received(announcement(number, "http://h/"), ("192.168.1.9", 3702))
        assert [one.host for one in found] == ["192.168.1.9"]
        for _ in range(MOST_PACKETS):
            made.datagram_received(b"junk", ("192.168.7.1", 3702))
        made.datagram_received(announcement(number, "http://h/"), ("192.168.1.10", 3702))
    assert len(found) == 1, "junk has an end, too"


# ---------------------------------------------------------------- knowing again


@pytest.mark.parametrize(
    ("text", "mac"),
    [
        ("AC:CC:8E:12:34:56", "ac:cc:8e:12:34:56"),
        ("ac-cc-8e-12-34-56", "ac:cc:8e:12:34:56"),
        ("ACCC8E123456", "ac:cc:8e:12:34:56"),
        ("00:00:00:00:00:00", ""),
        ("ff:ff:ff:ff:ff:ff", ""),
        ("01:00:5e:00:00:01", ""),
        ("PY-000001", ""),
        ("", ""),
    ],
)
def test_a_mac_has_one_form(text: str, mac: str) -> None:
    assert as_mac(text) == mac


@pytest.mark.parametrize(
    ("text", "serial"),
    [
        ("PY-000001", "PY-000001"),
        (" DS-2CD2042WD  20160101 ", "DS-2CD2042WD 20160101"),
        ("0000000", ""),
        ("123456", ""),
        ("unknown", ""),
        ("1", ""),
    ],
)
def test_a_serial_number_that_whole_series_share_is_none(text: str, serial: str) -> None:
    assert as_serial(text) == serial


# ---------------------------------------------------------------- makes


def test_makes_have_names_of_their_own_and_paths_that_can_be_entered() -> None:
    assert len(MAKES) >= 20
    assert len({make.name for make in MAKES}) == len(MAKES)
    for make in MAKES:
        paths = (make.snapshot_path, make.mjpeg_path, make.rtsp_path, make.rtsp_main_path)
        assert any(paths)
        for path in filter(None, (*paths, make.status_path)):
            assert parse_camera_url(f"http://10.0.0.7{path}").path == path
            assert not any(word in path.lower() for word in ("pwd", "pass", "usr=", "user="))


def test_a_make_is_known_again_by_its_paths() -> None:
    for make in MAKES:
        if make.snapshot_path:
            assert make_of(make.snapshot_path, make.status_path) is make
    assert make_of_stream(SourceKind.RTSP, "/Streaming/Channels/101").name.startswith("Hikvision")
    assert make_of_stream(SourceKind.MJPEG, "/video.mjpg").name == "Vivotek"
    assert make_of_stream(SourceKind.RTSP, "/nowhere") is OTHER


def test_each_make_is_documented() -> None:
    document = (Path(__file__).parents[2] / "docs" / "discovery.md").read_text()
    for make in MAKES:
        cells = (make.snapshot_path, make.mjpeg_path, make.rtsp_path, make.rtsp_main_path)
        row = " | ".join(f"`{path}`" if path else "\N{EN DASH}" for path in cells)
        name = f"{make.name} ✓" if make.is_checked else make.name
        assert f"| {name} | {row} | {make.http_port}, {make.rtsp_port} |" in document


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("AXIS Communications",), "Axis"),
        (("lighttpd", "Login to 3K04A1BPAG00000"), "Dahua, Amcrest, Lorex, IMOU"),
        (("App-webs/",), "Hikvision, HiLook, Annke"),
        (("motion-httpd/4.5.1",), "motion"),
        (("uStreamer",), "uStreamer"),
        (("Praxis", "interaction", "surveillance"), None),
        ((), None),
    ],
)
def test_a_make_is_recognised_by_whole_words(words: tuple[str, ...], name: str | None) -> None:
    make = make_from_words(*words)
    assert (None if make is None else make.name) == name
