"""What can be wrong with a simulated camera, on demand."""

from __future__ import annotations

import struct
from enum import StrEnum


class Fault(StrEnum):
    """Something that goes wrong with real cameras as well."""

    HANG = "hang"
    SLOW = "slow"
    TRICKLE = "trickle"
    CUT = "cut"
    TRUNCATED = "truncated"
    HTML = "html"
    UNAUTHORIZED = "unauthorized"
    BUSY = "busy"
    REDIRECT = "redirect"
    FROZEN = "frozen"
    BLACK = "black"
    HUGE = "huge"

    @property
    def description(self) -> str:
        """What the camera then does, as a phrase."""
        return _DESCRIPTIONS[self]

    @property
    def spares_status(self) -> bool:
        """Whether the status page still answers as usual."""
        return self not in (Fault.HANG, Fault.SLOW, Fault.UNAUTHORIZED, Fault.BUSY)


SLOW_S = 3.0
"""A slow camera answers after this time, seconds."""

TRICKLE_S = 0.5
"""A trickling camera sends one byte in this time, seconds."""

RETRY_AFTER_S = 5
"""A busy camera asks to be left alone so long, seconds."""

_DESCRIPTIONS = {
    Fault.HANG: "takes the request and never answers",
    Fault.SLOW: f"answers after {SLOW_S:g} s",
    Fault.TRICKLE: f"sends one byte each {TRICKLE_S:g} s",
    Fault.CUT: "promises a whole picture and hangs up after half of it",
    Fault.TRUNCATED: "sends half a picture as if it were whole",
    Fault.HTML: "sends a web page instead of a picture",
    Fault.UNAUTHORIZED: "refuses every password (401)",
    Fault.BUSY: f"has no time (503, Retry-After: {RETRY_AFTER_S})",
    Fault.REDIRECT: "sends the client elsewhere (302)",
    Fault.FROZEN: "sends the same picture, byte for byte, for ever",
    Fault.BLACK: "sends black pictures, as with a covered lens",
    Fault.HUGE: "sends a small picture that claims 30000 by 30000 pixels",
}

WEB_PAGE = b"""<!DOCTYPE html>
<html><head><title>Camera</title></head>
<body><h1>Please sign in</h1><p>Your session has ended.</p></body></html>
"""
"""What a camera with the fault HTML sends."""

_CLAIMED = 30_000
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def claim_huge(jpeg: bytes) -> bytes:
    """Return the JPEG file with another size in its header: 30000 by 30000 pixels.

    Raises:
        ValueError: It has no frame header.
    """
    at = 2
    while at + 9 <= len(jpeg) and jpeg[at] == 0xFF:
        marker = jpeg[at + 1]
        length = int.from_bytes(jpeg[at + 2 : at + 4])
        if marker in _FRAME_HEADERS:
            return jpeg[: at + 5] + struct.pack(">HH", _CLAIMED, _CLAIMED) + jpeg[at + 9 :]
        at += 2 + length
    raise ValueError("no frame header in this JPEG")
