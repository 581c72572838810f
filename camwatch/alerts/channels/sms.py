"""Alerts as text messages, through a gateway."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from string import Template
from urllib.parse import quote, urlencode

from camwatch.alerts import plain
from camwatch.alerts.channels.email import EmailSender, context_of
from camwatch.alerts.channels.mail import LONGEST_TEXT, late_words
from camwatch.alerts.channels.smtp import delivery_error
from camwatch.alerts.channels.webhook import judged
from camwatch.alerts.mail_address import check_mail_address
from camwatch.alerts.notification import Answer, Outgoing
from camwatch.alerts.people import MOST_ADDRESSES
from camwatch.alerts.phone import check_phone, cut_to, written_simply
from camwatch.alerts.settings import SmsPreset, SmsSettings
from camwatch.domain import Secret
from camwatch.errors import DeliveryError, DeliveryFault, InvalidSetting
from camwatch.language import tr
from camwatch.outgoing.connecting import Reach
from camwatch.outgoing.faults import OutgoingError
from camwatch.outgoing.http import HttpClient, HttpQuestion
from camwatch.outgoing.urls import check_url

FIELDS = ("to", "from", "text", "key", "secret")
"""What can stand in the fields of a gateway, with a $ before."""

MOST_FIELDS = 20
_ACCOUNT = re.compile(r"[A-Za-z0-9]{1,64}")
_MESSAGING_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
_FORM = "application/x-www-form-urlencoded"

# What is so of one number is so of all: they are not asked one after the other in vain.
_OF_THE_GATEWAY = frozenset(DeliveryFault) - {DeliveryFault.REFUSED, DeliveryFault.NOT_SET_UP}


def check_fields(fields: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Check the fields of a gateway.

    Raises:
        InvalidSetting: "fields": one names what is not known, or number or text is missing.
    """
    if len(fields) > MOST_FIELDS:
        raise InvalidSetting("fields", tr("may be {most_fields} at most", most_fields=MOST_FIELDS))
    named: set[str] = set()
    for name, value in fields:
        if not name.strip() or not (name + value).isprintable():
            raise InvalidSetting("fields", tr("need names, and may have no invisible characters"))
        template = Template(value)
        if not template.is_valid():
            raise InvalidSetting(
                "fields", tr("cannot be read at {name}; write $$ for a dollar", name=name)
            )
        named.update(template.get_identifiers())
    if unknown := sorted(named - set(FIELDS)):
        known = ", ".join(f"${one}" for one in FIELDS)
        raise InvalidSetting(
            "fields",
            tr(
                "name ${unknown}, which is not known; known are {known}",
                unknown=unknown[0],
                known=known,
            ),
        )
    for needed in ("to", "text"):
        if needed not in named:
            raise InvalidSetting("fields", tr("need one with ${needed}", needed=needed))
    return fields


def text_of(outgoing: Outgoing, longest_parts: int) -> str:
    """Return the text of a message, cut to the parts that may be paid."""
    new = outgoing.notification.new
    text = plain.lines(new.text or new.subject, LONGEST_TEXT).strip()
    if late_words(outgoing.notification, outgoing.now):
        text = tr("Late, of {due_at:%d.%m. %H:%M} UTC: {text}", due_at=new.due_at, text=text)
    return cut_to(written_simply(text), longest_parts)


class SmsSender:
    """Sends text messages over an HTTP gateway, one request for each number.

    May be used from any thread.

    Args:
        settings: Of the gateway; have been checked.
        secret: Password or token; None if it needs none.

    Raises:
        InvalidSetting: It cannot be used like this.
    """

    def __init__(self, settings: SmsSettings, secret: Secret | None) -> None:
        self._settings = settings
        self._secret = secret
        self._url = check_url(
            settings.url, allows_http=settings.allow_http, allows_private=settings.allow_private
        )
        if settings.preset is SmsPreset.TWILIO:
            if not _ACCOUNT.fullmatch(settings.username):
                raise InvalidSetting("username", tr("must be the SID of the account"))
        else:
            check_fields(settings.fields)
        self._client = HttpClient(
            "sms gateway",
            context_of(""),
            Reach(allows_private=settings.allow_private),
            allows_http=settings.allow_http,
        )

    def send(self, outgoing: Outgoing) -> Answer:
        """Send a message to all its numbers, and wait for the answers.

        Raises:
            DeliveryError: Nobody got it.
        """
        if self._secret is None and self._needs_secret():
            raise DeliveryError(DeliveryFault.NO_SECRET)
        text = text_of(outgoing, self._settings.longest_parts)

        def one(number: str, _at: int) -> Answer:
            try:
                answer = self._client.ask(self._question(number, text), self._settings.timeout_s)
            except OutgoingError as error:
                raise delivery_error(error) from error
            return judged(answer, outgoing.now, (self._secret,))

        return to_each(outgoing, self._settings.region, one)

    def close(self) -> None:
        """Let what is being sent end at once, and send nothing any more; never waits."""
        self._client.close()

    def _needs_secret(self) -> bool:
        if self._settings.preset is SmsPreset.TWILIO:
            return True
        return any(
            "secret" in Template(value).get_identifiers() for _, value in self._settings.fields
        )

    def _question(self, number: str, text: str) -> HttpQuestion:
        settings = self._settings
        secret = self._secret.reveal() if self._secret else ""
        headers = {"Accept": "application/json, text/plain;q=0.9, */*;q=0.5"}
        if settings.preset is SmsPreset.TWILIO:
            sender = (
                "MessagingServiceSid" if _MESSAGING_SERVICE.fullmatch(settings.sender) else "From"
            )
            form = {"To": number, sender: settings.sender, "Body": text}
            url = f"{self._url.rstrip('/')}/2010-04-01/Accounts/{settings.username}/Messages.json"
            headers |= _basic(settings.username, secret)
            return _posted(url, headers, form)
        meant = {
            "to": number,
            "from": settings.sender,
            "text": text,
            "key": settings.username,
            "secret": secret,
        }
        # Once, so that a dollar in a text stands for nothing but itself.
        form = {name: Template(value).substitute(meant) for name, value in settings.fields}
        if secret and not self._needs_secret():
            headers |= _basic(settings.username, secret)
        if settings.preset is SmsPreset.POST:
            return _posted(self._url, headers, form)
        sign = "&" if "?" in self._url else "?"
        return HttpQuestion(f"{self._url}{sign}{urlencode(form, quote_via=quote)}", headers)


class SmsByMailSender:
    """Sends text messages as mails to a gateway, one mail for each number.

    Args:
        settings: Of the gateway: `url` is the domain behind the number's @.
        mail: Sends the mails; is closed with this.

    Raises:
        InvalidSetting: "url": it is no domain.
    """

    def __init__(self, settings: SmsSettings, mail: EmailSender) -> None:
        self._settings = settings
        self._mail = mail
        self._domain = settings.url.strip().removeprefix("@")
        try:
            check_mail_address(f"49301234567@{self._domain}")
        except InvalidSetting as error:
            raise InvalidSetting("url", tr("is no domain, such as sms.example.com")) from error

    def send(self, outgoing: Outgoing) -> Answer:
        """Send a message to all its numbers, and wait for the answers.

        Raises:
            DeliveryError: Nobody got it.
        """
        text = text_of(outgoing, self._settings.longest_parts)
        notification = outgoing.notification

        def one(number: str, at: int) -> Answer:
            # Each number has a mail, with a name, of its own: gateways look at the head.
            address = f"{number.removeprefix('+')}@{self._domain}"
            new = replace(notification.new, addresses=(address,), text=text)
            uid = notification.uid if at == 0 else f"{notification.uid}-{at}"
            mail = replace(notification, uid=uid, new=new)
            return self._mail.send_plain(Outgoing(mail, outgoing.now))

        return to_each(outgoing, self._settings.region, one)

    def close(self) -> None:
        """Let what is being sent end at once, and send nothing any more; never waits."""
        self._mail.close()


def to_each(outgoing: Outgoing, region: str, send: Callable[[str, int], Answer]) -> Answer:
    """Send to one number after the other, and sum up what came of it.

    Args:
        outgoing: The message with its numbers.
        region: Of numbers without +.
        send: Sends to a number in the form of E.164, and is told which one it is, from 0.

    Raises:
        DeliveryError: Nobody got it; what can be tried again counts more than what cannot.
    """
    numbers = outgoing.notification.new.addresses[:MOST_ADDRESSES]
    taken: dict[str, str] = {}
    failed: dict[str, DeliveryError] = {}
    common: DeliveryError | None = None
    for at, typed in enumerate(numbers):
        if common is not None:
            failed[typed] = common
            continue
        try:
            number = check_phone(typed, region)
            # Written in two ways it is one number all the same, and paid once.
            if number not in taken:
                taken[number] = send(number, at).text
        except InvalidSetting as error:
            detail = tr("it {reason}", reason=error.reason)
            failed[typed] = DeliveryError(DeliveryFault.NOT_SET_UP, detail)
        except DeliveryError as error:
            failed[typed] = error
            common = error if error.fault in _OF_THE_GATEWAY else None
    if not taken:
        errors = list(failed.values())
        hopeful = [error for error in errors if not error.fault.is_final]
        raise next(
            iter(hopeful or errors),
            DeliveryError(DeliveryFault.NOT_SET_UP, tr("no number is named")),
        )
    refused = {number: error.detail or error.fault.value for number, error in failed.items()}
    later = tuple(number for number, error in failed.items() if not error.fault.is_final)
    return Answer(next(iter(taken.values())), refused, later)


def _basic(user: str, password: str) -> Mapping[str, str]:
    both = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {both}"}


def _posted(url: str, headers: Mapping[str, str], form: Mapping[str, str]) -> HttpQuestion:
    return HttpQuestion(url, {**headers, "Content-Type": _FORM}, urlencode(form).encode())
