"""The words of a printed report, as the HTML that Qt's text documents know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from camwatch.accuracy import (
    FEWEST_INTERVALS,
    AuditKind,
    AuditReport,
    Estimate,
    GroupResult,
    PassageMatch,
    TruePassage,
)
from camwatch.auth.signing import SigningKey
from camwatch.language import marked, number, table, tr
from camwatch.scene import Direction
from camwatch.ui.accuracy.pdf_chart import CHART, CHART_WH
from camwatch.ui.accuracy.wording import (
    CROWDINGS,
    KINDS,
    LIGHTS,
    between,
    clock,
    day,
    percent,
    result_sentence,
    signed,
    tendency,
    time_left,
)
from camwatch.ui.words import and_more, sentence, spoken_list

_MOST_LISTED = 40

_STYLE = """
<style>
body, td, th, p { color: #1a1a1a; }
h1 { font-size: 17pt; font-weight: 600; margin: 0 0 4px 0; }
h2 { font-size: 11.5pt; font-weight: 600; margin: 20px 0 6px 0; }
p { margin: 0 0 6px 0; }
.muted { color: #555555; }
.number { font-size: 30pt; font-weight: 600; color: #0b5cad; }
.warning { color: #8a3b00; font-weight: 600; }
th { font-weight: 600; text-align: left; color: #555555; }
</style>
"""

_NEW_PAGE = ' style="page-break-before: always"'

_METHOD = table(
    lambda: {
        AuditKind.PASSAGES: (
            tr(
                "The operator watched the recording without seeing the program's numbers, and pressed a "
                "key for each person who passed. The recording was cut into intervals, and in each the "
                "numbers in and out were compared; errors in both directions add up. A counted and a "
                "real passage less than {tolerance} apart were taken for the same one."
            )
        ),
        AuditKind.OCCUPANCY: (
            tr(
                "The operator watched the recording without seeing the program's numbers, and kept "
                "count of the people in view. The recording was cut into intervals, and in each the "
                "average number of people was compared with the average number that the program showed."
            )
        ),
        AuditKind.PICTURES: (
            tr(
                "The operator counted the people in pictures that had been chosen at random, without "
                "seeing the program's numbers. Each picture was compared by itself."
            )
        ),
    }
)

_INTERVALS = marked(
    "“Right” is 100 % minus the sizes of all errors, divided by the number of people. What stands "
    "in brackets is the range in which the real value lies with a certainty of 95 %, if this "
    "audit stands for other times. The range widens where errors come in heaps or last for "
    "several intervals, and it never claims that there are no errors where none was found."
)

_LIMITS = marked(
    "The result holds for the light and the number of people that were recorded, for this view, "
    "and for the settings above. The operator may err as well: where people are close together, "
    "two operators seldom agree completely."
)

_SIGNED = marked(
    "This file is signed: a reader of PDF files that checks signatures tells whether it was "
    "changed since. The key belongs to this installation of CamWatch, which certifies itself, so "
    "the reader may call it unknown. The fingerprint of its certificate (SHA-256) is"
)


def report_html(report: AuditReport, zone: ZoneInfo, key: SigningKey | None) -> str:
    """Return the text of a report; all that comes from outside is escaped.

    Args:
        report: What the audit found.
        zone: Whose days and hours are meant.
        key: What the file will be signed with; None if it will not be signed.
    """
    parts = [
        _STYLE,
        *_head(report, zone),
        f'<p style="margin-top: 14px"><img src="{CHART}" width="{CHART_WH[0]}" height="{CHART_WH[1]}"></p>',
        _groups(report),
    ]
    if report.passages is not None:
        parts += _passages(report.passages)
    parts += [
        _heading(tr("What counted"), "" if report.passages else _NEW_PAGE),
        _facts(_setup(report)),
        _heading(tr("How it was compared")),
        f"<p>{_method(report)}</p><p>{tr(_INTERVALS)}</p>",
        _heading(tr("What it does not tell")),
        f"<p>{tr(_LIMITS)}</p>",
        *_signature(key),
    ]
    return "".join(parts)


def _head(report: AuditReport, zone: ZoneInfo) -> list[str]:
    about = KINDS[report.kind]
    made = _day(report.made_at, zone)
    title = tr("How right are the counts of “{camera}”?", camera=escape(report.camera_name))
    subtitle = (
        tr("Audit of {about}, {day}", about=about, day=made)
        if report.place is None
        else tr(
            "Audit of {about} at “{place}”, {day}",
            about=about,
            place=escape(report.place),
            day=made,
        )
    )
    result = report.overall
    parts = [
        f"<h1>{title}</h1>",
        f'<p class="muted">{subtitle}</p>',
    ]
    if result.accuracy is not None:
        certain = tr(
            "right; with a certainty of 95 % it is {between}", between=between(result.accuracy)
        )
        parts.append(
            f'<p style="margin-top: 14px"><span class="number">{percent(result.accuracy)}</span> '
            f"&nbsp; {certain}.</p>"
        )
    parts.append(f"<p>{escape(result_sentence(report))} {tendency(result)}</p>")
    if result.intervals < FEWEST_INTERVALS:
        few = tr(
            "Only {number} were compared. That is too few to rely on.",
            number=_number(result.intervals, report.kind),
        )
        parts.append(f'<p class="warning">{few}</p>')
    started = report.started_at.astimezone(zone)
    facts = [
        (tr("Camera"), report.camera_name),
        (tr("Recorded"), f"{_day(started, zone)}, {started:%H:%M}, {_length(report)}"),
        (tr("Lighting"), spoken_list([LIGHTS[light] for light in report.lights])),
        (tr("Compared"), _compared(report)),
        (tr("Counted by"), f"{report.made_by}, {_moment(report.made_at, zone)}"),
    ]
    if report.comment:
        facts.append((tr("Comment"), report.comment))
    parts.append(_facts(facts))
    return parts


def _heading(text: str, how: str = "") -> str:
    return f"<h2{how}>{text}</h2>"


def _number(count: int, kind: AuditKind) -> str:
    if kind is AuditKind.PICTURES:
        return tr("1 picture") if count == 1 else tr("{count} pictures", count=count)
    return tr("1 interval") if count == 1 else tr("{count} intervals", count=count)


def _compared(report: AuditReport) -> str:
    compared = _number(report.overall.intervals, report.kind)
    return (
        compared
        if report.kind is AuditKind.PICTURES
        else tr("{number} of {interval_s:g} s", number=compared, interval_s=report.interval_s)
    )


def _length(report: AuditReport) -> str:
    if report.kind is AuditKind.PICTURES:
        return tr("over {value:.1f} hours", value=report.duration_s / 3600)
    return time_left(report.duration_s)


def _day(at: datetime, zone: ZoneInfo) -> str:
    return f"{day(at, zone)} {at.astimezone(zone).year}"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{_day(at, zone)}, {at.astimezone(zone):%H:%M}"


def _groups(report: AuditReport) -> str:
    are_pictures = report.kind is AuditKind.PICTURES
    is_sum = report.kind is not AuditKind.OCCUPANCY
    rows = [(tr("All"), report.overall)]
    rows += [(sentence(LIGHTS[one.light]), one) for one in report.by_light if one.light]
    rows += [(sentence(CROWDINGS[one.crowding]), one) for one in report.by_crowding if one.crowding]
    cells = [
        [
            escape(name.rstrip(".")),
            str(one.intervals),
            number(one.truth, ".0f") if is_sum else number(one.mean_truth, ".1f"),
            number(one.counted, ".0f") if is_sum else number(one.mean_counted, ".1f"),
            _range(one.signed, is_signed=True),
            _range(one.absolute, is_signed=False),
            _right(one),
        ]
        for name, one in rows
    ]
    heads = [
        "",
        tr("Pictures") if are_pictures else tr("Intervals"),
        tr("Really there"),
        tr("Counted"),
        tr("Too many or few, each picture")
        if are_pictures
        else tr("Too many or few, each interval"),
        tr("Size of the error, each picture")
        if are_pictures
        else tr("Size of the error, each interval"),
        tr("Right"),
    ]
    return _heading(tr("By light and number of people")) + _table(heads, cells)


def _range(estimate: Estimate | None, *, is_signed: bool) -> str:
    if estimate is None:
        return tr("too few")
    if is_signed:
        low, high = signed(estimate.low), signed(estimate.high)
        return _kept_together(signed(estimate.value), tr("{low} to {high}", low=low, high=high))
    return _kept_together(
        number(estimate.value, ".1f"),
        tr("{low:.1f} to {high:.1f}", low=estimate.low, high=estimate.high),
    )


def _right(one: GroupResult) -> str:
    if one.nobody_came:
        return tr("nobody came")
    if one.accuracy is None:
        return tr("too few")
    return _share(one.accuracy)


def _share(estimate: Estimate) -> str:
    return _kept_together(percent(estimate), between(estimate))


def _kept_together(value: str, limits: str) -> str:
    """Say "96 % (93 to 98 %)", with one place only at which the line may break."""
    return " ".join(text.replace(" ", "&nbsp;") for text in (value, f"({limits})"))


def _passages(match: PassageMatch) -> list[str]:
    rows = [
        [tr("In"), str(match.inwards[0]), str(match.inwards[1])],
        [tr("Out"), str(match.outwards[0]), str(match.outwards[1])],
    ]
    shares = []
    if match.recall is not None:
        shares.append(tr("Of those who passed, {share} were counted.", share=_share(match.recall)))
    if match.precision is not None:
        shares.append(
            tr("Of the counted passages, {share} were real.", share=_share(match.precision))
        )
    lines = (
        tr("Missed: {times}", times=_times(match.missed)),
        tr("Counted, but not real: {times}", times=_times(match.false)),
    )
    return [
        _heading(tr("Passages one by one"), _NEW_PAGE),
        _table(["", tr("Really"), tr("Counted")], rows),
        f'<p style="margin-top: 8px">{" ".join(shares)}</p>',
        *(f"<p>{line}</p>" for line in lines),
    ]


def _times(passages: Sequence[TruePassage]) -> str:
    if not passages:
        return tr("none.")
    words = {Direction.IN: tr("in"), Direction.OUT: tr("out")}
    shown = [f"{clock(one.t_s)} {words[one.direction]}" for one in passages[:_MOST_LISTED]]
    rest = len(passages) - len(shown)
    return f"{and_more(shown, rest)}."


def _setup(report: AuditReport) -> list[tuple[str, str]]:
    setup = report.setup
    width, height = setup.picture_wh
    return [
        (
            tr("Model"),
            tr(
                "{model}, {precision}, run by {runtime}",
                model=setup.model,
                precision=setup.precision,
                runtime=setup.runtime,
            ),
        ),
        (tr("Model's fingerprint"), setup.fingerprint or tr("none")),
        (tr("Threshold"), number(setup.threshold, "g")),
        (tr("Far people"), tr("searched for") if setup.far_people else tr("not searched for")),
        (
            tr("Smoothing"),
            tr("{smoothing_s:g} s", smoothing_s=setup.smoothing_s)
            if setup.smoothing_s
            else tr("none"),
        ),
        (tr("Pictures"), tr("{width} × {height} pixels", width=width, height=height)),
        (
            tr("Lines, zones and masks"),
            tr("fingerprint {scene_key}", scene_key=setup.scene_key[:16]),
        ),
    ]


def _method(report: AuditReport) -> str:
    tolerance = (
        tr("{tolerance_s:g} s", tolerance_s=report.passages.tolerance_s) if report.passages else ""
    )
    return _METHOD[report.kind].format(tolerance=tolerance)


def _signature(key: SigningKey | None) -> list[str]:
    if key is None:
        unsigned = tr("This report is not signed.")
        return [f'<p class="warning" style="margin-top: 18px">{unsigned}</p>']
    parts = [
        _heading(tr("Signature")),
        f"<p>{tr(_SIGNED)}</p><p>{_spaced(key.fingerprint)}</p>",
    ]
    if not key.is_lasting:
        passing = tr(
            "This computer has no keyring that keeps the key, so it is made anew each time "
            "CamWatch starts. Note the fingerprint now: it cannot be compared later."
        )
        parts.append(f'<p class="warning">{passing}</p>')
    return parts


def _spaced(digits: str) -> str:
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))


def _facts(facts: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f'<tr><td class="muted" style="padding-right: 18px">{escape(name)}</td>'
        f"<td>{escape(value)}</td></tr>"
        for name, value in facts
    )
    return f'<table cellspacing="0" cellpadding="2" style="margin-top: 6px">{rows}</table>'


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; the cells are HTML already."""
    head = "".join(f"<th>{one}</th>" for one in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        '<table width="100%" cellspacing="0" cellpadding="4" border="1" '
        'style="border-collapse: collapse; border-color: #c8d0d8; border-style: solid; margin-top: 6px">'
        f"<tr>{head}</tr>{body}</table>"
    )
