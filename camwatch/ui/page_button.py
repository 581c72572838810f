"""The button of a page in the header, with a badge for what wants somebody there."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton, QWidget

from camwatch.alerts.rules import Severity
from camwatch.language import tr, within
from camwatch.ui import icons, theme
from camwatch.ui.alerts.look import severity_look

_MOST = 99
_HEIGHT = 18
_ICON = 12
_GAP = 6
_PADDING = 4  # that of the style sheet


def badge_words(count: int, severity: Severity | None) -> str:
    """Say what a badge means: "3 unacknowledged, the most serious critical"; "" for none."""
    if not count or severity is None:
        return ""
    return tr(
        "{count} unacknowledged, the most serious {value}",
        count=count,
        value=within(severity_look(severity).word),
    )


class PageButton(QToolButton):
    """Shows behind its words a number and, by colour and shape, how serious it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._severity: Severity | None = None

    @property
    def badge(self) -> str:
        """The number that is shown; "" if none is."""
        return self._text

    def set_badge(self, count: int, severity: Severity | None) -> None:
        """Show a number; 0 shows none."""
        self._text = "" if not count else str(count) if count <= _MOST else f"{_MOST}+"
        self._severity = severity
        # The words stay in what is left of the button, whether their icon is beside them or not.
        room = theme.px(_PADDING) + self._badge_width()
        self.setStyleSheet(f'QToolButton[role="page"] {{ padding-right: {room}px; }}')
        self.update()

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(theme.current().font_small)
        font.setWeight(QFont.Weight.Bold)
        return font

    def _badge_width(self) -> int:
        if not self._text:
            return 0
        words = QFontMetrics(self._font()).horizontalAdvance(self._text)
        return words + theme.px(_ICON + 3 * _GAP)

    def paintEvent(self, event: QPaintEvent, /) -> None:
        """Paint the badge at the right end."""
        super().paintEvent(event)
        if not self._text or self._severity is None:
            return
        tokens = theme.current()
        look = severity_look(self._severity)
        gap, icon, height = theme.px(_GAP), theme.px(_ICON), theme.px(_HEIGHT)
        width = self._badge_width() - gap
        right = self.width() - gap - theme.px(_PADDING)
        pill = QRectF(right - width, (self.height() - height) / 2, width, height)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.color))
            painter.drawRoundedRect(pill, height / 2, height / 2)
            ratio = self.devicePixelRatioF()
            top = pill.center().y() - icon / 2
            mark = icons.pixmap(look.icon, _ICON, tokens.on_accent, ratio)
            painter.drawPixmap(round(pill.left() + gap - 1), round(top), mark)
            painter.setPen(QColor(tokens.on_accent))
            painter.setFont(self._font())
            words = pill.adjusted(icon + gap + 1, 0, -gap + 1, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self._text)
