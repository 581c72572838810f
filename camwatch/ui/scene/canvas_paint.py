"""Paints the picture under the editor: people, drafts with their handles, and words on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from camwatch.language import tr
from camwatch.scene import SpotBox
from camwatch.ui import theme
from camwatch.ui.live.tile_paint import sized
from camwatch.ui.scene import overlay
from camwatch.ui.scene.draft import Draft, Shape, ShapeKind
from camwatch.ui.scene.model import Choice
from camwatch.ui.scene.overlay import Look, Plates, placed, placed_box
from camwatch.ui.scene.tools import paint_handle

_AREAS = {ShapeKind.ZONE: overlay.paint_zone, ShapeKind.MASK: overlay.paint_mask}
_LINES = {ShapeKind.LINE: overlay.paint_line, ShapeKind.GATE: overlay.paint_gate}
_FONT = 13


def paint_draft(
    painter: QPainter,
    picture: QRectF,
    draft: Draft,
    choice: Choice,
    *,
    wrong: set[int],
    readings: Mapping[int, str],
) -> None:
    """Paint all that is drawn, right or wrong, with handles at what is chosen.

    Args:
        painter: Of the canvas.
        picture: Where the picture is.
        draft: What is drawn.
        choice: What is chosen.
        wrong: Keys of shapes that cannot be saved as they are.
        readings: What stands beside the name of a shape, by its key.
    """
    painter.setFont(sized(painter.font(), theme.px(_FONT)))
    words: list[tuple[QPointF, str]] = []
    # Areas below lines, so that a line through a zone is seen whole.
    for shape in sorted(draft.shapes, key=lambda one: not one.kind.is_area):
        look = Look(is_chosen=shape.key == choice.shape, is_wrong=shape.key in wrong)
        if shape.kind.is_area:
            _AREAS[shape.kind](painter, picture, shape.points, look)
        else:
            words += _LINES[shape.kind](painter, picture, shape.points, look)
    for number, spot in enumerate(draft.never):
        overlay.paint_spot(painter, picture, spot, Look(is_chosen=number == choice.spot))
    plates = Plates(painter, picture)
    for middle, word in words:
        plates.put(middle, word, theme.on_pictures().text)
    for shape in draft.shapes:
        _paint_name(plates, picture, shape, readings.get(shape.key, ""), shape.key in wrong)
    if chosen := draft.shape(choice.shape):
        _paint_handles(painter, picture, chosen, choice.corner)


def _paint_name(
    plates: Plates, picture: QRectF, shape: Shape, reading: str, is_wrong: bool
) -> None:
    at = (
        overlay.area_plate(picture, shape.points)
        if shape.kind.is_area
        else overlay.line_plate(picture, shape.points[:2])
    )
    tokens = theme.on_pictures()
    if is_wrong:
        plates.put(at, tr("{name}: cannot be saved yet", name=shape.name), tokens.critical)
    else:
        plates.put(at, f"{shape.name}  {reading}" if reading else shape.name, tokens.text)


def _paint_handles(painter: QPainter, picture: QRectF, shape: Shape, corner: int | None) -> None:
    for index, point in enumerate(shape.points):
        paint_handle(painter, placed(picture, point), is_chosen=index == corner)


def paint_people(
    painter: QPainter,
    picture: QRectF,
    people: Sequence[SpotBox],
    counted: Sequence[bool],
    chosen: SpotBox | None,
) -> None:
    """Paint thin frames around people; a dotted grey one around whoever is left out."""
    tokens = theme.on_pictures()
    edge = QColor(tokens.picture)
    edge.setAlpha(160)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for person, counts in zip(people, counted, strict=True):
        frame = placed_box(picture, person)
        pen = QPen(QColor(tokens.box if counts else tokens.muted), 1.5)
        if not counts:
            pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(QPen(edge, 3.5))
        painter.drawRect(frame)
        painter.setPen(pen)
        painter.drawRect(frame)
    if chosen is not None:
        frame = placed_box(picture, chosen)
        for color, width in ((tokens.picture, 6), (tokens.box, 4)):
            painter.setPen(QPen(QColor(color), width))
            painter.drawRect(frame)
