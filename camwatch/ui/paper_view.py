"""Shows a page of paper as wide as there is room."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from camwatch.ui import theme

_LEAST_HEIGHT = 200


class PaperView(QWidget):
    """One page; never larger than it was drawn, so that it stays sharp."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.px(_LEAST_HEIGHT))

    @property
    def page(self) -> QImage:
        """The page that is seen; null without."""
        return self._page

    def show_page(self, page: QImage) -> None:
        """Show a page."""
        self._page = page
        self._fit()
        self.update()

    def _width(self) -> int:
        return min(self.width(), self._page.width())

    def _fit(self) -> None:
        wide = self._page.width()
        height = (
            round(self._width() * self._page.height() / wide) if wide else theme.px(_LEAST_HEIGHT)
        )
        if height != self.height():
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Stay in the page's shape."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Draw the page in the middle."""
        if self._page.isNull():
            return
        width = self._width()
        frame = QRectF((self.width() - width) / 2, 0, width, self.height())
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(frame, self._page, QRectF(self._page.rect()))
