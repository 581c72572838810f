"""Checks the audit log: each entry, each link, and what is known of it elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from camwatch.auth.audit_check import (
    AuditCheck,
    AuditFault,
    AuditFinding,
    AuditState,
    Unchecked,
)
from camwatch.auth.audit_key import AuditKeys
from camwatch.commands.audit_head import Head, Proof
from camwatch.data.audit import BREAK_FOUND, SEALED, AuditReader
from camwatch.data.audit_chain import START, Link, Mark, PlainSeal, Seal

_PAGE = 2000
_MOST_FINDINGS = 50
_MOST_SUSPECTS = 200
_SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class KnownHead:
    """What is known of the log in one place outside of the history.

    Attributes:
        where: "file" or "keyring".
        head: None if there is none, or it cannot be read.
        is_there: There is something.
    """

    where: str
    head: Head | None
    is_there: bool


def misfit(
    known: KnownHead,
    key: Seal | None,
    newest: Mark,
    mark_at: Callable[[int], Mark | None],
) -> AuditFault | None:
    """Tell what does not fit between the log and what is known of it; None if all does.

    A head that is behind the log and on it fits: an entry is stored before its head is, so
    a program that is ended in between leaves just that. A head that is ahead of the log,
    or knows another entry than stands there, cannot come about by itself.

    Args:
        known: What is known.
        key: With which heads are sealed; None if it is not at hand.
        newest: The newest row; `START` for an empty log.
        mark_at: Looks a row up; None if it is not there.
    """
    head = known.head
    if head is None:
        return AuditFault.HEAD_CHANGED if known.is_there else _missing(newest)
    if head.proven(key) is Proof.FORGED:
        return AuditFault.HEAD_CHANGED
    if head.seq > newest.seq:
        return AuditFault.CUT_OFF
    # Before the first entry there is no row to compare with, but that one's key.
    there = mark_at(max(head.seq, 1))
    if head.seq and (there is None or there.mac != head.mac):
        return AuditFault.OTHER_PAST
    if there is not None and there.mac and there.key_id != head.key_id:
        return AuditFault.HEAD_CHANGED
    return None


def _missing(newest: Mark) -> AuditFault | None:
    return None if newest == START else AuditFault.HEAD_MISSING


@dataclass(slots=True)
class _Walk:
    """What was seen of the log so far, from its first row on."""

    keys: AuditKeys
    wanted: frozenset[int]
    findings: list[AuditFinding] = field(default_factory=list)
    marks: dict[int, Mark] = field(default_factory=dict)
    suspects: list[Link] = field(default_factory=list)
    unsealed: list[int] = field(default_factory=list)
    entries: int = 0
    sealed: int = 0
    without_key: int = 0
    unproven: int = 0
    sealed_later: int = 0
    last: Link | None = None
    _is_last_wrong: bool = False

    def take(self, link: Link) -> None:
        """Look at the next row."""
        before = self.last
        expected = 1 if before is None else before.seq + 1
        self.entries += 1
        self.last = link
        if link.seq in self.wanted:
            self.marks[link.seq] = Mark(link.seq, link.key_id, link.mac)
        is_gap = link.seq > expected
        if is_gap:
            self._find(AuditFault.MISSING, expected, link.seq - 1)
        if not link.mac:
            self.unsealed.append(link.seq)
            self._is_last_wrong = True
            return
        self.sealed += 1
        is_right = self._is_right(link)
        if is_right is False:
            self._suspect(link)
        elif not is_gap and link.previous != ("" if before is None else before.mac):
            self._unlinked(link, before, is_proven=is_right is True)
        self._is_last_wrong = is_right is False
        if is_right:
            self._note(link)

    def _is_right(self, link: Link) -> bool | None:
        """Tell whether the row's code is right; None if that cannot be known."""
        if not link.key_id:
            self.without_key += 1
            return link.mac == PlainSeal.mac(link.sealed_text())
        key = self.keys.find(link.key_id)
        if key is not None:
            return link.mac == key.mac(link.sealed_text())
        if self.keys.are_all_here:
            self._unknown_key(link.seq)
        else:
            self.unproven += 1
        return None

    def _unknown_key(self, seq: int) -> None:
        if self.findings:
            newest = self.findings[-1]
            if newest.fault is AuditFault.UNKNOWN_KEY and newest.last == seq - 1:
                self.findings[-1] = replace(newest, last=seq)
                return
        self._find(AuditFault.UNKNOWN_KEY, seq, seq)

    def _suspect(self, link: Link) -> None:
        if len(self.suspects) < _MOST_SUSPECTS:
            self.suspects.append(link)

    def _unlinked(self, link: Link, before: Link | None, *, is_proven: bool) -> None:
        """Say which of two rows that do not follow each other is the wrong one."""
        if self._is_last_wrong:
            return  # that is why
        if before is not None and is_proven and link.key_id:
            self._find(AuditFault.CHANGED, before.seq, before.seq)
        else:
            self._find(AuditFault.UNLINKED, link.seq, link.seq)

    def _note(self, link: Link) -> None:
        """Take down what CamWatch itself wrote about the log."""
        if link.actor != _SYSTEM or link.action not in {SEALED, BREAK_FOUND}:
            return
        facts = _facts(link.details)
        if link.action == SEALED:
            self.sealed_later += _number(facts.get("count"))
        else:
            detail = f"{facts.get('fault', '')}:{facts.get('where', '')}"
            known = _number(facts.get("known"))
            self._find(AuditFault.FOUND_EARLIER, link.seq, link.seq, known, detail)

    def _find(
        self, fault: AuditFault, first: int, last: int, other: int = 0, detail: str = ""
    ) -> None:
        if len(self.findings) < 2 * _MOST_FINDINGS:
            self.findings.append(AuditFinding(fault, first, last, other, detail))

    def end(self) -> None:
        """Say what the rows that are not right are instead."""
        gaps = [
            seq
            for one in self.findings
            if one.fault is AuditFault.MISSING
            for seq in range(one.first, min(one.last, one.first + _MOST_SUSPECTS) + 1)
        ]
        for link in self.suspects:
            place = self._place_of(link, gaps[:_MOST_SUSPECTS])
            if place is None:
                self._find(AuditFault.CHANGED, link.seq, link.seq)
            else:
                self._find(AuditFault.SWAPPED, link.seq, link.seq, place)
        if self.sealed:
            for seq in self.unsealed:
                self._find(AuditFault.ADDED, seq, seq)

    def _place_of(self, link: Link, gaps: Sequence[int]) -> int | None:
        """Return as which entry a row was written, None if it never was one."""
        seal = PlainSeal() if not link.key_id else self.keys.find(link.key_id)
        others = [one for one in self.suspects if one.seq != link.seq]
        if seal is None:
            return None
        for seq in (*(one.seq for one in others), link.seq - 1, link.seq + 1, *gaps):
            if replace(link, seq=seq).mac == seal.mac(replace(link, seq=seq).sealed_text()):
                return seq
        for one in others:  # only what it says was put there, not its code
            moved = replace(
                link, seq=one.seq, key_id=one.key_id, previous=one.previous, mac=one.mac
            )
            if one.key_id == link.key_id and moved.mac == seal.mac(moved.sealed_text()):
                return one.seq
        return None


def _facts(details: str) -> dict[str, object]:
    """Return the facts of an entry; none if it holds what CamWatch would not write."""
    try:
        found = json.loads(details)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _number(text: object) -> int:
    is_one = isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 20
    return int(str(text)) if is_one else 0


def check_log(
    reader: AuditReader | None,
    keys: AuditKeys,
    heads: Sequence[KnownHead],
    now: datetime,
) -> AuditCheck:
    """Check a log.

    Args:
        reader: Reads it; None if there is no history.
        keys: Those of the installation.
        heads: What is known of the log outside, read before this is called: then what is
            added meanwhile is ahead of it, never behind.
        now: UTC.

    Raises:
        StorageError: The log cannot be read.
    """
    seqs = frozenset(max(one.head.seq, 1) for one in heads if one.head is not None)
    walk = _Walk(keys, seqs)
    number = 0
    if reader is not None:
        for link in _all_links(reader):
            walk.take(link)
        number = reader.newest_number()
    walk.end()
    newest = _newest(walk)
    outside = [_outside(one, keys, newest, number, walk.marks) for one in heads]
    found = [*walk.findings, *_merged([one for one in outside if one is not None])]
    last = 0 if walk.last is None else walk.last.seq
    if number > last and not any(one.fault is AuditFault.CUT_OFF for one in found):
        found.append(AuditFinding(AuditFault.CUT_OFF, last + 1, number, number, "numbers"))
    found.sort(key=lambda one: one.first)
    why = _why(reader, walk)
    state = AuditState.BROKEN if found else AuditState.UNCHECKED if why else AuditState.SOUND
    fitting = [
        one.head.seq
        for one, fault in zip(heads, outside, strict=True)
        if one.head is not None and fault is None
    ]
    return AuditCheck(
        state,
        now,
        walk.entries,
        walk.without_key,
        walk.sealed_later,
        max(fitting, default=0),
        tuple(found[:_MOST_FINDINGS]),
        None if found else why,
    )


def _all_links(reader: AuditReader) -> Iterator[Link]:
    after = -(2**63)  # a number below 1 was never given, and must not hide
    while links := reader.links(after, _PAGE):
        yield from links
        after = links[-1].seq


def _newest(walk: _Walk) -> Mark:
    link = walk.last
    if link is None or not walk.sealed:
        return START
    return Mark(link.seq, link.key_id, link.mac)


def _outside(
    known: KnownHead, keys: AuditKeys, newest: Mark, number: int, marks: dict[int, Mark]
) -> AuditFinding | None:
    """Compare the log with what is known of it in one place."""
    key = None if known.head is None else keys.find(known.head.key_id)
    fault = misfit(known, key, newest, marks.get)
    seq = 0 if known.head is None else known.head.seq
    match fault:
        case None:
            return None
        case AuditFault.CUT_OFF:
            # SQLite remembers the highest number. Where that is lower than what is known
            # here, no row was deleted: this is another file.
            is_other = 0 < number < seq and newest.seq == number
            kind = AuditFault.OLD_COPY if is_other else AuditFault.CUT_OFF
            return AuditFinding(kind, newest.seq + 1, seq, seq, known.where)
        case AuditFault.OTHER_PAST:
            return AuditFinding(fault, seq, seq, seq, known.where)
        case _:
            return AuditFinding(fault, newest.seq, newest.seq, seq, known.where)


def _merged(findings: Sequence[AuditFinding]) -> list[AuditFinding]:
    """Say once what both places say, from the one that knows more."""
    kept: dict[tuple[AuditFault, int], AuditFinding] = {}
    for one in findings:
        known = kept.get((one.fault, one.first))
        if known is not None:
            best = max(known, one, key=lambda each: each.other)
            one = replace(best, detail="both")  # noqa: PLW2901 - what is kept of two
        kept[one.fault, one.first] = one
    return list(kept.values())


def _why(reader: AuditReader | None, walk: _Walk) -> Unchecked | None:
    if reader is None:
        return Unchecked.NO_LOG
    if walk.unproven:
        return Unchecked.NO_KEYRING
    if walk.unsealed and not walk.sealed:
        return Unchecked.NOT_SEALED
    return None
