"""How the entries of the audit log are linked, so that a change of one is found out.

Each row holds a code (`mac`) over its own content and the code of the row before it. Who
changes, removes, adds or swaps rows must make all later codes anew, which takes the key.
What was cut off at the end leaves no trace in the rows that remain: for that, the newest
code is also kept outside of the history, see `Sealer.appended`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

_FORM = "camwatch-audit-1"


@dataclass(frozen=True, slots=True)
class Link:
    """A row of the audit log exactly as it is stored.

    Attributes:
        at_ms: Milliseconds since 1970 UTC.
        details: The JSON text.
        key_id: Which key made the code; "" for none, so that anybody could have made it.
        previous: The code of the row before; "" for the first row.
        mac: The code; "" if the row never got one.
    """

    seq: int
    at_ms: int
    actor: str
    action: str
    target: str
    result: str
    details: str
    computer: str = ""
    key_id: str = ""
    previous: str = ""
    mac: str = ""

    def sealed_text(self) -> bytes:
        """Return what the code is made over: two different rows never have the same."""
        parts = [
            _FORM,
            self.seq,
            self.at_ms,
            self.actor,
            self.action,
            self.target,
            self.result,
            self.details,
            self.computer,
            self.key_id,
            self.previous,
        ]
        return json.dumps(parts, ensure_ascii=True, separators=(",", ":")).encode("ascii")


@dataclass(frozen=True, slots=True)
class Mark:
    """A row, as far as it is known outside of the log; `seq` 0 stands before the first one."""

    seq: int
    key_id: str
    mac: str


START = Mark(0, "", "")
"""Where the log begins."""


class Seal(Protocol):
    """What codes are made with."""

    @property
    def key_id(self) -> str:
        """Names the key; "" if there is none."""

    def mac(self, data: bytes) -> str:
        """Return the code of a text, 64 hexadecimal digits."""


class PlainSeal:
    """Makes codes without a key: they prove accidents, not intent."""

    key_id = ""

    @staticmethod
    def mac(data: bytes) -> str:
        """Return the SHA-256 of a text."""
        return hashlib.sha256(data).hexdigest()


class Sealer(Protocol):
    """What gives out the key, and keeps the head of the log outside of the history."""

    def seal(self) -> Seal:
        """Return what to seal with now. Called before the history is locked; may wait."""
        ...

    def check(
        self, seal: Seal, newest: Mark, mark_at: Callable[[int], Mark | None]
    ) -> Mapping[str, str] | None:
        """Compare the log with what is known of it outside, before something is added.

        Args:
            seal: What will be sealed with.
            newest: The newest row; `START` if none was ever sealed.
            mark_at: Looks a row up; None if it is not there.

        Returns:
            Facts about what does not fit, to be written into the log; None if all does.
        """
        ...

    def appended(self, seal: Seal, newest: Mark) -> None:
        """Keep the head of the log outside; called once it is stored. Never raises."""
        ...


class NoSealer:
    """For a history of which nothing is kept outside."""

    @staticmethod
    def seal() -> Seal:
        """Return a seal without a key."""
        return PlainSeal()

    @staticmethod
    def check(
        _seal: Seal, _newest: Mark, _mark_at: Callable[[int], Mark | None]
    ) -> Mapping[str, str] | None:
        """Know nothing that does not fit."""
        return None

    @staticmethod
    def appended(_seal: Seal, _newest: Mark) -> None:
        """Keep nothing."""
