"""How one camera did before a moment, and how long the program surely ran."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from camwatch.data.moments import MINUTE_MS, from_ms, to_ms
from camwatch.data.schema import camera, camera_notice, camera_state, minute, site
from camwatch.data.store import Store
from camwatch.domain import CameraId, CameraState, Notice, Reason, StateChange

_SAY_NOTHING = tuple(
    reason.value
    for reason in (Reason.STARTING, Reason.SWITCHED_OFF, Reason.HOST_OFFLINE, Reason.ASLEEP)
)
"""Reasons of changes that say nothing of the time before them, which is when the program, the
computer or its network may have been away."""


class StateRepository:
    """Reads the states of cameras of one history."""

    def __init__(self, connections: Store) -> None:
        self._connections = connections

    def before(self, camera_id: CameraId, at: datetime) -> StateChange | None:
        """Return the newest change of a camera's state before a moment; None without one.

        Raises:
            StorageError: The history cannot be read.
        """
        query = (
            select(camera_state)
            .where(camera_state.c.camera_id == camera_id, camera_state.c.ts < to_ms(at))
            .order_by(camera_state.c.ts.desc())
            .limit(1)
        )
        with self._connections.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else _change(camera_id, row)

    def next_after(self, camera_id: CameraId, at: datetime) -> StateChange | None:
        """Return the first change of a camera's state from a moment on; None without one.

        Raises:
            StorageError: The history cannot be read.
        """
        query = (
            select(camera_state)
            .where(camera_state.c.camera_id == camera_id, camera_state.c.ts >= to_ms(at))
            .order_by(camera_state.c.ts)
            .limit(1)
        )
        with self._connections.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else _change(camera_id, row)

    def notices_before(self, camera_id: CameraId, at: datetime) -> frozenset[Notice]:
        """Return what was wrong with a camera's pictures just before a moment.

        What was wrong before the program was started again does not count.

        Raises:
            StorageError: The history cannot be read.
        """
        run_began = (
            select(func.coalesce(func.max(camera_state.c.ts), 0))
            .where(camera_state.c.camera_id == camera_id, camera_state.c.ts < to_ms(at))
            .where(camera_state.c.reason == Reason.STARTING.value)
            .scalar_subquery()
        )
        query = (
            select(camera_notice.c.notice, camera_notice.c.is_present)
            .where(camera_notice.c.camera_id == camera_id, camera_notice.c.ts < to_ms(at))
            .where(camera_notice.c.ts >= run_began)
            .order_by(camera_notice.c.ts)
        )
        with self._connections.reading() as connection:
            newest = {row.notice: row.is_present for row in connection.execute(query)}
        return frozenset(Notice(notice) for notice, is_present in newest.items() if is_present)

    def last_sign(self, after: datetime, before: datetime, station: int = 0) -> datetime:
        """Return the newest moment at which anything was stored of any camera of a workstation.

        Until then the program surely ran. The beginning of a run does not count, nor that
        this computer was away: all cameras say so, one after the other, and each would make
        the time before it look watched.

        Args:
            after: The earliest moment of interest, returned if nothing came later.
            before: The moment after the last.
            station: The number of the workstation; 0 where there is but one.

        Raises:
            StorageError: The history cannot be read.
        """
        after_ms, before_ms = to_ms(after), to_ms(before)
        # One short search in the key of each camera, instead of one through all rows.
        newest_change = (
            select(camera_state.c.ts)
            .where(camera_state.c.camera_id == camera.c.id, camera_state.c.ts < before_ms)
            .where(camera_state.c.reason.not_in(_SAY_NOTHING))
            .order_by(camera_state.c.ts.desc())
            .limit(1)
            .correlate(camera)
            .scalar_subquery()
        )
        newest_minute = (
            select(func.max(minute.c.minute))
            .where(minute.c.camera_id == camera.c.id, minute.c.minute < before_ms // MINUTE_MS)
            .correlate(camera)
            .scalar_subquery()
        )
        query = (
            select(func.max(newest_change), func.max(newest_minute))
            .select_from(camera.join(site))
            .where(site.c.workstation == station)
        )
        with self._connections.reading() as connection:
            changed, counted = connection.execute(query).one()
        signs = [after_ms, changed or 0, (counted + 1) * MINUTE_MS if counted is not None else 0]
        return from_ms(min(max(signs), before_ms))


def _change(camera_id: CameraId, row: Row[Any]) -> StateChange:
    return StateChange(camera_id, from_ms(row.ts), CameraState(row.state), Reason(row.reason))
