"""The words of a printed report. Plain text."""

from __future__ import annotations

from datetime import datetime, timedelta

from camwatch import language
from camwatch.history.corrections import Correction, CorrectionKind
from camwatch.history.report_mail import percent
from camwatch.history.report_sums import compared
from camwatch.history.report_words import day_words
from camwatch.history.reports import Report, ReportSpan
from camwatch.language import marked, table, tr

_UNKNOWN = marked("not known")
_LONGEST_REASON = 300
_ALIKE = 0.1
_HALF = 0.5

BEFORE = table(
    lambda: {
        ReportSpan.DAY: tr("the day before"),
        ReportSpan.WEEK: tr("the week before"),
        ReportSpan.MONTH: tr("the month before"),
    }
)

_BY_THEN = table(  # there is little room for words
    lambda: {
        ReportSpan.DAY: tr("a day before by then"),
        ReportSpan.WEEK: tr("a week before by then"),
        ReportSpan.MONTH: tr("a month before by then"),
    }
)

THIS = table(
    lambda: {
        ReportSpan.DAY: tr("this day"),
        ReportSpan.WEEK: tr("this week"),
        ReportSpan.MONTH: tr("this month"),
    }
)

ABOUT_OCCUPANCY = marked(
    "All cameras together, on average over each step. Hatched: nothing was measured. Strip below: "
    "coverage."
)
ABOUT_FLOW = marked(
    "All lines and gates added up. Hatched: nobody could be counted. Strip below: time in which "
    "they could."
)
ABOUT_WEEK = marked(
    "People in view on average at each hour of the week. Hatched: nothing was measured; a dot: "
    "less than half of the time."
)
ABOUT_CAMERAS = marked(
    "Coverage is measured time divided by the time the camera was there; mean and peak are those "
    "of the measured part."
)
ABOUT_LINES = marked(
    "Coverage is the time in which passing could be counted. A line that was moved begins anew."
)
ABOUT_CORRECTIONS = marked(
    "What people said of numbers that were counted wrongly; it is in the numbers."
)
ABOUT_ALERTS = marked("Alerts that were raised in this time, newest first; drills are left out.")


def moment(at: datetime, report: Report) -> str:
    """Return a moment on the report's clocks: "2 Mar 2026 14:05"."""
    local = at.astimezone(report.request.zone)
    return f"{day_words(local.date())} {local:%H:%M}"


def short_moment(at: datetime, report: Report) -> str:
    """Return a moment within the report: the hour of a day, else with the day before it."""
    local = at.astimezone(report.request.zone)
    if report.request.span is ReportSpan.DAY:
        return f"{local:%H:%M}"
    return tr("{local:%a} {day} {local:%b %H:%M}", local=local, day=local.day)


def facts(report: Report) -> list[tuple[str, str]]:
    """Return what stands below the title: names and what they say."""
    zone = report.request.zone
    last = (report.end - timedelta(seconds=1)).astimezone(zone)
    first = report.start.astimezone(zone)
    days = day_words(first.date())
    if last.date() != first.date():
        days = tr("{days} to {day_words}", days=days, day_words=day_words(last.date()))
    offset = f"{first:%z}"
    count = len(report.cameras)
    return [
        (tr("Time"), f"{days}{_so_far(report)}"),
        (
            tr("Clocks"),
            tr(
                "{key}, UTC{offset}:{offset2} at the start",
                key=zone.key,
                offset=offset[:3],
                offset2=offset[3:5],
            ),
        ),
        (tr("Cameras"), f"{count}" if count else tr("none")),
        (
            tr("Made"),
            tr(
                "{moment} by {made_by}",
                moment=moment(report.made_at, report),
                made_by=report.made_by,
            ),
        ),
    ]


def _so_far(report: Report) -> str:
    if report.made_at >= report.end:
        return ""
    return tr(
        "; not over yet, so these are the numbers until {moment}",
        moment=moment(report.made_at, report),
    )


def mean(value: float | None) -> str:
    """Return a mean with one digit behind the point."""
    return tr(_UNKNOWN) if value is None else language.number(value, ".1f")


def number(value: int | None) -> str:
    """Return a whole number."""
    return tr(_UNKNOWN) if value is None else language.number(value)


def coverage(share: float) -> str:
    """Return a coverage as it stands beside a total."""
    return tr("known for {percent}", percent=percent(share))


def change(report: Report) -> str:
    """Compare a mean with that of the span before; says why where that cannot be done."""
    now, before = compared(report)
    names = _BY_THEN if report.made_at < report.end else BEFORE
    name = names[report.request.span]
    if now.mean is None or before.mean is None:
        return f"{name}: {mean(before.mean)}"
    known = tr("({percent} known)", percent=percent(before.coverage))
    if report.made_at < report.end:
        known = f"({percent(before.coverage)})"
    is_alike = abs(now.coverage - before.coverage) <= _ALIKE and before.coverage >= _HALF
    if before.mean < 0.05 or not is_alike or now.coverage < _HALF:
        return f"{name}: {mean(before.mean)} {known}"
    share = language.percent(now.mean / before.mean - 1, "+.0%")
    return tr(
        "{share} against {mean:.1f} {name} {known}",
        share=share,
        mean=before.mean,
        name=name,
        known=known,
    )


def corrected(one: Correction) -> str:
    """Say what a correction does."""
    if one.draft.kind is CorrectionKind.EXCLUDE:
        return tr("Taken out: it is a gap")
    return tr(
        "{inwards:+d} in, {outwards:+d} out", inwards=one.draft.inwards, outwards=one.draft.outwards
    )


def reason(one: Correction) -> str:
    """Return why, in the author's words; very long ones are cut."""
    words = " ".join(one.draft.reason.split())
    return words if len(words) <= _LONGEST_REASON else words[: _LONGEST_REASON - 1] + "…"
