"""The head of the audit log outside of the history: which entry was the newest.

An entry that is not there any more can be missed only by somebody who knows of it. So the
newest one is noted in a file of the profile after each entry, and in the keyring from time
to time, for whoever puts back an old copy of the whole profile puts back that file as well.
"""

from __future__ import annotations

import hmac
import json
import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from camwatch.data.audit_chain import Mark, PlainSeal, Seal
from camwatch.files import write_aside

log = logging.getLogger(__name__)

FILE = "audit-head.json"

_FORM = "camwatch-audit-head-1"
_LARGEST = 4096


class Proof(StrEnum):
    """Whether a head is what CamWatch wrote."""

    GENUINE = "genuine"
    FORGED = "forged"
    UNKNOWN = "unknown"
    """Its key is not at hand."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry, sealed on its own.

    Attributes:
        seq: Its number; 0 before the first one.
        key_id: Which key sealed it; "" for none.
        mac: Its code.
        at: When this was noted, ISO 8601.
        proof: The head's own code.
    """

    seq: int
    key_id: str
    mac: str
    at: str
    proof: str

    @property
    def mark(self) -> Mark:
        """The entry it stands for."""
        return Mark(self.seq, self.key_id, self.mac)

    def proven(self, key: Seal | None) -> Proof:
        """Tell whether it is what CamWatch wrote, as far as this key tells."""
        seal = PlainSeal() if not self.key_id else key
        if seal is None or seal.key_id != self.key_id:
            return Proof.UNKNOWN
        is_right = hmac.compare_digest(self.proof, seal.mac(_signed(self.mark, self.at)))
        return Proof.GENUINE if is_right else Proof.FORGED

    def text(self) -> str:
        """Return it as it is stored."""
        return json.dumps({"form": _FORM, **asdict(self)})


def make_head(mark: Mark, seal: Seal, now: datetime) -> Head:
    """Seal the newest entry."""
    at = now.isoformat(timespec="seconds")
    known = Mark(mark.seq, seal.key_id, mark.mac)
    return Head(known.seq, known.key_id, known.mac, at, seal.mac(_signed(known, at)))


def read_text(text: str) -> Head | None:
    """Read what `Head.text` made; None if it is something else."""
    try:
        found = json.loads(text)
        if found.pop("form") != _FORM:
            return None
        head = Head(**found)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    texts = (head.key_id, head.mac, head.at, head.proof)
    is_one = (
        isinstance(head.seq, int)
        and head.seq >= 0
        and all(isinstance(one, str) and one.isascii() for one in texts)
    )
    return head if is_one else None


class HeadFile:
    """The head in the profile's folder."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE

    def read(self) -> tuple[Head | None, bool]:
        """Return the head, None if there is none that can be read; and whether a file is there.

        Raises:
            OSError: It is there, but cannot be read now.
        """
        try:
            with self.file.open("rb") as stream:
                data = stream.read(_LARGEST)
        except FileNotFoundError:
            return None, False
        return read_text(data.decode("utf-8", "replace")), True

    def write(self, head: Head) -> bool:
        """Put another head in its place; tell whether that worked.

        If not, the head stays behind the log, which is no sign of tampering.
        """
        try:
            write_aside(self.file, head.text().encode("ascii"))
        except OSError as error:
            log.warning("the head of the audit log is not in %s: %s", self.file, error.strerror)
            return False
        return True


def _signed(mark: Mark, at: str) -> bytes:
    return json.dumps([_FORM, mark.seq, mark.key_id, mark.mac, at]).encode("ascii")
