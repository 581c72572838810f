"""Corrections in the words of an operator. Knows no Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch import language
from camwatch.domain import Bucket, CameraId, FlowBucket, PlaceId
from camwatch.history.corrections import Correction, CorrectionKind
from camwatch.language import marked, table, tr
from camwatch.scene import PlaceKind, PlaceRecord
from camwatch.ui.charts.axis import day_text
from camwatch.ui.words import number, span

IN_VIEW = marked("People in view")
KINDS = table(
    lambda: {
        CorrectionKind.EXCLUDE: tr("Leave this time out: what was counted is wrong"),
        CorrectionKind.PASSED: tr("More or fewer people passed than were counted"),
    }
)


@dataclass(frozen=True, slots=True)
class Names:
    """How cameras and places are called."""

    cameras: Mapping[CameraId, str]
    places: Mapping[PlaceId, PlaceRecord]

    def subject(self, one: Correction) -> str:
        """Say whose numbers: "Gate", "Gate, line Door"."""
        camera = self.cameras.get(one.camera_id, tr("Camera {camera_id}", camera_id=one.camera_id))
        if one.draft.place_id is None:
            return camera
        place = self.places.get(one.draft.place_id)
        return camera if place is None else f"{camera}, {_place_name(place, within=True)}"


def when(one: Correction, zone: ZoneInfo) -> str:
    """Say the stretch: "2 Mar 2026, 13:00 to 14:30"."""
    return stretch(one.draft.start, one.draft.end, zone)


def stretch(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """Say from when to when, the day once where it is the same."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    begin = f"{day_text(first.date())} {first.year}, {first:%H:%M}"
    if first.date() == last.date():
        return tr("{begin} to {last:%H:%M}", begin=begin, last=last)
    return tr(
        "{begin} to {day_text}, {last:%H:%M}",
        begin=begin,
        day_text=day_text(last.date()),
        last=last,
    )


def what(one: Correction) -> str:
    """Say what it does, in a few words: "left out", "in -4, out +2"."""
    if one.draft.kind is CorrectionKind.EXCLUDE:
        return tr("Left out")
    parts = [
        tr("in {amount}", amount=signed(one.draft.inwards)) if one.draft.inwards else "",
        tr("out {amount}", amount=signed(one.draft.outwards)) if one.draft.outwards else "",
    ]
    return ", ".join(filter(None, parts))


def signed(amount: int) -> str:
    """Say "+4" or "-4", with a minus sign that is as wide as the plus."""
    sign = "+" if amount >= 0 else "\u2212"
    return f"{sign}{number(abs(amount))}"


def state(one: Correction) -> str:
    """Say whether it holds."""
    return tr("Holds") if one.holds else tr("Withdrawn")


def whole(one: Correction, names: Names, zone: ZoneInfo) -> str:
    """Say all of a correction, in sentences."""
    made = one.made_at.astimezone(zone)
    text = tr(
        "{subject}, {when}: {what}.\n{author} on {day_text} {year}, {made:%H:%M}: {reason}",
        subject=names.subject(one),
        when=when(one, zone),
        what=language.within(what(one)),
        author=one.author,
        day_text=day_text(made.date()),
        year=made.year,
        made=made,
        reason=one.draft.reason,
    )
    if one.withdrawn_at is None:
        return text
    ended = one.withdrawn_at.astimezone(zone)
    return tr(
        "{text}\nWithdrawn by {withdrawn_by} on {day_text} {year}, {ended:%H:%M}: {withdrawn_why}",
        text=text,
        withdrawn_by=one.withdrawn_by,
        day_text=day_text(ended.date()),
        year=ended.year,
        ended=ended,
        withdrawn_why=one.withdrawn_why,
    )


# ---------------------------------------------------------------- what it would do


def flow_preview(
    measured: Sequence[FlowBucket],
    now: Sequence[FlowBucket],
    kind: CorrectionKind,
    inwards: int,
    outwards: int,
) -> str:
    """Say what a correction of a line or gate would do.

    Args:
        measured: The stretch as measured.
        now: As corrected until now.
        kind: Of the new correction.
        inwards: Of the new correction.
        outwards: Likewise.
    """
    before, present = _passed(measured), _passed(now)
    told = [tr("Measured: {in_out}.", in_out=_in_out(before))]
    if present != before:
        told.append(tr("As corrected until now: {in_out}.", in_out=_in_out(present)))
    if kind is CorrectionKind.EXCLUDE:
        told.append(tr("Then: unknown, and a gap in charts, until somebody tells who passed."))
    else:
        then = (present or (0, 0))[0] + inwards, (present or (0, 0))[1] + outwards
        told.append(tr("Then: {in_out}.", in_out=_in_out((max(0, then[0]), max(0, then[1])))))
    return " ".join(told)


def _passed(buckets: Sequence[FlowBucket]) -> tuple[int, int] | None:
    known = [one for one in buckets if one.inwards is not None]
    if not known:
        return None
    return sum(one.inwards or 0 for one in known), sum(one.outwards or 0 for one in known)


def _in_out(passed: tuple[int, int] | None) -> str:
    return (
        tr("unknown")
        if passed is None
        else tr("{number} in, {number2} out", number=number(passed[0]), number2=number(passed[1]))
    )


def people_preview(measured: Sequence[Bucket], now: Sequence[Bucket]) -> str:
    """Say what leaving a stretch out would do to the people in view, or in a zone."""
    told = tr("Measured: {people}.", people=_people(measured))
    length = span(sum(one.seconds for one in measured))
    if any(one.is_corrected for one in now):
        told = tr("{told} As corrected until now: {people}.", told=told, people=_people(now))
    return tr(
        "{told} Then: unknown for these {length}, and a gap in charts.", told=told, length=length
    )


def _people(buckets: Sequence[Bucket]) -> str:
    whole_s = sum(one.seconds for one in buckets)
    known_s = sum(one.coverage * one.seconds for one in buckets if one.mean is not None)
    if not known_s:
        return tr("unknown")
    mean = sum((one.mean or 0.0) * one.coverage * one.seconds for one in buckets) / known_s
    peak = max(one.peak or 0 for one in buckets)
    share = language.percent(known_s / whole_s)
    return tr(
        "{mean:.1f} people on average, at most {peak}, {share} of the time known",
        mean=mean,
        peak=peak,
        share=share,
    )


def _place_name(place: PlaceRecord, *, within: bool = False) -> str:
    match place.kind:
        case PlaceKind.LINE:
            said = tr("Line {name}", name=place.name)
        case PlaceKind.GATE:
            said = tr("Gate {name}", name=place.name)
        case PlaceKind.ZONE:
            said = tr("Zone {name}", name=place.name)
    return language.within(said) if within else said


def place_label(place: PlaceRecord, zone: ZoneInfo) -> str:
    """Say what can be corrected: "Line Door", "Zone Till (until 2 Mar, 13:00)"."""
    text = _place_name(place)
    if place.retired_at is None:
        return text
    last = place.retired_at.astimezone(zone)
    return tr(
        "{text} (until {day_text}, {last:%H:%M})",
        text=text,
        day_text=day_text(last.date()),
        last=last,
    )


def can_pass(place: PlaceRecord | None) -> bool:
    """Tell whether people pass a place."""
    return place is not None and place.kind is not PlaceKind.ZONE
