"""How many polls go to one recorder at a time.

A recorder with many cameras has one small processor for all of them. A camera of its own has
one poll at a time anyway. Addresses of this computer are exempt: behind them are programs
that have as much processor as CamWatch itself, and simulated sites with hundreds of cameras.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from camwatch.cameras.host import needs_network
from camwatch.domain import Camera, CameraSettings

MOST_AT_ONCE = 4
"""Polls of one address and port."""

LONGEST_TURN_S = 1.0
"""A poll waits for its turn, and keeps its place, no longer: channels that hang must not hold up
the others."""


class Lanes:
    """Lets polls pass; used in the event loop's thread."""

    def __init__(self) -> None:
        self._lanes: dict[str, asyncio.Semaphore] = {}

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """Make a lane for each address that has more cameras than may be polled at once."""
        counts = Counter(
            camera.settings.origin
            for camera in cameras
            if camera.is_watched and needs_network(camera.settings)
        )
        crowded = {origin for origin, count in counts.items() if count > MOST_AT_ONCE}
        self._lanes = {
            origin: self._lanes.get(origin) or asyncio.Semaphore(MOST_AT_ONCE) for origin in crowded
        }

    @asynccontextmanager
    async def turn(self, settings: CameraSettings) -> AsyncIterator[None]:
        """Wait until a camera may be polled, and keep its place inside."""
        lane = self._lanes.get(settings.origin)
        if lane is None:
            yield
            return
        place = _Place(lane)
        try:
            async with asyncio.timeout(LONGEST_TURN_S):
                await lane.acquire()
        except TimeoutError:
            place.is_held = False
        ends = asyncio.get_running_loop().call_later(LONGEST_TURN_S, place.give_up)
        try:
            yield
        finally:
            ends.cancel()
            place.give_up()


class _Place:
    """A place in a lane, given up once."""

    def __init__(self, lane: asyncio.Semaphore) -> None:
        self._lane = lane
        self.is_held = True

    def give_up(self) -> None:
        """Let the next poll pass; harmless when called again."""
        if self.is_held:
            self.is_held = False
            self._lane.release()
