"""Who hears when, as a ladder with what is odd about each step."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from camwatch.alerts.people import PlanStep
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.delivery.ladder_words import World, plan_warnings, rungs
from camwatch.ui.alerts.delivery.words import ICONS
from camwatch.ui.forms import plain_label
from camwatch.ui.operators.wording import breakable
from camwatch.ui.words import sentence

_ICON = 16


class LadderPreview(QWidget):
    """Shows the steps of a plan in sentences.

    Attributes:
        lines: What it says, from the top, for those who hear the screen.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[str] = []
        self._inside: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def show_steps(self, steps: Sequence[PlanStep], world: World, *, tells_return: bool) -> None:
        """Show these steps.

        Args:
            steps: In any order.
            world: Whom they can name.
            tells_return: Whoever was told is also told when it is over.
        """
        if self._inside is not None:
            self._column.removeWidget(self._inside)
            self._inside.hide()
            self._inside.deleteLater()
        self.lines = []
        tokens = theme.current()
        self._inside = inside = QWidget(self)
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(tokens.space)
        grid.setVerticalSpacing(tokens.space)
        grid.setColumnStretch(1, 1)
        before = ""
        for rung in rungs(steps, world):
            if rung.when != before:
                self._put(grid, "clock", tokens.muted, sentence(rung.when), "heading")
                before = rung.when
            self._put(grid, ICONS[rung.kind], tokens.accent, rung.text)
            for warning in rung.warnings:
                self._put(grid, "triangle-alert", tokens.warning, warning, "warned")
        if steps:
            self._put(
                grid,
                "check",
                tokens.ok,
                tr("As soon as somebody acknowledges the alert, no further step is taken."),
                "muted",
            )
        if tells_return:
            self._put(
                grid,
                "rotate-ccw",
                tokens.accent,
                tr("Whoever was told is also told when it is over."),
                "muted",
            )
        for warning in plan_warnings(steps):
            self._put(grid, "triangle-alert", tokens.warning, warning, "warned")
        self._column.addWidget(inside)
        inside.show()
        self.setAccessibleName("\n".join(self.lines))

    def _put(self, grid: QGridLayout, icon: str, color: str, text: str, role: str = "") -> None:
        sign = QLabel(grid.parentWidget())
        sign.setPixmap(icons.pixmap(icon, _ICON, color, self.devicePixelRatioF()))
        is_warning = role == "warned"
        words = plain_label(breakable(text), "" if is_warning else role, grid.parentWidget())
        if is_warning:
            words.setStyleSheet(f"color: {theme.current().warning};")
        row = grid.rowCount()
        grid.addWidget(sign, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(words, row, 1)
        self.lines.append(text)
