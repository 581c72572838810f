"""What is counted in the cameras' views, and who passed and stood there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs
from camwatch.commands.trail import DONE, FAILED, Trail
from camwatch.data.engine import Database
from camwatch.domain import Bucket, BucketSize, CameraId, FlowBucket, Passed, PlaceId
from camwatch.errors import NotFound, StorageError
from camwatch.events import Bus, CamerasChanged
from camwatch.scene import Gate, Line, PlaceRecord, Scene, SceneRecord, Zone

_LONGEST_DETAIL = 400
"""A longer shape is only said to have changed."""


class SceneEditing:
    """Changes scenes for operators who were let through, all or nothing."""

    def __init__(
        self, database: Database, trail: Trail, bus: Bus, clock: Callable[[], datetime]
    ) -> None:
        self.database = database
        self._trail = trail
        self._bus = bus
        self._clock = clock

    def save(self, actor: str, camera_id: CameraId, wanted: Scene, action: str) -> SceneRecord:
        """See `SceneCommands.save_scene`."""
        camera = self.database.cameras.get(camera_id)
        before = self.database.scenes.get(camera_id).scene
        # Audited first: a line that was moved cannot be moved back to its old numbers.
        self._trail.record(actor, action, camera.name, DONE, **_changes(before, wanted))
        try:
            record = self.database.scenes.save(camera_id, wanted)
        except (NotFound, StorageError):
            self._trail.try_to_record(actor, action, camera.name, FAILED)
            raise
        self._bus.publish(CamerasChanged(self._clock()))
        return record


class SceneCommands:
    """Commands about scenes, mixed into `Commands`, whose errors they share."""

    guard: Guard
    _scenes: SceneEditing

    @needs(Permission.VIEW_CAMERAS)
    def scene(self, session: Session, camera_id: CameraId) -> SceneRecord:
        """Return what is counted in a camera's view."""
        del session
        return self._scenes.database.scenes.get(camera_id)

    @needs(Permission.VIEW_CAMERAS)
    def scenes(self, session: Session) -> list[SceneRecord]:
        """Return what is counted in the view of each camera."""
        del session
        return self._scenes.database.scenes.all()

    @needs(Permission.EDIT_SCENES)
    def save_scene(self, session: Session, camera_id: CameraId, scene: Scene) -> SceneRecord:
        """Count like this from now on.

        A line, gate or zone that was moved begins a new count; the old numbers stay in the
        history under its old place.

        Raises:
            NotFound: The camera is gone.
        """
        return self._scenes.save(session.actor, camera_id, scene, "save_scene")

    @needs(Permission.EDIT_SCENES)
    def apply_threshold(
        self, session: Session, camera_id: CameraId, threshold: float
    ) -> SceneRecord:
        """Count people of a camera from this score on, as an audit has advised.

        Raises:
            InvalidSetting: It is not from 0.05 to 0.95.
            NotFound: The camera is gone.
        """
        before = self._scenes.database.scenes.get(camera_id).scene
        wanted = replace(before, threshold=threshold)
        return self._scenes.save(session.actor, camera_id, wanted, "apply_threshold")

    @needs(Permission.VIEW_COUNTS)
    def places(self, session: Session, camera_id: CameraId | None = None) -> list[PlaceRecord]:
        """Return lines, gates and zones in all their versions, of one camera or of all."""
        del session
        return self._scenes.database.scenes.places(camera_id)

    @needs(Permission.VIEW_COUNTS)
    def passed_since(self, session: Session, start: datetime) -> Mapping[PlaceId, Passed]:
        """Return who passed each line and gate since a moment, UTC.

        A place that is not there could not be watched in this time.
        """
        del session
        return self._scenes.database.passages.since(start)

    @needs(Permission.VIEW_COUNTS)
    def flow_history(  # noqa: PLR0917 - what, in which steps, from when to when
        self,
        session: Session,
        place_id: PlaceId,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
        *,
        is_corrected: bool = True,
    ) -> list[FlowBucket]:
        """Return who passed a line or gate, without a gap between buckets.

        Args:
            session: Who asks.
            place_id: Which line or gate.
            size: What one bucket stands for.
            start: First moment, UTC.
            end: The moment after the last, UTC.
            zone: Whose days are meant.
            is_corrected: With what people corrected; else as measured.
        """
        del session
        database = self._scenes.database
        source = database.corrected if is_corrected else database.passages
        return source.flow(place_id, size, start, end, zone)

    @needs(Permission.VIEW_COUNTS)
    def zone_history(  # noqa: PLR0917 - as `flow_history`
        self,
        session: Session,
        place_id: PlaceId,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
        *,
        is_corrected: bool = True,
    ) -> list[Bucket]:
        """Return the people in a zone; arguments as for `flow_history`."""
        del session
        database = self._scenes.database
        source = database.corrected if is_corrected else database.passages
        return source.occupancy(place_id, size, start, end, zone)


def _changes(before: Scene, after: Scene) -> dict[str, str]:
    """Say what was changed, in few words."""
    old, new = scene_texts(before), scene_texts(after)
    # Also what is too long is named: a zone that was removed is nowhere else.
    details = {
        f"{name}_before": old[name] if len(old[name]) <= _LONGEST_DETAIL else "too long to tell"
        for name in old
        if old[name] != new.get(name)
    }
    details |= {
        name: new[name] if len(new[name]) <= _LONGEST_DETAIL else "changed"
        for name in new
        if new[name] != old.get(name)
    }
    return details


def scene_texts(scene: Scene) -> dict[str, str]:
    """Return each part of a scene as a short text."""
    texts: dict[str, str] = {
        "threshold": "usual" if scene.threshold is None else f"{scene.threshold:g}",
        "far_people": str(scene.far_people).lower(),
        "recheck_s": f"{scene.recheck_s:g}",
        "smoothing_s": f"{scene.smoothing_s:g}",
        "never": "; ".join(_numbers(spot) for spot in scene.never),
        "masks": "; ".join(_shape(mask) for mask in scene.masks),
    }
    for kind, place in scene.places():
        texts[f"{kind.value} {place.name}"] = _shape(place)
    return texts


def _shape(place: Line | Gate | Zone) -> str:
    match place:
        case Line():
            options = [
                *(["once"] if place.once else []),
                *([f"u-turn {place.u_turn_s:g} s"] if place.u_turn_s else []),
            ]
            return " ".join([_numbers((*place.start, *place.end)), *options])
        case Gate():
            return f"{_shape(place.outer)} and {_shape(place.inner)} within {place.within_s:g} s"
        case Zone():
            return _numbers([value for point in place.points for value in point])


def _numbers(values: Sequence[Any]) -> str:
    return ",".join(f"{value:.3f}" for value in values)
