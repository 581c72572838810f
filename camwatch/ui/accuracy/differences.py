"""The moments at which the program and the operator disagree, worst first. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass

from camwatch.accuracy import AuditKind, AuditReport, Recording, Truth
from camwatch.language import tr
from camwatch.scene import Direction
from camwatch.ui.accuracy.wording import clock
from camwatch.ui.words import people

_MOST = 100
_SMALLEST = 0.05


@dataclass(frozen=True, slots=True)
class Difference:
    """A moment that is worth a look.

    Attributes:
        t_s: Seconds from the recording's start.
        picture: Index of the recording's picture that shows it best.
        text: What is different, in a line.
    """

    t_s: float
    picture: int
    text: str


def differences(report: AuditReport, recording: Recording, truth: Truth) -> list[Difference]:
    """Return the moments at which the two disagree; for passages, in order of time.

    Args:
        report: What the comparison found.
        recording: What the program counted; with at least one picture.
        truth: What the operator counted.
    """
    match recording.kind:
        case AuditKind.PASSAGES:
            return _passages(report, recording)
        case AuditKind.OCCUPANCY:
            return _occupancy(report, recording, truth)
        case AuditKind.PICTURES:
            return _pictures(recording, truth)


def picture_at(recording: Recording, t_s: float) -> int:
    """Return the index of the picture that was taken nearest to a time."""
    return min(
        range(len(recording.pictures)),
        key=lambda index: abs(recording.time_s(recording.pictures[index].at) - t_s),
    )


def _passages(report: AuditReport, recording: Recording) -> list[Difference]:
    if report.passages is None:
        return []
    found = []
    for passages, what in (
        (report.passages.missed, tr("you saw it, the program missed it")),
        (report.passages.false, tr("counted, but you saw nobody")),
    ):
        for one in passages:
            way = tr("In") if one.direction is Direction.IN else tr("Out")
            place = picture_at(recording, one.t_s)
            found.append(Difference(one.t_s, place, f"{clock(one.t_s)}  {way}: {what}"))
    return sorted(found, key=lambda one: one.t_s)[:_MOST]


def _occupancy(report: AuditReport, recording: Recording, truth: Truth) -> list[Difference]:
    """Return for each interval that differs the picture that differs most."""
    times_s = [recording.time_s(one.at) for one in recording.pictures]
    found: list[tuple[float, Difference]] = []
    for interval in report.intervals:
        inside = [
            index for index, t_s in enumerate(times_s) if interval.start_s <= t_s < interval.end_s
        ]
        if interval.absolute < _SMALLEST or not inside:
            continue
        worst = max(
            inside,
            key=lambda index: abs(
                recording.pictures[index].shown - truth.people_at(times_s[index])
            ),
        )
        t_s = times_s[worst]
        mine, shown = truth.people_at(t_s), recording.pictures[worst].shown
        if mine == shown:
            continue
        text = tr(
            "{clock}  You: {people}, the program: {shown}",
            clock=clock(t_s),
            people=people(mine),
            shown=shown,
        )
        found.append((interval.absolute, Difference(t_s, worst, text)))
    found.sort(key=lambda one: -one[0])
    return [one for _, one in found[:_MOST]]


def _pictures(recording: Recording, truth: Truth) -> list[Difference]:
    found: list[tuple[int, Difference]] = []
    for one in truth.pictures:
        picture = recording.pictures[one.index]
        if picture.raw != one.people:
            t_s = recording.time_s(picture.at)
            text = tr(
                "Picture {value}  You: {people}, the program: {raw}",
                value=one.index + 1,
                people=people(one.people),
                raw=picture.raw,
            )
            found.append((abs(picture.raw - one.people), Difference(t_s, one.index, text)))
    found.sort(key=lambda pair: -pair[0])
    return [one for _, one in found[:_MOST]]
