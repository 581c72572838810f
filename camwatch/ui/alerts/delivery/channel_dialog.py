"""The dialog in which a channel is set up and tried."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from camwatch.alerts.people import ChannelKind
from camwatch.alerts.rules import LONGEST_NAME
from camwatch.alerts.settings import (
    ENVIRONMENT,
    Channel,
    ChannelSettings,
    EmailSettings,
    SmsSettings,
)
from camwatch.auth.session import Session
from camwatch.commands import KeepPassword
from camwatch.commands.channel_commands import ChannelStatus
from camwatch.domain import Secret
from camwatch.errors import CamWatchError, SecretsUnavailable
from camwatch.language import marked, table, tr
from camwatch.ui import theme
from camwatch.ui.alerts.delivery.channel_form import ChannelForm
from camwatch.ui.alerts.delivery.dialog import DeliveryDialog, tab_stops
from camwatch.ui.alerts.delivery.email_form import EmailForm
from camwatch.ui.alerts.delivery.sms_form import SmsForm
from camwatch.ui.alerts.delivery.trial_panel import Draft, TrialCommands, TrialPanel
from camwatch.ui.alerts.delivery.webhook_form import WebhookForm
from camwatch.ui.background import Background
from camwatch.ui.fitting import fit
from camwatch.ui.forms import Field, in_tab_order, scrolled
from camwatch.ui.vault.offer import SecretsOffer
from camwatch.ui.vault.protocol import VaultScreenCommands

_WIDTH, _HEIGHT, _TRIAL = 1080, 780, 360
_TITLES = table(
    lambda: {
        ChannelKind.EMAIL: (tr("Add e-mail"), tr("E-mail")),
        ChannelKind.SMS: (tr("Add text messages"), tr("Text messages")),
        ChannelKind.WEBHOOK: (tr("Add a webhook"), tr("Webhook")),
    }
)
"""The titles of the dialog for a new channel and for one that is there."""
_EXAMPLES = table(
    lambda: {
        ChannelKind.EMAIL: tr("Such as Office mail"),
        ChannelKind.SMS: tr("Such as Text messages"),
        ChannelKind.WEBHOOK: tr("Such as Ticket system"),
    }
)
_ABOUT = table(
    lambda: {
        ChannelKind.EMAIL: tr(
            "CamWatch sends mails through a mail server that you have an account at. "
            "It is always talked to with encryption."
        ),
        ChannelKind.SMS: tr(
            "CamWatch sends text messages through a gateway, a paid service in the "
            "internet, that you have an account at."
        ),
        ChannelKind.WEBHOOK: tr(
            "CamWatch posts each alert as JSON to an address of another program, such "
            "as a chat, a ticket system or a watcher."
        ),
    }
)
_FROM_ENVIRONMENT = marked(
    "This channel comes from the environment variables SMTP_HOST, SMTP_PORT, SMTP_USER and "
    "SMTP_PASSWORD with which CamWatch was started. It is changed there, by who starts the "
    "program; it can be tested here."
)


class ChannelCommands(TrialCommands, VaultScreenCommands, Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def save_channel(
        self, session: Session, channel: Channel, secret: Secret | KeepPassword | None
    ) -> Channel:
        """Store a channel."""
        ...


def _form_for(channel: Channel, mail_channels: Sequence[Channel], parent: QWidget) -> ChannelForm:
    match channel.settings:
        case EmailSettings():
            return EmailForm(parent)
        case SmsSettings():
            return SmsForm(mail_channels, parent)
        case _:
            return WebhookForm(parent)


class ChannelDialog(DeliveryDialog):
    """Settings at the left, a test at the right.

    Args:
        status: Of the channel; version 0 for a new one.
        mail_channels: The e-mail channels there are.
    """

    def __init__(  # noqa: PLR0917 - all that it stands on
        self,
        commands: ChannelCommands,
        session: Session,
        background: Background,
        status: ChannelStatus,
        mail_channels: Sequence[Channel],
        parent: QWidget | None = None,
    ) -> None:
        channel = status.channel
        kind = channel.kind
        is_new = channel.version == 0 and channel.uid != ENVIRONMENT
        self.is_read_only = channel.uid == ENVIRONMENT
        title = _TITLES[kind][0 if is_new else 1]
        about = tr(_FROM_ENVIRONMENT) if self.is_read_only else _ABOUT[kind]
        super().__init__(background, title, about, tr("Add") if is_new else tr("Save"), parent)
        self._commands, self._session, self._channel = commands, session, channel
        self.name = QLineEdit(channel.name, self)
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText(_EXAMPLES[kind])
        self.form = _form_for(channel, mail_channels, self)
        self.add_field(
            "name",
            Field(tr("&Name"), self.name, self, hint=tr("How plans and lists call this channel.")),
        )
        for key, field in self.form.fields.items():
            self.add_field(key, field)
        if not is_new:
            self.form.fill(channel, status.has_secret)
        self.trial = TrialPanel(
            commands,
            session,
            background,
            kind,
            draft=self._draft,
            refused=self.show_error,
            parent=self,
        )
        self.trial.setFixedWidth(theme.px(_TRIAL))
        self.form.changed.connect(self._on_changed)
        self.offer = SecretsOffer(
            self.notice, None, commands, session, background, self.submit, self
        )
        self._lay_out()
        self.order_tabs()
        self.form.rearranged.connect(self.order_tabs)
        self._on_changed()
        if self.is_read_only:
            kept = (
                tr("Set by SMTP_PASSWORD.")
                if status.has_secret
                else tr("SMTP_PASSWORD is not set.")
            )
            self.form.fields["secret"].rename(tr("Password"), kept)
            self.form.secret_edit.line.setPlaceholderText("")
            self.name.setEnabled(False)
            self.form.setEnabled(False)
            self.do_button.hide()
            self.cancel_button.setText(tr("Close"))
            (self.trial.to if kind.has_recipients else self.trial.send_button).setFocus()
        else:
            self.name.setFocus()
        fit(self, _WIDTH, _HEIGHT)

    def _lay_out(self) -> None:
        space = theme.current().space
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 2 * space, 0)
        column.setSpacing(space + space // 2)
        column.addWidget(self.fields["name"])
        column.addWidget(self.form)
        column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(2 * space)
        row.addWidget(scrolled(inside, self), 1)
        row.addWidget(self.trial)
        self.body.addLayout(row, 1)

    @Slot()
    def order_tabs(self) -> None:
        """Let Tab go through the form from top to bottom, then to the test and the buttons."""
        buttons = (self.cancel_button, self.do_button)
        in_tab_order(self.name, *tab_stops(self.form.column), *self.trial.stops(), *buttons)

    # ---------------------------------------------------------------- what is entered

    def channel(self) -> Channel:
        """Return the channel as it is entered now."""
        if self.is_read_only:
            return self._channel
        return replace(self._channel, name=self.name.text().strip(), settings=self.form.settings())

    def entered(self) -> object:
        """Return all that is entered; a password that was typed is typed for the second time."""
        return self.channel(), self.form.secret_edit.text()

    def _secret(self) -> Secret | KeepPassword | None:
        return KeepPassword() if self.is_read_only else self.form.secret()

    def _draft(self) -> Draft:
        self.clear_problems()
        return Draft(self.channel(), self._secret())

    @Slot()
    def _on_changed(self) -> None:
        self.trial.settings_changed(self.form.settings())

    # ---------------------------------------------------------------- storing

    @Slot()
    def submit(self) -> None:
        """Store it in the background; the dialog closes once that is done."""
        if self.is_read_only:
            return
        channel, secret = self.channel(), self.form.secret()
        self.run(
            lambda: self._commands.save_channel(self._session, channel, secret),
            self.on_saved,
            self._on_not_saved,
        )

    def _on_not_saved(self, error: CamWatchError) -> None:
        if isinstance(error, SecretsUnavailable):
            self.offer.show(error, tr("Nothing was stored."))
        else:
            self.show_error(error)

    def done(self, result: int, /) -> None:
        """Close, and let a test that still runs end."""
        self.trial.stop()
        super().done(result)


def blank(kind: ChannelKind) -> Channel:
    """Return a channel of a kind with nothing entered yet."""
    match kind:
        case ChannelKind.EMAIL:
            settings: ChannelSettings = EmailForm.BLANK
        case ChannelKind.SMS:
            settings = SmsForm.BLANK
        case _:
            settings = WebhookForm.BLANK
    return Channel(str(uuid.uuid4()), "", settings)
