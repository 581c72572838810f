"""How soon a password is guessed, judged with zxcvbn and its list of 30,000 common passwords."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

WINDOW = 20
"""Characters that are looked at in one piece: zxcvbn's time grows with the square of the length,
and is 1 to 4 ms for so many (it was 50 to 90 ms for 128)."""

FEWEST_GUESSES_LOG10 = 8.5
"""A password that is found in fewer guesses is refused.

zxcvbn puts three parts of a password, such as two words and the blank between them, at 10^8
guesses at least. Pairs of common words, and a common word between digits or with a year, lie just
above that; three common words lie at 10^12 and more.
"""

# Letters that are written as digits or signs. zxcvbn tries all mixtures of its own, longer table,
# which are 736 and take 0.4 s for 32 characters that somebody made up for this; of these it is 8.
_WRITTEN_FOR = {"a": ["4", "@"], "e": ["3"], "i": ["1"], "o": ["0"], "s": ["$", "5"], "t": ["7"]}

_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")

Ranks = Mapping[str, int]
Matches = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Engine:
    """What is used of zxcvbn.

    Attributes:
        ranks: Its word lists, each with the rank of its words.
        matchers: What finds words and patterns.
        written_for: What finds words in which digits stand for letters.
        judge: Tells from all that was found how many guesses it takes.
    """

    ranks: Mapping[str, Ranks]
    matchers: tuple[Callable[..., Matches], ...]
    written_for: Callable[..., Matches]
    judge: Callable[[str, Matches], Mapping[str, Any]]


@functools.cache
def _engine() -> _Engine:
    # Loaded when first needed: 25 ms and 13 MiB, and most runs choose no password.
    from zxcvbn import matching, scoring  # noqa: PLC0415

    return _Engine(
        dict(matching.RANKED_DICTIONARIES),
        (
            matching.dictionary_match,
            matching.reverse_dictionary_match,
            matching.spatial_match,
            matching.repeat_match,
            matching.sequence_match,
            matching.regex_match,
            matching.date_match,
        ),
        matching.l33t_match,
        scoring.most_guessable_match_sequence,
    )


def prepare() -> None:
    """Load the word lists, where nobody waits; else the first password that is judged does."""
    _engine()


def _forms(key: str) -> Iterator[str]:
    """Yield what a password consists of: itself, without what stands around it, and backwards."""
    bare = _EDGES.sub("", key)
    # With more around it than it has itself, it is no longer what the password consists of.
    for form in (key, bare) if 2 * len(bare) >= len(key) else (key,):
        yield form
        yield form[::-1]
        half, odd = divmod(len(form), 2)
        if not odd and form[:half] == form[half:]:
            yield form[:half]
            yield form[half - 1 :: -1] if half else ""


def is_common(key: str) -> bool:
    """Tell whether a text is one of the 30,000 most common passwords.

    Also when digits or signs stand around it, no more than it has letters, when it is doubled,
    or written backwards.

    Args:
        key: In NFKC and without capitals, see `camwatch.auth.names.name_key`.
    """
    common = _engine().ranks["passwords"]
    return any(form in common for form in _forms(key))


def guesses_log10(key: str, words: Collection[str] = ()) -> float:
    """Return the decimal logarithm of how many guesses a password takes, at least.

    Of a long password the better of its two ends is judged: the whole takes no fewer.

    Args:
        key: As for `is_common`.
        words: That are tried first here.
    """
    if len(key) <= WINDOW:
        return _judged(key, words)
    first = _judged(key[:WINDOW], words)
    return first if first >= FEWEST_GUESSES_LOG10 else max(first, _judged(key[-WINDOW:], words))


def _judged(text: str, words: Collection[str]) -> float:
    if not text:
        return 0.0
    engine = _engine()
    # A mapping of our own: zxcvbn's function puts the words into one that all threads share,
    # where they would stay.
    ranks = {**engine.ranks, "user_inputs": {word: n for n, word in enumerate(words, 1)}}
    found: Matches = []
    for matcher in engine.matchers:
        found += matcher(text, _ranked_dictionaries=ranks)
    found += engine.written_for(text, _ranked_dictionaries=ranks, _l33t_table=_WRITTEN_FOR)
    found.sort(key=lambda match: (match["i"], match["j"]))
    return float(engine.judge(text, found)["guesses_log10"])
