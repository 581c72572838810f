"""Serves the simulated site of the demonstration from a thread of this process."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Signal

from camwatch.cameras.simulator import SimulatedSite
from camwatch.logs import on_asyncio_error
from camwatch.workers.base import Worker


class SimulatorWorker(Worker):
    """Serves simulated cameras on loopback until stopped.

    Signals:
        serving: The addresses of the cameras, as a list of texts.
    """

    serving = Signal(list)

    def __init__(self, site: SimulatedSite) -> None:
        super().__init__("simulator")
        self._site = site
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()

    def work(self) -> None:
        """Serve until asked to stop."""
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(on_asyncio_error)
        await self._site.start(0)
        try:
            self.serving.emit([self._site.base_url(k) for k in range(1, self._site.cameras + 1)])
            if not self.stop_event.is_set():
                await self._stop.wait()
        finally:
            await self._site.stop()

    def request_stop(self) -> None:
        """Ask the event loop to end the serving."""
        super().request_stop()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)
