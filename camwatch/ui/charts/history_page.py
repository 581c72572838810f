"""The page on which operators look back: which camera and place, which time, which steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSignalBlocker, QSize, QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import (
    Bucket,
    BucketSize,
    Camera,
    CameraId,
    FlowBucket,
    PlaceId,
    utc_now,
)
from camwatch.errors import CamWatchError
from camwatch.events import CountMeasured
from camwatch.scene import PlaceKind, PlaceRecord
from camwatch.ui import icons, theme, words
from camwatch.ui.accuracy.badge import BadgeText, badge_text
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.charts.custom_range import CustomRange
from camwatch.ui.charts.figures import Figures
from camwatch.ui.charts.flow_chart import FlowChart
from camwatch.ui.charts.history_chart import HistoryChart
from camwatch.ui.charts.place_box import PlaceBox
from camwatch.ui.charts.ranges import Preset, Range, aligned, best_size, preset_range, sizes_for
from camwatch.ui.charts.zones import site_zone
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import BusyBar, Notice, in_tab_order, plain_label

_REFRESH_MS = 30_000
_AROUND = timedelta(hours=1)  # before and after a moment that is to be looked at
_ALL_CAMERAS = "All cameras"
_SIZES = {
    BucketSize.MINUTE: "By minute",
    BucketSize.HOUR: "By hour",
    BucketSize.DAY: "By day",
}


class HistoryCommands(Protocol):
    """What this page asks of `camwatch.commands.Commands`."""

    def cameras(self, session: Session) -> list[Camera]:
        """Return all cameras."""
        ...

    def history(  # noqa: PLR0917 - as the command has them
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> list[Bucket]:
        """Return each bucket of the range."""
        ...

    def places(self, session: Session) -> list[PlaceRecord]:
        """Return lines, gates and zones of all cameras in all their versions."""
        ...

    def flow_history(  # noqa: PLR0917 - as the command has them
        self,
        session: Session,
        place_id: PlaceId,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> list[FlowBucket]:
        """Return who passed a line or gate in each bucket of the range."""
        ...

    def zone_history(  # noqa: PLR0917 - as the command has them
        self,
        session: Session,
        place_id: PlaceId,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> list[Bucket]:
        """Return the people in a zone in each bucket of the range."""
        ...


@dataclass(frozen=True, slots=True)
class _Question:
    """What was asked, so that the answer is drawn as that.

    Attributes:
        number: Rises; an answer to an older one is thrown away.
        size: Steps of the chart.
        is_all: All cameras added up.
        place: The line, gate or zone; None for people in view.
    """

    number: int
    size: BucketSize
    is_all: bool
    place: PlaceRecord | None


class HistoryPage(QWidget):
    """Shows the history of one camera or of all, over a chosen time.

    Queries run in the background; a newer one makes the answer of an older one
    worthless. While the page is visible and shows a time that ends now, it reads
    again when something was saved, at most every half minute.

    Args:
        zone: The site's time zone; None is this computer's.
        clock: Tells the time, UTC.
    """

    def __init__(
        self,
        commands: HistoryCommands,
        session: Session,
        background: Background,
        bridge: EventBridge,
        *,
        zone: ZoneInfo | None = None,
        parent: QWidget | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._zone = zone or site_zone()
        self._clock = clock
        # Each refusal is written into the audit log, so that nothing is asked in vain.
        self._may_look = session.may(Permission.VIEW_CAMERAS) and session.may(
            Permission.VIEW_COUNTS
        )
        self._question = 0
        self._loading = 0
        self._shown = preset_range(Preset.LAST_7_DAYS, clock(), self._zone)
        self._has_news = False
        self._is_loaded = False
        self._camera_to_show: CameraId | None = None
        self._badges: Mapping[CameraId, BadgeText] = {}
        self._not_audited = badge_text(None, self._zone)
        self._advice: dict[CameraId, str] = {}
        self._build()
        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self._on_time)
        bridge.cameras_changed.connect(self._load_cameras)
        bridge.history_saved.connect(self._on_saved)
        bridge.counts_measured.connect(self._on_counts)

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        space = theme.current().space
        title = QLabel("Over time", self)
        title.setProperty("role", "title")
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.reload)
        self.chart = HistoryChart(self._zone, self)
        self.flow_chart = FlowChart(self._zone, self)
        self.charts = QStackedWidget(self)
        self.charts.addWidget(self.chart)
        self.charts.addWidget(self.flow_chart)
        self.figures = Figures(self)
        self.custom = CustomRange(self._zone, self)
        self.custom.hide()
        self.custom.chosen.connect(self.reload)

        head = QHBoxLayout()
        head.setSpacing(space + space // 2)
        self.badge = plain_label("", "muted", self)
        head.addWidget(title)
        head.addWidget(self.badge)
        head.addStretch(1)
        head.addWidget(self.figures)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space)
        column.addLayout(head)
        column.addLayout(self._controls())
        column.addWidget(self.custom)
        column.addWidget(self.busy)
        column.addWidget(self.notice)
        self.advice = plain_label("", "muted", self)
        self.advice.hide()
        column.addWidget(self.advice)
        column.addWidget(self.charts, 1)
        presets = self.preset_buttons.buttons()
        in_tab_order(
            self.camera_box,
            self.place_box,
            *presets,
            self.size_box,
            self.refresh_button,
            self.custom.start,
            self.custom.end,
            self.custom.show_button,
            self.notice.button,
            self.chart.plot,
            self.flow_chart.plot,
        )

    def _controls(self) -> QHBoxLayout:
        space = theme.current().space
        self.camera_box = QComboBox(self)
        self.camera_box.setMinimumWidth(26 * space)
        self.camera_box.setAccessibleName("Camera")
        self.camera_box.addItem(icons.icon("cctv"), _ALL_CAMERAS, None)
        self.camera_box.currentIndexChanged.connect(self._on_camera)
        self.place_box = PlaceBox(self._zone, self)
        self.place_box.setMinimumWidth(26 * space)
        self.place_box.setMaximumWidth(42 * space)
        self.place_box.currentIndexChanged.connect(self.reload)
        self.size_box = QComboBox(self)
        self.size_box.setAccessibleName("Steps of the chart")
        self.size_box.currentIndexChanged.connect(self.reload)
        self.refresh_button = QToolButton(self)
        self.refresh_button.setIcon(icons.icon("refresh-cw"))
        self.refresh_button.setIconSize(QSize(18, 18))
        self.refresh_button.setToolTip("Read the history again")
        self.refresh_button.setAccessibleName("Read the history again")
        self.refresh_button.clicked.connect(self.reload)
        self.preset_buttons = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(space)
        row.addWidget(self.camera_box)
        row.addWidget(self.place_box, 4)
        row.addSpacing(space)
        for number, preset in enumerate(Preset):
            button = QToolButton(self)
            button.setText(preset.value)
            button.setCheckable(True)
            button.setChecked(preset is Preset.TODAY)
            self.preset_buttons.addButton(button, number)
            row.addWidget(button)
        self.preset_buttons.idToggled.connect(self._on_preset)
        row.addStretch(1)
        row.addWidget(self.size_box)
        row.addWidget(self.refresh_button)
        return row

    # ---------------------------------------------------------------- choosing

    @property
    def preset(self) -> Preset:
        """The stretch of time that is chosen."""
        return list(Preset)[self.preset_buttons.checkedId()]

    @property
    def bucket_size(self) -> BucketSize | None:
        """The steps that are chosen; None before any are offered."""
        chosen = self.size_box.currentData()
        return BucketSize(chosen) if chosen else None

    def _chosen_range(self) -> Range | None:
        """Return the stretch that is chosen, None while the dates make none."""
        now = self._clock()
        if self.preset is Preset.CUSTOM:
            return self.custom.range(now)
        return preset_range(self.preset, now, self._zone)

    @Slot(int, bool)
    def _on_preset(self, _number: int, is_chosen: bool) -> None:
        if not is_chosen:
            return
        if self.preset is Preset.CUSTOM:
            self.custom.set_range(self._shown)
            self.custom.show()
            self.custom.start.setFocus()
        else:
            self.custom.hide()
        with QSignalBlocker(self.size_box):
            self.size_box.clear()
        self.reload()

    def _offer_sizes(self, stretch: Range) -> BucketSize:
        """Offer the steps that suit the stretch; keep the chosen one if it is among them."""
        sizes, before = sizes_for(stretch), self.bucket_size
        chosen = before if before in sizes else best_size(stretch)
        with QSignalBlocker(self.size_box):
            self.size_box.clear()
            for size in sizes:
                self.size_box.addItem(_SIZES[size], size.value)
            self.size_box.setCurrentIndex(sizes.index(chosen))
        self.size_box.setEnabled(len(sizes) > 1)
        return chosen

    def show_at(self, camera_id: CameraId, at: datetime) -> None:
        """Show the hours around a moment of one camera.

        Args:
            camera_id: Which; it is chosen once the cameras are read.
            at: UTC.
        """
        end = min(at + _AROUND, self._clock())
        with QSignalBlocker(self.preset_buttons):
            self.preset_buttons.button(list(Preset).index(Preset.CUSTOM)).setChecked(True)
        self.custom.set_range(Range(min(at, end) - _AROUND, end))
        self.custom.show()
        with QSignalBlocker(self.size_box):
            self.size_box.clear()
        place = self.camera_box.findData(camera_id)
        if place < 0:
            self._camera_to_show = camera_id
            self._load_cameras()
            return
        with QSignalBlocker(self.camera_box):
            self.camera_box.setCurrentIndex(place)
        self._on_camera()

    # ---------------------------------------------------------------- reading

    @Slot()
    def _load_cameras(self) -> None:
        if not self._may_look:
            return
        commands, session = self._commands, self._session
        self._loading += 1
        self._background.run(
            lambda: (commands.cameras(session), commands.places(session)),
            partial(self._show_cameras, self._loading),
            self._on_failed,
            owner=self,
        )

    def _show_cameras(self, number: int, found: tuple[list[Camera], list[PlaceRecord]]) -> None:
        if number != self._loading:
            return  # asked before the last change; answers may overtake each other
        cameras, places = found
        before, place_before = self.camera_box.currentData(), self.place_box.chosen
        wanted, self._camera_to_show = self._camera_to_show, None
        with QSignalBlocker(self.camera_box):
            while self.camera_box.count() > 1:
                self.camera_box.removeItem(1)
            for camera in sorted(cameras, key=lambda one: one.name.casefold()):
                self.camera_box.addItem(camera.name, camera.id)
            chosen = before if wanted is None else wanted
            self.camera_box.setCurrentIndex(max(self.camera_box.findData(chosen), 0))
        self.place_box.show_camera(self.camera_box.currentData())
        self.place_box.set_places(places)
        self._show_badge()
        is_other = (self.camera_box.currentData(), self.place_box.chosen) != (before, place_before)
        if is_other or wanted is not None:
            self.reload()

    @Slot()
    def _on_camera(self) -> None:
        self.place_box.show_camera(self.camera_box.currentData())
        self._show_badge()
        self.reload()

    @Slot()
    def reload(self) -> None:
        """Read what is chosen; the answer to an older question is thrown away."""
        self._ask(is_quiet=False)

    def _ask(self, *, is_quiet: bool) -> None:
        stretch = self._chosen_range()
        if stretch is None or not self._may_look:
            return
        size = self._offer_sizes(stretch)
        wide = aligned(stretch, size, self._zone)
        camera_id, place = self.camera_box.currentData(), self.place_box.chosen
        self._shown = stretch
        self._question += 1
        self._has_news = False
        self._is_loaded = True
        if not is_quiet:
            self.notice.hide()
            self.busy.show()
        question = _Question(self._question, size, camera_id is None, place)
        self._background.run(
            partial(self._read, camera_id, question, wide),
            partial(self._on_answer, question),
            partial(self._on_failed, question=question.number),
            owner=self,
        )

    def _read(
        self, camera_id: CameraId | None, question: _Question, wide: Range
    ) -> list[Bucket] | list[FlowBucket]:
        """Read what was asked for. Runs in the background."""
        commands, session, place = self._commands, self._session, question.place
        steps = question.size, wide.start, wide.end, self._zone
        if place is None:
            ids = None if camera_id is None else [CameraId(camera_id)]
            return commands.history(session, ids, *steps)
        if place.kind is PlaceKind.ZONE:
            return commands.zone_history(session, place.id, *steps)
        return commands.flow_history(session, place.id, *steps)

    def _on_answer(self, question: _Question, buckets: list[Bucket] | list[FlowBucket]) -> None:
        if question.number != self._question:
            return
        self.busy.hide()
        self.notice.hide()
        now, size = self._clock(), question.size
        flow = [bucket for bucket in buckets if isinstance(bucket, FlowBucket)]
        people = [bucket for bucket in buckets if isinstance(bucket, Bucket)]
        self._show_advice()
        if question.place is not None and question.place.kind is not PlaceKind.ZONE:
            self.charts.setCurrentWidget(self.flow_chart)
            self.figures.show_flow(self.flow_chart.show_buckets(flow, size, now))
            return
        self.charts.setCurrentWidget(self.chart)
        is_sum = question.is_all and self.camera_box.count() > 2
        found = self.chart.show_buckets(people, size, now, is_sum=is_sum)
        self.figures.show_occupancy(found, is_sum=is_sum)

    def _on_failed(self, error: CamWatchError, question: int | None = None) -> None:
        if question is not None and question != self._question:
            return
        self.busy.hide()
        self.notice.show_error(text_for(error), action="Try again")

    def set_badges(self, badges: Mapping[CameraId, BadgeText]) -> None:
        """Say beside the numbers how right they are."""
        self._badges = badges
        self._show_badge()

    def _show_badge(self) -> None:
        camera_id = self.camera_box.currentData()
        if camera_id is None:
            self.badge.setText("")
            return
        text = self._badges.get(CameraId(camera_id), self._not_audited)
        warned = f"{text.short} · may not hold any more" if text.warning else text.short
        self.badge.setText(warned)
        self.badge.setToolTip(words.tooltip(f"{text.long} {text.warning}".strip()))

    def _show_advice(self) -> None:
        """Say above a line's chart why in and out are not counted now, and what would help."""
        place = self.place_box.chosen
        is_passed = place is not None and place.kind is not PlaceKind.ZONE
        text = self._advice.get(place.camera_id, "") if place is not None and is_passed else ""
        self.advice.setText(f"Now {text}." if text else "")
        self.advice.setVisible(bool(text))

    # ---------------------------------------------------------------- keeping up

    @Slot()
    def _on_saved(self) -> None:
        self._has_news = True

    @Slot(object)
    def _on_counts(self, events: Sequence[CountMeasured]) -> None:
        advices = {one.camera_id: (one.passing and one.passing.advice) or "" for one in events}
        if any(advice != self._advice.get(one, "") for one, advice in advices.items()):
            self._advice |= advices
            self._show_advice()

    @Slot()
    def _on_time(self) -> None:
        if self._has_news and self.preset is not Preset.CUSTOM:
            self._ask(is_quiet=True)

    def showEvent(self, event: QShowEvent, /) -> None:
        """Read at the first time, and keep up from now on."""
        super().showEvent(event)
        self._timer.start()
        if not self._is_loaded:
            self._load_cameras()
            self.reload()
        else:
            self._on_time()

    def hideEvent(self, event: QHideEvent, /) -> None:
        """Rest while nobody looks."""
        self._timer.stop()
        super().hideEvent(event)
