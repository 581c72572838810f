"""Which addresses may be entered for webhooks, gateways and mail servers."""

from __future__ import annotations

import pytest

from camwatch.errors import InvalidSetting
from camwatch.outgoing.urls import check_host, check_url


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" https://hooks.example.com ", "https://hooks.example.com/"),
        ("HTTPS://Hooks.Example.com:443/A/b?c=D%20e", "https://hooks.example.com/A/b?c=D%20e"),
        ("https://hooks.example.com:8443/x", "https://hooks.example.com:8443/x"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://s/t", "https://s/t"),
        ("https://93.184.215.14/", "https://93.184.215.14/"),
    ],
)
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert check_url(typed, allows_http=False, allows_private=False) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "hooks.example.com",
        "http://hooks.example.com",
        "ftp://hooks.example.com",
        "file:///etc/passwd",
        "https://",
        "https://user:pw@hooks.example.com",
        "https://a.example\\@b.example",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/a\r\nX: y",
        "https://hooks.example.com/#top",
        "https://hooks.example.com/ä",
        "https://hooks..example.com/",
        "https://ho%6fks.example.com/",
        "https://*.example.com/",
        "https://127.1/",
        "https://hooks.example.com:0/",
        "https://hooks.example.com:99999/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://app.localhost./",
        "https://10.0.0.5/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://" + "a" * 3000,
    ],
)
def test_an_address_that_is_not_safe_is_refused(typed: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        check_url(typed, allows_http=False, allows_private=False)
    assert refused.value.field == "url"


def test_what_is_allowed_on_purpose_is_taken_but_never_what_is_no_computer() -> None:
    for typed in ("http://127.0.0.1:8080/x", "http://[fd00::5]/x", "http://localhost/x"):
        assert check_url(typed, allows_http=True, allows_private=True) == typed
    for typed in ("http://169.254.169.254/", "http://0.0.0.0/", "http://[::ffff:127.0.0.1]/"):
        with pytest.raises(InvalidSetting):
            check_url(typed, allows_http=True, allows_private=True)


def test_a_mail_server_has_a_name_or_an_address() -> None:
    assert check_host(" Mail.Example.com. ") == "mail.example.com"
    assert check_host("bücher.example") == "xn--bcher-kva.example"
    assert check_host("[fd00::5]") == "fd00::5"
    assert check_host("127.0.0.1") == "127.0.0.1"
    for typed in (
        "",
        "a b",
        "mail\r\n.example",
        "127.1",
        "0.0.0.0",
        "mail:25",
        "-x.example",
        "a..b",
    ):
        with pytest.raises(InvalidSetting):
            check_host(typed)
