"""Cameras that nobody here wrote, on the loopback: motion and ustreamer as Debian has them."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from camwatch.cameras import trial
from camwatch.cameras.decode import decode_bytes
from camwatch.cameras.gate import check_picture
from camwatch.config import CameraPolicy
from camwatch.domain import CameraSettings, Reason, Secret
from camwatch.errors import CameraError
from tests.cameras.asking import failure, poll, snapshot, status
from tests.support.fault_camera import jpeg

USER = "operator"
PASSWORD = 'se cret"p\\w:%40'
LIMITS = CameraPolicy(snapshot_timeout_s=3, status_timeout_s=3)
STARTS_WITHIN_S = 30.0


def program(name: str) -> str:
    """Return a program's path; skip the test where it is not installed."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"the program {name} is not installed")
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Sequence[str], ready: CameraSettings, log: Path) -> Iterator[CameraSettings]:
    """Run a server until the end of the block; enter it once the server gives a picture."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        end_s = time.monotonic() + STARTS_WITHIN_S
        while isinstance(poll(ready, PASSWORD, LIMITS)[0], CameraError):
            assert process.poll() is None, log.read_text(errors="replace")
            assert time.monotonic() < end_s, log.read_text(errors="replace")
            time.sleep(0.2)
        yield ready
    finally:
        process.terminate()
        try:
            process.wait(5.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5.0)


def settings_at(port: int, path: str, *, allow_basic: bool) -> CameraSettings:
    return CameraSettings(
        name="Real",
        location="Loopback",
        host="127.0.0.1",
        port=port,
        snapshot_path=path,
        status_path="",
        username=USER,
        allow_local=True,
        allow_basic=allow_basic,
    )


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return five seconds of a moving test picture, 320 x 240."""
    file = tmp_path_factory.mktemp("video") / "test.mp4"
    subprocess.run(
        [
            *(program("ffmpeg"), "-v", "error", "-f", "lavfi"),
            *("-i", "testsrc2=size=320x240:rate=10:duration=5", "-pix_fmt", "yuv420p", str(file)),
        ],
        check=True,
    )
    return file


@pytest.fixture(scope="module", params=["Basic", "Digest"])
def motion(
    request: pytest.FixtureRequest, video: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CameraSettings]:
    """Run motion with one kind of sign-in."""
    binary, folder, port = program("motion"), tmp_path_factory.mktemp("motion"), free_port()
    is_basic = request.param == "Basic"
    lines = {
        "target_dir": folder,
        "netcam_url": f"file://{video}",
        "netcam_params": "loop=on",
        "width": 320,
        "height": 240,
        "framerate": 10,
        "picture_output": "off",
        "movie_output": "off",
        "webcontrol_port": 0,
        "stream_port": port,
        "stream_localhost": "on",
        "stream_maxrate": 10,
        "stream_auth_method": 1 if is_basic else 2,
        "stream_authentication": f"{USER}:{PASSWORD}",
    }
    config = folder / "motion.conf"
    config.write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
    settings = settings_at(port, "/0/current", allow_basic=is_basic)
    with running([binary, "-n", "-c", str(config)], settings, folder / "log") as ready:
        yield ready


def test_motion_gives_pictures(motion: CameraSettings) -> None:
    pictures = poll(motion, PASSWORD, LIMITS, times=4)
    for data in pictures:
        assert isinstance(data, bytes), data
        assert check_picture(data, max_bytes=1 << 20) == (320, 240)
        pixels = decode_bytes(data)
        # The test picture is colourful; a black or grey one would be even.
        assert np.ptp(pixels.reshape(-1, 3), axis=0).min() > 150


def test_motion_refuses_a_wrong_password_and_the_right_one_still_works(
    motion: CameraSettings,
) -> None:
    assert failure(motion, "wrong", LIMITS).reason is Reason.UNAUTHORIZED
    assert snapshot(motion, PASSWORD, LIMITS)


def test_motion_asks_for_a_user_name(motion: CameraSettings) -> None:
    error = failure(replace(motion, username=""), None, LIMITS)
    assert (error.reason, error.detail) == (
        Reason.UNAUTHORIZED,
        "HTTP 401, and no user name is set",
    )


def test_motion_shows_that_basic_needs_permission(motion: CameraSettings) -> None:
    if not motion.allow_basic:
        assert snapshot(motion, PASSWORD, LIMITS)  # Digest needs none
        return
    error = failure(replace(motion, allow_basic=False), PASSWORD, LIMITS)
    assert error.reason is Reason.BASIC_NOT_ALLOWED


def test_the_address_of_motions_video_stream_is_told_apart(motion: CameraSettings) -> None:
    error = failure(replace(motion, snapshot_path="/0/stream"), PASSWORD, LIMITS)
    assert (error.reason, error.detail) == (
        Reason.FORMAT,
        "a video stream; a snapshot's address is needed",
    )


@pytest.fixture(scope="module")
def ustreamer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CameraSettings]:
    """Run ustreamer with a still picture instead of a device."""
    binary, folder, port = program("ustreamer"), tmp_path_factory.mktemp("ustreamer"), free_port()
    still = folder / "still.jpg"
    still.write_bytes(jpeg(5, (320, 240)))
    command = [
        *(binary, "--device", str(folder / "no-device"), "-k", str(still)),
        *("--host", "127.0.0.1", "--port", str(port), "--user", USER, "--passwd", PASSWORD),
    ]
    settings = replace(settings_at(port, "/snapshot", allow_basic=True), status_path="/state")
    with running(command, settings, folder / "log") as ready:
        yield ready


def test_ustreamer_gives_its_picture(ustreamer: CameraSettings) -> None:
    assert poll(ustreamer, PASSWORD, LIMITS, times=3) == [jpeg(5, (320, 240))] * 3


def test_ustreamer_tells_its_status(ustreamer: CameraSettings) -> None:
    assert '"ok"' in status(ustreamer, PASSWORD, LIMITS).text


def test_ustreamer_refuses_a_wrong_password(ustreamer: CameraSettings) -> None:
    assert failure(ustreamer, "wrong", LIMITS).reason is Reason.UNAUTHORIZED


def test_a_path_ustreamer_does_not_have_is_not_found(ustreamer: CameraSettings) -> None:
    error = failure(replace(ustreamer, snapshot_path="/nothing.jpg"), PASSWORD, LIMITS)
    assert (error.reason, error.detail) == (Reason.NOT_FOUND, "HTTP 404")


def test_a_connection_test_of_ustreamer_shows_picture_and_status(
    ustreamer: CameraSettings,
) -> None:
    result = trial.test_connection(ustreamer, Secret(PASSWORD), LIMITS)
    assert result.is_ok
    assert result.wh == (320, 240)
    assert result.status is not None
    assert result.status.http_status == 200
