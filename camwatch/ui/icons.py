"""Icons of one family, drawn in any colour and sharp at any size."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from camwatch.paths import resources
from camwatch.ui import theme

FOLDER = resources() / "icons"


def size(pixels: int) -> QSize:
    """Return the size of an icon that is so many logical pixels wide and high at 100 %."""
    return QSize(theme.px(pixels), theme.px(pixels))


def button_size() -> QSize:
    """Return that of an icon before the words of a push button: Qt leaves too little room."""
    return QSize(theme.px(21), theme.px(16))


@lru_cache(maxsize=256)
def _renderer(name: str, color: str) -> QSvgRenderer:
    drawing = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(drawing.replace("currentColor", color).encode()))


def pixmap(name: str, size: int, color: str | None = None, ratio: float = 1.0) -> QPixmap:
    """Draw an icon; the same one is drawn only once.

    Args:
        name: File name without ".svg".
        size: Width and height in logical pixels at 100 %.
        color: "#rrggbb"; None is the theme's text colour.
        ratio: Device pixels per logical pixel.

    Raises:
        FileNotFoundError: There is no such icon; a bug.
    """
    return drawn(name, theme.px(size), color or theme.current().text, ratio)


@lru_cache(maxsize=256)
def drawn(name: str, size: int, color: str, ratio: float) -> QPixmap:
    """Draw an icon of this size, whatever that of the text is; see `pixmap`."""
    made = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    made.fill(Qt.GlobalColor.transparent)
    with QPainter(made) as painter:
        _renderer(name, color).render(painter)
    made.setDevicePixelRatio(ratio)
    return made


class _SvgEngine(QIconEngine):
    """Draws an icon anew for each size and ratio instead of scaling a picture of it."""

    def __init__(self, name: str, color: str) -> None:
        super().__init__()
        self._name = name
        self._color = color

    def paint(
        self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State, /
    ) -> None:
        color = theme.current().disabled if mode == QIcon.Mode.Disabled else self._color
        # As wide as it is high; what is left of a wider place is empty, at the right.
        side = min(rect.width(), rect.height())
        top = rect.top() + (rect.height() - side) / 2
        _renderer(self._name, color).render(painter, QRectF(rect.left(), top, side, side))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, /) -> QPixmap:
        drawn = QPixmap(size)
        drawn.fill(Qt.GlobalColor.transparent)
        with QPainter(drawn) as painter:
            self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        return drawn

    def clone(self) -> QIconEngine:
        return _SvgEngine(self._name, self._color)


@lru_cache(maxsize=256)
def _icon(name: str, color: str) -> QIcon:
    _renderer(name, color)  # a missing file is told here, not while painting
    return QIcon(_SvgEngine(name, color))


def icon(name: str, color: str | None = None) -> QIcon:
    """Return an icon that is drawn in this colour, paler when disabled.

    Args:
        name: File name without ".svg".
        color: "#rrggbb"; None is the theme's text colour.

    Raises:
        FileNotFoundError: There is no such icon; a bug.
    """
    return _icon(name, color or theme.current().text)


def app_icon() -> QIcon:
    """Return the program's own icon, for windows and the tray."""
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        made.addPixmap(pixmap("app", size))
    return made
