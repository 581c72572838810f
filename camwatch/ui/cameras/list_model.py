"""The cameras as a table: one row each, filtered and sorted here.

Rows move, come and go singly, so that what is selected and where the list is scrolled to
stays. What a row is sorted by is made once a sort, not once a comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtGui import QPixmap

from camwatch.domain import (
    Camera,
    CameraId,
    CameraState,
    Notice,
    Picture,
    Reason,
    SiteId,
    SourceKind,
    utc_now,
)
from camwatch.events import CamerasMeasured, CameraStateChanged, NoticesChanged
from camwatch.language import marked
from camwatch.ui.cameras.list_text import (
    AT_RIGHT,
    HEADINGS,
    SEARCHED,
    Column,
    Listed,
    cell_text,
    hint_text,
    is_old,
    sort_key,
)
from camwatch.ui.live.condition import CameraCondition
from camwatch.ui.live.marks import mark_icon
from camwatch.ui.rows_model import Index, RowsModel
from camwatch.ui.scene.live_view import LatestPictures
from camwatch.ui.words import tooltip

CAMERA_ROLE = Qt.ItemDataRole.UserRole
SORT_ROLE = Qt.ItemDataRole.UserRole + 1

_ALRIGHT = (CameraState.OK, CameraState.CONNECTING, CameraState.DISABLED)
_TO_THE_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Choice(StrEnum):
    """Which cameras are shown, by their state; the value is what the operator reads."""

    ALL = marked("All")
    ATTENTION = marked("Needs attention")
    LIVE = marked("Live")
    OFF = marked("Switched off")

    def has(self, condition: CameraCondition) -> bool:
        """Tell whether a camera is among them."""
        match self:
            case Choice.ALL:
                return True
            case Choice.ATTENTION:
                return condition.kind not in _ALRIGHT or condition.has_bad_view
            case Choice.LIVE:
                return condition.is_live
            case Choice.OFF:
                return condition.kind is CameraState.DISABLED


@dataclass(frozen=True, slots=True)
class CameraFilter:
    """Which cameras are shown.

    Attributes:
        words: In any of the columns that are searched, regardless of case; "" for all.
        choice: By state.
        site: None for all.
        kind: None for all.
    """

    words: str = ""
    choice: Choice = Choice.ALL
    site: SiteId | None = None
    kind: SourceKind | None = None


class _NoPictures:
    """Stands in where pictures cannot be looked at."""

    def latest(self, _camera_id: CameraId) -> Picture | None:
        return None


class CameraListModel(RowsModel):
    """The cameras that pass the filter, with the newest that is known of each.

    Attributes:
        filter: What is shown of them.

    Args:
        ratio: Device pixels per logical pixel, for the marks of the states.
        pictures: Where the newest pictures are.
        clock: Tells the time, UTC.
    """

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        ratio: float = 1.0,
        pictures: LatestPictures | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__([HEADINGS[column][0] for column in Column], parent)
        self._ratio = ratio
        self._pictures: LatestPictures = pictures or _NoPictures()
        self._clock = clock
        self._all: dict[CameraId, Listed] = {}
        self._rows: list[Listed] = []
        self._row_of: dict[CameraId, int] = {}
        self._states: dict[CameraId, CameraStateChanged] = {}
        self._notices: dict[CameraId, frozenset[Notice]] = {}
        self._thumbnails: dict[CameraId, tuple[QPixmap, QPixmap]] = {}
        self._sort: tuple[Column | None, Qt.SortOrder] = (None, Qt.SortOrder.AscendingOrder)
        self.filter = CameraFilter()

    # ---------------------------------------------------------------- what is known

    def set_cameras(self, cameras: Sequence[Camera], sites: Mapping[SiteId, str]) -> None:
        """Show these cameras; what is known of them is kept.

        Args:
            cameras: All that there are.
            sites: Names of the sites.
        """
        before, self._all = self._all, {}
        for order, camera in enumerate(cameras):
            site = sites.get(camera.site_id, camera.settings.site)
            one = before.get(camera.id)
            if one is None:
                condition = CameraCondition(camera, self._states.get(camera.id))
                condition.notices = self._notices.get(camera.id, frozenset())
                one = Listed(condition, site, order)
            is_new = (one.condition.camera, one.site) != (camera, site)
            one.condition.camera, one.site, one.order = camera, site, order
            self._all[camera.id] = one
            if is_new:
                self._tell([camera.id], Column.NAME, Column.SINCE)
        for known in (self._states, self._notices, self._thumbnails):
            for gone in known.keys() - self._all.keys():
                del known[gone]
        self.arrange()

    def take_notices(self, event: NoticesChanged) -> None:
        """Show what is wrong with a camera's pictures; it may come before the camera itself does."""
        self._notices[event.camera_id] = event.notices
        one = self._all.get(event.camera_id)
        if one is not None:
            one.condition.take_notices(event)
            self._tell([event.camera_id], Column.STATE, Column.STATE)

    def take_state(self, event: CameraStateChanged) -> None:
        """Show a camera's new state; it may come before the camera itself does."""
        self._states[event.camera_id] = event
        one = self._all.get(event.camera_id)
        if one is not None:
            one.condition.take_state(event)
            self._tell([event.camera_id], Column.NAME, Column.SINCE)

    def take_readings(self, event: CamerasMeasured) -> None:
        """Show how the pictures of all cameras came lately."""
        changed = []
        for camera_id, one in self._all.items():
            reading = event.readings.get(camera_id)
            if reading != one.reading:
                one.reading = reading
                changed.append(camera_id)
        self._tell(changed, Column.LATENCY, Column.RATE)

    def show_thumbnail(self, camera_id: CameraId, now: QPixmap, then: QPixmap) -> None:
        """Show a small picture of a camera.

        Args:
            camera_id: Which camera.
            now: While the picture is new.
            then: Once it is old.
        """
        self._thumbnails[camera_id] = (now, then)
        self._tell([camera_id], Column.LAST, Column.LAST)

    def show_ages(self, camera_ids: Sequence[CameraId]) -> None:
        """Bring the ages of these pictures up to now."""
        self._tell(camera_ids, Column.LAST, Column.LAST)

    def _tell(self, camera_ids: Sequence[CameraId], first: Column, last: Column) -> None:
        """Let views read some cells again: of rows that touch each other, all at once."""
        rows = sorted(self._row_of[id_] for id_ in camera_ids if id_ in self._row_of)
        for _, group in groupby(enumerate(rows), lambda pair: pair[1] - pair[0]):
            touching = [row for _, row in group]
            top, bottom = self.index(touching[0], first), self.index(touching[-1], last)
            self.dataChanged.emit(top, bottom)

    # ---------------------------------------------------------------- asked by the page

    @property
    def total(self) -> int:
        """How many cameras there are, shown or not."""
        return len(self._all)

    @property
    def live(self) -> int:
        """How many cameras give current pictures, shown or not."""
        return self.count_of(Choice.LIVE)

    def count_of(self, choice: Choice) -> int:
        """Return how many cameras are in such a state, shown or not."""
        return sum(choice.has(one.condition) for one in self._all.values())

    def reason_of(self, camera_id: CameraId) -> Reason:
        """Return the reason of a camera's newest state; NONE if nothing is known of it."""
        state = self._states.get(camera_id)
        return state.reason if state is not None else Reason.NONE

    def row_of(self, camera_id: CameraId) -> int | None:
        """Return the row of a camera, None if it is not shown."""
        return self._row_of.get(camera_id)

    def camera_at(self, row: int) -> Camera:
        """Return the camera of a row."""
        return self._rows[row].condition.camera

    # ---------------------------------------------------------------- which rows, in which order

    def set_filter(self, wanted: CameraFilter) -> None:
        """Show only what passes."""
        self.filter = wanted
        self.arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder, /) -> None:
        """Sort by a column; where it says the same, by the order in which the cameras came."""
        self._sort = (Column(column) if 0 <= column < len(Column) else None, order)
        self.arrange()

    @property
    def sorted_by(self) -> Column | None:
        """The column that the rows are sorted by."""
        return self._sort[0]

    def arrange(self) -> None:
        """Filter and sort by what is known now; rows that stay are only moved."""
        wanted = self._sorted([one for one in self._all.values() if self._passes(one)])
        self._remove_all_but(wanted)
        staying = set(map(id, self._rows))
        self._reorder([one for one in wanted if id(one) in staying])
        self._insert(wanted)

    def _passes(self, one: Listed) -> bool:
        wanted, camera = self.filter, one.condition.camera
        if wanted.site not in (None, camera.site_id):
            return False
        if wanted.kind not in (None, camera.settings.kind):
            return False
        if not wanted.choice.has(one.condition):
            return False
        now, words = self._clock(), wanted.words.strip().casefold()
        return not words or any(
            words in cell_text(one, column, None, now).casefold() for column in SEARCHED
        )

    def _sorted(self, rows: list[Listed]) -> list[Listed]:
        rows.sort(key=lambda one: one.order)
        column, order = self._sort
        if column is None:
            return rows
        now = self._clock()
        keys = {id(one): sort_key(one, column, self._picture(one), now) for one in rows}
        rows.sort(key=lambda one: keys[id(one)][1], reverse=order == Qt.SortOrder.DescendingOrder)
        # Whatever the order: what is not known comes last.
        rows.sort(key=lambda one: keys[id(one)][0])
        return rows

    def _remove_all_but(self, wanted: Sequence[Listed]) -> None:
        kept = set(map(id, wanted))
        row = len(self._rows) - 1
        while row >= 0:
            last = row
            while row >= 0 and id(self._rows[row]) not in kept:
                row -= 1
            if row < last:
                self.beginRemoveRows(QModelIndex(), row + 1, last)
                del self._rows[row + 1 : last + 1]
                self._number()
                self.endRemoveRows()
            row -= 1

    def _reorder(self, rows: list[Listed]) -> None:
        if all(one is other for one, other in zip(rows, self._rows, strict=True)):
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        marked = [self._rows[index.row()].condition.camera.id for index in before]
        self._rows = rows
        self._number()
        after = [
            self.index(self._row_of[camera_id], index.column())
            for camera_id, index in zip(marked, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _insert(self, wanted: Sequence[Listed]) -> None:
        """Insert what is missing; what is there is in the wanted order already."""
        row = 0
        while row < len(wanted):
            first = row
            there = self._rows[first] if first < len(self._rows) else None
            while row < len(wanted) and wanted[row] is not there:
                row += 1
            if row > first:
                self.beginInsertRows(QModelIndex(), first, row - 1)
                self._rows[first:first] = wanted[first:row]
                self._number()
                self.endInsertRows()
            row += 1

    def _number(self) -> None:
        self._row_of = {one.condition.camera.id: row for row, one in enumerate(self._rows)}

    # ---------------------------------------------------------------- asked by views

    def rows(self) -> int:
        """Return how many cameras are shown."""
        return len(self._rows)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
        /,
    ) -> Any:
        """Return what stands above a column, and what it means."""
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.ToolTipRole:
                return HEADINGS[Column(section)][1]
            if role == Qt.ItemDataRole.TextAlignmentRole and section in AT_RIGHT:
                return _TO_THE_RIGHT
        return super().headerData(section, orientation, role)

    def _picture(self, one: Listed) -> Picture | None:
        return self._pictures.latest(one.condition.camera.id)

    def data(  # noqa: PLR0911 - one a role
        self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /
    ) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        one, column = self._rows[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(one, column)
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(hint_text(one, column, self._text(one, column)))
            case Qt.ItemDataRole.DecorationRole if column is Column.STATE:
                return mark_icon(one.condition.kind, self._ratio)
            case Qt.ItemDataRole.DecorationRole if column is Column.LAST:
                return self._thumbnail(one)
            case Qt.ItemDataRole.TextAlignmentRole if column in AT_RIGHT:
                return _TO_THE_RIGHT
            case _ if role == CAMERA_ROLE:
                return one.condition.camera
            case _ if role == SORT_ROLE:
                return sort_key(one, column, self._picture(one), self._clock())
            case _:
                return None

    def _text(self, one: Listed, column: Column) -> str:
        picture = self._picture(one) if column is Column.LAST else None
        return cell_text(one, column, picture, self._clock())

    def _thumbnail(self, one: Listed) -> QPixmap | None:
        made, picture = self._thumbnails.get(one.condition.camera.id), self._picture(one)
        if made is None or picture is None:
            return None
        return made[is_old(one, picture, self._clock())]
