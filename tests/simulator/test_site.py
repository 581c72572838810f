"""The simulated cameras over HTTP, asked by clients that are not ours."""

from __future__ import annotations

import asyncio
import itertools
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import aiohttp
import pytest
import requests
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth

from camwatch.cameras.decode import decode_bytes
from camwatch.cameras.gate import check_picture
from camwatch.cameras.simulator import SimulatedSite, ThreadedSite
from camwatch.cameras.simulator.faults import RETRY_AFTER_S, SLOW_S, Fault, claim_huge
from camwatch.cameras.simulator.sign_in import AuthKind
from camwatch.domain import Reason
from camwatch.errors import CameraError, InvalidSetting

SIZE = (320, 180)
FPS = 5.0
MAX_BYTES = 2**20
PATIENCE_S = 30.0


@pytest.fixture(scope="module")
def site() -> Iterator[ThreadedSite]:
    with ThreadedSite(3, SIZE, fps=FPS, seed=2) as running:
        yield running


@pytest.fixture
def camera(site: ThreadedSite) -> Iterator[str]:
    """The address of camera 1, which has no fault before and after."""
    yield site.base_url(1)
    site.set_fault(1, None)


def get(
    url: str,
    *,
    auth: AuthBase | None = None,
    timeout_s: float = PATIENCE_S,
    params: dict[str, str] | None = None,
) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, auth=auth, timeout=timeout_s, params=params, allow_redirects=False)


def raw_answer(url: str) -> bytes:
    """Ask and return all bytes until the camera hangs up."""
    host, port = re.findall(r"//([\d.]+):(\d+)", url)[0]
    path = url.split(port, 1)[1]
    with closing(socket.create_connection((host, int(port)), PATIENCE_S)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        received = b""
        while block := connection.recv(65_536):
            received += block
        return received


def test_a_snapshot_is_a_picture_with_its_frame_and_time(camera: str, site: ThreadedSite) -> None:
    answer = get(f"{camera}/snapshot")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "no-store"
    assert check_picture(answer.content, max_bytes=MAX_BYTES) == SIZE
    frame, at = int(answer.headers["X-Camwatch-Frame"]), float(answer.headers["X-Camwatch-Time"])
    assert at == pytest.approx(site.started_at + frame / FPS)
    assert site.truth(1, at).frame == frame


def test_the_picture_changes_from_frame_to_frame(camera: str) -> None:
    seen: dict[str, bytes] = {}
    while len(seen) < 3:
        answer = get(f"{camera}/snapshot")
        frame = answer.headers["X-Camwatch-Frame"]
        assert seen.setdefault(frame, answer.content) == answer.content
    assert len(set(seen.values())) == 3


def test_the_status_says_what_the_camera_is(camera: str, site: ThreadedSite) -> None:
    status = get(f"{camera}/status").json()
    assert status["status"] == "online"
    assert status["name"] == site.name(1) == "Entrance"
    assert status["fps"] == FPS
    assert status["resolution"] == "320x180"


def test_truth_over_http_is_the_truth_of_the_scene(site: ThreadedSite) -> None:
    at = site.started_at + 33.4
    answer = get(f"{site.url}/truth", params={"at": repr(at)}).json()
    assert answer["frame"] == 167
    assert answer["t"] == pytest.approx(33.4)
    assert answer["at"] == pytest.approx(at)
    assert list(answer["cameras"]) == ["1", "2", "3"]
    for number in site.numbers:
        told, known = answer["cameras"][str(number)], site.truth(number, at)
        assert told["occupancy"] == known.occupancy
        assert told["crossings"] == {
            "in": known.crossings.inwards,
            "out": known.crossings.outwards,
        }
        assert [person["id"] for person in told["people"]] == [p.id for p in known.people]
        for person, expected in zip(told["people"], known.people, strict=True):
            assert person["box"] == pytest.approx(expected.box, abs=1e-4)
            assert person["visible"] == pytest.approx(expected.visible, abs=1e-3)
    assert sum(len(camera["people"]) for camera in answer["cameras"].values()) > 0


def test_truth_of_one_camera_now(site: ThreadedSite) -> None:
    answer = get(f"{site.url}/truth", params={"camera": "2"}).json()
    assert list(answer["cameras"]) == ["2"]
    later = get(f"{site.url}/truth").json()
    assert later["frame"] >= answer["frame"]


@pytest.mark.parametrize(
    "query",
    ["at=1000", "at=x", "at=nan", "at=inf", "camera=0", "camera=4", "camera=-1", "camera=²"],
)
def test_an_impossible_question_is_refused(site: ThreadedSite, query: str) -> None:
    answer = get(f"{site.url}/truth?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_camera_that_is_not_there_is_not_found(site: ThreadedSite) -> None:
    for number in ("0", "4", "99999999"):
        assert get(f"{site.url}/cam/{number}/snapshot").status_code == 404
    with pytest.raises(ValueError, match="there are 1 to 3"):
        site.base_url(4)


def test_requests_are_counted_by_camera(site: ThreadedSite) -> None:
    before = site.served(3).snapshots, site.served(3).statuses, site.served(2).snapshots
    get(f"{site.base_url(3)}/snapshot")
    get(f"{site.base_url(3)}/snapshot")
    get(f"{site.base_url(3)}/status")
    assert (site.served(3).snapshots, site.served(3).statuses) == (before[0] + 2, before[1] + 1)
    assert site.served(2).snapshots == before[2]


def test_the_stream_sends_each_frame_once(site: ThreadedSite) -> None:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(f"{site.base_url(2)}/stream.mjpg", stream=True, timeout=PATIENCE_S)
        with answer:
            kind = answer.headers["Content-Type"]
            boundary = kind.removeprefix("multipart/x-mixed-replace; boundary=").encode()
            received = b""
            for block in answer.iter_content(4096):
                received += block
                if received.count(b"--" + boundary) > 4:
                    break
    parts = received.split(b"--" + boundary + b"\r\n")[1:5]
    frames = []
    for part in parts:
        head, _, body = part.partition(b"\r\n\r\n")
        length = int(re.findall(rb"Content-Length: (\d+)", head)[0])
        assert body[length:] == b"\r\n"
        assert check_picture(body[:length], max_bytes=MAX_BYTES) == SIZE
        frames.append(int(re.findall(rb"X-Camwatch-Frame: (\d+)", head)[0]))
    assert all(a < b for a, b in itertools.pairwise(frames))


# Faults.


def test_a_fault_is_set_and_cleared_over_http(camera: str) -> None:
    with requests.Session() as session:
        session.trust_env = False
        for name in Fault:
            answer = session.post(f"{camera}/fault", json={"fault": name}, timeout=PATIENCE_S)
            assert answer.json() == {"camera": 1, "fault": name}
        unknown: list[object] = [{"fault": "melted"}, {}, [], "x"]
        for wrong in unknown:
            refused = session.post(f"{camera}/fault", json=wrong, timeout=PATIENCE_S)
            assert refused.status_code == 400
            assert "trickle" in refused.json()["error"]
        session.post(f"{camera}/fault", json={"fault": "busy"}, timeout=PATIENCE_S)
        assert get(f"{camera}/snapshot").status_code == 503
        session.delete(f"{camera}/fault", timeout=PATIENCE_S)
    assert get(f"{camera}/snapshot").status_code == 200


def test_a_fault_of_one_camera_leaves_the_others_alone(camera: str, site: ThreadedSite) -> None:
    site.set_fault(1, "html")
    assert get(f"{camera}/snapshot").headers["Content-Type"].startswith("text/html")
    assert get(f"{site.base_url(2)}/snapshot").headers["Content-Type"] == "image/jpeg"


def test_hang_never_answers(camera: str, site: ThreadedSite) -> None:
    site.set_fault(1, Fault.HANG)
    for page in ("snapshot", "status"):
        with pytest.raises(requests.ReadTimeout):
            get(f"{camera}/{page}", timeout_s=0.4)


def test_slow_answers_in_the_end(camera: str, site: ThreadedSite) -> None:
    site.set_fault(1, Fault.SLOW)
    answer = get(f"{camera}/snapshot")
    assert answer.status_code == 200
    assert answer.elapsed.total_seconds() > SLOW_S * 0.9


def test_trickle_sends_some_bytes_but_not_all_in_time(camera: str, site: ThreadedSite) -> None:
    site.set_fault(1, Fault.TRICKLE)

    async def ask() -> tuple[int, int]:
        received = 0
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{camera}/snapshot") as answer,
        ):
            promised = int(answer.headers["Content-Length"])
            while received < 3:
                received += len(await answer.content.read(1))
            try:
                async with asyncio.timeout(0.05):
                    await answer.content.readexactly(3)
            except TimeoutError:
                return received, promised
        raise AssertionError("three bytes came at once")

    received, promised = asyncio.run(ask())
    assert received == 3
    assert promised > 1000


def test_cut_hangs_up_in_the_middle(camera: str, site: ThreadedSite) -> None:
    site.set_fault(1, Fault.CUT)
    head, _, body = raw_answer(f"{camera}/snapshot").partition(b"\r\n\r\n")
    promised = int(re.findall(rb"Content-Length: (\d+)", head)[0])
    assert len(body) == promised // 2
    stream = raw_answer(f"{camera}/stream.mjpg")
    assert stream.count(b"\xff\xd8\xff") == 1
    assert b"\xff\xd9" not in stream[-4:]


def test_truncated_passes_as_whole_but_the_gate_sees_it(camera: str, site: ThreadedSite) -> None:
    site.set_fault(1, Fault.TRUNCATED)
    answer = get(f"{camera}/snapshot")
    assert answer.status_code == 200
    assert len(answer.content) == int(answer.headers["Content-Length"])
    with pytest.raises(CameraError) as refused:
        check_picture(answer.content, max_bytes=MAX_BYTES)
    assert refused.value.reason is Reason.TRUNCATED


def test_huge_claims_more_pixels_than_anybody_decodes(camera: str, site: ThreadedSite) -> None:
    site.set_fault(1, Fault.HUGE)
    picture = get(f"{camera}/snapshot").content
    assert len(picture) < 50_000
    with pytest.raises(CameraError) as refused:
        check_picture(picture, max_bytes=MAX_BYTES)
    assert refused.value.reason is Reason.TOO_MANY_PIXELS


def test_html_comes_instead_of_a_picture(camera: str, site: ThreadedSite) -> None:
    site.set_fault(1, Fault.HTML)
    answer = get(f"{camera}/snapshot")
    assert answer.status_code == 200
    assert answer.content.startswith(b"<!DOCTYPE html>")


def test_unauthorized_refuses_even_the_right_password(camera: str, site: ThreadedSite) -> None:
    site.set_fault(1, Fault.UNAUTHORIZED)
    before = site.served(1).refused
    answer = get(f"{camera}/snapshot", auth=HTTPBasicAuth(site.username, site.password.reveal()))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert site.served(1).refused == before + 1


def test_busy_asks_to_come_back_later(camera: str, site: ThreadedSite) -> None:
    site.set_fault(1, Fault.BUSY)
    for page in ("snapshot", "status", "stream.mjpg"):
        answer = get(f"{camera}/{page}")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == str(RETRY_AFTER_S)


def test_redirect_sends_the_client_elsewhere(camera: str, site: ThreadedSite) -> None:
    site.set_fault(1, Fault.REDIRECT)
    answer = get(f"{camera}/snapshot")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/cam/1/snapshot?again=1"


def test_frozen_sends_the_same_bytes_while_time_goes_on(camera: str, site: ThreadedSite) -> None:
    site.set_fault(1, Fault.FROZEN)
    first = get(f"{camera}/snapshot")
    start = site.truth(1).frame
    while site.truth(1).frame < start + 3:
        assert get(f"{camera}/snapshot").content == first.content
    site.set_fault(1, None)
    assert get(f"{camera}/snapshot").content != first.content


def test_black_is_black_and_its_clock_goes_on(camera: str, site: ThreadedSite) -> None:
    site.set_fault(1, Fault.BLACK)
    first = get(f"{camera}/snapshot").content
    assert decode_bytes(first)[30:].max() <= 2
    while get(f"{camera}/snapshot").content == first:
        pass


def test_a_fault_that_spares_the_status_says_online(camera: str, site: ThreadedSite) -> None:
    for fault in Fault:
        site.set_fault(1, fault)
        if fault.spares_status:
            assert get(f"{camera}/status").json()["status"] == "online"


def test_a_fault_may_be_there_from_the_start() -> None:
    with ThreadedSite(2, SIZE, fault="html") as broken:
        for number in broken.numbers:
            assert get(f"{broken.base_url(number)}/snapshot").content.startswith(b"<!DOCTYPE")


def test_only_a_jpeg_can_claim_to_be_huge() -> None:
    with pytest.raises(ValueError, match="no frame header"):
        claim_huge(b"\xff\xd8\xff\xd9")


# Passwords.


@pytest.mark.parametrize(("kind", "scheme"), [("basic", HTTPBasicAuth), ("digest", HTTPDigestAuth)])
def test_requests_signs_in(kind: AuthKind, scheme: type[HTTPBasicAuth]) -> None:
    with ThreadedSite(1, SIZE, fps=FPS, auth=kind) as guarded:
        base = guarded.base_url(1)
        right = scheme(guarded.username, guarded.password.reveal())
        assert get(f"{base}/snapshot").status_code == 401
        for page in ("snapshot", "status", "snapshot?width=10"):
            assert get(f"{base}/{page}", auth=right).status_code == 200
        assert get(f"{base}/snapshot", auth=scheme(guarded.username, "wrong")).status_code == 401
        assert get(f"{guarded.url}/truth").status_code == 200
        assert guarded.served(1).refused >= 2


def test_aiohttp_signs_in_with_digest_and_goes_on_with_the_same_nonce() -> None:
    async def ask(site: ThreadedSite) -> list[int]:
        digest = aiohttp.DigestAuthMiddleware(site.username, site.password.reveal())
        async with aiohttp.ClientSession(middlewares=(digest,)) as session:
            statuses = []
            for _ in range(5):
                async with session.get(f"{site.base_url(1)}/snapshot") as answer:
                    statuses.append(answer.status)
                    assert len(await answer.read()) > 1000
            return statuses

    with ThreadedSite(1, SIZE, fps=FPS, auth="digest") as guarded:
        assert asyncio.run(ask(guarded)) == [200] * 5
        assert guarded.served(1).refused == 1


# Starting and stopping.


def test_a_site_stops_at_once_although_cameras_hang_and_stream() -> None:
    with ThreadedSite(2, SIZE, fps=0.1) as stopping:
        stopping.set_fault(1, Fault.HANG)
        outcome: list[str] = []

        def wait_for_an_answer() -> None:
            try:
                get(f"{stopping.base_url(1)}/snapshot")
            except requests.ConnectionError:
                outcome.append("hung up")

        waiting = threading.Thread(target=wait_for_an_answer)
        waiting.start()
        streaming = requests.get(
            f"{stopping.base_url(2)}/stream.mjpg", stream=True, timeout=PATIENCE_S
        )
        while not stopping.served(1).snapshots:
            pass
    with streaming:
        assert sum(len(block) for block in streaming.iter_content(4096)) > 1000
    waiting.join(PATIENCE_S)
    assert outcome == ["hung up"]
    with pytest.raises(requests.ConnectionError):
        get(f"{stopping.base_url(2)}/snapshot")


def test_a_port_in_use_is_named() -> None:
    async def start_on(port: int) -> None:
        await SimulatedSite(1, SIZE).start(port)

    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InvalidSetting) as refused:
            asyncio.run(start_on(port))
    assert refused.value.field == "port"
    assert f"{port} is already in use" in refused.value.reason


def test_a_site_can_be_started_again_and_shows_the_same_people() -> None:
    async def twice() -> tuple[int, int]:
        again = SimulatedSite(1, SIZE, seed=9)
        seen = []
        for _ in range(2):
            await again.start()
            seen.append(again.truth_of_frame(1, 50))
            await again.stop()
        await again.stop()
        assert seen[0] == seen[1]
        return len(seen[0].people), again.cameras

    assert asyncio.run(twice())[1] == 1


def test_cameras_that_are_not_busy_tell_the_truth_of_an_empty_place() -> None:
    with ThreadedSite(4, (128, 72), busy=0.5, is_prepared=True) as site, requests.Session() as web:
        web.trust_env = False
        truth = web.get(f"{site.url}/truth", timeout=10).json()["cameras"]
        assert [truth[number]["people"] for number in ("1", "3")] == [[], []]
        at = site.started_at + 40  # of the busy ones somebody is about by then
        later = web.get(f"{site.url}/truth", params={"at": at}, timeout=10).json()["cameras"]
        assert later["1"]["occupancy"] == later["3"]["occupancy"] == 0
        assert any(later[number]["people"] for number in ("2", "4"))
        files = {web.get(f"{site.base_url(1)}/snapshot", timeout=10).content for _ in range(3)}
        assert all(file.startswith(b"\xff\xd8") for file in files)


@pytest.mark.parametrize(
    ("field", "make"),
    [
        ("cameras", lambda: SimulatedSite(0)),
        ("cameras", lambda: SimulatedSite(1001)),
        ("size", lambda: SimulatedSite(1, (10, 10))),
        ("size", lambda: SimulatedSite(1, (30_000, 30_000))),
        ("fps", lambda: SimulatedSite(1, fps=0.0)),
        ("fps", lambda: SimulatedSite(1, fps=float("nan"))),
        ("seed", lambda: SimulatedSite(1, seed=-1)),
        ("fault", lambda: SimulatedSite(1, fault="melted")),
        ("busy", lambda: SimulatedSite(1, busy=1.1)),
    ],
)
def test_an_unusable_value_is_named(field: str, make: object) -> None:
    assert callable(make)
    with pytest.raises(InvalidSetting) as refused:
        make()
    assert refused.value.field == field
