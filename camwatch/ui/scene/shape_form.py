"""The form for the one thing that is chosen: a line, gate, zone, mask or spot."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.errors import InvalidSetting
from camwatch.language import marked, tr
from camwatch.scene.line_advice import LineProblem, LineWarning
from camwatch.scene.lines import LONGEST_U_TURN_S
from camwatch.scene.points import LONGEST_NAME
from camwatch.scene.zones import FEWEST_POINTS, MOST_POINTS
from camwatch.ui import icons, theme
from camwatch.ui.forms import CalmDoubleSpinBox, Field, Notice, plain_label
from camwatch.ui.scene.corners import CornerGrid
from camwatch.ui.scene.draft import Shape, ShapeKind
from camwatch.ui.scene.model import Choice, SceneModel
from camwatch.ui.scene.words import (
    KIND_ICONS,
    KINDS,
    REMOVE,
    SPOT,
    WHAT_FOR,
    problem_sentence,
    warning_sentences,
)

_LONGEST_WITHIN_S = 3600.0
_NOTHING_CHOSEN = marked("Nothing is chosen. Choose something here or on the picture, or draw it.")
_NOTHING_DRAWN = marked(
    "Nothing is drawn yet: the camera counts all the people it sees. Take a tool above the "
    "picture to draw a line, a gate, a zone or a mask."
)
_SPOT_TEXT = marked(
    "Something here looks like a person and is none. Whoever is found at just this place, in "
    "this size, is left out of every number."
)


class ShapeForm(QWidget):
    """Name, numbers and options of what is chosen; each change is taken over at once.

    Signals:
        suggestion_requested: A good place for the line is wished.
    """

    suggestion_requested = Signal()

    def __init__(self, model: SceneModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._build()
        model.changed.connect(self._show)
        model.choice_changed.connect(self._show)
        self._show()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        space = theme.current().space
        self._icon = QLabel(self)
        self._icon.setFixedSize(icons.size(20))
        self.heading = plain_label("", "heading", self)
        self.what_for = plain_label(tr(_NOTHING_CHOSEN), "muted", self)
        head = QHBoxLayout()
        head.setSpacing(space)
        head.addWidget(self._icon)
        head.addWidget(self.heading, 1)

        self.name = QLineEdit(self)
        self.name.setMaxLength(LONGEST_NAME)
        self.name.textEdited.connect(self._on_name)
        self.name_field = Field(tr("&Name"), self.name, self)
        self._build_passing()
        self.corners_heading = plain_label(tr("Corners, in % of the picture"), "", self)
        self.corners = CornerGrid(self._model, self.advice.button, self)
        self.points_problem = plain_label("", "error", self)
        self._build_buttons()

        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space + space // 2)
        column.addLayout(head)
        column.addWidget(self.what_for)
        column.addWidget(self.name_field)
        column.addWidget(self.points_problem)
        for part in self._passing:
            column.addWidget(part)
        column.addWidget(self.advice)
        column.addWidget(self.corners_heading)
        column.addWidget(self.corners)
        column.addLayout(self._corner_buttons)
        column.addWidget(self.remove_button)
        column.addStretch(1)

    def _build_passing(self) -> None:
        """Build what only lines and gates have."""
        self.swap_button = self._button(tr("S&wap in and out"), "arrow-left-right", self._on_swap)
        self.once = QCheckBox(tr("Count each person &once"), self)
        self.once.setToolTip(tr("In each direction, however often somebody passes."))
        self.once.toggled.connect(self._on_once)
        self.u_turn = self._seconds(0, LONGEST_U_TURN_S, self._on_u_turn)
        self.u_turn.setSpecialValueText(tr("Off: both ways count"))
        self.u_turn_field = Field(
            tr("Whoever &turns back within this time counts as nothing"), self.u_turn, self
        )
        self.u_turn_field.label.setWordWrap(True)
        self.within = self._seconds(0.5, _LONGEST_WITHIN_S, self._on_within)
        self.within_field = Field(tr("&Most seconds between both lines"), self.within, self)
        self.advice = Notice(self)
        self._passing: list[QWidget] = [
            self.swap_button,
            self.once,
            self.u_turn_field,
            self.within_field,
        ]

    def _build_buttons(self) -> None:
        self.add_corner_button = self._button(tr("Add a corner"), "plus", self._on_add_corner)
        self.remove_corner_button = self._button(tr("Remove corner"), "x", self._on_remove_corner)
        self._corner_buttons = QHBoxLayout()
        self._corner_buttons.setSpacing(theme.current().space)
        self._corner_buttons.addWidget(self.add_corner_button)
        self._corner_buttons.addWidget(self.remove_corner_button)
        self._corner_buttons.addStretch(1)
        self.remove_button = self._button(tr("Remove"), "trash-2", self._on_remove)

    def _button(self, words: str, icon: str, slot: object) -> QPushButton:
        button = QPushButton(icons.icon(icon), words, self)
        button.setIconSize(icons.button_size())
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _seconds(self, low: float, high: float, slot: object) -> CalmDoubleSpinBox:
        box = CalmDoubleSpinBox(self)
        box.setRange(low, high)
        box.setDecimals(1)
        box.setSuffix(" s")
        box.valueChanged.connect(slot)
        return box

    # ---------------------------------------------------------------- showing

    @Slot()
    def _show(self) -> None:
        shape, choice = self._model.chosen, self._model.choice
        is_line = shape is not None and not shape.kind.is_area
        is_area = shape is not None and shape.kind.is_area
        for widget in (self.name_field, self.corners_heading, self.corners):
            widget.setVisible(shape is not None)
        for part in self._passing:
            part.setVisible(is_line)
        self.within_field.setVisible(shape is not None and shape.kind is ShapeKind.GATE)
        self.add_corner_button.setVisible(is_area)
        self.remove_corner_button.setVisible(is_area)
        self.remove_button.setVisible(shape is not None or choice.spot is not None)
        self._icon.setVisible(shape is not None or choice.spot is not None)
        self.heading.setVisible(self._icon.isVisibleTo(self))
        if shape is not None:
            self._show_shape(shape, choice.corner)
        elif choice.spot is not None:
            self._show_head("user-x", tr(SPOT), tr(_SPOT_TEXT))
            self.remove_button.setText(tr("Count people here again"))
        else:
            draft = self._model.draft
            is_empty = not draft.shapes and not draft.never
            self.what_for.setText(tr(_NOTHING_DRAWN) if is_empty else tr(_NOTHING_CHOSEN))
            self.points_problem.hide()
        if not is_line:
            self.advice.hide()

    def _show_head(self, icon: str, title: str, text: str) -> None:
        self._icon.setPixmap(icons.pixmap(icon, 20, None, self.devicePixelRatioF()))
        self.heading.setText(title)
        self.what_for.setText(text)
        self.points_problem.hide()

    def _show_shape(self, shape: Shape, corner: int | None) -> None:
        word = KINDS[shape.kind]
        self._show_head(KIND_ICONS[shape.kind], word, WHAT_FOR[shape.kind])
        self.remove_button.setText(REMOVE[shape.kind])
        if self.name.text() != shape.name:
            self.name.setText(shape.name)
        for box, value in ((self.u_turn, shape.u_turn_s), (self.within, shape.within_s)):
            if round(box.value(), 1) != round(value, 1):
                with QSignalBlocker(box):
                    box.setValue(value)
        with QSignalBlocker(self.once):
            self.once.setChecked(shape.once)
        self.corners.show_shape(shape)
        self.corners.show_corner(corner)
        self.add_corner_button.setEnabled(len(shape.points) < MOST_POINTS)
        self.remove_corner_button.setEnabled(
            corner is not None and len(shape.points) > FEWEST_POINTS
        )
        self._show_problem(shape)

    def _show_problem(self, shape: Shape) -> None:
        """Put the message of what is wrong at its field."""
        fields = self._fields()
        for field in fields.values():
            field.clear_problem()
        problem = self._model.problems.get(shape.key)
        self.points_problem.setVisible(problem is not None and problem.field not in fields)
        if problem is not None:
            self.show_problem(problem)

    def show_problem(self, problem: InvalidSetting) -> None:
        """Say what is wrong with the chosen shape."""
        field = self._fields().get(problem.field)
        if field is not None:
            field.show_problem(problem_sentence(problem))
        else:
            self.points_problem.setText(problem_sentence(problem))
            self.points_problem.show()

    def _fields(self) -> dict[str, Field]:
        return {
            "name": self.name_field,
            "u_turn_s": self.u_turn_field,
            "within_s": self.within_field,
        }

    def focus_name(self) -> None:
        """Let the name be typed over."""
        self.name.setFocus()
        self.name.selectAll()

    def show_advice(self, warnings: list[LineWarning]) -> None:
        """Say what may be wrong with the chosen line; nothing if nothing is."""
        text = "\n".join(warning_sentences(warning) for warning in warnings)
        if not warnings:
            self.advice.hide()
        elif all(warning.kind is LineProblem.TOO_LITTLE_SEEN for warning in warnings):
            self.advice.show_text("info", tr("Not known yet whether it counts well"), text)
        else:
            self.advice.show_text("warning", tr("This line may count badly"), text)

    # ---------------------------------------------------------------- changing

    @Slot(str)
    def _on_name(self, text: str) -> None:
        if shape := self._model.chosen:
            self._model.put(replace(shape, name=text), step=tr("name {key}", key=shape.key))

    @Slot()
    def _on_swap(self) -> None:
        if shape := self._model.chosen:
            self._model.put(shape.swapped(), Choice(shape.key))

    @Slot(bool)
    def _on_once(self, is_once: bool) -> None:
        if shape := self._model.chosen:
            self._model.put(replace(shape, once=is_once))

    @Slot(float)
    def _on_u_turn(self, seconds: float) -> None:
        if shape := self._model.chosen:
            self._model.put(
                replace(shape, u_turn_s=seconds), step=tr("u-turn {key}", key=shape.key)
            )

    @Slot(float)
    def _on_within(self, seconds: float) -> None:
        if shape := self._model.chosen:
            self._model.put(
                replace(shape, within_s=seconds), step=tr("within {key}", key=shape.key)
            )

    @Slot()
    def _on_add_corner(self) -> None:
        """Add a corner in the middle of the edge that follows the chosen corner."""
        if shape := self._model.chosen:
            first = self._model.choice.corner or 0
            (x1, y1), (x2, y2) = shape.points[first], shape.points[(first + 1) % len(shape.points)]
            added = shape.with_new_corner(first, (x1 + x2) / 2, (y1 + y2) / 2)
            self._model.put(added, Choice(shape.key, first + 1))

    @Slot()
    def _on_remove_corner(self) -> None:
        if self._model.choice.corner is not None:
            self._model.remove_chosen()

    @Slot()
    def _on_remove(self) -> None:
        if self._model.choice.spot is not None:
            self._model.remove_chosen()
        else:
            self._model.remove_shape()
