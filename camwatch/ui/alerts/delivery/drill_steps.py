"""Lists the steps of a drill, each with a tick or a cross and what it took."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from camwatch.alerts.drill import DrillReport
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.forms import plain_label
from camwatch.ui.operators.wording import breakable
from camwatch.ui.words import span

_ICON = 20


class DrillSteps(QWidget):
    """Shows what a drill has done so far, and what it does now.

    Attributes:
        lines: The same in words, a line for each step.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[str] = []
        self._steps: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addStretch(1)

    def show_report(self, report: DrillReport) -> None:
        """Show how far a drill is."""
        tokens = theme.current()
        if self._steps is not None:
            self._column.removeWidget(self._steps)
            self._steps.hide()
            self._steps.deleteLater()
        self.lines = []
        self._steps = steps = QWidget(self)
        grid = QGridLayout(steps)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(tokens.space + tokens.space // 2)
        grid.setVerticalSpacing(tokens.space)
        grid.setColumnStretch(1, 1)
        for step in report.steps:
            icon, color = ("circle-check", tokens.ok) if step.ok else ("circle-x", tokens.critical)
            self._put(grid, icon, color, step.name, step.detail, span(step.seconds))
        if report.doing and not report.is_over:
            self._put(grid, "clock", tokens.warning, report.doing, "", "…")
        self._column.insertWidget(0, steps)
        steps.show()

    def _put(  # noqa: PLR0917 - all that is said of a step
        self, grid: QGridLayout, icon: str, color: str, name: str, detail: str, took: str
    ) -> None:
        sign = QLabel(grid.parentWidget())
        sign.setPixmap(icons.pixmap(icon, _ICON, color, self.devicePixelRatioF()))
        row, top = grid.rowCount(), Qt.AlignmentFlag.AlignTop
        grid.addWidget(sign, row, 0, top)
        grid.addWidget(plain_label(breakable(name), "", grid.parentWidget()), row, 1)
        time = plain_label(took, "muted", grid.parentWidget())
        time.setWordWrap(False)
        grid.addWidget(time, row, 2, top | Qt.AlignmentFlag.AlignRight)
        if detail:
            words = plain_label(breakable(detail), "muted", grid.parentWidget())
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(words, row + 1, 1)
        self.lines.append(f"{name}: {detail}" if detail else name)


def verdict(report: DrillReport) -> str:
    """Say what came of it."""
    if not report.is_over:
        return tr("The drill is going on …")
    if report.is_passed:
        return tr("All {count} steps went as they should.", count=len(report.steps))
    failed = sum(not step.ok for step in report.steps)
    if not failed:
        return tr("The drill was stopped before its end.")
    return tr(
        "{failed} of {count} steps did not go as they should.",
        failed=failed,
        count=len(report.steps),
    )
