"""Alerts as mails."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence

from camwatch.alerts.channels.mail import make_mail, make_plain_mail
from camwatch.alerts.channels.smtp import Mailer, Parcel
from camwatch.alerts.mail_address import check_mail_address, check_sender
from camwatch.alerts.notification import Answer, Outgoing
from camwatch.alerts.people import MOST_ADDRESSES
from camwatch.alerts.settings import EmailSettings
from camwatch.domain import Secret
from camwatch.errors import DeliveryError, DeliveryFault, InvalidSetting
from camwatch.language import marked, tr
from camwatch.outgoing.tls import tls_context

NO_FILE = marked("cannot be used: it holds no certificates, or cannot be read")


def context_of(ca_file: str) -> ssl.SSLContext:
    """Return what checks certificates.

    Raises:
        InvalidSetting: "ca_file" cannot be used.
    """
    try:
        return tls_context(ca_file)
    except (OSError, ssl.SSLError) as error:
        raise InvalidSetting("ca_file", tr(NO_FILE)) from error


class EmailSender:
    """Sends mails. May be used from any thread.

    Args:
        settings: Of the mail server; have been checked.
        secret: Its password; None if it needs none.

    Raises:
        InvalidSetting: It cannot be used like this.
    """

    def __init__(self, settings: EmailSettings, secret: Secret | None) -> None:
        self._attaches_picture = settings.attaches_picture
        self._sender = check_sender(settings.sender)
        self._mailer = Mailer(settings, secret, context_of(settings.ca_file))

    def send(self, outgoing: Outgoing) -> Answer:
        """Send one mail to all its addresses, and wait for what the server says.

        An address that is none is refused for good; the others get the mail.

        Raises:
            DeliveryError: Nobody got it.
        """
        has_picture = outgoing.picture is not None and self._attaches_picture

        def mail(recipients: Sequence[str], *, with_picture: bool) -> bytes:
            made = make_mail(outgoing, self._sender, recipients, with_picture=with_picture)
            return made.as_bytes()

        return self._send(
            outgoing,
            lambda recipients: Parcel(
                self._sender.addr_spec,
                recipients,
                mail(recipients, with_picture=has_picture),
                mail(recipients, with_picture=False) if has_picture else None,
            ),
        )

    def send_plain(self, outgoing: Outgoing) -> Answer:
        """Send only the text of a message, as a gateway to text messages wants it.

        Raises:
            DeliveryError: Nobody got it.
        """
        return self._send(
            outgoing,
            lambda recipients: Parcel(
                self._sender.addr_spec,
                recipients,
                make_plain_mail(outgoing, self._sender, recipients).as_bytes(),
            ),
        )

    def close(self) -> None:
        """Let what is being sent end at once, and send nothing any more; never waits."""
        self._mailer.close()

    def _send(self, outgoing: Outgoing, parcel: Callable[[tuple[str, ...]], Parcel]) -> Answer:
        good: dict[str, str] = {}
        refused: dict[str, str] = {}
        for typed in outgoing.notification.new.addresses[:MOST_ADDRESSES]:
            try:
                good.setdefault(check_mail_address(typed), typed)
            except InvalidSetting as error:
                refused[typed] = tr("it {reason}", reason=error.reason)
        if not good:
            detail = next(iter(refused.values()), tr("no recipient is named"))
            raise DeliveryError(DeliveryFault.NOT_SET_UP, detail)
        answer = self._mailer.send(parcel(tuple(good)))
        refused |= {good[address]: why for address, why in answer.refused.items()}
        return Answer(answer.text, refused, tuple(good[one] for one in answer.try_again))
