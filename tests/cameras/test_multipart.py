"""MJPEG streams are cut into their pictures whatever a camera says about where they end."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camwatch.cameras.multipart import MultipartParser
from camwatch.domain import Reason
from camwatch.errors import CameraError
from tests.support.fault_camera import jpeg

MAX_BYTES = 200_000
PICTURES = [jpeg(seed, (96, 64)) for seed in range(4)]
THUMBNAIL = jpeg(9, (16, 16))


def part(picture: bytes, length: int | None = None, boundary: bytes = b"--frame") -> bytes:
    told = b"" if length is None else b"Content-Length: %d\r\n" % length
    return boundary + b"\r\nContent-Type: image/jpeg\r\n" + told + b"\r\n" + picture + b"\r\n"


def with_thumbnail(picture: bytes) -> bytes:
    content = b"Exif\0\0" + THUMBNAIL
    segment = b"\xff\xe1" + (len(content) + 2).to_bytes(2) + content
    return picture[:2] + segment + picture[2:]


def parsed(stream: bytes, at_once: int = 1000) -> list[bytes]:
    parser = MultipartParser(MAX_BYTES)
    found = []
    for at in range(0, len(stream), at_once):
        found += parser.feed(stream[at : at + at_once])
    return found


@pytest.mark.fault("F42")
@pytest.mark.parametrize("at_once", [1, 7, 1000, 1_000_000])
@pytest.mark.parametrize(
    "parts",
    [
        [part(one, len(one)) for one in PICTURES],
        [part(one) for one in PICTURES],
        [part(one, len(one) - 30) for one in PICTURES],
        [part(one, len(one) + 30) for one in PICTURES],
        [part(one, 10 * len(one)) for one in PICTURES],
        [part(one, 10**9) for one in PICTURES],
        [part(one, 0) for one in PICTURES],
        [part(one, len(one), b"--another") for one in PICTURES],
        [part(one, len(one), b"") for one in PICTURES],
        [one + b"\0" * 7 for one in PICTURES],
        PICTURES,
        [part(one, len(one)).replace(b"\r\n", b"\n", 4) for one in PICTURES],
    ],
    ids=[
        *("right", "no-length", "too-short", "too-long", "far-too-long", "absurd", "zero"),
        *("other-boundary", "no-boundary", "padding", "bare", "line-feeds"),
    ],
)
def test_whatever_the_camera_says_the_pictures_come(parts: list[bytes], at_once: int) -> None:
    found = parsed(b"".join(parts), at_once)
    assert found == PICTURES


def test_a_length_that_is_right_takes_padding_along() -> None:
    padded = PICTURES[0] + b"\0\0"
    assert parsed(part(padded, len(padded))) == [padded]


@pytest.mark.fault("F42")
def test_a_picture_that_is_cut_off_costs_only_itself() -> None:
    cut = PICTURES[1][:-40]
    stream = part(PICTURES[0]) + part(cut) + part(PICTURES[2]) + part(PICTURES[3])
    assert parsed(stream) == [PICTURES[0], PICTURES[2], PICTURES[3]]


def test_rubbish_between_pictures_is_passed_over() -> None:
    rubbish = b"\xff\xd8 \xff\xd9 nothing of interest \xff"
    assert parsed(rubbish + PICTURES[0] + rubbish + PICTURES[1]) == PICTURES[:2]


def test_a_small_picture_inside_is_not_taken_for_the_end() -> None:
    picture = with_thumbnail(PICTURES[0])
    assert parsed(part(picture) + part(PICTURES[1])) == [picture, PICTURES[1]]


@pytest.mark.fault("F42")
def test_a_picture_without_end_is_given_up_at_the_limit() -> None:
    parser = MultipartParser(MAX_BYTES)
    parser.feed(PICTURES[0][:-2])
    for _ in range(MAX_BYTES // 5000 - 1):
        parser.feed(b"\x55" * 5000)
    with pytest.raises(CameraError) as given_up:
        parser.feed(b"\x55" * 5000)
    assert given_up.value.reason is Reason.TOO_LARGE


@pytest.mark.fault("F42")
def test_a_stream_without_any_picture_is_given_up_at_the_limit() -> None:
    parser = MultipartParser(MAX_BYTES)
    for _ in range(MAX_BYTES // 1000):
        parser.feed(b"\xff\x00" * 500)
    with pytest.raises(CameraError) as given_up:
        parser.feed(b"\xff\x00" * 500)
    assert given_up.value.reason is Reason.FORMAT


@pytest.mark.parametrize(
    "evil",
    [
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe1\x00\x04ab",
        b"\xff\xd8\xff\xda\x00\x02",
        b"\xff",
        b"\xff\xd9\r\n-",
        b"--x\r\nContent-Length: 190000\r\n\r\n\xff\xd8\xff\xd9\r\n",
    ],
)
def test_no_stream_makes_the_parser_slow(evil: bytes) -> None:
    parser = MultipartParser(MAX_BYTES)
    data = evil * (2 * 1024 * 1024 // len(evil))
    begun_s = time.process_time()
    for at in range(0, len(data), 4096):
        try:
            parser.feed(data[at : at + 4096])
        except CameraError:
            parser = MultipartParser(MAX_BYTES)
    assert time.process_time() - begun_s < 5.0


@settings(deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=20), st.integers(1, 50))
def test_no_bytes_break_the_parser(pieces: list[bytes], at_once: int) -> None:
    stream = b"".join(pieces) + b"\r\n\r\n" + b"".join(part(one) for one in PICTURES) * 30
    found = parsed(stream, at_once * 40)
    assert all(one.startswith(b"\xff\xd8\xff") for one in found)
    assert found[-1:] == PICTURES[-1:]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([None, 0, 5, -9]), min_size=4, max_size=4),
    st.lists(st.integers(1, 3000), min_size=1, max_size=5),
)
def test_the_pictures_are_the_same_however_the_bytes_arrive(
    lies: list[int | None], sizes: list[int]
) -> None:
    stream = b"".join(
        part(one, None if lie is None else len(one) + lie)
        for one, lie in zip(PICTURES, lies, strict=True)
    )
    stream += b"--frame\r\n"
    parser = MultipartParser(MAX_BYTES)
    found: list[bytes] = []
    for size in itertools.cycle(sizes):
        found += parser.feed(stream[:size])
        stream = stream[size:]
        if not stream:
            break
    assert found == PICTURES
