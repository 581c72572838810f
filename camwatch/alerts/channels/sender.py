"""What sends messages over a channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from camwatch.alerts.channels.email import EmailSender
from camwatch.alerts.channels.saying import written_forms
from camwatch.alerts.channels.sms import SmsByMailSender, SmsSender
from camwatch.alerts.channels.webhook import WebhookSender
from camwatch.alerts.notification import Answer, Outgoing
from camwatch.alerts.settings import Channel, EmailSettings, SmsPreset, SmsSettings
from camwatch.domain import Secret
from camwatch.errors import InvalidSetting
from camwatch.language import tr
from camwatch.logs import hide


class Sender(Protocol):
    """Sends messages over one channel. May be used from any thread."""

    def send(self, outgoing: Outgoing) -> Answer:
        """Send a message and wait for what the other side says.

        Raises:
            DeliveryError: Nobody got it.
        """

    def close(self) -> None:
        """Let what is being sent end at once, as if the other side were away; never waits.

        Nothing is sent by it any more: what begins to send a moment later ends as well.
        """


def make_sender(
    channel: Channel, secret: Secret | None, others: Mapping[str, tuple[Channel, Secret | None]]
) -> Sender:
    """Make what sends over a channel.

    Args:
        channel: As it was set up, or is about to be.
        secret: Its password, token or signing secret; None if it has none.
        others: The e-mail channels by uid, with their passwords, for text messages by mail.

    Raises:
        InvalidSetting: It cannot be used like this.
    """
    if secret is not None:
        # A gateway can want it in the address; no log may ever show it, in whatever form.
        for form in written_forms(secret.reveal()):
            hide(form)
    settings = channel.settings
    if isinstance(settings, EmailSettings):
        return EmailSender(settings, secret)
    if not isinstance(settings, SmsSettings):
        return WebhookSender(settings, secret)
    if settings.preset is not SmsPreset.EMAIL:
        return SmsSender(settings, secret)
    mail, password = others.get(settings.email_uid, (None, None))
    if mail is None or not isinstance(mail.settings, EmailSettings):
        raise InvalidSetting("email_uid", tr("must be an e-mail channel that is set up"))
    return SmsByMailSender(settings, EmailSender(mail.settings, password))
