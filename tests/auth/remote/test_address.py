"""Which addresses and certificates a login service may have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from camwatch.auth.remote.address import check_address
from camwatch.errors import InvalidSetting
from camwatch.outgoing.tls import check_ca_file
from tests.support.certificates import Authority


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://login.example.com", "https://login.example.com"),
        (" https://login.example.com/ ", "https://login.example.com"),
        ("HTTPS://Login.Example.com:443/sso/", "https://login.example.com/sso"),
        ("https://10.0.0.5:8443", "https://10.0.0.5:8443"),
        ("https://[fd00::5]:8443/a/b", "https://[fd00::5]:8443/a/b"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert check_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "login.example.com",
        "http://login.example.com",
        "http://127.0.0.1",
        "ftp://login.example.com",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://user:pw@login.example.com",
        "https://user@login.example.com",
        "https://login.example.com@evil.example",
        "https://login.example.com//evil",
        "https://login.example.com/a//b",
        "https://login.example.com//",
        "https://login.example.com/../x",
        "https://login.example.com/./x",
        "https://login.example.com/a%0d%0ab",
        "https://login.example.com\\@evil",
        "https://login.example.com/a b",
        "https://login.example.com?x=1",
        "https://login.example.com?",
        "https://login.example.com#x",
        "https://login.example.com:0",
        "https://login.example.com:65536",
        "https://login.example.com:abc",
        "https://[::1",
        "https://" + "a" * 64 + ".example",
        "https://login.example.com\u202e",
        "https://log\x00in.example.com",
        "https://login\ud800.example.com",
        "https://login.example.com/" + "a" * 3000,
    ],
)
def test_an_address_that_is_not_safe_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        check_address(typed)
    assert refused.value.field == "url"


def test_a_file_of_certificates_is_looked_at_before_it_is_trusted(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    good, old = tmp_path / "good.pem", tmp_path / "old.pem"
    good.write_bytes(Authority().pem)
    old.write_bytes(Authority(ends=timedelta(days=-1)).pem)
    check_ca_file("", now)
    check_ca_file(str(good), now)
    text, huge, empty = tmp_path / "text.pem", tmp_path / "huge.pem", tmp_path / "empty.pem"
    text.write_text("no certificate")
    huge.write_bytes(b" " * (2**20 + 1))
    empty.write_bytes(b"")
    for bad in (old, text, huge, empty, tmp_path, tmp_path / "missing.pem", Path("good.pem")):
        with pytest.raises(InvalidSetting) as refused:
            check_ca_file(str(bad), now)
        assert refused.value.field == "ca_file"
    with pytest.raises(InvalidSetting):
        check_ca_file(str(good) + "\0", now)
