"""Paints what is drawn on a view: lines and gates with their directions, zones, masks, names.

Everything stands on a dark edge or a dark plate, so that it can be seen on any picture.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from camwatch.language import tr
from camwatch.scene import Gate, Line, Point, Scene, SpotBox
from camwatch.ui import theme
from camwatch.ui.live.tile_paint import draw_pill, sized

_EDGE_ALPHA = 170
_FILL_ALPHA, _CHOSEN_FILL_ALPHA = 38, 70
_COVER_ALPHA = 215
_HATCH_ALPHA = 150
_PILL_PAD = 12  # of draw_pill
_NARROW = 320
"""Narrower pictures, in logical pixels, have room for numbers but not for names."""


@dataclass(frozen=True, slots=True)
class Look:
    """How something is painted.

    Attributes:
        is_chosen: It is being edited.
        is_wrong: It cannot be saved as it is.
        is_compact: There is little room: thin strokes, no words at the arrows.
    """

    is_chosen: bool = False
    is_wrong: bool = False
    is_compact: bool = False

    @property
    def width(self) -> float:
        """Of strokes, logical pixels."""
        if self.is_compact:
            return 1.5
        return 3.0 if self.is_chosen else 2.0

    def color(self, usual: str) -> QColor:
        """Return the colour of a shape whose usual one is given."""
        return QColor(theme.on_pictures().critical if self.is_wrong else usual)


PLAIN = Look()


def placed(picture: QRectF, point: Point) -> QPointF:
    """Return where a point, in parts of the picture, is on the screen."""
    return QPointF(
        picture.left() + point[0] * picture.width(), picture.top() + point[1] * picture.height()
    )


def placed_box(picture: QRectF, box: SpotBox) -> QRectF:
    """Return where a box, in parts of the picture, is on the screen."""
    return QRectF(placed(picture, box[:2]), placed(picture, box[2:]))


def _pens(color: QColor, look: Look) -> tuple[QPen, QPen]:
    """Return the pen of the dark edge and that of the stroke itself."""
    edge = QColor(theme.on_pictures().picture)
    edge.setAlpha(_EDGE_ALPHA)
    style = Qt.PenStyle.DashLine if look.is_wrong else Qt.PenStyle.SolidLine
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    return (
        QPen(edge, look.width + 2, Qt.PenStyle.SolidLine, cap, join),
        QPen(color, look.width, style, Qt.PenCapStyle.FlatCap, join),
    )


class Plates:
    """Puts names and numbers on dark plates, none over another.

    Args:
        painter: With the font to use.
        picture: Where plates may be.
    """

    def __init__(self, painter: QPainter, picture: QRectF) -> None:
        self._painter = painter
        self._picture = picture
        self._taken: list[QRectF] = []

    def put(self, middle: QPointF, text: str, color: str) -> QRectF:
        """Draw words as near to a point as there is room; return where they are."""
        metrics = QFontMetricsF(self._painter.font())
        room = self._picture
        widest = max(room.width() - 4, 2 * _PILL_PAD)
        width = min(metrics.horizontalAdvance(text) + _PILL_PAD, widest)
        height = metrics.height() + 4
        left = min(max(middle.x() - width / 2, room.left() + 2), room.right() - 2 - width)
        top = min(max(middle.y() - height / 2, room.top() + 2), room.bottom() - 2 - height)
        plate = self._free(QRectF(left, top, width, height))
        self._taken.append(plate)
        return draw_pill(self._painter, plate.bottomLeft(), text, color, widest)

    def _free(self, wanted: QRectF) -> QRectF:
        """Return the nearest place above or below that is not taken, if there is one."""
        step = wanted.height() + 2
        for number in range(12):
            away = (number + 1) // 2 * step * (-1 if number % 2 else 1)
            moved = wanted.translated(0, away)
            is_in = moved.top() >= self._picture.top() and moved.bottom() <= self._picture.bottom()
            if is_in and not any(moved.intersects(one) for one in self._taken):
                return moved
        return wanted


# ---------------------------------------------------------------- lines and gates


def _stroke(
    painter: QPainter, picture: QRectF, ends: Sequence[Point], pens: Sequence[QPen]
) -> None:
    for pen in pens:
        painter.setPen(pen)
        painter.drawLine(placed(picture, ends[0]), placed(picture, ends[1]))


def _inwards(start: QPointF, end: QPointF) -> QPointF:
    """Return the direction of *in*, one logical pixel long, as `Line` has it."""
    along = end - start
    length = math.hypot(along.x(), along.y()) or 1.0
    return QPointF(along.y() / length, -along.x() / length)


def _arrow(
    painter: QPainter, foot: QPointF, way: QPointF, reach: float, color: QColor, *, is_full: bool
) -> QPointF:
    """Draw an arrow across a line; a full head is *in*, an open one *out*. Return its tip."""
    tip = foot + way * reach
    size = max(reach * 0.34, 4.0)
    side = QPointF(-way.y(), way.x()) * (size * 0.62)
    back = tip - way * size
    edge = QColor(theme.on_pictures().picture)
    edge.setAlpha(_EDGE_ALPHA)
    for pen in (QPen(edge, 4), QPen(color, 2)):
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawLine(foot, back if is_full else tip)
        if is_full:
            painter.setBrush(color)
            painter.drawPolygon(QPolygonF([tip, back + side, back - side]))
        else:
            painter.drawPolyline(QPolygonF([back + side, tip, back - side]))
    return tip


def _middle(picture: QRectF, ends: Sequence[Point]) -> QPointF:
    return (placed(picture, ends[0]) + placed(picture, ends[1])) / 2


def paint_line(
    painter: QPainter, picture: QRectF, ends: Sequence[Point], look: Look = PLAIN
) -> list[tuple[QPointF, str]]:
    """Paint a line from its start to its end, with arrows inwards and outwards.

    Args:
        painter: Of whatever shows the picture.
        picture: Where the picture is.
        ends: Start and end, in parts of the picture.
        look: How.

    Returns:
        The words that belong at the arrows and the middle of each.
    """
    color = look.color(theme.on_pictures().accent)
    _stroke(painter, picture, ends, _pens(color, look))
    return _arrows(painter, picture, ends, ends, color, look)


def paint_gate(
    painter: QPainter, picture: QRectF, points: Sequence[Point], look: Look = PLAIN
) -> list[tuple[QPointF, str]]:
    """Paint both lines of a gate and the way between them; as `paint_line`.

    Args:
        painter: Of whatever shows the picture.
        picture: Where the picture is.
        points: Start and end of the outer line, then of the inner one.
        look: How.
    """
    outer, inner = points[:2], points[2:]
    color = look.color(theme.on_pictures().accent)
    between = QColor(color)
    between.setAlpha(_FILL_ALPHA)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(between)
    corners = (outer[0], outer[1], inner[1], inner[0])
    painter.drawPolygon(QPolygonF([placed(picture, corner) for corner in corners]))
    for ends in (outer, inner):
        _stroke(painter, picture, ends, _pens(color, look))
    return _arrows(painter, picture, inner, outer, color, look)


def _arrows(  # noqa: PLR0917 - one for a line, two for a gate
    painter: QPainter,
    picture: QRectF,
    to_in: Sequence[Point],
    to_out: Sequence[Point],
    color: QColor,
    look: Look,
) -> list[tuple[QPointF, str]]:
    """Draw the arrow inwards from one line and the one outwards from another, or the same."""
    reach = min(max(min(picture.width(), picture.height()) * 0.07, 8.0), 34.0)
    inwards = _inwards(placed(picture, to_in[0]), placed(picture, to_in[1]))
    outwards = -_inwards(placed(picture, to_out[0]), placed(picture, to_out[1]))
    tips = []
    if not look.is_compact:
        tip = _arrow(painter, _middle(picture, to_out), outwards, reach, color, is_full=False)
        tips.append((tip + outwards * 14, tr("out")))
    tip = _arrow(painter, _middle(picture, to_in), inwards, reach, color, is_full=True)
    if not look.is_compact:
        tips.append((tip + inwards * 14, tr("in")))
    return tips


def line_plate(picture: QRectF, ends: Sequence[Point]) -> QPointF:
    """Return where the name of a line belongs: beyond its upper end."""
    start, end = placed(picture, ends[0]), placed(picture, ends[1])
    top, other = (start, end) if start.y() <= end.y() else (end, start)
    away = top - other
    length = math.hypot(away.x(), away.y()) or 1.0
    return top + away / length * 18


# ---------------------------------------------------------------- areas


def _polygon(picture: QRectF, points: Sequence[Point]) -> QPolygonF:
    return QPolygonF([placed(picture, point) for point in points])


def paint_zone(
    painter: QPainter, picture: QRectF, points: Sequence[Point], look: Look = PLAIN
) -> None:
    """Paint a zone with a light fill, so that who stands in it is still seen."""
    color = look.color(theme.on_pictures().ok)
    fill = QColor(color)
    fill.setAlpha(_CHOSEN_FILL_ALPHA if look.is_chosen else _FILL_ALPHA)
    polygon = _polygon(picture, points)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawPolygon(polygon)
    _outline(painter, polygon, color, look)


def paint_mask(
    painter: QPainter, picture: QRectF, points: Sequence[Point], look: Look = PLAIN
) -> None:
    """Paint a mask, hatched: what is under it does not count."""
    color = look.color(theme.on_pictures().muted)
    polygon = _polygon(picture, points)
    shade, hatch = QColor(theme.on_pictures().picture), QColor(color)
    shade.setAlpha(110)
    hatch.setAlpha(_HATCH_ALPHA)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(shade)
    painter.drawPolygon(polygon)
    painter.setBrush(hatch)
    brush = painter.brush()
    brush.setStyle(Qt.BrushStyle.BDiagPattern)
    painter.setBrush(brush)
    painter.drawPolygon(polygon)
    _outline(painter, polygon, color, look)


def paint_cover(
    painter: QPainter, picture: QRectF, points: Sequence[Point], look: Look = PLAIN
) -> None:
    """Paint an area that is never shown, nearly full: what is under it will be gone."""
    color = look.color(theme.current().text)
    polygon = _polygon(picture, points)
    shade = QColor(theme.current().picture)
    shade.setAlpha(_COVER_ALPHA)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(shade)
    painter.drawPolygon(polygon)
    _outline(painter, polygon, color, look)


def _outline(painter: QPainter, polygon: QPolygonF, color: QColor, look: Look) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in _pens(color, look):
        painter.setPen(pen)
        painter.drawPolygon(polygon)


def area_plate(picture: QRectF, points: Sequence[Point]) -> QPointF:
    """Return where the name of an area belongs: in the middle of its corners' box."""
    return _polygon(picture, points).boundingRect().center()


def paint_spot(painter: QPainter, picture: QRectF, spot: SpotBox, look: Look = PLAIN) -> None:
    """Paint a box at which there is never a person, crossed out."""
    frame = placed_box(picture, spot)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in _pens(look.color(theme.on_pictures().muted), look):
        painter.setPen(pen)
        painter.drawRect(frame)
        painter.drawLine(frame.topLeft(), frame.bottomRight())
        painter.drawLine(frame.bottomLeft(), frame.topRight())


# ---------------------------------------------------------------- a whole scene


def draw_scene(
    painter: QPainter,
    picture: QRectF,
    scene: Scene,
    *,
    compact: bool,
    readings: Mapping[str, str] | None = None,
) -> None:
    """Paint all that is drawn on a view, with a plate at each place that counts.

    Args:
        painter: Of whatever shows the picture; its font is used at another height.
        picture: Where the picture is, logical pixels.
        scene: What is drawn.
        compact: For tiles: thin, without words at the arrows, and without masks, which say
            nothing to whoever watches.
        readings: What stands at each place's plate, by its name, such as "in 12 out 9".
            In a narrow picture, places without one have no plate.
    """
    numbers = readings or {}
    look = Look(is_compact=compact)
    painter.save()
    # Of an enlarged picture only a part is seen: what lies beyond is not painted over the edge.
    painter.setClipRect(picture, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(sized(painter.font(), theme.px(11 if compact else 13)))
    names: list[tuple[QPointF, str]] = []
    words: list[tuple[QPointF, str]] = []
    if not compact:
        for mask in scene.masks:
            paint_mask(painter, picture, mask.points, look)
    for zone in scene.zones:
        paint_zone(painter, picture, zone.points, look)
        names.append((area_plate(picture, zone.points), zone.name))
    places: tuple[Line | Gate, ...] = (*scene.lines, *scene.gates)
    for place in places:
        points = _points(place)
        paint = paint_line if isinstance(place, Line) else paint_gate
        words += paint(painter, picture, points, look)
        names.append((line_plate(picture, points[:2]), place.name))
    plates = Plates(painter, picture)
    for middle, word in words:
        plates.put(middle, word, theme.on_pictures().text)
    for middle, name in names:
        text = _plate_text(name, numbers.get(name, ""), picture.width())
        if text:
            plates.put(middle, text, theme.on_pictures().text)
    painter.restore()


def _points(place: Line | Gate) -> tuple[Point, ...]:
    lines = (place,) if isinstance(place, Line) else (place.outer, place.inner)
    return tuple(point for line in lines for point in (line.start, line.end))


def _plate_text(name: str, reading: str, width: float) -> str:
    if width < _NARROW:
        return reading
    return f"{name}  {reading}" if reading else name
