"""The tool that chooses, moves and reshapes what is drawn."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from camwatch.language import tr
from camwatch.ui.scene.draft import Shape
from camwatch.ui.scene.hit import box_at, corner_at, edge_at, gap, smallest_area_at, to_parts
from camwatch.ui.scene.model import NOTHING, Choice
from camwatch.ui.scene.tools import Stage, Tool

_STILL = 4.0
"""A press that moves less than this many pixels is a click."""


class SelectTool(Tool):
    """Chooses shapes, corners, spots and people; drags shapes and corners."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._start: QPointF | None = None
        self._grabbed: Shape | None = None
        self._corner: int | None = None
        self._clicked = NOTHING
        self._is_dragging = False
        self._drags = 0

    @property
    def hint(self) -> str:
        """Say what can be done with what is chosen."""
        shape, choice = self.stage.model.chosen, self.stage.model.choice
        if choice.person is not None:
            return tr(
                "If this is no person at all, press Enter: nobody is counted at this spot again."
            )
        if choice.spot is not None:
            return tr("Nobody is counted at this spot. Del lets people be counted here again.")
        if shape is None:
            return tr(
                "Click a line, a zone or a person to choose it, or take a tool to draw. "
                "Tab goes from one to the next."
            )
        text = tr("Drag it or its corners, or use the arrow keys. Space goes to the next corner")
        if shape.kind.is_area:
            return tr("{text}, a double click on an edge adds one, Del removes.", text=text)
        return tr("{text}, Del removes it.", text=text)

    def press(self, at: QPointF) -> None:
        """Take hold of what is under the pointer."""
        self._start, self._is_dragging = at, False
        self._grabbed, self._corner, self._clicked = None, None, NOTHING
        picture, model = self.stage.picture_rect(), self.stage.model
        shapes = self._shapes()
        for shape in shapes:
            corner = corner_at(picture, shape, at)
            if corner is not None:
                self._grabbed, self._corner = shape, corner
                model.choose(Choice(shape.key, corner))
                return
        for shape in shapes:
            if edge_at(picture, shape, at) is not None:
                self._grabbed = shape
                model.choose(Choice(shape.key))
                return
        # Within an area, a click may mean somebody who stands there; a drag means the area.
        self._grabbed = smallest_area_at(picture, shapes, at)
        self._clicked = Choice(self._grabbed.key) if self._grabbed else NOTHING
        spot = box_at(picture, model.draft.never, at)
        person = box_at(picture, self.stage.people, at)
        if spot is not None:
            self._clicked = Choice(spot=spot)
        elif person is not None:
            self._clicked = Choice(person=self.stage.people[person])
        if self._clicked.shape is not None or self._clicked == NOTHING:
            model.choose(self._clicked)

    def _shapes(self) -> list[Shape]:
        """Return all shapes, the chosen one first, then those that are painted on top."""
        chosen = self.stage.model.chosen
        others = sorted(self.stage.model.draft.shapes, key=lambda shape: shape.kind.is_area)
        return [*([chosen] if chosen else []), *others]

    def move(self, at: QPointF, is_down: bool, /) -> None:
        """Drag what was taken hold of."""
        if not is_down or self._start is None or self._grabbed is None:
            return
        if not self._is_dragging:
            if gap(self._start, at) < _STILL:
                return
            self._is_dragging = True
            self._drags += 1
        picture = self.stage.picture_rect()
        right = (at.x() - self._start.x()) / picture.width()
        down = (at.y() - self._start.y()) / picture.height()
        if self._corner is None:
            moved = self._grabbed.moved(right, down)
        else:
            x, y = self._grabbed.points[self._corner]
            moved = self._grabbed.with_corner(self._corner, x + right, y + down)
        choice = Choice(moved.key, self._corner)
        self.stage.model.put(moved, choice, step=tr("drag {drags}", drags=self._drags))

    def release(self, _at: QPointF) -> None:
        """End a drag, or choose what was clicked."""
        if self._start is not None and not self._is_dragging and self._clicked != NOTHING:
            self.stage.model.choose(self._clicked)
        self._start = self._grabbed = None
        self.stage.model.end_step()

    def double_click(self, at: QPointF) -> None:
        """Add a corner to the edge of an area under the pointer."""
        picture, model = self.stage.picture_rect(), self.stage.model
        for shape in self._shapes():
            if not shape.kind.is_area or corner_at(picture, shape, at) is not None:
                continue
            edge = edge_at(picture, shape, at)
            if edge is not None:
                added = shape.with_new_corner(edge, *to_parts(picture, at))
                model.put(added, Choice(shape.key, edge + 1))
                return

    def enter(self) -> bool:
        """Never count the chosen person again."""
        if self.stage.model.choice.person is None:
            return False
        self.stage.model.mark_never()
        return True

    def give_up(self) -> bool:
        """Choose nothing."""
        was_chosen = self.stage.model.choice != NOTHING
        self.stage.model.choose(NOTHING)
        return was_chosen
