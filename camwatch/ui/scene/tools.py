"""The tools that draw something new: what mouse and keys do while one of them is taken."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import ClassVar, Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from camwatch.language import marked, tr
from camwatch.scene import Point, SpotBox
from camwatch.scene.lines import SHORTEST
from camwatch.ui import theme
from camwatch.ui.scene.draft import Shape, ShapeKind
from camwatch.ui.scene.hit import NEAR, gap, to_parts
from camwatch.ui.scene.model import Choice, SceneModel
from camwatch.ui.scene.overlay import paint_gate, paint_line, placed

_OFFERED_GAP = 0.08
"""Between the lines of a gate, in parts of the picture."""

_FEWEST_CORNERS = 3


class Stage(Protocol):
    """The picture on which the tools work."""

    @property
    def model(self) -> SceneModel:
        """What is edited."""
        ...

    @property
    def people(self) -> list[SpotBox]:
        """Who is found now."""
        ...

    def picture_rect(self) -> QRectF:
        """Return where the picture is on the screen."""
        ...

    def finish(self) -> None:
        """Lay the tool away and go back to selecting."""
        ...


class Tool:
    """What mouse and keys do on the picture; the base of all tools does nothing.

    Args:
        stage: The picture.
    """

    kind: ClassVar[ShapeKind | None] = None

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    @property
    def hint(self) -> str:
        """What to do now."""
        return ""

    def press(self, at: QPointF, /) -> None:
        """Take a press of the left button."""

    def move(self, at: QPointF, is_down: bool, /) -> None:
        """Follow the pointer, with its left button down or up."""

    def release(self, at: QPointF, /) -> None:
        """Take the end of a press."""

    def double_click(self, at: QPointF, /) -> None:
        """Take a double click; a press came before it."""

    def enter(self) -> bool:
        """Take the Enter key; return False if it means nothing now."""
        return False

    def take_back(self) -> bool:
        """Take the Backspace key; return False if it means nothing now."""
        return False

    def give_up(self) -> bool:
        """Forget what was begun; return False if there was nothing."""
        return False

    def paint(self, painter: QPainter) -> None:
        """Show what was begun."""

    def _add(self, kind: ShapeKind, points: tuple[Point, ...]) -> None:
        model = self.stage.model
        rounded = tuple((round(x, 5), round(y, 5)) for x, y in points)
        shape = Shape(model.new_key(), kind, model.draft.free_name(kind), rounded)
        model.put(shape, Choice(shape.key))
        self.stage.finish()


def put_in_the_middle(stage: Stage, kind: ShapeKind) -> None:
    """Add a shape in the middle of the picture: for those who draw without a mouse."""
    model = stage.model
    # Each one a little aside from the one before it, lest one hides another.
    aside = 0.03 * (sum(one.kind is kind for one in model.draft.shapes) % 8)
    x, y = 0.5 + aside, 0.5 + aside
    points: tuple[Point, ...]
    match kind:
        case ShapeKind.LINE:
            points = ((x, y - 0.2), (x, y + 0.2))
        case ShapeKind.GATE:
            outer, inner = x - _OFFERED_GAP / 2, x + _OFFERED_GAP / 2
            points = ((outer, y - 0.2), (outer, y + 0.2), (inner, y - 0.2), (inner, y + 0.2))
        case ShapeKind.ZONE | ShapeKind.MASK:
            left, right, top, bottom = x - 0.15, x + 0.15, y - 0.15, y + 0.15
            points = ((left, top), (right, top), (right, bottom), (left, bottom))
    Tool(stage)._add(kind, points)  # noqa: SLF001 - of this module


class _DragTool(Tool):
    """Draws a line from where the button is pressed to where it is let go."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._from: Point | None = None
        self._to: Point | None = None
        self._was_short = False

    def press(self, at: QPointF) -> None:
        """Begin a line."""
        self._from = self._to = to_parts(self.stage.picture_rect(), at)

    def move(self, at: QPointF, is_down: bool, /) -> None:
        """Follow the pointer."""
        if is_down and self._from is not None:
            self._to = to_parts(self.stage.picture_rect(), at)

    def release(self, at: QPointF) -> None:
        """End the line."""
        start, self._from = self._from, None
        if start is None:
            return
        end = to_parts(self.stage.picture_rect(), at)
        self._was_short = math.dist(start, end) < SHORTEST
        if self._was_short:
            self._clicked()
        else:
            self._drawn(start, end)

    def give_up(self) -> bool:
        """Forget the line that was begun."""
        was_begun, self._from = self._from is not None, None
        return was_begun

    def paint(self, painter: QPainter) -> None:
        """Show the line that was begun."""
        if self._from is not None and self._to is not None and self._from != self._to:
            paint_line(painter, self.stage.picture_rect(), (self._from, self._to))

    def _clicked(self) -> None:
        """Take a press without a drag."""

    @abstractmethod
    def _drawn(self, start: Point, end: Point) -> None:
        """Take a finished drag."""


class LineTool(_DragTool):
    """Draws a line."""

    kind = ShapeKind.LINE

    @property
    def hint(self) -> str:
        """Say how a line is drawn."""
        if self._was_short:
            return tr("That was too short. Keep the button down while you draw the line.")
        return tr(
            "Draw a line across the way that people take: press, drag, let go. "
            "Enter puts one in the middle."
        )

    def _drawn(self, start: Point, end: Point) -> None:
        self._add(ShapeKind.LINE, (start, end))


class GateTool(_DragTool):
    """Draws the first line of a gate, then offers the second."""

    kind = ShapeKind.GATE

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._first: tuple[Point, Point] | None = None

    @property
    def hint(self) -> str:
        """Say which line is due."""
        if self._first is None:
            return tr("Draw the first line of the gate. Enter puts a whole gate in the middle.")
        return tr(
            "Click or press Enter to take the second line as it is offered, or draw another one. "
            "Esc gives up."
        )

    def enter(self) -> bool:
        """Take the second line as it is offered."""
        if self._first is None:
            return False
        self._add(ShapeKind.GATE, _beside(self._first))
        return True

    def take_back(self) -> bool:
        """Forget the first line, to draw it anew."""
        was_begun, self._first = self._first is not None, None
        return was_begun

    def give_up(self) -> bool:
        """Forget both lines."""
        was_drawing = super().give_up()
        return self.take_back() or was_drawing

    def paint(self, painter: QPainter) -> None:
        """Show the first line, and the second as it is offered."""
        if self._first is not None:
            picture = self.stage.picture_rect()
            is_drawing = self._from is not None and self._from != self._to
            if is_drawing:
                paint_line(painter, picture, self._first)
            else:
                painter.setOpacity(0.7)
                paint_gate(painter, picture, _beside(self._first))
                painter.setOpacity(1.0)
        super().paint(painter)

    def _clicked(self) -> None:
        self.enter()

    def _drawn(self, start: Point, end: Point) -> None:
        if self._first is None:
            self._first = start, end
        else:
            self._add(ShapeKind.GATE, _in_order(self._first, (start, end)))


def _beside(first: tuple[Point, Point]) -> tuple[Point, ...]:
    """Return a gate with a second line parallel to the first, inside of it where there is room."""
    (x1, y1), (x2, y2) = first
    length = math.dist(*first)
    right, down = (y2 - y1) / length * _OFFERED_GAP, -(x2 - x1) / length * _OFFERED_GAP
    for sign in (1, -1):
        second = tuple((x + sign * right, y + sign * down) for x, y in first)
        if all(0 <= side <= 1 for point in second for side in point):
            return _in_order(first, (second[0], second[1]))
    # From edge to edge there is no room for a line of the same length: a shorter one will do.
    start, end = ((min(max(x + right, 0.0), 1.0), min(max(y + down, 0.0), 1.0)) for x, y in first)
    return _in_order(first, (start, end))


def _in_order(first: tuple[Point, Point], second: tuple[Point, Point]) -> tuple[Point, ...]:
    """Return a gate of two lines: both the same way, and the outer one first."""
    (x1, y1), (x2, y2) = first
    along = (x2 - x1) * (second[1][0] - second[0][0]) + (y2 - y1) * (second[1][1] - second[0][1])
    if along < 0:
        second = second[1], second[0]
    x, y = (second[0][0] + second[1][0]) / 2, (second[0][1] + second[1][1]) / 2
    is_inside = (y2 - y1) * (x - x1) - (x2 - x1) * (y - y1) > 0
    return (*first, *second) if is_inside else (*second, *first)


class _AreaTool(Tool):
    """Draws an area corner by corner."""

    kind: ClassVar[ShapeKind]
    _what: ClassVar[str]

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._points: list[Point] = []
        self._pointer: Point | None = None

    @property
    def hint(self) -> str:
        """Say what the next click does."""
        if not self._points:
            return tr(
                "Click the corners of {what}, one after the other, going round it. {middle}",
                what=tr(self._what),
                middle=_MIDDLE,
            )
        if len(self._points) < _FEWEST_CORNERS:
            return tr("Click the next corner. Backspace removes the last one, Esc gives up.")
        return tr(
            "Double-click or press Enter to close it. "
            "Backspace removes the last corner, Esc gives up."
        )

    def press(self, at: QPointF) -> None:
        """Set a corner; on the first one, close the area."""
        picture = self.stage.picture_rect()
        if (
            len(self._points) >= _FEWEST_CORNERS
            and gap(placed(picture, self._points[0]), at) <= NEAR
        ):
            self._close()
            return
        point = to_parts(picture, at)
        if self._points[-1:] != [point]:
            self._points.append(point)

    def move(self, at: QPointF, _is_down: bool, /) -> None:
        """Follow the pointer."""
        self._pointer = to_parts(self.stage.picture_rect(), at)

    def double_click(self, _at: QPointF) -> None:
        """Close the area at the corner which the first of both clicks has set."""
        self.enter()

    def enter(self) -> bool:
        """Close the area."""
        if not self._points:
            return False
        if len(self._points) >= _FEWEST_CORNERS:
            self._close()
        return True

    def take_back(self) -> bool:
        """Remove the last corner."""
        if not self._points:
            return False
        self._points.pop()
        return True

    def give_up(self) -> bool:
        """Forget all corners."""
        was_begun = bool(self._points)
        self._points.clear()
        return was_begun

    def paint(self, painter: QPainter) -> None:
        """Show the corners so far, and the edge to the pointer."""
        picture = self.stage.picture_rect()
        ends = [*self._points, *([self._pointer] if self._pointer and self._points else [])]
        places = [placed(picture, point) for point in ends]
        tokens = theme.on_pictures()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((tokens.picture, 4), (tokens.text, 2)):
            painter.setPen(QPen(QColor(color), width))
            painter.drawPolyline(QPolygonF(places))
        for number, place in enumerate(places[: len(self._points)]):
            paint_handle(painter, place, is_chosen=number == 0)

    def _close(self) -> None:
        points, self._points = tuple(self._points), []
        self._add(self.kind, points)


_MIDDLE = marked("Enter puts one in the middle.")


class ZoneTool(_AreaTool):
    """Draws a zone."""

    kind = ShapeKind.ZONE
    _what = marked("the zone on the ground")


class MaskTool(_AreaTool):
    """Draws a mask."""

    kind = ShapeKind.MASK
    _what = marked("what is to be left out")


def paint_handle(painter: QPainter, at: QPointF, *, is_chosen: bool) -> None:
    """Paint a corner that can be dragged; the chosen one is larger, and full."""
    tokens = theme.on_pictures()
    half = 6 if is_chosen else 4.5
    frame = QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half)
    painter.setPen(QPen(QColor(tokens.picture), 2))
    painter.setBrush(QColor(tokens.box if is_chosen else tokens.text))
    if is_chosen:
        painter.drawEllipse(frame)
    else:
        painter.drawRect(frame)
