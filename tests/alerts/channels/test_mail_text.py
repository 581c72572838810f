"""Whatever is in a message, the mail about it has the same head and says the same."""

from __future__ import annotations

from email import message_from_bytes, policy

from hypothesis import given, settings
from hypothesis import strategies as st

from camwatch.alerts.channels.mail import make_mail
from camwatch.alerts.mail_address import check_sender
from tests.alerts.channels.sending import ANNA, BERT, JPEG, outgoing

SENDER = check_sender('"Hall, watched" <camwatch@example.com>')
HEAD = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "References",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "X-CamWatch-Notification",
    "X-CamWatch-Purpose",
    "X-CamWatch-Severity",
    "Importance",
    "MIME-Version",
    "Content-Type",
]
ODD = st.text(st.sampled_from('a:<>"\r\n\t \x00\x0b\x0c\x1c\x85\u2028\u2029=?.ü€🚨\ud800\u202e'))


@settings(max_examples=40, deadline=None)
@given(
    st.text(max_size=400) | ODD,
    st.text(max_size=2000) | ODD,
    st.text(max_size=60) | ODD,
    st.booleans(),
)
def test_nothing_in_a_message_changes_the_head_of_the_mail(
    subject: str, text: str, uid: str, has_picture: bool
) -> None:
    told = outgoing(
        ANNA, BERT, subject=subject, text=text, uid=uid, picture=JPEG if has_picture else None
    )
    raw = make_mail(told, SENDER, [ANNA, BERT], with_picture=True).as_bytes()
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    head, _, _ = raw.partition(b"\r\n\r\n")
    mail = message_from_bytes(raw, policy=policy.default)
    assert list(mail.keys()) == HEAD
    assert mail["To"] == "undisclosed-recipients:;"
    assert b"bert@" not in head
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == [
        "multipart/alternative",
        "text/plain",
        *(["multipart/related"] if has_picture else []),
        "text/html",
        *(["image/jpeg"] if has_picture else []),
    ]
    shown = mail.get_body(("html",))
    assert shown is not None
    assert shown.get_content().count("<img ") == int(has_picture)
