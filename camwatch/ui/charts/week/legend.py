"""What the colours and hatches of the map mean."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.charts.week.paint import paint_known, paint_unknown, shade
from camwatch.ui.charts.week.reading import marks

_BAR = 14
_BAR_WIDTH = 240
_BOX = 22
_HEIGHT = 38
_LOW = marked("less than half measured")
_UNKNOWN = marked("unknown, not zero")
_PEOPLE = marked("people on average")


class WeekLegend(QWidget):
    """A bar of the colours with numbers, and samples of the two hatches."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._top = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_top(1.0)

    def show_top(self, top: float) -> None:
        """Show a scale that ends at a number."""
        self._top = top
        self.setAccessibleName(
            tr(
                "Colours from dark for 0 to light for {top:g} people on average. Hatched: {low}. "
                "A stroke: {unknown}.",
                top=top,
                low=_LOW,
                unknown=_UNKNOWN,
            )
        )
        self.update()

    def sizeHint(self, /) -> QSize:
        """Ask for one row."""
        return QSize(theme.px(640), theme.px(_HEIGHT))

    def minimumSizeHint(self, /) -> QSize:
        """Ask for one row."""
        return QSize(640, theme.px(_HEIGHT))

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw bar, numbers and samples."""
        tokens = theme.current()
        with QPainter(self) as painter:
            small = QFont(self.font())
            small.setPixelSize(tokens.font_small)
            painter.setFont(small)
            metrics = QFontMetricsF(small)
            for at in range(theme.px(_BAR_WIDTH)):
                painter.fillRect(
                    QRectF(at, 2, 1, theme.px(_BAR)), shade(at / (theme.px(_BAR_WIDTH) - 1))
                )
            painter.setPen(QColor(tokens.muted))
            for share, text in marks(self._top):
                width = metrics.horizontalAdvance(text)
                left = min(
                    max(0.0, share * theme.px(_BAR_WIDTH) - width / 2), theme.px(_BAR_WIDTH) - width
                )
                place = QRectF(
                    left, theme.px(_BAR) + 4, width + 1, theme.px(_HEIGHT) - theme.px(_BAR) - 4
                )
                painter.drawText(place, Qt.AlignmentFlag.AlignLeft, text)
            x = self._words(painter, metrics, theme.px(_BAR_WIDTH) + 10.0, tr(_PEOPLE)) + 24
            paint_known(painter, QRectF(x, 1, theme.px(_BOX), theme.px(_BAR) + 2), 0.5, is_low=True)
            x = self._words(painter, metrics, x + theme.px(_BOX) + 8, tr(_LOW)) + 24
            paint_unknown(painter, QRectF(x, 1, theme.px(_BOX), theme.px(_BAR) + 2))
            self._words(painter, metrics, x + theme.px(_BOX) + 8, tr(_UNKNOWN))

    @staticmethod
    def _words(painter: QPainter, metrics: QFontMetricsF, x: float, words: str) -> float:
        """Write words beside the bar; return where they end."""
        width = metrics.horizontalAdvance(words) + 2
        painter.setPen(QColor(theme.current().muted))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(x, 0, width, theme.px(_BAR) + 4), flags, words)
        return x + width
