"""Chooses what is charted of a camera: people in view, a zone, a line or a gate."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from camwatch.domain import CameraId
from camwatch.language import marked, table, tr
from camwatch.scene import PlaceKind, PlaceRecord
from camwatch.ui import icons, words
from camwatch.ui.charts.axis import day_text

_IN_VIEW = marked("People in view")
_ICON_GAP = 12  # between the icon and the words, and at their end
PLACE_ICONS = {PlaceKind.LINE: "slash", PlaceKind.GATE: "door-open", PlaceKind.ZONE: "pentagon"}
_WORDS = table(
    lambda: {
        PlaceKind.LINE: tr("{name}: in and out"),
        PlaceKind.GATE: tr("{name}: in and out"),
        PlaceKind.ZONE: tr("{name}: people in the zone"),
    }
)


class PlaceBox(QComboBox):
    """Offers what is counted in one camera's view; only people in view for several cameras.

    A line that was moved is offered twice: as it is, and as it was until then.

    Args:
        zone: The site's time zone.
    """

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._places: list[PlaceRecord] = []
        self._camera_id: CameraId | None = None
        self.setAccessibleName(tr("What is charted"))
        self.currentIndexChanged.connect(self._explain)
        self._fill()

    @property
    def chosen(self) -> PlaceRecord | None:
        """The chosen line, gate or zone; None for people in view."""
        index = self.currentIndex()
        return self._offered()[index - 1] if index > 0 else None

    def choose(self, place: PlaceRecord | None) -> None:
        """Choose a place of the camera; people in view for None, or if it is not there."""
        wanted = None if place is None else place.id
        self.setCurrentIndex(max(self.findData(wanted), 0))
        self._explain()

    def set_places(self, places: Sequence[PlaceRecord]) -> None:
        """Take these places of all cameras; what is chosen stays if it is among them."""
        self._places = list(places)
        self._fill()

    def show_camera(self, camera_id: CameraId | None) -> None:
        """Offer the places of this camera; of none if several are charted."""
        if camera_id != self._camera_id:
            self._camera_id = camera_id
            self._fill()

    def _offered(self) -> list[PlaceRecord]:
        """Return the camera's places: those that count now first, then the former ones."""
        mine = [one for one in self._places if one.camera_id == self._camera_id]
        return sorted(mine, key=lambda one: (one.retired_at is not None, one.name.casefold()))

    def _fill(self) -> None:
        before = self.currentData()
        with QSignalBlocker(self):
            self.clear()
            self.addItem(icons.icon("users"), tr(_IN_VIEW), None)
            for place in self._offered():
                text = _WORDS[place.kind].format(name=place.name)
                if place.retired_at is not None:
                    last = place.retired_at.astimezone(self._zone)
                    # One that is moved twice on a day is told by the time.
                    text += tr(
                        " (until {day_text}, {last:%H:%M})",
                        day_text=day_text(last.date()),
                        last=last,
                    )
                self.addItem(icons.icon(PLACE_ICONS[place.kind]), text, place.id)
            self.setCurrentIndex(max(self.findData(before), 0))
        self.setEnabled(self.count() > 1)
        self._explain()

    @Slot()
    def _explain(self) -> None:
        self.setToolTip(words.tooltip(self.currentText()) if self.isEnabled() else self._why_not())

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Paint what is chosen; what is too long for its place ends in dots."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            self,
        )
        room = field.width() - option.iconSize.width() - _ICON_GAP
        option.currentText = self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, room
        )
        painter = QStylePainter(self)
        with painter:
            painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
            painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def _why_not(self) -> str:
        if self._camera_id is None:
            return tr("Choose one camera to see its lines, gates and zones.")
        return tr("There is no line, gate or zone on this camera's view.")
