"""Tells how well a text answers what somebody typed. No Qt, no state."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

LONGEST_QUERY = 80
"""More is not read: nobody types it, but a pasted page would be searched letter by letter."""

_EXACT, _PREFIX, _WORD_START, _INITIALS, _INSIDE, _SCATTERED = range(6)
_STEP = 100
_LATER_TEXT = 40  # a synonym or a detail, not the title
_LEAST_SCATTERED = 3
_LEAST_INITIALS = 2
# What has no mark to take off, as people type it on another keyboard.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe", "ð": "d"}
)


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """Return a text without capitals and accents: "Café" and "CAFE" are "cafe"."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(one for one in apart if not unicodedata.combining(one))
    return bare.translate(_LETTERS)


@lru_cache(maxsize=8192)
def _starts(text: str) -> tuple[int, ...]:
    """Return where words begin in a folded text."""
    begins = [0] if text[:1].isalnum() else []
    begins += [
        at
        for at, (before, one) in enumerate(pairwise(text), start=1)
        if one.isalnum() and (not before.isalnum() or before.isdigit() != one.isdigit())
    ]
    return tuple(begins)


def _scattered(word: str, text: str) -> int | None:
    """Return over how many letters more than its own a word is scattered; None if it is not there.

    It must begin where a word begins: otherwise nearly everything would be found in a long text.
    """
    best: int | None = None
    for start in _starts(text):
        at = start
        if text[at : at + 1] != word[0]:
            continue
        for letter in word[1:]:
            at = text.find(letter, at + 1)
            if at < 0:
                break
        else:
            spread = at - start + 1 - len(word)
            best = spread if best is None else min(best, spread)
    return best


def _cost_in(word: str, text: str) -> int | None:  # noqa: PLR0911 - one for each way
    """Return how badly one text answers one word, 0 for best; None if it does not."""
    if word == text:
        return _EXACT * _STEP
    if text.startswith(word):
        return _PREFIX * _STEP + min(len(text) - len(word), 30)
    starts = _starts(text)
    for place, start in enumerate(starts):
        if text.startswith(word, start):
            return _WORD_START * _STEP + min(place * 5, 50)
    if len(word) >= _LEAST_INITIALS and "".join(text[start] for start in starts).startswith(word):
        return _INITIALS * _STEP
    at = text.find(word)
    if at >= 0 and len(word) >= _LEAST_INITIALS:
        return _INSIDE * _STEP + min(at, 50)
    if len(word) >= _LEAST_SCATTERED:
        spread = _scattered(word, text)
        # Letters far apart are found in any sentence.
        if spread is not None and spread <= len(word):
            return _SCATTERED * _STEP + spread * 5
    return None


def cost(query: str, texts: Sequence[str]) -> int | None:
    """Return how badly texts answer a query, 0 for best; None if they do not.

    Each word of the query must be found in one of the texts, in any order.

    Args:
        query: As typed; capitals and accents do not matter.
        texts: The title first; what stands behind it counts less.
    """
    words = folded(query[:LONGEST_QUERY]).split()
    if not words:
        return 0
    known = [folded(text) for text in texts if text]
    if not known:
        return None
    whole = " ".join(words)
    if len(words) > 1 and (straight := _cost_in(whole, known[0])) is not None:
        return straight
    total = 0
    for word in words:
        found = [
            one + (_LATER_TEXT if place else 0)
            for place, text in enumerate(known)
            if (one := _cost_in(word, text)) is not None
        ]
        if not found:
            return None
        total += min(found)
    return total // len(words) + (_STEP // 2 if len(words) > 1 else 0)
