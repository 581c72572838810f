"""The page on which operators look back: which camera, which time, in which steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSignalBlocker, QSize, QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.session import Session
from camwatch.domain import Bucket, BucketSize, Camera, CameraId, utc_now
from camwatch.errors import CamWatchError
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.charts.custom_range import CustomRange
from camwatch.ui.charts.history_chart import HistoryChart
from camwatch.ui.charts.ranges import Preset, Range, aligned, best_size, preset_range, sizes_for
from camwatch.ui.charts.series import Totals, percent
from camwatch.ui.charts.zones import site_zone
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import BusyBar, Notice, in_tab_order

_REFRESH_MS = 30_000
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


class _Figure(QFrame):
    """One number of the totals with its name."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        space = theme.current().space
        self.name = QLabel(name, self)
        self.name.setProperty("role", "muted")
        self.value = QLabel(self)
        self.value.setProperty("role", "title")
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * space, space, 2 * space, space)
        column.setSpacing(0)
        column.addWidget(self.name)
        column.addWidget(self.value)


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
        self._question = 0
        self._shown = preset_range(Preset.LAST_7_DAYS, clock(), self._zone)
        self._has_news = False
        self._is_loaded = False
        self._build()
        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self._on_time)
        bridge.cameras_changed.connect(self._load_cameras)
        bridge.history_saved.connect(self._on_saved)

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        space = theme.current().space
        title = QLabel("Occupancy over time", self)
        title.setProperty("role", "title")
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.reload)
        self.chart = HistoryChart(self._zone, self)
        self.mean, self.peak, self.coverage = (
            _Figure("Mean", self),
            _Figure("Peak", self),
            _Figure("Coverage", self),
        )
        self.coverage.setToolTip("The share of this time in which people were counted.")
        self.custom = CustomRange(self._zone, self)
        self.custom.hide()
        self.custom.chosen.connect(self.reload)

        head = QHBoxLayout()
        head.setSpacing(space + space // 2)
        head.addWidget(title)
        head.addStretch(1)
        for figure in (self.mean, self.peak, self.coverage):
            head.addWidget(figure)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space)
        column.addLayout(head)
        column.addLayout(self._controls())
        column.addWidget(self.custom)
        column.addWidget(self.busy)
        column.addWidget(self.notice)
        column.addWidget(self.chart, 1)
        presets = self.preset_buttons.buttons()
        in_tab_order(
            self.camera_box,
            *presets,
            self.size_box,
            self.refresh_button,
            self.custom.start,
            self.custom.end,
            self.custom.show_button,
            self.notice.button,
            self.chart.plot,
        )

    def _controls(self) -> QHBoxLayout:
        space = theme.current().space
        self.camera_box = QComboBox(self)
        self.camera_box.setMinimumWidth(26 * space)
        self.camera_box.setAccessibleName("Camera")
        self.camera_box.addItem(icons.icon("cctv"), _ALL_CAMERAS, None)
        self.camera_box.currentIndexChanged.connect(self.reload)
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

    # ---------------------------------------------------------------- reading

    @Slot()
    def _load_cameras(self) -> None:
        self._background.run(
            lambda: self._commands.cameras(self._session),
            self._show_cameras,
            self._on_failed,
            owner=self,
        )

    def _show_cameras(self, cameras: list[Camera]) -> None:
        before = self.camera_box.currentData()
        with QSignalBlocker(self.camera_box):
            while self.camera_box.count() > 1:
                self.camera_box.removeItem(1)
            for camera in sorted(cameras, key=lambda one: one.name.casefold()):
                self.camera_box.addItem(camera.name, camera.id)
            self.camera_box.setCurrentIndex(max(self.camera_box.findData(before), 0))
        if self.camera_box.currentData() != before:
            self.reload()

    @Slot()
    def reload(self) -> None:
        """Read what is chosen; the answer to an older question is thrown away."""
        self._ask(is_quiet=False)

    def _ask(self, *, is_quiet: bool) -> None:
        stretch = self._chosen_range()
        if stretch is None:
            return
        size = self._offer_sizes(stretch)
        wide = aligned(stretch, size, self._zone)
        camera_id = self.camera_box.currentData()
        ids = None if camera_id is None else [CameraId(camera_id)]
        self._shown = stretch
        self._question += 1
        self._has_news = False
        self._is_loaded = True
        if not is_quiet:
            self.notice.hide()
            self.busy.show()
        self._background.run(
            lambda: self._commands.history(
                self._session, ids, size, wide.start, wide.end, self._zone
            ),
            partial(self._on_answer, self._question, size, camera_id is None),
            partial(self._on_failed, question=self._question),
            owner=self,
        )

    def _on_answer(
        self, question: int, size: BucketSize, is_all: bool, buckets: list[Bucket]
    ) -> None:
        if question != self._question:
            return
        self.busy.hide()
        self.notice.hide()
        is_sum = is_all and self.camera_box.count() > 2
        found = self.chart.show_buckets(buckets, size, self._clock(), is_sum=is_sum)
        self._show_totals(found, is_sum=is_sum)

    def _on_failed(self, error: CamWatchError, question: int | None = None) -> None:
        if question is not None and question != self._question:
            return
        self.busy.hide()
        self.notice.show_error(text_for(error), action="Try again")

    def _show_totals(self, found: Totals, *, is_sum: bool) -> None:
        most = "Peak, at most" if is_sum else "Peak"
        self.peak.name.setText(most)
        self.peak.setToolTip(
            "The peaks of the cameras added up; they need not have been at the same time."
            if is_sum
            else "The highest single count."
        )
        self.mean.value.setText("–" if found.mean is None else f"{found.mean:.1f}")  # noqa: RUF001
        self.peak.value.setText("–" if found.peak is None else str(found.peak))  # noqa: RUF001
        self.coverage.value.setText(percent(found.coverage))

    # ---------------------------------------------------------------- keeping up

    @Slot()
    def _on_saved(self) -> None:
        self._has_news = True

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
