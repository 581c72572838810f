"""A polling whose pictures and events are kept, for tests of many cameras at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from camwatch.cameras.host import has_network
from camwatch.cameras.polling import CameraPolling
from camwatch.config import CameraPolicy
from camwatch.domain import (
    Camera,
    CameraId,
    CameraSettings,
    CameraState,
    Picture,
    Reason,
    SiteId,
)
from camwatch.events import CameraStateChanged, CommonCause, Event, PollFailed


def fleet(settings: CameraSettings, hosts: Sequence[str], first: int = 1) -> list[Camera]:
    """Return a camera at each of these addresses."""
    return [
        Camera(
            CameraId(number),
            f"uid-{number}",
            SiteId(1),
            replace(settings, name=f"Camera {number}", host=host),
            datetime.now(UTC),
        )
        for number, host in enumerate(hosts, first)
    ]


class Watched:
    """A polling, with what it delivers and tells."""

    def __init__(self, limits: CameraPolicy, look: Callable[[], bool] = has_network) -> None:
        self.pictures: list[Picture] = []
        self.events: list[Event] = []
        self.polling = CameraPolling(
            limits, lambda _camera: None, self.pictures.append, self.events.append, look=look
        )

    def states(self, number: int) -> list[tuple[CameraState, Reason]]:
        return [
            (event.state, event.reason)
            for event in self.events
            if isinstance(event, CameraStateChanged) and event.camera_id == number
        ]

    def state(self, number: int) -> tuple[CameraState, Reason] | None:
        """Return how a camera is now; None if nothing is known."""
        states = self.states(number)
        return states[-1] if states else None

    def in_state(self, state: CameraState, reason: Reason = Reason.NONE) -> set[CameraId]:
        """Return the cameras that are in a state now."""
        now = {
            event.camera_id: (event.state, event.reason)
            for event in self.events
            if isinstance(event, CameraStateChanged)
        }
        return {camera_id for camera_id, known in now.items() if known == (state, reason)}

    @property
    def causes(self) -> list[CommonCause]:
        return [event for event in self.events if isinstance(event, CommonCause)]

    @property
    def failures(self) -> list[PollFailed]:
        return [event for event in self.events if isinstance(event, PollFailed)]

    def run(
        self, cameras: Sequence[Camera], meanwhile: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        """Poll the cameras until the coroutine is through."""
        poll_while(self.polling, cameras, meanwhile)


def poll_while(
    polling: CameraPolling,
    cameras: Sequence[Camera],
    meanwhile: Callable[[], Coroutine[Any, Any, None]],
) -> None:
    """Poll the cameras until the coroutine is through."""

    async def both() -> None:
        polling.set_cameras(cameras)
        running = asyncio.create_task(polling.run())
        try:
            await meanwhile()
        finally:
            polling.stop()
            await running

    asyncio.run(both())


async def until(condition: Callable[[], bool], within_s: float = 30.0) -> None:
    """Let the loop run until something is so; fail if it is not in time."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - it changes in another thread
            await asyncio.sleep(0.02)
