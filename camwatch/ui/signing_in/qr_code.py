"""A QR code that phones read from the screen."""

from __future__ import annotations

import segno
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from camwatch.domain import Secret
from camwatch.language import tr

_QUIET = 4  # modules of white around it that readers need, ISO/IEC 18004


def qr_image(text: Secret) -> QImage:
    """Draw a text as a QR code, black on white, one pixel a module, with its quiet zone."""
    rows = segno.make(text.reveal(), error="m", micro=False).matrix
    side = len(rows) + 2 * _QUIET
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    for y, row in enumerate(rows):
        for x, is_dark in enumerate(row):
            if is_dark:
                image.setPixel(x + _QUIET, y + _QUIET, 0xFF000000)
    return image


class QrCode(QWidget):
    """Shows a QR code as large as fits, each module the same number of pixels."""

    def __init__(self, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._image: QImage | None = None
        self.setAccessibleName(tr("QR code for your device's camera"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_text(self, text: Secret | None) -> None:
        """Show this text; None for none."""
        self._image = None if text is None else qr_image(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return a whole multiple of its modules, so that no line is thinner than another."""
        if self._image is None:
            return QSize(self._side, self._side)
        modules = self._image.width()
        side = max(self._side // modules, 1) * modules
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw it without smoothing."""
        if self._image is None:
            return
        with QPainter(self) as painter:
            painter.drawImage(self.rect(), self._image)
