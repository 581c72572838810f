"""Tells how good a secret is while it is typed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from camwatch.errors import InvalidSetting
from camwatch.language import listed, tr
from camwatch.ui import theme
from camwatch.ui.forms import plain_label

_SEGMENTS = 4
_GAP = 4
_WORDS = listed(
    lambda: ("", tr("Too easy to guess"), tr("Good enough"), tr("Good"), tr("Very good"))
)


def strength(
    secret: str, shortest: int, better_by: int, check: Callable[[str], object]
) -> tuple[int, str]:
    """Judge a new secret: 0 (nothing typed) to 4, and the words for it.

    Args:
        secret: As typed.
        shortest: So many characters it needs.
        better_by: So many more make it better by one.
        check: Raises InvalidSetting for one that is refused.
    """
    if not secret:
        return 0, ""
    if (missing := shortest - len(secret)) > 0:
        if missing == 1:
            return 1, tr("1 more character needed")
        return 1, tr("{missing} more characters needed", missing=missing)
    try:
        check(secret)
    except InvalidSetting:
        return 1, _WORDS[1]
    level = min(2 + (len(secret) - shortest) // better_by, _SEGMENTS)
    return level, _WORDS[level]


class _Bar(QWidget):
    """Segments that fill up as the secret gets better."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.level = 0
        self.setFixedHeight(_GAP)

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw the segments."""
        tokens = theme.current()
        color = (tokens.line, tokens.critical, tokens.warning, tokens.ok, tokens.ok)[self.level]
        width = (self.width() - (_SEGMENTS - 1) * _GAP) / _SEGMENTS
        with QPainter(self) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            for number in range(_SEGMENTS):
                painter.setBrush(QColor(color if number < self.level else tokens.line))
                place = QRectF(number * (width + _GAP), 0, width, _GAP)
                painter.drawRoundedRect(place, 2, 2)


class StrengthMeter(QWidget):
    """The segments, and under them what they mean.

    Attributes:
        words: What they mean.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = _Bar(self)
        self.words = plain_label("", "muted", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space // 2)
        column.addWidget(self._bar)
        column.addWidget(self.words)

    def show_strength(self, level: int, words: str) -> None:
        """Show what `strength` said."""
        self._bar.level = level
        self._bar.update()
        self.words.setText(words)
