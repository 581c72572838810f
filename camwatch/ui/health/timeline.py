"""A small line of the last days: when a part was how good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from camwatch.health import Grade
from camwatch.health.findings import Change
from camwatch.language import tr
from camwatch.ui import theme, words
from camwatch.ui.health.wording import GRADES, look_of
from camwatch.ui.storage.words import moment_of

SPAN = timedelta(days=3)
_HEIGHTS = {Grade.OK: 0.35, Grade.UNKNOWN: 0.35, Grade.WARNING: 0.7, Grade.FAILED: 1.0}
_MOST_SAID = 5


class TimeLine(QWidget):
    """Higher and in another colour where it was worse; empty where nothing is known.

    Args:
        zone: Whose clock times are said by.
    """

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._spans: list[tuple[float, float, Grade]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the height that it has."""
        return QSize(20 * theme.current().space, 2 * theme.current().space)

    def show_changes(self, changes: Sequence[Change], now: datetime) -> None:
        """Show these changes, the oldest first, up to this moment."""
        start = now - SPAN
        self._spans = []
        ends = [*(one.at for one in changes[1:]), now]
        for one, end in zip(changes, ends, strict=bool(changes)):
            if end > start:
                left = max(0.0, (one.at - start) / SPAN)
                self._spans.append((left, min(1.0, (end - start) / SPAN), one.grade))
        said = [
            tr(
                "{moment}: {grade}",
                moment=moment_of(one.at, self._zone),
                grade=GRADES[one.grade],
            )
            for one in list(changes)[-_MOST_SAID:]
        ]
        text = tr("The last three days.") + "\n" + "\n".join(reversed(said))
        self.setToolTip(words.tooltip(text))
        self.setAccessibleName(text.replace("\n", " "))
        self.update()

    @property
    def spans(self) -> list[tuple[float, float, Grade]]:
        """From where to where, 0 to 1, it was how good."""
        return self._spans

    def paintEvent(self, event: QPaintEvent, /) -> None:
        """Paint the stretches of time as bars."""
        del event
        tokens = theme.current()
        with QPainter(self) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            floor = QRectF(0, self.height() - 1, self.width(), 1)
            painter.fillRect(floor, QColor(tokens.line))
            for left, right, grade in self._spans:
                high = self.height() * _HEIGHTS[grade]
                x, wide = left * self.width(), max(2.0, (right - left) * self.width() - 1)
                bar = QRectF(x, self.height() - high, wide, high)
                painter.fillRect(bar, QColor(look_of(grade).color))
