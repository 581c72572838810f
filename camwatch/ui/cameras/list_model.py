"""The cameras as a table: one row each, told apart by state, site and address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt

from camwatch.domain import Camera, CameraId, CameraState, Reason, SiteId, utc_now
from camwatch.events import CameraStateChanged
from camwatch.ui.charts.axis import day_text
from camwatch.ui.live.condition import CameraCondition
from camwatch.ui.live.marks import mark_icon
from camwatch.ui.rows_model import Index, RowsModel
from camwatch.ui.words import tooltip

CAMERA_ROLE = Qt.ItemDataRole.UserRole
SORT_ROLE = Qt.ItemDataRole.UserRole + 1


class Column(IntEnum):
    """What stands in a column."""

    NAME = 0
    STATE = 1
    SITE = 2
    LOCATION = 3
    ADDRESS = 4
    SINCE = 5


_HEADINGS = {
    Column.NAME: "Name",
    Column.STATE: "State",
    Column.SITE: "Site",
    Column.LOCATION: "Location",
    Column.ADDRESS: "Address",
    Column.SINCE: "Since",
}

_GRAVITY = {
    CameraState.SLOW: 2,
    CameraState.STALE: 1,
    CameraState.CONNECTING: 3,
    CameraState.OK: 4,
    CameraState.DISABLED: 5,
}
"""Order of states when sorted: what needs somebody comes first; those not listed at 0."""


def since_text(at: datetime, now: datetime) -> str:
    """Say when something began, by this computer's clock: "14:02:11" or "Sun 22 Nov, 14:02"."""
    local = at.astimezone()
    if local.date() == now.astimezone().date():
        return f"{local:%H:%M:%S}"
    return f"{day_text(local.date())}, {local:%H:%M}"


class CameraListModel(RowsModel):
    """All cameras with the newest state of each.

    Args:
        ratio: Device pixels per logical pixel, for the marks of the states.
    """

    def __init__(self, parent: QObject | None = None, *, ratio: float = 1.0) -> None:
        super().__init__([_HEADINGS[column] for column in Column], parent)
        self._ratio = ratio
        self._rows: list[CameraCondition] = []
        self._sites: Mapping[SiteId, str] = {}
        self._states: dict[CameraId, CameraStateChanged] = {}

    def set_cameras(self, cameras: Sequence[Camera], sites: Mapping[SiteId, str]) -> None:
        """Show these cameras; what is known of their states is kept.

        Args:
            cameras: All that there are.
            sites: Names of the sites.
        """
        ids = {camera.id for camera in cameras}
        self.beginResetModel()
        self._sites = sites
        self._states = {id_: state for id_, state in self._states.items() if id_ in ids}
        self._rows = [CameraCondition(camera, self._states.get(camera.id)) for camera in cameras]
        self.endResetModel()

    def take_state(self, event: CameraStateChanged) -> None:
        """Show a camera's new state; it may come before the camera itself does."""
        self._states[event.camera_id] = event
        for row, condition in enumerate(self._rows):
            if condition.camera.id == event.camera_id:
                condition.take_state(event)
                last = self.index(row, len(Column) - 1)
                self.dataChanged.emit(self.index(row, 0), last)

    @property
    def live(self) -> int:
        """How many cameras give current pictures."""
        return sum(condition.is_live for condition in self._rows)

    def reason_of(self, camera_id: CameraId) -> Reason:
        """Return the reason of a camera's newest state; NONE if nothing is known of it."""
        state = self._states.get(camera_id)
        return state.reason if state is not None else Reason.NONE

    def row_of(self, camera_id: CameraId) -> int | None:
        """Return the row of a camera, None if it is not there."""
        ids = [condition.camera.id for condition in self._rows]
        return ids.index(camera_id) if camera_id in ids else None

    def rows(self) -> int:
        """Return how many cameras there are."""
        return len(self._rows)

    def data(  # noqa: PLR0911 - one a role
        self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /
    ) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        condition, column = self._rows[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(condition, column)
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(self._hint(condition, column))
            case Qt.ItemDataRole.DecorationRole if column is Column.STATE:
                return mark_icon(condition.kind, self._ratio)
            case _ if role == CAMERA_ROLE:
                return condition.camera
            case _ if role == SORT_ROLE:
                return self._sort_key(condition, column)
            case _:
                return None

    def _text(self, condition: CameraCondition, column: Column) -> str:
        camera = condition.camera
        match column:
            case Column.NAME:
                return camera.name
            case Column.STATE:
                is_said = condition.kind is CameraState.DISABLED
                parts = (condition.state_word, "" if is_said else condition.reason_words)
                return " · ".join(part for part in parts if part)
            case Column.SITE:
                return self._sites.get(camera.site_id, camera.settings.site)
            case Column.LOCATION:
                return camera.settings.location
            case Column.ADDRESS:
                return camera.settings.origin
            case Column.SINCE:
                return since_text(condition.state.since, utc_now()) if condition.state else ""

    def _hint(self, condition: CameraCondition, column: Column) -> str:
        match column:
            case Column.STATE:
                parts = (self._text(condition, column), condition.advice)
                return "\n".join(part for part in parts if part)
            case Column.ADDRESS:
                return condition.camera.settings.snapshot_url
            case _:
                return self._text(condition, column)

    def _sort_key(self, condition: CameraCondition, column: Column) -> str | float:
        match column:
            case Column.STATE:
                return float(_GRAVITY.get(condition.kind, 0))
            case Column.SINCE:
                return condition.state.since.timestamp() if condition.state else 0.0
            case Column.ADDRESS:
                settings = condition.camera.settings
                # Numbers of an address count as numbers: 10.0.0.9 before 10.0.0.10.
                parts = [part.zfill(3) for part in settings.host.split(".")]
                return f"{'.'.join(parts)}:{settings.port:05}"
            case _:
                return self._text(condition, column).casefold()
