"""How things are drawn in charts, and the legend that says what that means."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from camwatch.ui import theme
from camwatch.ui.charts.series import Values


def _color(name: str, alpha: int = 255) -> QColor:
    color = QColor(name)
    color.setAlpha(alpha)
    return color


def _pen(color: QColor, width: int) -> QPen:
    pen = QPen(color, width)
    # Its width is in pixels, not in people and seconds.
    pen.setCosmetic(True)
    return pen


_DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (6, 3),
    (1, 2),
    (8, 3, 1, 3),
    (12, 3),
    (3, 3, 1, 3, 1, 3),
)


MOST_DASHED = 450
"""A longer line is drawn without dashes: Qt takes a hundred times as long for them, and so close
together nobody can see them. The steps that fit a time best are fewer."""


def series_pen(number: int, points: int = 0) -> QPen:
    """Return how the line of one of several subjects is drawn.

    Args:
        number: Which; the first is 0.
        points: How many steps it has.
    """
    is_long = points > MOST_DASHED
    series = theme.current().series
    pen = _pen(QColor(series[number % len(series)]), 1 if is_long else 2)
    if not is_long and (dashes := _DASHES[number % len(_DASHES)]):
        pen.setDashPattern(list(dashes))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def other_pen(points: int = 0) -> QPen:
    """Return how the time is drawn that is compared with: paler, and dashed unless it is long."""
    is_long = points > MOST_DASHED
    pen = _pen(_color(theme.current().text, 150), 1 if is_long else 2)
    if not is_long:
        pen.setDashPattern([4, 3])
    return pen


def band_brush() -> QBrush:
    """Return what fills the band of what is usual."""
    return QBrush(_color(theme.current().ok, 45))


def band_pen(points: int = 0) -> QPen:
    """Return the line in the middle of what is usual."""
    pen = _pen(_color(theme.current().ok, 150), 1)
    if points <= MOST_DASHED:
        pen.setDashPattern([2, 3])
    return pen


def unusual_color() -> QColor:
    """Return the colour of marks at what was unusual; their shape says it, too."""
    return QColor(theme.current().warning)


def corrected_brush() -> QBrush:
    """Return what lies behind numbers that people corrected."""
    return QBrush(_color(theme.current().warning, 70), Qt.BrushStyle.Dense6Pattern)


def marked_brush() -> QBrush:
    """Return what lies over a stretch that is being marked with the mouse."""
    return QBrush(_color(theme.current().accent, 50))


def line_pen() -> QPen:
    """Return how a measured line is drawn."""
    return _pen(QColor(theme.current().accent), 2)


def dotted_pen() -> QPen:
    """Return how a line is drawn in which a camera is missing."""
    pen = _pen(_color(theme.current().accent, 170), 2)
    pen.setDashPattern([1, 1.5])
    return pen


def peak_pen() -> QPen:
    """Return how highest counts are drawn."""
    return _pen(_color(theme.current().muted, 200), 1)


def threshold_pen() -> QPen:
    """Return how the number is drawn that a rule compares with."""
    pen = _pen(QColor(theme.current().warning), 2)
    pen.setStyle(Qt.PenStyle.DashLine)
    return pen


def mark_colors(*, is_told: bool) -> tuple[QColor, QColor]:
    """Return edge and filling of the mark of an alert; only one that is told is full."""
    tokens = theme.current()
    edge = QColor(tokens.critical if is_told else tokens.muted)
    return edge, edge if is_told else QColor(Qt.GlobalColor.transparent)


def in_pen() -> QPen:
    """Return the edge of a bar of people who passed inwards."""
    return _pen(QColor(theme.current().accent), 1)


def in_brush() -> QBrush:
    """Return what fills a bar of people who passed inwards: full, so that shape tells as well."""
    return QBrush(_color(theme.current().accent, 190))


def out_pen() -> QPen:
    """Return the edge of a bar of people who passed outwards."""
    return _pen(QColor(theme.current().text), 1)


def out_brush() -> QBrush:
    """Return what fills a bar of people who passed outwards: hardly anything."""
    return QBrush(_color(theme.current().text, 30))


def area_brush() -> QBrush:
    """Return what fills the area under a measured line."""
    return QBrush(_color(theme.current().accent, 40))


def coverage_color() -> QColor:
    """Return the colour of a coverage bar."""
    return _color(theme.current().muted, 150)


def gap_brush() -> QBrush:
    """Return the hatching of times in which nothing was measured."""
    return QBrush(_color(theme.current().unknown, 90), Qt.BrushStyle.BDiagPattern)


def _sample_pen(kind: str) -> QPen:
    if kind.startswith("series"):
        return series_pen(int(kind.removeprefix("series")))
    pens = {
        "dots": dotted_pen,
        "steps": peak_pen,
        "threshold": threshold_pen,
        "other": other_pen,
    }
    return pens.get(kind, line_pen)()


class Swatch(QWidget):
    """A small sample of how something is drawn, for a legend.

    Args:
        kind: "line", "dots", "steps", "gap", "bar", "in", "out", "threshold", "told", "quiet",
            "other", "band", "unusual", "corrected", or "series" and a number.
    """

    def __init__(self, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self.setFixedSize(QSize(theme.px(22), theme.px(14)))

    def paintEvent(self, _event: QEvent, /) -> None:
        """Draw the sample."""
        with QPainter(self) as painter:
            middle = self.height() / 2
            match self._kind:
                case "gap":
                    painter.fillRect(self.rect(), gap_brush())
                case "corrected":
                    painter.fillRect(self.rect(), corrected_brush())
                case "band":
                    painter.fillRect(self.rect().adjusted(0, 1, 0, -1), band_brush())
                    painter.setPen(band_pen())
                    painter.drawLine(QPointF(0, middle), QPointF(self.width(), middle))
                case "unusual":
                    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                    painter.setPen(unusual_color())
                    across = self.width() / 2
                    for side in (-1, 1):
                        tip = QPointF(across + 6 * side, middle - 5 * -side)
                        foot = middle + 4 * -side
                        left, right = across + 6 * side - 4, across + 6 * side + 4
                        painter.drawPolygon([tip, QPointF(left, foot), QPointF(right, foot)])
                case "bar":
                    painter.fillRect(self.rect().adjusted(0, 3, 0, -3), coverage_color())
                case "in" | "out":
                    is_in = self._kind == "in"
                    painter.setPen(in_pen() if is_in else out_pen())
                    painter.setBrush(in_brush() if is_in else out_brush())
                    painter.drawRect(self.rect().adjusted(4, 1, -5, -2))
                case "told" | "quiet":
                    edge, filling = mark_colors(is_told=self._kind == "told")
                    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                    painter.setPen(edge)
                    painter.setBrush(filling)
                    across = self.width() / 2
                    painter.drawPolygon(
                        [
                            QPointF(across - 5, middle - 5),
                            QPointF(across + 5, middle - 5),
                            QPointF(across, middle + 5),
                        ]
                    )
                case _:
                    painter.setPen(_sample_pen(self._kind))
                    painter.drawLine(QPointF(0, middle), QPointF(self.width(), middle))


class Legend(QWidget):
    """Says what the lines and areas of a chart mean.

    Args:
        entries: Kind of a `Swatch`, and what it means.
    """

    def __init__(self, entries: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space + space // 2)
        self._parts: dict[str, QWidget] = {}
        for kind, meaning in entries.items():
            part = QWidget(self)
            pair = QHBoxLayout(part)
            pair.setContentsMargins(0, 0, 0, 0)
            pair.setSpacing(space)
            label = QLabel(meaning, part)
            label.setProperty("role", "muted")
            pair.addWidget(Swatch(kind, part))
            pair.addWidget(label)
            row.addWidget(part)
            self._parts[kind] = part
        row.addStretch(1)

    def set_shown(self, kind: str, is_shown: bool) -> None:
        """Show or hide one entry."""
        self._parts[kind].setVisible(is_shown)


def steps(edges: Values, values: Values) -> tuple[Values, Values]:
    """Return the corners of a line that holds each value over exactly its own time.

    Args:
        edges: Start of each value and the end of the last one; one more than values.
        values: NaN where the line has a gap.
    """
    return np.repeat(edges, 2)[1:-1], np.repeat(values, 2)
