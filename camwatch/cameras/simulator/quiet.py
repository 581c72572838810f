"""Pictures of a place where nobody is: still, but never the same file twice."""

from __future__ import annotations

from camwatch.cameras.simulator.painter import Painter

VARIANTS = 4
"""So many pictures of an empty place are painted, each with noise of its own."""


class EmptyPlace:
    """The pictures of one empty place; painted once, so that serving them costs next to nothing.

    Args:
        painter: Of the place.
    """

    def __init__(self, painter: Painter) -> None:
        files = (painter.empty_jpeg(variant) for variant in range(VARIANTS))
        self._halves = [_halves(file) for file in files]

    def picture(self, camera: int, frame: int) -> bytes:
        """Return a JPEG file.

        A remark tells it from every other, as a sensor's noise would: a file that comes again
        byte for byte is taken for a camera that hangs.

        Args:
            camera: Whose picture it is; its index.
            frame: Counts the frames since the site's start.
        """
        head, tail = self._halves[(camera + frame) % VARIANTS]
        return b"".join((head, _remark(f"camera {camera + 1} frame {frame}"), tail))


def _halves(jpeg: bytes) -> tuple[bytes, bytes]:
    """Cut a JPEG file behind its first segment, which must stay the first."""
    at = 4 + int.from_bytes(jpeg[4:6])  # behind SOI, the marker, and as much as it says
    return jpeg[:at], jpeg[at:]


def _remark(text: str) -> bytes:
    """Return a segment that decoders pass over (COM; ITU-T T.81, annex B.2.4.5)."""
    content = text.encode()
    return b"\xff\xfe" + (len(content) + 2).to_bytes(2) + content
