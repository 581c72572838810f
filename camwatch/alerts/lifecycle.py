"""The life of an alert: what each deed makes of it. Pure.

unacknowledged -> acknowledged -> closed (it returned), or
unacknowledged -> returned (nobody has seen it) -> closed (somebody has).

Number and version are given by who stores an alert.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from camwatch.alerts.alert import Alert, AlertEntry, AlertPart, AlertState, Deed, Shelving
from camwatch.alerts.comments import check_line, check_lines
from camwatch.alerts.rules import Rule
from camwatch.alerts.scoping import kind_of
from camwatch.alerts.signals import Raised, Returned
from camwatch.errors import InvalidSetting
from camwatch.language import tr

LONGEST_COMMENT = 2000
LONGEST_REASON = 500
LONGEST_OWNER = 100
LONGEST_SHELVING_H = 24 * 7
"""An alert is put aside for a week at most."""

SYSTEM = "system"
"""Who does what nobody does."""

_MOST_NAMED = 10
"""So many subjects are named in one entry; of more, the number is told."""

_SAME = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Change:
    """An alert after a deed, and what goes into its history."""

    alert: Alert
    entries: tuple[AlertEntry, ...]


def whole(before: Alert | None, signal: Raised) -> Raised:
    """Return a signal with all parts that hold after it, for the words of the whole alert.

    The signal itself has only what is new: the title of an alert about fifty cameras must not
    name the fiftieth alone.
    """
    if before is None:
        return signal
    parts = {one.subject: one for one in before.parts if one.returned_at is None}
    parts |= {one.subject: one for one in signal.parts}
    return replace(
        signal,
        parts=tuple(parts.values()),
        common=signal.common or before.common,
        value=before.value if signal.value is None else signal.value,
        threshold=before.threshold if signal.threshold is None else signal.threshold,
        coverage=before.coverage if signal.coverage is None else signal.coverage,
    )


def raised(  # noqa: PLR0917 - the deed, and all that its words are made of
    before: Alert | None, signal: Raised, rule: Rule, title: str, message: str, at: datetime
) -> Change:
    """Make an alert, let more subjects join one, or raise one again.

    One that was returned or closed and holds again is unacknowledged anew; so is one that became
    more serious, and one that is joined by what nobody has seen, unless it has the cause in
    common that was seen. Harmless when done again with the same signal.

    Args:
        before: None if the signal is new.
        signal: What the engine says.
        rule: The rule that raised it.
        title: See `texts.title_of`; made of `whole(before, signal)`.
        message: See `texts.message_of`; likewise.
        at: UTC.
    """
    if before is None:
        return _made(signal, rule, title, message, at)
    if signal.is_new:
        return Change(before, ())
    deeds = _deeds(before, signal)
    has_common = signal.common not in ("", before.common)
    if not deeds and _is_reminder(before, signal, at):
        deeds = {Deed.RAISED_AGAIN: signal.parts}
    if not (deeds or has_common):
        return Change(before, ())
    entries = tuple(
        AlertEntry(at, SYSTEM, deed, _names(part.name for part in parts))
        for deed, parts in deeds.items()
    )
    after = replace(
        before,
        severity=max(before.severity, signal.severity, key=lambda one: one.rank),
        changed_at=at,
        parts=_with_parts(before.parts, signal.parts),
        title=title,
        message=message,
        common=signal.common or before.common,
        value=before.value if signal.value is None else signal.value,
        threshold=before.threshold if signal.threshold is None else signal.threshold,
        coverage=before.coverage if signal.coverage is None else signal.coverage,
        times=before.times + (Deed.RAISED_AGAIN in deeds and _has_news(before, signal)),
    )
    return Change(_state_after_raising(before, after, deeds, at), entries)


def returned(before: Alert, signal: Returned, at: datetime) -> Change:
    """Let subjects return; the last one closes the alert if somebody has acknowledged it.

    Harmless when done again.
    """
    gone = {
        part.subject
        for part in before.parts
        if part.returned_at is None and (signal.is_over or part.subject in signal.subjects)
    }
    if not gone:
        return Change(before, ())
    parts = tuple(
        replace(part, returned_at=at) if part.subject in gone else part for part in before.parts
    )
    names = _names(part.name for part in before.parts if part.subject in gone)
    text = f"{names}: {signal.why}" if names and signal.why else names or signal.why
    after = replace(before, parts=parts, changed_at=at)
    if any(part.returned_at is None for part in parts):
        return Change(after, (AlertEntry(at, SYSTEM, Deed.PART_RETURNED, text),))
    entry = AlertEntry(at, SYSTEM, Deed.RETURNED, text)
    after = replace(after, returned_at=at, state=AlertState.RETURNED)
    if before.state.is_seen:
        closed = AlertEntry(at, SYSTEM, Deed.CLOSED)
        return Change(replace(after, state=AlertState.CLOSED, closed_at=at), (entry, closed))
    return Change(after, (entry,))


def acknowledged(before: Alert, actor: str, at: datetime, comment: str = "") -> Change:
    """Note that somebody knows; closes one that has returned. Harmless when done again.

    Raises:
        InvalidSetting: "comment" is too long, or has control characters.
    """
    words = check_lines("comment", comment, LONGEST_COMMENT)
    if before.state.is_seen:
        return commented(before, actor, at, words) if words else Change(before, ())
    entry = AlertEntry(at, actor, Deed.ACKNOWLEDGED, words)
    after = replace(
        before,
        state=AlertState.ACKNOWLEDGED,
        acknowledged_at=at,
        acknowledged_by=actor,
        changed_at=at,
    )
    if before.state is AlertState.RETURNED:
        closed = AlertEntry(at, SYSTEM, Deed.CLOSED)
        return Change(replace(after, state=AlertState.CLOSED, closed_at=at), (entry, closed))
    return Change(after, (entry,))


def shelved(before: Alert, actor: str, at: datetime, until: datetime, reason: str) -> Change:
    """Put an alert aside until a moment; one that is closed needs none of that.

    Raises:
        InvalidSetting: "until" is past or too far away; "reason" is empty or too long, or has
            control characters.
    """
    if until <= at:
        raise InvalidSetting("until", tr("is past"))
    if until > at + timedelta(hours=LONGEST_SHELVING_H):
        raise InvalidSetting(
            "until", tr("is more than {value} days away", value=LONGEST_SHELVING_H // 24)
        )
    words = check_line("reason", reason, LONGEST_REASON)
    if not words:
        raise InvalidSetting("reason", tr("is needed: whoever takes over must know why"))
    shelving = Shelving(until, actor, words)
    if not before.state.is_open or before.shelving == shelving:
        return Change(before, ())
    entry = AlertEntry(at, actor, Deed.SHELVED, words)
    return Change(replace(before, shelving=shelving, changed_at=at), (entry,))


def unshelved(before: Alert, actor: str, at: datetime) -> Change:
    """Take an alert out again; its escalation goes on. Harmless if it is not shelved."""
    if not before.is_shelved(at):
        return Change(before, ())
    entry = AlertEntry(at, actor, Deed.UNSHELVED)
    return Change(replace(before, shelving=None, changed_at=at), (entry,))


def owned(before: Alert, actor: str, at: datetime, owner: str) -> Change:
    """Say who takes care of it; "" for nobody. Harmless when done again.

    Raises:
        InvalidSetting: "owner" is too long, or has control characters.
    """
    name = check_line("owner", owner, LONGEST_OWNER)
    if name == before.owner:
        return Change(before, ())
    entry = AlertEntry(at, actor, Deed.OWNED, name)
    return Change(replace(before, owner=name, changed_at=at), (entry,))


def commented(before: Alert, actor: str, at: datetime, comment: str) -> Change:
    """Add a comment.

    Raises:
        InvalidSetting: "comment" is empty, too long, or has control characters.
    """
    words = check_lines("comment", comment, LONGEST_COMMENT)
    if not words:
        raise InvalidSetting("comment", tr("is empty"))
    entry = AlertEntry(at, actor, Deed.COMMENTED, words)
    return Change(replace(before, changed_at=at), (entry,))


# ---------------------------------------------------------------------- raising


def _made(signal: Raised, rule: Rule, title: str, message: str, at: datetime) -> Change:
    made = Alert(
        uid=signal.alert_uid,
        rule_uid=signal.rule_uid,
        rule_name=rule.name,
        kind=kind_of(rule),
        severity=signal.severity,
        raised_at=at,
        changed_at=at,
        parts=signal.parts,
        title=title,
        message=message,
        common=signal.common,
        value=signal.value,
        threshold=signal.threshold,
        coverage=signal.coverage,
    )
    names = _names(part.name for part in signal.parts)
    return Change(made, (AlertEntry(at, SYSTEM, Deed.RAISED, names),))


def _deeds(before: Alert, signal: Raised) -> dict[Deed, tuple[AlertPart, ...]]:
    """Return what a signal does to an alert that is there, with the parts that it does it to."""
    there = {part.subject: part for part in before.parts}
    joined = tuple(one for one in signal.parts if one.subject not in there)
    again = tuple(
        one
        for one in signal.parts
        if (old := there.get(one.subject)) is not None and _came_back(old, one)
    )
    deeds: dict[Deed, tuple[AlertPart, ...]] = {}
    holds = any(part.returned_at is None for part in before.parts)
    if not holds and (again or joined):
        deeds[Deed.RAISED_AGAIN] = again + joined
    else:
        deeds |= {Deed.RAISED_AGAIN: again} if again else {}
        deeds |= {Deed.JOINED: joined} if joined else {}
    if signal.severity.rank > before.severity.rank:
        deeds[Deed.WORSENED] = signal.parts
    return deeds


def _came_back(old: AlertPart, new: AlertPart) -> bool:
    """Tell whether a part that had returned holds again; not if it is told twice of one time."""
    return old.returned_at is not None and abs(new.since - old.since) >= _SAME


def _has_news(before: Alert, signal: Raised) -> bool:
    """Tell whether a signal has a part that did not hold before."""
    holding = {part.subject for part in before.parts if part.returned_at is None}
    return any(part.subject not in holding for part in signal.parts)


def _is_reminder(before: Alert, signal: Raised, at: datetime) -> bool:
    """Tell whether what holds already is to be told anew, since its cool-down is over."""
    holding = {part.subject for part in before.parts if part.returned_at is None}
    return (
        bool(signal.parts)
        and not signal.is_worse
        and before.state is AlertState.UNACKNOWLEDGED
        and before.changed_at != at
        and before.told_at is not None
        and all(part.subject in holding for part in signal.parts)
    )


def _with_parts(
    before: tuple[AlertPart, ...], news: tuple[AlertPart, ...]
) -> tuple[AlertPart, ...]:
    parts = {part.subject: part for part in before}
    for part in news:
        old = parts.get(part.subject)
        if old is not None and old.returned_at is None:
            # It has held since then; only what was measured is new.
            parts[part.subject] = replace(part, since=old.since)
        elif old is None or _came_back(old, part):
            parts[part.subject] = part
    return tuple(parts.values())


def _state_after_raising(before: Alert, after: Alert, deeds: Iterable[Deed], at: datetime) -> Alert:
    """Return the alert in the state that it is in after it was raised again, joined or worse."""
    found = set(deeds)
    holds = any(part.returned_at is None for part in after.parts)
    is_back = holds and before.state in (AlertState.RETURNED, AlertState.CLOSED)
    is_unseen = Deed.WORSENED in found or (Deed.JOINED in found and not before.common)
    if not (is_back or (is_unseen and before.state is AlertState.ACKNOWLEDGED)):
        return after
    after = replace(after, state=AlertState.UNACKNOWLEDGED, returned_at=None, closed_at=None)
    if not before.state.is_seen:
        return after  # nobody has seen it yet, so its escalation goes on
    return replace(after, acknowledged_at=None, acknowledged_by="", step=0, again_at=at)


def _names(names: Iterable[str]) -> str:
    """Return names with commas; of many, how many more there are."""
    known = [name for name in names if name]
    left = len(known) - _MOST_NAMED
    words = ", ".join(known[:_MOST_NAMED])
    return tr("{words} and {left} more", words=words, left=left) if left > 0 else words
