"""What the operator may ask of the heat: a line in a good place, and to see where people walk."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QLabel

from camwatch.errors import CamWatchError
from camwatch.language import tr
from camwatch.scene.line_advice import LineSuggestion
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import Notice
from camwatch.ui.scene.advisor import LineAdvisor
from camwatch.ui.scene.canvas import SceneCanvas
from camwatch.ui.scene.draft import Shape, ShapeKind
from camwatch.ui.scene.heat_layer import HeatLayer
from camwatch.ui.scene.model import Choice
from camwatch.ui.scene.toolbar import SceneToolbar
from camwatch.ui.scene.words import HEAT_LEGEND, NO_HEAT, suggestion_sentences


class HeatHelp(QObject):
    """Answers both wishes, at once or as soon as the heat is read.

    That the heat cannot be read is told only to who asked: lines can be drawn without it.

    Args:
        notice: Where answers are told.
        legend: Where it is told what the colours mean.
    """

    def __init__(
        self,
        advisor: LineAdvisor,
        tools: SceneToolbar,
        canvas: SceneCanvas,
        *,
        notice: Notice,
        legend: QLabel,
    ) -> None:
        super().__init__(canvas)
        self._advisor = advisor
        self._tools = tools
        self._canvas = canvas
        self._notice = notice
        self._legend = legend
        self._is_suggesting = False
        tools.suggestion_requested.connect(self._suggest)
        tools.heat_requested.connect(self._show)
        advisor.heat_read.connect(self._on_heat)
        advisor.suggested.connect(self._on_suggested)
        advisor.layer_drawn.connect(self._on_layer)
        advisor.failed.connect(self._on_failed)

    @Slot()
    def _suggest(self) -> None:
        self._is_suggesting = True
        if self._advisor.heat is None:
            self._advisor.read()
        else:
            self._advisor.suggest()

    @Slot(bool)
    def _show(self, is_wanted: bool) -> None:
        if not is_wanted:
            self._canvas.show_heat(None)
            self._legend.hide()
        elif self._advisor.heat is None:
            self._advisor.read()
        else:
            self._advisor.draw_layer()

    @Slot()
    def _on_heat(self) -> None:
        if self._is_suggesting:
            self._advisor.suggest()
        if self._tools.heat_button.isChecked():
            self._advisor.draw_layer()

    @Slot(object)
    def _on_suggested(self, suggestion: LineSuggestion | None) -> None:
        self._is_suggesting = False
        sentences = suggestion_sentences(suggestion)
        if suggestion is None:
            self._notice.show_text("info", tr("No line to suggest"), sentences)
            return
        model = self._canvas.model
        name = model.draft.free_name(ShapeKind.LINE)
        shape = Shape(model.new_key(), ShapeKind.LINE, name, (suggestion.start, suggestion.end))
        model.put(shape, Choice(shape.key))
        self._notice.show_text("ok", tr("“{name}” was drawn", name=name), sentences)
        self._canvas.setFocus()

    @Slot(object)
    def _on_layer(self, layer: HeatLayer | None) -> None:
        if not self._tools.heat_button.isChecked():
            return
        self._canvas.show_heat(layer)
        self._legend.setText(tr(HEAT_LEGEND))
        self._legend.setVisible(layer is not None)
        if layer is None:
            self._tools.heat_button.setChecked(False)
            self._notice.show_text("info", *NO_HEAT)

    @Slot(object)
    def _on_failed(self, error: CamWatchError) -> None:
        if self._is_suggesting or self._tools.heat_button.isChecked():
            self._is_suggesting = False
            self._tools.heat_button.setChecked(False)
            self._notice.show_error(text_for(error))
