"""What came of checking the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AuditState(StrEnum):
    """What is known of the log as a whole."""

    SOUND = "sound"
    BROKEN = "broken"
    UNCHECKED = "unchecked"
    """Nothing wrong was found, but it could not be checked whether that means anything."""


class AuditFault(StrEnum):
    """What is wrong with the log."""

    CHANGED = "changed"
    """The entry is not what was written."""
    MISSING = "missing"
    """Entries between others were removed."""
    SWAPPED = "swapped"
    """The entry stands in the place of another one."""
    ADDED = "added"
    """The entry was not written by CamWatch."""
    UNLINKED = "unlinked"
    """The entry does not follow the one that stands before it."""
    UNKNOWN_KEY = "unknown_key"
    """The entry was sealed with a key that this computer's keyring does not hold."""
    CUT_OFF = "cut_off"
    """Entries at the end were removed."""
    OLD_COPY = "old_copy"
    """An older copy was put in the log's place."""
    OTHER_PAST = "other_past"
    """Where the newest entry was there is another one: the log was written on from an older
    copy, or that entry was replaced."""
    HEAD_MISSING = "head_missing"
    """What is known of the log outside of the history is gone."""
    HEAD_CHANGED = "head_changed"
    """What is known of the log outside of the history was changed."""
    FOUND_EARLIER = "found_earlier"
    """CamWatch came upon one of these while it wrote, and wrote that down."""


class Unchecked(StrEnum):
    """Why the log could not be checked."""

    NO_LOG = "no_log"
    """There is no history."""
    NO_KEYRING = "no_keyring"
    """Entries were sealed with a key, and the keyring cannot be read."""
    NOT_SEALED = "not_sealed"
    """The entries are of an older CamWatch, and nothing was written since."""


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """Something that is wrong.

    Attributes:
        fault: What.
        first: The first entry that it is about.
        last: The last one; the same as `first` for one.
        other: Of `SWAPPED`, as which entry it was written; of `CUT_OFF`, `OLD_COPY` and
            `FOUND_EARLIER`, which entry was the newest; else 0.
        detail: A few facts: where the evidence is from, or what was written down.
    """

    fault: AuditFault
    first: int
    last: int
    other: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """What came of checking the log.

    Attributes:
        state: What is known of it.
        checked_at: UTC.
        entries: How many there are.
        without_key: How many of them were linked without a key, which proves accidents
            only, not intent.
        sealed_later: How many are of an older CamWatch and were sealed when it was upgraded.
        known_outside: The newest entry that is known outside of the history; 0 for none.
        findings: What is wrong, the first entry first; at most 50.
        why: Why it could not be checked; None if it could.
    """

    state: AuditState
    checked_at: datetime
    entries: int = 0
    without_key: int = 0
    sealed_later: int = 0
    known_outside: int = 0
    findings: tuple[AuditFinding, ...] = ()
    why: Unchecked | None = None
