"""Bytes become pixels at the scale that is needed, or an error with its reason."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

import numpy as np
import pytest
import simplejpeg

from camwatch.cameras.decode import decode, decode_bytes, encode_jpeg, make_tile
from camwatch.cameras.gate import check_picture
from camwatch.domain import CameraId, Frame, Picture, Pixels, Reason
from camwatch.errors import CameraError

# isort: split
import cv2

BLUE, GREEN, RED = (230, 40, 20), (30, 200, 40), (20, 30, 220)


def quarters(wh: tuple[int, int] = (640, 360)) -> Pixels:
    """Return a picture of four fields: blue, green, red and grey."""
    width, height = wh
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = BLUE
    pixels[: height // 2, width // 2 :] = GREEN
    pixels[height // 2 :, : width // 2] = RED
    pixels[height // 2 :, width // 2 :] = 128
    return pixels


def noise(wh: tuple[int, int] = (640, 360)) -> Pixels:
    """Return a picture whose JPEG is long enough to be damaged in the middle."""
    rough = np.random.default_rng(1).integers(0, 255, (wh[1] // 4, wh[0] // 4, 3), np.uint8)
    return np.ascontiguousarray(rough.repeat(4, 0).repeat(4, 1))


def picture(data: bytes) -> Picture:
    wh = check_picture(data, max_bytes=1 << 24)
    return Picture(CameraId(7), 3, data, wh, datetime(2024, 5, 1, tzinfo=UTC), 12.5, 1.0)


def png(pixels: Pixels | np.ndarray[tuple[int, ...], np.dtype[np.uint16]]) -> bytes:
    done, data = cv2.imencode(".png", pixels)
    assert done
    return bytes(data.tobytes())


def assert_quarters(pixels: Pixels, tolerance: int = 12) -> None:
    height, width = pixels.shape[:2]
    for (x, y), colour in {
        (0.25, 0.25): BLUE,
        (0.75, 0.25): GREEN,
        (0.25, 0.75): RED,
        (0.75, 0.75): (128, 128, 128),
    }.items():
        found = pixels[int(height * y), int(width * x), :3].astype(int)
        assert np.abs(found - colour).max() <= tolerance, (x, y, found)


@pytest.mark.parametrize(
    ("min_wh", "expected"),
    [
        ((640, 360), (640, 360)),
        ((2000, 2000), (640, 360)),
        ((321, 100), (640, 360)),
        ((320, 180), (320, 180)),
        ((161, 90), (320, 180)),
        ((160, 90), (160, 90)),
        ((80, 45), (80, 45)),
        ((1, 1), (80, 45)),
    ],
)
def test_a_jpeg_is_decoded_at_the_smallest_scale_that_serves(
    min_wh: tuple[int, int], expected: tuple[int, int]
) -> None:
    frame = decode(picture(encode_jpeg(quarters())), min_wh)
    height, width = frame.pixels.shape[:2]
    assert (width, height) == expected
    assert_quarters(frame.pixels)


def test_odd_sides_are_rounded_up() -> None:
    frame = decode(picture(encode_jpeg(quarters((643, 363)))), (100, 90))
    assert frame.pixels.shape == (91, 161, 3)


def test_a_frame_is_read_only_and_keeps_the_bytes_it_came_from() -> None:
    data = encode_jpeg(quarters())
    frame = decode(picture(data), (640, 360))
    assert frame.picture.data == data
    with pytest.raises(ValueError, match="read-only"):
        frame.pixels[0, 0] = 0


def test_encoding_and_decoding_keep_the_channels_in_order() -> None:
    assert_quarters(decode_bytes(encode_jpeg(quarters(), 95)))
    assert_quarters(decode_bytes(png(quarters())), tolerance=0)


def test_a_view_that_is_not_contiguous_can_be_encoded() -> None:
    mirrored = quarters()[:, ::-1]
    assert_quarters(decode_bytes(encode_jpeg(mirrored, 95))[:, ::-1])


@pytest.mark.parametrize("quality", [0, 101])
def test_a_quality_out_of_range_is_refused(quality: int) -> None:
    with pytest.raises(ValueError, match="quality"):
        encode_jpeg(quarters(), quality)


def test_only_three_channels_are_encoded() -> None:
    with pytest.raises(ValueError, match="pixels_bgr"):
        encode_jpeg(np.zeros((32, 32), np.uint8))


@pytest.mark.fault("F23")
def test_grey_pictures_become_bgr() -> None:
    grey = quarters()[:, :, 1]
    done, data = cv2.imencode(".jpg", grey)
    assert done
    for pixels in (decode_bytes(data.tobytes()), decode_bytes(png(grey))):
        assert pixels.shape == (360, 640, 3)
        assert np.abs(pixels.astype(int) - grey[:, :, None]).max() <= 3


@pytest.mark.fault("F23")
def test_a_cmyk_jpeg_becomes_bgr() -> None:
    # As printers' files have it, and as decoders expect it: inverted, here without black.
    full = np.full((360, 640, 1), 255, np.uint8)
    inverted = np.concatenate([quarters()[:, :, ::-1], full], axis=2)
    data = simplejpeg.encode_jpeg(
        np.ascontiguousarray(inverted), 95, colorspace="CMYK", colorsubsampling="444"
    )
    assert_quarters(decode_bytes(data))


@pytest.mark.fault("F23")
def test_deep_and_transparent_pngs_become_8_bit_bgr() -> None:
    deep = quarters().astype(np.uint16) * 257
    opaque = np.dstack([quarters(), np.full((360, 640), 255, np.uint8)])
    for data in (png(deep), png(opaque)):
        pixels = decode_bytes(data)
        assert pixels.dtype == np.uint8
        assert_quarters(pixels, tolerance=1)


@pytest.mark.fault("F23")
@pytest.mark.parametrize("min_wh", [(640, 360), (1, 1)])
def test_a_turn_that_is_only_noted_turns_nothing(min_wh: tuple[int, int]) -> None:
    data = encode_jpeg(quarters())
    # One entry in big-endian TIFF: orientation (0x0112), a quarter turn to the right (6).
    tiff = b"MM\x00*\x00\x00\x00\x08\x00\x01" + struct.pack(">HHIHHI", 0x0112, 3, 1, 6, 0, 0)
    exif = b"Exif\x00\x00" + tiff
    turned = data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:]
    turned_by_opencv = cv2.imdecode(np.frombuffer(turned, np.uint8), cv2.IMREAD_COLOR)
    assert turned_by_opencv is not None
    assert turned_by_opencv.shape == (640, 360, 3)
    pixels = decode(picture(turned), min_wh).pixels
    assert pixels.shape[0] < pixels.shape[1]
    assert_quarters(pixels)


def test_a_progressive_jpeg_is_decoded() -> None:
    done, data = cv2.imencode(".jpg", quarters(), [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])
    assert done
    assert_quarters(decode(picture(data.tobytes()), (320, 180)).pixels)


@pytest.mark.fault("F17")
@pytest.mark.parametrize("min_wh", [(640, 360), (320, 180), (1, 1)])
def test_damage_inside_a_jpeg_is_found_at_every_scale(min_wh: tuple[int, int]) -> None:
    data = encode_jpeg(noise())
    middle = len(data) // 2
    damaged = data[:middle] + bytes(400) + data[middle + 400 :]
    # This is why OpenCV does not decode here: it lets the picture pass.
    assert cv2.imdecode(np.frombuffer(damaged, np.uint8), cv2.IMREAD_COLOR) is not None
    with pytest.raises(CameraError) as caught:
        decode(picture(damaged), min_wh)
    assert caught.value.reason is Reason.CORRUPT


@pytest.mark.fault("F16")
@pytest.mark.parametrize("share", [0.99, 0.5, 0.02])
def test_a_jpeg_cut_short_is_refused_even_with_an_end_put_on(share: float) -> None:
    data = encode_jpeg(noise())
    cut = data[: int(len(data) * share)] + b"\xff\xd9"
    with pytest.raises(CameraError) as caught:
        decode_bytes(cut)
    assert caught.value.reason is Reason.CORRUPT


@pytest.mark.fault("F19")
def test_scans_beyond_a_whole_picture_are_refused() -> None:
    data = encode_jpeg(noise((64, 48)))
    at = data.index(b"\xff\xda")
    many = data[:-2] + data[at:-2] * 50 + b"\xff\xd9"
    assert check_picture(many, max_bytes=1 << 24) == (64, 48)
    with pytest.raises(CameraError) as caught:
        decode_bytes(many)
    assert caught.value.reason is Reason.CORRUPT


@pytest.mark.fault("F17")
def test_a_damaged_png_is_refused() -> None:
    data = png(noise())
    middle = len(data) // 2
    for damaged in (
        data[:middle] + b"\x55" + data[middle + 1 :],
        data[:middle] + data[-12:],
        data[:middle],
    ):
        with pytest.raises(CameraError) as caught:
            decode_bytes(damaged)
        assert caught.value.reason is Reason.CORRUPT


def test_other_files_are_refused() -> None:
    with pytest.raises(CameraError) as caught:
        decode_bytes(b"GIF89a" + bytes(100))
    assert caught.value.reason is Reason.FORMAT


@pytest.mark.parametrize(
    ("tile_wh", "expected"),
    [
        ((320, 180), (320, 180)),
        ((320, 320), (320, 180)),
        ((500, 90), (160, 90)),
        ((1280, 1000), (1280, 720)),
        ((1, 1), (1, 1)),
    ],
)
def test_a_tile_fits_and_keeps_the_aspect_ratio(
    tile_wh: tuple[int, int], expected: tuple[int, int]
) -> None:
    frame = decode(picture(encode_jpeg(quarters())), tile_wh)
    tile = make_tile(frame, tile_wh)
    height, width = tile.pixels.shape[:2]
    assert (width, height) == expected
    assert tile.pixels.shape[2] == 4
    assert (tile.pixels[:, :, 3] == 255).all()
    assert tile.pixels.flags.c_contiguous
    if min(expected) > 50:
        assert_quarters(tile.pixels)


def test_a_tile_tells_when_its_picture_was_taken() -> None:
    source = picture(encode_jpeg(quarters()))
    tile = make_tile(decode(source, (160, 90)), (160, 90))
    assert (tile.camera_id, tile.seq) == (CameraId(7), 3)
    assert (tile.captured_at, tile.captured_s) == (source.captured_at, 12.5)


def test_a_tile_does_not_change_the_frame() -> None:
    frame = Frame(picture(encode_jpeg(quarters())), quarters())
    tile = make_tile(frame, (640, 360))
    tile.pixels[:] = 0
    assert_quarters(frame.pixels, tolerance=0)


def test_a_tile_without_room_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="tile_wh"):
        make_tile(decode(picture(encode_jpeg(quarters())), (1, 1)), (0, 10))
