"""Texts that operators write about alerts: what they may hold. Pure."""

from __future__ import annotations

import unicodedata

from camwatch.errors import InvalidSetting
from camwatch.language import tr

_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Turn the direction of writing, so that a text reads other than it is."""

_FORBIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp"})


def check_lines(field: str, text: str, longest: int) -> str:
    """Return a text of several lines as it is kept, without blanks around it.

    Raises:
        InvalidSetting: It is too long, or has control characters.
    """
    words = text.replace("\r\n", "\n").strip()
    _check(field, words.replace("\n", "").replace("\t", ""), len(words), longest)
    return words


def check_line(field: str, text: str, longest: int) -> str:
    """Return a text of one line as it is kept, without blanks around it.

    Raises:
        InvalidSetting: It is too long, or has control characters or several lines.
    """
    words = text.strip()
    _check(field, words, len(words), longest)
    return words


def _check(field: str, text: str, length: int, longest: int) -> None:
    if length > longest:
        raise InvalidSetting(
            field,
            tr("has {length} characters, {longest} are the most", length=length, longest=longest),
        )
    if any(one in _TURNS or unicodedata.category(one) in _FORBIDDEN for one in text):
        raise InvalidSetting(field, tr("holds a character that cannot be shown"))
