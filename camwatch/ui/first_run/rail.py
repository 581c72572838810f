"""The list of steps beside the one that is shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.forms import plain_label, set_role

_ICON = 20


class StepRail(QFrame):
    """Says which steps there are, which are done and which is shown."""

    def __init__(self, headings: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        self._headings = tuple(headings)
        self._signs: list[QLabel] = []
        self._names: list[QLabel] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(space + space // 2)
        grid.setVerticalSpacing(2 * space)
        for row, heading in enumerate(self._headings):
            sign = QLabel(self)
            sign.setFixedWidth(theme.px(_ICON))
            sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
            name = plain_label(heading, "muted", self)
            name.setWordWrap(False)
            self._signs.append(sign)
            self._names.append(name)
            grid.addWidget(sign, row, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(name, row, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.setRowStretch(len(self._headings), 1)

    def show_steps(self, now: int, done: Sequence[bool]) -> None:
        """Mark the shown step, and those that are done."""
        tokens = theme.current()
        for row, (sign, name) in enumerate(zip(self._signs, self._names, strict=True)):
            is_now = row == now
            if done[row] and not is_now:
                ratio = self.devicePixelRatioF()
                sign.setPixmap(icons.pixmap("circle-check", _ICON, tokens.ok, ratio))
            else:
                sign.setText(str(row + 1))
            set_role(sign, "" if is_now else "muted")
            set_role(name, "heading" if is_now else "muted")
            name.setAccessibleName(_said(self._headings[row], is_now=is_now, is_done=done[row]))


def _said(heading: str, *, is_now: bool, is_done: bool) -> str:
    if is_now:
        return tr("{step}: shown now", step=heading)
    return tr("{step}: done", step=heading) if is_done else heading
