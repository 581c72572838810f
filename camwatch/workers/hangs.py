"""Notices a search for people that hangs inside a runtime, where no thread can be ended."""

from __future__ import annotations

import statistics
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from camwatch.detect.detector import Detector
from camwatch.domain import CameraId

HANGS_AFTER_S = 2.0
"""A search that takes longer hangs, unless the camera's searches are slow ones."""

_SLOWER = 20.0
"""So many times longer than usual may a search take: other programs may want the processor."""

_REMEMBERED = 5


class LeftBehind(Exception):
    """A search ended after its worker had been given up: nobody waits for it any more."""


class Patience:
    """How long a search may take, learnt from each camera's searches. For any thread.

    Args:
        hangs_after_s: So long in any case.
    """

    def __init__(self, hangs_after_s: float = HANGS_AFTER_S) -> None:
        self._hangs_after_s = hangs_after_s
        self._lock = threading.Lock()
        self._took: dict[CameraId, deque[float]] = {}

    def limit_s(self, camera_id: CameraId) -> float:
        """Return after how long a search in this camera's pictures hangs."""
        with self._lock:
            took = self._took.get(camera_id)
            # The median: one search that hung must not make all the others patient.
            usual_s = statistics.median(took) if took else 0.0
        return max(self._hangs_after_s, _SLOWER * usual_s)

    def learn(self, camera_id: CameraId, seconds: float) -> None:
        """Take note of how long a search took, also of one that was not waited for."""
        with self._lock:
            self._took.setdefault(camera_id, deque(maxlen=_REMEMBERED)).append(seconds)

    def forget(self) -> None:
        """Begin anew: another model is faster or slower."""
        with self._lock:
            self._took.clear()


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """One search for people.

    Attributes:
        detector: What searches.
        since_s: When it began, on the monotonic clock.
    """

    camera_id: CameraId
    detector: Detector
    since_s: float


class SearchWatch:
    """What one worker searches now, and whether the worker was given up over it.

    Attributes:
        is_given_up: Another worker does its work.
    """

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._search: Search | None = None
        self._suspect: Search | None = None
        self.is_given_up = False

    @contextmanager
    def searching(self, camera_id: CameraId, detector: Detector) -> Iterator[None]:
        """Watch the search that is made inside.

        Raises:
            LeftBehind: The worker was given up meanwhile; what was found is not wanted.
        """
        search = Search(camera_id, detector, time.monotonic())
        self._search = search
        try:
            yield
        finally:
            self._patience.learn(camera_id, time.monotonic() - search.since_s)
            with self._lock:
                self._search = None
            if self.is_given_up:
                raise LeftBehind

    def give_up_if_stuck(self) -> Search | None:
        """Give the worker up if its search hangs; to be called now and then.

        A search must be late at two looks in a row: after this computer was asleep, or the whole
        process was stopped, each is late at the first.

        Returns:
            The search that hangs, once; None while all is well.
        """
        with self._lock:
            search, suspect = self._search, self._suspect
            self._suspect = None
            if search is None or self.is_given_up:
                return None
            took_s = time.monotonic() - search.since_s
            if took_s <= self._patience.limit_s(search.camera_id):
                return None
            if search is not suspect:
                self._suspect = search
                return None
            self.is_given_up = True
            return search
