"""The picture of the moment an alert was raised, with what was found in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from camwatch.alerts.inbox import Evidence
from camwatch.auth.session import Session
from camwatch.domain import Boxes
from camwatch.errors import CamWatchError
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.inbox import wording
from camwatch.ui.alerts.inbox.pictures import EvidenceCommands, evidence_image
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import plain_label
from camwatch.ui.words import people, whole_span

_LARGEST_WH = (1280, 720)
_LEAST_HEIGHT = 120
_MOST_HEIGHT = 480
_UNREADABLE = marked("The file of this picture is damaged, so it is not shown.")

_Read = list[tuple[Evidence, QImage]]


class EvidenceView(QWidget):
    """Shows one picture as large as fits, with boxes over it; the picture is not changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._boxes: Boxes | None = None
        self.are_boxes_shown = True
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Picture of the moment"))

    @property
    def image(self) -> QImage:
        """What is seen; null without."""
        return self._image

    def show_picture(self, image: QImage, boxes: Boxes | None) -> None:
        """Show a picture.

        Args:
            image: Decoded.
            boxes: float32, shape (n, 4), relative to the picture; None for none.
        """
        self._image, self._boxes = image, boxes
        self._fit()
        self.update()

    def set_boxes_shown(self, are_shown: bool) -> None:
        """Draw the boxes, or leave the picture bare."""
        self.are_boxes_shown = are_shown
        self.update()

    def _fit(self) -> None:
        """Take the picture's shape; a very high one is shown smaller."""
        size = self._image.size()
        height = round(self.width() * size.height() / size.width()) if size.width() else 0
        height = min(max(height, theme.px(_LEAST_HEIGHT)), theme.px(_MOST_HEIGHT))
        if height != self.height():
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Stay in the picture's shape."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw picture and boxes."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(theme.on_pictures().picture))
            size = self._image.size().toSizeF()
            if size.isEmpty():
                return
            size.scale(self.size().toSizeF(), Qt.AspectRatioMode.KeepAspectRatio)
            frame = QRectF(0, 0, size.width(), size.height())
            frame.moveCenter(QRectF(self.rect()).center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(frame, self._image)
            if self.are_boxes_shown and self._boxes is not None:
                self._draw_boxes(painter, frame, self._boxes)

    @staticmethod
    def _draw_boxes(painter: QPainter, frame: QRectF, boxes: Boxes) -> None:
        tokens = theme.on_pictures()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setClipRect(frame)
        for x1, y1, x2, y2 in boxes.tolist():
            left, top = frame.left() + x1 * frame.width(), frame.top() + y1 * frame.height()
            box = QRectF(left, top, (x2 - x1) * frame.width(), (y2 - y1) * frame.height())
            for color, width in ((tokens.picture, 4), (tokens.box, 2)):
                painter.setPen(QPen(QColor(color), width))
                painter.drawRect(box)


class EvidencePanel(QWidget):
    """Reads and shows the pictures that are kept of an alert, or says why there is none.

    Args:
        zone: The site's time zone.
    """

    def __init__(
        self,
        commands: EvidenceCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._zone = zone
        self._uid = ""
        self._raised_at: datetime | None = None
        self._question = 0
        self._read: _Read = []
        self._place = 0
        space = theme.current().space
        self.view = EvidenceView(self)
        self.caption = plain_label("", "muted", self)
        self.caption.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.boxes_button = self._button(
            "scan", tr("Boxes (B)"), tr("Boxes around people, on and off")
        )
        self.boxes_button.setCheckable(True)
        self.boxes_button.setProperty("role", "choice")
        self.boxes_button.setChecked(True)
        self.boxes_button.toggled.connect(self.view.set_boxes_shown)
        self.back_button = self._button("chevron-left", "", tr("Picture of the camera before"))
        self.back_button.clicked.connect(lambda: self._turn(-1))
        self.next_button = self._button("chevron-right", "", tr("Picture of the next camera"))
        self.next_button.clicked.connect(lambda: self._turn(1))
        self.again_button = self._button(
            "refresh-cw", tr("Try again"), tr("Read the picture again")
        )
        self.again_button.clicked.connect(self._ask)
        row = QHBoxLayout()
        row.setSpacing(space)
        for part in (self.boxes_button, self.back_button, self.next_button, self.again_button):
            row.addWidget(part)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addWidget(self.view)
        column.addWidget(self.caption)
        column.addLayout(row)
        self._show("")

    def _button(self, icon: str, words: str, hint: str) -> QPushButton:
        button = QPushButton(icons.icon(icon), words, self)
        button.setIconSize(icons.button_size())
        button.setToolTip(hint)
        button.setAccessibleName(hint)
        button.setAutoDefault(False)
        return button

    @property
    def shown(self) -> Evidence | None:
        """The picture that is seen, None if none is."""
        return self._read[self._place][0] if self._read else None

    @property
    def count(self) -> int:
        """How many pictures were read."""
        return len(self._read)

    @Slot()
    def toggle_boxes(self) -> None:
        """Draw boxes, or do not."""
        if self.boxes_button.isVisible():
            self.boxes_button.toggle()

    def clear(self) -> None:
        """Show nothing: another alert is chosen."""
        self._question += 1
        self._uid, self._read = "", []
        self._show("")

    def say(self, sentence: str) -> None:
        """Show no picture, and say why there is none."""
        self.clear()
        self._show(sentence)

    def show_alert(self, uid: str, raised_at: datetime) -> None:
        """Read the pictures of an alert, and show them."""
        if uid != self._uid:
            self.clear()
            self._show(tr("Reading the picture…"))
        self._uid, self._raised_at = uid, raised_at
        self._ask()

    @Slot()
    def _ask(self) -> None:
        self._question += 1
        commands, session, uid = self._commands, self._session, self._uid
        self.again_button.hide()

        def read() -> _Read:
            found = commands.alert_evidence(session, uid)
            return [(one, evidence_image(one, _LARGEST_WH)) for one in found]

        self._background.run(
            read,
            partial(self._on_read, self._question),
            partial(self._on_failed, self._question),
            owner=self,
        )

    def _on_read(self, question: int, read: _Read) -> None:
        if question != self._question:
            return
        self._read = read
        self._place = min(self._place, max(len(read) - 1, 0))
        self._show("" if read else tr("No picture is kept."))

    def _on_failed(self, question: int, error: CamWatchError) -> None:
        if question != self._question:
            return
        self._read = []
        text = text_for(error)
        self._show(tr("The picture cannot be read. {whole}", whole=text.whole))
        self.again_button.show()

    def _turn(self, by: int) -> None:
        if self._read:
            self._place = (self._place + by) % len(self._read)
            self._show("")

    def _show(self, sentence: str) -> None:
        """Bring all parts in line with what is read."""
        evidence, image = self._read[self._place] if self._read else (None, QImage())
        is_seen = not image.isNull()
        self.view.show_picture(image, None if evidence is None else evidence.boxes)
        self.view.setVisible(is_seen)
        self.boxes_button.setVisible(is_seen and evidence is not None and len(evidence.boxes) > 0)
        for button in (self.back_button, self.next_button):
            button.setVisible(len(self._read) > 1)
        self.again_button.hide()
        if evidence is not None:
            sentence = " ".join(self._caption(evidence, is_seen=is_seen))
        self.caption.setText(sentence)
        self.caption.setVisible(bool(sentence))

    def _caption(self, evidence: Evidence, *, is_seen: bool) -> Sequence[str]:
        count = len(self._read)
        place = tr("{value} of {count}: ", value=self._place + 1, count=count) if count > 1 else ""
        when = wording.moment(evidence.captured_at, self._zone)
        parts = [f"{place}{wording.one_line(evidence.camera_name)}, {when}{self._age(evidence)}."]
        if not is_seen:
            parts.append(tr(_UNREADABLE))
        if evidence.count is None:
            parts.append(tr("People were not counted in it."))
        else:
            parts.append(
                tr("{people} counted in this picture alone.", people=people(evidence.count))
            )
        if evidence.is_masked:
            parts.append(tr("Masked parts are painted over."))
        parts.append(
            tr(
                "Kept until {astimezone:%Y-%m-%d %H:%M}.",
                astimezone=evidence.kept_until.astimezone(self._zone),
            )
        )
        return parts

    def _age(self, evidence: Evidence) -> str:
        if self._raised_at is None:
            return ""
        age_s = (self._raised_at - evidence.captured_at).total_seconds()
        if abs(age_s) < 1:
            return tr(", at that moment")
        apart = whole_span(abs(age_s))
        if age_s > 0:
            return tr(", {whole_span} before the alert", whole_span=apart)
        return tr(", {whole_span} after the alert", whole_span=apart)
