"""What of a drawing is under the pointer; all distances in logical pixels on the screen."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPolygonF

from camwatch.scene import Point, SpotBox
from camwatch.ui.scene.draft import Shape
from camwatch.ui.scene.overlay import placed, placed_box

NEAR = 9.0
"""So near to a corner or an edge, the pointer means it."""


def to_parts(picture: QRectF, at: QPointF) -> Point:
    """Return where a place on the screen is in the picture; at its edge if outside."""
    x = (at.x() - picture.left()) / picture.width()
    y = (at.y() - picture.top()) / picture.height()
    return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)


def gap(one: QPointF, other: QPointF) -> float:
    """Return how far two places are from each other."""
    return math.hypot(one.x() - other.x(), one.y() - other.y())


def _gap_to_edge(at: QPointF, start: QPointF, end: QPointF) -> float:
    way = end - start
    squared = way.x() ** 2 + way.y() ** 2
    if squared == 0:
        return gap(at, start)
    along = ((at.x() - start.x()) * way.x() + (at.y() - start.y()) * way.y()) / squared
    return gap(at, start + way * min(max(along, 0.0), 1.0))


def corner_at(picture: QRectF, shape: Shape, at: QPointF) -> int | None:
    """Return the nearest corner of a shape under the pointer, None if there is none."""
    gaps = [gap(placed(picture, point), at) for point in shape.points]
    nearest = min(range(len(gaps)), key=gaps.__getitem__)
    return nearest if gaps[nearest] <= NEAR else None


def edge_at(picture: QRectF, shape: Shape, at: QPointF) -> int | None:
    """Return the corner at which the edge under the pointer begins, None if there is none."""
    for start, end in shape.edges():
        ends = placed(picture, shape.points[start]), placed(picture, shape.points[end])
        if _gap_to_edge(at, *ends) <= NEAR:
            return start
    return None


def is_inside(picture: QRectF, shape: Shape, at: QPointF) -> bool:
    """Tell whether the pointer is in an area."""
    if not shape.kind.is_area:
        return False
    polygon = QPolygonF([placed(picture, point) for point in shape.points])
    return polygon.containsPoint(at, Qt.FillRule.OddEvenFill)


def smallest_area_at(picture: QRectF, shapes: Sequence[Shape], at: QPointF) -> Shape | None:
    """Return the smallest area under the pointer: a large one must not hide one within it."""
    found = [shape for shape in shapes if is_inside(picture, shape, at)]
    return min(found, key=_extent, default=None)


def _extent(shape: Shape) -> float:
    xs = [x for x, _ in shape.points]
    ys = [y for _, y in shape.points]
    return (max(xs) - min(xs)) * (max(ys) - min(ys))


def box_at(picture: QRectF, boxes: Sequence[SpotBox], at: QPointF) -> int | None:
    """Return the smallest box under the pointer, None if there is none."""
    found = [
        (frame.width() * frame.height(), index)
        for index, frame in enumerate(placed_box(picture, box) for box in boxes)
        if frame.contains(at)
    ]
    return min(found)[1] if found else None
