"""The dialogs of exports, reports and their plans, by the hands of an operator."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from camwatch.alerts.settings import Channel, ChannelProof, EmailSettings, Encryption
from camwatch.auth.session import Session
from camwatch.commands.camera_bulk import Progress
from camwatch.commands.channel_desk import ChannelStatus
from camwatch.domain import BucketSize, Camera, CameraId, Role, Site, SiteId
from camwatch.errors import GivenUp, InvalidSetting, InvalidSettings
from camwatch.history.exports import ExportContent, ExportKind, ExportPreview, ExportRequest
from camwatch.history.reports import (
    Report,
    ReportPlan,
    ReportPlanStatus,
    ReportRequest,
    ReportSpan,
)
from camwatch.ui.chart_files import ChartFiles
from camwatch.ui.charts.ranges import Range
from camwatch.ui.export.export_dialog import ExportDialog
from camwatch.ui.report.plan_dialog import ReportPlanDialog
from camwatch.ui.report.plans_dialog import PlansDialog
from camwatch.ui.report.report_dialog import ReportDialog, ReportSaver
from tests.support.reports import report
from tests.ui.live_edges import HeldBackground, cameras, session

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MAIL = Channel(
    "mail",
    "Mail",
    EmailSettings("mail.example", 587, Encryption.STARTTLS, "camwatch@site.example"),
)
PLAN = ReportPlan("one", "Week", ReportSpan.WEEK, 6, None, "mail", ("anna@site.example",), True, 1)


class Desk:
    """Stands for the commands."""

    def __init__(self) -> None:
        self.exported: list[ExportRequest] = []
        self.previews: list[ExportRequest] = []
        self.asked: list[ReportRequest] = []
        self.trouble = ""
        self.write: Callable[[Progress, threading.Event], int] = lambda _tell, _cancel: 7
        self.plans: list[ReportPlanStatus] = []
        self.has_mail = True
        self.sent: list[str] = []
        self.refusal: InvalidSettings | None = None

    def cameras(self, _session: Session) -> list[Camera]:
        return cameras(4)

    def sites(self, _session: Session) -> list[Site]:
        return [Site(SiteId(1), "Store North")]

    def channels(self, _session: Session) -> list[ChannelStatus]:
        return [ChannelStatus(MAIL, ChannelProof("mail"), None)] if self.has_mail else []

    def preview_export(
        self, _session: Session, request: ExportRequest, _file: Path | None
    ) -> ExportPreview:
        self.previews.append(request)
        return ExportPreview(1234, 56_000, self.trouble)

    def export_history(
        self,
        _session: Session,
        request: ExportRequest,
        file: Path,
        progress: Progress,
        cancelled: threading.Event,
    ) -> int:
        self.exported.append(request)
        rows = self.write(progress, cancelled)
        file.write_text("x" * 2000)
        return rows

    def report(self, _session: Session, request: ReportRequest) -> Report:
        self.asked.append(request)
        return report(request.span, request.first, ("Entrance",))

    def report_plans(self, _session: Session) -> list[ReportPlanStatus]:
        return self.plans

    def save_report_plan(self, _session: Session, plan: ReportPlan) -> ReportPlan:
        if self.refusal is not None:
            raise self.refusal
        stored = dataclasses.replace(plan, uid=plan.uid or "new", version=plan.version + 1)
        self.plans = [ReportPlanStatus(stored, None, "")]
        return stored

    def remove_report_plan(self, _session: Session, uid: str) -> None:
        self.plans = [one for one in self.plans if one.plan.uid != uid]

    def send_report_now(self, _session: Session, uid: str) -> None:
        self.sent.append(uid)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def work() -> HeldBackground:
    return HeldBackground()


# ---------------------------------------------------------------- exports


@pytest.fixture
def export(qtbot: QtBot, desk: Desk, work: HeldBackground) -> ExportDialog:
    dialog = ExportDialog(
        desk, session(), work, BERLIN, Range(NOON - timedelta(days=7), NOON), clock=lambda: NOON
    )
    qtbot.addWidget(dialog)
    dialog.show()
    work.finish()
    return dialog


def test_the_dialog_proposes_what_the_chart_shows_and_tells_how_much_that_is(
    export: ExportDialog, desk: Desk
) -> None:
    asked = desk.previews[-1]
    assert (asked.content, asked.kind, asked.camera_ids) == (
        ExportContent.COUNTS,
        ExportKind.CSV,
        None,
    )
    assert (asked.start, asked.end, asked.size) == (
        NOON - timedelta(days=7),
        NOON,
        BucketSize.HOUR,
    )
    assert export.estimate.text() == "About 1\u202f234 rows, 56 kB."


def test_cameras_are_ticked_and_at_least_one(
    export: ExportDialog, desk: Desk, work: HeldBackground
) -> None:
    export.cameras.some_button.setChecked(True)
    export.preview()
    assert "tick one at least" in export.fields["export_cameras"].problem
    item = export.cameras.list.item(1)
    item.setCheckState(item.checkState().Checked)
    export.preview()
    work.finish()
    assert desk.previews[-1].camera_ids == (CameraId(2),)
    assert export.fields["export_cameras"].problem == ""


def test_what_cannot_be_written_is_said_before(
    export: ExportDialog, desk: Desk, work: HeldBackground
) -> None:
    desk.trouble = "needs the package pyarrow, which is not installed; choose CSV, or install it"
    export.kinds.buttons[ExportKind.PARQUET].click()
    work.finish()
    assert export.notice.title.text() == "Parquet cannot be written"
    assert not export.do_button.isEnabled()


def test_a_file_is_written_with_progress_and_its_folder_is_offered(
    export: ExportDialog, desk: Desk, work: HeldBackground, qtbot: QtBot, tmp_path: Path
) -> None:
    def write(tell: Progress, _cancelled: threading.Event) -> int:
        tell(500_000, 1_000_000)
        return 1_000_000

    desk.write = write
    export.export(tmp_path / "counts.csv")
    assert export.stop_button.isVisible()
    work.finish()
    assert not export.running.isVisible()
    qtbot.waitUntil(lambda: export.progress.value() == 500)
    assert export.progress_words.text() == "500\u202f000 of about 1\u202f000\u202f000 rows"
    assert export.notice.title.text() == "counts.csv is written"
    assert export.notice.text.text() == "1\u202f000\u202f000 rows, 2 kB."
    assert export.notice.button.text() == "Show in folder"


def test_stopping_gives_the_export_up(
    export: ExportDialog, desk: Desk, work: HeldBackground, tmp_path: Path
) -> None:
    def write(_tell: Progress, cancelled: threading.Event) -> int:
        assert cancelled.is_set()
        raise GivenUp

    desk.write = write
    export.export(tmp_path / "counts.csv")
    export.stop_button.click()
    work.finish()
    assert (export.notice.title.text(), export.notice.text.text()) == (
        "Stopped",
        "Nothing was written.",
    )


def test_closing_the_dialog_gives_it_up_as_well(
    export: ExportDialog, desk: Desk, tmp_path: Path
) -> None:
    export.export(tmp_path / "counts.csv")
    feedback = export._feedback
    export.reject()
    assert feedback is not None
    assert feedback.cancel.is_set()
    assert desk.exported == []


class Page(QObject):
    """The signals of the page of charts."""

    export_requested = Signal(object)
    report_requested = Signal(object)

    def offer_files(self) -> None:
        """Show no buttons: there are none."""


def test_what_is_written_is_given_up_when_the_operator_leaves(
    qtbot: QtBot, desk: Desk, work: HeldBackground, tmp_path: Path
) -> None:
    window, page = QWidget(), Page()
    qtbot.addWidget(window)
    shown: list[QDialog] = []
    watch = SimpleNamespace(session=session())
    files = ChartFiles(page, desk, watch, work, BERLIN, window)  # type: ignore[arg-type]
    files.dialog_made.connect(shown.append)
    start, size = NOON - timedelta(days=1), BucketSize.HOUR
    whose = ExportRequest(ExportContent.COUNTS, ExportKind.CSV, None, start, NOON, size, BERLIN)
    page.export_requested.emit(whose)
    [dialog] = shown
    assert isinstance(dialog, ExportDialog)
    dialog.export(tmp_path / "counts.csv")
    feedback = dialog._feedback
    files.give_up()
    assert feedback is not None
    assert feedback.cancel.is_set()


# ---------------------------------------------------------------- reports


@pytest.fixture
def shown(qtbot: QtBot, desk: Desk, work: HeldBackground) -> ReportDialog:
    dialog = ReportDialog(desk, session(), work, BERLIN, clock=lambda: NOON)
    qtbot.addWidget(dialog)
    dialog.show()
    work.finish()
    return dialog


def test_the_week_that_ended_last_is_shown_page_by_page(shown: ReportDialog, desk: Desk) -> None:
    assert desk.asked[-1].first == date(2026, 2, 23)
    assert shown.pages.page_label.text() == "Page 1 of 2"
    assert not shown.pages.paper.page.isNull()
    shown.pages.next_button.click()
    assert shown.pages.page_label.text() == "Page 2 of 2"
    assert not shown.pages.next_button.isEnabled()


def test_another_time_and_site_are_chosen(
    shown: ReportDialog, desk: Desk, work: HeldBackground
) -> None:
    shown.earlier_button.click()
    work.finish()
    assert desk.asked[-1].first == date(2026, 2, 16)
    shown.spans.buttons[ReportSpan.MONTH].click()
    work.finish()
    assert (desk.asked[-1].span, desk.asked[-1].first) == (ReportSpan.MONTH, date(2026, 2, 1))
    shown.sites.setCurrentIndex(1)
    work.finish()
    assert desk.asked[-1].site_id == SiteId(1)
    shown.later_button.click()
    work.finish()
    assert not shown.later_button.isEnabled()


def test_while_a_report_is_read_nothing_old_can_be_saved(
    shown: ReportDialog, work: HeldBackground
) -> None:
    shown.earlier_button.click()
    assert not shown.do_button.isEnabled()
    assert not shown.print_button.isEnabled()
    work.finish()
    assert shown.do_button.isEnabled()


def test_a_report_is_saved_as_it_is_shown(
    shown: ReportDialog, work: HeldBackground, tmp_path: Path
) -> None:
    shown.submit()
    (saver,) = shown.findChildren(ReportSaver)
    file = tmp_path / "report.pdf"
    saver.save(str(file))
    work.finish()
    assert file.read_bytes().startswith(b"%PDF-")
    assert shown.notice.title.text() == "report.pdf is written"


def test_only_who_manages_channels_is_led_to_the_plans(
    qtbot: QtBot, desk: Desk, work: HeldBackground, shown: ReportDialog
) -> None:
    assert shown.plans_button.isVisible()
    other = ReportDialog(desk, session(Role.SUPERVISOR), work, BERLIN, clock=lambda: NOON)
    qtbot.addWidget(other)
    other.show()
    assert not other.plans_button.isVisible()


# ---------------------------------------------------------------- plans


@pytest.fixture
def plans(qtbot: QtBot, desk: Desk, work: HeldBackground) -> PlansDialog:
    dialog = PlansDialog(desk, session(), work, BERLIN)
    qtbot.addWidget(dialog)
    dialog.show()
    work.finish()
    return dialog


def test_the_list_tells_when_to_whom_and_what_came_of_it(
    plans: PlansDialog, desk: Desk, work: HeldBackground
) -> None:
    assert plans.empty.title.text() == "No report is sent by itself"
    desk.plans = [ReportPlanStatus(PLAN, NOON, "Sent 2026-03-02 06:00: week.")]
    plans.read()
    work.finish()
    model = plans.table.model()
    assert [model.index(0, column).data() for column in range(4)] == [
        "Week",
        "each Monday at 06:00",
        "anna@site.example",
        "On",
    ]
    assert plans.answer.text() == "Sent 2026-03-02 06:00: week. Sent up to 2026-03-02 13:00."
    plans.send_button.click()
    work.finish()
    assert desk.sent == ["one"]


def test_without_an_e_mail_channel_it_says_where_one_is_added(
    plans: PlansDialog, desk: Desk, work: HeldBackground
) -> None:
    desk.has_mail = False
    plans.read()
    work.finish()
    assert "no e-mail channel is set up yet" in plans.empty.text.text()
    assert not plans.add_button.isEnabled()


def test_a_new_plan_is_entered_and_what_is_wrong_stands_at_its_field(
    plans: PlansDialog, desk: Desk, work: HeldBackground
) -> None:
    plans.add()
    (form,) = plans.findChildren(ReportPlanDialog)
    form.name.setText(" Each day ")
    form.spans.buttons[ReportSpan.DAY].click()
    form.recipients.setPlainText("anna@site.example, ben@site.example\n")
    desk.refusal = InvalidSettings([InvalidSetting("recipients", "must be an address")])
    form.submit()
    work.finish()
    assert form.fields["recipients"].problem
    desk.refusal = None
    form.submit()
    work.finish()
    (status,) = desk.plans
    assert (status.plan.name, status.plan.span) == ("Each day", ReportSpan.DAY)
    assert status.plan.recipients == ("anna@site.example", "ben@site.example")
