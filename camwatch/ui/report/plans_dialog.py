"""The list of reports that are sent by themselves, and how it went with each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import IntEnum
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from camwatch.alerts.people import ChannelKind
from camwatch.alerts.settings import Channel
from camwatch.auth.session import Session
from camwatch.commands.channel_desk import ChannelStatus
from camwatch.domain import Site, utc_now
from camwatch.errors import CamWatchError
from camwatch.history.reports import ReportPlan, ReportPlanStatus, ReportSpan
from camwatch.language import marked, table, tr
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.empty import EmptyTable
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import BusyBar, Notice, in_tab_order, plain_label
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.operators.questions import Question, ask
from camwatch.ui.operators.record_table import RecordProxy, RecordsModel, RecordTable
from camwatch.ui.report.plan_dialog import PlanDialogCommands, ReportPlanDialog

_SIZE = 900, 560
_READ_EVERY_MS = 5000
_WHEN = table(
    lambda: {
        ReportSpan.DAY: tr("each day at {hour:02}:00"),
        ReportSpan.WEEK: tr("each Monday at {hour:02}:00"),
        ReportSpan.MONTH: tr("on the 1st of each month at {hour:02}:00"),
    }
)


class PlansDialogCommands(PlanDialogCommands, Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def sites(self, session: Session) -> list[Site]:
        """Return the sites, by name."""
        ...

    def channels(self, session: Session) -> list[ChannelStatus]:
        """Return the channels, by name."""
        ...

    def report_plans(self, session: Session) -> list[ReportPlanStatus]:
        """Return the reports that are sent by themselves, by name."""
        ...

    def remove_report_plan(self, session: Session, uid: str) -> None:
        """Remove a plan."""
        ...

    def send_report_now(self, session: Session, uid: str) -> None:
        """Have the report of the span that ended last sent now."""
        ...


class _Column(IntEnum):
    NAME = 0
    WHEN = 1
    TO = 2
    STATE = 3


_HEADINGS = table(
    lambda: {
        _Column.NAME: tr("Report"),
        _Column.WHEN: tr("When"),
        _Column.TO: tr("Recipients"),
        _Column.STATE: tr("State"),
    }
)
_WIDTHS = {_Column.NAME: 190, _Column.WHEN: 230, _Column.STATE: 110}


def when_words(plan: ReportPlan) -> str:
    """Say when a report is sent."""
    return _WHEN[plan.span].format(hour=plan.hour)


class PlansModel(RecordsModel[ReportPlanStatus]):
    """All plans, by name."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__([_HEADINGS[column] for column in _Column], parent)

    def key(self, record: ReportPlanStatus) -> object:
        """Return the uid of the plan."""
        return record.plan.uid

    def text(self, record: ReportPlanStatus, column: int) -> str:
        """Return the words of a cell."""
        plan = record.plan
        match _Column(column):
            case _Column.NAME:
                return plan.name
            case _Column.WHEN:
                return when_words(plan)
            case _Column.TO:
                return ", ".join(plan.recipients)
            case _Column.STATE:
                if not plan.is_enabled:
                    return tr("Switched off")
                return tr("Not sent") if _is_failed(record.last_answer) else tr("On")


def _is_failed(answer: str) -> bool:
    # Answers are stored in the language in which the report was to be sent.
    said = marked("Not sent {moment}: {why}")
    return answer.startswith(tuple(one.partition("{")[0] for one in (said, tr(said))))


class PlansDialog(QDialog):
    """The plans with their buttons; what came of the last try stands below the list."""

    def __init__(
        self,
        commands: PlansDialogCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        parent: QWidget | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._zone, self._clock = zone, clock
        self._sites: Sequence[Site] = ()
        self._channels: Sequence[Channel] = ()
        self.setWindowTitle(tr("Reports sent by themselves"))
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.notice.hide)
        self.busy = BusyBar(self)
        self.model = PlansModel(self)
        self.table: RecordTable[ReportPlanStatus] = RecordTable(
            RecordProxy(self.model, self), tr("Reports sent by themselves"), _WIDTHS, self
        )
        self.table.sortByColumn(_Column.NAME, Qt.SortOrder.AscendingOrder)
        self.table.chosen_changed.connect(self._on_chosen)
        self.table.activated.connect(lambda _index: self.edit())
        self.empty = EmptyTable("send", self)
        self.empty.pressed.connect(self.add)
        self.add_button = make_button(tr("&New report…"), "plus", self.add, self)
        self.edit_button = make_button(tr("E&dit…"), "pencil", self.edit, self)
        self.send_button = make_button(tr("&Send now"), "send", self.send_now, self)
        self.remove_button = make_button(tr("Remo&ve…"), "trash-2", self.remove, self)
        self.close_button = make_button(tr("Close"), "", self.reject, self)
        self.answer = plain_label("", "", self)
        self._lay_out()
        fit(self, *_SIZE)
        self._again = QTimer(self)
        self._again.setInterval(_READ_EVERY_MS)
        self._again.timeout.connect(self.read)
        self._again.start()
        self.read()

    def _lay_out(self) -> None:
        space = theme.current().space
        self.card = QFrame(self)
        self.card.setProperty("role", "card")
        inside = QVBoxLayout(self.card)
        inside.setContentsMargins(2 * space, space, 2 * space, space)
        inside.addWidget(self.answer)
        listed = QWidget(self)
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addWidget(self.table, 1)
        column.addWidget(self.card)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(listed)
        self.pages.addWidget(self.empty)
        buttons = (self.add_button, self.edit_button, self.send_button, self.remove_button)
        row = QHBoxLayout()
        row.setSpacing(space)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        below = QHBoxLayout()
        below.addStretch(1)
        below.addWidget(self.close_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        whole.setSpacing(space + space // 2)
        whole.addWidget(plain_label(tr("Reports sent by themselves"), "title", self))
        whole.addWidget(
            plain_label(
                tr(
                    "When a day, week or month is over, its report goes by e-mail as a PDF file. One "
                    "that was missed, since CamWatch was not running, is sent later and says so."
                ),
                "muted",
                self,
            )
        )
        whole.addLayout(row)
        whole.addWidget(self.busy)
        whole.addWidget(self.notice)
        whole.addWidget(self.pages, 1)
        whole.addLayout(below)
        in_tab_order(*buttons, self.table, self.close_button)

    # ---------------------------------------------------------------- reading

    @Slot()
    def read(self) -> None:
        """Read the plans, and what they can be about."""
        commands, session = self._commands, self._session

        def job() -> tuple[list[ReportPlanStatus], list[Site], list[ChannelStatus]]:
            return (
                commands.report_plans(session),
                commands.sites(session),
                commands.channels(session),
            )

        self._background.run(job, self._on_read, self._on_failed, owner=self)

    def _on_read(
        self, read: tuple[list[ReportPlanStatus], list[Site], list[ChannelStatus]]
    ) -> None:
        plans, self._sites, channels = read
        self._channels = [one.channel for one in channels if one.channel.kind is ChannelKind.EMAIL]
        self.table.set_records(self.model, plans, None)
        if self.table.chosen is None:
            self.table.choose(0, is_seen=False)
        if self._channels:
            self.empty.tell(
                tr("No report is sent by itself"),
                tr("A new one goes out when the day, week or month that runs now is over."),
                tr("New report…"),
            )
        else:
            self.empty.tell(
                tr("No report is sent by itself"),
                tr(
                    "Reports go by e-mail, and no e-mail channel is set up yet. Add one on the page "
                    "Alerts, under Delivery."
                ),
            )
        self.pages.setCurrentIndex(0 if plans else 1)
        self._on_chosen()

    def _on_failed(self, error: CamWatchError) -> None:
        self.busy.hide()
        self.notice.show_error(text_for(error), action=tr("Close"))

    @Slot()
    def _on_chosen(self) -> None:
        chosen = self.table.chosen
        self.add_button.setEnabled(bool(self._channels))
        for button in (self.edit_button, self.send_button, self.remove_button):
            button.setEnabled(chosen is not None)
        if chosen is not None:
            until = chosen.sent_until
            sent = (
                ""
                if until is None
                else tr(
                    " Sent up to {astimezone:%Y-%m-%d %H:%M}.",
                    astimezone=until.astimezone(self._zone),
                )
            )
            self.answer.setText((chosen.last_answer or tr("Nothing was sent yet.")) + sent)

    # ---------------------------------------------------------------- doing

    @Slot()
    def add(self) -> None:
        """Open the form of a new plan."""
        if self._channels:
            self._open(ReportPlan("", "", ReportSpan.WEEK, 6, None, self._channels[0].uid, ()))

    @Slot()
    def edit(self) -> None:
        """Open the chosen plan."""
        if (chosen := self.table.chosen) is not None:
            self._open(chosen.plan)

    def _open(self, plan: ReportPlan) -> None:
        dialog = ReportPlanDialog(
            self._commands,
            self._session,
            self._background,
            plan,
            self._sites,
            self._channels,
            self,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(lambda _result: self.read())
        dialog.open()

    @Slot()
    def send_now(self) -> None:
        """Have the chosen report sent now."""
        if (chosen := self.table.chosen) is None:
            return
        commands, session, uid = self._commands, self._session, chosen.plan.uid
        self._do(lambda: commands.send_report_now(session, uid), self._on_asked)

    def _on_asked(self, _none: None) -> None:
        self.busy.hide()
        self.notice.show_text(
            "info",
            tr("The report of the span that ended last is being sent"),
            tr("What comes of it stands below the list in a moment."),
            action=tr("Close"),
        )
        self.read()

    @Slot()
    def remove(self) -> None:
        """Remove the chosen plan, after a question."""
        if (chosen := self.table.chosen) is None:
            return
        plan = chosen.plan
        commands, session = self._commands, self._session
        remove = partial(commands.remove_report_plan, session, plan.uid)
        ask(
            Question(
                tr("Remove a report"),
                tr("Send “{name}” no more?", name=plan.name),
                tr("Its plan is removed. What was sent stays where it is."),
                tr("Remove report"),
            ),
            lambda: self._do(remove, self._on_removed),
            self,
        )

    def _on_removed(self, _none: None) -> None:
        self.busy.hide()
        self.read()

    def _do(self, job: Callable[[], None], done: Callable[[None], None]) -> None:
        self.busy.show()
        self.notice.hide()
        self._background.run(job, done, self._on_failed, owner=self)
