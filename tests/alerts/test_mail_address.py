"""What may be a mail address."""

from __future__ import annotations

import pytest

from camwatch.alerts.mail_address import check_mail_address, check_sender
from camwatch.errors import InvalidSetting


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("anna@example.com", "anna@example.com"),
        (" Anna.B+hall@Example.COM ", "Anna.B+hall@example.com"),
        ("o'neil_x/y=z@example.co.uk", "o'neil_x/y=z@example.co.uk"),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("müller@example.com", "müller@example.com"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert check_mail_address(typed) == kept


BAD = [
    "",
    "anna",
    "@example.com",
    "anna@",
    "anna@b@example.com",
    "anna @example.com",
    "anna@exa mple.com",
    "anna..b@example.com",
    ".anna@example.com",
    "anna@example..com",
    "anna@-example.com",
    "anna@[127.0.0.1]",
    "anna@127.0.0.1",
    '"anna b"@example.com',
    "anna(comment)@example.com",
    "anna@example.com, bert@example.com",
    "anna@example.com; bert@example.com",
    "friends: anna@example.com;",
    "<anna@example.com>",
    "anna@example.com>",
    "anna@example.com\r\nBcc: eve@example.com",
    "anna\n@example.com",
    "anna\u202e@example.com",
    "anna\x00@example.com",
    "anna\ud800@example.com",
    "a" * 65 + "@example.com",
    "a@" + "b" * 64 + ".example",
    "a@" + ".".join(["b" * 60] * 5),
]


@pytest.mark.parametrize("typed", BAD)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        check_mail_address(typed)
    assert refused.value.field == "email"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("hall@example.com", "hall@example.com"),
        ("Hall <hall@example.com>", "Hall <hall@example.com>"),
        ('"Hall, north" <hall@example.com>', '"Hall, north" <hall@example.com>'),
        ("Hall, north <hall@example.com>", '"Hall, north" <hall@example.com>'),
        ('Hall "B" <hall@example.com>', r'"Hall \"B\"" <hall@example.com>'),
        ("Halle Süd <hall@example.com>", "Halle Süd <hall@example.com>"),
    ],
)
def test_a_sender_may_have_a_name(typed: str, shown: str) -> None:
    assert str(check_sender(typed)) == shown


@pytest.mark.parametrize(
    "typed",
    [
        *BAD[:4],
        "Hall\r\nBcc: eve@example.com <hall@example.com>",
        "Hall <hall@example.com>, <eve@example.com>",
        "Hall <>",
        "müller@example.com",
        "x" * 101 + " <hall@example.com>",
    ],
)
def test_a_sender_that_could_do_harm_is_refused(typed: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        check_sender(typed)
    assert refused.value.field == "sender"
