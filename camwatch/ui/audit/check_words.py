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
from camwatch.language import marked, table, tr
from camwatch.ui.words import number

_MOST_SHOWN = 5
_NO_KEYRING = marked(
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
    at = tr("checked {astimezone:%H:%M}", astimezone=check.checked_at.astimezone(zone))
    if check.state is AuditState.BROKEN:
        lines = [finding_words(one) for one in check.findings]
        more = len(lines) - 1 - _MOST_SHOWN
        rest = lines[1 : 1 + _MOST_SHOWN]
        if more > 0:
            rest.append(tr("And {number} more.", number=number(more)))
        return CheckWords("error", lines[0], "\n".join([*rest, _scale(check, at)]))
    if check.state is AuditState.UNCHECKED:
        return CheckWords("warning", *_unchecked(check, at))
    return CheckWords(
        "ok", tr("Sound: {entries}, {at}", entries=entries(check.entries), at=at), _weakness(check)
    )


def finding_words(finding: AuditFinding) -> str:
    """Say what is wrong: "Entry 57 was changed after it was written."."""
    return _SAY[finding.fault](finding)


_PLACES = table(
    lambda: {
        "file": tr("The note of the newest entry in the profile, audit-head.json,"),
        "keyring": tr("The note of the newest entry in the keyring"),
        "both": tr("Each note of the newest entry, in the profile and in the keyring,"),
    }
)

_TOLD = table(
    lambda: {
        AuditFault.CUT_OFF: tr("the log ended before entry {known}, which had been the newest"),
        AuditFault.OTHER_PAST: tr("an older copy had been put back, or entry {known} replaced"),
        AuditFault.HEAD_MISSING: tr("the file audit-head.json was gone"),
        AuditFault.HEAD_CHANGED: tr("the note of the newest entry had been changed"),
    }
)


def entries(count: int) -> str:
    """Say "1 entry" or "1 234 entries"."""
    return tr("1 entry") if count == 1 else tr("{number} entries", number=number(count))


def _which(finding: AuditFinding) -> str:
    if finding.first == finding.last:
        return tr("Entry {number}", number=number(finding.first))
    return tr(
        "Entries {number} to {number2}", number=number(finding.first), number2=number(finding.last)
    )


def _is_one(finding: AuditFinding) -> bool:
    return finding.first == finding.last


def _ends_early(finding: AuditFinding) -> str:
    if finding.first == 1:
        return tr("The log is empty, but there were {entries}", entries=entries(finding.other))
    return tr(
        "The log ends at entry {number}, but there were {other}",
        number=number(finding.first - 1),
        other=finding.other,
    )


def _with_note(finding: AuditFinding) -> str:
    """Say that the note in the profile fits, which it would not by itself."""
    return tr(", together with its note in the profile") if finding.detail == "keyring" else ""


def _told(finding: AuditFinding) -> str:
    fault = finding.detail.partition(":")[0]
    known = AuditFault(fault) if fault in set(AuditFault) else None
    words = _TOLD.get(known, tr("the log had been tampered with")) if known is not None else ""
    return words.format(known=number(finding.other)) or tr("the log had been tampered with")


def _scale(check: AuditCheck, at: str) -> str:
    many = len(check.findings)
    if many == 1:
        return tr(
            "The other entries fit together; {entries}, {at}.",
            entries=entries(check.entries),
            at=at,
        )
    return f"{entries(check.entries)}, {at}."


def _cut_off(finding: AuditFinding) -> str:
    first, last = number(finding.first), number(finding.last)
    early = _ends_early(finding)
    if _is_one(finding):
        return tr("{ends_early}: entry {number} was cut off.", ends_early=early, number=first)
    return tr(
        "{ends_early}: entries {number} to {number2} were cut off.",
        ends_early=early,
        number=first,
        number2=last,
    )


_SAY: Mapping[AuditFault, Callable[[AuditFinding], str]] = MappingProxyType(
    {
        AuditFault.CHANGED: lambda one: tr(
            "{which} was changed after it was written.", which=_which(one)
        ),
        AuditFault.MISSING: lambda one: (
            tr("{which} is missing.", which=_which(one))
            if _is_one(one)
            else tr("{which} are missing.", which=_which(one))
        ),
        AuditFault.SWAPPED: lambda one: tr(
            "{which} stands in the wrong place: it was written as entry {number}.",
            which=_which(one),
            number=number(one.other),
        ),
        AuditFault.ADDED: lambda one: tr("{which} was not written by CamWatch.", which=_which(one)),
        AuditFault.UNLINKED: lambda one: tr(
            "{which} does not follow the one before it: one of the two was replaced.",
            which=_which(one),
        ),
        AuditFault.UNKNOWN_KEY: lambda one: (
            tr(
                "{which} is sealed with a key that this computer does not know: "
                "written on another computer, or replaced, or the key is gone from the keyring.",
                which=_which(one),
            )
            if _is_one(one)
            else tr(
                "{which} are sealed with a key that this computer does not know: "
                "written on another computer, or replaced, or the key is gone from the keyring.",
                which=_which(one),
            )
        ),
        AuditFault.CUT_OFF: _cut_off,
        AuditFault.OLD_COPY: lambda one: tr(
            "{ends_early}: an older copy of the history was put back{with_note}.",
            ends_early=_ends_early(one),
            with_note=_with_note(one),
        ),
        AuditFault.OTHER_PAST: lambda one: tr(
            "{which} is not the one that was the newest once: an older copy of the "
            "history was put back{with_note} and written on, or the entry was replaced.",
            which=_which(one),
            with_note=_with_note(one),
        ),
        AuditFault.HEAD_MISSING: lambda _one: tr(
            "The file audit-head.json is gone from the profile, so it is not known whether "
            "entries were cut off at the end."
        ),
        AuditFault.HEAD_CHANGED: lambda one: tr(
            "{places} was changed by something other than CamWatch.", places=_PLACES[one.detail]
        ),
        AuditFault.FOUND_EARLIER: lambda one: tr(
            "Entry {number} tells that CamWatch found it out by itself: {told}.",
            number=number(one.first),
            told=_told(one),
        ),
    }
)


def _unchecked(check: AuditCheck, at: str) -> tuple[str, str]:
    match check.why:
        case Unchecked.NO_LOG:
            return tr("There is no history yet"), tr("Nothing was ever written into the audit log.")
        case Unchecked.NOT_SEALED:
            return (
                tr(
                    "Not sealed yet: {entries} of an older CamWatch", entries=entries(check.entries)
                ),
                tr("They are sealed when the next entry is written."),
            )
        case _:
            return (
                tr("Cannot be checked now: {entries}, {at}", entries=entries(check.entries), at=at),
                tr(_NO_KEYRING),
            )


def _weakness(check: AuditCheck) -> str:
    """Say what a sound log does not prove."""
    lines = []
    if check.without_key:
        lines.append(
            tr(
                "1 entry was written without a key, as no keyring answered. Of it, a change by "
                "accident is found, a change on purpose perhaps not."
            )
            if check.without_key == 1
            else tr(
                "{entries} were written "
                "without a key, as no keyring answered. Of them, changes by accident are found, "
                "changes on purpose perhaps not.",
                entries=entries(check.without_key),
            )
        )
    if check.sealed_later:
        lines.append(
            tr("1 entry of an older CamWatch is protected only since the update.")
            if check.sealed_later == 1
            else tr(
                "{entries} of an older CamWatch are protected only since the update.",
                entries=entries(check.sealed_later),
            )
        )
    return "\n".join(lines)
