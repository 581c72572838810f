"""What a reader process says: a header of six bytes, then the content.

The owner believes nothing of it: a decoder that was broken into writes here too.
"""

from __future__ import annotations

import asyncio
import json
import struct
from dataclasses import dataclass
from enum import IntEnum

from camwatch.domain import Reason
from camwatch.errors import CameraError
from camwatch.language import tr

_HEADER = struct.Struct(">BBI")
_MAGIC = 0xC7
MOST_TEXT_BYTES = 4096
"""Longest content that is no picture."""

_LONGEST_DETAIL = 200


class Kind(IntEnum):
    """What a message says."""

    READY = 1
    """The process has started, and opens its source now."""

    PICTURE = 2
    """A JPEG or PNG file."""

    BEAT = 3
    """Pictures come, though none is due."""

    ERROR = 4
    """It ends: a reason and a detail, as JSON."""

    WAIT = 5
    """All is well, but the source's own times say that no picture comes yet."""


_KINDS = frozenset(int(kind) for kind in Kind)


@dataclass(frozen=True, slots=True)
class Message:
    """One message."""

    kind: Kind
    content: bytes = b""

    def to_bytes(self) -> bytes:
        """Return the message with its header."""
        return _HEADER.pack(_MAGIC, self.kind, len(self.content)) + self.content


def error_message(reason: Reason, detail: str) -> Message:
    """Return the message that tells why nothing can be read."""
    text = json.dumps({"reason": reason, "detail": detail[:_LONGEST_DETAIL]})
    return Message(Kind.ERROR, text.encode())


def error_in(message: Message) -> CameraError:
    """Return the error that a message tells of."""
    try:
        told = json.loads(message.content)
        reason, detail = Reason(told["reason"]), str(told["detail"])
    except (ValueError, TypeError, KeyError):
        return CameraError(Reason.READER_BROKE, tr("it made no sense"))
    line = "".join(one for one in detail[:_LONGEST_DETAIL] if one.isprintable())
    return CameraError(reason, line)


async def read_message(stream: asyncio.StreamReader, max_bytes: int) -> Message | None:
    """Read the next message.

    Args:
        stream: The process's standard output.
        max_bytes: Of a picture.

    Returns:
        None once the process has closed its output.

    Raises:
        CameraError: READER_BROKE for anything that is no message, TOO_LARGE for a picture.
    """
    try:
        magic, number, size = _HEADER.unpack(await stream.readexactly(_HEADER.size))
        if magic != _MAGIC or number not in _KINDS:
            raise CameraError(Reason.READER_BROKE, tr("it made no sense"))
        kind = Kind(number)
        if kind is Kind.PICTURE and size > max_bytes:
            raise CameraError(
                Reason.TOO_LARGE,
                tr("{size} bytes, at most {max_bytes}", size=size, max_bytes=max_bytes),
            )
        if kind is not Kind.PICTURE and size > MOST_TEXT_BYTES:
            raise CameraError(Reason.READER_BROKE, tr("it made no sense"))
        return Message(kind, await stream.readexactly(size))
    except asyncio.IncompleteReadError:
        return None
