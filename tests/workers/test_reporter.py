"""Reports sent by their plans, through a real mail server, over ends of weeks and of the program."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from camwatch.alerts.settings import Channel
from camwatch.commands.report_desk import ReportDesk
from camwatch.commands.report_plan_desk import ReportPlanDesk
from camwatch.commands.trail import Trail
from camwatch.data.engine import Database
from camwatch.domain import Sample
from camwatch.history.reports import ReportPlan, ReportSpan
from camwatch.ui.report.pages import render_pdf
from camwatch.workers.reporter import ReporterWorker
from tests.alerts.channels.sending import ANNA, BERT, mail_settings
from tests.data.values import Clock, settings
from tests.support.certificates import Authority
from tests.support.mail_server import MailServer

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2026, 3, 6, 12, tzinfo=UTC)
MONDAY_6 = datetime(2026, 3, 9, 5, tzinfo=UTC)
"""Six o'clock in Berlin."""


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def ca_file(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("authority") / "ca.pem"
    file.write_bytes(authority.pem)
    return file


@pytest.fixture
def server(authority: Authority) -> Iterator[MailServer]:
    with MailServer(authority.context()) as server:
        yield server


class Site:
    """A history with a plan, and as many computers as look at it."""

    def __init__(self, database: Database, clock: Clock, port: int, ca_file: Path) -> None:
        self.database, self.clock = database, clock
        self.channel = Channel("mail", "Mail", mail_settings(port, ca_file), version=1)
        self.is_on = True
        self.first = self.computer()

    def computer(self) -> ReporterWorker:
        """Return what sends on one more computer, or after a new start."""
        database, clock = self.database, self.clock
        desk = ReportPlanDesk(
            database.report_plans,
            ReportDesk(database, clock),
            self._channels,
            lambda uid: (self.channel, None) if self.is_on and uid == "mail" else None,
            Trail(database.audit),
            BERLIN,
            clock,
        )
        self.desk = desk
        return ReporterWorker(desk, render_pdf, clock=clock)

    def _channels(self) -> Mapping[str, Channel]:
        return {"mail": self.channel}

    def plan(self, **changes: object) -> ReportPlan:
        plan = ReportPlan("", "Week", ReportSpan.WEEK, 6, None, "mail", (ANNA,))
        return self.desk.save("boss", dataclasses.replace(plan, **changes))  # type: ignore[arg-type]

    @property
    def answer(self) -> str:
        (status,) = self.desk.plans()
        return status.last_answer


@pytest.fixture(scope="module")
def new_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("history") / "camwatch.sqlite3"
    Database.open(file).close()
    return file


@pytest.fixture
def make_site(
    tmp_path: Path, new_history: Path, ca_file: Path, qapp: QGuiApplication
) -> Iterator[Callable[[int], Site]]:
    del qapp
    clock = Clock(FRIDAY)
    with Database.open(Path(shutil.copy(new_history, tmp_path)), clock=clock) as database:
        camera = database.cameras.add(settings("Gate", site="Store North"))
        at = FRIDAY - timedelta(hours=1)
        database.counts.save([Sample(camera.id, at, 7, 0.5, 0.01, 60.0)], [])
        yield lambda port: Site(database, clock, port, ca_file)


@pytest.fixture
def site(make_site: Callable[[int], Site], server: MailServer) -> Site:
    return make_site(server.port)


def pdf_of(mail: EmailMessage) -> tuple[str, bytes]:
    (part,) = mail.iter_attachments()
    assert part.get_content_type() == "application/pdf"
    return part.get_filename() or "", part.get_content()


def test_a_week_is_sent_once_when_it_is_over(site: Site, server: MailServer) -> None:
    site.plan()
    site.first.look()
    site.clock.now = MONDAY_6 - timedelta(minutes=1)
    site.first.look()
    assert server.mails == []
    site.clock.now = MONDAY_6
    for _ in range(3):
        site.first.look()
    (mail,) = server.mails
    assert mail["Subject"] == "Report of Store North, week of 2 March 2026"
    assert (mail["To"], mail["X-CamWatch-Purpose"]) == (ANNA, "report")
    body = mail.get_body(("plain",))
    assert body is not None
    assert "People in view: 7.0 on average, at most 7 (known for under 1 % of the time)." in (
        body.get_content()
    )
    name, pdf = pdf_of(mail)
    assert name == "camwatch-week-2026-03-02-store-north.pdf"
    assert pdf.startswith(b"%PDF-")
    assert site.answer == (
        "Sent 2026-03-09 06:00: week of 2 March 2026. The mail server said: 250 2.0.0 queued as 1."
    )
    assert site.desk.plans()[0].sent_until == datetime(2026, 3, 8, 23, tzinfo=UTC)
    entry = site.database.audit.newest(1)[0]
    assert (entry.actor, entry.action, entry.details["recipients"]) == (
        "system",
        "report_sent",
        ANNA,
    )


def test_neither_a_new_start_nor_a_second_computer_sends_it_again(
    site: Site, server: MailServer
) -> None:
    site.plan()
    site.clock.now = MONDAY_6
    others = [site.computer() for _ in range(3)]
    # All have read that it is due before the first one sends it.
    due = site.desk.due(site.clock.now)
    for worker in (site.first, *others):
        worker.look()
    assert [site.desk.claim(one, site.clock.now) for one in due] == [False]
    assert len(server.mails) == 1


def test_what_was_missed_is_sent_late_each_once_and_says_so(site: Site, server: MailServer) -> None:
    site.plan()
    site.clock.now = MONDAY_6 + timedelta(days=14, hours=3)
    worker = site.computer()
    for _ in range(5):
        worker.look()
    assert [mail["Subject"] for mail in server.mails] == [
        "Late: Report of Store North, week of 2 March 2026",
        "Late: Report of Store North, week of 9 March 2026",
        "Late: Report of Store North, week of 16 March 2026",
    ]
    assert "Sent 2026-03-23 09:00, late: week of 16 March 2026." in site.answer


def test_a_mail_that_does_not_go_out_is_tried_again_with_pauses(
    site: Site, server: MailServer
) -> None:
    site.plan()
    server.refuse_mails("451 4.3.0 come back later")
    site.clock.now = MONDAY_6
    site.first.look()
    site.first.look()
    assert site.answer.startswith(
        "Not sent 2026-03-09 06:00: try later: 451 4.3.0 come back later."
    )
    assert "It is tried again at 2026-03-09 06:0" in site.answer
    assert site.desk.plans()[0].sent_until is None
    server.refuse_mails("")
    site.first.look()
    assert server.mails == []
    site.clock.now += timedelta(minutes=2)
    site.first.look()
    assert len(server.mails) == 1
    assert site.answer.startswith("Sent 2026-03-09 06:02")


def test_an_address_that_is_refused_is_named(site: Site, server: MailServer) -> None:
    site.plan(recipients=(ANNA, BERT))
    server.refused[BERT] = "550 no such user"
    site.clock.now = MONDAY_6
    site.first.look()
    assert f"Not to {BERT}: 550 no such user." in site.answer
    assert server.envelopes[0].rcpt_tos == [ANNA]


def test_without_its_channel_the_plan_waits(site: Site, server: MailServer) -> None:
    site.plan()
    site.is_on = False
    site.clock.now = MONDAY_6
    site.first.look()
    assert "its e-mail channel is gone or switched off" in site.answer
    site.is_on = True
    site.computer().look()
    assert len(server.mails) == 1


def test_what_was_over_before_a_plan_was_made_or_switched_on_is_not_sent(
    site: Site, server: MailServer
) -> None:
    plan = site.plan(is_enabled=False)
    site.clock.now = MONDAY_6 + timedelta(days=1)
    site.first.look()
    site.desk.save("boss", dataclasses.replace(plan, is_enabled=True))
    site.first.look()
    assert server.mails == []
    site.clock.now = MONDAY_6 + timedelta(days=7)
    site.first.look()
    assert [mail["Subject"] for mail in server.mails] == [
        "Report of Store North, week of 9 March 2026"
    ]


def test_asked_for_it_is_sent_at_once_and_the_plan_goes_on(
    site: Site, server: MailServer, qtbot: QtBot
) -> None:
    plan = site.plan(is_enabled=False)
    with qtbot.waitSignal(site.first.finished, raising=True):
        site.first.start()
        qtbot.waitUntil(lambda: site.desk.is_sending)
        site.desk.ask_now("boss", plan.uid)
        qtbot.waitUntil(lambda: site.answer.startswith("Sent"))
        site.first.request_stop()
    assert [mail["Subject"] for mail in server.mails] == [
        "Report of Store North, week of 23 February 2026"
    ]
    assert site.desk.plans()[0].sent_until is None
    assert not site.desk.is_sending


def test_a_site_that_is_gone_is_told(site: Site, server: MailServer) -> None:
    (camera,) = site.database.cameras.all()
    plan = site.plan(site_id=camera.site_id)
    other = dataclasses.replace(plan, site_id=type(camera.site_id)(99))
    site.database.report_plans.put(other)
    site.clock.now = MONDAY_6
    site.first.look()
    assert server.mails == []
    assert "the site" in site.answer
