"""What reads bytes of strangers, each as a function to be fed with nonsense.

A target takes any bytes and raises only if a promise is broken. `test_fuzz.py` feeds them with
cases that a structure shaped, `tools/fuzz.py` for as long as one likes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from camwatch.cameras.decode import decode_bytes
from camwatch.cameras.gate import JPEG_MAGIC, MIN_SIDE, check_picture
from camwatch.cameras.multipart import MultipartParser
from camwatch.cameras.policy import SCHEMES, ParsedUrl, parse_camera_url
from camwatch.cameras.sign_in import best_digest, parse_challenges
from camwatch.domain import Reason
from camwatch.errors import CameraError, InvalidSetting
from camwatch.opencv_setup import MAX_PIXELS, MAX_SIDE

MAX_BYTES = 64 * 1024
_GATE = (
    *(Reason.EMPTY, Reason.TOO_LARGE, Reason.FORMAT, Reason.TRUNCATED, Reason.CORRUPT),
    *(Reason.TOO_SMALL, Reason.TOO_MANY_PIXELS, Reason.TOO_MANY_SCANS),
)


def _expect(error: CameraError, *reasons: Reason) -> None:
    """Let only foreseen reasons pass."""
    if error.reason not in reasons:
        raise AssertionError(f"unforeseen reason: {error}") from error


def gate(data: bytes) -> None:
    """Pass the gate with a size within bounds, or be refused; then be decoded, or be refused."""
    try:
        width, height = check_picture(data, max_bytes=MAX_BYTES)
    except CameraError as error:
        _expect(error, *_GATE)
        return
    assert min(width, height) >= MIN_SIDE
    assert max(width, height) <= MAX_SIDE
    assert width * height <= MAX_PIXELS
    try:
        pixels = decode_bytes(data, (1, 1))
    except CameraError as error:
        _expect(error, Reason.CORRUPT)
        return
    assert pixels.ndim == 3
    assert pixels.shape[2] == 3
    assert pixels.shape[0] <= height
    assert pixels.shape[1] <= width


def url(data: bytes) -> None:
    """Take an address apart into what may be asked, the same when it is put together again."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        parsed = parse_camera_url(text)
    except InvalidSetting:
        return
    assert parsed.scheme in SCHEMES
    assert 1 <= parsed.port <= 65_535
    assert parsed.host
    assert parsed.host.isascii()
    assert not set(parsed.host) & set("/?#@\\ \r\n\t")
    assert parsed.path == "" or parsed.path.startswith("/")
    assert parsed.path.isascii()
    assert not set(parsed.path) & set("\\# \r\n\t")
    assert ":" not in parsed.username
    again = parse_camera_url(_written(parsed))
    assert (again.scheme, again.host, again.port) == (parsed.scheme, parsed.host, parsed.port)
    assert again.path == parsed.path


def _written(parsed: ParsedUrl) -> str:
    host = parsed.host.replace("%", "%25")  # RFC 6874
    host = f"[{host}]" if ":" in host else host
    return f"{parsed.scheme}://{host}:{parsed.port}{parsed.path}"


def digest(data: bytes) -> None:
    """Offer a digest that reads back as itself, or none, or be refused."""
    text = data.decode("latin-1")
    try:
        header = best_digest(parse_challenges([text]))
    except CameraError as error:
        _expect(error, Reason.UNAUTHORIZED)
        return
    if header is None:
        return
    (again,) = parse_challenges([header])
    assert again.scheme == "digest"
    assert again.parameters["nonce"]
    assert best_digest([again]) == header


def multipart(data: bytes) -> None:
    """Give pictures that begin and end like one, within bounds, however the bytes are cut.

    The first two bytes say how long the pieces are that the others come in.
    """
    size = max(1, int.from_bytes(data[:2]))
    stream = data[2:]
    parser = MultipartParser(MAX_BYTES)
    try:
        for at in range(0, len(stream), size):
            for picture in parser.feed(stream[at : at + size]):
                assert picture.startswith(JPEG_MAGIC)
                assert b"\xff\xd9" in picture[-66:]
                assert len(picture) <= MAX_BYTES
    except CameraError as error:
        _expect(error, Reason.TOO_LARGE, Reason.FORMAT)


@dataclass(frozen=True, slots=True)
class Target:
    """Something to be fed.

    Attributes:
        feed: Raises if a promise is broken.
        modules: Whose branches a fuzzer watches, beside those they import.
    """

    feed: Callable[[bytes], None]
    modules: tuple[str, ...]


TARGETS: Mapping[str, Target] = MappingProxyType(
    {
        "gate": Target(gate, ("camwatch.cameras.gate", "camwatch.cameras.decode")),
        "url": Target(url, ("camwatch.cameras.policy", "urllib.parse", "ipaddress")),
        "digest": Target(digest, ("camwatch.cameras.sign_in",)),
        "multipart": Target(multipart, ("camwatch.cameras.multipart",)),
    }
)
"""All targets by their name on the command line."""
