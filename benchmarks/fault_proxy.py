"""Stands between cameras and whoever asks them, and breaks connections on demand.

    python benchmarks/fault_proxy.py TARGET_PORT COUNT

Listens on COUNT ports of 127.0.0.1, each for one camera behind the same target port, and prints
them as a JSON list. Each line on standard input sets what is wrong with one of them:
{"camera": 3, "fault": "refuse"}, or null for nothing. Ends with its input.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from enum import StrEnum

_PIECE = 64 * 1024
_HALF = 20_000


class ProxyFault(StrEnum):
    """What goes wrong between a camera and CamWatch."""

    REFUSE = "refuse"
    SILENT = "silent"
    HALF_DEAD = "half-dead"
    RESET = "reset"


class Door:
    """One camera's port.

    Attributes:
        port: Chosen by the system, and kept.
    """

    def __init__(self, target_port: int) -> None:
        self.port = 0
        self._target_port = target_port
        self._fault: ProxyFault | None = None
        self._server: asyncio.Server | None = None
        self._visits: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listen, if it does not yet."""
        if self._server is None:
            self._server = await asyncio.start_server(self._on_client, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def set_fault(self, fault: ProxyFault | None) -> None:
        """Let a fault begin or end; connections from before are cut."""
        self._fault = fault
        for visit in tuple(self._visits):
            visit.cancel()
        if fault is ProxyFault.REFUSE:
            if self._server is not None:
                self._server.close()
                self._server = None
        else:
            await self.open()

    async def _on_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.create_task(self._serve(reader, writer))
        self._visits.add(visit)
        visit.add_done_callback(self._visits.discard)
        with contextlib.suppress(asyncio.CancelledError, OSError):
            await visit
        writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._fault is ProxyFault.SILENT:
            await asyncio.Event().wait()
        from_camera, to_camera = await asyncio.open_connection("127.0.0.1", self._target_port)
        try:
            async with asyncio.TaskGroup() as group:
                asking = group.create_task(_pump(reader, to_camera))
                await self._answer(from_camera, writer)
                asking.cancel()
        except* OSError:
            pass  # one of the two has left
        finally:
            to_camera.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass the answers on, as far as the fault lets them."""
        if self._fault is None:
            await _pump(reader, writer)
            return
        left = _HALF
        while left > 0 and (data := await reader.read(min(_PIECE, left))):
            writer.write(data)
            await writer.drain()
            left -= len(data)
        if self._fault is ProxyFault.HALF_DEAD:
            await asyncio.Event().wait()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_PIECE):
        writer.write(data)
        await writer.drain()


async def main(target_port: int, count: int) -> None:
    """Serve until standard input ends."""
    doors = [Door(target_port) for _ in range(count)]
    for door in doors:
        await door.open()
    sys.stdout.write(json.dumps([door.port for door in doors]) + "\n")
    sys.stdout.flush()
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
    )
    while line := await lines.readline():
        wanted = json.loads(line)
        fault = None if wanted["fault"] is None else ProxyFault(wanted["fault"])
        await doors[wanted["camera"] - 1].set_fault(fault)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
