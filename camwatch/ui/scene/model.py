"""What is being edited and what is chosen in it: shared by the picture and the panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal, Slot

from camwatch.errors import InvalidSetting
from camwatch.scene import Scene, SpotBox, Zone
from camwatch.ui.scene.draft import Draft, Shape

_MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen: one shape or one of its corners, one spot, one person, or nothing.

    Attributes:
        shape: Key of a shape.
        corner: Of that shape, from 0; None is the whole of it.
        spot: Number of a spot at which there is never a person, from 0.
        person: Box of somebody found, in parts of the picture.
    """

    shape: int | None = None
    corner: int | None = None
    spot: int | None = None
    person: SpotBox | None = None


NOTHING = Choice()


class SceneModel(QObject):
    """Holds the draft with all its earlier states, and what is chosen.

    Signals:
        changed: The draft is another one.
        choice_changed: Something else is chosen.
    """

    changed = Signal()
    choice_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._saved = Draft()
        self._draft = Draft()
        self._undone: list[Draft] = []
        self._done: list[Draft] = []
        self._step = ""
        self._choice = NOTHING
        self._last_key = 0
        self._problems: tuple[Draft, dict[int | None, InvalidSetting]] = self._draft, {}

    @property
    def problems(self) -> Mapping[int | None, InvalidSetting]:
        """What cannot be saved, as `Draft.problems` has it."""
        if self._problems[0] is not self._draft:
            self._problems = self._draft, self._draft.problems()
        return self._problems[1]

    @property
    def draft(self) -> Draft:
        """How everything is now."""
        return self._draft

    @property
    def choice(self) -> Choice:
        """What is chosen."""
        return self._choice

    @property
    def chosen(self) -> Shape | None:
        """The chosen shape, None if none is."""
        return self._draft.shape(self._choice.shape)

    @property
    def is_changed(self) -> bool:
        """True if something would be lost without saving."""
        return self._draft != self._saved

    @property
    def can_undo(self) -> bool:
        """True if there is a step to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """True if a step was taken back."""
        return bool(self._undone)

    def start(self, scene: Scene, covers: Sequence[Zone] = ()) -> None:
        """Begin with what is stored; there is nothing to take back."""
        self._saved = self._draft = Draft.of(scene, covers)
        self._last_key = max((shape.key for shape in self._draft.shapes), default=0)
        self._done.clear()
        self._undone.clear()
        self._step = ""
        self._choice = NOTHING
        self.changed.emit()
        self.choice_changed.emit()

    def new_key(self) -> int:
        """Return a key for a new shape."""
        self._last_key += 1
        return self._last_key

    def apply(self, draft: Draft, choice: Choice | None = None, *, step: str = "") -> None:
        """Go over to another draft.

        Args:
            draft: How everything is from now on.
            choice: What is chosen then; None leaves it.
            step: Changes of the same name, one right after the other, are taken back as one.
        """
        if draft != self._draft:
            if not step or step != self._step:
                self._done.append(self._draft)
                del self._done[:-_MOST_STEPS]
            self._step = step
            self._undone.clear()
            self._draft = draft
            self._keep_choice_right(self._choice if choice is None else choice)
            self.changed.emit()
        elif choice is not None:
            self.choose(choice)

    def put(self, shape: Shape, choice: Choice | None = None, *, step: str = "") -> None:
        """Add or change one shape; as `apply`."""
        self.apply(self._draft.with_shape(shape), choice, step=step)

    def end_step(self) -> None:
        """Let the next change be taken back by itself, whatever its name."""
        self._step = ""

    def choose(self, choice: Choice) -> None:
        """Choose something else."""
        self.end_step()
        self._keep_choice_right(choice)

    @Slot()
    def undo(self) -> None:
        """Take back the last step."""
        if self._done:
            self._undone.append(self._draft)
            self._go_to(self._done.pop())

    @Slot()
    def redo(self) -> None:
        """Do again what was taken back last."""
        if self._undone:
            self._done.append(self._draft)
            self._go_to(self._undone.pop())

    @Slot()
    def remove_chosen(self) -> None:
        """Remove the chosen corner if enough are left, else the chosen shape or spot."""
        shape, choice = self.chosen, self._choice
        if shape is not None:
            if choice.corner is not None and shape.kind.is_area and len(shape.points) > 3:
                self.put(shape.without_corner(choice.corner), Choice(shape.key))
            else:
                self.remove_shape()
        elif choice.spot is not None:
            self.apply(self._draft.without_spot(choice.spot), NOTHING)

    @Slot()
    def remove_shape(self) -> None:
        """Remove the chosen shape as a whole."""
        if self._choice.shape is not None:
            self.apply(self._draft.without_shape(self._choice.shape), NOTHING)

    @Slot()
    def mark_never(self) -> None:
        """Leave out whoever is found just where the chosen person is."""
        person = self._choice.person
        if person is not None:
            x1, y1, x2, y2 = (round(side, 5) for side in person)
            spots = (*self._draft.never, (x1, y1, x2, y2))
            self.apply(replace(self._draft, never=spots), Choice(spot=len(spots) - 1))

    def _go_to(self, draft: Draft) -> None:
        self._step = ""
        self._draft = draft
        self._keep_choice_right(self._choice)
        self.changed.emit()

    def _keep_choice_right(self, choice: Choice) -> None:
        shape = self._draft.shape(choice.shape)
        if choice.shape is not None and shape is None:
            choice = NOTHING
        elif shape is not None and choice.corner is not None:
            is_there = choice.corner < len(shape.points)
            choice = choice if is_there else Choice(choice.shape)
        elif choice.spot is not None and choice.spot >= len(self._draft.never):
            choice = NOTHING
        if choice != self._choice:
            self._choice = choice
            self.choice_changed.emit()
