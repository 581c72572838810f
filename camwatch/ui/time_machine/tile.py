"""One camera as it was at a moment."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from camwatch.domain import CameraId
from camwatch.history.moments import CameraThen, Gap, NoPicture
from camwatch.language import tr
from camwatch.ui import theme, words
from camwatch.ui.live.marks import draw_mark
from camwatch.ui.live.tile_paint import (
    Line,
    draw_boxes,
    draw_message,
    draw_picture,
    draw_pill,
    picture_box,
    sized,
    sizes_for,
)
from camwatch.ui.time_machine import words as past

_OLD_PICTURE_S = 180.0
"""A picture that was older than that is painted pale: it tells little of the moment."""


class PastTile(QWidget):
    """Shows the stored picture nearest before a moment, and the number of that moment.

    Signals:
        open_requested: The camera's id; the operator wants to see it alone.
    """

    open_requested = Signal(object)

    def __init__(
        self, camera_id: CameraId, name: str, zone: ZoneInfo, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.camera_id = camera_id
        self._name = name
        self._zone = zone
        self._then: CameraThen | None = None
        self._at: datetime | None = None
        self._image: QImage | None = None
        self._badge = ""
        self._has_boxes = True
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleDescription(tr("Enter shows this camera alone."))

    # ---------------------------------------------------------------- what it is told

    def set_name(self, name: str, badge: str) -> None:
        """Know what the camera is called, and how right its numbers are."""
        self._name, self._badge = name, badge

    def set_boxes_shown(self, is_shown: bool) -> None:
        """Frame the counted people, or leave the picture as it is."""
        self._has_boxes = is_shown
        self.update()

    def show_moment(self, at: datetime, then: CameraThen | None, image: QImage | None) -> None:
        """Show a moment.

        Args:
            at: UTC.
            then: None if nothing is known of this camera.
            image: Its picture; empty if it cannot be read, None while it is being read.
        """
        self._at, self._then, self._image = at, then, image
        self.setAccessibleName(past.spoken(self._name, then, at, self._zone))
        self.update()

    # ---------------------------------------------------------------- what it says

    @property
    def count_text(self) -> str:
        """The number as it is shown."""
        return "" if self._then is None else past.count_text(self._then)

    @property
    def notes(self) -> tuple[str, str]:
        """What is said of the picture and of the number."""
        then, at = self._then, self._at
        if then is None or at is None:
            return "", ""
        has_picture = then.picture is not None and not self._is_broken
        picture = ""
        if has_picture and then.picture is not None:
            mine = then.picture.count
            is_other = then.count is not None and mine != then.count.number
            picture = past.picture_note(
                then.picture.taken_at, at, self._zone, mine if is_other else None
            )
        note = past.count_note(then, at, self._zone)
        # The words in the middle say it already.
        return picture, "" if note in self.message else note

    @property
    def _is_broken(self) -> bool:
        return self._image is not None and self._image.isNull()

    @property
    def message(self) -> list[str]:
        """The words in the middle."""
        then = self._then
        if then is None:
            return [] if self._at is None else [tr("Nothing is known of this camera then")]
        said = past.message(then)
        if then.picture is not None and self._is_broken:
            said.append(past.NO_PICTURES[NoPicture.GONE])
        return said

    @property
    def is_pale(self) -> bool:
        """True if the picture must not be taken for that moment."""
        then, at = self._then, self._at
        if then is None or then.picture is None or at is None:
            return False
        is_old = (at - then.picture.taken_at).total_seconds() > _OLD_PICTURE_S
        is_down = then.state is not None and not then.state.is_live
        return is_old or is_down or then.gap is Gap.NOT_RUNNING

    def _explanation(self) -> str:
        lines = [self.accessibleName()]
        if self._then is not None and self._then.count is not None:
            lines += past.proof(self._then.count, self._zone, self._badge)
        return "\n".join(lines)

    # ---------------------------------------------------------------- Qt's calls

    def event(self, event: QEvent, /) -> bool:
        """Explain the number when it is pointed at."""
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip(words.tooltip(self._explanation()))
        return super().event(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent, /) -> None:
        """Open the camera alone, or go back."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.open_requested.emit(self.camera_id)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Open the camera alone on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_requested.emit(self.camera_id)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Paint header, picture, boxes and words."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_picture(painter)
            self._paint_header(painter)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            tokens = theme.on_pictures()
            edge = tokens.accent if self.hasFocus() else tokens.line
            painter.setPen(QPen(QColor(edge), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _paint_header(self, painter: QPainter) -> None:
        tokens, sizes = theme.on_pictures(), sizes_for(self.size())
        bar = QRectF(0, 0, self.width(), sizes.header)
        painter.fillRect(bar, QColor(tokens.surface))
        left = float(tokens.space)
        state = past.mark_of(self._then)
        if state is not None:
            box = QRectF(left, (sizes.header - sizes.mark) / 2, sizes.mark, sizes.mark)
            draw_mark(painter, box, state, tokens)
            left = box.right() + tokens.space
        painter.setFont(sized(self.font(), sizes.count, bold=True))
        number = self.count_text
        width = QFontMetricsF(painter.font()).horizontalAdvance(number)
        right = self.width() - tokens.space
        is_new = self._then is not None and self._then.count is not None and not self.notes[1]
        painter.setPen(QColor(tokens.text if is_new else tokens.warning))
        place = QRectF(right - width, 0, width + 1, sizes.header)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, number)
        painter.setFont(sized(self.font(), sizes.name, bold=True))
        painter.setPen(QColor(tokens.text))
        room = right - width - tokens.space - left
        name = QFontMetricsF(painter.font()).elidedText(
            self._name, Qt.TextElideMode.ElideRight, room
        )
        painter.drawText(QRectF(left, 0, room, sizes.header), Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_picture(self, painter: QPainter) -> None:
        tokens, sizes = theme.on_pictures(), sizes_for(self.size())
        area = QRectF(self.rect().adjusted(2, sizes.header, -2, -2))
        painter.fillRect(area, QColor(tokens.picture))
        then = self._then
        has_picture = (
            then is not None
            and then.picture is not None
            and self._image is not None
            and not self._image.isNull()
        )
        if (
            has_picture
            and then is not None
            and then.picture is not None
            and self._image is not None
        ):
            wh = self._image.width(), self._image.height()
            box = picture_box(wh, area, self.devicePixelRatioF())
            painter.save()
            painter.setClipRect(box)
            image = self._image
            if self.is_pale:
                image = image.convertToFormat(QImage.Format.Format_Grayscale8)
            draw_picture(painter, box, image, is_greyed=self.is_pale)
            if self._has_boxes and then.gap is not Gap.MAY_NOT and not self.is_pale:
                draw_boxes(painter, box, then.picture.boxes, is_behind=False)
            painter.restore()
        if message := self.message:
            first, *rest = message
            lines = [Line(first, tokens.text, is_bold=True)]
            lines += [Line(one, tokens.text) for one in rest]
            room = area.adjusted(0, 0, 0, -2 * sizes.note if has_picture else 0)
            draw_message(painter, room, lines, sizes.note, self.font())
        self._paint_notes(painter, area)

    def _paint_notes(self, painter: QPainter, area: QRectF) -> None:
        tokens = theme.on_pictures()
        painter.setFont(sized(self.font(), sizes_for(self.size()).note))
        gap = tokens.space / 2
        step = QFontMetricsF(painter.font()).height() + 4 + gap
        bottom = area.bottom() - gap
        widest = area.width() - 2 * gap
        for text, color in zip(self.notes, (tokens.text, tokens.warning), strict=True):
            if text:
                shade = tokens.warning if self.is_pale else color
                draw_pill(painter, QPointF(area.left() + gap, bottom), text, shade, widest)
                bottom -= step
