"""Cases that a structure shaped, for what reads the bytes of strangers.

Plain noise is refused at the first byte; what is nearly right gets further.
"""

from __future__ import annotations

import struct
import zlib
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from camwatch.cameras.multipart import MultipartParser
from tests.faults.targets import MAX_BYTES, TARGETS, digest, gate, multipart, url
from tests.support.fault_camera import jpeg, remarked

PICTURES = [remarked(jpeg(seed, (48, 32)), seed) for seed in range(3)]

# ---------------------------------------------------------------- what is nearly a picture

_marker = st.one_of(
    st.sampled_from([0xC0, 0xC2, 0xC4, 0xDB, 0xDD, 0xDA, 0xD8, 0xD9, 0xE0, 0xE1, 0xFE, 0xFF, 0x01]),
    st.integers(0, 255),
)


@st.composite
def segments(draw: st.DrawFn) -> bytes:
    """Make a segment whose length is right more often than not."""
    content = draw(st.binary(max_size=24))
    length = draw(st.one_of(st.just(len(content) + 2), st.integers(0, 0xFFFF)))
    return bytes([0xFF, draw(_marker)]) + struct.pack(">H", length) + content


@st.composite
def frame_headers(draw: st.DrawFn) -> bytes:
    """Make a frame header of any size."""
    width, height = draw(st.integers(0, 0xFFFF)), draw(st.integers(0, 0xFFFF))
    parts = draw(st.sampled_from([1, 3, 4]))
    content = struct.pack(">BHHB", 8, height, width, parts)
    content += b"".join(bytes([n, draw(st.sampled_from([0x11, 0x22])), 0]) for n in range(parts))
    marker = draw(st.sampled_from([0xC0, 0xC1, 0xC2, 0xC9]))
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


@st.composite
def near_jpegs(draw: st.DrawFn) -> bytes:
    """Make a JPEG of made-up segments, or a real one with some put in or bytes changed."""
    if draw(st.booleans()):
        parts = draw(st.lists(st.one_of(segments(), frame_headers()), max_size=8))
        return b"\xff\xd8" + b"".join(parts) + draw(st.binary(max_size=30)) + b"\xff\xd9"
    data = bytearray(draw(st.sampled_from(PICTURES)))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(2, len(data)))
        data[at : at + draw(st.integers(0, 4))] = draw(
            st.one_of(segments(), frame_headers(), st.binary(max_size=4))
        )
    return bytes(data)


@st.composite
def near_pngs(draw: st.DrawFn) -> bytes:
    """Make a PNG whose chunks have right sums and anything else."""
    small = st.integers(0, 64)
    wh = draw(st.tuples(st.one_of(small, st.integers(0, 1 << 32 - 1)), small))
    depth, colour = draw(st.sampled_from([1, 8, 16, 3])), draw(st.sampled_from([0, 2, 3, 4, 6, 7]))
    header = struct.pack(">IIBBBBB", wh[0] & 0xFFFFFFFF, wh[1], depth, colour, 0, 0, 0)
    kinds = st.sampled_from([b"IDAT", b"PLTE", b"tRNS", b"tEXt", b"acTL", b"fdAT"])
    body = st.one_of(st.binary(max_size=40), st.binary(max_size=400).map(zlib.compress))
    chunks = [
        (b"IHDR", header),
        *draw(st.lists(st.tuples(kinds, body), max_size=4)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


@pytest.mark.fault("F16", "F17", "F18", "F19")
@given(near_jpegs())
def test_what_is_nearly_a_jpeg_is_decoded_or_refused(data: bytes) -> None:
    gate(data)


@given(near_pngs())
def test_what_is_nearly_a_png_is_decoded_or_refused(data: bytes) -> None:
    gate(data)


# ---------------------------------------------------------------- addresses

_host = st.sampled_from(
    [
        *("10.0.0.7", "camera", "[::1]", "[fe80::1%eth0]", "127.1", "0x7f.1", "2130706433", "[::1"),
        *("cam\u00e9ra.example", "xn--a", "a..b", "-", "%31.2.3.4", "\u0661.1.1.1", "h\\@evil", ""),
    ]
)
_path = st.one_of(
    st.sampled_from(["", "/", "//evil", "/../x", "/a?b=c&d", "/%0d%0aX:1", "/\r\nX:1", "/a#b"]),
    st.text(max_size=12),
)


@st.composite
def near_urls(draw: st.DrawFn) -> str:
    """Make an address of parts, of which each may be odd."""
    scheme = draw(
        st.sampled_from(
            ["http://", "https://", "rtsp://", "rtsps://", "", "HTTP://", "file://", "x:"]
        )
    )
    user = draw(st.sampled_from(["", "op@", "op:pw@", "op:p%40w@", "a:b:c@", ":@", "%00@", "@"]))
    port = draw(st.sampled_from(["", ":80", ":0", ":65536", ":08", ":abc", ":-1", ":\u0668\u0660"]))
    return f"{scheme}{user}{draw(_host)}{port}{draw(_path)}"


@pytest.mark.fault("F49")
@given(near_urls())
def test_what_is_nearly_an_address_is_taken_apart_or_refused(text: str) -> None:
    url(text.encode("utf-8", "surrogatepass"))


# ---------------------------------------------------------------- sign-in

_name = st.sampled_from(
    ["realm", "nonce", "qop", "algorithm", "opaque", "stale", "domain", "charset", "x"]
)
_value = st.one_of(
    st.sampled_from(["MD5", "SHA-256", "md5-sess", "auth", "auth,auth-int", "true", "n1", ""]),
    st.text(st.characters(max_codepoint=255), max_size=8),
)


@st.composite
def near_challenges(draw: st.DrawFn) -> str:
    """Make a header that offers sign-ins, with its quotes nearly right."""
    offers = []
    for _ in range(draw(st.integers(1, 3))):
        scheme = draw(st.sampled_from(["Digest", "Basic", "digest", "NTLM", "Negotiate abc=="]))
        pairs = [
            f"{name}{draw(st.sampled_from(['=', ' = ', '']))}"
            + draw(st.sampled_from(['"{}"', "{}", '"{}', "'{}'", '"\\"{}"'])).format(value)
            for name, value in draw(st.lists(st.tuples(_name, _value), max_size=6))
        ]
        offers.append(f"{scheme} {draw(st.sampled_from([', ', ',', ' ,,'])).join(pairs)}")
    return ", ".join(offers)


@pytest.mark.fault("F27")
@given(near_challenges())
@example('Digest realm="a\\"b", nonce="c\\\\d"')
def test_what_is_nearly_a_challenge_is_understood_or_refused(text: str) -> None:
    digest(text.encode("latin-1"))


# ---------------------------------------------------------------- streams


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, list[bytes]]:
    """Make a stream of parts that tell their length or do not, and the pictures in it."""
    boundary = draw(st.sampled_from([b"--frame", b"--", b"boundary", b"--a--", b""]))
    newline = draw(st.sampled_from([b"\r\n", b"\n"]))
    pictures = draw(st.lists(st.sampled_from(PICTURES), min_size=1, max_size=4))
    parts = []
    for picture in pictures:
        told = draw(st.sampled_from([b"Content-Length: %d", b"content-length:%d", b""]))
        lines = [boundary, b"Content-Type: image/jpeg", told % len(picture) if told else b"", b""]
        parts.append(newline.join(line for line in lines if line) + newline + newline + picture)
        parts.append(draw(st.sampled_from([newline, b"", b"\0" * 40])))
    return b"".join(parts), pictures


@pytest.mark.fault("F42")
@given(streams(), st.lists(st.integers(1, 4000), max_size=6))
def test_every_sound_picture_of_a_stream_is_found_however_it_is_cut(
    stream: tuple[bytes, list[bytes]], cuts: list[int]
) -> None:
    whole, pictures = stream
    places = sorted({0, len(whole), *(cut % len(whole) for cut in cuts)})
    parser = MultipartParser(MAX_BYTES)
    found = [
        picture for start, end in pairwise(places) for picture in parser.feed(whole[start:end])
    ]
    assert found == pictures
    assert parser.broken == 0


@st.composite
def near_streams(draw: st.DrawFn) -> bytes:
    """Make a stream of pictures, damaged ones and lies about their length."""
    parts = draw(
        st.lists(
            st.one_of(
                near_jpegs(),
                st.sampled_from(PICTURES),
                st.binary(max_size=20),
                st.integers(0, 5000).map(lambda told: b"\r\nContent-Length: %d\r\n\r\n" % told),
            ),
            max_size=8,
        )
    )
    return draw(st.integers(1, 5000)).to_bytes(2) + b"".join(parts)


@pytest.mark.fault("F42")
@given(near_streams())
def test_what_is_nearly_a_stream_is_cut_into_pictures_or_refused(data: bytes) -> None:
    multipart(data)


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.binary(max_size=200))
def test_noise_breaks_no_promise(name: str, data: bytes) -> None:
    TARGETS[name].feed(data)
