"""Which cameras and places a rule is about. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from camwatch.alerts.rules import PlaceRef, Scope
from camwatch.alerts.signals import WatchedCamera


def cameras_in(scope: Scope, cameras: Sequence[WatchedCamera]) -> list[WatchedCamera]:
    """Return the cameras that a scope is about as a whole; none if it names places.

    Those that are switched off on purpose are not among them.
    """
    if scope.places:
        return []
    return [
        one
        for one in cameras
        if one.is_enabled
        and (scope.is_everything or one.id in scope.cameras or one.site_id in scope.sites)
    ]


def places_in(scope: Scope, cameras: Sequence[WatchedCamera]) -> list[PlaceRef]:
    """Return the places that a scope names and that are there, by camera."""
    return [
        place for one in cameras if one.is_enabled for place in one.places if place in scope.places
    ]


def lines_in(scope: Scope, cameras: Sequence[WatchedCamera]) -> list[PlaceRef]:
    """Return the places that a rule about who passes watches: those named, or all there are."""
    if scope.places:
        return places_in(scope, cameras)
    return [place for one in cameras_in(scope, cameras) for place in one.places]
