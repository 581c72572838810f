"""Which rules and subjects the facts of a camera concern."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from camwatch.alerts.readings import Readings
from camwatch.alerts.rules import CameraCondition, CameraTrouble, Crossings, PlaceRef
from camwatch.alerts.standing import Post, Standing
from camwatch.domain import CameraId

Concerned = Sequence[tuple[Standing, Post]]
"""Subjects, each with the rule that watches it."""


class Roster:
    """Finds the subjects that a fact concerns, without looking at the others."""

    def __init__(self) -> None:
        self._counted: dict[CameraId, list[tuple[Standing, Post]]] = {}
        self._stated: dict[CameraId, list[tuple[Standing, Post]]] = {}

    def counted(self, camera_id: CameraId) -> Concerned:
        """Return what a camera's numbers concern."""
        return self._counted.get(camera_id, ())

    def stated(self, camera_id: CameraId) -> Concerned:
        """Return what a camera's state and notices concern."""
        return self._stated.get(camera_id, ())

    def fill(self, standings: Iterable[Standing], readings: Readings, now_s: float) -> None:
        """Know these rules only, and have the periods counted that they ask for."""
        self._counted, self._stated = {}, {}
        lengths: dict[PlaceRef, set[float]] = {}
        for standing in standings:
            condition = standing.rule.condition
            is_of_state = (
                isinstance(condition, CameraCondition)
                and condition.trouble is not CameraTrouble.TOO_SLOW
            )
            found = self._stated if is_of_state else self._counted
            for post in standing.posts.values():
                for camera_id in post.watched.camera_ids:
                    found.setdefault(camera_id, []).append((standing, post))
                if isinstance(condition, Crossings):
                    for place in post.watched.places:
                        lengths.setdefault(place, set()).add(condition.period_s)
        for place, passages in readings.passages.items():
            passages.need_periods(frozenset(lengths.get(place, ())), now_s)
