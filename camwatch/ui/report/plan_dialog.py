"""The form of a report that is sent by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from camwatch.alerts.settings import Channel
from camwatch.auth.session import Session
from camwatch.domain import Site, SiteId
from camwatch.history.reports import ReportPlan, ReportSpan
from camwatch.language import table, tr
from camwatch.ui import theme
from camwatch.ui.alerts.delivery.dialog import CheckField, DeliveryDialog
from camwatch.ui.background import Background
from camwatch.ui.choice_row import ChoiceRow
from camwatch.ui.fitting import fit
from camwatch.ui.forms import CalmComboBox, Field, in_a_row

_SIZE = 640, 600
_LONGEST_NAME = 100
_RECIPIENTS_HEIGHT = 84
_SPANS = table(
    lambda: {
        ReportSpan.DAY: (tr("Each day"), tr("The report of a day goes out on the next one.")),
        ReportSpan.WEEK: (
            tr("Each week"),
            tr("The report of a week goes out on the Monday after it."),
        ),
        ReportSpan.MONTH: (
            tr("Each month"),
            tr("The report of a month goes out on the 1st of the next."),
        ),
    }
)


class PlanDialogCommands(Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def save_report_plan(self, session: Session, plan: ReportPlan) -> ReportPlan:
        """Store a plan."""
        ...


class ReportPlanDialog(DeliveryDialog):
    """What is sent, when, over which channel, and to whom.

    Args:
        plan: Version 0 for a new one.
        sites: To choose from.
        channels: The e-mail channels to choose from.
    """

    def __init__(  # noqa: PLR0917 - all that it stands on
        self,
        commands: PlanDialogCommands,
        session: Session,
        background: Background,
        plan: ReportPlan,
        sites: Sequence[Site],
        channels: Sequence[Channel],
        parent: QWidget | None = None,
    ) -> None:
        is_new = plan.version == 0
        super().__init__(
            background,
            tr("New report") if is_new else tr("Report sent by itself"),
            tr(
                "It goes out by e-mail with a PDF file. The first one is that of the time that runs "
                "now."
            ),
            tr("Add") if is_new else tr("Save"),
            parent,
        )
        self._commands, self._session, self._plan = commands, session, plan
        self.name = QLineEdit(plan.name, self)
        self.name.setMaxLength(_LONGEST_NAME)
        self.name.setPlaceholderText(tr("Such as “Week of Store North”"))
        self.spans = ChoiceRow(tr("How often"), _SPANS, plan.span, self)
        self.hour = CalmComboBox(self)
        for hour in range(24):
            self.hour.addItem(f"{hour:02}:00", hour)
        self.hour.setCurrentIndex(plan.hour)
        self.site = CalmComboBox(self)
        self.site.addItem(tr("All sites"), None)
        for site in sites:
            self.site.addItem(site.name or tr("(no name)"), int(site.id))
        self.site.setCurrentIndex(max(0, self.site.findData(_plain(plan.site_id))))
        self.channel = CalmComboBox(self)
        for channel in channels:
            self.channel.addItem(channel.name, channel.uid)
        self.channel.setCurrentIndex(max(0, self.channel.findData(plan.channel_uid)))
        self.recipients = QPlainTextEdit("\n".join(plan.recipients), self)
        self.recipients.setPlaceholderText(tr("anna@example.org\nben@example.org"))
        self.recipients.setTabChangesFocus(True)
        self.recipients.setFixedHeight(theme.px(_RECIPIENTS_HEIGHT))
        self.enabled = CheckField(
            tr("Is sent"), tr("Untick this to keep the plan without sending anything."), parent=self
        )
        self.enabled.box.setChecked(plan.is_enabled)
        self._lay_out()
        self.name.setFocus()
        fit(self, *_SIZE)

    def _lay_out(self) -> None:
        add = self.add_field
        self.body.addWidget(add("name", Field(tr("&Name"), self.name, self)))
        self.body.addWidget(self.spans.field)
        self.body.addLayout(
            in_a_row(
                [
                    (
                        add(
                            "hour",
                            Field(tr("&At"), self.hour, self, hint=tr("By the site's clocks.")),
                        ),
                        1,
                    ),
                    (add("site_id", Field(tr("&Site"), self.site, self)), 2),
                    (add("channel_uid", Field(tr("E-mail &channel"), self.channel, self)), 2),
                ]
            )
        )
        self.body.addWidget(
            add(
                "recipients",
                Field(
                    tr("&To"), self.recipients, self, hint=tr("E-mail addresses, one in each line.")
                ),
            )
        )
        self.body.addWidget(self.enabled)
        self.body.addStretch(1)
        self.recipients.textChanged.connect(self.fields["recipients"].clear_problem)

    @property
    def plan(self) -> ReportPlan:
        """What is entered."""
        lines = self.recipients.toPlainText().replace(",", "\n").replace(";", "\n").splitlines()
        site = self.site.currentData()
        return replace(
            self._plan,
            name=self.name.text().strip(),
            span=self.spans.chosen,
            hour=int(self.hour.currentData()),
            site_id=None if site is None else SiteId(site),
            channel_uid=str(self.channel.currentData() or ""),
            recipients=tuple(line.strip() for line in lines if line.strip()),
            is_enabled=self.enabled.box.isChecked(),
        )

    def entered(self) -> object:
        """Return what is entered, to be compared."""
        return self.plan

    @Slot()
    def submit(self) -> None:
        """Store it."""
        plan, commands, session = self.plan, self._commands, self._session
        self.run(lambda: commands.save_report_plan(session, plan), self.on_saved)


def _plain(site_id: SiteId | None) -> int | None:
    return None if site_id is None else int(site_id)
