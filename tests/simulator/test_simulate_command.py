"""`camwatch simulate` as a process."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
import requests

from camwatch.cameras.simulator.faults import Fault

pytestmark = pytest.mark.end_to_end


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "camwatch", "simulate", "--size", "320x180", *options]


@contextmanager
def running(*options: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command(*options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM"])
def test_it_serves_until_it_is_asked_to_end(how: str) -> None:
    with running("--cameras", "2", "--auth", "digest", "--json") as process:
        assert process.stdout is not None
        described = json.loads(process.stdout.readline())
        assert [camera["number"] for camera in described["cameras"]] == [1, 2]
        with requests.Session() as session:
            session.trust_env = False
            session.auth = requests.auth.HTTPDigestAuth(
                described["username"], described["password"]
            )
            picture = session.get(described["cameras"][1]["snapshot"], timeout=30)
            assert picture.headers["Content-Type"] == "image/jpeg"
            truth = session.get(described["truth"], timeout=30).json()
            assert set(truth["cameras"]) == {"1", "2"}
        process.send_signal(getattr(signal, how))
        rest, errors = process.communicate(timeout=30)
        assert process.returncode == 0
        assert (rest, errors) == ("", "")


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
def test_people_can_read_what_it_prints() -> None:
    with running("--cameras", "1", "--auth", "basic", "--fault", "busy") as process:
        assert process.stdout is not None
        lines: list[str] = []
        while not lines or "Ctrl+C" not in lines[-1]:
            lines.append(process.stdout.readline())
            assert lines[-1], "it ended early"
        text = "".join(lines)
        assert "/cam/1/snapshot" in text
        assert "operator" in text
        assert Fault.BUSY.description in text
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        assert process.returncode == 0


def test_a_port_in_use_ends_it_with_a_sentence() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            command("--cameras", "1", "--port", str(port)),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 2
    assert f"--port {port} is already in use" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--cameras", "0"), "--cameras 0"),
        (("--size", "big"), "1280x720"),
        (("--fps", "1000"), "--fps 1000"),
        (("--fault", "melted"), "melted"),
        (("--port", "70000"), "65535"),
    ],
)
def test_unusable_options_are_named(options: tuple[str, ...], word: str) -> None:
    ended = subprocess.run(
        command(*options), capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 2
    assert word in ended.stderr


def test_help_lists_every_fault() -> None:
    shown = subprocess.run(
        command("--help"), capture_output=True, text=True, timeout=60, check=True
    ).stdout
    for fault in Fault:
        assert fault.value in shown
        assert fault.description in shown
