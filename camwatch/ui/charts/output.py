"""What leaves the Charts page: pictures, paper, and requests for files and reports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QSize, Slot
from PySide6.QtGui import QImage

from camwatch.auth.session import Session
from camwatch.history.exports import ExportContent, ExportKind, ExportRequest
from camwatch.history.reports import ReportRequest, ReportSpan
from camwatch.language import tr
from camwatch.scene import PlaceKind
from camwatch.ui.background import Background
from camwatch.ui.charts.axis import day_text
from camwatch.ui.charts.chart_saving import ChartSaver, ask_to_print, copy_picture
from camwatch.ui.charts.periods import Unit, free_span, span_text
from camwatch.ui.charts.picture import Caption, chart_sheet, grabbed, with_caption
from camwatch.ui.error_text import text_for
from camwatch.ui.paper import Sheet
from camwatch.ui.words import file_stem

if TYPE_CHECKING:
    from camwatch.errors import CamWatchError
    from camwatch.ui.charts.history_page import HistoryPage

_ON_PAPER = QSize(820, 520)
_SPANS = {Unit.DAY: ReportSpan.DAY, Unit.WEEK: ReportSpan.WEEK}


class ChartOutput(QObject):
    """Makes pictures of the chart of a page, and says what a file or report would be about."""

    def __init__(
        self,
        page: HistoryPage,
        background: Background,
        session: Session,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__(page)
        self._page, self._background, self._session = page, background, session
        self._zone, self._clock = zone, clock

    def caption(self) -> Caption:
        """Return what is written around the chart."""
        page, asked = self._page, self._page.area.asked
        known, now = page.subjects.known, self._clock().astimezone(self._zone)
        subjects = page.subjects.subjects
        whose = known.name(subjects[0])
        if len(subjects) > 1:
            whose += tr(" and {value} more", value=len(subjects) - 1)
        span = page.range.span
        if asked is not None and page.is_zoomed:
            span = free_span(asked.wide)
        heads, rows = page.area.numbers()
        made = tr(
            "Times: {key}. Made on {day_text} {year}, {now:%H:%M}, by {name} with CamWatch.",
            key=self._zone.key,
            day_text=day_text(now.date()),
            year=now.year,
            now=now,
            name=self._session.user.name,
        )
        notes = (*page.area.remarks(), made)
        return Caption(f"{whose} · {span_text(span, self._zone)}", heads, rows, notes)

    def image(self) -> QImage:
        """Return a picture of the chart with its caption."""
        return with_caption(self._chart(), self.caption())

    def sheet(self) -> Sheet:
        """Return a sheet of paper with the chart: with words large enough to be read there."""
        return chart_sheet(self._chart(_ON_PAPER), self.caption())

    def _chart(self, size: QSize | None = None) -> QImage:
        chart = self._page.area.current
        chart.plot.point_at(None)
        return grabbed(chart, size)

    @Slot()
    def copy(self) -> None:
        """Put a picture on the clipboard."""
        if self._page.has_chart:
            copy_picture(self.image())
            self._page.notice.show_text("ok", tr("The picture is on the clipboard"))

    @Slot()
    def save(self) -> None:
        """Ask where to save a picture, and save it."""
        if not self._page.has_chart:
            return
        subject = self._page.subjects.known.name(self._page.subjects.main)
        first = self._page.range.span.start.astimezone(self._zone)
        name = f"{file_stem(subject)}-{first:%Y-%m-%d}.png"
        saver = ChartSaver(self.image(), name, self._background, self._page)
        saver.saved.connect(lambda file: self._page.notice.show_text("ok", "Saved", str(file)))
        saver.not_saved.connect(self._on_not_saved)
        saver.open()

    def _on_not_saved(self, error: CamWatchError) -> None:
        self._page.notice.show_error(text_for(error))

    @Slot()
    def print_out(self) -> None:
        """Ask on which printer, and print."""
        if self._page.has_chart:
            ask_to_print(self.sheet(), self._page)

    # ---------------------------------------------------------------- files

    def export_request(self) -> ExportRequest:
        """Return what a file of the charted numbers would hold."""
        page, asked = self._page, self._page.area.asked
        content = ExportContent.COUNTS
        place = page.subjects.main.place
        if place is not None:
            is_zone = place.kind is PlaceKind.ZONE
            content = ExportContent.ZONES if is_zone else ExportContent.PASSAGES
        several = [page.subjects.known.ids(one) for one in page.subjects.subjects]
        ids = None
        if all(one is not None for one in several):
            ids = tuple(dict.fromkeys(camera for one in several for camera in one or ()))
        passed = page.passed()
        return ExportRequest(
            content,
            ExportKind.CSV,
            ids,
            passed.start if asked is None else asked.wide.start,
            passed.end if asked is None else min(asked.wide.end, passed.end),
            page.controls.steps.offer(passed) if asked is None else asked.size,
            self._zone,
            with_corrections=not page.controls.measured.isChecked(),
        )

    def report_request(self) -> ReportRequest:
        """Return which report fits what is charted: a day, a week, or else its last month."""
        page = self._page
        span, main = page.range.span, page.subjects.main
        is_named = span.unit in {Unit.DAY, Unit.WEEK, Unit.MONTH}
        last = page.passed().end - timedelta(seconds=1)
        first = (span.start if is_named else last).astimezone(self._zone).date()
        return ReportRequest(
            _SPANS.get(span.unit, ReportSpan.MONTH),
            first,
            main.site_id,
            main.camera_ids,
            self._zone,
        )

    @Slot()
    def export(self) -> None:
        """Ask for a file."""
        self._page.export_requested.emit(self.export_request())

    @Slot()
    def report(self) -> None:
        """Ask for a report."""
        self._page.report_requested.emit(self.report_request())
