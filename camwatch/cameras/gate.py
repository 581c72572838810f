"""Refuses hostile or broken pictures before any decoder sees them.

Plain byte look-ups, microseconds a picture: what a decoder would allocate or
compute is known from the header, so a picture that lies about it never gets there.
"""

from __future__ import annotations

from collections.abc import Iterator

from camwatch.domain import Reason
from camwatch.errors import CameraError
from camwatch.language import tr
from camwatch.opencv_setup import MAX_PIXELS, MAX_SIDE

MIN_SIDE = 16
"""Shortest side of a picture, pixels."""

MAX_SCANS = 32
"""Most scans of a JPEG: an ordinary progressive one has about ten, and each costs a decoder
a pass over the whole picture."""

JPEG_MAGIC = b"\xff\xd8\xff"
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"

MAX_HEADER_PARTS = 1000
"""Most segments before the first scan of a JPEG; a colour profile alone may take 255."""

# DHT, JPG and DAC stand among the frame headers' codes.
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SOF_PROGRESSIVE = frozenset((0xC2, 0xC6, 0xCA, 0xCE))
_SOS = 0xDA
_ALONE = frozenset((0x01, *range(0xD0, 0xD9)))  # TEM, RST0-7, SOI: markers without a length
_PNG_END = b"\x00\x00\x00\x00IEND\xae\x42\x60\x82"


def is_picture(data: bytes) -> bool:
    """Tell whether the first bytes are those of a JPEG or PNG file."""
    return data.startswith((JPEG_MAGIC, PNG_MAGIC))


def check_picture(data: bytes, *, max_bytes: int) -> tuple[int, int]:
    """Check a picture's size, kind, dimensions, scans and end.

    Args:
        data: What the camera sent.
        max_bytes: More than this is refused.

    Returns:
        Width and height in pixels, as the header says.

    Raises:
        CameraError: With reason EMPTY, TOO_LARGE, FORMAT, TRUNCATED, CORRUPT,
            TOO_SMALL, TOO_MANY_PIXELS or TOO_MANY_SCANS.

    Source:
        ITU-T T.81, annex B (JPEG markers); PNG, third edition, sections 5 and 11.
    """
    if not data:
        raise CameraError(Reason.EMPTY)
    if len(data) > max_bytes:
        raise CameraError(
            Reason.TOO_LARGE,
            tr("{count} bytes, at most {max_bytes}", count=len(data), max_bytes=max_bytes),
        )
    if data.startswith(JPEG_MAGIC):
        return _check_jpeg(data)
    if data.startswith(PNG_MAGIC):
        return _check_png(data)
    raise CameraError(Reason.FORMAT, tr("neither JPEG nor PNG"))


def _check_jpeg(data: bytes) -> tuple[int, int]:
    """Read the segments up to the first scan, then look for the end behind it."""
    wh: tuple[int, int] | None = None
    components = 0
    is_progressive = False
    for marker, at in _segments(data):
        if marker in _SOF:
            if wh is not None or len(data) < at + 6:
                raise CameraError(Reason.CORRUPT, tr("the header is damaged"))
            wh = (int.from_bytes(data[at + 3 : at + 5]), int.from_bytes(data[at + 1 : at + 3]))
            _check_size(wh)
            components = data[at + 5]
            is_progressive = marker in _SOF_PROGRESSIVE
    if wh is None:
        raise CameraError(Reason.CORRUPT, tr("the header names no size"))
    # One scan with all components is the whole of a sequential JPEG: decoders refuse a
    # second. The count costs time on big pictures, so it is made only where it can matter.
    has_more_scans = is_progressive or data[at] != components
    if has_more_scans and data.count(b"\xff\xda", at) >= MAX_SCANS:
        raise CameraError(
            Reason.TOO_MANY_SCANS, tr("more than {max_scans} scans", max_scans=MAX_SCANS)
        )
    # Some cameras add padding behind the end, so it is looked for, not expected there.
    if data.rfind(b"\xff\xd9", at) < 0:
        raise CameraError(Reason.TRUNCATED, tr("the end is missing"))
    return wh


def _segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield each header segment's marker and where its content starts; SOS is the last."""
    at = 2
    for _ in range(MAX_HEADER_PARTS):
        if at + 4 > len(data):
            raise CameraError(Reason.TRUNCATED, tr("the header is cut off"))
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if data[at] != 0xFF:
            raise CameraError(Reason.CORRUPT, tr("the header is damaged"))
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker in _ALONE:
            at += 2
        elif length < 2:
            raise CameraError(Reason.CORRUPT, tr("the header is damaged"))
        elif at + 2 + length >= len(data):
            raise CameraError(Reason.TRUNCATED, tr("the header is cut off"))
        else:
            yield marker, at + 4
            if marker == _SOS:
                return
            at += 2 + length
    raise CameraError(Reason.CORRUPT, tr("the header has too many parts"))


def _check_png(data: bytes) -> tuple[int, int]:
    """Read the header chunk, which must be first, and look for the end chunk."""
    if len(data) < 33:
        raise CameraError(Reason.TRUNCATED, tr("the header is cut off"))
    if data[8:16] != b"\x00\x00\x00\x0dIHDR":
        raise CameraError(Reason.CORRUPT, tr("the header is damaged"))
    wh = (int.from_bytes(data[16:20]), int.from_bytes(data[20:24]))
    _check_size(wh)
    if _PNG_END not in data[-1024:]:
        raise CameraError(Reason.TRUNCATED, tr("the end is missing"))
    return wh


def _check_size(wh: tuple[int, int]) -> None:
    width, height = wh
    facts = f"{width} x {height} pixels"
    if min(wh) < MIN_SIDE:
        raise CameraError(Reason.TOO_SMALL, facts)
    if max(wh) > MAX_SIDE or width * height > MAX_PIXELS:
        raise CameraError(Reason.TOO_MANY_PIXELS, facts)
