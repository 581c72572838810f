"""One camera on the screen: its picture, how old it is, how many people are in it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from camwatch.domain import CameraId, CameraState, TilePicture, elapsed_s, utc_now
from camwatch.language import tr
from camwatch.scene import Privacy, Scene
from camwatch.ui import theme, words
from camwatch.ui.live.attention import attention_height, draw_attention
from camwatch.ui.live.condition import CameraCondition, old_after_s
from camwatch.ui.live.feed import PictureFeed
from camwatch.ui.live.notice_chip import draw_notice
from camwatch.ui.live.privacy_chip import draw_privacy
from camwatch.ui.live.scene_layer import SceneLayer
from camwatch.ui.live.tile_header import TileHeader, draw_header
from camwatch.ui.live.tile_paint import (
    Line,
    as_image,
    draw_boxes,
    draw_message,
    draw_note,
    draw_picture,
    picture_box,
    sized,
    sizes_for,
)
from camwatch.ui.privacy.words import mark_of

_BEHIND_AFTER_S = 0.5
"""Counting a picture takes a moment; only after it is the count called older."""

_KEPT_HIDDEN = QSize(640, 360)


_NO_SCENE = Scene()


def slept_s() -> float:
    """Return a number that grows, in seconds, by how long the computer sleeps."""
    return elapsed_s() - time.monotonic()


class CameraTile(QWidget):
    """Shows one camera; takes pictures only while it is visible.

    Args:
        condition: What is known of the camera; kept up to date by the page.
        feed: Where the pictures come from.
        now: The wall clock, UTC.
        monotonic_s: The clock that picture ages are measured with, seconds.

    Signals:
        open_requested: The camera's id; the operator wants to see it alone.
    """

    open_requested = Signal(object)

    def __init__(
        self,
        condition: CameraCondition,
        feed: PictureFeed,
        parent: QWidget | None = None,
        *,
        now: Callable[[], datetime] = utc_now,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._condition = condition
        self._feed = feed
        self._now = now
        self._monotonic_s = monotonic_s
        self._is_shown = False
        self._has_boxes = True
        self._told_wh: tuple[int, int] | None = None
        self._seq = 0
        self._captured_s: float | None = None
        self._slept_s = 0.0
        self._image: QImage | None = None
        self._greyed: QImage | None = None
        self._behind_since_s: float | None = None
        self._header: tuple[TileHeader, QPixmap] | None = None
        self._layer = SceneLayer()
        self._privacy: Privacy | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.refresh()

    @property
    def camera_id(self) -> CameraId:
        """The camera it shows."""
        return self._condition.camera.id

    # ---------------------------------------------------------------- what it is told

    def set_condition(self, condition: CameraCondition) -> None:
        """Go on with another record of the same camera, after its settings were edited."""
        self._condition = condition
        self.refresh()

    def set_boxes_shown(self, is_shown: bool) -> None:
        """Frame the counted people, or leave the picture as it is."""
        self._has_boxes = is_shown
        self.update()

    def take_picture(self) -> None:
        """Take the picture that waits, if there is one, and show it."""
        picture = self._feed.take(self.camera_id)
        if picture is None:
            return
        self.keep(picture)
        self._note_whether_behind()
        self.update()

    def keep(self, picture: TilePicture) -> None:
        """Remember a picture as the one that is shown."""
        self._seq = picture.seq
        self._captured_s = picture.captured_s
        self._slept_s = slept_s()
        self._image = as_image(picture.pixels)
        self._greyed = None

    def refresh(self) -> None:
        """Bring words and ages up to now; called when something changed and twice a second."""
        now = self._now()
        self._note_privacy(now)
        self._note_whether_behind()
        name = self._condition.camera.name
        count = self._condition.known_count(now)
        accessible = f"{name}: {self._condition.state_word}"
        if self._condition.shows_count:
            said = words.people(count) if count is not None else tr("number of people unknown")
            accessible += f", {said}"
        if self._condition.is_count_doubtful(now):
            accessible += tr(", doubtful")
        if self._condition.attention:
            accessible += f". {self._condition.attention}"
        if notice := self._condition.notice_words:
            accessible += f". {notice}"
        if mark := mark_of(self._condition.privacy, now):
            accessible += f". {mark[1]}"
        if accessible != self.accessibleName():
            self.setAccessibleName(accessible)
            self.setToolTip(words.tooltip(self._explanation()))
            self.setAccessibleDescription(self._explanation().replace("\n", " "))
        self.update()

    def _note_privacy(self, now: datetime) -> None:
        """Let go of a picture that shows what may not be seen any more.

        The next one is made by the new rules; of a camera out of order none would come.
        """
        record = self._condition.privacy
        privacy = None if record is None else record.live(now)
        before, self._privacy = self._privacy, privacy
        if before is not None and privacy is not None and before.hides_less_than(privacy):
            self._image = self._greyed = self._captured_s = None

    # ---------------------------------------------------------------- what is true now

    def picture_age_s(self) -> float | None:
        """Return how old the shown picture is, in seconds; None without one."""
        if self._captured_s is None:
            return None
        # The clock of captures stands still while the computer sleeps; the picture grows older.
        return self._monotonic_s() - self._captured_s + max(0.0, slept_s() - self._slept_s)

    def is_picture_old(self) -> bool:
        """Tell whether the shown picture must not be taken for the present."""
        age_s = self.picture_age_s()
        if age_s is None:
            return False
        return age_s > old_after_s(self._condition.interval_s)

    def is_picture_greyed(self) -> bool:
        """Tell whether the picture is painted pale."""
        return self.is_picture_old() or not self._condition.is_live

    def age_text(self) -> str:
        """Return the words under the picture, such as "Live · 0.4 s ago"."""
        age_s = self.picture_age_s()
        if age_s is None:
            return ""
        if self.is_picture_greyed():
            return tr("Old picture · {span} ago", span=words.span(age_s))
        still = tr(" · still view") if self._condition.is_still(self._now()) else ""
        return tr(
            "{state_word} · {span} ago{still}",
            state_word=self._condition.state_word,
            span=words.span(age_s),
            still=still,
        )

    def count_note(self) -> str:
        """Return what must be said of the number; empty when it is of the shown picture."""
        if not self._condition.is_live or not self._condition.shows_count:
            return ""
        if not self._condition.can_count:
            return tr("View only")
        age_s = self._condition.count_age_s(self._now())
        if age_s is None:
            return tr("Not counted yet") if self._image is not None else ""
        if self._condition.known_count(self._now()) is None:
            return tr("Not counted for {whole_span}", whole_span=words.whole_span(age_s))
        if self._is_behind() or not self._condition.is_count_new(self._now()):
            return tr("Counted {span} ago", span=words.span(age_s))
        return self._condition.mode_word(self._now())

    def message(self) -> list[Line]:
        """Return the words in the middle: why there is no picture of now; empty if there is."""
        tokens = theme.on_pictures()
        condition = self._condition
        if condition.is_live and condition.only_counts(self._now()):
            return [
                Line(tr("People are only counted here"), tokens.text, is_bold=True),
                Line(tr("For privacy, no picture is shown"), tokens.muted),
            ]
        if condition.is_live:
            waiting = tr("Waiting for the next picture")
            return [] if self._image is not None else [Line(waiting, tokens.muted)]
        now = self._now()
        title = f"{condition.state_word} {condition.state_for(now)}".strip()
        lines = [Line(title, tokens.text, is_bold=True)]
        lines.append(Line(condition.reason_words, tokens.text))
        lines.append(Line(condition.detail, tokens.text, is_extra=True))
        lines.append(Line(condition.retry(now), tokens.text))
        lines.append(Line(self._elsewhere_note(now), tokens.text))
        return [line for line in lines if line.text]

    def _elsewhere_note(self, now: datetime) -> str:
        """Say how old the number is of a camera that another workstation counts."""
        age_s = self._condition.count_age_s(now)
        if not self._condition.camera.workstation or age_s is None:
            return ""
        if not self._condition.shows_count:
            return ""
        if self._condition.known_count(now) is None:
            return tr("No number for {whole_span}", whole_span=words.whole_span(max(0.0, age_s)))
        return tr("Counted {span} ago", span=words.span(max(0.0, age_s)))

    def _note_whether_behind(self) -> None:
        """Remember since when the count has been of an older picture than the one shown."""
        if self._image is None or self.counts_shown_picture():
            self._behind_since_s = None
        elif self._behind_since_s is None:
            self._behind_since_s = self._monotonic_s()

    def counts_shown_picture(self) -> bool:
        """Tell whether the newest count is of the picture that is shown, or of a later one."""
        count = self._condition.count
        return count is None or count.seq >= self._seq

    def _is_behind(self) -> bool:
        since_s = self._behind_since_s
        return since_s is not None and self._monotonic_s() - since_s >= _BEHIND_AFTER_S

    def _explanation(self) -> str:
        camera = self._condition.camera
        lines = [
            camera.name,
            camera.settings.location,
            self._condition.state_word,
            self._condition.reason_words,
            self._condition.detail,
            self._condition.advice,
        ]
        lines += self._numbers()
        return "\n".join(line for line in lines if line)

    def _numbers(self) -> list[str]:
        """Say what the numbers are worth, and what passed and stands where."""
        now = self._now()
        lines = [self._condition.badge]
        if self._condition.is_count_doubtful(now):
            lines.append(
                tr("People cannot be counted well in such pictures: the number is doubtful.")
            )
        if self._condition.is_still(now):
            lines.append(tr("Nothing moves in view: the number of people was taken over."))
        count = self._condition.count
        if count is not None and self._condition.known_count(now) not in (None, count.count):
            lines.append(
                tr(
                    "The number is steadied; found in the newest picture: {people}.",
                    people=words.people(count.count),
                )
            )
        lines += self._condition.explained(now)
        passing = self._condition.passing(now)
        if passing is not None and passing.advice:
            lines.append(f"{words.sentence(passing.advice)}.")
        return lines

    # ---------------------------------------------------------------- where things are

    def picture_area(self) -> QRectF:
        """Return the room for the picture, in logical pixels."""
        header = sizes_for(self.size()).header
        return QRectF(self.rect().adjusted(2, header, -2, -2))

    def picture_rect(self) -> QRectF | None:
        """Return where the picture is painted, in logical pixels; None without one."""
        if self._image is None:
            return None
        image_wh = self._image.width(), self._image.height()
        return picture_box(image_wh, self.picture_area(), self.devicePixelRatioF())

    def image_rect(self) -> QRectF | None:
        """Return where the pixels that are there are painted: here it is all of the picture."""
        return self.picture_rect()

    def view_rect(self) -> QRectF | None:
        """Return outside of what nothing of the picture is painted; None without one."""
        return self.picture_rect()

    def _tell_feed(self) -> None:
        area, ratio = self.picture_area(), self.devicePixelRatioF()
        width, height = math.floor(area.width() * ratio), math.floor(area.height() * ratio)
        wh = (width, height) if self._is_shown and width > 0 and height > 0 else None
        if wh != self._told_wh:
            self._told_wh = wh
            self._feed.show(self.camera_id, wh)

    # ---------------------------------------------------------------- Qt's calls

    def showEvent(self, event: QShowEvent, /) -> None:
        """Ask for pictures."""
        super().showEvent(event)
        self._is_shown = True
        self._tell_feed()
        self.refresh()

    def hideEvent(self, event: QHideEvent, /) -> None:
        """Ask for no more pictures; keep a small one for when it is shown again."""
        super().hideEvent(event)
        self._is_shown = False
        self._tell_feed()
        if self._image is not None and self._image.width() > _KEPT_HIDDEN.width():
            self._image = self._image.scaled(
                _KEPT_HIDDEN,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.FastTransformation,
            )
            self._greyed = None

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Ask for pictures of the new size."""
        super().resizeEvent(event)
        self._tell_feed()

    def event(self, event: QEvent, /) -> bool:
        """Ask for pictures of the new size when the screen's scale changes; explain what is now."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._tell_feed()
        elif event.type() == QEvent.Type.ToolTip:
            # The numbers change all the time, so that they are put into words only when asked.
            self.setToolTip(words.tooltip(self._explanation()))
        return super().event(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent, /) -> None:
        """Open the camera alone."""
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
        # A painter that outlives its event, as after an error, would abort the program.
        with QPainter(self) as painter:
            self._paint(painter)

    # ---------------------------------------------------------------- painting

    def _paint(self, painter: QPainter) -> None:
        tokens = theme.on_pictures()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_picture(painter)
        painter.drawPixmap(0, 0, self._header_picture())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self._condition.attention:
            draw_attention(painter, self.rect(), self.picture_area(), self._condition.attention)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        edge = tokens.critical if self._condition.attention else tokens.line
        painter.setPen(QPen(QColor(tokens.accent if self.hasFocus() else edge), 2))
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _header_picture(self) -> QPixmap:
        """Return the header, drawn anew only when something in it has changed.

        A tile is painted several times a second, mostly because its picture changed.
        """
        now = self._now()
        header = TileHeader(
            wh=(self.width(), sizes_for(self.size()).header),
            ratio=self.devicePixelRatioF(),
            number=str(self.camera_id),
            name=self._condition.camera.name,
            count=self._condition.count_text(now),
            is_new=self._condition.is_count_new(now) and not self.is_picture_old(),
            is_doubtful=self._condition.is_count_doubtful(now),
            kind=self._condition.kind,
            attention=self._condition.attention,
        )
        if self._header is None or self._header[0] != header:
            self._header = header, draw_header(header, self.font(), sizes_for(self.size()))
        return self._header[1]

    def paint_picture(self, painter: QPainter) -> None:
        """Paint the picture with all that is shown over it."""
        tokens = theme.on_pictures()
        sizes = sizes_for(self.size())
        area = self.picture_area()
        painter.fillRect(area, QColor(tokens.picture))
        box, place = self.picture_rect(), self.image_rect()
        if box is not None and place is not None and self._image is not None:
            is_greyed = self.is_picture_greyed()
            if is_greyed and self._greyed is None:
                self._greyed = self._image.convertToFormat(QImage.Format.Format_Grayscale8)
            image = self._greyed if is_greyed and self._greyed else self._image
            painter.save()
            painter.setClipRect(self.view_rect() or box)
            draw_picture(painter, place, image, is_greyed=is_greyed)
            count = self._condition.count
            known = self._condition.known_count(self._now()) is not None
            has_boxes = self._has_boxes and not self._condition.only_counts(self._now())
            if has_boxes and known and count is not None and not is_greyed:
                draw_boxes(painter, box, count.boxes, is_behind=self._is_behind())
            if not is_greyed:
                self.paint_scene(painter, box)
            painter.restore()
        if lines := self.message():
            # Neither over the notes at the foot of the picture nor over the mark at its head.
            head = attention_height(area) if self._condition.attention else 0.0
            room = area.adjusted(0, head, 0, -2 * sizes.note if self.age_text() else 0)
            draw_message(painter, room, lines, sizes.note, self.font())
        self._paint_notes(painter, area)

    def paint_scene(self, painter: QPainter, box: QRectF) -> None:
        """Paint lines, gates and zones over the picture."""
        scene = self._condition.scene or _NO_SCENE
        readings = self._condition.readings(self._now())
        self._layer.paint(painter, box, scene, readings, self.devicePixelRatioF())

    def _has_room_for_notes(self, area: QRectF) -> bool:
        """Tell whether words fit under the picture; in the smallest tiles only what is old is told."""
        least = 5 * sizes_for(self.size()).note
        return area.height() >= least or (self.is_picture_greyed() and not self.message())

    def _paint_notes(self, painter: QPainter, area: QRectF) -> None:
        tokens = theme.on_pictures()
        painter.setFont(sized(self.font(), sizes_for(self.size()).note))
        gap, ratio = tokens.space / 2, self.devicePixelRatioF()
        below = 0.0
        if notice := self._condition.notice_words:
            below = draw_notice(painter, area, notice, self.devicePixelRatioF()).height() + gap
        if mark := mark_of(self._condition.privacy, self._now()):
            draw_privacy(painter, area, mark, self.devicePixelRatioF(), below)
        left = area.left() + gap
        if (text := self.age_text()) and self._has_room_for_notes(area):
            is_slow = self._condition.kind is CameraState.SLOW or self.is_picture_greyed()
            color = tokens.warning if is_slow else tokens.text
            corner = QPointF(left, area.bottom() - gap)
            plate = draw_note(painter, corner, text, color, area.width() - 2 * gap, ratio)
            left = plate.right() + gap
        if (text := self.count_note()) and self._has_room_for_notes(area):
            room = area.right() - gap - left
            width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 12
            if width <= room:
                corner = QPointF(area.right() - gap - width, area.bottom() - gap)
                draw_note(painter, corner, text, tokens.warning, room, ratio)
            elif area.height() >= 6 * sizes_for(self.size()).note:
                # Too narrow for both side by side: one above the other.
                step = QFontMetricsF(painter.font()).height() + 4 + gap
                corner = QPointF(area.left() + gap, area.bottom() - gap - step)
                draw_note(painter, corner, text, tokens.warning, area.width() - 2 * gap, ratio)
