"""Small pictures of the cameras whose rows are seen, made beside the GUI thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from camwatch.cameras.decode import decode, make_tile
from camwatch.domain import CameraId, Picture
from camwatch.errors import CameraError, CamWatchError
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.scene.live_view import LatestPictures

THUMBNAIL_WH = (64, 36)
_LEAST_AGE_S = 5.0
_MOST_AT_ONCE = 12


def small_image(picture: Picture, wh: tuple[int, int]) -> QImage:
    """Return a picture as large as fits into a box; an empty image if it cannot be decoded."""
    try:
        tile = make_tile(decode(picture, wh), wh)
    except CameraError:
        return QImage()
    height, width = tile.pixels.shape[:2]
    wrapped = QImage(tile.pixels.data, width, height, tile.pixels.strides[0], _FORMAT)
    return wrapped.copy()


_FORMAT = QImage.Format.Format_RGB32


def _in_box(image: QImage, wh: tuple[int, int]) -> QImage:
    """Put an image into the middle of its box, so that all thumbnails are of one size."""
    box = QImage(*wh, _FORMAT)
    box.fill(QColor(theme.on_pictures().picture))
    with QPainter(box) as painter:
        painter.drawImage((wh[0] - image.width()) // 2, (wh[1] - image.height()) // 2, image)
    return box


class Thumbnails(QObject):
    """Makes a small picture of each camera that is seen, every five seconds at most.

    Signals:
        made: CameraId, a QPixmap, and the same in grey for when it is old.

    Args:
        wanted: Returns the cameras whose rows are seen.
        ratio: Device pixels per logical pixel.
        clock: Monotonic, seconds.
    """

    made = Signal(object, QPixmap, QPixmap)

    def __init__(
        self,
        pictures: LatestPictures,
        background: Background,
        wanted: Callable[[], Sequence[CameraId]],
        parent: QObject | None = None,
        *,
        ratio: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._background = background
        self._wanted = wanted
        self._ratio = ratio
        self._wh = (round(THUMBNAIL_WH[0] * ratio), round(THUMBNAIL_WH[1] * ratio))
        self._clock = clock
        self._made: dict[CameraId, tuple[int, float]] = {}
        self._is_busy = False

    @Slot()
    def look(self) -> None:
        """Make those that are due, unless some are being made."""
        if self._is_busy:
            return
        now_s = self._clock()
        due: list[Picture] = []
        for camera_id in self._wanted():
            picture = self._pictures.latest(camera_id)
            seq, at_s = self._made.get(camera_id, (-1, -_LEAST_AGE_S))
            if picture is not None and picture.seq != seq and now_s - at_s >= _LEAST_AGE_S:
                due.append(picture)
                self._made[camera_id] = (picture.seq, now_s)
        if due:
            self._make(due[:_MOST_AT_ONCE])
            for late in due[_MOST_AT_ONCE:]:
                del self._made[late.camera_id]

    def _make(self, due: Sequence[Picture]) -> None:
        self._is_busy = True
        wh = self._wh

        def job() -> list[tuple[CameraId, QImage, QImage]]:
            found = []
            for picture in due:
                image = small_image(picture, wh)
                if not image.isNull():
                    image = _in_box(image, wh)
                    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
                    found.append((picture.camera_id, image, grey))
            return found

        self._background.run(job, self._on_made, self._on_failed, owner=self)

    def _on_made(self, found: Sequence[tuple[CameraId, QImage, QImage]]) -> None:
        self._is_busy = False
        for camera_id, now, then in found:
            self.made.emit(camera_id, self._pixmap(now), self._pixmap(then))

    def _on_failed(self, _error: CamWatchError) -> None:
        # The next look tries again.
        self._is_busy = False

    def _pixmap(self, image: QImage) -> QPixmap:
        pixmap = QPixmap.fromImage(image, Qt.ImageConversionFlag.ColorOnly)
        pixmap.setDevicePixelRatio(self._ratio)
        return pixmap
