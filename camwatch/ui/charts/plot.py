"""The plot that both charts draw on: time to the right, people upwards, gaps hatched."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pyqtgraph
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QBrush,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QPainter,
    QResizeEvent,
    QTransform,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsItem,
    QLabel,
    QStyleOption,
    QVBoxLayout,
    QWidget,
)

from camwatch import language
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.charts.axis import count_step, count_top, time_marks
from camwatch.ui.charts.drawing import gap_brush, marked_brush
from camwatch.ui.charts.hands import Hands
from camwatch.ui.charts.series import Values
from camwatch.ui.charts.zoom import View, fitted, panned, zoomed

_PIXELS_A_TIME = 88
_PIXELS_A_COUNT = 36
_HINT_DISTANCE = 12
_BY_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_LEFT_WIDTH = 44
_HALF_A_NUMBER = 12


class _ClockAxis(pyqtgraph.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Says the time at round hours of the site's clock."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__("bottom")
        self.zone = zone
        self._texts: dict[float, str] = {}

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return where marks stand; called by pyqtgraph."""
        marks = time_marks(low, high, self.zone, max(int(size / _PIXELS_A_TIME), 1))
        self._texts = {mark.at_s: mark.text for mark in marks}
        return [(1.0, list(self._texts))]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: ARG002
        """Return what stands beside them; called by pyqtgraph."""
        return [self._texts.get(value, "") for value in values]


class _CountAxis(pyqtgraph.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Counts people: whole numbers from 0 up."""

    def __init__(self) -> None:
        super().__init__("left")

    def tickValues(
        self,
        low: float,  # noqa: ARG002
        high: float,
        size: float,
    ) -> list[tuple[float, list[float]]]:
        """Return where marks stand; called by pyqtgraph."""
        step = count_step(high, int(size / _PIXELS_A_COUNT))
        return [(step, [float(value) for value in range(0, int(high) + 1, step)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: ARG002
        """Return what stands beside them; called by pyqtgraph."""
        return [language.number(value, ",.0f") for value in values]

    def boundingRect(self) -> QRectF:
        """Return the axis with room for the halves of its outermost numbers; called by Qt."""
        # With its grid pyqtgraph forgets that room and leaves the 0 out.
        return QRectF(super().boundingRect().adjusted(0, -_HALF_A_NUMBER, 0, _HALF_A_NUMBER))


class GapBands(pyqtgraph.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """Hatches the times in which nothing was measured, over the whole height."""

    def __init__(self) -> None:
        super().__init__()
        self.bands: list[tuple[float, float]] = []
        self._view = QRectF()

    @property
    def filling(self) -> QBrush:
        """What the bands are filled with."""
        return gap_brush()

    def set_bands(self, bands: list[tuple[float, float]]) -> None:
        """Hatch these stretches, seconds since 1970."""
        self.bands = bands
        self.update()

    def boundingRect(self) -> QRectF:
        """Return what is in view; called by Qt."""
        return self._view

    def viewTransformChanged(self) -> None:
        """Follow the view; called by pyqtgraph."""
        # The scene must still find the old place while it is told of the new one.
        self.prepareGeometryChange()
        super().viewTransformChanged()
        self._view = QRectF(self.viewRect() or QRectF())

    def paint(self, painter: QPainter, _option: QStyleOption, _widget: QWidget | None) -> None:
        """Draw the bands in pixels, for a hatching that is stretched is none."""
        view = self._view
        to_pixels = painter.transform()
        painter.save()
        painter.resetTransform()
        painter.setBrushOrigin(
            to_pixels.map(QPointF(self.bands[0][0], 0)) if self.bands else QPointF()
        )
        filling = self.filling
        # As coarse in a sharper picture as on the screen.
        ratio = painter.device().devicePixelRatio()
        filling.setTransform(QTransform.fromScale(ratio, ratio))
        for start_s, end_s in self.bands:
            left, right = max(start_s, view.left()), min(end_s, view.right())
            if left < right:
                band = QRectF(left, view.top(), right - left, view.height())
                painter.fillRect(to_pixels.mapRect(band), filling)
        painter.restore()


class TimePlot(QWidget):
    """A plot of people over time that tells the values under the pointer.

    The arrow keys move the pointer's line from slot to slot, so that the values
    can be read without a mouse. One that can be zoomed comes nearer with the wheel or +, moves
    when it is dragged or with Shift and the arrow keys, and shows all again with Home. A stretch
    that is marked with Shift and the mouse fills the plot.

    Signals:
        pointed: Index of the slot the pointer is at, None when it left.
        chosen: Index of the slot that was clicked or chosen with Enter.
        view_changed: The operator sees another part of the time: its `View`.
        moved: What is shown changed its place, whoever wished it.

    Args:
        zone: The time zone of its clock.
        can_zoom: The operator may look at parts of the time.
    """

    pointed = Signal(object)
    chosen = Signal(object)
    view_changed = Signal(object)
    moved = Signal()

    def __init__(
        self, zone: ZoneInfo, parent: QWidget | None = None, *, can_zoom: bool = False
    ) -> None:
        super().__init__(parent)
        self._whole: View | None = None
        self._view_s: View = (0.0, 1.0)
        self._edges: Values = np.zeros(0)
        self._index: int | None = None
        self._about = tr("Nothing was read yet.")
        self._clock_axis = _ClockAxis(zone)
        self._view = pyqtgraph.PlotWidget(
            self,
            background=None,
            axisItems={"bottom": self._clock_axis, "left": _CountAxis()},
            enableMenu=False,
        )
        self._box = self._view.getViewBox()
        self._dress()
        self.gaps = GapBands()
        self.add(self.gaps)
        self._cursor = pyqtgraph.InfiniteLine(pen=theme.current().outline)
        self._cursor.setVisible(False)
        self.add(self._cursor)
        self._hint = QLabel(self)
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        tokens = theme.current()
        self._hint.setStyleSheet(
            f"background: {tokens.raised}; color: {tokens.text}; padding: 4px 8px;"
            f"border: 1px solid {tokens.outline}; border-radius: {tokens.radius}px;"
        )
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._hint.hide()
        self._empty = QLabel(self)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._empty.setStyleSheet(
            f"background: {tokens.surface}; padding: 8px 16px; border-radius: {tokens.radius}px;"
        )
        self._empty.hide()
        self._marked = pyqtgraph.LinearRegionItem(movable=False, brush=marked_brush())
        self._marked.setVisible(False)
        self.add(self._marked)
        self._view.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self._hands = Hands(self, self._view) if can_zoom else None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._view)
        self.setMinimumHeight(theme.px(96))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleDescription(self._about)
        # Or the tab key stops a second time, where no key does anything.
        self._view.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _dress(self) -> None:
        """Give the axes the theme's colours, and switch off what would get in the way."""
        tokens = theme.current()
        font = QFont()
        font.setPixelSize(tokens.font_small)
        for name in ("bottom", "left"):
            axis = self._view.getAxis(name)
            axis.setZValue(-1)
            axis.setPen(tokens.line)
            axis.setTextPen(tokens.muted)
            axis.setTickPen(tokens.line)
            axis.setTickFont(font)
        self._view.getAxis("bottom").setStyle(tickLength=-4, tickTextOffset=6)
        self._view.getAxis("left").setStyle(tickLength=0, tickTextOffset=8)
        self._view.getAxis("left").setWidth(theme.px(_LEFT_WIDTH))
        self._view.getAxis("left").setGrid(255)
        self._view.setMouseEnabled(x=False, y=False)
        self._view.hideButtons()
        self._view.getPlotItem().setContentsMargins(0, tokens.space, tokens.space, 0)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setFrameShape(QFrame.Shape.NoFrame)

    def add(self, item: QGraphicsItem) -> None:
        """Put something into the plot; the visible range does not follow it."""
        self._view.addItem(item, ignoreBounds=True)

    def set_zone(self, zone: ZoneInfo) -> None:
        """Show the clock of another time zone."""
        self._clock_axis.zone = zone
        self._clock_axis.picture = None
        self._clock_axis.update()

    def set_range(self, start_s: float, end_s: float, highest: float) -> None:
        """Show this time, and people from 0 to a little above the highest.

        Args:
            start_s: Seconds since 1970.
            end_s: Later than that.
            highest: Highest value that is drawn; NaN if there is none.
        """
        top = count_top(0.0 if np.isnan(highest) else highest)
        self._view_s = start_s, end_s
        self._view.setRange(xRange=(start_s, end_s), yRange=(0, top), padding=0)
        self.moved.emit()

    def set_top(self, highest: float) -> None:
        """Show people from 0 to a little above the highest; NaN if there is none."""
        self._view.setYRange(0, count_top(0.0 if np.isnan(highest) else highest), padding=0)

    @property
    def view(self) -> View:
        """Which time is in view, seconds since 1970."""
        return self._view_s

    @property
    def is_zoomed(self) -> bool:
        """True if not all of the time is in view."""
        return self._whole is not None and self._view_s != self._whole

    def set_whole(self, whole: View) -> None:
        """Say from where to where there is anything to see, seconds since 1970."""
        self._whole = whole

    def look_at(self, view: View) -> None:
        """Show another part of the time; what is drawn stays."""
        if self._whole is None:
            return
        view = fitted(view, self._whole)
        if view != self._view_s:
            self._view_s = view
            self._view.setXRange(*view, padding=0)
            self._point(None)
            self.moved.emit()
            self.view_changed.emit(view)

    def zoom(self, factor: float, at_s: float | None = None) -> None:
        """Come nearer with a factor below 1, around a moment or the middle."""
        if self._whole is not None:
            middle = (self._view_s[0] + self._view_s[1]) / 2
            at = middle if at_s is None else at_s
            self.look_at(zoomed(self._view_s, self._whole, factor, at))

    def pan(self, share: float) -> None:
        """Move by a share of what is in view."""
        if self._whole is not None:
            self.look_at(panned(self._view_s, self._whole, share))

    def show_all(self) -> None:
        """Show the whole time again."""
        if self._whole is not None:
            self.look_at(self._whole)

    def mark(self, stretch: View | None) -> None:
        """Show the stretch that is being marked with the mouse."""
        self._marked.setVisible(stretch is not None)
        if stretch is not None:
            self._marked.setRegion(stretch)

    def moment_at(self, x: float) -> float:
        """Return the moment at a place of this widget, seconds since 1970."""
        left, right = self.span()
        start, end = self._view_s
        return start + (x - left) / max(right - left, 1.0) * (end - start)

    def index_at(self, moment_s: float) -> int | None:
        """Return the slot of a moment; None outside of all."""
        index = int(np.searchsorted(self._edges, moment_s, side="right")) - 1
        return index if 0 <= index < len(self._edges) - 1 else None

    def point_at(self, index: int | None) -> None:
        """Move the pointer's line to a slot, as the arrow keys do."""
        self._point(index)

    def choose(self, index: int | None) -> None:
        """Choose a slot, as a click does."""
        if index is not None:
            self.chosen.emit(index)

    def span(self) -> tuple[float, float]:
        """Return where the shown time begins and ends, in pixels of this widget."""
        box = self._box.sceneBoundingRect()
        left = self._view.mapFromScene(box.topLeft()).x()
        return left, left + box.width()

    def set_slots(self, edges: Values) -> None:
        """Say where slots begin and end, so that the pointer finds them."""
        self._edges = edges
        if self._index is not None:
            self._point(self._index if self._index < len(edges) - 1 else None)

    def tell(self, about: str) -> None:
        """Say the numbers of the whole chart to those who do not see it."""
        self._about = about
        if not self._hint.isVisibleTo(self):
            self.setAccessibleDescription(about)

    def show_hint(self, text: str) -> None:
        """Show what is at the pointer's line; an empty text shows nothing."""
        self._hint.setVisible(bool(text))
        self.setAccessibleDescription(text or self._about)
        if text:
            self._hint.setText(text)
            self._hint.adjustSize()
            self._place_hint()

    def show_empty(self, text: str) -> None:
        """Say in the middle why there is nothing to see; an empty text says nothing."""
        self._empty.setVisible(bool(text))
        if text:
            self._empty.setText(text)
            self._place_empty()

    def _place_empty(self) -> None:
        self._empty.adjustSize()
        middle = self._box.sceneBoundingRect().center()
        at = self._view.mapFromScene(middle) - self._empty.rect().center()
        self._empty.move(at)

    def _place_hint(self) -> None:
        line = self._box.mapViewToScene(QPointF(self._cursor.value(), 0))
        at_x = self._view.mapFromScene(line).x()
        left = at_x + _HINT_DISTANCE
        if left + self._hint.width() > self.width() - _HINT_DISTANCE:
            left = at_x - _HINT_DISTANCE - self._hint.width()
        self._hint.move(max(left, 0), theme.current().space * 2)

    def _point(self, index: int | None) -> None:
        self._index = index
        self._cursor.setVisible(index is not None)
        if index is not None:
            self._cursor.setValue((self._edges[index] + self._edges[index + 1]) / 2)
        else:
            self.show_hint("")
        self.pointed.emit(index)

    @Slot(object)
    def _on_mouse_moved(self, at: QPointF) -> None:
        if not self._box.sceneBoundingRect().contains(at):
            self._point(None)
            return
        self._point(self.index_at(self._box.mapSceneToView(at).x()))

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Move the pointer's line with the arrow keys."""
        if len(self._edges) < 2 or (self._hands is not None and self._hands.pressed(event)):
            if len(self._edges) < 2:
                super().keyPressEvent(event)
            return
        first, last = self._slots_in_view()
        here = last + 1 if self._index is None else self._index
        match event.key():
            case Qt.Key.Key_Left:
                self._walk(here - 1)
            case Qt.Key.Key_Right:
                self._walk(here + 1)
            case Qt.Key.Key_Home:
                self._point(first)
            case Qt.Key.Key_End:
                self._point(last)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._index is not None:
                self.choose(self._index)
            case Qt.Key.Key_Escape if self._index is not None:
                self._point(None)
            case _:
                super().keyPressEvent(event)

    def _slots_in_view(self) -> tuple[int, int]:
        """Return the first and last slot of which anything is in view."""
        start, end = self._view_s
        last = len(self._edges) - 2
        first = int(np.searchsorted(self._edges, start, side="right")) - 1
        after = int(np.searchsorted(self._edges, end, side="left")) - 1
        return min(max(first, 0), last), min(max(after, 0), last)

    def _walk(self, index: int) -> None:
        """Go to the slot, and let the view follow where it would be left."""
        index = min(max(index, 0), len(self._edges) - 2)
        first, last = self._slots_in_view()
        if self.is_zoomed and not first <= index <= last:
            self.pan(-0.25 if index < first else 0.25)
        self._point(index)

    def focusInEvent(self, event: QFocusEvent, /) -> None:
        """Show where the keyboard is: at the newest slot."""
        super().focusInEvent(event)
        if event.reason() in _BY_TAB and len(self._edges) > 1:
            self._point(self._slots_in_view()[1])

    def focusOutEvent(self, event: QFocusEvent, /) -> None:
        """Take the pointer's line away."""
        self._point(None)
        super().focusOutEvent(event)

    def leaveEvent(self, event: QEvent, /) -> None:
        """Take the pointer's line away."""
        self._point(None)
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Keep hint and words where they belong."""
        super().resizeEvent(event)
        self._place_empty()
        if self._index is not None:
            self._place_hint()
