"""Alerts as JSON, posted to an address and signed. `docs/webhooks.md` tells receivers about it."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime

from camwatch.alerts.channels.email import context_of
from camwatch.alerts.channels.headers import SECRET, check_headers, filled
from camwatch.alerts.channels.saying import said
from camwatch.alerts.channels.smtp import delivery_error
from camwatch.alerts.notification import Answer, Notification, Outgoing, Purpose
from camwatch.alerts.settings import WebhookSettings
from camwatch.domain import Secret
from camwatch.errors import DeliveryError, DeliveryFault
from camwatch.outgoing.connecting import Reach
from camwatch.outgoing.faults import OutgoingError
from camwatch.outgoing.http import HttpAnswer, HttpClient, HttpQuestion, seconds_until
from camwatch.outgoing.urls import check_url

LONGEST_WAIT_S = 24 * 3600.0

_NO_ALERT = (Purpose.CANARY, Purpose.ALIVE)
_SIGN_IN = (401, 403, 407)
_LATER = (408, 409, 421, 423, 425, 429)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a body: "sha256=" and 64 hexadecimal digits.

    Args:
        secret: That both sides know.
        timestamp: Of the header X-CamWatch-Timestamp.
        body: As it is sent.

    Source:
        RFC 2104 with SHA-256, over the time, a full stop and the body.
    """
    signed = timestamp.encode() + b"." + body
    return f"sha256={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def moment(at: datetime) -> str:
    """Return a moment as it stands in JSON: ISO 8601, UTC."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def body_of(notification: Notification, now: datetime) -> bytes:
    """Return what is posted of a message.

    Args:
        notification: The message.
        now: UTC; decides only whether the message comes late.
    """
    new = notification.new
    whole = {
        # Neither the daily proof nor a sign of life is an alert: nobody is to be woken by it.
        "type": "system_status" if new.purpose in _NO_ALERT else "alert",
        "message": new.text or new.subject,
        "severity": new.severity.value,
        "data": {
            **new.data,
            "notification": notification.uid,
            "alert": new.alert_uid,
            "purpose": new.purpose.value,
            "subject": new.subject,
            "due_at": moment(new.due_at),
            "is_late": notification.is_late(now),
        },
        "timestamp": moment(notification.created_at),
    }
    return json.dumps(whole, allow_nan=False, default=_plain).encode()


def _plain(value: object) -> object:
    """Return what JSON has no form for as something that it has one for."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


class WebhookSender:
    """Posts to one address. May be used from any thread.

    Args:
        settings: Of the webhook.
        secret: Signs; None leaves unsigned.

    Raises:
        InvalidSetting: It cannot be used like this.
    """

    def __init__(self, settings: WebhookSettings, secret: Secret | None) -> None:
        self._url = check_url(
            settings.url, allows_http=settings.allow_http, allows_private=settings.allow_private
        )
        self._headers = check_headers(settings.headers)
        self._secret = secret
        self._timeout_s = settings.timeout_s
        self._client = HttpClient(
            "webhook",
            context_of(settings.ca_file),
            Reach(allows_private=settings.allow_private),
            allows_http=settings.allow_http,
        )

    def send(self, outgoing: Outgoing) -> Answer:
        """Post a message, and wait for the answer.

        Raises:
            DeliveryError: It was not taken.
        """
        now = outgoing.now
        body = body_of(outgoing.notification, now)
        timestamp = str(int(now.timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": outgoing.notification.uid,
            "X-CamWatch-Timestamp": timestamp,
        }
        if self._secret is not None:
            headers["X-CamWatch-Signature"] = signature(self._secret.reveal(), timestamp, body)
        elif any(SECRET in value for _, value in self._headers):
            raise DeliveryError(DeliveryFault.NO_SECRET)
        headers |= filled(self._headers, self._secret.reveal() if self._secret else "")
        try:
            answer = self._client.ask(HttpQuestion(self._url, headers, body), self._timeout_s)
        except OutgoingError as error:
            raise delivery_error(error) from error
        return judged(answer, now, (self._secret,))

    def close(self) -> None:
        """Let what is being sent end at once, and send nothing any more; never waits."""
        self._client.close()


def judged(answer: HttpAnswer, now: datetime, secrets: tuple[Secret | None, ...]) -> Answer:
    """Say what an answer means for a message.

    Args:
        answer: What came.
        now: UTC.
        secrets: That must not be shown, should the answer hold them.

    Raises:
        DeliveryError: The message was not taken.
    """
    status = answer.status
    words = "" if answer.encoding else said(answer.body, secrets)
    text = said(f"HTTP {status} {words}", secrets)
    if 200 <= status < 300:
        return Answer(text)
    wait_s = seconds_until(answer.retry_after, now, LONGEST_WAIT_S)
    if 300 <= status < 400:
        fault = DeliveryFault.REDIRECTED
        text = f"HTTP {status}"
    elif status == 410:
        fault = DeliveryFault.GONE
    elif status in _SIGN_IN:
        fault = DeliveryFault.SIGN_IN
    elif status in _LATER:
        fault = DeliveryFault.TRY_LATER
    elif status >= 500:
        fault = DeliveryFault.SERVER_ERROR
    else:
        fault = DeliveryFault.REFUSED
    raise DeliveryError(fault, text, retry_after_s=wait_s)
