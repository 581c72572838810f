"""Serves simulated cameras from a thread of this process."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from camwatch.errors import InvalidSetting
from camwatch.logs import on_asyncio_error
from camwatch.workers.base import Worker

if TYPE_CHECKING:
    from camwatch.cameras.simulator import SimulatedSite


class SimulatorWorker(Worker):
    """Serves simulated cameras on loopback until stopped.

    Args:
        site: What is served.
        ports: Where it is tried, one after the other; 0 takes any free port.

    Signals:
        serving: The addresses of the cameras, as a list of texts.
        refused: InvalidSetting: none of the ports is free, so nothing is served.
    """

    serving = Signal(list)
    refused = Signal(object)

    def __init__(self, site: SimulatedSite, ports: Sequence[int] = (0,)) -> None:
        super().__init__("simulator")
        self._site = site
        self._ports = tuple(ports)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()

    def work(self) -> None:
        """Serve until asked to stop."""
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(on_asyncio_error)
        if not await self._start():
            return
        try:
            self.serving.emit([self._site.base_url(k) for k in range(1, self._site.cameras + 1)])
            if not self.stop_event.is_set():
                await self._stop.wait()
        finally:
            await self._site.stop()

    async def _start(self) -> bool:
        """Listen at the first port that is free; tell if there is none."""
        problem = InvalidSetting("port", "is missing")
        for port in self._ports:
            try:
                await self._site.start(port)
            except InvalidSetting as error:
                problem = error
            else:
                return True
        self.refused.emit(problem)
        return False

    def request_stop(self) -> None:
        """Ask the event loop to end the serving."""
        super().request_stop()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)
