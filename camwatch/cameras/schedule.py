"""When a camera is due, and how often its failures are logged."""

from __future__ import annotations

import logging
import math

from camwatch.domain import Camera, CameraId, Reason
from camwatch.errors import CameraError

log = logging.getLogger(__name__)

REPEAT_LOG_S = 60.0
"""A failure that goes on is logged again after this time."""


class Schedule:
    """When one camera is due: a fixed grid in time, so that delays do not add up.

    A tick that finds the camera still busy is kept until it is free; when the next
    tick passes as well, the first is missed.

    Attributes:
        due_s: The tick that is next, on the monotonic clock.
        interval_s: Time from tick to tick.
    """

    def __init__(self, first_s: float, interval_s: float) -> None:
        self.due_s = first_s
        self.interval_s = interval_s

    def advance(self, now_s: float, not_before_s: float) -> int:
        """Go on to the next tick.

        Args:
            now_s: The monotonic clock, seconds.
            not_before_s: The camera is to be left alone until then.

        Returns:
            How many ticks were missed; those within a wait that was wished are none.
        """
        self.due_s += self.interval_s
        if not_before_s > max(self.due_s, now_s):
            self.due_s = not_before_s
            return 0
        late = math.floor((now_s - self.due_s) / self.interval_s)
        if late < 1:
            return 0
        self.due_s += late * self.interval_s
        return late


class FailureLog:
    """Lets one line a minute through for each camera and reason, with a count of the others."""

    def __init__(self) -> None:
        self._last: dict[tuple[CameraId, Reason], tuple[float, int]] = {}

    def note(self, camera: Camera, error: CameraError, now_s: float) -> None:
        """Log a failed poll, or count it."""
        key = (camera.id, error.reason)
        last_s, held_back = self._last.get(key, (-math.inf, 0))
        if now_s - last_s < REPEAT_LOG_S:
            self._last[key] = (last_s, held_back + 1)
            return
        more = f" ({held_back} more like this)" if held_back else ""
        log.info("camera %d %r: no picture: %s%s", camera.id, camera.name, error, more)
        self._last[key] = (now_s, 0)

    def forget(self, camera_id: CameraId) -> None:
        """Drop what is known of a camera."""
        self._last = {key: value for key, value in self._last.items() if key[0] != camera_id}
