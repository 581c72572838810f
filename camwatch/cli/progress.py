"""A bar on a terminal that says how far a long job is."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

_WIDTH = 30
_EVERY_S = 0.1


class ProgressBar:
    """One line on the standard error, drawn anew; nothing where that is no terminal.

    Args:
        verb: What is done with what is counted, such as "copied".
    """

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._is_shown = sys.stderr.isatty()
        self._drawn_s = float("-inf")
        self._is_drawn = False

    def show(self, done: int, total: int, what: str = "") -> None:
        """Say how far it is, ten times a second at most."""
        now_s = time.monotonic()
        if now_s - self._drawn_s < _EVERY_S and done < total:
            return
        self._drawn_s = now_s
        part = min(1.0, done / total) if total else 1.0
        bar = "#" * int(part * _WIDTH)
        self._draw(f"[{bar:<{_WIDTH}}] {part:4.0%}  {done:,} of {total:,} {self._verb}  {what}")

    def say(self, what: str) -> None:
        """Say what is done now, where nobody knows how much there is."""
        self._draw(f"{self._verb} {what}")

    def _draw(self, line: str) -> None:
        if self._is_shown:
            self._is_drawn = True
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_drawn:
            sys.stderr.write("\n")
