"""What a reader process is asked to read; it comes as the first line on its standard input."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from camwatch.domain import SourceKind

_RELAY = re.compile(r"rtsp://127\.0\.0\.1:[0-9]{1,5}/[!-~]*")
_DEVICE = re.compile(r"[0-9]{1,3}|/dev/[A-Za-z0-9/_.:+-]{1,200}")
_TRANSPORTS = ("tcp", "udp")
_TOKEN = re.compile(r"[0-9a-f]{0,64}")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be read. It holds no password and no address of a camera.

    Attributes:
        kind: RTSP, USB or FILE.
        source: The relay's address, for RTSP; number or path of a device; path of a file or
            folder.
        interval_s: From picture to picture.
        max_bytes: No picture may be larger.
        transport: "tcp" or "udp", of an RTSP stream's pictures.
        token: What the reader calls itself, so that the relay knows it; hexadecimal digits.
        loops: A file starts anew at its end.
        memory_mib: How much more memory than at its start the process may ask for; 0 is no
            bound.
    """

    kind: SourceKind
    source: str
    interval_s: float
    max_bytes: int
    transport: str = "tcp"
    token: str = ""
    loops: bool = False
    memory_mib: int = 0

    def __post_init__(self) -> None:
        """Refuse what no camera's record can have: nothing else keeps it from FFmpeg.

        Raises:
            ValueError: It names another kind of source.
        """
        if not _is_source(self.kind, self.source):
            raise ValueError(f"no {self.kind} to be read")
        if self.transport not in _TRANSPORTS or not _TOKEN.fullmatch(self.token):
            raise ValueError("transport or token")
        if not (math.isfinite(self.interval_s) and self.interval_s > 0):
            raise ValueError(f"interval_s: {self.interval_s}")

    def to_line(self) -> bytes:
        """Return the order as one line."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Order:
        """Read an order.

        Raises:
            ValueError: It is none.
        """
        values = json.loads(line)
        try:
            return cls(**{**values, "kind": SourceKind(values["kind"])})
        except (TypeError, KeyError) as error:
            raise ValueError("no order") from error


def _is_source(kind: SourceKind, source: str) -> bool:
    match kind:
        case SourceKind.RTSP:
            return _RELAY.fullmatch(source) is not None
        case SourceKind.USB:
            return _DEVICE.fullmatch(source) is not None and ".." not in source
        case SourceKind.FILE:
            return "\0" not in source and Path(source).is_absolute()
        case _:
            return False
