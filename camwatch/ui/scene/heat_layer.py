"""Where people walk and get lost, laid over the picture while lines are drawn."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from camwatch.scene import Point
from camwatch.scene.heat import COLUMNS, ROWS, Heat
from camwatch.ui import theme
from camwatch.ui.heat.image import heat_image
from camwatch.ui.heat.scale import Scale
from camwatch.ui.scene.overlay import placed

_OPACITY = 0.5
_FEWEST_ENDS = 2
"""A single walk that breaks off somewhere is chance."""

_SHARE_OF_MOST = 0.25
_ARM = 6.0


@dataclass(frozen=True, slots=True)
class HeatLayer:
    """What is laid over the picture.

    Attributes:
        image: Where people stood, the lighter the longer.
        broken: Where many of them were first or last seen, in parts of the picture.
    """

    image: QImage
    broken: tuple[Point, ...]


def heat_layer(heat: Heat) -> HeatLayer | None:
    """Draw where people were; None if nobody was seen. Takes some milliseconds."""
    top = float(heat.presence_s.max())
    if top <= 0:
        return None
    ends = heat.born + heat.lost
    least = max(_FEWEST_ENDS, _SHARE_OF_MOST * float(ends.max()))
    broken = tuple(
        ((column + 0.5) / COLUMNS, (row + 0.5) / ROWS)
        for row in range(ROWS)
        for column in range(COLUMNS)
        if ends[row, column] >= least
    )
    return HeatLayer(heat_image(heat.presence_s, Scale(top, is_time=True)), broken)


def paint_heat(painter: QPainter, picture: QRectF, layer: HeatLayer) -> None:
    """Lay it over the picture: colours, and a cross wherever ways begin or break off."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setOpacity(_OPACITY)
    painter.drawImage(picture, layer.image)
    painter.setOpacity(1.0)
    tokens = theme.on_pictures()
    for color, width in ((tokens.picture, 4), (tokens.text, 2)):
        painter.setPen(QPen(QColor(color), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for point in layer.broken:
            middle = placed(picture, point)
            for arm in (QPointF(_ARM, _ARM), QPointF(_ARM, -_ARM)):
                painter.drawLine(middle - arm, middle + arm)
    painter.restore()
