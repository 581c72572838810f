"""A camera's record, name or answer must not lead to where cameras are not."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from camwatch.cameras.answers import RedirectError, usable_target
from camwatch.cameras.trial import test_connection as try_camera
from camwatch.domain import Reason
from tests.cameras.asking import PATIENT, failure, snapshot
from tests.support.fault_camera import FaultCamera, answer, jpeg

ROOT = Path(__file__).parents[2]


def pointing_to(location: str) -> FaultCamera:
    return FaultCamera(answer(b"", f"Location: {location}", status="302 Found"))


@contextmanager
def listening() -> Iterator[socket.socket]:
    """Listen where nobody must come."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.fault("F29")
def test_a_redirect_in_a_circle_is_asked_once_and_named() -> None:
    with pointing_to("/snapshot") as camera:
        result = try_camera(camera.settings(), None, PATIENT)
        assert len(camera.requests) == 1
        assert result.redirect == "", "where it was asked already"
    assert (result.reason, result.detail) == (Reason.REDIRECT, "HTTP 302 to another path")


@pytest.mark.fault("F30")
@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://10.0.0.1/a", "data:image/jpeg,x", "javascript:1", "http://[::1"],
)
def test_a_redirect_to_another_kind_of_address_is_blocked_and_not_offered(location: str) -> None:
    with pointing_to(location) as camera:
        error = failure(camera.settings())
        assert isinstance(error, RedirectError)
        assert (error.reason, error.target) == (Reason.REDIRECT, "")
        assert len(camera.requests) == 1


@pytest.mark.fault("F31")
@pytest.mark.parametrize("place", ["http://127.0.0.1:{0}/x", "//127.0.0.1:{0}/x"])
def test_a_redirect_to_another_port_makes_no_connection_there(place: str) -> None:
    with listening() as other, pointing_to(place.format(other.getsockname()[1])) as camera:
        settings = camera.settings(username="operator")
        error = failure(settings, "canary")
        assert error.reason is Reason.REDIRECT
        # It may be entered, for this camera may have local addresses.
        assert usable_target(error, settings).endswith("/x")


@pytest.mark.fault("F33")
@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:1/",
        "http://localhost/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://239.1.2.3/",
        "http://0.0.0.0/",
        "http://2130706433/",
    ],
)
def test_a_redirect_to_where_no_camera_is_is_not_offered(target: str) -> None:
    with pointing_to(target) as camera:
        error = failure(camera.settings())
        assert error.reason is Reason.REDIRECT
        strict = replace(camera.settings(), allow_local=False)
    assert usable_target(error, strict) == ""
    assert usable_target(RedirectError("", "http://10.0.0.9/a", is_downgrade=False), strict)
    assert not usable_target(RedirectError("", "http://10.0.0.9/a", is_downgrade=True), strict)


@pytest.mark.fault("F29")
def test_what_a_redirect_carries_in_its_address_is_not_told() -> None:
    with pointing_to("http://admin:canary@10.0.0.9/a.jpg?b=1#c") as camera:
        error = failure(camera.settings())
    assert "canary" not in str(error)
    assert isinstance(error, RedirectError)
    assert error.target == "http://10.0.0.9/a.jpg?b=1"


LookUp = Callable[..., list[tuple[object, ...]]]


def answers(*addresses: str) -> LookUp:
    """Return a look-up that gives these addresses for every name."""

    def look_up(_host: str, port: int, *_rest: object) -> list[tuple[object, ...]]:
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (address, port, 0, 0) if ":" in address else (address, port),
            )
            for address in addresses
        ]

    return look_up


@pytest.mark.fault("F33")
@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "169.254.169.254", "224.0.0.1", "0.0.0.0", "::ffff:127.0.0.1"]
)
def test_a_name_that_points_to_where_no_camera_is_gets_no_connection(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultCamera(answer(jpeg())) as camera:
        settings = camera.settings(host="camera.example", allow_local=False)
        monkeypatch.setattr(socket, "getaddrinfo", answers(address))
        error = failure(settings)
        monkeypatch.undo()
        assert camera.connections == 0
    assert error.reason is Reason.ADDRESS
    assert address in error.detail


def _fails(command: list[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode != 0


@pytest.mark.fault("F36")
def test_a_name_that_points_to_this_computer_the_second_time_is_blocked() -> None:
    """DNS rebinding: in a network of its own, where 10.9.8.7 can be reached."""
    unshare, ip = shutil.which("unshare"), shutil.which("ip", path="/usr/sbin:/sbin:/usr/bin:/bin")
    alone = [str(unshare), "--map-root-user", "--net"]
    if not (unshare and ip) or _fails([*alone, "true"]):
        pytest.skip("no network of one's own can be made here")
    done = subprocess.run(
        [*alone, sys.executable, "-m", "tests.cameras.rebinding_child", ip],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    first, second, allowed, *asked = json.loads(done.stdout)
    assert first == "picture"
    assert second == "address: 127.0.0.1 is a local address (this computer)"
    assert allowed == "picture"
    assert asked == ["10.9.8.7", "127.0.0.1"], "there was no third connection"


@contextmanager
def black_hole(port: int) -> Iterator[None]:
    """Swallow whoever tries to connect to ::1: a queue that is full answers nobody."""
    with ExitStack() as stack:
        full = stack.enter_context(socket.socket(socket.AF_INET6))
        full.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        full.bind(("::1", port))
        full.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket(socket.AF_INET6))
            waiting.setblocking(False)
            waiting.connect_ex(("::1", port))
        yield


@pytest.mark.fault("F37")
def test_a_dead_ipv6_address_does_not_hold_up_a_living_ipv4_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not _has_ipv6():
        pytest.skip("there is no IPv6 here")
    camera = FaultCamera(answer(jpeg(), "Connection: close"))
    with camera, black_hole(camera.port):
        with pytest.raises(TimeoutError):
            socket.create_connection(("::1", camera.port), 0.3)
        settings = camera.settings(host="camera.example")
        monkeypatch.setattr(socket, "getaddrinfo", answers("::1", "127.0.0.1"))
        started_s = time.monotonic()
        assert snapshot(settings) == jpeg()
        assert time.monotonic() - started_s < 2.0, "the time-out of one connection is 3 s"


def _has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True
