"""The live page: sites on the left, tiles in the middle, the last hour below them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from camwatch.domain import Camera, CameraId, Passed, PlaceId, SiteId, utc_now
from camwatch.events import (
    CameraStateChanged,
    CountedElsewhere,
    CountMeasured,
    DetectorChanged,
    NoticesChanged,
    PollFailed,
)
from camwatch.language import tr
from camwatch.scene import PrivacyRecord, SceneRecord
from camwatch.ui import icons, theme
from camwatch.ui.bridge import EventBridge
from camwatch.ui.charts.live_chart import LiveChart
from camwatch.ui.live.condition import CameraCondition
from camwatch.ui.live.controls import GridControls
from camwatch.ui.live.feed import PictureFeed
from camwatch.ui.live.focus.view import FocusView
from camwatch.ui.live.grid import CameraGrid, columns_for
from camwatch.ui.live.site_list import SiteList
from camwatch.ui.live.wall.number_entry import NumberEntry
from camwatch.ui.shortcuts import LAYOUT_KEYS, Key, bind
from camwatch.walls import PLANS, Plan, even, plan_named

_REFRESH_MS = 500
_CHANGE_MS = 50  # cameras fail by the hundred when a switch does; that is told of once
_TOLD_ELSEWHERE_S = 2.0
_CHARTED = timedelta(hours=1)


class LivePage(QWidget):
    """Shows all cameras as they are now.

    Args:
        feed: Where the tiles' pictures come from.
        bridge: Where states and counts come from.
        chart: Shows the last hour.
        focus: Shows one camera alone; without it, its tile is only made larger.
        can_add: The operator may add cameras.
        shows_counts: The operator may see how many people there are; else only pictures.

    Signals:
        add_requested: The operator wants to add the first camera.
        alert_requested: The uid of an alert whose details are wanted.
        cameras_set: The cameras, or what is known of them, are others.
        conditions_changed: A camera changed its state or its view went bad, or the cameras changed.
        past_requested: A moment of the live chart, UTC, at which the operator wants to look again.
    """

    add_requested = Signal()
    conditions_changed = Signal()
    cameras_set = Signal()
    alert_requested = Signal(str)
    past_requested = Signal(object)

    _to_open: CameraId | None = None

    def __init__(
        self,
        feed: PictureFeed,
        bridge: EventBridge,
        chart: LiveChart,
        *,
        can_add: bool,
        shows_counts: bool = True,
        focus: FocusView | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.focus = focus
        self._conditions: dict[CameraId, CameraCondition] = {}
        self._charted: dict[CameraId, datetime] = {}
        self._shows_counts = shows_counts
        self._can_count = shows_counts
        self._chosen_plan: Plan | None = None
        self._chart = chart
        self.add_button: QPushButton | None = None

        self.site_list = SiteList()
        self.grid = CameraGrid(feed)
        self.controls = GridControls()
        self._rooms = QStackedWidget()
        self._rooms.addWidget(self._loading_room())
        self._rooms.addWidget(self._empty_room(can_add))
        self._rooms.addWidget(self._full_room())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._rooms)

        self.site_list.camera_chosen.connect(self._on_camera_chosen)
        self.site_list.site_chosen.connect(self._on_site_chosen)
        self.site_list.camera_opened.connect(self.grid.open_camera)
        self.grid.arranged.connect(self._on_arranged)
        self.controls.plan_requested.connect(self.set_plan)
        self.controls.page_requested.connect(self.grid.turn_page)
        self.controls.back_requested.connect(self.grid.close_camera)
        self.controls.boxes_requested.connect(self.grid.set_boxes_shown)
        if self.focus is not None:
            self.focus.open_requested.connect(self.grid.toggle_camera)
            self.controls.boxes_requested.connect(self.focus.set_boxes_shown)
            self.focus.facts_panel.hour_of = chart.hour_of
            self.focus.facts_panel.alert_requested.connect(self.alert_requested)
            bridge.alert_changed.connect(self.focus.facts_panel.on_alert_changed)
        chart.moment_requested.connect(self.past_requested)
        bridge.camera_state_changed.connect(self._on_camera_state_changed)
        bridge.poll_failed.connect(self._on_poll_failed)
        bridge.notices_changed.connect(self._on_notices_changed)
        if shows_counts:
            bridge.counts_measured.connect(self._on_counts_measured)
            bridge.counted_elsewhere.connect(self._on_counted_elsewhere)
        self._chart.setVisible(shows_counts)
        bridge.detector_changed.connect(self._on_detector_changed)
        self._bind_keys()

        self._change_timer = QTimer(self)
        self._change_timer.setSingleShot(True)
        self._change_timer.timeout.connect(self.conditions_changed)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._refresh_next)
        self._timer.start(_REFRESH_MS)
        self._refreshed = 0

    # ---------------------------------------------------------------- building

    def _full_room(self) -> QWidget:
        space = theme.current().space
        side = self._side = QFrame()
        side.setObjectName("sidebar")
        side_layout = QVBoxLayout(side)
        side_layout.setContentsMargins(space, space, space, space)
        side_layout.addWidget(self.site_list)
        side.setMinimumWidth(20 * space)

        tiles = QWidget()
        tiles_layout = QVBoxLayout(tiles)
        tiles_layout.setContentsMargins(space, space // 2, space, space)
        tiles_layout.setSpacing(space // 2)
        tiles_layout.addWidget(self.controls)
        self._tiles_layout = tiles_layout
        self._views = QStackedWidget()
        self._views.addWidget(self.grid)
        if self.focus is not None:
            self._views.addWidget(self.focus)
        tiles_layout.addWidget(self._views, 1)

        # Not the chart's own least width, which grows with the name of the camera.
        self._chart.setMinimumSize(40 * space, 17 * space)
        self.rows = QSplitter(Qt.Orientation.Vertical)
        self.rows.addWidget(tiles)
        self.rows.addWidget(self._chart)
        self.columns = QSplitter(Qt.Orientation.Horizontal)
        self.columns.addWidget(side)
        self.columns.addWidget(self.rows)
        for splitter in (self.rows, self.columns):
            splitter.setHandleWidth(1)
            splitter.setStretchFactor(0 if splitter is self.rows else 1, 1)
        self.rows.setCollapsible(0, False)
        self.columns.setCollapsible(1, False)
        self.rows.setSizes([600, 17 * space])
        self.columns.setSizes([29 * space, 1000])
        return self.columns

    def _empty_room(self, can_add: bool) -> QWidget:
        tokens = theme.current()
        space = tokens.space
        panel = QFrame()
        panel.setProperty("role", "card")
        panel.setFixedWidth(56 * space)
        symbol = QLabel()
        symbol.setPixmap(icons.pixmap("cctv", 64, tokens.muted, self.devicePixelRatioF()))
        title = QLabel(tr("No cameras yet"))
        title.setProperty("role", "title")
        text = QLabel()
        text.setWordWrap(True)
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text.setProperty("role", "muted")
        panel_layout = QVBoxLayout(panel)
        panel_layout.setContentsMargins(5 * space, 5 * space, 5 * space, 5 * space)
        panel_layout.setSpacing(2 * space)
        for widget in (symbol, title):
            panel_layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignCenter)
        panel_layout.addWidget(text)
        if can_add:
            text.setText(
                tr(
                    "Add a camera, and its picture and the number of people in it appear here."
                    " You need its address and, if it asks for one, its user name and password."
                )
            )
            button = QPushButton(tr("Add the first camera"))
            button.setProperty("role", "primary")
            button.setIcon(icons.icon("plus", tokens.on_accent))
            button.setIconSize(icons.button_size())
            button.clicked.connect(self.add_requested)
            panel_layout.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
            self.add_button = button
        else:
            text.setText(
                tr("Please ask an administrator to add cameras. They appear here by themselves.")
            )
        return _centered(panel)

    def _loading_room(self) -> QWidget:
        label = self._loading = QLabel(tr("Reading the list of cameras…"))
        label.setProperty("role", "muted")
        return _centered(label)

    def tell_not_read(self) -> None:
        """Say that there is no list of cameras, as long as there was none."""
        self._loading.setText(
            tr("The list of cameras could not be read. CamWatch tries again by itself.")
        )

    def _bind_keys(self) -> None:
        for plan, key in LAYOUT_KEYS:
            bind(self, key, partial(self.set_plan, plan))
        self.number_entry = NumberEntry(self, self.grid, self.name_of_number)
        self.number_entry.entered.connect(self.go_to_number)
        bind(self, Key.NEXT_LAYOUT, self._next_layout)
        bind(self, Key.NEXT_PAGE, lambda: self.grid.turn_page(1))
        bind(self, Key.PREVIOUS_PAGE, lambda: self.grid.turn_page(-1))
        bind(self, Key.BACK, self.go_back)
        bind(self, Key.BOXES, self.controls.toggle_boxes)
        bind(self, Key.FIND, self.site_list.find_field.setFocus)

    # ---------------------------------------------------------------- what it is told

    @property
    def conditions(self) -> Sequence[CameraCondition]:
        """What is known of each camera, in the order they are shown."""
        return list(self._conditions.values())

    def camera_ids(self) -> Collection[CameraId]:
        """Return which cameras are shown."""
        return self._conditions.keys()

    def set_cameras(self, cameras: Sequence[Camera], sites: Mapping[SiteId, str]) -> None:
        """Show these cameras, by site and name; what is known of those that stay is kept."""
        by_site = sorted(
            cameras, key=lambda one: (sites.get(one.site_id, "").casefold(), one.name.casefold())
        )
        conditions = {}
        for camera in by_site:
            known = self._conditions.get(camera.id)
            # All that is known of it stays known: nothing of it is told again soon.
            conditions[camera.id] = (
                replace(known, camera=camera)
                if known
                else CameraCondition(
                    camera, can_count=self._can_count, shows_count=self._shows_counts
                )
            )
        self._conditions = conditions
        if self._chosen_plan is None:
            self.grid.set_columns(columns_for(len(conditions)))
        self.grid.set_conditions(self.conditions)
        self.site_list.set_conditions(self.conditions, sites)
        self._chart.set_cameras(
            # What other workstations count belongs to the sum, too.
            [camera.id for camera in by_site if camera.settings.is_enabled],
            {camera.id: camera.name for camera in by_site},
        )
        was_empty = self._rooms.currentWidget() is not self.columns
        self._rooms.setCurrentIndex(2 if conditions else 1)
        if was_empty and self.isVisible():
            self.take_keyboard()
        if self._to_open is not None:
            to_open, self._to_open = self._to_open, None
            self.show_camera(to_open)
        self.refresh()
        self.cameras_set.emit()
        self.conditions_changed.emit()

    def set_scenes(self, records: Sequence[SceneRecord]) -> None:
        """Draw these lines, gates and zones over the pictures."""
        for record in records:
            if condition := self._conditions.get(record.camera_id):
                condition.record = record
        self.refresh()

    def set_privacy(self, records: Sequence[PrivacyRecord]) -> None:
        """Say at each picture how much of people may be seen in it."""
        for record in records:
            if condition := self._conditions.get(record.camera_id):
                condition.privacy = record
        self.refresh()

    @property
    def counts_passages(self) -> bool:
        """True if there is a line or a gate in any view."""
        return any(
            condition.scene is not None and condition.scene.counts_passages
            for condition in self._conditions.values()
        )

    def set_passed(self, passed: Mapping[PlaceId, Passed]) -> None:
        """Show who passed the lines and gates today."""
        for condition in self._conditions.values():
            condition.passed = passed

    def set_badges(self, badges: Mapping[CameraId, str]) -> None:
        """Tell at each camera how right its numbers are."""
        for camera_id, condition in self._conditions.items():
            condition.badge = badges.get(camera_id, "")

    @Slot(object)
    def _on_camera_state_changed(self, event: CameraStateChanged) -> None:
        if condition := self._conditions.get(event.camera_id):
            condition.take_state(event)
            self._refresh_one(event.camera_id)
            if not self._change_timer.isActive():
                self._change_timer.start(_CHANGE_MS)

    @Slot(object)
    def _on_poll_failed(self, event: PollFailed) -> None:
        if condition := self._conditions.get(event.camera_id):
            condition.take_failure(event)
            self._refresh_one(event.camera_id)

    @Slot(object)
    def _on_notices_changed(self, event: NoticesChanged) -> None:
        if condition := self._conditions.get(event.camera_id):
            condition.take_notices(event)
            self._refresh_one(event.camera_id)
            if not self._change_timer.isActive():
                self._change_timer.start(_CHANGE_MS)

    @Slot(object)
    def _on_counts_measured(self, events: Sequence[CountMeasured]) -> None:
        for event in events:
            condition = self._conditions.get(event.camera_id)
            if condition is None:
                continue
            condition.take_count(event)
            # What is told again, as after a change of cameras, is not counted again.
            if event.at > self._charted.get(event.camera_id, utc_now() - _CHARTED):
                self._charted[event.camera_id] = event.at
                self._chart.add_sample(event.camera_id, event.at, event.number, event.interval_s)
            self._refresh_one(event.camera_id)

    @Slot(object)
    def _on_counted_elsewhere(self, event: CountedElsewhere) -> None:
        for camera_id, (at, number) in event.counts.items():
            condition = self._conditions.get(camera_id)
            if condition is None or not condition.camera.workstation:
                continue
            condition.elsewhere = at, number
            if at > self._charted.get(camera_id, utc_now() - _CHARTED):
                self._charted[camera_id] = at
                # Not each picture's number is told of here: one stands until the next is.
                interval_s = max(condition.interval_s, _TOLD_ELSEWHERE_S)
                self._chart.add_sample(camera_id, at, number, interval_s)
            self._refresh_one(camera_id)

    @Slot(object)
    def _on_detector_changed(self, event: DetectorChanged) -> None:
        self._can_count = self._shows_counts and event.error is None
        for condition in self._conditions.values():
            condition.can_count = self._can_count
        self.refresh()

    def _refresh_one(self, camera_id: CameraId) -> None:
        """Bring a camera's tile and its row up to now together: they must not disagree."""
        tile = self.grid.tile(camera_id)
        if tile.isVisible():
            tile.refresh()
        elif self.focus is not None and self.focus.camera_id == camera_id:
            self.focus.refresh()
        if self.isVisible():
            self.site_list.refresh_row(camera_id, utc_now())

    @Slot()
    def refresh(self) -> None:
        """Bring all words and ages up to now."""
        if self.isVisible():
            self.grid.refresh()
            self.site_list.refresh(utc_now())

    @Slot()
    def _refresh_next(self) -> None:
        """Bring one tile and a part of the site list up to now, each twice a second in turn.

        All at once would keep the window busy for longer than one picture of a film.
        """
        if not self.isVisible():
            return
        visible = self.grid.visible_ids()
        turn = self._refreshed % (len(visible) + 1)
        self._refreshed = turn + 1
        self.site_list.refresh_part(utc_now(), turn, len(visible) + 1)
        if turn < len(visible):
            self._refresh_one(visible[turn])
        else:
            self._timer.setInterval(max(1, _REFRESH_MS // (len(visible) + 1)))

    def showEvent(self, event: QShowEvent, /) -> None:
        """Catch up with what happened while another page was shown."""
        super().showEvent(event)
        self.refresh()

    # ---------------------------------------------------------------- what is asked of it

    @Slot(object)
    def show_camera(self, camera_id: CameraId) -> None:
        """Show one camera alone; nothing happens if it is not there."""
        if camera_id in self._conditions:
            self.grid.open_camera(camera_id)

    def reopen(self, camera_id: CameraId | None) -> None:
        """Show a camera alone as soon as the cameras are known; None lets all be as it is."""
        self._to_open = camera_id

    @Slot(str, object)
    def show_site(self, name: str, camera_ids: Sequence[CameraId]) -> None:
        """Bring a site's cameras into view, and chart what they count together."""
        if self.grid.opened is not None:
            self.grid.close_camera()
        seen = [one for one in camera_ids if one in self._conditions]
        if seen:
            self.grid.go_to(seen[0])
            self._chart.show_group(seen, name)

    def take_keyboard(self) -> None:
        """Put the keyboard on the first tile, or on what is there instead of tiles."""
        if self.focus is not None and self.grid.opened is not None:
            self.focus.take_keyboard()
        elif visible := self.grid.visible_ids():
            self.grid.tile(visible[0]).setFocus()
        elif self.add_button is not None:
            self.add_button.setFocus()

    def set_columns(self, columns: int) -> None:
        """Take a layout of so many tiles along each side, and stay with it from now on."""
        self.set_plan(even(columns))

    @Slot(object)
    def set_plan(self, plan: Plan) -> None:
        """Take another layout, and stay with it from now on."""
        self._chosen_plan = plan
        self.grid.set_plan(plan)

    def _next_layout(self) -> None:
        at = PLANS.index(self.grid.plan) if self.grid.plan in PLANS else -1
        self.set_plan(PLANS[(at + 1) % len(PLANS)])

    @Slot()
    def go_back(self) -> None:
        """Forget a number that is being typed; else go from one camera back to all."""
        if self.number_entry.typed:
            self.number_entry.give_up()
        else:
            self.grid.close_camera()

    def name_of_number(self, number: int) -> str:
        """Return the name of the camera of this number; "" if it is not here."""
        condition = self._conditions.get(CameraId(number))
        return "" if condition is None else condition.camera.name

    @Slot(int)
    def go_to_number(self, number: int) -> None:
        """Bring the camera of this number into view, alone if no tile shows it."""
        camera_id = CameraId(number)
        if camera_id not in self._conditions:
            return
        if self.grid.opened is not None or not self.grid.shows(camera_id):
            self.grid.open_camera(camera_id)
        else:
            self.grid.go_to(camera_id)

    @Slot(object)
    def _on_camera_chosen(self, camera_id: CameraId) -> None:
        """Bring a camera into view, alone if another one is alone now."""
        self.go_to_number(camera_id)

    @Slot(str, object)
    def _on_site_chosen(self, name: str, ids: Sequence[CameraId]) -> None:
        """Chart what the cameras of a site count together; of all, the second time."""
        if self.grid.opened is not None:
            return
        if self._chart.group == name:
            self._chart.show_camera(None)
        else:
            self._chart.show_group(ids, name)

    @Slot()
    def _on_arranged(self) -> None:
        grid = self.grid
        opened = grid.opened
        self.controls.show_state(
            grid.plan,
            grid.page,
            grid.pages,
            is_open=opened is not None,
            is_wall=grid.wall is not None,
        )
        if opened is not None or not self._chart.group:
            self._chart.show_camera(opened)
        if opened is not None:
            self.site_list.choose(opened)
        self._show_focus(opened)

    def _show_focus(self, opened: CameraId | None) -> None:
        """Show a camera alone in the view made for it, or the tiles."""
        if self.focus is None:
            return
        self.focus.show_camera(self._conditions.get(opened) if opened is not None else None)
        view = self.grid if opened is None else self.focus
        if self._views.currentWidget() is not view:
            self._views.setCurrentWidget(view)
            self.take_keyboard()

    def put_bar(self, bar: QWidget | None) -> None:
        """Show something in the place of the controls; None brings them back."""
        self.controls.setVisible(bar is None)
        if bar is not None:
            self._tiles_layout.insertWidget(0, bar)

    def clear_around(self, *, is_clear: bool) -> None:
        """Show nothing but the tiles, or all that belongs round them again."""
        self.controls.setVisible(not is_clear)
        self._side.setVisible(not is_clear)
        self._chart.setVisible(not is_clear and self._shows_counts)

    # ---------------------------------------------------------------- remembering

    def save(self, settings: QSettings) -> None:
        """Remember layout, boxes and the widths of the parts."""
        settings.setValue("live/layout", self._chosen_plan.name if self._chosen_plan else "")
        settings.setValue("live/boxes", self.controls.are_boxes_shown)
        settings.setValue("live/side", self.columns.saveState())
        settings.setValue("live/chart", self.rows.saveState())
        settings.setValue("live/percent", _percent())

    def restore(self, settings: QSettings) -> None:
        """Take up what was remembered; nonsense is passed over."""
        columns = str(settings.value("live/columns"))  # of earlier versions
        if plan := plan_named(str(settings.value("live/layout", f"{columns}x{columns}"))):
            self.set_plan(plan)
        self.controls.set_boxes_shown(str(settings.value("live/boxes")).lower() != "false")
        if str(settings.value("live/percent", _percent())) != str(_percent()):
            return  # in another size of the text the parts need other room
        for name, splitter in (("live/side", self.columns), ("live/chart", self.rows)):
            state = settings.value(name)
            if isinstance(state, QByteArray):
                splitter.restoreState(state)


def _percent() -> int:
    return round(100 * theme.current().scale)


def _centered(widget: QWidget) -> QWidget:
    room = QWidget()
    layout = QVBoxLayout(room)
    layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignCenter)
    room.setMinimumSize(QSize(320, 200))
    return room
