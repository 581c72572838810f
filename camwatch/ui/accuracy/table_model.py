"""The cameras as a table: how right each one's numbers are, and what its audit is doing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from camwatch.accuracy import Badge
from camwatch.accuracy.plan import RecordingState, RecordingStatus
from camwatch.domain import Camera, CameraId
from camwatch.language import table, tr
from camwatch.ui import icons, theme
from camwatch.ui.accuracy.badge import badge_text, changed_words
from camwatch.ui.accuracy.wording import moment, recording_words
from camwatch.ui.rows_model import Index, RowsModel
from camwatch.ui.words import sentence, tooltip

CAMERA_ROLE = Qt.ItemDataRole.UserRole
SORT_ROLE = Qt.ItemDataRole.UserRole + 1

_ICON = 16
_ORDER = {RecordingState.RUNNING: 0, RecordingState.READY: 1}


class Column(IntEnum):
    """What stands in a column."""

    NAME = 0
    ACCURACY = 1
    SINCE = 2
    LAST = 3
    RECORDING = 4


_HEADINGS = table(
    lambda: {
        Column.NAME: tr("Camera"),
        Column.ACCURACY: tr("Accuracy"),
        Column.SINCE: tr("Changed since"),
        Column.LAST: tr("Last audit"),
        Column.RECORDING: tr("Recording"),
    }
)


class AccuracyTableModel(RowsModel):
    """All cameras with their badges and recordings.

    Args:
        zone: Whose days are meant.
        clock: The wall clock, aware UTC.
        ratio: Device pixels per logical pixel.
    """

    def __init__(
        self,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        parent: QObject | None = None,
        *,
        ratio: float = 1.0,
    ) -> None:
        super().__init__([_HEADINGS[column] for column in Column], parent)
        self._zone = zone
        self._clock = clock
        self._ratio = ratio
        self._cameras: Sequence[Camera] = ()
        self._badges: Mapping[CameraId, Badge] = {}
        self._recordings: dict[str, RecordingStatus] = {}

    def set_rows(
        self,
        cameras: Sequence[Camera],
        badges: Mapping[CameraId, Badge],
        recordings: Sequence[RecordingStatus],
    ) -> None:
        """Show these."""
        self.beginResetModel()
        self._cameras = cameras
        self._badges = badges
        self._recordings = {one.uid: one for one in recordings}
        self.endResetModel()

    def take_recording(self, status: RecordingStatus) -> None:
        """Show how a recording is now."""
        self._recordings[status.uid] = status
        self.refresh()

    def refresh(self) -> None:
        """Show times anew."""
        if self._cameras:
            last = self.index(len(self._cameras) - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    @property
    def is_recording(self) -> bool:
        """True while a recording runs."""
        return any(one.state is RecordingState.RUNNING for one in self._recordings.values())

    def badge_of(self, camera_id: CameraId) -> Badge | None:
        """Return a camera's badge, None if it was never audited."""
        return self._badges.get(camera_id)

    def recording_of(self, camera_id: CameraId) -> RecordingStatus | None:
        """Return the recording that an operator goes on with: one that runs, else the newest."""
        found = [
            one
            for one in self._recordings.values()
            if one.plan.camera_id == camera_id and one.state in _ORDER
        ]
        found.sort(key=lambda one: (_ORDER[one.state], -one.started_at.timestamp()))
        return found[0] if found else None

    def kept_of(self, camera_id: CameraId) -> list[RecordingStatus]:
        """Return the recordings of a camera whose pictures were to be kept."""
        return [
            one
            for one in self._recordings.values()
            if one.plan.camera_id == camera_id and one.state is RecordingState.KEPT
        ]

    def row_of(self, camera_id: CameraId) -> int | None:
        """Return the row of a camera, None if it is not there."""
        ids = [camera.id for camera in self._cameras]
        return ids.index(camera_id) if camera_id in ids else None

    def rows(self) -> int:
        """Return how many cameras there are."""
        return len(self._cameras)

    def data(  # noqa: PLR0911 - one a role
        self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /
    ) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        camera, column = self._cameras[index.row()], Column(index.column())
        badge = self.badge_of(camera.id)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(camera, badge, column)
            case Qt.ItemDataRole.ToolTipRole:
                words = badge_text(badge, self._zone, self._clock())
                return tooltip("\n".join(one for one in (words.long, words.warning) if one))
            case Qt.ItemDataRole.DecorationRole if column is Column.ACCURACY:
                return self._mark(badge)
            case Qt.ItemDataRole.ForegroundRole if column is Column.ACCURACY and badge is None:
                return QColor(theme.current().muted)
            case _ if role == CAMERA_ROLE:
                return camera
            case _ if role == SORT_ROLE:
                return self._sort_key(camera, badge, column)
            case _:
                return None

    def _mark(self, badge: Badge | None) -> Any:
        tokens = theme.current()
        if badge is None:
            return icons.pixmap("info", _ICON, tokens.muted, self._ratio)
        if badge.is_stale:
            return icons.pixmap("triangle-alert", _ICON, tokens.warning, self._ratio)
        return icons.pixmap("badge-check", _ICON, tokens.ok, self._ratio)

    def _text(self, camera: Camera, badge: Badge | None, column: Column) -> str:
        match column:
            case Column.NAME:
                return camera.name
            case Column.ACCURACY:
                return badge_text(badge, self._zone, self._clock()).short
            case Column.SINCE:
                return self._since(badge)
            case Column.LAST:
                return "" if badge is None else moment(badge.audited_at, self._zone)
            case Column.RECORDING:
                status = self.recording_of(camera.id)
                return "" if status is None else sentence(recording_words(status, self._clock()))

    @staticmethod
    def _since(badge: Badge | None) -> str:
        if badge is None:
            return ""
        if not badge.is_setup_known:
            return tr("Not known, for it is not counted now")
        return sentence(changed_words(badge)) if badge.changed else tr("Nothing")

    def _sort_key(self, camera: Camera, badge: Badge | None, column: Column) -> str | float:
        match column:
            case Column.ACCURACY:
                # Who was never audited comes first, then the least accurate.
                return -1.0 if badge is None or badge.accuracy is None else badge.accuracy.value
            case Column.LAST:
                return 0.0 if badge is None else badge.audited_at.timestamp()
            case Column.RECORDING:
                status = self.recording_of(camera.id)
                return float(len(_ORDER)) if status is None else float(_ORDER[status.state])
            case _:
                return self._text(camera, badge, column).casefold()
