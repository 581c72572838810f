"""Shows one picture of a recording, as large as fits, with or without boxes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from camwatch.accuracy.keeping import RecordedBox
from camwatch.language import tr
from camwatch.scene import Scene
from camwatch.ui import theme
from camwatch.ui.accuracy.loader import PictureLoader
from camwatch.ui.scene.overlay import draw_scene

_LEAST = QSize(320, 180)


class PictureView(QWidget):
    """Shows the newest picture that was asked for and is loaded.

    Signals:
        picture_shown: Name of the file that is seen now.

    Args:
        folder: Of the recording's pictures.
    """

    picture_shown = Signal(str)

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loader = loader = PictureLoader(folder)
        # A window that is taken away with all in it ends its threads, too.
        # The lambda keeps the thread's object until then.
        self.destroyed.connect(lambda: loader.close())  # noqa: PLW0108
        self._loader.loaded.connect(self._on_loaded)
        self._wanted: Sequence[str] = ()
        self._shown = ""
        self._image = QImage()
        self._boxes: Sequence[RecordedBox] = ()
        self._scene: Scene | None = None
        self._note = ""
        self.setMinimumSize(_LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Picture of the recording"))

    @property
    def shown(self) -> str:
        """Name of the file that is seen; "" before the first."""
        return self._shown

    @property
    def image(self) -> QImage:
        """What is seen, in device pixels; null before the first."""
        return self._image

    def show_picture(self, files: Sequence[str], boxes: Sequence[RecordedBox] = ()) -> None:
        """Show the first of these files once it is loaded, and load the others ahead.

        Args:
            files: Names in the folder.
            boxes: Drawn over the first, in parts of the picture.
        """
        self._wanted = files
        self._boxes = boxes
        self._loader.want(files, self._wh())
        self._take()

    def show_scene(self, scene: Scene) -> None:
        """Draw these lines and masks over each picture."""
        self._scene = scene
        self.update()

    @property
    def scene(self) -> Scene | None:
        """What is drawn over each picture, None if nothing is."""
        return self._scene

    def say(self, note: str) -> None:
        """Put a few words over the picture; "" takes them away."""
        if note != self._note:
            self._note = note
            self.update()

    def close_loader(self) -> None:
        """End the thread that loads; the picture that is seen stays."""
        self._loader.close()

    def _wh(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1)

    @Slot(str)
    def _on_loaded(self, file: str) -> None:
        if self._wanted and file == self._wanted[0]:
            self._take()

    def _take(self) -> None:
        file = self._wanted[0] if self._wanted else ""
        image = self._loader.image(file)
        if image is None:
            return
        is_new = file != self._shown
        self._shown, self._image = file, image
        self._image.setDevicePixelRatio(self.devicePixelRatioF())
        self.update()
        if is_new:
            self.picture_shown.emit(file)

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Load the picture again in the new size; until then the old one is stretched."""
        super().resizeEvent(event)
        if self._wanted:
            self._loader.want(self._wanted, self._wh())

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw picture, boxes and words."""
        tokens = theme.on_pictures()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(tokens.picture))
            frame = self._frame()
            if not self._image.isNull():
                whole = QRectF(self._image.rect())
                is_exact = whole.size() / self.devicePixelRatioF() == frame.size()
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=not is_exact)
                painter.drawImage(frame, self._image, whole)
                if self._scene is not None:
                    draw_scene(painter, frame, self._scene, compact=False)
                self._draw_boxes(painter, frame)
            note = self._note
            if self._shown and self._image.isNull():
                note = tr("This picture cannot be read.")
            if note:
                self._draw_note(painter, note)

    def _frame(self) -> QRectF:
        """Return where the picture is, in the middle and as large as fits."""
        size = self._image.deviceIndependentSize()
        if size.isEmpty():
            return QRectF(self.rect())
        fit = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        # The loaded picture has this size already but for a fraction of a pixel.
        if abs(fit.width() - size.width()) < 1.5 and abs(fit.height() - size.height()) < 1.5:
            fit = size
        left, top = (self.width() - fit.width()) / 2, (self.height() - fit.height()) / 2
        return QRectF(round(left), round(top), fit.width(), fit.height())

    def _draw_boxes(self, painter: QPainter, frame: QRectF) -> None:
        tokens = theme.on_pictures()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for x1, y1, x2, y2 in self._boxes:
            box = QRectF(
                frame.left() + x1 * frame.width(),
                frame.top() + y1 * frame.height(),
                (x2 - x1) * frame.width(),
                (y2 - y1) * frame.height(),
            )
            painter.setPen(QPen(QColor(tokens.picture), 4))
            painter.drawRect(box)
            painter.setPen(QPen(QColor(tokens.box), 2))
            painter.drawRect(box)

    def _draw_note(self, painter: QPainter, note: str) -> None:
        tokens = theme.on_pictures()
        space = tokens.space
        words = painter.fontMetrics().boundingRect(note)
        plate = QRectF(0, 0, words.width() + 4 * space, words.height() + 2 * space)
        plate.moveCenter(self.rect().center().toPointF())
        painter.setPen(Qt.PenStyle.NoPen)
        back = QColor(tokens.surface)
        back.setAlpha(230)
        painter.setBrush(back)
        painter.drawRoundedRect(plate, tokens.radius, tokens.radius)
        painter.setPen(QColor(tokens.text))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, note)
