"""What came of checking the audit log, in whole sentences. Knows no Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from types import MappingProxyType

from camwatch.auth.audit_check import (
    AuditCheck,
    AuditFault,
    AuditFinding,
    AuditState,
    Unchecked,
)
from camwatch.ui.words import number

_MOST_SHOWN = 5
_NO_KEYRING = (
    "The keyring or the vault, which holds the key, does not answer or is locked. The entries "
    "follow each other, but whether they were changed on purpose is not known. Unlock it, and "
    "check again."
)


@dataclass(frozen=True, slots=True)
class CheckWords:
    """What is said of a check.

    Attributes:
        kind: "ok", "warning" or "error".
        title: A line.
        text: Sentences, one a line; may be empty.
    """

    kind: str
    title: str
    text: str


def check_words(check: AuditCheck, zone: tzinfo | None) -> CheckWords:
    """Say what came of a check, on the clock of this zone; None is this computer's."""
    at = f"checked {check.checked_at.astimezone(zone):%H:%M}"
    if check.state is AuditState.BROKEN:
        lines = [finding_words(one) for one in check.findings]
        more = len(lines) - 1 - _MOST_SHOWN
        rest = lines[1 : 1 + _MOST_SHOWN]
        if more > 0:
            rest.append(f"And {number(more)} more.")
        return CheckWords("error", lines[0], "\n".join([*rest, _scale(check, at)]))
    if check.state is AuditState.UNCHECKED:
        return CheckWords("warning", *_unchecked(check, at))
    return CheckWords("ok", f"Sound: {entries(check.entries)}, {at}", _weakness(check))


def finding_words(finding: AuditFinding) -> str:
    """Say what is wrong: "Entry 57 was changed after it was written."."""
    return _SAY[finding.fault](finding)


_PLACES = {
    "file": "The note of the newest entry in the profile, audit-head.json,",
    "keyring": "The note of the newest entry in the keyring",
    "both": "Each note of the newest entry, in the profile and in the keyring,",
}

_TOLD = {
    AuditFault.CUT_OFF: "the log ended before entry {known}, which had been the newest",
    AuditFault.OTHER_PAST: "an older copy had been put back, or entry {known} replaced",
    AuditFault.HEAD_MISSING: "the file audit-head.json was gone",
    AuditFault.HEAD_CHANGED: "the note of the newest entry had been changed",
}


def entries(count: int) -> str:
    """Say "1 entry" or "1 234 entries"."""
    return "1 entry" if count == 1 else f"{number(count)} entries"


def _which(finding: AuditFinding) -> str:
    if finding.first == finding.last:
        return f"Entry {number(finding.first)}"
    return f"Entries {number(finding.first)} to {number(finding.last)}"


def _was(finding: AuditFinding) -> str:
    return "was" if finding.first == finding.last else "were"


def _is(finding: AuditFinding) -> str:
    return "is" if finding.first == finding.last else "are"


def _ends_early(finding: AuditFinding) -> str:
    if finding.first == 1:
        return f"The log is empty, but there were {entries(finding.other)}"
    return f"The log ends at entry {number(finding.first - 1)}, but there were {finding.other}"


def _with_note(finding: AuditFinding) -> str:
    """Say that the note in the profile fits, which it would not by itself."""
    return ", together with its note in the profile" if finding.detail == "keyring" else ""


def _told(finding: AuditFinding) -> str:
    fault = finding.detail.partition(":")[0]
    known = AuditFault(fault) if fault in set(AuditFault) else None
    words = _TOLD.get(known, "the log had been tampered with") if known is not None else ""
    return words.format(known=number(finding.other)) or "the log had been tampered with"


def _scale(check: AuditCheck, at: str) -> str:
    many = len(check.findings)
    if many == 1:
        return f"The other entries fit together; {entries(check.entries)}, {at}."
    return f"{entries(check.entries)}, {at}."


def _cut_off(finding: AuditFinding) -> str:
    which = _which(finding)
    return f"{_ends_early(finding)}: {which[0].lower()}{which[1:]} {_was(finding)} cut off."


_SAY: Mapping[AuditFault, Callable[[AuditFinding], str]] = MappingProxyType(
    {
        AuditFault.CHANGED: lambda one: f"{_which(one)} was changed after it was written.",
        AuditFault.MISSING: lambda one: f"{_which(one)} {_is(one)} missing.",
        AuditFault.SWAPPED: lambda one: (
            f"{_which(one)} stands in the wrong place: it was written as entry {number(one.other)}."
        ),
        AuditFault.ADDED: lambda one: f"{_which(one)} was not written by CamWatch.",
        AuditFault.UNLINKED: lambda one: (
            f"{_which(one)} does not follow the one before it: one of the two was replaced."
        ),
        AuditFault.UNKNOWN_KEY: lambda one: (
            f"{_which(one)} {_is(one)} sealed with a key that this computer does not know: "
            "written on another computer, or replaced, or the key is gone from the keyring."
        ),
        AuditFault.CUT_OFF: _cut_off,
        AuditFault.OLD_COPY: lambda one: (
            f"{_ends_early(one)}: an older copy of the history was put back{_with_note(one)}."
        ),
        AuditFault.OTHER_PAST: lambda one: (
            f"{_which(one)} is not the one that was the newest once: an older copy of the "
            f"history was put back{_with_note(one)} and written on, or the entry was replaced."
        ),
        AuditFault.HEAD_MISSING: lambda _one: (
            "The file audit-head.json is gone from the profile, so it is not known whether "
            "entries were cut off at the end."
        ),
        AuditFault.HEAD_CHANGED: lambda one: (
            f"{_PLACES[one.detail]} was changed by something other than CamWatch."
        ),
        AuditFault.FOUND_EARLIER: lambda one: (
            f"Entry {number(one.first)} tells that CamWatch found it out by itself: {_told(one)}."
        ),
    }
)


def _unchecked(check: AuditCheck, at: str) -> tuple[str, str]:
    match check.why:
        case Unchecked.NO_LOG:
            return "There is no history yet", "Nothing was ever written into the audit log."
        case Unchecked.NOT_SEALED:
            return (
                f"Not sealed yet: {entries(check.entries)} of an older CamWatch",
                "They are sealed when the next entry is written.",
            )
        case _:
            return (
                f"Cannot be checked now: {entries(check.entries)}, {at}",
                _NO_KEYRING,
            )


def _weakness(check: AuditCheck) -> str:
    """Say what a sound log does not prove."""
    lines = []
    if check.without_key:
        lines.append(
            f"{entries(check.without_key)} {'was' if check.without_key == 1 else 'were'} written "
            "without a key, as no keyring answered. Of them, changes by accident are found, "
            "changes on purpose perhaps not."
        )
    if check.sealed_later:
        lines.append(
            f"{entries(check.sealed_later)} of an older CamWatch {_are(check.sealed_later)} "
            "protected only since the update."
        )
    return "\n".join(lines)


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
