"""What a rule is about, as the cameras are now. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from camwatch.alerts.alert import TOGETHER, Subject
from camwatch.alerts.readings import sorted_places
from camwatch.alerts.rules import (
    Balance,
    CameraCondition,
    Crossings,
    PlaceRef,
    ProgramCondition,
    Rule,
)
from camwatch.alerts.scopes import cameras_in, lines_in, places_in
from camwatch.alerts.signals import WatchedCamera
from camwatch.domain import CameraId
from camwatch.language import tr


@dataclass(frozen=True, slots=True)
class Watched:
    """One subject of a rule, and whose numbers make up its number.

    Attributes:
        name: As shown.
        cameras: Whose count it is; empty if places are meant.
        places: Whose numbers it is; empty if whole cameras are meant.
    """

    subject: Subject
    name: str
    cameras: tuple[CameraId, ...] = ()
    places: tuple[PlaceRef, ...] = ()

    @property
    def camera_ids(self) -> frozenset[CameraId]:
        """The cameras whose facts concern it."""
        return frozenset(self.cameras) | {place.camera_id for place in self.places}


def kind_of(rule: Rule) -> str:
    """Return what kind of alerts a rule raises, such as "occupancy" or "camera:down"."""
    condition = rule.condition
    if isinstance(condition, CameraCondition | ProgramCondition):
        return f"{condition.kind}:{condition.trouble}"
    return condition.kind


def subjects_of(rule: Rule, cameras: Mapping[CameraId, WatchedCamera]) -> list[Watched]:
    """Return what a rule watches now; none for the program, whose parts come with the facts.

    Cameras that are switched off on purpose, and places that are gone, are not among them.
    """
    condition, scope = rule.condition, rule.scope
    if isinstance(condition, ProgramCondition):
        return []
    in_order = [cameras[one] for one in sorted(cameras)]
    ids = [one.id for one in cameras_in(scope, in_order)]
    places = sorted_places(places_in(scope, in_order))
    if isinstance(condition, CameraCondition):
        ids = ids or list(dict.fromkeys(place.camera_id for place in places))
        return [_of_camera(cameras[one]) for one in ids]
    if isinstance(condition, Crossings | Balance):
        ids, places = [], sorted_places(lines_in(scope, in_order))
    if not scope.is_together:
        return [
            *(_of_camera(cameras[one]) for one in ids),
            *(_of_place(cameras[one.camera_id], one) for one in places),
        ]
    if not (ids or places):
        return []
    return [Watched(TOGETHER, _name_together(rule, cameras), tuple(ids), tuple(places))]


def why_gone(subject: Subject, rule: Rule, cameras: Mapping[CameraId, WatchedCamera]) -> str:
    """Return why a subject is none of the rule's any more, in few words."""
    if not rule.is_enabled:
        return tr("rule switched off")
    camera = cameras.get(subject.camera_id) if subject.camera_id is not None else None
    if subject.camera_id is not None and camera is None:
        return tr("camera removed")
    if camera is not None and not camera.is_enabled:
        return tr("camera switched off")
    if camera is not None and subject.part:
        place = PlaceRef(camera.id, subject.part)
        if place not in camera.places:
            return tr("line, gate or zone removed")
    if subject == TOGETHER and rule.scope.is_together:
        return tr("no camera left")
    return tr("rule changed")


def _of_camera(camera: WatchedCamera) -> Watched:
    return Watched(Subject.of_camera(camera.id), camera.name, (camera.id,))


def _of_place(camera: WatchedCamera, place: PlaceRef) -> Watched:
    return Watched(Subject.of_place(place), f"{camera.name}: {place.name}", places=(place,))


def _name_together(rule: Rule, cameras: Mapping[CameraId, WatchedCamera]) -> str:
    """Return the site's name if the rule is about just one, else the rule's."""
    scope = rule.scope
    if len(scope.sites) == 1 and not scope.cameras:
        for camera in cameras.values():
            if camera.site_id in scope.sites:
                return camera.site
    return rule.name
