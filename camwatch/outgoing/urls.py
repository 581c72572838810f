"""What may be entered as an address of another computer's service."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from camwatch.errors import InvalidSetting
from camwatch.language import tr
from camwatch.outgoing.connecting import Reach, literal_of

LONGEST_ADDRESS = 2048
_ODD = re.compile(r"[\s\\\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ud800-\udfff]")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_LONGEST_HOST = 253
_USUAL_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Parts:
    """An address, taken apart.

    Attributes:
        scheme: In lower case.
        host: Name in its ASCII form, or address literal without brackets.
        port: None for the usual one.
        path: As it was written.
        tail: Query and fragment with their signs, as written; "" for none.
    """

    scheme: str
    host: str
    port: int | None
    path: str
    tail: str

    @property
    def origin(self) -> str:
        """Scheme, host and port; a port that is the usual one is left out."""
        literal = f"[{self.host}]" if ":" in self.host else self.host
        is_usual = self.port in (None, _USUAL_PORTS.get(self.scheme))
        return f"{self.scheme}://{literal}" + ("" if is_usual else f":{self.port}")


def take_apart(typed: str, example: str) -> Parts:
    """Take an address apart that somebody has entered.

    Args:
        typed: As it was.
        example: What one could look like, for the words of an error.

    Raises:
        InvalidSetting: It is none; `field` is "url".
    """
    text = typed.strip()
    if not text:
        raise InvalidSetting("url", tr("is needed"))
    if len(text) > LONGEST_ADDRESS:
        raise InvalidSetting(
            "url",
            tr("may have {longest_address} characters at most", longest_address=LONGEST_ADDRESS),
        )
    if _ODD.search(text):
        raise InvalidSetting("url", tr("may have no blanks, backslashes or invisible characters"))
    try:
        parts = urlsplit(text)
        port = parts.port
        host = parts.hostname or ""
        # A name that no certificate could be for is found out here, not at the next question.
        ascii_host = host if ":" in host else host.encode("idna").decode("ascii")
    except ValueError as error:
        raise InvalidSetting(
            "url", tr("is no address, such as {example}", example=example)
        ) from error
    if not ascii_host or port == 0:
        # Without a scheme all of it is a path; what is missing then is the scheme.
        if parts.scheme in _USUAL_PORTS or "://" in text:
            raise InvalidSetting("url", tr("names no host, such as {example}", example=example))
        raise InvalidSetting("url", tr("must begin with https://, so that nobody can listen in"))
    if "@" in parts.netloc:
        raise InvalidSetting("url", tr("may not hold a user name or a password"))
    tail = text[text.index("//") + 2 + len(parts.netloc) + len(parts.path) :]
    return Parts(parts.scheme, ascii_host, port, parts.path, tail)


def check_host(typed: str, field: str = "host") -> str:
    """Check the name or address of a server, such as a mail server's.

    Returns:
        It in lower case and in its ASCII form; an IPv6 address without brackets.

    Raises:
        InvalidSetting: It is none, or an address that may never be asked.
    """
    text = typed.strip().removesuffix(".")
    if literal := literal_of(text):
        if problem := Reach(allows_private=True).problem(literal):
            raise InvalidSetting(field, tr("cannot be used: it {problem}", problem=problem))
        return literal
    try:
        name = text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        name = ""
    labels = name.split(".")
    if len(name) > _LONGEST_HOST or not all(_LABEL.fullmatch(one) for one in labels):
        raise InvalidSetting(field, tr("must be the name of a server, such as mail.example.com"))
    if labels[-1].isdigit():
        # Old look-up functions read 127.1 as an address.
        raise InvalidSetting(field, tr("is not a complete address, such as 192.168.1.20"))
    return name


def check_url(typed: str, *, allows_http: bool, allows_private: bool) -> str:
    """Check the address of a webhook or a gateway.

    Args:
        typed: As it was entered.
        allows_http: It may be asked without encryption.
        allows_private: It may be in the local network, or this computer. A name is only looked
            at when it is asked, each time anew.

    Returns:
        The address in one form; path and query stay as they were written.

    Raises:
        InvalidSetting: It is refused; `field` is "url".
    """
    parts = take_apart(typed, "https://example.com/alerts")
    if parts.scheme not in _USUAL_PORTS or (parts.scheme == "http" and not allows_http):
        reason = tr("must begin with https://, so that nobody can listen in")
        if parts.scheme == "http":
            reason += tr("; or allow to send without encryption")
        raise InvalidSetting("url", reason)
    if "#" in parts.tail:
        raise InvalidSetting("url", tr("may have no #"))
    if not (parts.path + parts.tail).isascii():
        raise InvalidSetting(
            "url", tr("may have only plain letters behind the host; encode others")
        )
    name = parts.host.removesuffix(".")
    if not literal_of(parts.host):
        try:
            check_host(name)
        except InvalidSetting as error:
            raise InvalidSetting(
                "url", tr("has a host that {reason}", reason=error.reason)
            ) from error
    is_here = name == "localhost" or name.endswith(".localhost")
    address = "127.0.0.1" if is_here else literal_of(parts.host)
    if address and (problem := Reach(allows_private=allows_private).problem(address)):
        if Reach(allows_private=True).problem(address):
            raise InvalidSetting(
                "url", tr("cannot be used: {host} {problem}", host=parts.host, problem=problem)
            )
        raise InvalidSetting("url", tr("is in the local network; allow that if it is meant"))
    return parts.origin + (parts.path or "/") + parts.tail
