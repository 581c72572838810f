"""Choosing and moving what is drawn by keys alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from camwatch.language import tr
from camwatch.ui.scene.model import Choice
from camwatch.ui.scene.tools import Stage

_STEP, _FINE_STEP = 0.005, 0.001
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class SelectKeys:
    """Arrow keys move, Space goes from corner to corner, Tab from shape to shape, Del removes.

    Args:
        stage: The picture that has the keyboard.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def take(self, event: QKeyEvent) -> bool:
        """Do what a key means; return False for one that means nothing here."""
        key = Qt.Key(event.key())
        if key in _ARROWS:
            is_fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            right, down = _ARROWS[key]
            size = _FINE_STEP if is_fine else _STEP
            return self._push(right * size, down * size, is_held=event.isAutoRepeat())
        if key is Qt.Key.Key_Delete:
            self._stage.model.remove_chosen()
            return True
        return key is Qt.Key.Key_Space and self._next_corner()

    def _next_corner(self) -> bool:
        model = self._stage.model
        shape, corner = model.chosen, model.choice.corner
        if shape is None:
            return False
        after = 0 if corner is None else corner + 1
        is_whole = after == len(shape.points)
        model.choose(Choice(shape.key, None if is_whole else after))
        return True

    def _push(self, right: float, down: float, *, is_held: bool) -> bool:
        model = self._stage.model
        shape, corner = model.chosen, model.choice.corner
        if shape is None:
            return False
        if not is_held:
            model.end_step()
        if corner is None:
            shape = shape.moved(right, down)
        else:
            x, y = shape.points[corner]
            shape = shape.with_corner(corner, x + right, y + down)
        model.put(shape, step=tr("arrows {key} {corner}", key=shape.key, corner=corner))
        return True

    # ---------------------------------------------------------------- Tab

    def _stops(self) -> list[Choice]:
        """Return what Tab visits: shapes, spots, then people."""
        draft = self._stage.model.draft
        shapes = [Choice(shape.key) for shape in draft.shapes]
        spots = [Choice(spot=number) for number in range(len(draft.never))]
        return shapes + spots + [Choice(person=person) for person in self._stage.people]

    def step(self, *, is_next: bool) -> bool:
        """Choose the next of all that Tab visits, or the one before; False at the end."""
        stops, choice = self._stops(), self._stage.model.choice
        here = Choice(choice.shape, None, choice.spot, choice.person)
        at = stops.index(here) if here in stops else (-1 if is_next else len(stops))
        after = at + (1 if is_next else -1)
        if not 0 <= after < len(stops):
            return False
        self._stage.model.choose(stops[after])
        return True
