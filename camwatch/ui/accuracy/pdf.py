"""The report of an audit as a PDF file. Uses no widget, so it is made beside the GUI thread."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from camwatch.accuracy import AuditReport
from camwatch.auth.signing import SigningKey
from camwatch.language import tr
from camwatch.ui.accuracy.pdf_chart import CHART, chart_image
from camwatch.ui.accuracy.pdf_text import report_html
from camwatch.ui.paper import Sheet, to_pdf


def render_pdf(report: AuditReport, zone: ZoneInfo, key: SigningKey | None) -> bytes:
    """Render a report. Takes part of a second; in the window's thread.

    Args:
        report: What the audit found.
        zone: Whose days and hours are meant.
        key: What the file will be signed with; None if it will not be signed.

    Returns:
        A PDF file of A4 pages, not signed yet.
    """
    return to_pdf(
        Sheet(
            report_html(report, zone, key),
            title=tr("Audit of {camera_name}", camera_name=report.camera_name),
            footer=tr("audit {uid}", uid=report.uid),
            images={CHART: chart_image(report)},
        )
    )
