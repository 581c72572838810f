"""What is stored of many cameras at one moment, found by a few short searches in each key.

Each question is asked once for all cameras: for each of them the database goes straight to the
newest row that is not later than the moment, however long the history is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, Table, func, select

from camwatch.data.moments import MINUTE_MS, from_ms, to_ms
from camwatch.data.schema import (
    alert_evidence,
    camera,
    camera_state,
    correction,
    counted_by,
    minute,
    past_picture,
    sample,
    site,
)
from camwatch.data.store import Store
from camwatch.domain import CameraId, CameraState, Reason, StateChange
from camwatch.history.corrections import CorrectionKind
from camwatch.history.moments import CountThen, PictureThen

_FLOATS = np.dtype("<f4")
_LOOKED_BACK_MS = 3_600_000
"""A measurement or a picture that is older than an hour says nothing of a moment any more."""


@dataclass(frozen=True, slots=True)
class KnownCamera:
    """When a camera was there.

    Attributes:
        removed_at: UTC; None if it is still there.
        station: Which workstation counts it now.
    """

    created_at: datetime
    removed_at: datetime | None
    station: int


@dataclass(frozen=True, slots=True, eq=False)
class KeptPicture:
    """A picture that is noted, and where its file is.

    Attributes:
        file: Of a picture of an alert its name; "" of others, whose camera and moment name it.
        station: Whose disk it is on; None if that is not known.
    """

    picture: PictureThen
    file: str = ""
    station: int | None = None


@dataclass(frozen=True, slots=True)
class MomentRows:
    """All that is stored of a moment; what is not known of a camera is not there.

    Attributes:
        samples: The newest measurement that is not later.
        minutes: The mean of the moment's minute.
        sampled: Cameras of which any single measurement of that minute is kept.
        states: The last change of the state that is not later.
        following: The first change after it.
        pictures: The newest picture that is not later.
    """

    cameras: Mapping[CameraId, KnownCamera]
    samples: Mapping[CameraId, CountThen]
    minutes: Mapping[CameraId, CountThen]
    sampled: frozenset[CameraId]
    states: Mapping[CameraId, StateChange]
    following: Mapping[CameraId, StateChange]
    pictures: Mapping[CameraId, KeptPicture]


class MomentRepository:
    """Reads moments of one history."""

    def __init__(self, connections: Store) -> None:
        self._connections = connections

    def at(
        self,
        moment: datetime,
        camera_ids: Collection[CameraId],
        *,
        with_counts: bool = True,
        with_evidence: bool = True,
    ) -> MomentRows:
        """Return what is stored of cameras at a moment.

        Args:
            moment: UTC.
            camera_ids: Which; those that never were are left out.
            with_counts: Read numbers as well.
            with_evidence: Look among pictures of alerts as well.

        Raises:
            StorageError: The history cannot be read.
        """
        at_ms = to_ms(moment)
        ids = sorted(camera_ids)
        with self._connections.reading() as connection:
            counted = ids if with_counts else []
            excluded = _excluded(connection, counted, at_ms)
            return MomentRows(
                cameras=_cameras(connection, ids),
                samples=_samples(connection, counted, at_ms, excluded),
                minutes=_minutes(connection, counted, at_ms, excluded),
                sampled=_sampled(connection, counted, at_ms),
                states=_states(connection, ids, at_ms, is_after=False),
                following=_states(connection, ids, at_ms, is_after=True),
                pictures=_pictures(connection, ids, at_ms, with_evidence=with_evidence),
            )

    def pictures(
        self, moment: datetime, camera_ids: Collection[CameraId], *, with_evidence: bool
    ) -> Mapping[CameraId, KeptPicture]:
        """Return only which pictures there are; see `at`."""
        with self._connections.reading() as connection:
            return _pictures(
                connection, sorted(camera_ids), to_ms(moment), with_evidence=with_evidence
            )


def _cameras(connection: Connection, ids: list[CameraId]) -> dict[CameraId, KnownCamera]:
    query = (
        select(camera.c.id, camera.c.created_at, camera.c.removed_at, site.c.workstation)
        .join(site, site.c.id == camera.c.site_id)
        .where(camera.c.id.in_(ids))
    )
    return {
        CameraId(row.id): KnownCamera(row.created_at, row.removed_at, row.workstation)
        for row in connection.execute(query)
    }


def _newest(table: Table, ids: list[CameraId], at_ms: int) -> Select[Any]:
    """Ask for the newest row of each camera of the hour until a moment."""
    inner = table.alias()
    newest = (
        select(func.max(inner.c.ts))
        .where(inner.c.camera_id == camera.c.id)
        .where(inner.c.ts <= at_ms, inner.c.ts > at_ms - _LOOKED_BACK_MS)
        .correlate(camera)
        .scalar_subquery()
    )
    return (
        select(table)
        .select_from(camera.join(table, table.c.camera_id == camera.c.id))
        .where(camera.c.id.in_(ids), table.c.ts == newest)
    )


def _samples(
    connection: Connection, ids: list[CameraId], at_ms: int, excluded: Collection[CameraId]
) -> dict[CameraId, CountThen]:
    models = _models(connection, at_ms) if ids else {}
    found = {}
    for row in connection.execute(_newest(sample, ids, at_ms)):
        camera_id = CameraId(row.camera_id)
        count = int(row._mapping["count"])  # noqa: SLF001 - its name is taken by a method
        number = count if row.shown is None else row.shown
        found[camera_id] = CountThen(
            number=number,
            at=from_ms(row.ts),
            is_of_minute=False,
            lowest=number,
            highest=number,
            interval_s=row.interval_ms / 1000,
            confidence=row.confidence / 1000,
            is_carried=bool(row.is_carried),
            is_flagged=bool(row.is_flagged),
            is_excluded=camera_id in excluded,
            model=models.get(row.workstation, ""),
        )
    return found


def _minutes(
    connection: Connection, ids: list[CameraId], at_ms: int, excluded: Collection[CameraId]
) -> dict[CameraId, CountThen]:
    query = select(minute).where(
        minute.c.camera_id.in_(ids),
        minute.c.minute == at_ms // MINUTE_MS,
        minute.c.covered_ms > 0,
    )
    found = {}
    for row in connection.execute(query):
        camera_id = CameraId(row.camera_id)
        found[camera_id] = CountThen(
            number=round(row.people_ms / row.covered_ms),
            at=from_ms(row.minute * MINUTE_MS),
            is_of_minute=True,
            lowest=row.count_min,
            highest=row.count_max,
            coverage=min(1.0, row.covered_ms / MINUTE_MS),
            is_flagged=2 * row.flagged_ms > row.covered_ms,
            is_excluded=camera_id in excluded,
        )
    return found


def _sampled(connection: Connection, ids: list[CameraId], at_ms: int) -> frozenset[CameraId]:
    begin = at_ms - at_ms % MINUTE_MS
    any_of_it = (
        select(sample.c.ts)
        .where(sample.c.camera_id == camera.c.id)
        .where(sample.c.ts >= begin, sample.c.ts < begin + MINUTE_MS)
        .correlate(camera)
    )
    query = select(camera.c.id).where(camera.c.id.in_(ids), any_of_it.exists())
    return frozenset(CameraId(one) for one in connection.execute(query).scalars())


def _states(
    connection: Connection, ids: list[CameraId], at_ms: int, *, is_after: bool
) -> dict[CameraId, StateChange]:
    inner = camera_state.alias()
    which = func.min(inner.c.ts) if is_after else func.max(inner.c.ts)
    side = inner.c.ts > at_ms if is_after else inner.c.ts <= at_ms
    nearest = (
        select(which)
        .where(inner.c.camera_id == camera.c.id, side)
        .correlate(camera)
        .scalar_subquery()
    )
    query = (
        select(camera_state)
        .select_from(camera.join(camera_state, camera_state.c.camera_id == camera.c.id))
        .where(camera.c.id.in_(ids), camera_state.c.ts == nearest)
    )
    return {
        CameraId(row.camera_id): StateChange(
            CameraId(row.camera_id), from_ms(row.ts), CameraState(row.state), Reason(row.reason)
        )
        for row in connection.execute(query)
    }


def _pictures(
    connection: Connection, ids: list[CameraId], at_ms: int, *, with_evidence: bool
) -> dict[CameraId, KeptPicture]:
    found: dict[CameraId, KeptPicture] = {}
    for row in connection.execute(_newest(past_picture, ids, at_ms)):
        picture = PictureThen(
            from_ms(row.ts),
            np.frombuffer(row.boxes, _FLOATS).reshape(-1, 4),
            row._mapping["count"],  # noqa: SLF001 - its name is taken by a method
            row.is_masked,
        )
        found[CameraId(row.camera_id)] = KeptPicture(picture, station=row.workstation)
    if with_evidence:
        for camera_id, kept in _evidence(connection, ids, at_ms).items():
            mine = found.get(camera_id)
            if mine is None or mine.picture.taken_at < kept.picture.taken_at:
                found[camera_id] = kept
    return found


def _evidence(
    connection: Connection, ids: list[CameraId], at_ms: int
) -> dict[CameraId, KeptPicture]:
    inner = alert_evidence.alias()
    newest = (
        select(func.max(inner.c.captured_at))
        .where(inner.c.camera_id == camera.c.id)
        .where(inner.c.captured_at <= from_ms(at_ms))
        .where(inner.c.captured_at > from_ms(at_ms - _LOOKED_BACK_MS))
        .correlate(camera)
        .scalar_subquery()
    )
    query = (
        select(alert_evidence)
        .select_from(camera.join(alert_evidence, alert_evidence.c.camera_id == camera.c.id))
        .where(camera.c.id.in_(ids), alert_evidence.c.captured_at == newest)
    )
    return {
        CameraId(row.camera_id): KeptPicture(
            PictureThen(
                row.captured_at,
                np.frombuffer(row.boxes, _FLOATS).reshape(-1, 4),
                row._mapping["count"],  # noqa: SLF001 - its name is taken by a method
                row.is_masked,
                is_evidence=True,
            ),
            row.file,
        )
        for row in connection.execute(query)
    }


def _excluded(connection: Connection, ids: list[CameraId], at_ms: int) -> frozenset[CameraId]:
    now = at_ms // MINUTE_MS
    query = select(correction.c.camera_id).where(
        correction.c.camera_id.in_(ids),
        correction.c.place_id.is_(None),
        correction.c.kind == CorrectionKind.EXCLUDE.value,
        correction.c.withdrawn_at.is_(None),
        correction.c.first <= now,
        correction.c.stop > now,
    )
    return frozenset(CameraId(one) for one in connection.execute(query).scalars())


def _models(connection: Connection, at_ms: int) -> dict[int, str]:
    newest = (
        select(counted_by.c.workstation, func.max(counted_by.c.ts).label("ts"))
        .where(counted_by.c.ts <= at_ms)
        .group_by(counted_by.c.workstation)
        .subquery()
    )
    query = select(counted_by.c.workstation, counted_by.c.model).join(
        newest,
        (newest.c.workstation == counted_by.c.workstation) & (newest.c.ts == counted_by.c.ts),
    )
    return {row.workstation: row.model for row in connection.execute(query)}
