"""The cameras that were found, as a table with a tick for those that are to be added."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QRectF, QSize, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from camwatch.cameras.discovery import Found
from camwatch.cameras.policy import LONGEST_NAME
from camwatch.domain import CameraSettings, Reason, Secret
from camwatch.language import table, tr
from camwatch.ui import icons, theme
from camwatch.ui.cameras.kinds import KINDS
from camwatch.ui.error_text import reason_sentence
from camwatch.ui.fitting import fit_columns
from camwatch.ui.rows_model import Index, RowsModel
from camwatch.ui.words import REASONS, sentence, tooltip

_PICTURE = QSize(96, 54)
_ROW_HEIGHT = 66
_SORT_ROLE = Qt.ItemDataRole.UserRole


class Column(IntEnum):
    """What stands in a column."""

    CAMERA = 0
    MODEL = 1
    ADDRESS = 2
    KIND = 3
    STATE = 4


_HEADINGS = table(
    lambda: {
        Column.CAMERA: tr("Camera"),
        Column.MODEL: tr("Make and model"),
        Column.ADDRESS: tr("Address"),
        Column.KIND: tr("Gives"),
        Column.STATE: tr("State"),
    }
)
_WIDTHS = {Column.CAMERA: 340, Column.MODEL: 190, Column.ADDRESS: 210, Column.KIND: 90}


@dataclass(slots=True)
class FoundCamera:
    """One camera that was found, and what is wished of it.

    Attributes:
        found: As it was found last.
        is_ticked: It is to be added.
        username: With which it was asked; "" for none.
        password: Of that user.
        picture: Its view, drawn for the table.
        asks: It gave no picture without a sign-in, now or before it got one.
    """

    found: Found
    is_ticked: bool
    username: str
    password: Secret | None
    picture: QPixmap
    asks: bool

    @property
    def is_new(self) -> bool:
        """True if it is not in the list of cameras yet."""
        return not self.found.known_as

    def is_as(self, found: Found, username: str, password: Secret | None) -> bool:
        """Tell whether it was found just so before."""
        return (self.found, self.username, self.password) == (found, username, password)

    def signed_in(self) -> tuple[CameraSettings, Secret | None]:
        """Return the settings and the password with which it is to be added.

        A sign-in goes along if the camera was asked with it, whether or not it was right:
        what is wrong can be put right later, in one place for all of them.
        """
        settings = self.found.settings
        if self.username and (settings.username or self.asks):
            return replace(settings, username=self.username), self.password
        return replace(settings, username=""), None


class FoundModel(RowsModel):
    """The cameras that were found so far.

    Signals:
        ticks_changed: Another set of cameras is ticked.

    Args:
        ratio: Device pixels per logical pixel, for the pictures.
    """

    ticks_changed = Signal()

    def __init__(self, parent: QObject | None = None, *, ratio: float = 1.0) -> None:
        super().__init__([_HEADINGS[column] for column in Column], parent)
        self._ratio = ratio
        self._rows: list[FoundCamera] = []

    @property
    def all(self) -> Sequence[FoundCamera]:
        """All cameras, in the order in which they were found."""
        return self._rows

    @property
    def ticked(self) -> list[FoundCamera]:
        """The cameras that are to be added, by address."""
        chosen = [one for one in self._rows if one.is_ticked]
        return sorted(chosen, key=lambda one: _address_key(one.found))

    def clear(self) -> None:
        """Forget all of them."""
        self.beginResetModel()
        self._rows = []
        self.endResetModel()
        self.ticks_changed.emit()

    def take(
        self, found: Sequence[Found], username: str = "", password: Secret | None = None
    ) -> None:
        """Show cameras; those that are there already are brought up to date.

        Args:
            found: What was found.
            username: With which they were asked; "" for none.
            password: Of that user.
        """
        for one in found:
            row = self._row_of(one)
            if row is None:
                self._append(one, username, password)
            # At its end a search gives once more what it told on the way.
            elif not self._rows[row].is_as(one, username, password):
                self._replace(row, one, username, password)
        self.ticks_changed.emit()

    def _append(self, found: Found, username: str, password: Secret | None) -> None:
        is_ticked = not found.known_as and found.problem is Reason.NONE
        picture = _drawn(found.preview, self._ratio)
        asks = found.needs_sign_in
        end = len(self._rows)
        self.beginInsertRows(QModelIndex(), end, end)
        self._rows.append(FoundCamera(found, is_ticked, username, password, picture, asks))
        self.endInsertRows()

    def _replace(self, row: int, found: Found, username: str, password: Secret | None) -> None:
        before = self._rows[row]
        is_ticked = before.is_ticked and not found.known_as
        picture = _drawn(found.preview, self._ratio)
        asks = before.asks or found.needs_sign_in
        self._rows[row] = FoundCamera(found, is_ticked, username, password, picture, asks)
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))

    def tick_all(self, is_ticked: bool) -> None:
        """Tick all cameras that are new, or none."""
        for one in self._rows:
            one.is_ticked = is_ticked and one.is_new
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))
        self.ticks_changed.emit()

    def _row_of(self, found: Found) -> int | None:
        """Return the row of the same camera, None if there is none."""
        for row, one in enumerate(self._rows):
            if one.found.address == found.address and _view(one.found) == _view(found):
                return row
        # After its sign-in a camera may tell of another port or stream than before it.
        waiting = [
            row
            for row, one in enumerate(self._rows)
            if one.found.host == found.host and one.found.needs_sign_in
        ]
        return waiting[0] if len(waiting) == 1 else None

    def rows(self) -> int:
        """Return how many cameras there are."""
        return len(self._rows)

    def flags(self, index: Index, /) -> Qt.ItemFlag:
        """Let new cameras be ticked; those in the list already are grey."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if not self._rows[index.row()].is_new:
            return Qt.ItemFlag.ItemIsSelectable
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        is_first = index.column() == Column.CAMERA
        return flags | Qt.ItemFlag.ItemIsUserCheckable if is_first else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole, /) -> bool:
        """Tick a camera, or take the tick away."""
        if not index.isValid() or role != Qt.ItemDataRole.CheckStateRole:
            return False
        one = self._rows[index.row()]
        one.is_ticked = one.is_new and Qt.CheckState(value) == Qt.CheckState.Checked
        self.dataChanged.emit(index, index)
        self.ticks_changed.emit()
        return True

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
                return tooltip(self._hint(one, column))
            case Qt.ItemDataRole.DecorationRole if column is Column.CAMERA:
                return one.picture
            case Qt.ItemDataRole.DecorationRole if column is Column.STATE:
                return self._mark(one)
            case Qt.ItemDataRole.CheckStateRole if column is Column.CAMERA and one.is_new:
                return Qt.CheckState.Checked if one.is_ticked else Qt.CheckState.Unchecked
            case _ if role == _SORT_ROLE:
                if column is Column.ADDRESS:
                    return _address_key(one.found)
                return self._text(one, column).casefold()
            case _:
                return None

    def _text(self, one: FoundCamera, column: Column) -> str:
        found = one.found
        match column:
            case Column.CAMERA:
                return found.name[:LONGEST_NAME]
            case Column.MODEL:
                return f"{found.make} {found.model}".strip() or tr("Not told")
            case Column.ADDRESS:
                return found.address
            case Column.KIND:
                return KINDS[found.kind].short
            case Column.STATE:
                return _state_words(one)

    def _hint(self, one: FoundCamera, column: Column) -> str:
        found = one.found
        if column is Column.STATE and found.problem is not Reason.NONE:
            advice = REASONS[found.problem].advice
            return f"{reason_sentence(found.problem, found.detail)}\n{advice}".strip()
        if column is Column.MODEL and found.hardware_id:
            return f"{self._text(one, column)}\n{found.hardware_id}"
        return self._text(one, column)

    def _mark(self, one: FoundCamera) -> QPixmap:
        tokens = theme.current()
        if not one.is_new:
            return icons.pixmap("check", 16, tokens.muted, self._ratio)
        if one.found.problem is Reason.NONE:
            return icons.pixmap("check", 16, tokens.ok, self._ratio)
        color = tokens.warning if one.found.needs_sign_in else tokens.critical
        name = "triangle-alert" if one.found.needs_sign_in else "circle-alert"
        return icons.pixmap(name, 16, color, self._ratio)


def _state_words(one: FoundCamera) -> str:
    """Say in a few words how a camera did."""
    found = one.found
    if found.known_as:
        return tr("Is there already: {known_as}", known_as=found.known_as)
    if found.needs_sign_in:
        return tr("Refuses this sign-in") if one.username else tr("Needs a sign-in")
    if found.problem is Reason.NONE:
        return tr("Gives pictures") if found.preview else tr("Has a stream, not looked at yet")
    return sentence(REASONS[found.problem].short)


def _view(found: Found) -> str:
    settings = found.settings
    return settings.stream_path if found.kind.is_stream else settings.snapshot_path


def _address_key(found: Found) -> str:
    """Return a text by which addresses are sorted as the numbers they are."""
    try:
        ip = ipaddress.ip_address(found.host.partition("%")[0])
    except ValueError:
        return f"9{found.host}:{found.port:05}"
    return f"{ip.version}{int(ip):039}:{found.port:05}"


def _drawn(jpeg: bytes, ratio: float) -> QPixmap:
    """Return a picture in the size of the table's, or a sign that there is none."""
    tokens = theme.on_pictures()
    drawn = QPixmap(_PICTURE * ratio)
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    view = QPixmap()
    if jpeg:
        view.loadFromData(jpeg, "JPEG")
    with QPainter(drawn) as painter:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.picture))
        painter.drawRoundedRect(QRectF(0, 0, _PICTURE.width(), _PICTURE.height()), 3, 3)
        if view.isNull():
            icon = icons.pixmap("video-off", 20, tokens.disabled, ratio)
            painter.drawPixmap((_PICTURE.width() - 20) // 2, (_PICTURE.height() - 20) // 2, icon)
        else:
            fitted = view.size().scaled(_PICTURE, Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(
                (_PICTURE.width() - fitted.width()) / 2,
                (_PICTURE.height() - fitted.height()) / 2,
                fitted.width(),
                fitted.height(),
            )
            painter.drawPixmap(place, view, QRectF(view.rect()))
    return drawn


class FoundTable(QTableView):
    """Shows the cameras that were found; the space bar ticks the selected ones."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cameras = FoundModel(self, ratio=self.devicePixelRatioF())
        self.shown = QSortFilterProxyModel(self)
        self.shown.setSourceModel(self.cameras)
        self.shown.setSortRole(_SORT_ROLE)
        self.shown.setFilterKeyColumn(-1)
        self.shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setModel(self.shown)
        self.setAccessibleName(tr("Cameras that were found"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setIconSize(_PICTURE)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(_ROW_HEIGHT))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        fit_columns(header, _WIDTHS)
        header.setSectionResizeMode(Column.STATE, QHeaderView.ResizeMode.Stretch)
        self.setSortingEnabled(True)
        self.sortByColumn(Column.ADDRESS, Qt.SortOrder.AscendingOrder)
