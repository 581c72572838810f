"""How quickly and how often the pictures of each camera came of late. Pure."""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Mapping, Sequence

from camwatch.domain import Camera, CameraId, CameraReading

_LEAST_WINDOW_S = 10.0
_INTERVALS = 4
_KEPT = 256


class Readings:
    """Keeps when the pictures of the last seconds came; used in one thread."""

    def __init__(self) -> None:
        self._came: dict[CameraId, deque[tuple[float, float]]] = {}
        self._windows_s: dict[CameraId, float] = {}

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """Measure these cameras."""
        # One that is asked once a minute has a rate as well.
        self._windows_s = {
            camera.id: max(_LEAST_WINDOW_S, _INTERVALS * camera.settings.interval_s)
            for camera in cameras
        }
        self._came = {
            camera_id: self._came.get(camera_id, deque(maxlen=_KEPT))
            for camera_id in self._windows_s
        }

    def add(self, camera_id: CameraId, latency_ms: float, now_s: float) -> None:
        """Take note of a good picture."""
        if (came := self._came.get(camera_id)) is not None:
            came.append((now_s, latency_ms))

    def at(self, now_s: float) -> Mapping[CameraId, CameraReading]:
        """Return what the last seconds were like, for all cameras."""
        found = {}
        for camera_id, came in self._came.items():
            window_s = self._windows_s[camera_id]
            while came and came[0][0] <= now_s - window_s:
                came.popleft()
            if came:
                # Of a camera that began a moment ago, or sends more than is kept.
                span_s = window_s if len(came) < _KEPT else now_s - came[0][0]
                latency_ms = statistics.median(latency for _, latency in came)
                found[camera_id] = CameraReading(latency_ms, len(came) / max(span_s, 0.001))
            else:
                found[camera_id] = CameraReading(None, 0.0)
        return found
