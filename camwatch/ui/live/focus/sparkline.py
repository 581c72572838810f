"""The last hour of one camera as a small line; what was not measured stays empty."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.charts.series import Occupancy

_POINTS = 120


class Sparkline(QWidget):
    """Draws how many people there were; beside it stands the most there were."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values = np.full(_POINTS, np.nan)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_hour(None)

    def sizeHint(self) -> QSize:
        """Return how large it wants to be."""
        space = theme.current().space
        return QSize(20 * space, 6 * space)

    @property
    def peak(self) -> float | None:
        """The most people at once; None if nothing was measured."""
        known = self._values[~np.isnan(self._values)]
        return float(known.max()) if len(known) else None

    def show_hour(self, occupancy: Occupancy | None) -> None:
        """Show these numbers; None for no numbers."""
        values = np.full(_POINTS, np.nan)
        if occupancy is not None and len(occupancy.people) >= _POINTS:
            slots = len(occupancy.people) // _POINTS * _POINTS
            parts = occupancy.people[-slots:].reshape(_POINTS, -1)
            known = ~np.isnan(parts)
            has_any = known.any(axis=1)
            sums = np.where(known, parts, 0.0).sum(axis=1)
            values[has_any] = sums[has_any] / known.sum(axis=1)[has_any]
        self._values = values
        peak = self.peak
        said = (
            tr("The last hour: nothing was measured")
            if peak is None
            else tr("The last hour: {most} people at most", most=round(peak))
        )
        self.setAccessibleName(said)
        self.setToolTip(said)
        self.update()

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Paint the line."""
        tokens = theme.current()
        area = self.rect().adjusted(1, 3, -2, -3)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.drawLine(area.bottomLeft(), area.bottomRight())
            painter.setPen(QPen(QColor(tokens.accent), 1.5))
            top = max(1.0, self.peak or 0.0)
            stretch: list[QPointF] = []
            for place, value in enumerate((*self._values, np.nan)):
                if np.isnan(value):
                    if len(stretch) > 1:
                        painter.drawPolyline(QPolygonF(stretch))
                    elif stretch:
                        painter.drawPoint(stretch[0])
                    stretch = []
                    continue
                across = area.left() + area.width() * place / (_POINTS - 1)
                stretch.append(QPointF(across, area.bottom() - area.height() * value / top))
            if self.peak is None:
                painter.setPen(QColor(tokens.muted))
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, tr("Nothing measured yet"))
