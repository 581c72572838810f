"""The plot that both charts draw on: time to the right, people upwards, gaps hatched."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pyqtgraph
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QKeyEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsItem,
    QLabel,
    QStyleOption,
    QVBoxLayout,
    QWidget,
)

from camwatch.ui import theme
from camwatch.ui.charts.axis import count_step, count_top, time_marks
from camwatch.ui.charts.drawing import gap_brush
from camwatch.ui.charts.series import Values

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
        return [f"{value:.0f}" for value in values]

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
        for start_s, end_s in self.bands:
            left, right = max(start_s, view.left()), min(end_s, view.right())
            if left < right:
                band = QRectF(left, view.top(), right - left, view.height())
                painter.fillRect(to_pixels.mapRect(band), gap_brush())
        painter.restore()


class TimePlot(QWidget):
    """A plot of people over time that tells the values under the pointer.

    The arrow keys move the pointer's line from slot to slot, so that the values
    can be read without a mouse.

    Signals:
        pointed: Index of the slot the pointer is at, None when it left.

    Args:
        zone: The time zone of its clock.
    """

    pointed = Signal(object)

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edges: Values = np.zeros(0)
        self._index: int | None = None
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
        self._view.scene().sigMouseMoved.connect(self._on_mouse_moved)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._view)
        self.setMinimumHeight(96)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

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
        self._view.getAxis("left").setWidth(_LEFT_WIDTH)
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
        self._view.setRange(xRange=(start_s, end_s), yRange=(0, top), padding=0)

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

    def show_hint(self, text: str) -> None:
        """Show what is at the pointer's line; an empty text shows nothing."""
        self._hint.setVisible(bool(text))
        self.setAccessibleDescription(text)
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
        moment_s = self._box.mapSceneToView(at).x()
        index = int(np.searchsorted(self._edges, moment_s, side="right")) - 1
        self._point(index if 0 <= index < len(self._edges) - 1 else None)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Move the pointer's line with the arrow keys."""
        last = len(self._edges) - 2
        if last < 0:
            super().keyPressEvent(event)
            return
        here = last + 1 if self._index is None else self._index
        match event.key():
            case Qt.Key.Key_Left:
                self._point(max(here - 1, 0))
            case Qt.Key.Key_Right:
                self._point(min(here + 1, last))
            case Qt.Key.Key_Home:
                self._point(0)
            case Qt.Key.Key_End:
                self._point(last)
            case Qt.Key.Key_Escape if self._index is not None:
                self._point(None)
            case _:
                super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent, /) -> None:
        """Show where the keyboard is: at the newest slot."""
        super().focusInEvent(event)
        if event.reason() in _BY_TAB and len(self._edges) > 1:
            self._point(len(self._edges) - 2)

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
