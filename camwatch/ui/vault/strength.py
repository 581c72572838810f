"""Judges a passphrase while it is typed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from camwatch.auth.passphrase import SHORTEST, check_new_passphrase
from camwatch.domain import Secret
from camwatch.errors import InvalidSetting
from camwatch.ui import theme
from camwatch.ui.forms import plain_label

_SEGMENTS = 4
_GAP = 4
_BETTER_BY = 5
_WORDS = ("", "Too easy to guess", "Good enough", "Good", "Very good")


def passphrase_strength(passphrase: str) -> tuple[int, str]:
    """Judge a new passphrase: 0 (nothing typed) to 4, and the words for it."""
    if not passphrase:
        return 0, ""
    if (missing := SHORTEST - len(passphrase)) > 0:
        return 1, f"{missing} more character{'' if missing == 1 else 's'} needed"
    try:
        check_new_passphrase(Secret(passphrase))
    except InvalidSetting:
        return 1, _WORDS[1]
    level = min(2 + (len(passphrase) - SHORTEST) // _BETTER_BY, _SEGMENTS)
    return level, _WORDS[level]


class _Bar(QWidget):
    """Segments that fill up as the passphrase gets better."""

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


class PassphraseStrength(QWidget):
    """The segments, and under them what they mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = _Bar(self)
        self.words = plain_label("", "muted", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space // 2)
        column.addWidget(self._bar)
        column.addWidget(self.words)

    def judge(self, passphrase: str) -> None:
        """Show what is thought of what is typed by now."""
        self._bar.level, words = passphrase_strength(passphrase)
        self._bar.update()
        self.words.setText(words)
