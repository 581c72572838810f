"""Bytes to pixels, at the scale that is needed.

JPEG goes through libjpeg-turbo in strict mode: OpenCV accepts a picture that was
damaged on its way and counts people in the smear. PNG goes through OpenCV, with
the checksums tested before.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence

import numpy as np
import simplejpeg

from camwatch import opencv_setup
from camwatch.cameras.gate import JPEG_MAGIC, PNG_MAGIC
from camwatch.domain import WHOLE, Frame, Part, Picture, Pixels, Reason, TilePicture
from camwatch.errors import CameraError
from camwatch.language import tr

# isort: split
import cv2

opencv_setup.tidy()
# Several pictures are decoded at once in threads of our own; more threads inside
# each call only make the window stutter.
cv2.setNumThreads(1)

_SCALES = (8, 4, 2, 1)
_PAINTED_OVER_BGR = (48, 48, 48)
_MAX_CHUNKS = 20_000  # at 8 KiB a chunk, as encoders write them, 160 MiB


def decode(picture: Picture, min_wh: tuple[int, int]) -> Frame:
    """Decode a picture that passed the gate.

    Args:
        picture: JPEG or PNG, colour, grey or CMYK.
        min_wh: Least width and height that are needed, pixels.

    Returns:
        The frame at the smallest of the scales 1/1, 1/2, 1/4 and 1/8 that is still at
        least min_wh in both directions; 1/1 if the picture itself is smaller. PNG is
        always at 1/1.

    Raises:
        CameraError: CORRUPT, with the decoder's finding.
    """
    return Frame(picture, decode_bytes(picture.data, min_wh))


def decode_bytes(data: bytes, min_wh: tuple[int, int] | None = None) -> Pixels:
    """Decode a JPEG or PNG file; it must have passed `gate.check_picture`.

    Args:
        data: The file.
        min_wh: As in `decode`; None for full size.

    Returns:
        uint8, shape (height, width, 3), BGR.

    Raises:
        CameraError: CORRUPT, or FORMAT for another kind of file.
    """
    if data.startswith(JPEG_MAGIC):
        return _decode_jpeg(data, min_wh)
    if data.startswith(PNG_MAGIC):
        return _decode_png(data)
    raise CameraError(Reason.FORMAT, tr("neither JPEG nor PNG"))


def _decode_jpeg(data: bytes, min_wh: tuple[int, int] | None) -> Pixels:
    try:
        least_w, least_h = (0, 0) if min_wh is None else _scaled_wh(data, min_wh)
        pixels: Pixels = simplejpeg.decode_jpeg(
            data, "BGR", min_height=least_h, min_width=least_w, strict=True
        )
    except ValueError as error:
        raise CameraError(Reason.CORRUPT, str(error)) from error
    return pixels


def decode_grey(data: bytes, min_wh: tuple[int, int]) -> Pixels:
    """Decode the brightness of a picture, as small as is allowed.

    Args:
        data: JPEG or PNG file; it must have passed `gate.check_picture`.
        min_wh: As in `decode`.

    Returns:
        uint8, shape (height, width).

    Raises:
        CameraError: CORRUPT, or FORMAT for another kind of file.
    """
    if not data.startswith(JPEG_MAGIC):
        return np.asarray(cv2.cvtColor(decode_bytes(data), cv2.COLOR_BGR2GRAY), np.uint8)
    try:
        least_w, least_h = _scaled_wh(data, min_wh)
        grey = simplejpeg.decode_jpeg(
            data, "GRAY", min_height=least_h, min_width=least_w, strict=True
        )
    except ValueError as error:
        raise CameraError(Reason.CORRUPT, str(error)) from error
    return np.asarray(grey[..., 0], np.uint8)


def _scaled_wh(data: bytes, min_wh: tuple[int, int]) -> tuple[int, int]:
    """Return the size at the smallest scale that is large enough.

    The decoder also knows 3/4, 5/8 and the like, which are slower than the whole picture:
    naming a power of two exactly keeps it to those.
    """
    height, width = simplejpeg.decode_jpeg_header(data)[:2]
    wide, high = width, height
    for scale in _SCALES:
        wide, high = -(-width // scale), -(-height // scale)
        if wide >= min_wh[0] and high >= min_wh[1]:
            break
    return wide, high


def _decode_png(data: bytes) -> Pixels:
    _check_sums(data)
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_BGR)
    except cv2.error as error:
        raise CameraError(Reason.CORRUPT, error.err or tr("the PNG decoder failed")) from error
    if pixels is None:
        raise CameraError(Reason.CORRUPT, tr("the PNG decoder gave no picture"))
    return np.asarray(pixels, np.uint8)


def _check_sums(data: bytes) -> None:
    """Test each chunk's checksum, which OpenCV skips or only prints about."""
    view = memoryview(data)
    at = len(PNG_MAGIC)
    for _ in range(_MAX_CHUNKS):
        if data[at + 4 : at + 8] == b"IEND":
            return
        end = at + 8 + int.from_bytes(data[at : at + 4])
        if end + 4 > len(data):
            raise CameraError(Reason.CORRUPT, tr("a chunk of the PNG is cut off"))
        if zlib.crc32(view[at + 4 : end]) != int.from_bytes(data[end : end + 4]):
            raise CameraError(Reason.CORRUPT, tr("a chunk of the PNG has a wrong checksum"))
        at = end + 4
    raise CameraError(Reason.CORRUPT, tr("the PNG has too many chunks"))


def make_tile(frame: Frame, tile_wh: tuple[int, int], part: Part = WHOLE) -> TilePicture:
    """Make a frame, or a part of it, ready to be painted 1:1 on a tile.

    Args:
        frame: What to show.
        tile_wh: Width and height of the tile in device pixels, at least 1 each.
        part: What of it to show; cut at the frame's whole pixels.

    Returns:
        The picture in its own aspect ratio, as large as fits inside the tile, with its
        pixels as BGRA; `part` is what it shows exactly.

    Raises:
        ValueError: tile_wh is not positive, or the part is empty.
    """
    if min(tile_wh) < 1:
        raise ValueError(f"tile_wh: {tile_wh}")
    pixels, part = _cut(frame.pixels, part)
    # The aspect ratio is the original's: a scaled decode rounds its sides up.
    full_w = frame.picture.wh[0] * (part[2] - part[0])
    full_h = frame.picture.wh[1] * (part[3] - part[1])
    factor = min(tile_wh[0] / full_w, tile_wh[1] / full_h)
    fit = (
        min(tile_wh[0], max(1, round(full_w * factor))),
        min(tile_wh[1], max(1, round(full_h * factor))),
    )
    pixels = _shrunk(pixels, fit)
    picture = frame.picture
    return TilePicture(
        picture.camera_id,
        np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2BGRA), np.uint8),
        picture.seq,
        picture.captured_at,
        picture.captured_s,
        part,
        picture.wh,
    )


def _cut(pixels: Pixels, part: Part) -> tuple[Pixels, Part]:
    """Return a part of the pixels without copying, and what part that is exactly."""
    if part == WHOLE:
        return pixels, part
    height, width = pixels.shape[:2]
    left, top = int(part[0] * width), int(part[1] * height)
    right, bottom = math.ceil(part[2] * width), math.ceil(part[3] * height)
    cut = pixels[max(top, 0) : bottom, max(left, 0) : right]
    if not cut.size:
        raise ValueError(f"part: {part}")
    exact = (left / width, top / height, min(right / width, 1.0), min(bottom / height, 1.0))
    return cut, exact


def _shrunk(pixels: Pixels, wh: tuple[int, int]) -> Pixels:
    """Return a picture at another size; smoothed where that is much smaller."""
    # To average by halves and then take what lies in between looks like one average of the
    # whole, and is nine times as fast.
    while 2 * wh[0] <= pixels.shape[1] and 2 * wh[1] <= pixels.shape[0]:
        half_w, half_h = pixels.shape[1] // 2, pixels.shape[0] // 2
        even = pixels[: 2 * half_h, : 2 * half_w]
        pixels = np.asarray(
            cv2.resize(even, (half_w, half_h), interpolation=cv2.INTER_AREA), np.uint8
        )
    if wh != (pixels.shape[1], pixels.shape[0]):
        pixels = np.asarray(cv2.resize(pixels, wh, interpolation=cv2.INTER_LINEAR), np.uint8)
    return pixels


def encode_jpeg(pixels_bgr: Pixels, quality: int = 85) -> bytes:
    """Make a JPEG file.

    Args:
        pixels_bgr: uint8, shape (height, width, 3), BGR.
        quality: 1 to 100.

    Raises:
        ValueError: The shape or the quality is not as above.
    """
    if pixels_bgr.ndim != 3 or pixels_bgr.shape[2] != 3:
        raise ValueError(f"pixels_bgr: {pixels_bgr.shape}")
    if not 1 <= quality <= 100:
        raise ValueError(f"quality: {quality}")
    return bytes(
        simplejpeg.encode_jpeg(
            np.ascontiguousarray(pixels_bgr), quality, colorspace="BGR", colorsubsampling="420"
        )
    )


def paint_over(data: bytes, areas: Sequence[Sequence[tuple[float, float]]]) -> bytes:
    """Make parts of a picture unseen; what the file said beside its pixels is gone as well.

    Args:
        data: JPEG or PNG file; it must have passed `gate.check_picture`.
        areas: The corners of each part, relative to the picture, 0 to 1.

    Returns:
        A JPEG file.

    Raises:
        CameraError: CORRUPT, or FORMAT for another kind of file.
    """
    pixels = np.array(decode_bytes(data))
    height, width = pixels.shape[:2]
    for area in areas:
        corners = np.rint(np.asarray(area, np.float64) * (width, height)).astype(np.int32)
        cv2.fillPoly(pixels, [corners], _PAINTED_OVER_BGR)
    return encode_jpeg(pixels, 90)


def small_jpeg(data: bytes, widest: int, quality: int) -> bytes:
    """Make a picture small, as a JPEG file; what the file said beside its pixels is gone.

    Args:
        data: JPEG or PNG file; it must have passed `gate.check_picture`.
        widest: Of the longer side, pixels; a smaller picture keeps its size.
        quality: 1 to 100.

    Raises:
        CameraError: CORRUPT, or FORMAT for another kind of file.
    """
    pixels = decode_bytes(data, (widest, 1))
    height, width = pixels.shape[:2]
    factor = min(1.0, widest / max(width, height))
    wh = max(1, round(width * factor)), max(1, round(height * factor))
    return encode_jpeg(_shrunk(pixels, wh), quality)
