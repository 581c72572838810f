"""Numbers as they are written on the command line; refused as argparse wants it."""

from __future__ import annotations

import argparse
from collections.abc import Callable

_MOST_FPS = 1000.0
_LONGEST_WATCH_S = 3600.0


def threshold(text: str) -> float:
    """Read a score between the bounds of the settings."""
    value = _number(text)
    if not 0.05 <= value <= 0.95:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0.05 to 0.95")
    return value


def fps(text: str) -> float:
    """Read a rate."""
    value = _number(text)
    if not 0 < value <= _MOST_FPS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0 and up to 1000")
    return value


def u_turn_s(text: str) -> float:
    """Read a time."""
    # Every start of CamWatch reads numbers, and few of them one of lines.
    from camwatch.scene.lines import LONGEST_U_TURN_S  # noqa: PLC0415

    value = _number(text)
    if not 0 <= value <= LONGEST_U_TURN_S:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a number of seconds from 0 to {LONGEST_U_TURN_S:g}"
        )
    return value


def seconds(text: str) -> float:
    """Read how long a stream is watched."""
    value = _number(text)
    if not 0 < value <= _LONGEST_WATCH_S:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0 and up to 3600")
    return value


def whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    """Return what reads a whole number between bounds."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal()) or not lowest <= int(text) <= highest:
            raise argparse.ArgumentTypeError(
                f"{text!r} is not a whole number from {lowest:,} to {highest:,}"
            )
        return int(text)

    return read


def _number(text: str) -> float:
    """Read a number; anything else becomes one that no bounds let pass."""
    try:
        return float(text)
    except ValueError:
        return float("nan")
