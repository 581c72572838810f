"""Whether the pictures of a live stream are old when they come, for want of time to decode them.

What a computer is too slow to decode waits in buffers of the system, for half a minute and
more, and would be shown as live. No clock of the camera's can be trusted, so it is the times in
the stream that are compared with the time that passes here.
"""

from __future__ import annotations

MOST_LAG_S = 3.0
"""A stream whose pictures are so old, for as long, is opened anew."""

_JUMP_S = 10.0
_DRIFT = 0.001  # clocks of cameras go wrong by less: 3.6 s an hour


class Lag:
    """Compares the times in a stream with the time that passes."""

    def __init__(self) -> None:
        self._last: tuple[float, float] | None = None
        self._least_s = 0.0
        self._late_since_s: float | None = None

    def is_too_much(self, now_s: float, shown_s: float) -> bool:
        """Take note of a picture.

        Args:
            now_s: When it came, on the monotonic clock.
            shown_s: When it is to be shown, by the stream's own time.

        Returns:
            True if the pictures have been old for too long.
        """
        offset_s = now_s - shown_s
        last, self._last = self._last, (now_s, offset_s)
        goes_back = last is not None and shown_s < last[0] - last[1]
        if last is None or goes_back or abs(offset_s - last[1]) > _JUMP_S:
            self._least_s, self._late_since_s = offset_s, None
            return False
        self._least_s = min(self._least_s + _DRIFT * (now_s - last[0]), offset_s)
        if offset_s - self._least_s <= MOST_LAG_S:
            self._late_since_s = None
            return False
        if self._late_since_s is None:
            self._late_since_s = now_s
        return now_s - self._late_since_s > MOST_LAG_S
