"""Which headers may be added to what a webhook is sent."""

from __future__ import annotations

import re
from collections.abc import Sequence

from camwatch.errors import InvalidSetting
from camwatch.language import tr

MOST_HEADERS = 16
LONGEST_VALUE = 1024
SECRET = "$secret"  # noqa: S105 - what stands for the secret
"""Stands in a value for the channel's secret, which is never stored with the headers."""

_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
_VALUE = re.compile(r"[\x20-\x7e]*")
_KNOWN = frozenset(
    {
        "accept",
        "accept-language",
        "api-key",
        "apikey",
        "authorization",
        "cf-access-client-id",
        "cf-access-client-secret",
        "priority",
        "tags",
        "title",
    }
)
# What CamWatch says itself, and what proxies and frameworks take as said by somebody they trust.
_NOT_OF_OTHERS = ("x-camwatch-", "x-forwarded", "x-real-ip", "x-original", "x-rewrite", "x-http-")
_NAMES_SECRET = re.compile(r"auth|key|token|secret|pass|pwd", re.IGNORECASE)


def check_headers(headers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Check the headers that are added to what a webhook is sent.

    Allowed are those that receivers ask for to know whom they deal with, and all that begin with
    X-. Those of HTTP itself, such as Host, Content-Length, Transfer-Encoding and Cookie, are not:
    with them one request could be made to look like another, or like two.

    Returns:
        Them, without blanks at the ends.

    Raises:
        InvalidSetting: One is refused; `field` is "headers".
    """
    if len(headers) > MOST_HEADERS:
        raise InvalidSetting(
            "headers", tr("may be {most_headers} at most", most_headers=MOST_HEADERS)
        )
    clean = tuple((name.strip(), value.strip(" ")) for name, value in headers)
    seen: set[str] = set()
    for name, value in clean:
        _check(name, value)
        if name.lower() in seen:
            raise InvalidSetting("headers", tr("name {name} twice", name=name))
        seen.add(name.lower())
    return clean


def _check(name: str, value: str) -> None:
    low = name.lower()
    if not _NAME.fullmatch(name):
        shown = "".join(one for one in name[:40] if one.isprintable())
        raise InvalidSetting("headers", tr("cannot be named “{shown}”", shown=shown))
    is_allowed = low in _KNOWN or (low.startswith("x-") and not low.startswith(_NOT_OF_OTHERS))
    if not is_allowed:
        raise InvalidSetting(
            "headers",
            tr("may not set {name}; Authorization and names with X- before are allowed", name=name),
        )
    if not value:
        raise InvalidSetting("headers", tr("need a value for {name}", name=name))
    if len(value) > LONGEST_VALUE or not _VALUE.fullmatch(value):
        raise InvalidSetting(
            "headers",
            tr(
                "may have only plain letters and no line breaks in {name}, at most 1,024", name=name
            ),
        )
    if _NAMES_SECRET.search(name) and SECRET not in value:
        raise InvalidSetting(
            "headers",
            tr(
                "must not hold the secret of {name} itself; write {secret} in its place, and the "
                "secret into its own field",
                name=name,
                secret=SECRET,
            ),
        )


def filled(headers: Sequence[tuple[str, str]], secret: str) -> dict[str, str]:
    """Return the headers with the secret where it belongs."""
    return {name: value.replace(SECRET, secret) for name, value in headers}
