"""Where the corners of a shape are, as numbers that can be typed."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.forms import CalmDoubleSpinBox, in_tab_order
from camwatch.ui.scene.draft import Shape
from camwatch.ui.scene.model import Choice, SceneModel
from camwatch.ui.scene.words import corner_name

_STEP = 0.5
_BOX_WIDTH = 112


class CornerGrid(QWidget):
    """Shows x and y of each corner of the chosen shape in % of the picture, to be changed.

    Args:
        before: What Tab visits right before the numbers.
    """

    def __init__(self, model: SceneModel, before: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before = before
        self._model = model
        self._shown: tuple[int, int] | None = None
        self._names: list[QLabel] = []
        self.boxes: list[tuple[CalmDoubleSpinBox, CalmDoubleSpinBox]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.current().space)
        self._grid.setVerticalSpacing(theme.current().space // 2)
        self._grid.setColumnStretch(0, 1)
        for column, text in ((1, tr("From the left")), (2, tr("From the top"))):
            head = QLabel(text, self)
            head.setProperty("role", "muted")
            self._grid.addWidget(head, 0, column)

    def show_shape(self, shape: Shape) -> None:
        """Show where the corners of a shape are."""
        wanted = shape.key, len(shape.points)
        if wanted != self._shown:
            self._shown = wanted
            self._rebuild(shape)
        for (x, y), boxes in zip(shape.points, self.boxes, strict=True):
            for box, value in zip(boxes, (x, y), strict=True):
                # What is being typed is not corrected under the operator's hands.
                if round(100 * value, 2) != round(box.value(), 2):
                    with QSignalBlocker(box):
                        box.setValue(100 * value)

    def show_corner(self, corner: int | None) -> None:
        """Let the row of the chosen corner stand out."""
        for index, name in enumerate(self._names):
            font = name.font()
            font.setBold(index == corner)
            name.setFont(font)

    def _rebuild(self, shape: Shape) -> None:
        for name, boxes in zip(self._names, self.boxes, strict=True):
            gone: list[QWidget] = [name, *boxes]
            for part in gone:
                self._grid.removeWidget(part)
                part.hide()
                part.deleteLater()
        self._names, self.boxes = [], []
        for corner in range(len(shape.points)):
            words = corner_name(shape.kind, corner)
            name = QLabel(words, self)
            row = (self._box(corner, 0, words), self._box(corner, 1, words))
            self._names.append(name)
            self.boxes.append(row)
            shown: list[QWidget] = [name, *row]
            for column, part in enumerate(shown):
                self._grid.addWidget(part, corner + 1, column)
                part.show()
        # New widgets come last in the order of Tab.
        in_tab_order(self._before, *[box for row in self.boxes for box in row])

    def _box(self, corner: int, axis: int, words: str) -> CalmDoubleSpinBox:
        box = CalmDoubleSpinBox(self)
        box.setRange(0, 100)
        box.setDecimals(2)
        box.setSingleStep(_STEP)
        box.setSuffix(" %")
        box.setMinimumWidth(theme.px(_BOX_WIDTH))
        box.setAlignment(Qt.AlignmentFlag.AlignRight)
        box.setAccessibleName(
            tr("{words}, from the top", words=words)
            if axis
            else tr("{words}, from the left", words=words)
        )
        box.valueChanged.connect(lambda value: self._on_value(corner, axis, value))
        return box

    def _on_value(self, corner: int, axis: int, value: float) -> None:
        shape = self._model.chosen
        if shape is not None:
            point = list(shape.points[corner])
            point[axis] = value / 100
            moved = shape.with_corner(corner, point[0], point[1])
            choice = Choice(shape.key, corner)
            self._model.put(
                moved,
                choice,
                step=tr("number {key} {corner} {axis}", key=shape.key, corner=corner, axis=axis),
            )
