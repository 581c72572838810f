"""What is counted in each camera's view: its lines, gates and zones, in their versions."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from camwatch.data.dialect import upsert
from camwatch.data.schema import camera, place, scene
from camwatch.data.store import Store
from camwatch.domain import CameraId, PlaceId
from camwatch.errors import InvalidSetting, NotFound
from camwatch.language import tr
from camwatch.scene import Gate, Line, PlaceKind, PlaceRecord, Scene, SceneRecord, Zone

log = logging.getLogger(__name__)


class SceneRepository:
    """The scenes of one history."""

    def __init__(self, connections: Store, clock: Callable[[], datetime]) -> None:
        self._connections = connections
        self._clock = clock

    def get(self, camera_id: CameraId) -> SceneRecord:
        """Return a camera's scene; the usual one if none was ever saved.

        Raises:
            StorageError: It cannot be read.
        """
        with self._connections.reading() as connection:
            return _read(connection, camera_id)

    def all(self) -> list[SceneRecord]:
        """Return the scenes of all cameras that were not removed.

        Raises:
            StorageError: They cannot be read.
        """
        query = select(camera.c.id).where(camera.c.removed_at.is_(None)).order_by(camera.c.id)
        with self._connections.reading() as connection:
            ids = connection.execute(query).scalars().all()
            # All at once: with hundreds of cameras, asking for each takes a tenth of a second.
            places: dict[int, list[Row[Any]]] = {}
            for row in connection.execute(_present_places()):
                places.setdefault(row.camera_id, []).append(row)
            settings = {row.camera_id: row for row in connection.execute(select(scene))}
        return [_record(CameraId(one), places.get(one, ()), settings.get(one)) for one in ids]

    def save(self, camera_id: CameraId, wanted: Scene) -> SceneRecord:
        """Replace a camera's scene.

        A line, gate or zone of the same shape stays the same place, even under a new name.
        Any other ends now; its numbers stay with it, and what was drawn instead begins anew.

        Raises:
            NotFound: There is no such camera, or it was removed.
            StorageError: Nothing was stored.
        """
        with self._connections.writing() as connection:
            return self.save_within(connection, camera_id, wanted)

    def save_within(
        self, connection: Connection, camera_id: CameraId, wanted: Scene
    ) -> SceneRecord:
        """Do the same in a transaction that is open."""
        now = self._clock()
        known = select(camera.c.id).where(camera.c.id == camera_id, camera.c.removed_at.is_(None))
        if connection.execute(known).scalar() is None:
            raise NotFound(tr("camera {camera_id}", camera_id=camera_id))
        connection.execute(_replace_settings(connection, camera_id, wanted, now))
        _replace_places(connection, camera_id, wanted, now)
        return _read(connection, camera_id)

    def within(self, connection: Connection, camera_id: CameraId) -> Scene:
        """Return a camera's scene as an open transaction sees it."""
        return _read(connection, camera_id).scene

    def places(self, camera_id: CameraId | None = None) -> list[PlaceRecord]:
        """Return all places, ended ones too, by camera, name and beginning.

        Args:
            camera_id: Of which camera; None for all.

        Raises:
            StorageError: They cannot be read.
        """
        query = select(place).order_by(place.c.camera_id, place.c.name, place.c.created_at)
        if camera_id is not None:
            query = query.where(place.c.camera_id == camera_id)
        with self._connections.reading() as connection:
            return [
                PlaceRecord(
                    id=PlaceId(row.id),
                    camera_id=CameraId(row.camera_id),
                    kind=PlaceKind(row.kind),
                    name=row.name,
                    created_at=row.created_at,
                    retired_at=row.retired_at,
                )
                for row in connection.execute(query)
            ]


def _replace_settings(
    connection: Connection, camera_id: CameraId, wanted: Scene, now: datetime
) -> Any:
    row = {
        "camera_id": camera_id,
        "threshold": None if wanted.threshold is None else round(wanted.threshold * 1000),
        "far_people": wanted.far_people,
        "recheck_ms": round(wanted.recheck_s * 1000),
        "smoothing_ms": round(wanted.smoothing_s * 1000),
        "masks": json.dumps([[mask.name, mask.points] for mask in wanted.masks]),
        "never": json.dumps(wanted.never),
        "changed_at": now,
    }
    statement = upsert(connection, scene).values(row)
    return statement.on_conflict_do_update(
        index_elements=[scene.c.camera_id],
        set_={name: statement.excluded[name] for name in row if name != "camera_id"},
    )


def _replace_places(
    connection: Connection, camera_id: CameraId, wanted: Scene, now: datetime
) -> None:
    left = list(connection.execute(_present_places(camera_id)))
    for kind, one in wanted.places():
        row = _same_place(left, kind, one)
        if row is None:
            connection.execute(
                insert(place).values(
                    camera_id=camera_id,
                    kind=kind.value,
                    name=one.name,
                    shape=json.dumps(_shape(one), sort_keys=True),
                    created_at=now,
                )
            )
            continue
        left.remove(row)
        if row.name != one.name:
            connection.execute(update(place).where(place.c.id == row.id).values(name=one.name))
    for row in left:
        connection.execute(update(place).where(place.c.id == row.id).values(retired_at=now))


def _same_place(
    present: Sequence[Row[Any]], kind: PlaceKind, one: Line | Gate | Zone
) -> Row[Any] | None:
    """Return the place of this shape, of several the one of the same name; None without one."""
    # Compared as numbers, not as text: 0 and 0.0 are the same place.
    shape = _shape(one)
    same = [row for row in present if row.kind == kind.value and json.loads(row.shape) == shape]
    return next((row for row in same if row.name == one.name), same[0] if same else None)


def _present_places(camera_id: CameraId | None = None) -> Select[Any]:
    """Ask for the places of one camera, or of all."""
    query = select(place).where(place.c.retired_at.is_(None)).order_by(place.c.id)
    return query if camera_id is None else query.where(place.c.camera_id == camera_id)


def _read(connection: Connection, camera_id: CameraId) -> SceneRecord:
    places = connection.execute(_present_places(camera_id)).all()
    settings = connection.execute(select(scene).where(scene.c.camera_id == camera_id)).first()
    return _record(camera_id, places, settings)


def _record(
    camera_id: CameraId, places: Sequence[Row[Any]], settings: Row[Any] | None
) -> SceneRecord:
    parts: dict[PlaceKind, list[Any]] = {kind: [] for kind in PlaceKind}
    ids: dict[str, PlaceId] = {}
    for row in places:
        kind = PlaceKind(row.kind)
        try:
            parts[kind].append(_PLACES[kind](row.name, json.loads(row.shape)))
        except InvalidSetting as error:
            # An older CamWatch allowed it. All the others are counted nevertheless.
            log.warning("%s %d of camera %d is left out: %s", kind, row.id, camera_id, error)
        else:
            ids[row.name] = PlaceId(row.id)
    return SceneRecord(
        camera_id,
        Scene(
            lines=tuple(parts[PlaceKind.LINE]),
            gates=tuple(parts[PlaceKind.GATE]),
            zones=tuple(parts[PlaceKind.ZONE]),
            **({} if settings is None else _settings(settings)),
        ),
        ids,
    )


def _settings(row: Row[Any]) -> dict[str, Any]:
    """Return what a scene has beside its places."""
    return {
        "masks": tuple(
            Zone(name, tuple((x, y) for x, y in points)) for name, points in json.loads(row.masks)
        ),
        "never": tuple((x1, y1, x2, y2) for x1, y1, x2, y2 in json.loads(row.never)),
        "threshold": None if row.threshold is None else row.threshold / 1000,
        "far_people": row.far_people,
        "recheck_s": row.recheck_ms / 1000,
        "smoothing_s": row.smoothing_ms / 1000,
    }


def _shape(one: Line | Gate | Zone) -> dict[str, Any]:
    """Return the shape without its name, as JSON holds it."""
    match one:
        case Line():
            return {
                "start": list(one.start),
                "end": list(one.end),
                "once": one.once,
                "u_turn_s": one.u_turn_s,
            }
        case Gate():
            return {
                "outer": _shape(one.outer),
                "inner": _shape(one.inner),
                "within_s": one.within_s,
            }
        case Zone():
            return {"points": [list(point) for point in one.points]}


def _line(name: str, shape: dict[str, Any]) -> Line:
    (x1, y1), (x2, y2) = shape["start"], shape["end"]
    return Line(name, (x1, y1), (x2, y2), shape["once"], shape["u_turn_s"])


def _gate(name: str, shape: dict[str, Any]) -> Gate:
    outer, inner = _line(name, shape["outer"]), _line(name, shape["inner"])
    return Gate(name, outer, inner, shape["within_s"])


def _zone(name: str, shape: dict[str, Sequence[Sequence[float]]]) -> Zone:
    return Zone(name, tuple((x, y) for x, y in shape["points"]))


_PLACES: dict[PlaceKind, Callable[[str, Any], Line | Gate | Zone]] = {
    PlaceKind.LINE: _line,
    PlaceKind.GATE: _gate,
    PlaceKind.ZONE: _zone,
}
