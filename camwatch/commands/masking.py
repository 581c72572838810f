"""Hides what must not leave this computer in texts that are about to.

Stricter than the log's own rules: here it does no harm to hide too much.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

from camwatch.logs import scrub

HIDDEN = "***"
_SHORTEST = 4  # as in the log: hiding shorter ones would garble every line
_SHORTEST_NAME = 3
_PATTERNS = (
    # all between :// and the last @ of an address: a password may hold any sign, blanks excepted
    (
        re.compile(r"(?P<keep>[a-z][a-z0-9+.-]*://)[^\s\"'<>]*@", re.IGNORECASE),
        rf"\g<keep>{HIDDEN}@",
    ),
    # what an address asks for, which may hold a password or a token
    (
        re.compile(r"(?P<keep>[a-z][a-z0-9+.-]*://[^\s\"'<>?]*\?)[^\s\"'<>]+", re.IGNORECASE),
        rf"\g<keep>{HIDDEN}",
    ),
    # /snapshot.cgi?user=…&pwd=… without what stands before it
    (
        re.compile(
            r"(?P<keep>[?&][\w.-]*(?:pass|pwd|token|key|secret|auth|user)[\w.-]*=)[^\s&\"'<>]+",
            re.IGNORECASE,
        ),
        rf"\g<keep>{HIDDEN}",
    ),
    # password = …, to the end of the line: an unquoted one may have blanks
    (
        re.compile(
            r"(?P<keep>\b[\w-]*(?:password|passphrase|passwd|pwd|secret|token|api_?key|cookie)['\"]?\s*[:=]\s*)"
            r"(?!\*\*\*)[^\r\n]+",
            re.IGNORECASE,
        ),
        rf"\g<keep>{HIDDEN}",
    ),
    # tokens of three parts, as login services issue them
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), HIDDEN),
    # long texts that nobody reads: small and large letters and digits mixed, or many hex digits
    (
        re.compile(
            r"(?<![\w/+=-])(?=[\w+=-]*[a-z])(?=[\w+=-]*[A-Z])(?=[\w+=-]*\d)[\w+=-]{24,}(?![\w-])"
        ),
        HIDDEN,
    ),
    (re.compile(r"\b[0-9a-fA-F]{32,}\b"), HIDDEN),
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PERSON = "(person)"


class Masker:
    """Hides secrets, and people's names where they are not wanted.

    Args:
        secrets: Passwords and tokens that are known, as they are.
        names: Of people, with their addresses and numbers; none if they may stay.
        hides_people: Hide whatever looks like an e-mail address, too.
    """

    def __init__(
        self, secrets: Iterable[str], names: Iterable[str] = (), *, hides_people: bool = True
    ) -> None:
        known = {variant for one in secrets for variant in _variants(one)}
        self._known = _any_of(known)
        people = {one for one in names if len(one) >= _SHORTEST_NAME}
        self._people = _any_of(people, whole_words=True) if hides_people else None
        self._hides_people = hides_people
        home = str(Path.home())
        self._home = home if len(home) > len("/root") else ""

    def mask(self, text: str) -> tuple[str, int]:
        """Return the text without what must not leave, and in how many places it was hidden."""
        count = 0
        if self._known is not None:
            text, count = self._known.subn(HIDDEN, text)
        before = text.count(HIDDEN)
        text = scrub(text)
        count += max(0, text.count(HIDDEN) - before)
        for pattern, replacement in _PATTERNS:
            before = text.count(HIDDEN)
            text = pattern.sub(replacement, text)
            count += max(0, text.count(HIDDEN) - before)
        if self._hides_people:
            if self._people is not None:
                text, found = self._people.subn(_PERSON, text)
                count += found
            text, found = _MAIL.subn(_PERSON, text)
            count += found
        return (text.replace(self._home, "~") if self._home else text), count


def _any_of(texts: Iterable[str], *, whole_words: bool = False) -> re.Pattern[str] | None:
    """Return what finds any of these texts, the longest first; None for none."""
    longest_first = sorted(texts, key=len, reverse=True)
    if not longest_first:
        return None
    found = "|".join(re.escape(one) for one in longest_first)
    return re.compile(rf"(?<!\w)(?:{found})(?!\w)" if whole_words else found)


def _variants(secret: str) -> Iterator[str]:
    """Yield a secret in all the ways in which it can stand in a text."""
    if len(secret) < _SHORTEST:
        return
    plain = {
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        html.escape(secret),
        html.escape(secret, quote=False),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
    }
    yield from plain
    yield base64.b64encode(secret.encode()).decode()
    yield base64.urlsafe_b64encode(secret.encode()).decode()
