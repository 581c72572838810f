"""A camera behind TLS."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.fault_camera import answer, jpeg


@pytest.fixture(scope="session")
def self_signed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Return a certificate for 127.0.0.1 that nobody vouches for, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the openssl program is not installed")
    folder: Path = tmp_path_factory.mktemp("tls")
    certificate, key = str(folder / "camera.pem"), str(folder / "camera.key")
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=camera"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-out", certificate, "-keyout", key),
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key


@pytest.fixture
def tls_camera() -> Iterator[Callable[[ssl.SSLContext], int]]:
    """Give a function that serves a picture over TLS and returns the port."""
    with ExitStack() as stack:

        def serve(context: ssl.SSLContext) -> int:
            ready = threading.Event()
            port = 0
            loop: asyncio.AbstractEventLoop
            stop: asyncio.Event

            async def on_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(answer(jpeg(), "Connection: close"))
                await writer.drain()
                writer.close()

            async def run() -> None:
                nonlocal port, loop, stop
                loop, stop = asyncio.get_running_loop(), asyncio.Event()
                # Handshakes that fail on purpose are no news.
                loop.set_exception_handler(lambda _loop, _context: None)
                server = await asyncio.start_server(on_client, "127.0.0.1", 0, ssl=context)
                port = server.sockets[0].getsockname()[1]
                ready.set()
                await stop.wait()
                server.close()

            thread = threading.Thread(target=lambda: asyncio.run(run()), name="tls camera")
            thread.start()
            assert ready.wait(5.0)
            stack.callback(thread.join, 5.0)
            stack.callback(lambda: loop.call_soon_threadsafe(stop.set))
            return port

        yield serve


@pytest.fixture(scope="session")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two seconds of a moving test picture, 320 x 240, 10 a second.

    It holds h264.mp4, h265.mp4 and mpeg4.mp4; h264.ts, which can be put behind itself; and
    long.mp4, an H.264 video whose pictures all build upon the first.
    """
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        pytest.skip("the ffmpeg program is not installed")
    folder = tmp_path_factory.mktemp("videos")
    kinds = {
        "h264.mp4": ["libx264", "-g", "10"],
        "h265.mp4": ["libx265", "-x265-params", "log-level=error:keyint=10"],
        "mpeg4.mp4": ["mpeg4"],
        "h264.ts": ["libx264", "-g", "10"],
        "long.mp4": ["libx264", "-g", "1000", "-bf", "0", "-sc_threshold", "0"],
    }
    for name, codec in kinds.items():
        subprocess.run(
            [
                *(ffmpeg, "-v", "error", "-f", "lavfi"),
                *("-i", "testsrc2=size=320x240:rate=10:duration=2", "-pix_fmt", "yuv420p"),
                *("-c:v", *codec, str(folder / name)),
            ],
            check=True,
        )
    return folder
