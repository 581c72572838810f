"""Reports that are sent by themselves: set up by administrators, and which of them are due."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from camwatch.alerts.checking import Problems
from camwatch.alerts.mail_address import check_mail_address
from camwatch.alerts.notification import (
    LATE_AFTER,
    Attachment,
    NewNotification,
    Notification,
    Outgoing,
    Purpose,
)
from camwatch.alerts.people import MOST_ADDRESSES, ChannelKind
from camwatch.alerts.rules import Severity
from camwatch.alerts.settings import Channel
from camwatch.commands.report_desk import ReportDesk
from camwatch.commands.trail import DONE, FAILED, SYSTEM, Trail
from camwatch.data.report_plans import ReportPlanRepository, StoredPlan
from camwatch.domain import Secret
from camwatch.errors import CamWatchError, InvalidSetting, InvalidSettings, NotFound, StorageError
from camwatch.history.report_mail import file_name, mail_text
from camwatch.history.reports import Report, ReportPlan, ReportPlanStatus, ReportRequest
from camwatch.history.spans import (
    ended_spans,
    first_day,
    first_day_before,
    limits,
    sent_at,
    span_words,
)
from camwatch.language import tr

log = logging.getLogger(__name__)

MOST_MISSED = 7
"""Of the spans that passed while nothing was sent, the newest so many are made up for."""

LONGEST_NAME = 100
LONGEST_ANSWER = 500


@dataclass(frozen=True, slots=True)
class DueReport:
    """A report that is to be sent now.

    Attributes:
        stored: Its plan, as it was read.
        first: First day of its span.
        end: The moment after the span, UTC.
        due_at: When it should have been sent, UTC.
        zone: Whose clocks.
        is_asked: Somebody asked for it out of turn; the plan goes on as if nothing was.
    """

    stored: StoredPlan
    first: date
    end: datetime
    due_at: datetime
    zone: ZoneInfo
    is_asked: bool = False

    @property
    def plan(self) -> ReportPlan:
        """What was set up."""
        return self.stored.plan

    def is_late(self, now: datetime) -> bool:
        """Tell whether it comes so late that it says so."""
        return not self.is_asked and now - self.due_at > LATE_AFTER


class ReportPlanDesk:
    """For the commands, and for the worker that sends. All methods block; for any thread.

    Args:
        stored: The history.
        reports: Puts reports together.
        channels: Tells the channels that are set up, by uid.
        channel: Tells a channel that is switched on, with its secret; None if there is none.
        trail: The audit log.
        zone: Of the program; of sites without a zone of their own.
        clock: The wall clock, aware UTC.

    Attributes:
        woken: Set when somebody asked for a report out of turn.
        is_sending: False where nothing is ever sent, as in a demonstration.
    """

    def __init__(  # noqa: PLR0917 - all that it stands on
        self,
        stored: ReportPlanRepository,
        reports: ReportDesk,
        channels: Callable[[], Mapping[str, Channel]],
        channel: Callable[[str], tuple[Channel, Secret | None] | None],
        trail: Trail,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
    ) -> None:
        self._stored = stored
        self._reports = reports
        self._channels = channels
        self._channel = channel
        self._trail = trail
        self._zone = zone
        self._clock = clock
        self._lock = threading.Lock()
        self._asked: set[str] = set()
        self.woken = threading.Event()
        self.is_sending = False

    # ---------------------------------------------------------------- for the commands

    def plans(self) -> list[ReportPlanStatus]:
        """Return the plans, by name, and how they went.

        Raises:
            StorageError: They cannot be read.
        """
        return [
            ReportPlanStatus(one.plan, one.sent_until, one.last_answer)
            for one in self._stored.all()
        ]

    def save(self, actor: str, plan: ReportPlan) -> ReportPlan:
        """Store a plan; see `Commands.save_report_plan`."""
        plan = self._checked(plan)
        before = self._stored.find(plan.uid)
        try:
            after = self._stored.put(plan)
        except InvalidSetting as error:
            raise InvalidSettings([error]) from error
        action = "add_report_plan" if before is None else "edit_report_plan"
        try:
            self._trail.record(actor, action, after.name, DONE, uid=after.uid, **_facts(after))
        except StorageError:
            # What is not in the audit log is not done.
            self._take_back(before, after)
            raise
        return after

    def remove(self, actor: str, uid: str) -> None:
        """Remove a plan; audited first, for a removal cannot be taken back.

        Raises:
            NotFound: There is none of this uid.
            StorageError: Nothing was changed.
        """
        found = self._stored.find(uid)
        if found is None:
            raise NotFound(tr("the report"))
        plan = found.plan
        self._trail.record(actor, "remove_report_plan", plan.name, DONE, uid=uid, **_facts(plan))
        try:
            self._stored.remove(uid)
        except CamWatchError:
            self._trail.try_to_record(actor, "remove_report_plan", plan.name, FAILED, uid=uid)
            raise

    def ask_now(self, actor: str, uid: str) -> None:
        """Have the report of the span that ended last sent now, out of turn.

        Raises:
            NotFound: There is none of this uid.
            InvalidSetting: Nothing is ever sent here.
            StorageError: It is not in the audit log, so it is not done.
        """
        found = self._stored.find(uid)
        if found is None:
            raise NotFound(tr("the report"))
        if not self.is_sending:
            raise InvalidSetting("send", tr("is not possible here: a demonstration sends nothing"))
        self._trail.record(actor, "send_report", found.plan.name, DONE, uid=uid)
        with self._lock:
            self._asked.add(uid)
        self.woken.set()

    def _take_back(self, before: StoredPlan | None, after: ReportPlan) -> None:
        try:
            if before is None:
                self._stored.remove(after.uid)
            else:
                self._stored.put(replace(before.plan, version=after.version))
        except CamWatchError as error:
            log.error("%s is stored, but not in the audit log: %s", after.name, error)  # noqa: TRY400

    def _checked(self, plan: ReportPlan) -> ReportPlan:
        problems = Problems()
        name = " ".join(plan.name.split())
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            problems.add(
                "name", tr("must be 1 to {longest_name} characters", longest_name=LONGEST_NAME)
            )
        problems.whole("hour", plan.hour, 0, 23)
        if plan.site_id is not None and self._stored.zone_of(plan.site_id) is None:
            problems.add("site_id", tr("is gone; choose another one"))
        channel = self._channels().get(plan.channel_uid)
        if channel is None or channel.kind is not ChannelKind.EMAIL:
            problems.add("channel_uid", tr("must be an e-mail channel that is set up"))
        if not plan.recipients:
            problems.add("recipients", tr("are needed: write one address at least"))
        if len(plan.recipients) > MOST_ADDRESSES:
            problems.add(
                "recipients", tr("may be {most_addresses} at most", most_addresses=MOST_ADDRESSES)
            )
        found = [
            problems.take("", check_mail_address, one, "recipients")
            for one in plan.recipients[:MOST_ADDRESSES]
        ]
        problems.tell()
        return replace(plan, name=name, recipients=tuple(dict.fromkeys(found)))

    # ---------------------------------------------------------------- for the worker

    def due(self, now: datetime) -> list[DueReport]:
        """Return what is to be sent now, oldest spans first.

        Raises:
            StorageError: It cannot be read.
        """
        with self._lock:
            asked = set(self._asked)
        found = []
        for stored in self._stored.all():
            plan = stored.plan
            zone = self._zone_of(plan)
            if plan.uid in asked:
                found.append(_asked(stored, zone, now))
            if not plan.is_enabled:
                continue
            for first in ended_spans(
                plan.span, plan.hour, zone, after=stored.done_until, now=now, most=MOST_MISSED
            ):
                end = limits(plan.span, first, zone)[1]
                found.append(DueReport(stored, first, end, sent_at(end, plan.hour, zone), zone))
        return found

    def claim(self, due: DueReport, now: datetime) -> bool:
        """Take a report before it is sent; False if somebody else was faster.

        Raises:
            StorageError: It must not be sent.
        """
        if due.is_asked:
            with self._lock:
                is_mine = due.plan.uid in self._asked
                self._asked.discard(due.plan.uid)
            return is_mine
        answer = tr("Being sent since {moment}.", moment=self._moment(now, due))
        return self._stored.claim(due.stored, due.end, answer)

    def request_of(self, due: DueReport) -> ReportRequest:
        """Return what the report is about."""
        return ReportRequest(due.plan.span, due.first, due.plan.site_id, (), due.zone)

    def report(self, due: DueReport) -> Report:
        """Put it together.

        Raises:
            NotFound: Its site is gone.
            StorageError: The history cannot be read.
        """
        return self._reports.make(
            self.request_of(due), tr("CamWatch, plan “{name}”", name=due.plan.name)
        )

    def channel(self, due: DueReport) -> tuple[Channel, Secret | None] | None:
        """Return what sends it, with its secret; None if it is gone or switched off.

        Raises:
            SecretsUnavailable: The secret cannot be read now.
            StorageError: The channel cannot be read.
        """
        return self._channel(due.plan.channel_uid)

    def outgoing(self, due: DueReport, report: Report, pdf: bytes, now: datetime) -> Outgoing:
        """Return the mail with the report."""
        due_at = now if due.is_asked else due.due_at
        new = NewNotification(
            "",
            Purpose.REPORT,
            ChannelKind.EMAIL,
            due.plan.channel_uid,
            due.plan.recipients,
            Severity.INFORMATION,
            tr("Report of {title}", title=report.title),
            mail_text(report),
            due_at,
        )
        message = Notification(str(uuid.uuid4()), new, now)
        attachment = Attachment(file_name(report), "application/pdf", pdf)
        return Outgoing(message, now, attachment=attachment)

    def sent(self, due: DueReport, answer: str, now: datetime) -> None:
        """Note that it was sent; also in the audit log, for numbers left the house.

        Raises:
            StorageError: It is not noted; it is not sent again all the same.
        """
        late = tr(", late") if due.is_late(now) else ""
        what = span_words(due.plan.span, due.first)
        words = tr(
            "Sent {moment}{late}: {what}. {answer}",
            moment=self._moment(now, due),
            late=late,
            what=what,
            answer=answer,
        )
        self._stored.settle(due.plan.uid, words[:LONGEST_ANSWER])
        self._trail.try_to_record(
            SYSTEM,
            "report_sent",
            due.plan.name,
            DONE,
            uid=due.plan.uid,
            span=what,
            recipients=", ".join(due.plan.recipients),
        )

    def not_sent(self, due: DueReport, why: str, next_at: datetime | None, now: datetime) -> None:
        """Note that it was not sent, and give its span back, so that it is tried again.

        Raises:
            StorageError: It is not noted.
        """
        again = (
            ""
            if next_at is None
            else tr(" It is tried again at {moment}.", moment=self._moment(next_at, due))
        )
        words = (
            tr("Not sent {moment}: {why}", moment=self._moment(now, due), why=why)[
                : LONGEST_ANSWER - len(again)
            ]
            + again
        )
        if due.is_asked:
            self._stored.settle(due.plan.uid, words)
        else:
            self._stored.release(due.stored, due.end, words)

    def _zone_of(self, plan: ReportPlan) -> ZoneInfo:
        name = "" if plan.site_id is None else self._stored.zone_of(plan.site_id)
        return ZoneInfo(name) if name else self._zone

    @staticmethod
    def _moment(at: datetime, due: DueReport) -> str:
        return f"{at.astimezone(due.zone):%Y-%m-%d %H:%M}"


def _asked(stored: StoredPlan, zone: ZoneInfo, now: datetime) -> DueReport:
    """Return the report of the span that ended last."""
    span = stored.plan.span
    first = first_day_before(span, first_day(span, now.astimezone(zone).date()))
    return DueReport(stored, first, limits(span, first, zone)[1], now, zone, is_asked=True)


def _facts(plan: ReportPlan) -> dict[str, str]:
    return {
        "span": plan.span.value,
        "hour": str(plan.hour),
        "site": "all" if plan.site_id is None else str(plan.site_id),
        "channel": plan.channel_uid,
        "recipients": ", ".join(plan.recipients),
        "is_enabled": "yes" if plan.is_enabled else "no",
    }
