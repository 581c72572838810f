"""A bar that shows in which state a camera was when."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QHelpEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolTip, QWidget

from camwatch.commands.state_history import DOWN, StateHistory, Stretch
from camwatch.domain import CameraState
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.cameras.state_words import NOT_KNOWN, lasted, moment
from camwatch.ui.charts.axis import time_marks
from camwatch.ui.charts.drawing import gap_brush
from camwatch.ui.forms import plain_label
from camwatch.ui.live.marks import color_of, mark_icon
from camwatch.ui.words import REASONS, STATES, sentence, state_word, tooltip

_BAR_HEIGHT, _AXIS_HEIGHT, _MARKED = 44, 24, 10
_LEAST_WIDTH = 2.0
_LEAST_FOR_MARK = 20
_MARK = 12
_SIGN = 6
_ROOM_FOR_MARK = 110


class StateBar(QWidget):
    """Stretches of time coloured by state, the shape of the state in those with room.

    What is not known is hatched; what is down is drawn last and never narrower than two
    pixels, so that a short outage in a month is seen.

    Args:
        zone: Whose clocks the axis shows.
    """

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._history: StateHistory | None = None
        self._marked: tuple[datetime, datetime] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("States over time"))

    def sizeHint(self) -> QSize:
        """Tell how much room it needs."""
        return QSize(480, _MARKED + _BAR_HEIGHT + _AXIS_HEIGHT)

    def show_history(self, history: StateHistory, words: str) -> None:
        """Show this history.

        Args:
            history: How the camera did.
            words: The same in a sentence, for who cannot see the bar.
        """
        self._history = history
        self._marked = None
        self.setAccessibleDescription(words)
        self.update()

    def mark(self, start: datetime | None, end: datetime | None) -> None:
        """Point to a stretch of time; None takes the sign away."""
        self._marked = (start, end) if start is not None and end is not None else None
        self.update()

    def stretch_at(self, x: float) -> Stretch | None:
        """Return what is shown at a place; of several within reach one that was down."""
        history = self._history
        if history is None:
            return None
        near = [
            one
            for one in history.stretches
            if self._x(one.start) - _LEAST_WIDTH <= x <= self._x(one.end) + _LEAST_WIDTH
        ]
        near.sort(key=lambda one: one.state not in DOWN)
        return near[0] if near else None

    def _x(self, at: datetime) -> float:
        history = self._history
        if history is None:
            return 0.0
        length_s = max((history.end - history.start).total_seconds(), 1.0)
        return (at - history.start).total_seconds() / length_s * self.width()

    def event(self, event: QEvent, /) -> bool:
        """Say what is under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            one = self.stretch_at(event.pos().x())
            if one is not None:
                QToolTip.showText(event.globalPos(), tooltip(self._words(one)), self)
            return True
        return super().event(event)

    def _words(self, one: Stretch) -> str:
        state = tr(NOT_KNOWN) if one.state is None else state_word(one.state, one.reason)
        why = sentence(REASONS[one.reason].short)
        is_told = why and (one.state is None or one.state in DOWN)
        parts = (f"{state} · {why}" if is_told else state, lasted(one.seconds))
        when = tr(
            "{moment} to {moment2}",
            moment=moment(one.start, self._zone),
            moment2=moment(one.end, self._zone),
        )
        return "\n".join((*parts, when))

    # ---------------------------------------------------------------- painting

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw the stretches, those that were down over the others, and the axis."""
        history = self._history
        tokens = theme.current()
        with QPainter(self) as painter:
            painter.fillRect(QRectF(0, _MARKED, self.width(), _BAR_HEIGHT), QColor(tokens.surface))
            if history is None:
                return
            for one in history.stretches:
                if one.state not in DOWN:
                    self._draw(painter, one)
            for one in history.stretches:
                if one.state in DOWN:
                    self._draw(painter, one)
            self._draw_sign(painter)
            self._draw_axis(painter, history)

    def _draw(self, painter: QPainter, one: Stretch) -> None:
        left, right = min(self._x(one.start), self.width() - _LEAST_WIDTH), self._x(one.end)
        box = QRectF(left, _MARKED, max(right - left, _LEAST_WIDTH), _BAR_HEIGHT)
        painter.fillRect(box, _brush(one.state))
        if one.state is not None and box.width() >= _LEAST_FOR_MARK:
            ground = QRectF(0, 0, _MARK + 8, _MARK + 8)
            ground.moveCenter(box.center())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.current().background))
            painter.drawRoundedRect(ground, 4, 4)
            icon = mark_icon(one.state, self.devicePixelRatioF())
            icon.paint(painter, ground.toRect())

    def _draw_sign(self, painter: QPainter) -> None:
        """Point from above to what is marked."""
        if self._marked is None:
            return
        middle = (self._x(self._marked[0]) + self._x(self._marked[1])) / 2
        middle = min(max(middle, _SIGN), self.width() - _SIGN)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().accent))
        top = [QPointF(middle - _SIGN, 0), QPointF(middle + _SIGN, 0), QPointF(middle, _MARKED - 1)]
        painter.drawPolygon(top)

    def _draw_axis(self, painter: QPainter, history: StateHistory) -> None:
        tokens = theme.current()
        below = _MARKED + _BAR_HEIGHT
        start_s, end_s = history.start.timestamp(), history.end.timestamp()
        most = max(self.width() // _ROOM_FOR_MARK, 1)
        font = painter.font()
        font.setPixelSize(tokens.font_small)
        painter.setFont(font)
        for mark in time_marks(start_s, end_s, self._zone, most):
            x = (mark.at_s - start_s) / max(end_s - start_s, 1) * self.width()
            painter.setPen(QPen(QColor(tokens.outline)))
            painter.drawLine(QPointF(x, below), QPointF(x, below + 4))
            painter.setPen(QColor(tokens.muted))
            room = painter.fontMetrics().horizontalAdvance(mark.text)
            left = min(max(x - room / 2, 0.0), float(self.width() - room))
            painter.drawText(QPointF(left, below + 19), mark.text)


def _brush(state: CameraState | None) -> QBrush:
    if state is None:
        return gap_brush()
    color = QColor(color_of(state))
    if state is CameraState.OK:
        color = color.darker(170)
    elif state in (CameraState.DISABLED, CameraState.CONNECTING):
        color = color.darker(220)
    return QBrush(color)


class Legend(QWidget):
    """Says which shape and colour means what, of the states that were there.

    The room it takes does not depend on which they are.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.current().space // 2)
        self._parts: list[QWidget] = []
        self.setMinimumHeight(theme.px(20))

    def show_history(self, history: StateHistory) -> None:
        """Explain what this history shows."""
        while self._row.count():
            self._row.takeAt(0)
        for part in self._parts:
            part.hide()
            part.deleteLater()
        self._parts = []
        there = {one.state for one in history.stretches}
        for state in CameraState:
            if state in there:
                sign = QLabel(self)
                sign.setPixmap(mark_icon(state, self.devicePixelRatioF()).pixmap(16, 16))
                self._add(sign, STATES[state])
        if None in there:
            sign = QLabel(self)
            sign.setPixmap(_hatched(self.devicePixelRatioF()))
            self._add(sign, tr("Not known: it was not watched"))
        self._row.addStretch(1)

    def _add(self, sign: QLabel, words: str) -> None:
        said = plain_label(words, "muted", self)
        said.setWordWrap(False)
        for part in (sign, said):
            self._row.addWidget(part)
            self._parts.append(part)
            part.show()
        self._row.addSpacing(theme.current().space)


def _hatched(ratio: float) -> QPixmap:
    drawn = QPixmap(round(16 * ratio), round(12 * ratio))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(QColor(theme.current().surface))
    with QPainter(drawn) as painter:
        painter.fillRect(QRectF(0, 0, 16, 12), gap_brush())
    return drawn
