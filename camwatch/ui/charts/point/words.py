"""What a measurement says and what proves it, in the words of an operator. Knows no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from camwatch import language
from camwatch.domain import Bucket, Reason
from camwatch.history.asking import Measurement
from camwatch.history.corrections import Correction
from camwatch.language import SHORT_MONTHS, SHORT_WEEKDAYS, marked, tr
from camwatch.ui.words import NOTICES, REASONS, people, sentence, span, spoken_list, state_word

NOTHING = marked("Nothing was measured")
_WHOLE_FROM = 10


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the card: what it is about, and what is known of it."""

    name: str
    text: str


def local_time(at: datetime, zone: ZoneInfo) -> str:
    """Say "Mon 2 Mar 2026, 13:04:07 (CET)"; the month is not that of the computer's language."""
    here = at.astimezone(zone)
    name = here.tzname() or ""
    day, month = SHORT_WEEKDAYS[here.weekday()], SHORT_MONTHS[here.month - 1]
    date = f"{day} {here.day} {month} {here.year}"
    return f"{date}, {here:%H:%M:%S}" + (f" ({name})" if name else "")


def utc_time(at: datetime) -> str:
    """Say "2026-03-02 12:04:07.250 UTC"."""
    moment = at.astimezone(UTC)
    return tr(
        "{moment:%Y-%m-%d %H:%M:%S}.{value:03d} UTC",
        moment=moment,
        value=moment.microsecond // 1000,
    )


def heading(found: Measurement | None, minute: Bucket | None) -> str:
    """Say how many people there were, in a picture or at least in its minute."""
    if found is not None:
        return sentence(people(found.count))
    if minute is not None and minute.mean is not None:
        return tr("{mean} people on average", mean=_mean(minute.mean))
    return tr(NOTHING)


def remarks(found: Measurement) -> list[str]:
    """Say what is to be known of a number before it is believed, in whole sentences."""
    told = []
    if found.shown != found.count:
        told.append(
            tr(
                "{shown} was shown at that moment: the median of the last seconds. "
                "In this picture alone there were {count}.",
                shown=found.shown,
                count=found.count,
            )
        )
    if found.is_carried:
        told.append(tr("The view was still, so the number of the picture before was taken over."))
    if found.is_flagged or found.notices:
        wrong = spoken_list([NOTICES[one].short for one in found.notices])
        why = f": {wrong}" if wrong else ""
        told.append(tr("Take it with care: something was wrong with the picture{why}.", why=why))
    return told


def facts(found: Measurement) -> Sequence[Fact]:
    """Return what proves a number, line by line."""
    confidence = language.percent(found.confidence) if found.count else tr("nobody found")
    return [
        Fact(tr("Stands for"), span(found.interval_s)),
        Fact(tr("Confidence"), confidence),
        Fact(tr("Counted by"), _counted_by(found)),
        Fact(
            tr("Threshold"),
            tr("not known")
            if found.threshold is None
            else tr("scores from {threshold:.2f} on", threshold=found.threshold),
        ),
        Fact(tr("Took"), tr("{value:.0f} ms", value=found.processing_s * 1000)),
        Fact(tr("Camera"), _state(found)),
        *(
            Fact(tr("Zone {name}", name=name), _zone(mean, most))
            for name, mean, most in found.zones
        ),
        *([Fact(tr("Workstation"), found.workstation)] if found.workstation else []),
    ]


def _counted_by(found: Measurement) -> str:
    if not found.model:
        return tr("not known")
    return f"{found.model}, {found.runtime}" if found.runtime else found.model


def _state(found: Measurement) -> str:
    if found.state is None:
        return tr("state not known")
    word = state_word(found.state, found.reason)
    why = "" if found.reason is Reason.NONE else REASONS[found.reason].short
    return f"{word}, {why}" if why else word


def _zone(mean: float, most: int) -> str:
    return tr("{mean} on average in this minute, at most {most}", mean=_mean(mean), most=most)


def _mean(value: float) -> str:
    return language.number(value, ".0f" if value >= _WHOLE_FROM or value == round(value) else ".1f")


def without_measurement(minute: Bucket | None) -> str:
    """Say what is known where there is no single measurement.

    Args:
        minute: What was stored of the minute, as measured; None if that could not be asked.
    """
    if minute is None or minute.mean is None or minute.peak is None:
        return tr(
            "No picture of this camera was counted at this moment, so nobody knows how many "
            "people there were. It does not mean that there were none."
        )
    if minute.samples:
        return tr(
            "Single measurements of this time are not kept any more, or none stands for this "
            "moment. This is the mean of its minute, in which there were from {lowest} to "
            "{peak}; {coverage} of it was measured.",
            lowest=minute.lowest,
            peak=minute.peak,
            coverage=language.percent(minute.coverage),
        )
    return tr(
        "A measurement of the minutes before stands for this moment; it is not kept any more."
    )


def correction_words(one: Correction) -> str:
    """Say who corrected the number, and why."""
    return tr(
        "{author} excluded this time from the numbers: {reason}",
        author=one.author,
        reason=one.draft.reason,
    )
