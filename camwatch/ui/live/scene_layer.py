"""Lines, gates and zones over a tile's picture, drawn anew only when something changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from camwatch.scene import Scene
from camwatch.ui.scene.overlay import draw_scene


@dataclass(frozen=True, slots=True)
class _Layer:
    """All that a layer shows; equal ones look the same."""

    scene: Scene
    readings: tuple[tuple[str, str], ...]
    wh: tuple[float, float]
    ratio: float


class SceneLayer:
    """Keeps what is drawn on a view as a picture of its own.

    A tile is painted several times a second, while its lines stay and its numbers change
    every few seconds: stroking them each time would take most of the tile's time.
    """

    def __init__(self) -> None:
        self._shown: _Layer | None = None
        self._drawn = QPixmap()

    def paint(
        self,
        painter: QPainter,
        picture: QRectF,
        scene: Scene,
        readings: Mapping[str, str],
        ratio: float,
    ) -> None:
        """Paint what is drawn on a view over its picture.

        Args:
            painter: Of the tile.
            picture: Where the picture is, logical pixels.
            scene: What is drawn.
            readings: What stands at each place, by its name.
            ratio: Device pixels per logical pixel.
        """
        if not any(True for _ in scene.places()):
            return
        wh = picture.width(), picture.height()
        layer = _Layer(scene, tuple(readings.items()), wh, ratio)
        if layer != self._shown:
            self._shown, self._drawn = layer, self._draw(layer, painter)
        painter.drawPixmap(picture.topLeft(), self._drawn)

    @staticmethod
    def _draw(layer: _Layer, painter: QPainter) -> QPixmap:
        width, height = layer.wh
        drawn = QPixmap(round(width * layer.ratio), round(height * layer.ratio))
        drawn.setDevicePixelRatio(layer.ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        with QPainter(drawn) as over:
            over.setFont(painter.font())
            area = QRectF(0, 0, width, height)
            draw_scene(over, area, layer.scene, compact=True, readings=dict(layer.readings))
        return drawn
