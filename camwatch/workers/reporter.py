"""Sends reports by e-mail when the span that they are about is over, by the plans for it."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from PySide6.QtCore import QObject

from camwatch.alerts.channels import Sender, make_sender
from camwatch.alerts.notification import Answer, Outgoing
from camwatch.alerts.settings import Channel
from camwatch.commands.report_plan_desk import DueReport
from camwatch.domain import Secret, utc_now
from camwatch.errors import CamWatchError, DeliveryError, StorageError
from camwatch.history.reports import Report
from camwatch.language import tr
from camwatch.logs import log_crash
from camwatch.resilience import Backoff
from camwatch.workers.base import Worker
from camwatch.workers.delivery import MakeSender

log = logging.getLogger(__name__)

LOOK_EVERY_S = 60.0
_RETRY = Backoff(first_s=60.0, factor=2.0, longest_s=3600.0)

DrawReport = Callable[[Report], bytes]
"""Makes the PDF file of a report; on the worker's thread."""


class SendsReports(Protocol):
    """The part of `ReportPlanDesk` that this worker needs."""

    woken: threading.Event
    is_sending: bool

    def due(self, now: datetime) -> list[DueReport]:
        """Return what is to be sent now, oldest spans first."""

    def claim(self, due: DueReport, now: datetime) -> bool:
        """Take a report before it is sent."""

    def report(self, due: DueReport) -> Report:
        """Put it together."""

    def channel(self, due: DueReport) -> tuple[Channel, Secret | None] | None:
        """Return what sends it, with its secret."""

    def outgoing(self, due: DueReport, report: Report, pdf: bytes, now: datetime) -> Outgoing:
        """Return the mail with the report."""

    def sent(self, due: DueReport, answer: str, now: datetime) -> None:
        """Note that it was sent."""

    def not_sent(self, due: DueReport, why: str, next_at: datetime | None, now: datetime) -> None:
        """Note that it was not sent, and give its span back."""


@dataclass(slots=True)
class _Rest:
    """A plan that could not be sent rests for a while."""

    failures: int
    until: datetime


class _NotNow(Exception):
    """A report cannot be sent; the message says why, to the administrator."""


class ReporterWorker(Worker):
    """Looks once a minute for reports that are due, and sends one after the other.

    A span is taken in the history before its report is sent, so that no other workstation and no
    later run sends it once more; one that fails is given back, and tried again with growing
    pauses. A run that is killed in between has taken its span with it: better one report too few
    than the same one every minute.

    Args:
        desk: Knows what is due.
        draw: Makes the PDF file.
        make_sender: Makes what sends over a channel.
        clock: The wall clock, aware UTC.
    """

    def __init__(
        self,
        desk: SendsReports,
        draw: DrawReport,
        make_sender: MakeSender = make_sender,
        clock: Callable[[], datetime] = utc_now,
        parent: QObject | None = None,
    ) -> None:
        super().__init__("reporter", parent)
        self._desk = desk
        self._draw = draw
        self._make_sender = make_sender
        self._clock = clock
        self._rests: dict[str, _Rest] = {}
        self._chance = random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._lock = threading.Lock()
        self._sender: Sender | None = None
        self._is_away = False

    def request_stop(self) -> None:
        """Ask the worker to end; what is being sent ends as if the other side were away."""
        super().request_stop()
        with self._lock:
            sender = self._sender
        if sender is not None:
            sender.close()
        self._desk.woken.set()

    def work(self) -> None:
        """Send until asked to stop."""
        self._desk.is_sending = True
        try:
            while not self.stop_event.is_set():
                self.look()
                self._desk.woken.wait(LOOK_EVERY_S)
                self._desk.woken.clear()
        finally:
            self._desk.is_sending = False

    def look(self) -> None:
        """Send what is due now."""
        now = self._clock()
        try:
            found = self._desk.due(now)
        except StorageError as error:
            if not self._is_away:
                log.error("the plans of reports cannot be read: %s [%s]", error, error.error_id)  # noqa: TRY400
            self._is_away = True
            return
        self._is_away = False
        tried: set[str] = set()
        for due in found:
            if self.stop_event.is_set():
                return
            uid = due.plan.uid
            rest = self._rests.get(uid)
            if not due.is_asked and rest is not None and now < rest.until:
                continue
            # What was read of a plan does not hold any more once something was sent by it.
            if uid in tried:
                self._desk.woken.set()
                continue
            tried.add(uid)
            self._send(due)

    def _send(self, due: DueReport) -> None:
        now = self._clock()
        try:
            if not self._desk.claim(due, now):
                return
        except StorageError as error:
            log.error("“%s” cannot be taken: %s [%s]", due.plan.name, error, error.error_id)  # noqa: TRY400
            return
        try:
            answer = self._deliver(due, now)
        except (CamWatchError, _NotNow) as error:
            self._failed(due, _why(error))
        except Exception as error:  # noqa: BLE001 - a bug must not keep the other plans waiting
            error_id = log_crash(f"the report “{due.plan.name}”", error)
            self._failed(
                due,
                tr("an unforeseen error; its number in the log is {error_id}", error_id=error_id),
            )
        else:
            self._rests.pop(due.plan.uid, None)
            self._note(lambda: self._desk.sent(due, _words(answer), self._clock()))

    def _deliver(self, due: DueReport, now: datetime) -> Answer:
        known = self._desk.channel(due)
        if known is None:
            raise _NotNow(tr("its e-mail channel is gone or switched off"))
        report = self._desk.report(due)
        outgoing = self._desk.outgoing(due, report, self._draw(report), now)
        sender = self._make_sender(*known, {})
        with self._lock:
            self._sender = sender
        try:
            if self.stop_event.is_set():
                raise _NotNow(tr("CamWatch ended"))
            return sender.send(outgoing)
        finally:
            with self._lock:
                self._sender = None
            sender.close()

    def _failed(self, due: DueReport, why: str) -> None:
        now = self._clock()
        uid = due.plan.uid
        next_at = None
        if not due.is_asked:
            rest = self._rests.get(uid)
            failures = 1 if rest is None else rest.failures + 1
            next_at = now + timedelta(seconds=_RETRY.wait_s(failures, self._chance))
            self._rests[uid] = _Rest(failures, next_at)
        log.info("the report “%s” was not sent: %s", due.plan.name, why)
        self._note(lambda: self._desk.not_sent(due, why, next_at, now))

    @staticmethod
    def _note(note: Callable[[], None]) -> None:
        try:
            note()
        except StorageError as error:
            log.error("what came of a report is not noted: %s [%s]", error, error.error_id)  # noqa: TRY400


def _why(error: Exception) -> str:
    if isinstance(error, DeliveryError):
        fault = error.fault.value.replace("_", " ")
        return f"{fault}: {error.detail}." if error.detail else f"{fault}."
    return f"{str(error).removesuffix('.')}."


def _words(answer: Answer) -> str:
    """Say what the server said, and who did not get it."""
    refused = "".join(
        tr(" Not to {address}: {why}.", address=address, why=why)
        for address, why in answer.refused.items()
    )
    return tr("The mail server said: {text}.{refused}", text=answer.text, refused=refused)
