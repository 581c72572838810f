"""What people corrected: added and withdrawn, never changed otherwise; numbers stay as measured."""

from __future__ import annotations

import json
import uuid
import zoneinfo
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, Select, insert, select, update

from camwatch.data.edges import bucket_edges
from camwatch.data.moments import MINUTE_MS, from_ms, to_ms
from camwatch.data.overlay import Stretch, edges_in_minutes, union, within
from camwatch.data.remains import (
    HOUR_MIN,
    IN_VIEW,
    IN_ZONE,
    PASSING,
    Source,
    are_minutes_kept,
    hour_rows,
    minute_rows,
    sums_of,
)
from camwatch.data.schema import camera, correction, place
from camwatch.data.store import Store
from camwatch.domain import BucketSize, CameraId, PlaceId
from camwatch.errors import ChangedMeanwhile, InvalidSetting, NotFound
from camwatch.history.corrections import Correction, CorrectionDraft, CorrectionKind
from camwatch.language import tr
from camwatch.scene import PlaceKind

_HOLDS = correction.c.withdrawn_at.is_(None)
_CUT = (
    "must be a full hour: of that time only whole hours are still kept, so that nobody knows what "
    "was counted in a part of one"
)


@dataclass(slots=True)
class Excluded:
    """What is excluded of one camera or place.

    Attributes:
        stretches: See `overlay.union`.
        kept: Minutes of hours that are cut, see `remains`.
    """

    stretches: list[Stretch] = field(default_factory=list)
    kept: dict[int, list[int]] = field(default_factory=dict)


class CorrectionRepository:
    """The corrections of one history."""

    def __init__(self, connections: Store, clock: Callable[[], datetime]) -> None:
        self._connections = connections
        self._clock = clock

    def add(self, draft: CorrectionDraft, author: str) -> Correction:
        """Lay a correction over what was measured, and keep what was there.

        Args:
            draft: Checked in itself; whole minutes.
            author: Who says so.

        Raises:
            InvalidSetting: It cuts an hour whose minutes are not kept any more; or fewer people
                are left than none.
            StorageError: Nothing was stored.
        """
        stretch = _minutes_of(draft)
        with self._connections.writing() as connection:
            source = source_of(connection, draft.place_id)
            whose = draft.camera_id if draft.place_id is None else draft.place_id
            if draft.kind is CorrectionKind.PASSED:
                self._check_enough(connection, draft, stretch)
            made = Correction(str(uuid.uuid4()), draft, author, from_ms(to_ms(self._clock())))
            connection.execute(
                insert(correction).values(
                    uid=made.uid,
                    camera_id=draft.camera_id,
                    place_id=draft.place_id,
                    first=stretch[0],
                    stop=stretch[1],
                    kind=draft.kind.value,
                    inwards=draft.inwards,
                    outwards=draft.outwards,
                    measured=_measured(connection, source, draft.camera_id, whose, stretch),
                    author=author,
                    reason=draft.reason,
                    made_at=made.made_at,
                )
            )
        return made

    def withdraw(self, uid: str, author: str, why: str) -> Correction:
        """Let a correction hold no longer.

        Raises:
            NotFound: There is none.
            ChangedMeanwhile: Somebody else withdrew it.
            StorageError: It still holds.
        """
        with self._connections.writing() as connection:
            row = connection.execute(select(correction).where(correction.c.uid == uid)).first()
            if row is None:
                raise NotFound(tr("the correction"))
            if row.withdrawn_at is not None:
                raise ChangedMeanwhile(tr("the correction"))
            connection.execute(
                update(correction)
                .where(correction.c.uid == uid)
                .values(withdrawn_at=self._clock(), withdrawn_by=author, withdrawn_why=why)
            )
        return self.get(uid)

    def get(self, uid: str) -> Correction:
        """Return a correction.

        Raises:
            NotFound: There is none.
            StorageError: It cannot be read.
        """
        with self._connections.reading() as connection:
            row = connection.execute(select(correction).where(correction.c.uid == uid)).first()
        if row is None:
            raise NotFound(tr("the correction"))
        return _record(row)

    def between(
        self, camera_ids: Collection[CameraId] | None, start: datetime, end: datetime
    ) -> list[Correction]:
        """Return what touches a stretch of time, newest first, withdrawn ones too.

        Args:
            camera_ids: Whose; None for all.
            start: UTC.
            end: UTC; exclusive.

        Raises:
            StorageError: They cannot be read.
        """
        query = _touching(
            (to_ms(start) // MINUTE_MS, -(-to_ms(end) // MINUTE_MS)), _of(camera_ids)
        ).order_by(correction.c.made_at.desc(), correction.c.id.desc())
        with self._connections.reading() as connection:
            return [_record(row) for row in connection.execute(query)]

    def excluded(
        self, camera_ids: Collection[CameraId] | None, stretch: Stretch
    ) -> dict[CameraId, Excluded]:
        """Return what is excluded of the people in view; cameras without are left out.

        Args:
            camera_ids: Whose; None for all.
            stretch: When; minutes since 1970 UTC.

        Raises:
            StorageError: It cannot be read.
        """
        query = _touching(
            stretch, _HOLDS, correction.c.place_id.is_(None), _excludes(), _of(camera_ids)
        )
        rows: dict[CameraId, list[Row[Any]]] = {}
        with self._connections.reading() as connection:
            for row in connection.execute(query):
                rows.setdefault(CameraId(row.camera_id), []).append(row)
        return {camera_id: excluded_by(some) for camera_id, some in rows.items()}

    def of_places(
        self, place_ids: Collection[PlaceId], stretch: Stretch
    ) -> dict[PlaceId, tuple[Excluded, list[Correction]]]:
        """Return what is excluded of places, and who passed beside those who were counted.

        Args:
            place_ids: Whose; places without corrections are left out.
            stretch: When; minutes since 1970 UTC.

        Raises:
            StorageError: It cannot be read.
        """
        query = _touching(stretch, _HOLDS, correction.c.place_id.in_(place_ids))
        rows: dict[PlaceId, list[Row[Any]]] = {}
        with self._connections.reading() as connection:
            for row in connection.execute(query.order_by(correction.c.id)):
                rows.setdefault(PlaceId(row.place_id), []).append(row)
        passed = CorrectionKind.PASSED.value
        return {
            place_id: (
                excluded_by([row for row in some if row.kind != passed]),
                [_record(row) for row in some if row.kind == passed],
            )
            for place_id, some in rows.items()
        }

    @staticmethod
    def _check_enough(connection: Connection, draft: CorrectionDraft, stretch: Stretch) -> None:
        """Refuse to take away more people than were counted.

        Raises:
            InvalidSetting: With the field.
        """
        place_id = draft.place_id or 0
        rows = connection.execute(
            _touching(stretch, _HOLDS, correction.c.place_id == place_id, _excludes())
        ).all()
        gone = excluded_by(rows).stretches
        counted = counted_people(connection, place_id, stretch, gone)
        for field_name, amount, numbers in (
            ("inwards", draft.inwards, counted[0]),
            ("outwards", draft.outwards, counted[1]),
        ):
            there = sum(number for _, number in numbers)
            if amount < 0 and -amount > there:
                raise InvalidSetting(
                    field_name,
                    tr(
                        "takes away {value:,}, but only {there:,} were counted in this time",
                        value=-amount,
                        there=there,
                    ),
                )


def counted_people(
    connection: Connection, place_id: int, stretch: Stretch, gone: Sequence[Stretch]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return who was counted inwards and outwards, with the minute; or with the hour's first.

    Args:
        connection: For reading.
        place_id: Line or gate.
        stretch: When.
        gone: What is excluded of it.
    """
    rows = hour_rows(connection, PASSING, place_id, stretch)
    if not rows or are_minutes_kept(connection, PASSING, place_id, stretch, rows):
        rows = minute_rows(connection, PASSING, place_id, [stretch])
    rows = [row for row in rows if not within(gone, row[0], row[0] + 1)]
    return [(row[0], row[1]) for row in rows if row[1]], [
        (row[0], row[2]) for row in rows if row[2]
    ]


def source_of(connection: Connection, place_id: PlaceId | None) -> Source:
    """Return where the numbers of a place are stored; None is the people in view."""
    if place_id is None:
        return IN_VIEW
    kind = connection.execute(select(place.c.kind).where(place.c.id == place_id)).scalar()
    return IN_ZONE if kind == PlaceKind.ZONE.value else PASSING


def excluded_by(rows: Sequence[Row[Any]]) -> Excluded:
    """Put together what some rows exclude."""
    kept: dict[int, list[int]] = {}
    for row in rows:
        for at, *values in json.loads(row.measured).get("minutes", []):
            kept[at] = values
    return Excluded(union((row.first, row.stop) for row in rows), kept)


def _measured(
    connection: Connection, source: Source, camera_id: CameraId, whose: int, stretch: Stretch
) -> str:
    """Return what is stored of a stretch, and all minutes of the hours that it cuts.

    Raises:
        InvalidSetting: It cuts an hour of which there are no minutes any more.
    """
    hours = _cut_hours(connection, camera_id, stretch)
    for hour_is in hours:
        rows = hour_rows(connection, source, whose, hour_is)
        if rows and not are_minutes_kept(connection, source, whose, hour_is, rows):
            raise InvalidSetting("start" if hour_is[0] < stretch[0] else "end", _CUT)
    there = sums_of(connection, source, whose, [stretch])
    return json.dumps(
        {
            **there.values,
            "columns": source.columns,
            "minutes": [list(row) for row in minute_rows(connection, source, whose, hours)],
        },
        separators=(",", ":"),
    )


def _cut_hours(connection: Connection, camera_id: CameraId, stretch: Stretch) -> list[Stretch]:
    """Return the hours, by the clocks of the camera's hours, of which a stretch takes a part."""
    name = connection.execute(select(camera.c.rolled_zone).where(camera.c.id == camera_id)).scalar()
    try:
        zone = ZoneInfo(name or "UTC")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo("UTC")
    cut = set()
    for at in (stretch[0], stretch[1] - 1):
        moment = from_ms(at * MINUTE_MS)
        edges = edges_in_minutes(
            bucket_edges(BucketSize.HOUR, moment, from_ms((at + 1) * MINUTE_MS), zone)
        )
        if edges[0] < stretch[0] or edges[1] > stretch[1]:
            cut.add((edges[0], max(edges[1], edges[0] + HOUR_MIN)))
    return union(cut)


def _minutes_of(draft: CorrectionDraft) -> Stretch:
    return to_ms(draft.start) // MINUTE_MS, to_ms(draft.end) // MINUTE_MS


def _touching(stretch: Stretch, *wanted: ColumnElement[bool]) -> Select[Any]:
    return select(correction).where(
        correction.c.first < stretch[1], correction.c.stop > stretch[0], *wanted
    )


def _of(camera_ids: Collection[CameraId] | None) -> ColumnElement[bool]:
    if camera_ids is None:
        return correction.c.camera_id.is_not(None)
    return correction.c.camera_id.in_(camera_ids)


def _excludes() -> ColumnElement[bool]:
    return correction.c.kind == CorrectionKind.EXCLUDE.value


def _record(row: Row[Any]) -> Correction:
    draft = CorrectionDraft(
        camera_id=CameraId(row.camera_id),
        place_id=None if row.place_id is None else PlaceId(row.place_id),
        start=from_ms(row.first * MINUTE_MS),
        end=from_ms(row.stop * MINUTE_MS),
        kind=CorrectionKind(row.kind),
        reason=row.reason,
        inwards=row.inwards,
        outwards=row.outwards,
    )
    return Correction(
        row.uid,
        draft,
        row.author,
        row.made_at,
        row.withdrawn_at,
        row.withdrawn_by or "",
        row.withdrawn_why or "",
    )
