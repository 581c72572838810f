"""The log keeps no secrets, and nothing goes wrong unseen."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from camwatch import logs


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    for handler in before:
        root.removeHandler(handler)
    hooks = sys.excepthook, threading.excepthook
    file = tmp_path / "camwatch.log"
    logs.set_up(file, to_stderr=False)
    yield file
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    for handler in before:
        root.addHandler(handler)
    root.setLevel(level)
    sys.excepthook, threading.excepthook = hooks


@pytest.mark.parametrize(
    "text",
    [
        "http://admin:CANARY@10.0.0.7/snapshot",
        "rtsp://u:CANARY@host:554/x",
        "http://u:p@CANARY@host/",
        "Authorization: Basic CANARY==",
        "{'Authorization': 'Digest username=CANARY'}",
        "password=CANARY",
        '{"password": "CANARY with blanks"}',
        "refresh_token: CANARY, next",
        "/cgi?usr=a&pwd=CANARY&x=1",
        "api_key='CANARY'",
    ],
)
def test_secrets_are_hidden(text: str) -> None:
    assert "CANARY" not in logs.scrub(text)
    assert "***" in logs.scrub(text)


def test_harmless_text_is_left_alone() -> None:
    text = "camera 7 at http://10.0.0.7:80/snapshot?size=2 answered HTTP 401 after 12 ms"
    assert logs.scrub(text) == text


@pytest.mark.expects_warning
def test_a_known_secret_is_hidden_wherever_it_turns_up(log_file: Path) -> None:
    logs.hide("s3cr3t-canary")
    try:
        raise RuntimeError("odd place: s3cr3t-canary")
    except RuntimeError:
        logging.getLogger("camwatch.test").exception("with s3cr3t-canary in the message")
    written = log_file.read_text()
    assert "s3cr3t-canary" not in written
    assert "odd place: ***" in written


def test_the_log_is_readable_for_its_owner_only(log_file: Path) -> None:
    logging.getLogger("camwatch.test").info("hello")
    assert log_file.stat().st_mode & 0o077 == 0


@pytest.mark.expects_warning
@pytest.mark.fault("F66")
def test_what_a_thread_did_not_catch_is_logged_and_told(log_file: Path) -> None:
    told: list[str] = []
    logs.install_last_resorts(told.append)

    def fail() -> None:
        raise RuntimeError("bug in a thread")

    thread = threading.Thread(target=fail, name="worker-7")
    thread.start()
    thread.join()
    written = log_file.read_text()
    assert len(told) == 1
    assert told[0] in written
    assert "bug in a thread" in written
    assert "worker-7" in written


@pytest.mark.expects_warning
@pytest.mark.fault("F66")
def test_what_an_event_loop_caught_is_logged(log_file: Path) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(logs.on_asyncio_error)

        def fail() -> None:
            raise RuntimeError("bug in a callback")

        loop.call_soon(fail)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(main())
    assert "bug in a callback" in log_file.read_text()


def test_an_unwritable_log_does_not_stop_the_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        logs.set_up(tmp_path / "no such folder" / "camwatch.log")
        assert "no log file" in capsys.readouterr().err
    finally:
        for handler in list(root.handlers):
            root.removeHandler(handler)
        for handler in before:
            root.addHandler(handler)
        root.setLevel(level)
