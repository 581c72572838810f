"""How a mail about an alert looks."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address, Group
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from typing import cast

from camwatch import language
from camwatch.alerts import plain
from camwatch.alerts.notification import Notification, Outgoing, Purpose
from camwatch.alerts.rules import Severity
from camwatch.alerts.words import SEVERITIES
from camwatch.language import tr

# Every mail server takes this, also one that does not announce 8BITMIME.
POLICY = SMTP.clone(cte_type="7bit")

LONGEST_SUBJECT = 200
LONGEST_TEXT = 20_000
_LONGEST_UID = 100
_NO_NAME = re.compile(r"[^A-Za-z0-9-]")
_HIDDEN_RECIPIENTS = Group("undisclosed-recipients", ())
_COLOURS = {
    Severity.INFORMATION: "#2563a8",
    Severity.WARNING: "#9a6200",
    Severity.CRITICAL: "#b3261e",
}


def picture_kind(picture: bytes) -> str:
    """Return "jpeg" or "png" by the first bytes; "" for something else, which is not sent."""
    if picture.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    return "png" if picture.startswith(b"\x89PNG\r\n\x1a\n") else ""


def late_words(notification: Notification, now: datetime) -> str:
    """Return the sentence about a message that comes late; "" if it does not."""
    if not notification.is_late(now):
        return ""
    return tr(
        "This message is late: it was due on {due_at:%d %B %Y at %H:%M:%S} UTC.",
        due_at=notification.new.due_at,
    )


def subject_of(outgoing: Outgoing) -> str:
    """Return the subject: of the message, or of the first of several; says if it comes late."""
    first = outgoing.notification
    subject = plain.one_line(first.new.subject, LONGEST_SUBJECT) or tr("Alert of CamWatch")
    if outgoing.others:
        subject = tr("{count} messages: {subject}", count=1 + len(outgoing.others), subject=subject)
    if any(one.is_late(outgoing.now) for one in (first, *outgoing.others)):
        subject = tr("Late: {subject}", subject=subject)
    return plain.cut(subject, LONGEST_SUBJECT)


def text_of(outgoing: Outgoing) -> str:
    """Return the plain text: each message, and whether it comes late."""
    texts = []
    for one in (outgoing.notification, *outgoing.others):
        heading = plain.one_line(one.new.subject, LONGEST_SUBJECT) if outgoing.others else ""
        parts = (
            heading,
            late_words(one, outgoing.now),
            plain.lines(one.new.text, LONGEST_TEXT).strip(),
        )
        texts.append("\n\n".join(filter(None, parts)))
    return "\n\n----------\n\n".join(texts) + "\n"


def make_mail(
    outgoing: Outgoing, sender: Address, recipients: Sequence[str], *, with_picture: bool
) -> EmailMessage:
    """Make a mail.

    A single recipient stands in its head. Several do not: who is on call is nobody else's
    business, a mail that is passed on would carry the whole list, and an "answer to all" by one
    absence notice would wake all the others.

    Args:
        outgoing: What is told.
        sender: Whom it is from.
        recipients: Checked addresses.
        with_picture: Its picture goes along, if there is one.
    """
    mail = _head(outgoing, sender, recipients)
    kind = picture_kind(outgoing.picture or b"") if with_picture else ""
    mail.set_content(text_of(outgoing))
    mail.add_alternative(_html_of(outgoing, has_picture=bool(kind)), subtype="html")
    if kind and outgoing.picture is not None:
        part = cast("MIMEPart", mail.get_payload(1))
        part.add_related(
            outgoing.picture,
            "image",
            kind,
            cid="<picture@camwatch>",
            disposition="inline",
            filename=f"alert.{'jpg' if kind == 'jpeg' else kind}",
        )
    if (attachment := outgoing.attachment) is not None:
        main, _, sub = attachment.kind.partition("/")
        mail.add_attachment(attachment.data, main, sub, filename=attachment.name)
    return mail


def make_plain_mail(outgoing: Outgoing, sender: Address, recipients: Sequence[str]) -> EmailMessage:
    """Make a mail of nothing but the text, for a gateway that makes a text message of it."""
    mail = _head(outgoing, sender, recipients)
    mail.set_content(plain.lines(outgoing.notification.new.text, LONGEST_TEXT) + "\n")
    return mail


def _head(outgoing: Outgoing, sender: Address, recipients: Sequence[str]) -> EmailMessage:
    first = outgoing.notification
    mail = EmailMessage(POLICY)
    mail["From"] = sender
    if len(recipients) == 1 and recipients[0].isascii():
        mail["To"] = Address(addr_spec=recipients[0])
    else:
        mail["To"] = _HIDDEN_RECIPIENTS
    mail["Subject"] = subject_of(outgoing)
    mail["Date"] = format_datetime(outgoing.now)
    mail["Message-ID"] = f"<{_name(first.uid)}@{sender.domain}>"
    if first.new.alert_uid:
        # Mail programs show all that is about one alert together.
        mail["References"] = f"<alert-{_name(first.new.alert_uid)}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    told = (first, *outgoing.others)
    for one in told:
        mail.add_header("X-CamWatch-Notification", _name(one.uid))
    mail["X-CamWatch-Purpose"] = first.new.purpose.value
    severity = max((one.new.severity for one in told), key=lambda one: one.rank)
    mail["X-CamWatch-Severity"] = severity.value
    if severity is Severity.CRITICAL:
        mail["Importance"] = "high"
    return mail


def _name(uid: str) -> str:
    """Return a uid as a word that can stand in a header, whatever it is."""
    return _NO_NAME.sub("", uid)[:_LONGEST_UID] or "none"


def _severity_html(one: Notification) -> str:
    """Return how serious it is; a report is no alert."""
    if one.new.purpose is Purpose.REPORT:
        return ""
    colour = _COLOURS[one.new.severity]
    return (
        f'<p style="margin:0 0 8px;color:{colour};font-weight:bold">'
        f"{SEVERITIES[one.new.severity]}</p>\n"
    )


def _html_of(outgoing: Outgoing, *, has_picture: bool) -> str:
    """Return the same as HTML; nothing of it is taken for mark-up."""
    blocks = []
    for one in (outgoing.notification, *outgoing.others):
        late = late_words(one, outgoing.now)
        text = html.escape(plain.lines(one.new.text, LONGEST_TEXT).strip()).replace("\n", "<br>\n")
        blocks.append(
            f'<h1 style="font-size:18px;margin:0 0 8px">{html.escape(plain.one_line(one.new.subject, LONGEST_SUBJECT))}</h1>\n'
            + _severity_html(one)
            + (f'<p style="margin:0 0 8px"><em>{html.escape(late)}</em></p>\n' if late else "")
            + f'<p style="margin:0 0 16px">{text}</p>'
        )
    picture = (
        '\n<p><img src="cid:picture@camwatch" alt="The picture of the moment" '
        'style="max-width:100%;height:auto"></p>'
        if has_picture
        else ""
    )
    blocks[0] += picture
    body = '\n<hr style="border:0;border-top:1px solid #bbb">\n'.join(blocks)
    return (
        f'<!DOCTYPE html>\n<html lang="{language.code()}"><body '
        'style="font-family:sans-serif;font-size:15px;line-height:1.4;color:#1a1a1a">\n'
        f"{body}\n</body></html>\n"
    )
