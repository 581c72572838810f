"""The map: a camera's picture in grey, the heat over it, and the bar that explains the colours."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from camwatch.language import tr
from camwatch.scene import Zone
from camwatch.ui import theme
from camwatch.ui.heat.image import ALPHA, heat_image
from camwatch.ui.heat.scale import Scale, ramp
from camwatch.ui.heat.words import at_spot, mark

_SHAPE = 16 / 9  # while there is no picture
_DIM = 0.5  # a camera's picture is darkened to this, so that the colours are what stands out
_WIDEST = 1600  # pixels of a picture that is kept

Grid = npt.NDArray[np.float32]


def backdrop(data: bytes) -> QImage:
    """Decode a camera's picture, grey and dim, as the map wants it. Takes some ten milliseconds.

    Args:
        data: A JPEG or PNG file.

    Returns:
        A null image if it cannot be decoded.
    """
    image = QImage.fromData(data)
    if image.isNull():
        return image
    if image.width() > _WIDEST:
        image = image.scaledToWidth(_WIDEST, Qt.TransformationMode.SmoothTransformation)
    dim = QImage(image.size(), QImage.Format.Format_RGB32)
    dim.fill(Qt.GlobalColor.black)
    with QPainter(dim) as painter:
        painter.setOpacity(_DIM)
        painter.drawImage(0, 0, image.convertToFormat(QImage.Format.Format_Grayscale8))
    return dim


class HeatView(QWidget):
    """Draws the map and tells the value of the spot under the pointer, or that keys chose.

    Signals:
        spot_read: Words about a spot; empty if none is pointed at.
    """

    spot_read = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QImage()
        self._fitted = QPixmap()
        self._values: Grid | None = None
        self._scale: Scale | None = None
        self._heat = QImage()
        self._zones: Sequence[Zone] = ()
        self._chosen = ""
        self._spot: tuple[int, int] | None = None
        self.setMinimumSize(480, 270)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Map over the camera's picture"))
        self._about = tr("Nothing was read yet.")
        self.setAccessibleDescription(self._about)
        self.setToolTip(tr("Point at a spot to read its value, or go there with the arrow keys."))

    # ---------------------------------------------------------------- what is shown

    def show_picture(self, picture: QImage) -> None:
        """Put a picture of `backdrop` under the map; a null image takes it away."""
        self._picture = picture
        self._keep_shape()
        self._fit()
        self.update()

    def show_values(self, values: Grid, scale: Scale | None) -> None:
        """Show a grid.

        Args:
            values: float32, shape (rows, columns).
            scale: What its colours mean; None if all values are 0.
        """
        self._values, self._scale = values, scale
        self._heat = heat_image(values, scale) if scale is not None else QImage()
        if self._spot is not None:
            self._read(self._spot)
        self.update()

    def show_zones(self, zones: Sequence[Zone]) -> None:
        """Draw the outlines of zones."""
        self._zones = zones
        self.update()

    @Slot(str)
    def choose(self, name: str) -> None:
        """Draw one zone stronger than the others; none if the name is empty."""
        self._chosen = name
        self.update()

    def sizeHint(self, /) -> QSize:
        """Ask for room for a picture."""
        return QSize(800, 450)

    @property
    def place(self) -> QRectF:
        """Where the picture is, in its own shape."""
        width = min(float(self.width()), self.height() * self._shape)
        height = width / self._shape
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    @property
    def _shape(self) -> float:
        if self._picture.isNull():
            return _SHAPE
        return self._picture.width() / self._picture.height()

    def _keep_shape(self) -> None:
        """Ask for no more height than the picture needs: what explains it stands close below."""
        self.setMaximumHeight(max(math.ceil(self.width() / self._shape), self.minimumHeight()))

    # ---------------------------------------------------------------- painting

    def _fit(self) -> None:
        self._fitted = QPixmap()
        if not self._picture.isNull():
            ratio = self.devicePixelRatioF()
            size = (self.place.size() * ratio).toSize()
            self._fitted = QPixmap.fromImage(
                self._picture.scaled(
                    size,
                    Qt.AspectRatioMode.IgnoreAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )
            self._fitted.setDevicePixelRatio(ratio)

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Fit the picture once, not at each painting."""
        super().resizeEvent(event)
        self._keep_shape()
        self._fit()

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw picture, heat, zones and the chosen spot."""
        tokens, place = theme.on_pictures(), self.place
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.fillRect(place, QColor(tokens.picture))
            if self._fitted.isNull():
                painter.setPen(QColor(tokens.muted))
                corner = place.adjusted(12, 8, -12, -8)
                painter.drawText(
                    corner,
                    Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom,
                    tr("No picture of this camera yet"),
                )
            else:
                painter.drawPixmap(place.topLeft(), self._fitted)
            if not self._heat.isNull():
                painter.drawImage(place, self._heat)
            for zone in self._zones:
                self._draw_zone(painter, zone, place)
            if self._spot is not None and self._values is not None:
                cell = self._cell(self._spot, self._values.shape)
                _outline(painter, QPolygonF(cell), tokens.text, 1.5)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(tokens.accent), 2))
                painter.drawRect(place.adjusted(1, 1, -1, -1))

    def _draw_zone(self, painter: QPainter, zone: Zone, place: QRectF) -> None:
        tokens = theme.on_pictures()
        is_chosen = zone.name == self._chosen
        color = tokens.accent if is_chosen else tokens.text
        corners = [
            QPointF(place.left() + x * place.width(), place.top() + y * place.height())
            for x, y in zone.points
        ]
        _outline(painter, QPolygonF(corners), color, 2.5 if is_chosen else 1.5)
        metrics = QFontMetricsF(self.font())
        across = [corner.x() for corner in corners]
        most = max(max(across) - min(across) - 32, 40.0)
        width = min(metrics.horizontalAdvance(zone.name), most) + 12
        top = min(corners, key=lambda corner: (corner.y(), corner.x()))
        label = QRectF(top.x() + 4, top.y() + 4, width, metrics.height() + 4)
        label.moveLeft(min(label.left(), place.right() - label.width() - 4))
        label.moveTop(min(label.top(), place.bottom() - label.height() - 4))
        back = QColor(tokens.picture)
        back.setAlpha(200)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(back)
        painter.drawRoundedRect(label, 4, 4)
        painter.setPen(QColor(color))
        words = metrics.elidedText(zone.name, Qt.TextElideMode.ElideRight, most)
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, words)

    # ---------------------------------------------------------------- spots

    def _cell(self, spot: tuple[int, int], shape: tuple[int, ...]) -> QRectF:
        """Return where a cell of a grid of that shape is drawn."""
        place = self.place
        width, height = place.width() / shape[1], place.height() / shape[0]
        return QRectF(place.left() + spot[1] * width, place.top() + spot[0] * height, width, height)

    def tell(self, about: str) -> None:
        """Say what the whole map shows to those who do not see it."""
        self._about = about
        if self._spot is None:
            self.setAccessibleDescription(about)

    def _read(self, spot: tuple[int, int] | None) -> None:
        self._spot = spot
        self.update()
        words = ""
        if spot is not None and self._values is not None:
            is_time = self._scale is None or self._scale.is_time
            words = at_spot(float(self._values[spot]), is_time=is_time)
        self.setAccessibleDescription(words or self._about)
        self.spot_read.emit(words)

    def mouseMoveEvent(self, event: QMouseEvent, /) -> None:
        """Read the spot under the pointer."""
        place, at = self.place, event.position()
        if self._values is None or not place.contains(at):
            self._read(None)
            return
        rows, columns = self._values.shape
        row = int((at.y() - place.top()) / place.height() * rows)
        column = int((at.x() - place.left()) / place.width() * columns)
        self._read((min(row, rows - 1), min(column, columns - 1)))

    def leaveEvent(self, _event: QEvent, /) -> None:
        """Read no spot any more."""
        self._read(None)

    def focusOutEvent(self, event: QFocusEvent, /) -> None:
        """Read no spot any more."""
        super().focusOutEvent(event)
        self._read(None)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Go from spot to spot."""
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or self._values is None:
            super().keyPressEvent(event)
            return
        rows, columns = self._values.shape
        # The first key goes to the brightest spot.
        brightest = divmod(int(np.argmax(self._values)), columns)
        row, column = self._spot or (brightest[0] - step[0], brightest[1] - step[1])
        self._read(
            (min(max(row + step[0], 0), rows - 1), min(max(column + step[1], 0), columns - 1))
        )


def _outline(painter: QPainter, shape: QPolygonF, color: str, width: float) -> None:
    """Draw a closed line that can be seen on light and on dark ground."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(QColor(0, 0, 0, 150), width + 2), QPen(QColor(color), width)):
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolygon(shape)


class ColorBar(QWidget):
    """The colours of the map from little to much, with round values beneath."""

    _BAR = 14

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale: Scale | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(240)
        self.setMaximumWidth(480)
        self.setFixedHeight(self._BAR + 4 + self.fontMetrics().height())

    @property
    def words(self) -> list[str]:
        """What is written beneath, from left to right."""
        if self._scale is None:
            return []
        return [mark(value, is_time=self._scale.is_time) for _, value in self._scale.marks()]

    def show_scale(self, scale: Scale | None) -> None:
        """Explain the colours of a map; None if there are none."""
        self._scale = scale
        self.setAccessibleName(
            tr("Colours from little to much: {words}", words=", ".join(self.words))
        )
        self.update()

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw the colours as they are over the map's dim picture, and the marks."""
        if self._scale is None:
            return
        tokens = theme.on_pictures()
        bar = QRectF(0.5, 0.5, self.width() - 1, self._BAR)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        colours = ramp()
        for share in np.linspace(0, 1, 33).tolist():
            red, green, blue = colours[round(share * (len(colours) - 1))].tolist()
            gradient.setColorAt(share, QColor(red, green, blue, round(ALPHA * 255)))
        with QPainter(self) as painter:
            painter.fillRect(bar, QColor.fromRgbF(_DIM / 2, _DIM / 2, _DIM / 2))
            painter.fillRect(bar, gradient)
            metrics = QFontMetricsF(self.font())
            for (share, _), words in zip(self._scale.marks(), self.words, strict=True):
                x = bar.left() + share * bar.width()
                width = metrics.horizontalAdvance(words)
                left = min(max(x - width / 2, 0.0), self.width() - width)
                painter.setPen(QColor(tokens.outline))
                painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + 3))
                painter.setPen(QColor(tokens.muted))
                painter.drawText(QPointF(left, self.height() - metrics.descent()), words)
