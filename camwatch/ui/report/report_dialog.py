"""Chooses a report, shows its pages, saves and prints it, and leads to those sent by themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPageLayout, QPageSize
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDateEdit, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from camwatch.accuracy.keeping import disk_errors
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import Site, SiteId, utc_now
from camwatch.errors import CamWatchError
from camwatch.files import write_aside
from camwatch.history.report_mail import file_name
from camwatch.history.reports import Report, ReportRequest, ReportSpan
from camwatch.history.spans import first_day, first_day_before, next_first_day, span_words
from camwatch.language import table, tr
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.choice_row import ChoiceRow
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import CalmComboBox, Field, bare_line, plain_label
from camwatch.ui.operators.form_dialog import FormDialog, make_button
from camwatch.ui.page_preview import PagePreview
from camwatch.ui.report.pages import print_report, render_images, render_pdf
from camwatch.ui.report.plans_dialog import PlansDialog, PlansDialogCommands
from camwatch.ui.saving import FileSaver

_SIZE = 1120, 780
_FORM_WIDTH = 320
_PAGE_WIDTH = 720
_MOST_PAGES = 40

_SPANS = table(
    lambda: {
        ReportSpan.DAY: (
            tr("Day"),
            tr("From midnight to midnight, in steps of a quarter of an hour."),
        ),
        ReportSpan.WEEK: (tr("Week"), tr("From Monday on, in steps of an hour.")),
        ReportSpan.MONTH: (tr("Month"), tr("From its first day on, in steps of an hour.")),
    }
)


class ReportDialogCommands(PlansDialogCommands, Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def report(self, session: Session, request: ReportRequest) -> Report:
        """Put a report together."""
        ...


class ReportSaver(FileSaver):
    """Asks where to save a report, and saves it there as it is shown."""

    def __init__(self, report: Report, background: Background, parent: QWidget) -> None:
        super().__init__(
            tr("Save the report"), tr("PDF files (*.pdf)"), file_name(report), background, parent
        )
        self._report = report

    def write(self, file: Path) -> Path:
        """Draw and write it."""
        pdf = render_pdf(self._report)
        with disk_errors(file):
            write_aside(file, pdf)
        return file


class ReportDialog(FormDialog):
    """Which span, which site; its pages at the right.

    Args:
        commands: Where it is asked.
        session: Who asks.
        background: Where it is put together.
        zone: Whose clocks.
        span: Proposed.
        day: A day in the proposed span; None for the span that ended last.
        site_id: Proposed; None for all sites.
        clock: Tells the present moment.

    Signals:
        saved: The Path of a file that was written.
    """

    saved = Signal(object)

    def __init__(
        self,
        commands: ReportDialogCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        parent: QWidget | None = None,
        *,
        span: ReportSpan = ReportSpan.WEEK,
        day: date | None = None,
        site_id: SiteId | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(
            background,
            tr("Report"),
            tr(
                "Charts, totals with their coverage, cameras, lines, corrections and alerts, on paper."
            ),
            tr("Save as PDF…"),
            parent,
        )
        self._commands, self._session = commands, session
        self._zone, self._clock = zone, clock
        self._site_id = site_id
        self._question = 0
        self._report: Report | None = None
        self.cancel_button.setText(tr("Close"))
        self._build(span, day or self._ended(span))
        fit(self, *_SIZE)
        self.spans.buttons[span].setFocus()
        background.run(lambda: commands.sites(session), self._on_sites, self.show_error, owner=self)
        self.preview()

    # ---------------------------------------------------------------- building

    def _build(self, span: ReportSpan, day: date) -> None:
        space = theme.current().space
        self.spans = ChoiceRow(tr("Of a"), _SPANS, span, self)
        self.day = QDateEdit(QDate(day.year, day.month, day.day), self)
        self.day.setDisplayFormat("dd.MM.yyyy")
        self.day.setCalendarPopup(True)
        bare_line(self.day.lineEdit())
        self.sites = CalmComboBox(self)
        self.sites.addItem(tr("All sites"), None)
        self._date = self.add_field("first", Field(tr("&Day in it"), self.day, self))
        self._date.rename(tr("&Day in it"), span_words(span, first_day(span, day)))
        self.add_field("site_id", Field(tr("&Site"), self.sites, self))
        self.earlier_button = make_button(
            tr("&Earlier"), "chevron-left", partial(self._go, -1), self
        )
        self.later_button = make_button(tr("&Later"), "chevron-right", partial(self._go, 1), self)
        moves = QHBoxLayout()
        moves.setSpacing(space)
        moves.addWidget(self.earlier_button, 1)
        moves.addWidget(self.later_button, 1)
        self.summary = plain_label("", "muted", self)
        form = QVBoxLayout()
        form.setSpacing(2 * space)
        for part in (self.spans.field, self._date):
            part.setFixedWidth(theme.px(_FORM_WIDTH))
            form.addWidget(part)
        form.addLayout(moves)
        form.addWidget(self.fields["site_id"])
        form.addWidget(self.summary)
        form.addStretch(1)
        self.pages = PagePreview(tr("Preview of the report"), self)
        halves = QHBoxLayout()
        halves.setSpacing(3 * space)
        halves.addLayout(form)
        halves.addWidget(self.pages, 1)
        self.body.addLayout(halves, 1)
        self.print_button = make_button(tr("&Print…"), "printer", self.print_it, self)
        self.plans_button = make_button(tr("Send by &itself…"), "send", self.show_plans, self)
        self.plans_button.setVisible(self._session.may(Permission.MANAGE_CHANNELS))
        self.buttons.insertWidget(0, self.plans_button)
        self.buttons.insertWidget(2, self.print_button)
        self.spans.told.changed.connect(self.preview)
        self.day.dateChanged.connect(self.preview)
        self.sites.currentIndexChanged.connect(self.preview)

    def _on_sites(self, sites: list[Site]) -> None:
        self.sites.blockSignals(True)
        for site in sites:
            self.sites.addItem(site.name or tr("(no name)"), int(site.id))
            if site.id == self._site_id:
                self.sites.setCurrentIndex(self.sites.count() - 1)
        self.sites.blockSignals(False)

    # ---------------------------------------------------------------- what is chosen

    @property
    def request(self) -> ReportRequest:
        """What the report is about."""
        chosen = self.sites.currentData()
        site_id = self._site_id if self.sites.count() == 1 else chosen
        return ReportRequest(
            self.spans.chosen,
            first_day(self.spans.chosen, self._day()),
            None if site_id is None else SiteId(site_id),
            (),
            self._zone,
        )

    def _day(self) -> date:
        chosen = self.day.date()
        return date(chosen.year(), chosen.month(), chosen.day())

    def _today(self) -> date:
        return self._clock().astimezone(self._zone).date()

    def _ended(self, span: ReportSpan) -> date:
        """Return the first day of the span that ended last."""
        return first_day_before(span, first_day(span, self._today()))

    def _go(self, by: int) -> None:
        span = self.spans.chosen
        first = first_day(span, self._day())
        to = first_day_before(span, first) if by < 0 else next_first_day(span, first)
        self.day.setDate(QDate(to.year, to.month, to.day))

    # ---------------------------------------------------------------- the preview

    @Slot()
    def preview(self) -> None:
        """Put the report together, and show its pages."""
        self.clear_problems()
        request = self.request
        self._date.rename(tr("&Day in it"), span_words(request.span, request.first))
        self.later_button.setEnabled(next_first_day(request.span, request.first) <= self._today())
        self._question += 1
        self._report = None
        self.pages.clear()
        self.update_buttons()
        commands, session = self._commands, self._session

        def read() -> tuple[Report, list[QImage], int]:
            report = commands.report(session, request)
            return report, *render_images(report, theme.px(_PAGE_WIDTH), _MOST_PAGES)

        self.busy.show()
        self._background.run(
            read,
            partial(self._on_read, self._question),
            partial(self._on_not_read, self._question),
            owner=self,
        )

    def _on_read(self, question: int, read: tuple[Report, list[QImage], int]) -> None:
        if question != self._question:
            return
        self.busy.hide()
        report, pages, count = read
        self._report = report
        is_over = report.made_at >= report.end
        self.summary.setText(
            ""
            if is_over
            else tr("This time is not over yet: the report has the numbers until now.")
        )
        self.pages.show_pages(pages, count)
        self.update_buttons()

    def _on_not_read(self, question: int, error: CamWatchError) -> None:
        if question == self._question:
            self.busy.hide()
            self.pages.page_label.setText(tr("No preview"))
            self.notice.show_error(text_for(error))

    def update_buttons(self) -> None:
        """Let only what is shown be saved and printed."""
        for button in (self.do_button, self.print_button):
            button.setEnabled(self._report is not None and not self.is_busy)

    # ---------------------------------------------------------------- doing

    @Slot()
    def submit(self) -> None:
        """Ask where to save the report that is shown."""
        if self._report is None:
            return
        saver = ReportSaver(self._report, self._background, self)
        saver.saved.connect(self._on_saved)
        saver.not_saved.connect(self.show_error)
        saver.open()

    @Slot(object)
    def _on_saved(self, file: Path) -> None:
        self.notice.show_text(
            "ok", tr("{name} is written", name=file.name), tr("In {parent}.", parent=file.parent)
        )
        self.saved.emit(file)

    @Slot()
    def print_it(self) -> None:
        """Ask on which printer, and print the report that is shown."""
        if (report := self._report) is None:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        printer.setPageOrientation(QPageLayout.Orientation.Portrait)
        printer.setFullPage(True)
        printer.setDocName(report.title)
        dialog = QPrintDialog(printer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: print_report(printer, report, printer.resolution()))
        QDialog.open(dialog)  # its own wants a slot

    @Slot()
    def show_plans(self) -> None:
        """Open the reports that are sent by themselves."""
        dialog = PlansDialog(
            self._commands, self._session, self._background, self._zone, self, clock=self._clock
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def sizeHint(self) -> QSize:
        """Return the size it opens with."""
        return QSize(*_SIZE)
