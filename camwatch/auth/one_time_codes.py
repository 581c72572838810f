"""Codes with which an operator signs in once: easily read aloud, hard to guess."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

HOLDS_FOR = timedelta(hours=24)
"""After this time a code is worth nothing."""

_WORDS = 4
_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"
_LETTERS = re.compile(rf"[{_CONSONANTS}{_VOWELS}]{{{5 * _WORDS}}}")


def make_code() -> str:
    """Return a new code of 64 random bits, such as "lusab-babad-gutih-tugad".

    Source:
        Consonant, vowel, consonant, vowel, consonant carry 16 bits: D. Wilkerson, "A Proposal
        for Proquints", 2009 (arXiv:0901.4016). No two of its sounds or letters are alike.
    """
    return "-".join(_word(secrets.randbits(16)) for _ in range(_WORDS))


def normal_code(typed: str) -> str:
    """Return a code as it was made, however it was typed; any other text as it is."""
    letters = re.sub(r"[\s-]+", "", typed[:100]).lower()
    if not _LETTERS.fullmatch(letters):
        return typed
    return "-".join(letters[start : start + 5] for start in range(0, len(letters), 5))


def _word(bits: int) -> str:
    letters = []
    for place in range(5):
        if place % 2:
            letters.append(_VOWELS[bits & 3])
            bits >>= 2
        else:
            letters.append(_CONSONANTS[bits & 15])
            bits >>= 4
    return "".join(letters)
