"""One file of the spool: records that are only ever appended, each with its checksum.

A file is a head and then records. A record is a mark, the length of its body, how many rows
are in it, a checksum of all that, and the body. A record that is not whole is skipped: reading
goes on at the next mark behind which one is.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

_HEAD = b"CamWatch spool 1\n"  # the number is that of the form of what follows
_NAME = struct.Struct("<H")
_MARK = b"\xc2CWb"  # no text has this in it
_FIELDS = struct.Struct("<4sIII")
_SUMMED = struct.Struct("<II")

_MOST_BYTES = 64 * 1024 * 1024  # a record of more is none: the recorder's batches are far smaller
_UNWRITTEN = b"\0" * 16


@dataclass(frozen=True, slots=True)
class Record:
    """A whole record."""

    body: bytes
    rows: int


@dataclass(frozen=True, slots=True)
class Found:
    """What is in a file.

    Attributes:
        history: Which history it is for, "" if that was not known.
        records: The whole ones, in order.
        stop: Where the last whole part ends.
        is_torn: Behind it is the begin of something, as a power cut leaves it: nobody was told
            yet that it is there.
        damaged: How many stretches are neither a record nor such an end.
    """

    history: str
    records: tuple[Record, ...]
    stop: int
    is_torn: bool
    damaged: int


def head_of(history: str) -> bytes:
    """Return how a file begins."""
    name = history.encode()
    return _HEAD + _NAME.pack(len(name)) + name


def record_of(record: Record) -> bytes:
    """Return the bytes of a record."""
    checksum = _checksum(record.rows, record.body)
    return _FIELDS.pack(_MARK, len(record.body), record.rows, checksum) + record.body


def look_through(file: Path) -> Found:
    """Read a file.

    Raises:
        OSError: It cannot be read.
    """
    data = file.read_bytes()
    history, at = _read_head(data)
    if not at and (_is_begin_of_head(data)):
        return Found("", (), 0, is_torn=True, damaged=0)
    damaged = 0 if at else 1
    stop = at
    records: list[Record] = []
    while at < len(data):
        record = _record_at(data, at)
        if record is None:
            following = _next_whole(data, at)
            if following is None:
                is_torn = bool(stop) and _is_torn(data[at:])
                return Found(history, tuple(records), stop, is_torn, damaged + (not is_torn))
            damaged += bool(stop)  # a damaged head counts once
            at = following
            continue
        records.append(record)
        stop = at = at + _FIELDS.size + len(record.body)
    return Found(history, tuple(records), stop, is_torn=False, damaged=damaged)


def _checksum(rows: int, body: bytes) -> int:
    return zlib.crc32(body, zlib.crc32(_SUMMED.pack(len(body), rows)))


def _read_head(data: bytes) -> tuple[str, int]:
    """Return which history it is for and where records begin; 0 if the head is none."""
    start = len(_HEAD) + _NAME.size
    if len(data) >= start and data.startswith(_HEAD):
        (length,) = _NAME.unpack_from(data, len(_HEAD))
        name = data[start : start + length]
        if len(name) == length:
            return name.decode(errors="replace"), start + length
    return "", 0


def _is_begin_of_head(data: bytes) -> bool:
    """Tell whether the file was just being made."""
    written = data.rstrip(b"\0")
    return _HEAD.startswith(written[: len(_HEAD)]) and len(written) < 2 * len(_HEAD) + 64


def _record_at(data: bytes, at: int) -> Record | None:
    if len(data) - at < _FIELDS.size:
        return None
    mark, length, rows, checksum = _FIELDS.unpack_from(data, at)
    if mark != _MARK or length > _MOST_BYTES:
        return None
    body = data[at + _FIELDS.size : at + _FIELDS.size + length]
    if len(body) != length or _checksum(rows, body) != checksum:
        return None
    return Record(body, rows)


def _next_whole(data: bytes, at: int) -> int | None:
    """Return where the next whole record begins."""
    while (at := data.find(_MARK, at + 1)) >= 0:
        if _record_at(data, at) is not None:
            return at
    return None


def _is_torn(rest: bytes) -> bool:
    """Tell whether a record was begun here and is not complete, or never reached the disk."""
    written = rest.rstrip(b"\0")
    if not _MARK.startswith(written[: len(_MARK)]):
        return False
    if len(written) < _FIELDS.size:
        return True
    _, length, _, _ = _FIELDS.unpack_from(rest)
    # Or as long as it says, but ending with the zeros of what was not written.
    is_short = len(rest) < _FIELDS.size + length <= _FIELDS.size + _MOST_BYTES
    return is_short or rest.endswith(_UNWRITTEN)
