"""What ipycam, a virtual ONVIF camera that nobody here wrote, is asked in its own network.

Run by `test_virtual_camera.py` in a network namespace: the camera listens on every address,
and answers multicast, which must not leave this computer.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from camwatch.cameras import trial
from camwatch.cameras.connections import open_session
from camwatch.cameras.discovery import DiscoveryRequest, Found, discover
from camwatch.cameras.gate import check_picture
from camwatch.cameras.makes import make_from_words
from camwatch.cameras.onvif.client import PTZ, OnvifClient
from camwatch.cameras.onvif.control import PtzControl
from camwatch.cameras.onvif.device import device_information
from camwatch.config import CameraPolicy
from camwatch.domain import (
    Camera,
    CameraId,
    CameraSettings,
    Reason,
    Secret,
    SiteId,
    SourceKind,
    utc_now,
)
from camwatch.errors import CameraError

USER, PASSWORD = "admin", Secret('pw <&"> secret')
STARTS_WITHIN_S = 60.0
pytestmark = pytest.mark.skipif(
    "TESTS_IN_NAMESPACE" not in os.environ, reason="only in a network namespace"
)


@pytest.fixture(scope="module")
def ipycam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CameraSettings]:
    """Run the camera, and give the settings of one with its ONVIF service."""
    folder = tmp_path_factory.mktemp("ipycam")
    video = folder / "test.mp4"
    source = "testsrc2=size=1280x720:rate=5:duration=4"
    subprocess.run(
        [*("ffmpeg", "-v", "error", "-f", "lavfi", "-i", source), "-pix_fmt", "yuv420p", video],
        check=True,
    )
    config = {
        "local_ip": "127.0.0.1",
        "name": "Yard",
        "username": USER,
        "password": PASSWORD.reveal(),
        "main_width": 1280,
        "main_height": 720,
        "main_fps": 5,
        "sub_fps": 5,
    }
    (folder / "camera.json").write_text(json.dumps(config))
    log = folder / "log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "ipycam", "-c", "camera.json", "--source", str(video)]
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
    settings = CameraSettings(
        name="ipycam",
        location="Loopback",
        host="127.0.0.1",
        username=USER,
        allow_local=True,
        onvif_scheme="http",
        onvif_port=8080,
    )
    try:
        _until_ready(settings, process, log)
        yield settings
    finally:
        process.terminate()
        process.wait(10.0)


def _until_ready(settings: CameraSettings, process: subprocess.Popen[bytes], log: Path) -> None:
    end_s = time.monotonic() + STARTS_WITHIN_S

    async def is_ready() -> bool:
        async with open_session() as session:
            try:
                await device_information(OnvifClient(session, settings, PASSWORD))
            except CameraError:
                return False
        return True

    while not asyncio.run(is_ready()):
        assert process.poll() is None, log.read_text(errors="replace")
        assert time.monotonic() < end_s, log.read_text(errors="replace")
        time.sleep(0.2)


def look(request: DiscoveryRequest) -> list[Found]:
    return discover(request, lambda _found: None, lambda _done, _of: None, threading.Event())


def test_it_answers_a_probe_and_tells_of_itself(ipycam: CameraSettings) -> None:
    request = DiscoveryRequest(username=USER, password=PASSWORD, allow_local=True)
    (found,) = look(request)
    assert (found.host, found.make, found.model) == ("127.0.0.1", "PythonCam", "VirtualCam-1")
    assert found.hardware_id == "PY-000001"
    assert found.name == "Yard (127.0.0.1)"
    assert (found.problem, found.needs_sign_in) == (Reason.NONE, False)
    assert check_picture(found.preview, max_bytes=100_000) == (320, 180)
    settings = found.settings
    assert settings.kind is SourceKind.RTSP
    assert settings.stream_url == "rtsp://127.0.0.1:8554/video_sub"
    assert settings.main_url == "rtsp://127.0.0.1:8554/video_main"
    assert (settings.onvif_url, settings.username) == (ipycam.onvif_url, USER)


def test_a_probe_is_not_sent_where_local_addresses_are_not_allowed(ipycam: CameraSettings) -> None:
    assert look(DiscoveryRequest()) == []


@pytest.mark.parametrize(
    ("username", "password"), [("", None), (USER, Secret("wrong"))], ids=["none", "wrong"]
)
def test_without_the_right_password_it_is_found_by_its_ports_and_says_what_it_wants(
    ipycam: CameraSettings, username: str, password: Secret | None
) -> None:
    request = DiscoveryRequest(
        ("127.0.0.1",),
        use_multicast=False,
        username=username,
        password=password,
        allow_local=True,
    )
    (found,) = look(request)
    assert found.needs_sign_in
    assert found.problem is Reason.UNAUTHORIZED
    assert found.settings.scheme == "rtsp"
    assert found.settings.username == ""


def test_a_snapshot_is_taken_where_that_is_preferred(ipycam: CameraSettings) -> None:
    request = DiscoveryRequest(
        username=USER, password=PASSWORD, allow_local=True, prefer_snapshots=True
    )
    (found,) = look(request)
    assert found.settings.snapshot_url == "http://127.0.0.1:8080/snapshot.jpg"
    # It asks for Basic, which goes over plain HTTP only where an administrator allows it.
    assert found.problem is Reason.BASIC_NOT_ALLOWED


@pytest.mark.parametrize("kind", [SourceKind.SNAPSHOT, SourceKind.MJPEG, SourceKind.RTSP])
def test_its_pictures_are_where_the_list_of_makes_says(
    ipycam: CameraSettings, kind: SourceKind
) -> None:
    make = make_from_words("PythonCam")
    assert make is not None
    assert make.is_checked
    settings = replace(
        ipycam,
        kind=kind,
        scheme="rtsp" if kind is SourceKind.RTSP else "http",
        port=make.rtsp_port if kind is SourceKind.RTSP else make.http_port,
        snapshot_path=make.snapshot_path,
        status_path="",
        stream_path=make.stream_path(kind),
        allow_basic=True,
    )
    tried = trial.test_connection(settings, PASSWORD, CameraPolicy())
    assert tried.is_ok, f"{tried.reason} {tried.detail}"


def test_it_turns_stops_and_goes_home(ipycam: CameraSettings) -> None:
    camera = Camera(CameraId(1), "uid", SiteId(1), ipycam, utc_now())

    def pan() -> float:
        async def ask() -> float:
            async with open_session() as session:
                client = OnvifClient(session, ipycam, PASSWORD)
                answer = await client.call(PTZ, "GetStatus", "<s:ProfileToken>x</s:ProfileToken>")
                node = next(answer.all("PanTilt"))
                return float(node.attributes["x"])

        return asyncio.run(ask())

    def until(is_so: Callable[[float], bool]) -> None:
        end_s = time.monotonic() + 10.0
        while not is_so(pan()):
            assert time.monotonic() < end_s
            time.sleep(0.05)

    with PtzControl(lambda _camera: PASSWORD) as control:
        abilities = control.abilities(camera)
        assert (abilities.can_move, abilities.can_zoom, abilities.has_home) == (True, True, True)
        assert [preset.name for preset in abilities.presets] == ["Home"]
        # Its picture must be larger than what is shown of it to be turned.
        control.move(camera, 0.0, 0.0, 1.0)
        control.stop(camera)
        control.move(camera, 1.0, 0.0, 0.0)
        until(lambda at: at != 0.0)
        control.stop(camera)
        at = pan()
        assert pan() == at
        control.go_home(camera)
        until(lambda at: abs(at) < 0.01)
        control.go_to(camera, abilities.presets[0].token)
