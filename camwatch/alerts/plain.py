"""Plain text: what was typed or comes from outside, checked on the way in, harmless on the way out.

Nothing here or above interprets such a text; there is no formatting of strings by strings.
"""

from __future__ import annotations

import re
import unicodedata

from camwatch.errors import InvalidSetting
from camwatch.language import tr

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MAIL = re.compile(r"([^\s<>@,;:\"'()\[\]])[^\s<>@,;:\"'()\[\]]*@")
_PHONE = re.compile(r"\+?\d[\d ()-]{5,}(\d{3})(?!\d)", re.ASCII)
_JOINERS = frozenset("\u200c\u200d")
"""Invisible, but part of how some scripts and pictures are written."""


def is_unseen(character: str) -> bool:
    """Tell whether a character is a control sign, turns the direction of writing, or the like."""
    return unicodedata.category(character) in _UNSEEN and character not in _JOINERS


def checked(
    field: str, text: str, longest: int, *, may_be_empty: bool = True, has_lines: bool = False
) -> str:
    """Return a text as it is stored: without blanks at its ends, composed.

    Args:
        field: Its name in an error.
        text: As entered.
        longest: In characters; looked at first, so that nothing long is worked on.
        may_be_empty: "" is allowed.
        has_lines: Line breaks and tabs are allowed; other breaks are made alike.

    Raises:
        InvalidSetting: With the field and the reason.
    """
    if len(text) > longest + 200:  # blanks at the ends are forgiven, but not without end
        raise InvalidSetting(field, tr("may have {longest:,} characters at most", longest=longest))
    text = text.strip()
    if has_lines:
        text = text.replace("\r\n", "\n")
    if len(text) > longest:
        raise InvalidSetting(field, tr("may have {longest:,} characters at most", longest=longest))
    if not text:
        if may_be_empty:
            return ""
        raise InvalidSetting(field, tr("is needed"))
    allowed = "\n\t" if has_lines else ""
    if any(is_unseen(one) and one not in allowed for one in text):
        reason = (
            tr("may have no invisible characters")
            if has_lines
            else tr("may have no line breaks or invisible characters")
        )
        raise InvalidSetting(field, reason)
    return unicodedata.normalize("NFC", text)


def one_line(text: str, longest: int) -> str:
    """Return a text from outside as one line, without what cannot be seen, cut where too long."""
    seen = "".join(" " if one.isspace() else one for one in text if not _is_hidden(one))
    return cut(" ".join(seen.split()), longest)


def lines(text: str, longest: int) -> str:
    """Return a text from outside with its line breaks, without what cannot be seen."""
    seen = "".join(one for one in text.replace("\r\n", "\n") if one in "\n\t" or not is_unseen(one))
    return cut(seen, longest)


def without_addresses(text: str) -> str:
    """Return a text from outside for the log: of mail addresses and phone numbers only the ends.

    Logs are passed on to who looks for a fault, and it is not theirs whom CamWatch calls at night.
    """
    return _PHONE.sub(r"…\1", _MAIL.sub(r"\1…@", text))


def cut(text: str, longest: int) -> str:
    """Return a text at most so long, with "…" where something is missing."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _is_hidden(character: str) -> bool:
    return is_unseen(character) and not character.isspace()
