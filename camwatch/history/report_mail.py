"""The words of a mail that brings a report, and the name of its file. Pure."""

from __future__ import annotations

import re
import unicodedata

from camwatch.history.report_sums import flow_sum, people_sum
from camwatch.history.reports import Report
from camwatch.language import tr

_NO_NAME = re.compile(r"[^A-Za-z0-9]+")
_LONGEST_NAME = 60


def file_name(report: Report) -> str:
    """Return a name of plain letters, such as "camwatch-week-2026-03-02-store-north.pdf"."""
    whose = report.title.partition(",")[0]
    plain = unicodedata.normalize("NFKD", whose).encode("ascii", "ignore").decode()
    word = _NO_NAME.sub("-", plain).strip("-").lower()[:_LONGEST_NAME]
    about = f"camwatch-{report.request.span.value}-{report.request.first.isoformat()}"
    return f"{about}-{word}.pdf" if word else f"{about}.pdf"


def mail_text(report: Report) -> str:
    """Return the text beside the file: its totals, each with how much of the time is known."""
    people = people_sum(report.occupancy, report.made_at)
    before = people_sum(report.before, report.made_at)
    lines = [f"{report.title}.", ""]
    if people.mean is None:
        lines.append(tr("Nothing was counted in this time."))
    else:
        lines.append(
            tr(
                "People in view: {mean:.1f} on average, at most {peak} "
                "(known for {percent} of the time).",
                mean=people.mean,
                peak=people.peak,
                percent=percent(people.coverage),
            )
        )
        if before.mean is not None:
            lines.append(
                tr(
                    "The time before: {mean:.1f} on average (known for {percent}).",
                    mean=before.mean,
                    percent=percent(before.coverage),
                )
            )
    flow = flow_sum(report.flow, report.made_at)
    if flow.inwards is not None and flow.outwards is not None:
        lines.append(
            tr(
                "Passed: {inwards:,} in, {outwards:,} out (countable for {percent} of the time).",
                inwards=flow.inwards,
                outwards=flow.outwards,
                percent=percent(flow.coverage),
            )
        )
    lines += [
        "",
        tr("The file has the details; its times are those of {key}.", key=report.request.zone.key),
    ]
    return "\n".join(lines)


def percent(share: float) -> str:
    """Return a share in per cent; what is not whole is never told as 100 %, nor as 0 %."""
    whole = round(share * 100)
    if whole == 100 and share < 1:
        whole = 99
    if whole == 0 and share > 0:
        return tr("under 1 %")
    return f"{whole} %"
