"""Polls a camera whose name points elsewhere the second time; runs where 10.9.8.7 is this computer.

The addresses are real ones of a network of its own; only the look-up is made up.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from dataclasses import replace

from camwatch.cameras.http import HttpCamera, open_session
from camwatch.config import CameraPolicy
from camwatch.domain import CameraSettings
from camwatch.errors import CameraError
from tests.support.fault_camera import answer, jpeg

OUTSIDE, INSIDE = "10.9.8.7", "127.0.0.1"
answers = [OUTSIDE, INSIDE]


def look_up(_host: str, port: int, *_rest: object) -> list[tuple[object, ...]]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))]


async def poll() -> list[str]:
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(writer.get_extra_info("sockname")[0])
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer(jpeg(), "Connection: close"))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "0.0.0.0", 0)
    port = server.sockets[0].getsockname()[1]
    settings = CameraSettings("Gate", "here", "camera.example", port)
    results = []
    for _ in range(2):
        # Each look-up counts: what one session remembers of names is of no use here.
        async with open_session() as session:
            try:
                data = await HttpCamera(settings, None, CameraPolicy()).snapshot(session)
                results.append("picture" if data == jpeg() else "something")
            except CameraError as error:
                results.append(str(error))
    answers.append(INSIDE)
    async with open_session() as session:
        allowed = HttpCamera(replace(settings, allow_local=True), None, CameraPolicy())
        results.append("picture" if await allowed.snapshot(session) == jpeg() else "something")
    server.close()
    return [*results, *asked]


if __name__ == "__main__":
    for words in (f"addr add {OUTSIDE}/32 dev lo", "link set lo up"):
        subprocess.run([sys.argv[1], *words.split()], check=True)
    socket.getaddrinfo = look_up  # type: ignore[assignment]
    sys.stdout.write(json.dumps(asyncio.run(poll())))
