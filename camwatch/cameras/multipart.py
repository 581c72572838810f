"""Cuts an MJPEG stream into its pictures, whatever the camera says about where they end.

Cameras get boundaries and lengths wrong in every way, so neither is needed: a JPEG file tells
by itself where it begins and ends. A length that proves right saves the search for the end.
"""

from __future__ import annotations

import re

from camwatch.cameras.gate import JPEG_MAGIC
from camwatch.domain import Reason
from camwatch.errors import CameraError
from camwatch.language import tr

_LONGEST_HEADER = 4096
"""So much in front of a picture is looked through for its length, bytes."""

_MOST_SEGMENTS = 2000
_END = b"\xff\xd9"
_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*([0-9]{1,10})[ \t]*\r?\n", re.IGNORECASE)
_BLANK_LINE = (b"\r\n\r\n", b"\n\n")
_TOO_SHORT = re.compile(rb"\xff\xd9\r?\n?--")
_START_OR_END = re.compile(rb"\xff(?:\xd9|\xd8\xff)")
_SOS = 0xDA
_ALONE = frozenset((0x01, *range(0xD0, 0xD9)))


class MultipartParser:
    """Takes a stream's bytes as they come, and gives its whole pictures.

    The time is linear in the bytes, and never more than one picture is kept.

    Attributes:
        broken: How many pictures were given up because another began before their end, or
            because they make no sense.

    Args:
        max_bytes: Of one picture.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._buffer = bytearray()
        self._start: int | None = None
        """Where the picture begins that is being received; None between two."""
        self._length: int | None = None
        """Its length as its header says, while that is believed."""
        self._is_length_believed = True
        self._at = 0
        """Everything before was looked at."""
        self._part = 0
        """Where the last picture ended: a length before that is not of the next."""
        self._is_in_scan = False
        self._segments = 0
        self._rubbish = 0
        self.broken = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Take the next bytes.

        Returns:
            The pictures that are whole now, oldest first; each begins and ends like a JPEG.

        Raises:
            CameraError: TOO_LARGE for a picture beyond the limit, FORMAT if as many bytes come
                without any picture. Nothing more can be read then.
        """
        self._buffer += data
        pictures = []
        while True:
            if self._start is None and not self._find_start():
                break
            end = self._find_end()
            if self._start is None:
                continue  # it was given up: what follows may hold the next
            if (len(self._buffer) if end is None else end) - self._start > self._max_bytes:
                raise CameraError(
                    Reason.TOO_LARGE, tr("more than {max_bytes} bytes", max_bytes=self._max_bytes)
                )
            if end is None:
                break
            pictures.append(bytes(self._buffer[self._start : end]))
            self._rubbish = 0
            self._go_on(end)
        self._forget()
        return pictures

    def _find_start(self) -> bool:
        """Look for the next picture's beginning, and read its length in front of it."""
        found = self._buffer.find(JPEG_MAGIC, self._at)
        if found < 0:
            seen = max(self._at, len(self._buffer) - len(JPEG_MAGIC) + 1)
            self._rubbish += seen - self._at
            self._at = seen
            if self._rubbish > self._max_bytes:
                raise CameraError(
                    Reason.FORMAT, tr("no picture in {rubbish} bytes", rubbish=self._rubbish)
                )
            return False
        self._begin(found)
        if self._is_length_believed:
            header = bytes(self._buffer[max(self._part, found - _LONGEST_HEADER) : found])
            told = _LENGTH.findall(header)
            if told and header.endswith(_BLANK_LINE):
                length = int(told[-1])
                self._length = length if 4 <= length <= self._max_bytes else None
        return True

    def _begin(self, start: int) -> None:
        self._start, self._length = start, None
        self._at, self._is_in_scan, self._segments = start + 2, False, 0

    def _go_on(self, at: int) -> None:
        """Look for the next picture from here."""
        self._start, self._at, self._part = None, at, at

    def _find_end(self) -> int | None:
        """Return where the picture ends; None if that did not come yet, or it was given up."""
        if self._length is not None:
            end = self._told_end()
            if self._length is not None:
                return end
        if not self._is_in_scan and not self._walk():
            return None
        return self._scan()

    def _told_end(self) -> int | None:
        """Return the end that the header tells of, once that is there; believe no lies."""
        start, length = self._start or 0, self._length or 0
        told = start + length
        lie = _TOO_SHORT.search(self._buffer, self._at, min(told, len(self._buffer)))
        if lie is None and len(self._buffer) < told:
            self._at = max(start + 2, len(self._buffer) - 5)
            return None
        if lie is None and self._buffer.rfind(_END, max(start, told - 64), told) >= 0:
            return told
        # The segments are walked from the start now; this happens once in a stream.
        self._is_length_believed, self._length = False, None
        self._at = start + 2
        return None

    def _walk(self) -> bool:
        """Step over the segments before the picture's data; False if there is more to come."""
        buffer = self._buffer
        while len(buffer) >= self._at + 4:
            marker = buffer[self._at + 1]
            length = int.from_bytes(buffer[self._at + 2 : self._at + 4])
            self._segments += 1
            if buffer[self._at] != 0xFF or self._segments > _MOST_SEGMENTS:
                return self._give_up()
            if marker == 0xFF:  # a fill byte
                self._at += 1
            elif marker in _ALONE:
                self._at += 2
            elif length < 2 or marker == 0xD9:
                return self._give_up()
            elif len(buffer) < self._at + 2 + length:
                return False
            else:
                self._at += 2 + length
                if marker == _SOS:
                    self._is_in_scan = True
                    return True
        return False

    def _give_up(self) -> bool:
        """Leave a picture that makes no sense; no byte is looked at again, for that takes time."""
        self.broken += 1
        self._rubbish += self._at - (self._start or 0)
        self._go_on(self._at)
        return False

    def _scan(self) -> int | None:
        """Look for the end; if another picture begins before it, go on with that one."""
        while (found := _START_OR_END.search(self._buffer, self._at)) is not None:
            if found[0] == _END:
                return found.end()
            self.broken += 1
            self._begin(found.start())
            if not self._walk():
                return None
        self._at = max(self._at, len(self._buffer) - 2)
        return None

    def _forget(self) -> None:
        """Drop what is not needed any more."""
        if self._start is not None:
            done = self._start
        else:
            done = max(0, min(self._at, len(self._buffer)) - _LONGEST_HEADER)
        if done <= 0:
            return
        del self._buffer[:done]
        self._at -= done
        self._part = max(0, self._part - done)
        if self._start is not None:
            self._start = 0
