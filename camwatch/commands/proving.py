"""Puts together all that proves one number."""

from __future__ import annotations

from datetime import datetime, timedelta

from camwatch.data.engine import Database
from camwatch.domain import CameraId, Reason
from camwatch.history.asking import Measurement

_JUST_AFTER = timedelta(milliseconds=1)


def measurement_at(
    database: Database, camera_id: CameraId, at: datetime, *, sees_alerts: bool
) -> Measurement | None:
    """Return the measurement that stands for a moment; see `HistoryCommands.measured_at`.

    Args:
        database: The history.
        camera_id: Whose.
        at: UTC.
        sees_alerts: Whoever asks may see alerts.

    Raises:
        StorageError: The history cannot be read.
    """
    found = database.measured.standing_at(camera_id, at)
    if found is None:
        return None
    # What came with the picture itself counts, too.
    then = found.at + _JUST_AFTER
    counted_by = database.counted_by.at(found.at, found.workstation)
    is_known, threshold = database.measured.own_threshold(camera_id, found.at)
    if is_known and threshold is None and counted_by is not None:
        threshold = counted_by.threshold
    state = database.states.before(camera_id, then)
    alerts = database.measured.alerts_around(camera_id, found.at) if sees_alerts else []
    return Measurement(
        camera_id=camera_id,
        at=found.at,
        count=found.count,
        shown=found.shown,
        confidence=found.confidence,
        processing_s=found.processing_s,
        interval_s=found.interval_s,
        is_carried=found.is_carried,
        is_flagged=found.is_flagged,
        model="" if counted_by is None else counted_by.model,
        runtime="" if counted_by is None else counted_by.runtime,
        threshold=threshold,
        state=None if state is None else state.state,
        reason=Reason.NONE if state is None else state.reason,
        notices=tuple(sorted(database.states.notices_before(camera_id, then))),
        alert_uids=tuple(alerts),
        zones=tuple(database.measured.zones_at(camera_id, found.at)),
        workstation=database.measured.workstation_name(found.workstation),
    )
