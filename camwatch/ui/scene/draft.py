"""A scene under the operator's hand: it may be wrong for a while, which stored scenes never are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from camwatch.domain import Boxes
from camwatch.errors import InvalidSetting, InvalidSettings
from camwatch.scene import Gate, Line, Point, Privacy, Scene, SpotBox, Zone


class ShapeKind(StrEnum):
    """What can be drawn."""

    LINE = "line"
    GATE = "gate"
    ZONE = "zone"
    MASK = "mask"
    HIDDEN = "hidden"

    @property
    def is_area(self) -> bool:
        """True if it is a polygon."""
        return self in (ShapeKind.ZONE, ShapeKind.MASK, ShapeKind.HIDDEN)


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing that is drawn, right or wrong.

    Attributes:
        key: Tells it from all others of the same editor, whatever is changed.
        kind: What it is.
        name: As it was typed.
        points: In parts of the picture: start and end of a line; those of the outer and then
            those of the inner line of a gate; the corners of an area.
        once: Each person counts once in each direction; lines and gates.
        u_turn_s: Who turns back within so many seconds counts as nothing; lines and gates.
        within_s: Longest time between both lines; gates.
    """

    key: int
    kind: ShapeKind
    name: str
    points: tuple[Point, ...]
    once: bool = False
    u_turn_s: float = 0.0
    within_s: float = 10.0

    def edges(self) -> list[tuple[int, int]]:
        """Return the corners between which there are edges, by their places in `points`."""
        count = len(self.points)
        if self.kind.is_area:
            return [(index, (index + 1) % count) for index in range(count)]
        return [(index, index + 1) for index in range(0, count, 2)]

    def value(self) -> Line | Gate | Zone:
        """Return it as it is stored.

        Raises:
            InvalidSetting: It is not right yet.
        """
        made = _made(self)
        if isinstance(made, InvalidSetting):
            raise InvalidSetting(made.field, made.reason)
        return made

    def line(self, name: str, first: int) -> Line:
        """Return the line that begins at a corner.

        Raises:
            InvalidSetting: It is not right yet.
        """
        start, end = self.points[first : first + 2]
        return Line(name, start, end, once=self.once, u_turn_s=self.u_turn_s)

    def swapped(self) -> Shape:
        """Return the line or gate with in and out exchanged."""
        # Backwards, the inner line comes first and each line runs the other way.
        return replace(self, points=self.points[::-1])

    def moved(self, right: float, down: float) -> Shape:
        """Return it shifted as a whole, as far as the picture reaches."""
        xs, ys = zip(*self.points, strict=True)
        right = min(max(right, -min(xs)), 1 - max(xs))
        down = min(max(down, -min(ys)), 1 - max(ys))
        return replace(self, points=tuple(_inside(x + right, y + down) for x, y in self.points))

    def with_corner(self, corner: int, x: float, y: float) -> Shape:
        """Return it with one corner elsewhere, at most at the edge of the picture."""
        points = list(self.points)
        points[corner] = _inside(x, y)
        return replace(self, points=tuple(points))

    def with_new_corner(self, after: int, x: float, y: float) -> Shape:
        """Return the area with one corner more, behind the one named."""
        points = list(self.points)
        points.insert(after + 1, _inside(x, y))
        return replace(self, points=tuple(points))

    def without_corner(self, corner: int) -> Shape:
        """Return the area with one corner less."""
        return replace(self, points=self.points[:corner] + self.points[corner + 1 :])


@lru_cache(maxsize=512)
def _made(shape: Shape) -> Line | Gate | Zone | InvalidSetting:
    """Return what a shape is stored as, or what is wrong with it.

    Kept, since a drag asks again and again for all the shapes that it leaves alone, and
    looking for crossing edges takes a while.
    """
    try:
        match shape.kind:
            case ShapeKind.LINE:
                return shape.line(shape.name, 0)
            case ShapeKind.GATE:
                outer, inner = shape.line("outer", 0), shape.line("inner", 2)
                return Gate(shape.name, outer, inner, within_s=shape.within_s)
            case ShapeKind.ZONE | ShapeKind.MASK | ShapeKind.HIDDEN:
                return Zone(shape.name, shape.points)
    except InvalidSetting as problem:
        return problem


def _inside(x: float, y: float) -> Point:
    # Rounded to a hundred-thousandth: far below a pixel, and undoing a step leads back exactly.
    return round(min(max(x, 0.0), 1.0), 5), round(min(max(y, 0.0), 1.0), 5)


@dataclass(frozen=True, slots=True)
class Draft:
    """All that is drawn on a view and how it is counted, right or wrong; as `Scene` has it."""

    shapes: tuple[Shape, ...] = ()
    never: tuple[SpotBox, ...] = ()
    threshold: float | None = None
    far_people: bool = False
    recheck_s: float = 10.0
    smoothing_s: float = 3.0

    @classmethod
    def of(cls, scene: Scene, covers: Sequence[Zone] = ()) -> Draft:
        """Begin with what is stored: what is counted, and what is never shown."""
        return cls(
            tuple(_shapes(scene, covers)),
            scene.never,
            threshold=scene.threshold,
            far_people=scene.far_people,
            recheck_s=scene.recheck_s,
            smoothing_s=scene.smoothing_s,
        )

    def shape(self, key: int | None) -> Shape | None:
        """Return the shape with this key, None if there is none."""
        return next((shape for shape in self.shapes if shape.key == key), None)

    def with_shape(self, shape: Shape) -> Draft:
        """Return the draft with this shape added, or in place of the one with its key."""
        if self.shape(shape.key) is None:
            return replace(self, shapes=(*self.shapes, shape))
        return replace(
            self, shapes=tuple(shape if one.key == shape.key else one for one in self.shapes)
        )

    def without_shape(self, key: int) -> Draft:
        """Return the draft without one shape."""
        return replace(self, shapes=tuple(one for one in self.shapes if one.key != key))

    def without_spot(self, number: int) -> Draft:
        """Return the draft with people counted again at one spot."""
        return replace(self, never=self.never[:number] + self.never[number + 1 :])

    def free_name(self, kind: ShapeKind) -> str:
        """Return a name that is not taken, such as "Line 2"."""
        taken = {shape.name.strip().casefold() for shape in self.shapes}
        word = kind.value.capitalize()
        number = sum(shape.kind is kind for shape in self.shapes) + 1
        while f"{word} {number}".casefold() in taken:
            number += 1
        return f"{word} {number}"

    def problems(self) -> dict[int | None, InvalidSetting]:
        """Tell what cannot be stored: by the shape's key; None is the camera as a whole."""
        found: dict[int | None, InvalidSetting] = {}
        right: list[Shape] = []
        for shape in self.shapes:
            try:
                shape.value()
                _check_apart(shape, right)
            except InvalidSetting as problem:
                found[shape.key] = problem
            else:
                right.append(shape)
        try:
            self._scene_of(right)
            Privacy(covers=_covers(right))
        except InvalidSetting as problem:
            found[None] = problem
        return found

    def scene(self) -> Scene:
        """Return it as it is stored.

        Raises:
            InvalidSettings: Something is not right yet.
        """
        if problems := self.problems():
            raise InvalidSettings(tuple(problems.values()))
        return self._scene_of(self.shapes)

    def covers(self) -> tuple[Zone, ...]:
        """Return what is never shown, as it is stored; call it when `scene` gave no error."""
        return _covers(self.shapes)

    def counted(self, boxes: Boxes) -> npt.NDArray[np.bool_]:
        """Tell which people would be counted at all, as `Scene.counted` does.

        A mask that is not right yet leaves nobody out.

        Args:
            boxes: float32, shape (n, 4), in parts of the picture.

        Returns:
            bool, shape (n,).
        """
        masks = tuple(area for _, area in self._areas(ShapeKind.MASK))
        return Scene(masks=masks, never=self.never).counted(boxes)

    def zone_counts(self, boxes: Boxes) -> dict[int, int]:
        """Return how many people each zone would hold, by its key; boxes as for `counted`."""
        left = boxes[self.counted(boxes)]
        return {key: zone.count(left) for key, zone in self._areas(ShapeKind.ZONE)}

    def _areas(self, kind: ShapeKind) -> Iterator[tuple[int, Zone]]:
        """Yield the areas of a kind whose corners are right, whatever they are called."""
        for shape in self.shapes:
            if shape.kind is kind:
                area = _made(replace(shape, name=kind.value))
                if isinstance(area, Zone):
                    yield shape.key, area

    def _scene_of(self, shapes: Iterable[Shape]) -> Scene:
        places = _places(shapes)
        return replace(
            places,
            never=self.never,
            threshold=self.threshold,
            far_people=self.far_people,
            recheck_s=self.recheck_s,
            smoothing_s=self.smoothing_s,
        )


def _places(shapes: Iterable[Shape]) -> Scene:
    """Return what is drawn as a scene with the usual settings."""
    made = [(shape.kind, shape.value()) for shape in shapes]
    areas = {kind: tuple(one for is_a, one in made if is_a is kind) for kind in ShapeKind}
    return Scene(
        lines=tuple(one for _, one in made if isinstance(one, Line)),
        gates=tuple(one for _, one in made if isinstance(one, Gate)),
        zones=tuple(one for one in areas[ShapeKind.ZONE] if isinstance(one, Zone)),
        masks=tuple(one for one in areas[ShapeKind.MASK] if isinstance(one, Zone)),
    )


def _covers(shapes: Iterable[Shape]) -> tuple[Zone, ...]:
    """Return the areas that are never shown."""
    made = (shape.value() for shape in shapes if shape.kind is ShapeKind.HIDDEN)
    return tuple(one for one in made if isinstance(one, Zone))


def _check_apart(shape: Shape, others: list[Shape]) -> None:
    """Let the scene itself say whether a name is there twice, for the one that came second."""
    name = shape.name.strip().casefold()
    for other in others:
        if other.name.strip().casefold() == name:
            _places((other, shape))


def _shapes(scene: Scene, covers: Sequence[Zone]) -> Iterator[Shape]:
    key = 0
    for line in scene.lines:
        key += 1
        ends = (line.start, line.end)
        yield Shape(key, ShapeKind.LINE, line.name, ends, line.once, line.u_turn_s)
    for gate in scene.gates:
        key += 1
        lines = gate.outer, gate.inner
        yield Shape(
            key,
            ShapeKind.GATE,
            gate.name,
            tuple(point for line in lines for point in (line.start, line.end)),
            # What holds for one of its lines holds for the gate.
            any(line.once for line in lines),
            max(line.u_turn_s for line in lines),
            gate.within_s,
        )
    for kind, areas in (
        (ShapeKind.ZONE, scene.zones),
        (ShapeKind.MASK, scene.masks),
        (ShapeKind.HIDDEN, covers),
    ):
        for area in areas:
            key += 1
            yield Shape(key, kind, area.name, area.points)
