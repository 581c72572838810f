"""The cameras by site: state, name and count of each, on one glance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QMimeData, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyle,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from camwatch.domain import CameraId, SiteId
from camwatch.language import tr
from camwatch.ui import icons, theme, words
from camwatch.ui.forms import name_line_buttons
from camwatch.ui.live.condition import CameraCondition
from camwatch.ui.live.marks import mark_icon
from camwatch.ui.live.wall.mime import of_camera

_NAME, _COUNT = 0, 1
_CAMERA_ROLE = Qt.ItemDataRole.UserRole
_ACCESSIBLE = Qt.ItemDataRole.AccessibleTextRole


class _Tree(QTreeWidget):
    """A tree whose cameras can be carried to a wall."""

    def mimeData(self, items: Sequence[QTreeWidgetItem], /) -> QMimeData:
        """Return the camera that is carried; a site carries nothing."""
        found = [one for item in items if (one := item.data(_NAME, _CAMERA_ROLE)) is not None]
        return of_camera(CameraId(found[0])) if found else QMimeData()


class SiteList(QWidget):
    """A tree of sites and their cameras, with a field to find one.

    Signals:
        site_chosen: The site's name and the ids of its cameras; show what they count together.
        camera_chosen: The camera's id; bring it into view.
        camera_opened: The camera's id; show it alone.
    """

    site_chosen = Signal(str, object)
    camera_chosen = Signal(object)
    camera_opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: dict[CameraId, QTreeWidgetItem] = {}
        self._conditions: dict[CameraId, CameraCondition] = {}

        self.find_field = QLineEdit()
        self.find_field.setPlaceholderText(tr("Find a camera"))
        self.find_field.setAccessibleName(tr("Find a camera"))
        self.find_field.setClearButtonEnabled(True)
        self.find_field.addAction(
            icons.icon("search", theme.current().muted), QLineEdit.ActionPosition.LeadingPosition
        )
        name_line_buttons(self.find_field)
        self.find_field.textChanged.connect(self._filter)

        self._tree = _Tree()
        self._tree.setDragEnabled(True)
        self._tree.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self._tree.setAccessibleName(tr("Sites and cameras"))
        self._tree.setColumnCount(2)
        self._tree.setHeaderHidden(True)
        self._tree.setIndentation(theme.px(16))
        self._tree.setIconSize(icons.size(16))
        self._tree.setUniformRowHeights(True)
        self._tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self._tree.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(theme.px(40))
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        # Not ResizeToContents, which measures all rows anew at each change of a number.
        header.setSectionResizeMode(_COUNT, QHeaderView.ResizeMode.Fixed)
        self._make_room_for("888")
        self._tree.itemClicked.connect(self._on_clicked)
        self._tree.itemActivated.connect(self._on_activated)

        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space)
        layout.addWidget(self.find_field)
        layout.addWidget(self._tree, 1)

    def _make_room_for(self, count: str) -> None:
        """Widen the column of counts if one does not fit."""
        margin = 2 * self._tree.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin) + 4
        width = self._tree.fontMetrics().horizontalAdvance(count) + margin + theme.current().space
        header = self._tree.header()
        if width > header.sectionSize(_COUNT) or not self._items:
            header.resizeSection(_COUNT, max(width, header.minimumSectionSize()))

    def set_conditions(
        self, conditions: Sequence[CameraCondition], sites: Mapping[SiteId, str]
    ) -> None:
        """List these cameras under their sites, in this order; folded sites stay folded."""
        folded = {top.text(_NAME) for top in self._sites() if not top.isExpanded()}
        chosen = self.chosen
        self._tree.clear()
        self._items.clear()
        self._conditions = {condition.camera.id: condition for condition in conditions}
        tops: dict[SiteId, QTreeWidgetItem] = {}
        for condition in conditions:
            camera = condition.camera
            if camera.site_id not in tops:
                tops[camera.site_id] = self._add_site(sites.get(camera.site_id, ""))
            item = QTreeWidgetItem(tops[camera.site_id], [camera.name, ""])
            item.setData(_NAME, _CAMERA_ROLE, camera.id)
            item.setTextAlignment(
                _COUNT, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            )
            about = f"{camera.name}\n{camera.settings.location}"
            item.setToolTip(_NAME, words.tooltip(about))
            self._items[camera.id] = item
        for top in tops.values():
            top.setExpanded(top.text(_NAME) not in folded)
        if chosen in self._items:
            self._tree.setCurrentItem(self._items[chosen])
        self._filter(self.find_field.text())

    def _sites(self) -> Iterator[QTreeWidgetItem]:
        for index in range(self._tree.topLevelItemCount()):
            if (top := self._tree.topLevelItem(index)) is not None:
                yield top

    def _add_site(self, name: str) -> QTreeWidgetItem:
        top = QTreeWidgetItem(self._tree, [name])
        top.setForeground(_NAME, QColor(theme.current().muted))
        font = top.font(_NAME)
        font.setBold(True)
        top.setFont(_NAME, font)
        top.setFirstColumnSpanned(True)
        return top

    @property
    def chosen(self) -> CameraId | None:
        """The camera whose row is selected, if one is."""
        return self._camera_of(self._tree.currentItem())

    def choose(self, camera_id: CameraId) -> None:
        """Select a camera's row without asking for anything."""
        if camera_id in self._items:
            self._tree.setCurrentItem(self._items[camera_id])

    def row_text(self, camera_id: CameraId) -> tuple[str, str]:
        """Return what stands in a camera's row: its name and its count.

        Raises:
            KeyError: It is not listed.
        """
        item = self._items[camera_id]
        return item.text(_NAME), item.text(_COUNT)

    def refresh(self, now: datetime) -> None:
        """Bring all marks and counts up to now."""
        for camera_id in self._conditions:
            self.refresh_row(camera_id, now)

    def refresh_part(self, now: datetime, part: int, of: int) -> None:
        """Bring the marks and counts of one part of so many, from 0, up to now."""
        for camera_id in list(self._conditions)[part::of]:
            self.refresh_row(camera_id, now)

    def refresh_row(self, camera_id: CameraId, now: datetime) -> None:
        """Bring a camera's mark and count up to now, so that they agree with its tile.

        Raises:
            KeyError: It is not listed.
        """
        condition, item = self._conditions[camera_id], self._items[camera_id]
        count = condition.count_text(now)
        known = condition.known_count(now)
        accessible = f"{condition.camera.name}, {condition.state_word}"
        if condition.shows_count:
            said = words.people(known) if known is not None else tr("number of people unknown")
            accessible += f", {said}"
        if item.data(_NAME, _ACCESSIBLE) != accessible or item.text(_COUNT) != count:
            tokens = theme.current()
            item.setData(_NAME, _ACCESSIBLE, accessible)
            item.setIcon(_NAME, mark_icon(condition.kind, self.devicePixelRatioF()))
            self._make_room_for(count)
            item.setText(_COUNT, count)
            item.setForeground(_COUNT, QColor(tokens.text if known is not None else tokens.muted))

    @Slot(str)
    def _filter(self, text: str) -> None:
        """Hide the cameras whose name and location do not hold the text."""
        wanted = text.strip().casefold()
        for camera_id, item in self._items.items():
            settings = self._conditions[camera_id].camera.settings
            found = wanted in f"{settings.name}\n{settings.location}".casefold()
            item.setHidden(not found)
        for top in self._sites():
            top.setHidden(
                all(item.isHidden() for item in self._items.values() if item.parent() is top)
            )

    @staticmethod
    def _camera_of(item: QTreeWidgetItem | None) -> CameraId | None:
        if item is None:
            return None
        camera_id = item.data(_NAME, _CAMERA_ROLE)
        return None if camera_id is None else CameraId(camera_id)

    @Slot(QTreeWidgetItem, int)
    def _on_clicked(self, item: QTreeWidgetItem, _column: int) -> None:
        if (camera_id := self._camera_of(item)) is not None:
            self.camera_chosen.emit(camera_id)
        else:
            self._choose_site(item)

    def _choose_site(self, site: QTreeWidgetItem) -> None:
        ids = [one for one, item in self._items.items() if item.parent() is site]
        self.site_chosen.emit(site.text(_NAME), ids)

    @Slot(QTreeWidgetItem, int)
    def _on_activated(self, item: QTreeWidgetItem, _column: int) -> None:
        if (camera_id := self._camera_of(item)) is not None:
            self.camera_opened.emit(camera_id)
        elif item.childCount():
            self._choose_site(item)
