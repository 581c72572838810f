"""Puts together what was known of a moment; the work behind the commands about moments."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.alert_sight import trimmed
from camwatch.commands.evidence_store import EvidenceStore
from camwatch.commands.past_pictures import PastPictureStore
from camwatch.data.engine import Database
from camwatch.data.moment_rows import KeptPicture, MomentRows
from camwatch.domain import CameraId, CameraState, Reason
from camwatch.history.keeping import Retention
from camwatch.history.moments import (
    CameraThen,
    CountThen,
    Gap,
    Moment,
    NoPicture,
    PictureThen,
    StoredPicture,
)

MOST_ALERTS = 50
"""So many open ones of a moment are listed."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_LEAST_EXPIRED_S = 10.0
_INTERVALS = 4
"""The live wall shows a number for so many intervals; so it is shown again."""

_SIGN_EVERY = timedelta(minutes=1)
_MOST_SIGNS = 500


class Signs:
    """When anything was stored last before a run of the program began; asked once each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[int, int], datetime] = OrderedDict()

    def before(self, database: Database, start: datetime, station: int) -> datetime:
        """Return the last sign before a moment.

        Raises:
            StorageError: The history cannot be read.
        """
        minute = start.replace(second=0, microsecond=0)  # all cameras say so within seconds
        key = station, int(minute.timestamp())
        with self._lock:
            if key in self._known:
                return self._known[key]
        found = database.states.last_sign(_LONG_AGO, minute, station)
        with self._lock:
            self._known[key] = found
            if len(self._known) > _MOST_SIGNS:
                self._known.popitem(last=False)
        return found


@dataclass(slots=True)
class MomentDesk:
    """What is known of moments. All methods block; for any thread.

    Args:
        database: The history.
        pictures: The pictures that are kept of all cameras.
        evidence: Those that are kept with alerts.
        retention: Tells for how long what is kept.
        clock: The wall clock, aware UTC.
        keeps_none: Tells whether for the privacy of people no picture of a camera is kept.
    """

    database: Database
    pictures: PastPictureStore
    evidence: EvidenceStore
    retention: Callable[[], Retention]
    clock: Callable[[], datetime]
    keeps_none: Callable[[CameraId], bool] = lambda _camera_id: False
    _signs: Signs = field(default_factory=Signs)

    def moment(self, session: Session, at: datetime, camera_ids: Collection[CameraId]) -> Moment:
        """See `MomentCommands.moment`."""
        may_count = session.may(Permission.VIEW_COUNTS)
        may_alert = session.may(Permission.VIEW_ALERTS)
        rows = self.database.moments.at(
            at, camera_ids, with_counts=may_count, with_evidence=may_alert
        )
        cameras = {
            camera_id: self._camera(rows, camera_id, at, may_count=may_count)
            for camera_id in camera_ids
            if camera_id in rows.cameras
        }
        if not may_alert:
            return Moment(at, cameras)
        sites = session.role.sites
        alerts, count = self.database.alerts.open_at(at, MOST_ALERTS, sites)
        if sites is not None:
            seen = self.database.sites.cameras(sites)
            alerts = [trimmed(alert, seen) for alert in alerts]
        return Moment(at, cameras, tuple(alerts), count)

    def files(
        self, session: Session, at: datetime, camera_ids: Collection[CameraId]
    ) -> Mapping[CameraId, StoredPicture]:
        """See `MomentCommands.moment_pictures`."""
        found = {}
        kept = self.database.moments.pictures(
            at, camera_ids, with_evidence=session.may(Permission.VIEW_ALERTS)
        )
        for camera_id, one in kept.items():
            data = (
                self.evidence.read_file(one.file)
                if one.file
                else self.pictures.read(camera_id, one.picture.taken_at)
            )
            if data is not None:
                found[camera_id] = StoredPicture(one.picture.taken_at, data)
        return found

    # ---------------------------------------------------------------- one camera

    def _camera(
        self, rows: MomentRows, camera_id: CameraId, at: datetime, *, may_count: bool
    ) -> CameraThen:
        known = rows.cameras[camera_id]
        picture, no_picture = self._picture(camera_id, rows.pictures.get(camera_id))
        if at < known.created_at:
            gap = Gap.NOT_THERE
            return CameraThen(camera_id, gap=gap, picture=picture, no_picture=no_picture)
        if known.removed_at is not None and at >= known.removed_at:
            gap = Gap.REMOVED
            return CameraThen(camera_id, gap=gap, picture=picture, no_picture=no_picture)
        ran = self._ran(rows, camera_id, at, known.station)
        state = rows.states.get(camera_id) if ran else None
        count = self._count(rows, camera_id, at)
        gap_or_none: Gap | None = None
        if not may_count:
            gap_or_none = Gap.MAY_NOT
        elif count is None:
            gap_or_none = self._gap(None if state is None else state.state, at, ran=ran)
        return CameraThen(
            camera_id,
            count=count,
            gap=gap_or_none,
            picture=picture,
            no_picture=no_picture,
            state=None if state is None else state.state,
            since=None if state is None else state.at,
            reason=Reason.NONE if state is None else state.reason,
        )

    def _picture(
        self, camera_id: CameraId, kept: KeptPicture | None
    ) -> tuple[PictureThen | None, NoPicture | None]:
        if kept is not None:
            is_elsewhere = kept.station not in (None, self.database.station)
            if is_elsewhere:
                return None, NoPicture.OTHER_COMPUTER
            return kept.picture, None
        if self.keeps_none(camera_id):
            return None, NoPicture.COUNT_ONLY
        is_off = self.pictures.keeping.every_s == 0
        return None, NoPicture.SWITCHED_OFF if is_off else NoPicture.NONE_KEPT

    @staticmethod
    def _count(rows: MomentRows, camera_id: CameraId, at: datetime) -> CountThen | None:
        """Return the number that the live wall showed then, or that of the minute."""
        found = rows.samples.get(camera_id)
        if found is not None:
            expired_s = max(_LEAST_EXPIRED_S, _INTERVALS * found.interval_s)
            state = rows.states.get(camera_id)
            # A number of before an outage is forgotten at its beginning.
            is_over = state is not None and not state.state.is_live and state.at > found.at
            if not is_over and (at - found.at).total_seconds() <= expired_s:
                return found
        # Where single measurements of the minute are kept they are the truth: this is a gap.
        return None if camera_id in rows.sampled else rows.minutes.get(camera_id)

    def _gap(self, state: CameraState | None, at: datetime, *, ran: bool) -> Gap:
        if at < self.clock() - timedelta(days=self.retention().minute_days):
            return Gap.NOT_KEPT
        if not ran:
            return Gap.NOT_RUNNING
        return Gap.NOT_MEASURED if state is None or state.is_live else Gap.OUT_OF_ORDER

    def _ran(self, rows: MomentRows, camera_id: CameraId, at: datetime, station: int) -> bool:
        """Tell whether anybody looked at the camera at a moment.

        Each run begins by saying that the camera is being connected to, so only the time before
        such a change, and after the last sign before it, can be without anybody looking.
        """
        state = rows.states.get(camera_id)
        if state is None:
            return camera_id in rows.samples or camera_id in rows.minutes
        following = rows.following.get(camera_id)
        if following is None or following.reason is not Reason.STARTING:
            return True
        sign = self._signs.before(self.database, following.at, station)
        return at <= max(sign, state.at) + _SIGN_EVERY
