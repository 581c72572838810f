"""What of a picture is looked at. Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF

from camwatch.domain import Part

MOST_ZOOM = 16.0
STEP = 1.25
"""One notch of the wheel, or one press of a key, enlarges so much."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """A part of the picture in the picture's own aspect ratio.

    Attributes:
        zoom: How many times it is enlarged, 1 (all of it) to 16.
        across, down: Its middle, relative to the picture, 0 to 1.
    """

    zoom: float = 1.0
    across: float = 0.5
    down: float = 0.5

    @property
    def part(self) -> Part:
        """The part that is looked at; always within the picture."""
        half = 0.5 / self.zoom
        return (self.across - half, self.down - half, self.across + half, self.down + half)

    @property
    def is_whole(self) -> bool:
        """True while all of the picture is looked at."""
        return self.zoom <= 1.0

    def zoomed(self, factor: float, across: float, down: float) -> Viewport:
        """Enlarge by a factor; the given point of the picture stays where it is seen."""
        zoom = min(max(self.zoom * factor, 1.0), MOST_ZOOM)
        # The point keeps its place in the view, so its distance to the middle shrinks.
        share = self.zoom / zoom
        return _within(
            zoom, across + (self.across - across) * share, down + (self.down - down) * share
        )

    def moved(self, right: float, below: float) -> Viewport:
        """Look further to the right and below, relative to the picture."""
        return _within(self.zoom, self.across + right, self.down + below)

    def whole_rect(self, view: QRectF) -> QRectF:
        """Return where the whole picture would lie if this part of it fills the view."""
        left, top, _, _ = self.part
        width, height = view.width() * self.zoom, view.height() * self.zoom
        return QRectF(view.left() - left * width, view.top() - top * height, width, height)


def _within(zoom: float, across: float, down: float) -> Viewport:
    """Return the viewport nearest to this that does not look beyond the picture's edges."""
    half = 0.5 / zoom
    return Viewport(zoom, min(max(across, half), 1 - half), min(max(down, half), 1 - half))


def part_rect(whole: QRectF, part: Part) -> QRectF:
    """Return where a part of the picture lies in the room of the whole one."""
    left, top, right, bottom = part
    return QRectF(
        whole.left() + left * whole.width(),
        whole.top() + top * whole.height(),
        (right - left) * whole.width(),
        (bottom - top) * whole.height(),
    )
