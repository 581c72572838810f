"""Says how much was unusual, and goes from one unusual step to the next."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from camwatch.domain import BucketSize
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.charts.unusual import Band, Unusual, has_band, unusual_text
from camwatch.ui.forms import plain_label


class UnusualBar(QWidget):
    """A few words with two buttons.

    Signals:
        wanted: Index of the step that is to be looked at.
    """

    wanted = Signal(int)

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._found: list[Unusual] = []
        self._at = -1
        self.text = plain_label("", "muted", self)
        self.text.setWordWrap(False)
        self.back = self._arrow("chevron-left", tr("The unusual one before"), -1)
        self.forward = self._arrow("chevron-right", tr("The next unusual one"), 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space // 2)
        row.addWidget(self.text)
        row.addWidget(self.back)
        row.addWidget(self.forward)
        self.hide()

    def _arrow(self, icon: str, what: str, by: int) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icons.icon(icon))
        button.setIconSize(icons.size(16))
        button.setToolTip(what)
        button.setAccessibleName(what)
        button.clicked.connect(partial(self.step, by))
        return button

    def show_found(self, found: Sequence[Unusual], band: Band, size: BucketSize) -> None:
        """Say what was found.

        Args:
            found: First to last.
            band: What is usual.
            size: Of the steps.
        """
        self._found, self._at = list(found), -1
        if not has_band(size):
            said = tr("What is usual is known by the hour at most: choose shorter steps.")
        elif not band.is_known:
            said = tr("Not enough weeks are known yet to say what is usual.")
        else:
            weeks = tr("1 week") if band.weeks == 1 else tr("{weeks} weeks", weeks=band.weeks)
            said = tr(
                "{unusual_text} · usual from the {weeks} before",
                unusual_text=unusual_text(found, size),
                weeks=weeks,
            )
        self.text.setText(said)
        for button in (self.back, self.forward):
            button.setVisible(bool(found))
        self.show()

    def step(self, by: int) -> None:
        """Go to the next one, or the one before; after the last comes the first."""
        if self._found:
            first = 0 if by > 0 else len(self._found) - 1
            self._at = first if self._at < 0 else (self._at + by) % len(self._found)
            self.wanted.emit(self._found[self._at].index)
