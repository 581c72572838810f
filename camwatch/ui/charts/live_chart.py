"""The last hour of occupancy, as it happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
import pyqtgraph
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from camwatch.domain import CameraId, utc_now
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.charts.drawing import Legend, area_brush, dotted_pen, line_pen, steps
from camwatch.ui.charts.plot import TimePlot
from camwatch.ui.charts.series import Occupancy, SlotRing, percent
from camwatch.ui.charts.zones import site_zone

_REFRESH_MS = 1000
_A_MOMENT_AGO = timedelta(seconds=30)


class LiveChart(QWidget):
    """Shows the occupancy of the last hour, of one camera, of a site or of all added up.

    Where nothing was measured there is a hatched gap. A sum in which a camera is
    missing is dotted, and the coverage says how much was measured. It is drawn
    anew once a second at most, and only while it is visible.

    Args:
        zone: The site's time zone; None is this computer's.
        clock: Tells the time, UTC.

    Signals:
        moment_requested: A moment that was clicked, or chosen with Enter, UTC; or that of half a
            minute ago.
    """

    moment_requested = Signal(object)

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        zone: ZoneInfo | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._zone = zone or site_zone()
        self._clock = clock
        self._ring = SlotRing()
        self._names: Mapping[CameraId, str] = {}
        self._shown: tuple[CameraId, ...] | None = None
        self._group = ""
        self._occupancy = self._ring.window(clock().timestamp())

        self.title = QLabel(self)
        self.title.setProperty("role", "heading")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.all_button = QPushButton(tr("All cameras"), self)
        self.all_button.setProperty("role", "link")
        self.all_button.clicked.connect(partial(self.show_camera, None))
        self.past_button = QPushButton(tr("Look back…"), self)
        self.past_button.setProperty("role", "link")
        self.past_button.setToolTip(
            tr("Show the wall as it was; or click a moment in the chart ({key})", key="H")
        )
        self.past_button.clicked.connect(self._look_back)
        self.summary = QLabel(self)
        self.summary.setProperty("role", "muted")
        self.legend = Legend(
            {"line": tr("measured"), "dots": tr("some missing"), "gap": tr("not measured")}, self
        )
        self.plot = TimePlot(self._zone, self)
        self.plot.setAccessibleName(tr("Occupancy of the last hour"))
        self.solid_line = pyqtgraph.PlotCurveItem(
            pen=line_pen(), brush=area_brush(), fillLevel=0, connect="finite", antialias=False
        )
        self.partial_line = pyqtgraph.PlotCurveItem(
            pen=dotted_pen(), connect="finite", antialias=False
        )
        self.plot.add(self.partial_line)
        self.plot.add(self.solid_line)
        self.plot.pointed.connect(self._on_pointed)
        self.plot.chosen.connect(self._on_chosen)

        space = theme.current().space
        head = QHBoxLayout()
        head.setSpacing(space + space // 2)
        head.addWidget(self.title)
        head.addWidget(self.all_button)
        head.addWidget(self.summary)
        head.addStretch(1)
        head.addWidget(self.past_button)
        head.addWidget(self.legend)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * space, space, space, space)
        layout.setSpacing(space // 2)
        layout.addLayout(head)
        layout.addWidget(self.plot, 1)
        self._head, self._column = head, layout

        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._name()

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Show legend and summary where there is room for all of them; half would tell nothing."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        margins = self.contentsMargins() + self._column.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        for part in (self.legend, self.summary):
            part.show()
        # First the legend goes, then the summary: a number that is cut off would be another one.
        for part in (self.legend, self.summary):
            self._head.invalidate()
            part.setVisible(self._head.sizeHint().width() <= room)
        self.title.setToolTip("" if self.summary.isVisibleTo(self) else self.summary.text())

    def set_cameras(
        self, ids: Iterable[CameraId], names: Mapping[CameraId, str] | None = None
    ) -> None:
        """Add up these cameras from now on: those that are switched on.

        Args:
            ids: What was measured of those that stay is kept.
            names: What the cameras are called.
        """
        self._ring.set_cameras(ids)
        self._names = names or {}
        if self._shown is not None and not set(self._shown) & set(self._ring.cameras):
            self._shown, self._group = None, ""
        self._name()
        self._refresh_soon()

    def add_sample(self, camera_id: CameraId, at: datetime, count: int, interval_s: float) -> None:
        """Take a measurement; it is drawn at the next refresh.

        Args:
            camera_id: Whose it is; one that is not added up is passed over.
            at: When the picture was taken, UTC.
            count: People in view.
            interval_s: The time it stands for.
        """
        self._ring.add(camera_id, at.timestamp(), count, interval_s)

    def load(self, series: Sequence[tuple[CameraId, datetime, float, float]]) -> None:
        """Take the last hour from the history.

        Args:
            series: Camera, start of a 5-second slot, mean occupancy, measured seconds.
        """
        self._ring.load(series)
        self._refresh_soon()

    def show_camera(self, camera_id: CameraId | None) -> None:
        """Show one camera, or all added up for None."""
        self._show(None if camera_id is None else (camera_id,), "")

    def show_group(self, ids: Iterable[CameraId], name: str) -> None:
        """Show some cameras added up, such as those of a site.

        Args:
            ids: Those that are switched on are added up.
            name: What they are called together.
        """
        self._show(tuple(ids), name)

    @property
    def group(self) -> str:
        """What the cameras are called together that are shown; "" for one camera or all."""
        return self._group

    def _show(self, shown: tuple[CameraId, ...] | None, name: str) -> None:
        self._shown, self._group = shown, name
        self._name()
        self._refresh_soon()

    def _name(self) -> None:
        if self._shown is None:
            whose = tr("all cameras")
        elif self._group:
            whose = self._group
        else:
            whose = self._names.get(self._shown[0], tr("camera {shown}", shown=self._shown[0]))
        self.all_button.setVisible(bool(self._group))
        self.title.setText(tr("Occupancy, {whose}, last hour", whose=whose))
        self.legend.set_shown("dots", self._shown is None or len(self._shown) > 1)

    def hour_of(self, camera_id: CameraId) -> Occupancy:
        """Return the last hour of one camera, whatever is shown."""
        return self._ring.window(self._clock().timestamp(), (camera_id,))

    def _refresh_soon(self) -> None:
        if self.isVisible():
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Draw what is known now."""
        now_s = self._clock().timestamp()
        self._occupancy = occupancy = self._ring.window(now_s, self._shown)
        self.solid_line.setData(*steps(occupancy.edges, occupancy.solid))
        self.partial_line.setData(*steps(occupancy.edges, occupancy.partial))
        self.plot.gaps.set_bands(occupancy.gaps)
        known = occupancy.people[~np.isnan(occupancy.people)]
        start_s = now_s - self._ring.slots * self._ring.slot_s
        self.plot.set_range(start_s, now_s, float(known.max()) if len(known) else np.nan)
        self.plot.set_slots(occupancy.edges)
        said = self._summary(occupancy)
        is_longer = len(said) != len(self.summary.text())
        self.summary.setText(said)
        if is_longer:
            self._make_room()
        self._make_room()
        self.plot.tell(self.summary.text())
        if not self._ring.cameras:
            self.plot.show_empty(tr("No camera is switched on."))
        else:
            self.plot.show_empty("" if len(known) else tr("Nothing was measured in the last hour."))

    def _summary(self, occupancy: Occupancy) -> str:
        coverage = tr("coverage {percent}", percent=percent(occupancy.mean_coverage))
        known = occupancy.people[occupancy.complete]
        if not len(known):
            return coverage if self._ring.cameras else ""
        return tr(
            "mean {mean:.1f} · peak {known:.0f} · {coverage}",
            mean=known.mean(),
            known=known.max(),
            coverage=coverage,
        )

    @Slot(object)
    def _on_pointed(self, index: int | None) -> None:
        if index is None:
            return
        occupancy = self._occupancy
        at = datetime.fromtimestamp(float(occupancy.edges[index]), self._zone)
        people = occupancy.people[index]
        if np.isnan(people):
            said = tr("not measured")
        else:
            values = {"people": people, "percent": percent(float(occupancy.coverage[index]))}
            said = (
                tr("{people:.1f} people, coverage {percent}", **values)
                if occupancy.complete[index]
                else tr("at least {people:.1f} people, coverage {percent}", **values)
            )
        self.plot.show_hint(f"{at:%H:%M:%S}   {said}")

    @Slot(object)
    def _on_chosen(self, index: int) -> None:
        edges = self._occupancy.edges
        if 0 <= index < len(edges):
            self.moment_requested.emit(datetime.fromtimestamp(float(edges[index]), UTC))

    @Slot()
    def _look_back(self) -> None:
        self.moment_requested.emit(self._clock() - _A_MOMENT_AGO)

    def showEvent(self, event: QShowEvent, /) -> None:
        """Draw from now on."""
        super().showEvent(event)
        self.refresh()
        self._timer.start()

    def hideEvent(self, event: QHideEvent, /) -> None:
        """Draw no longer; measurements are still taken."""
        self._timer.stop()
        super().hideEvent(event)
