"""The gate lets sound pictures through and gives a reason for every other."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camwatch.cameras.gate import MAX_HEADER_PARTS, check_picture, is_picture
from camwatch.domain import Reason
from camwatch.errors import CameraError
from tests.support.fault_camera import jpeg

MIB = 1024 * 1024
JPEG = jpeg(1, (64, 48))
START_OF_SCAN = JPEG.index(b"\xff\xda")


def chunk(kind: bytes, data: bytes) -> bytes:
    sums = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", sums)


def png(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (width + 1) * min(height, 64))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def jpeg_claiming(width: int, height: int) -> bytes:
    """Return the sound picture with another size in its frame header."""
    at = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:at] + struct.pack(">HH", height, width) + JPEG[at + 4 :]


def reason(data: bytes, max_bytes: int = 8 * MIB) -> Reason:
    with pytest.raises(CameraError) as caught:
        check_picture(data, max_bytes=max_bytes)
    return caught.value.reason


@pytest.mark.parametrize("wh", [(16, 16), (64, 48), (1928, 1088)])
def test_a_jpeg_tells_its_size(wh: tuple[int, int]) -> None:
    assert check_picture(jpeg(0, wh), max_bytes=8 * MIB) == wh


def test_a_png_tells_its_size() -> None:
    assert check_picture(png(40, 30), max_bytes=MIB) == (40, 30)


@pytest.mark.parametrize("padding", [b"\r\n", b"\0" * 700])
def test_padding_behind_the_end_does_no_harm(padding: bytes) -> None:
    assert check_picture(JPEG + padding, max_bytes=MIB) == (64, 48)
    assert check_picture(png(40, 30) + padding, max_bytes=MIB) == (40, 30)


@pytest.mark.fault("F15")
def test_the_size_is_limited_in_bytes() -> None:
    assert check_picture(JPEG, max_bytes=len(JPEG)) == (64, 48)
    assert reason(JPEG, len(JPEG) - 1) is Reason.TOO_LARGE
    assert reason(b"") is Reason.EMPTY


@pytest.mark.fault("F20")
@pytest.mark.parametrize(
    "data",
    [
        b"GIF89a" + b"\0" * 100,
        b"RIFF\x20\0\0\0WEBPVP8 " + b"\0" * 100,
        b"II*\0" + b"\0" * 100,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x76\x2f\x31\x01" + b"\0" * 100,
        b"\xff\xd8",
        b"hello",
    ],
    ids=["gif", "webp", "tiff", "svg", "exr", "half a mark", "text"],
)
def test_only_jpeg_and_png_pass(data: bytes) -> None:
    assert reason(data) is Reason.FORMAT
    assert not is_picture(data)


@pytest.mark.fault("F18")
@pytest.mark.parametrize(
    ("wh", "expected"),
    [
        ((15, 48), Reason.TOO_SMALL),
        ((64, 0), Reason.TOO_SMALL),
        ((8193, 16), Reason.TOO_MANY_PIXELS),
        ((20_000, 20_000), Reason.TOO_MANY_PIXELS),
        ((65_535, 65_535), Reason.TOO_MANY_PIXELS),
        ((8192, 8192), Reason.TOO_MANY_PIXELS),
    ],
)
def test_a_size_that_no_camera_has_is_refused(wh: tuple[int, int], expected: Reason) -> None:
    assert reason(jpeg_claiming(*wh)) is expected
    assert reason(png(*wh)) is expected


def test_the_largest_picture_is_8k() -> None:
    assert check_picture(jpeg_claiming(7680, 4320), max_bytes=MIB) == (7680, 4320)
    assert reason(jpeg_claiming(7681, 4320)) is Reason.TOO_MANY_PIXELS


def progressive_with(scans: int) -> bytes:
    head = JPEG[:START_OF_SCAN].replace(b"\xff\xc0", b"\xff\xc2")
    scan = JPEG[START_OF_SCAN:-2]
    return head + scan * scans + b"\xff\xd9"


@pytest.mark.fault("F19")
def test_a_jpeg_with_too_many_scans_is_refused() -> None:
    assert check_picture(progressive_with(32), max_bytes=MIB) == (64, 48)
    assert reason(progressive_with(33)) is Reason.TOO_MANY_SCANS


@pytest.mark.fault("F19")
def test_scans_of_single_components_are_counted_too() -> None:
    at = START_OF_SCAN
    one_component = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\0" * 20
    data = JPEG[:at] + one_component * 33 + b"\xff\xd9"
    assert reason(data) is Reason.TOO_MANY_SCANS


def test_a_header_of_endless_parts_is_given_up() -> None:
    comment = b"\xff\xfe\x00\x02"
    assert reason(JPEG[:2] + comment * MAX_HEADER_PARTS + JPEG[2:]) is Reason.CORRUPT
    assert reason(JPEG[:2] + b"\xff" * MAX_HEADER_PARTS + JPEG[2:]) is Reason.CORRUPT
    assert check_picture(JPEG[:2] + comment * 300 + JPEG[2:], max_bytes=MIB) == (64, 48)


def test_the_end_of_a_thumbnail_is_not_taken_for_the_end_of_the_picture() -> None:
    exif = b"\xff\xe1" + struct.pack(">H", len(JPEG) + 2) + JPEG
    whole = JPEG[:2] + exif + JPEG[2:]
    assert check_picture(whole, max_bytes=MIB) == (64, 48)
    assert reason(whole[:-40]) is Reason.TRUNCATED


def test_a_jpeg_without_a_frame_header_is_corrupt() -> None:
    at = JPEG.index(b"\xff\xc0")
    length = int.from_bytes(JPEG[at + 2 : at + 4])
    assert reason(JPEG[:at] + JPEG[at + 2 + length :]) is Reason.CORRUPT


def test_a_second_frame_header_is_corrupt() -> None:
    at = JPEG.index(b"\xff\xc0")
    length = 2 + int.from_bytes(JPEG[at + 2 : at + 4])
    twice = JPEG[: at + length] + JPEG[at : at + length] + JPEG[at + length :]
    assert reason(twice) is Reason.CORRUPT


@pytest.mark.fault("F16")
@given(st.integers(3, len(JPEG) - 1))
def test_a_jpeg_cut_anywhere_is_refused(length: int) -> None:
    assert reason(JPEG[:length]) in (Reason.TRUNCATED, Reason.FORMAT)


@pytest.mark.fault("F16")
@given(st.integers(8, len(png(40, 30)) - 1))
def test_a_png_cut_anywhere_is_refused(length: int) -> None:
    assert reason(png(40, 30)[:length]) is Reason.TRUNCATED


def outcome(data: bytes) -> tuple[int, int] | Reason:
    try:
        return check_picture(data, max_bytes=MIB)
    except CameraError as error:
        return error.reason


@given(st.integers(3, len(JPEG) - 1), st.binary(min_size=1, max_size=30))
def test_damage_gives_a_size_or_a_reason_and_nothing_else(at: int, noise: bytes) -> None:
    result = outcome(JPEG[:at] + noise + JPEG[at + len(noise) :])
    if isinstance(result, tuple):
        assert min(result) >= 16
        assert max(result) <= 8192
    else:
        assert result in (
            Reason.TRUNCATED,
            Reason.CORRUPT,
            Reason.TOO_SMALL,
            Reason.TOO_MANY_PIXELS,
        )


@given(st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]), st.binary(max_size=200))
def test_noise_behind_the_mark_is_refused_cleanly(mark: bytes, noise: bytes) -> None:
    assert isinstance(outcome(mark + noise), Reason)
