"""How people are counted in the whole of one camera's view."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from camwatch.language import tr
from camwatch.scene.view import (
    HIGHEST_THRESHOLD,
    LONGEST_RECHECK_S,
    LONGEST_SMOOTHING_S,
    LOWEST_THRESHOLD,
)
from camwatch.ui import theme
from camwatch.ui.forms import CalmDoubleSpinBox, Field, plain_label
from camwatch.ui.help.button import explain
from camwatch.ui.scene.draft import Draft
from camwatch.ui.scene.model import SceneModel
from camwatch.ui.scene.words import problem_sentence

_FIRST_OWN = 0.4
"""Where a camera's own value begins, until it is changed."""


class CountingForm(QWidget):
    """The settings that hold for the camera as a whole; each change is taken over at once."""

    def __init__(self, model: SceneModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        space = theme.current().space
        self.is_inherited = QCheckBox(tr("Use the certainty set for the whole &program"), self)
        self.is_inherited.toggled.connect(self._on_inherits)
        self.threshold = self._box(100 * LOWEST_THRESHOLD, 100 * HIGHEST_THRESHOLD, " %", 1)
        self.threshold.valueChanged.connect(self._on_threshold)
        self.threshold_field = Field(
            tr("&Certainty from which a person counts"),
            self.threshold,
            self,
            hint=tr("Lower finds more people and more that are none; higher finds fewer of both."),
        )
        self.far_people = QCheckBox(tr("Look for &far, small people (costs more time)"), self)
        self.far_people.toggled.connect(self._on_far_people)
        self.far_advice = plain_label("", "muted", self)
        self.far_advice.setContentsMargins(3 * space, 0, 0, 0)
        self.far_advice.hide()
        self.recheck = self._box(0, LONGEST_RECHECK_S, " s", 0)
        self.recheck.setSpecialValueText(tr("Search every picture"))
        self.recheck.valueChanged.connect(self._on_recheck)
        self.recheck_field = Field(
            tr("&Search still pictures again every"),
            self.recheck,
            self,
            hint=tr(
                "While nothing moves, people found before are taken over. 0 searches every picture."
            ),
        )
        self.smoothing = self._box(0, LONGEST_SMOOTHING_S, " s", 1)
        self.smoothing.setSpecialValueText(tr("Off: each number as it was found"))
        self.smoothing.valueChanged.connect(self._on_smoothing)
        self.smoothing_field = Field(
            tr("S&teady the shown number over"),
            self.smoothing,
            self,
            hint=tr(
                "Shows the middle one of the numbers found in this time, so that somebody hidden "
                "for a moment does not make it jump. The history keeps both."
            ),
        )
        explain(self.threshold_field, "threshold")
        explain(self.recheck_field, "recheck")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * space)
        column.addWidget(self.is_inherited)
        column.addWidget(self.threshold_field)
        far = QVBoxLayout()
        far.setSpacing(space // 2)
        far.addWidget(self.far_people)
        far.addWidget(self.far_advice)
        column.addLayout(far)
        column.addWidget(self.recheck_field)
        column.addWidget(self.smoothing_field)
        column.addStretch(1)
        model.changed.connect(self._show)
        self._show()

    def _box(self, low: float, high: float, suffix: str, decimals: int) -> CalmDoubleSpinBox:
        box = CalmDoubleSpinBox(self)
        box.setRange(low, high)
        box.setDecimals(decimals)
        box.setSuffix(suffix)
        return box

    def set_far_advice(self, text: str) -> None:
        """Say whether it is worth looking for far people here, and what it costs."""
        self.far_advice.setText(text)
        self.far_advice.setVisible(bool(text))
        self.far_people.setAccessibleDescription(text)

    @property
    def fields(self) -> dict[str, Field]:
        """The fields by the names that problems have."""
        return {
            "threshold": self.threshold_field,
            "recheck_s": self.recheck_field,
            "smoothing_s": self.smoothing_field,
        }

    # ---------------------------------------------------------------- showing

    @Slot()
    def _show(self) -> None:
        draft = self._model.draft
        with QSignalBlocker(self.is_inherited), QSignalBlocker(self.far_people):
            self.is_inherited.setChecked(draft.threshold is None)
            self.far_people.setChecked(draft.far_people)
        self.threshold.setEnabled(draft.threshold is not None)
        self._set(self.threshold, 100 * (draft.threshold or _FIRST_OWN))
        self._set(self.recheck, draft.recheck_s)
        self._set(self.smoothing, draft.smoothing_s)
        problem = self._model.problems.get(None)
        for name, field in self.fields.items():
            if problem is not None and problem.field == name:
                field.show_problem(problem_sentence(problem))
            elif field.problem:
                field.clear_problem()

    @staticmethod
    def _set(box: CalmDoubleSpinBox, value: float) -> None:
        # What is stored more exactly than it is shown stays so until it is changed here.
        if round(box.value(), box.decimals()) != round(value, box.decimals()):
            with QSignalBlocker(box):
                box.setValue(value)

    # ---------------------------------------------------------------- changing

    def _apply(self, draft: Draft, step: str) -> None:
        self._model.apply(draft, step=step)

    @Slot(bool)
    def _on_inherits(self, is_inherited: bool) -> None:
        own = None if is_inherited else round(self.threshold.value() / 100, 4)
        self._apply(replace(self._model.draft, threshold=own), "")

    @Slot(float)
    def _on_threshold(self, percent: float) -> None:
        self._apply(replace(self._model.draft, threshold=round(percent / 100, 4)), "threshold")

    @Slot(bool)
    def _on_far_people(self, is_on: bool) -> None:
        self._apply(replace(self._model.draft, far_people=is_on), "")

    @Slot(float)
    def _on_recheck(self, seconds: float) -> None:
        self._apply(replace(self._model.draft, recheck_s=seconds), "recheck")

    @Slot(float)
    def _on_smoothing(self, seconds: float) -> None:
        self._apply(replace(self._model.draft, smoothing_s=seconds), "smoothing")
