"""What alerts say: the usual words, and templates with named fields. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from camwatch import language
from camwatch.alerts import words
from camwatch.alerts.alert import AlertPart, SubjectKind
from camwatch.alerts.plain import lines, one_line
from camwatch.alerts.rules import (
    Balance,
    CameraCondition,
    Condition,
    Crossings,
    Occupancy,
    ProgramCondition,
    Rule,
    Side,
    Unusual,
    Way,
)
from camwatch.alerts.signals import Raised, WatchedCamera
from camwatch.alerts.templates import check_template, filled
from camwatch.domain import CameraId
from camwatch.language import table, tr

__all__ = ["check_template", "fields_of", "message_of", "title_of"]

LONGEST_TITLE = 200
LONGEST_MESSAGE = 16 * 1024
"""Characters; a template that repeats a field without end is cut there."""

_LONGEST_NAME = 100
_MOST_LINES = 20
"""So many subjects have a line of their own in a message."""

_NOT_KNOWN = "unknown"
_WELL_MEASURED = 0.995

Cameras = Mapping[CameraId, WatchedCamera]


def fields_of(signal: Raised, rule: Rule, cameras: Cameras, zone: ZoneInfo) -> dict[str, str]:
    """Return the value of each field of `TEMPLATE_FIELDS`."""
    about = _About(signal, rule, cameras, zone)
    first = signal.parts[0]
    reasons = [words.reason_words(part.reason) for part in signal.parts]
    ids = dict.fromkeys(
        part.subject.camera_id for part in signal.parts if part.subject.camera_id is not None
    )
    sites = [cameras[one].site for one in ids if one in cameras]
    places = [part.subject.part for part in signal.parts if part.subject.kind is SubjectKind.PLACE]
    values = {
        "rule": rule.name,
        "severity": signal.severity.value,
        "subject": about.subject(),
        "camera": words.spoken_list([about.camera(one) for one in ids]),
        "site": words.spoken_list(sites),
        "zone": words.spoken_list(places),
        "value": _number(signal.value),
        "threshold": _number(signal.threshold),
        "duration": words.duration(_lasting_s(rule.condition)),
        "time": words.date_and_time(first.since, zone),
        "reason": words.spoken_list([one for one in reasons if one]),
        "common": tr(signal.common),
        "cameras": ", ".join(about.camera(one) for one in list(ids)[:_MOST_LINES]),
        "number": language.number(len(signal.parts)),
    }
    if len(ids) > _MOST_LINES:
        values["cameras"] += tr(" and {value:,} more", value=len(ids) - _MOST_LINES)
    return {name: one_line(value, LONGEST_TITLE * 10) for name, value in values.items()}


def title_of(signal: Raised, rule: Rule, cameras: Cameras, zone: ZoneInfo) -> str:
    """Return the title: one line, at most 200 characters, such as "Hall: 31 people (limit 30)"."""
    about = _About(signal, rule, cameras, zone)
    return one_line(about.title(), LONGEST_TITLE)


def message_of(signal: Raised, rule: Rule, cameras: Cameras, zone: ZoneInfo) -> str:
    """Return the text: the rule's template filled in, else the usual sentences."""
    if rule.template:
        text = filled(rule.template, fields_of(signal, rule, cameras, zone))
        return lines(text, LONGEST_MESSAGE)
    return lines(_About(signal, rule, cameras, zone).message(), LONGEST_MESSAGE)


@dataclass(frozen=True, slots=True)
class _About:
    """An alert that is being put into words."""

    signal: Raised
    rule: Rule
    cameras: Cameras
    zone: ZoneInfo

    # ------------------------------------------------------------ names

    def camera(self, camera_id: CameraId) -> str:
        """Return a camera's name."""
        found = self.cameras.get(camera_id)
        named = [
            part.name
            for part in self.signal.parts
            if part.subject.camera_id == camera_id and part.subject.kind is SubjectKind.CAMERA
        ]
        name = (
            found.name
            if found is not None
            else (named or [tr("camera {camera_id}", camera_id=camera_id)])[0]
        )
        return one_line(name, _LONGEST_NAME)

    def name(self, part: AlertPart) -> str:
        """Return the name of a part: "Hall", "Queue (Hall)"."""
        subject = part.subject
        if subject.kind is SubjectKind.TOGETHER:
            return part.name or tr("All together")
        if subject.camera_id is None:
            return one_line(part.name, _LONGEST_NAME)
        camera = self.camera(subject.camera_id)
        if subject.kind is SubjectKind.PLACE:
            return f"{one_line(subject.part, _LONGEST_NAME)} ({camera})"
        return camera

    def subject(self) -> str:
        """Return what it is about: "Hall", or "12 cameras: Gate, Hall, Yard and 9 more"."""
        parts = self.signal.parts
        names = [self.name(part) for part in parts]
        if len(parts) == 1 or isinstance(self.rule.condition, ProgramCondition):
            return words.spoken_list(names)
        kinds = {part.subject.kind for part in parts}
        said = {"count": len(parts), "names": words.spoken_list(names)}
        if kinds == {SubjectKind.CAMERA}:
            return tr("{count:,} cameras: {names}", **said)
        return tr("{count:,} places: {names}", **said)

    # ------------------------------------------------------------ one line

    def title(self) -> str:
        """Return the title, of any length."""
        condition = self.rule.condition
        common = f" ({tr(self.signal.common)})" if self.signal.common else ""
        match condition:
            case CameraCondition():
                trouble = words.CAMERA_TROUBLES[condition.trouble]
                if len(self.signal.parts) == 1:
                    return f"{self.subject()}: {trouble}{common}"
                # The names last: if anything is cut off, it is those.
                many = words.CAMERA_TROUBLES_OF_MANY[condition.trouble]
                names = words.spoken_list([self.name(part) for part in self.signal.parts])
                return tr(
                    "{many} at {count:,} cameras{common}: {names}",
                    many=many,
                    count=len(self.signal.parts),
                    common=common,
                    names=names,
                )
            case ProgramCondition():
                usual = words.PROGRAM_TROUBLES[condition.trouble]
                return f"{usual}: {self.subject()}" if self.subject() else usual
            case _:
                return f"{self.subject()}: {self._measured()}"

    def _measured(self) -> str:
        condition, value = self.rule.condition, self.signal.value
        threshold = self.signal.threshold
        limit = "" if threshold is None else tr(" (limit {number})", number=words.number(threshold))
        if value is None:
            return tr("beyond its limit{limit}", limit=limit)
        match condition:
            case Crossings():
                passed = {
                    "number": words.number(value),
                    "way": _WAYS[condition.way],
                    "time": words.duration(condition.period_s),
                    "limit": limit,
                }
                said = (
                    tr("only {number} {way} within {time}{limit}", **passed)
                    if condition.side is Side.BELOW
                    else tr("{number} {way} within {time}{limit}", **passed)
                )
            case Balance():
                balance = {"number": words.number(abs(value)), "limit": limit}
                said = (
                    tr("{number} more in than out since midnight{limit}", **balance)
                    if value >= 0
                    else tr("{number} more out than in since midnight{limit}", **balance)
                )
            case Unusual():
                unusual = {"people": words.people(value), "limit": limit}
                said = (
                    tr("{people}, more than usual at this hour{limit}", **unusual)
                    if condition.side is Side.ABOVE
                    else tr("{people}, fewer than usual at this hour{limit}", **unusual)
                )
            case _:
                is_below = isinstance(condition, Occupancy) and condition.side is Side.BELOW
                there = words.people(value)
                said = (
                    tr("only {people}{limit}", people=there, limit=limit)
                    if is_below and value
                    else f"{there}{limit}"
                )
        return said

    # ------------------------------------------------------------ sentences

    def message(self) -> str:
        """Return the usual sentences: what happened, since when, and what to do."""
        condition = self.rule.condition
        found = [f"{one_line(self.title(), LONGEST_TITLE)}."]
        found.extend(self._since())
        if self.signal.common:
            found.append(
                tr("Cause in common: {common}. Look there first.", common=tr(self.signal.common))
            )
        coverage = self.signal.coverage
        if coverage is not None and coverage < _WELL_MEASURED:
            found.append(tr("Only {coverage:.0%} of this time was measured.", coverage=coverage))
        paragraphs = [" ".join(found)]
        if len(self.signal.parts) > 1:
            paragraphs.append("\n".join(self._part_lines()))
        if isinstance(condition, CameraCondition):
            paragraphs.append(words.CAMERA_ADVICE[condition.trouble])
        elif isinstance(condition, ProgramCondition):
            paragraphs.append(words.PROGRAM_ADVICE[condition.trouble])
        return "\n\n".join(paragraphs)

    def _since(self) -> Sequence[str]:
        parts = self.signal.parts
        since = words.date_and_time(min(part.since for part in parts), self.zone)
        told = [tr("Since {since}.", since=since)]
        if len(parts) == 1 and (reason := words.reason_words(parts[0].reason)):
            told.append(tr("Reason: {reason}.", reason=reason))
        if held := _held_s(self.rule.condition):
            told.append(
                tr("It lasted {duration} before this alert.", duration=words.duration(held))
            )
        return told

    def _part_lines(self) -> list[str]:
        told = []
        for part in self.signal.parts[:_MOST_LINES]:
            line = tr(
                "- {name}, since {clock_time}",
                name=self.name(part),
                clock_time=words.clock_time(part.since, self.zone),
            )
            if part.value is not None:
                line += f": {words.number(part.value)}"
            if reason := words.reason_words(part.reason):
                line += f": {one_line(reason, LONGEST_TITLE)}"
            told.append(line)
        if len(self.signal.parts) > _MOST_LINES:
            told.append(tr("- and {value:,} more", value=len(self.signal.parts) - _MOST_LINES))
        return told


_WAYS = table(lambda: {Way.IN: tr("went in"), Way.OUT: tr("went out"), Way.BOTH: tr("passed")})


def _number(value: float | None) -> str:
    return _NOT_KNOWN if value is None else words.number(value)


def _held_s(condition: Condition) -> float:
    """Return how long it must hold before anything is raised, seconds."""
    match condition:
        case Occupancy() | Unusual():
            return condition.for_s
        case CameraCondition() | ProgramCondition():
            return condition.after_s
        case _:
            return 0.0


def _lasting_s(condition: Condition) -> float:
    """Return the time that a condition is about, seconds; its period for crossings."""
    return condition.period_s if isinstance(condition, Crossings) else _held_s(condition)
