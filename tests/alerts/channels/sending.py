"""Messages and channels of the tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from camwatch.alerts.notification import NewNotification, Notification, Outgoing, Purpose
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.rules import Severity
from camwatch.alerts.settings import EmailSettings, Encryption

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
PASSWORD = "canary-pässwört-4711"
USER = "camwatch@example.com"
ANNA, BERT, CARL = "anna@example.com", "bert@example.com", "carl@example.com"

JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 200


def message(
    *addresses: str,
    uid: str = "6f1c2f8e-0000-4000-8000-000000000001",
    text: str = "31 people in the hall; the limit is 30.",
    subject: str = "Hall: 31 people (limit 30)",
    purpose: Purpose = Purpose.ALERT,
    data: Mapping[str, object] | None = None,
    age: timedelta = timedelta(0),
) -> Notification:
    """Return a message that is due now, or was some time ago."""
    new = NewNotification(
        alert_uid="a1e2",
        purpose=purpose,
        channel=ChannelKind.EMAIL,
        channel_uid="c1",
        addresses=addresses,
        severity=Severity.CRITICAL,
        subject=subject,
        text=text,
        due_at=NOW - age,
        data=data or {},
    )
    return Notification(uid, new, NOW - age)


def mail_settings(
    port: int,
    ca_file: Path,
    *,
    encryption: Encryption = Encryption.STARTTLS,
    username: str = "",
    host: str = "127.0.0.1",
    timeout_s: float = 5.0,
    attaches_picture: bool = True,
) -> EmailSettings:
    """Return how a mail server on loopback is reached."""
    return EmailSettings(
        host,
        port,
        encryption,
        f'"Hall, watched" <{USER}>',
        username,
        str(ca_file),
        attaches_picture=attaches_picture,
        timeout_s=timeout_s,
    )


def outgoing(
    *addresses: str,
    picture: bytes | None = None,
    others: tuple[Notification, ...] = (),
    **what: object,
) -> Outgoing:
    """Return what a sender is given."""
    return Outgoing(message(*addresses, **what), NOW, picture, others)  # type: ignore[arg-type]
