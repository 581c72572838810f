"""Which names operators may have."""

from __future__ import annotations

import re
import unicodedata

from camwatch.errors import InvalidSetting
from camwatch.language import tr

LONGEST_NAME = 64
_ALLOWED = re.compile(r"[\w.@-]+")
_RESERVED = frozenset({"system", "anonymous"})
# Scripts whose letters look alike: a Cyrillic "a" inside a Latin name would make
# a second "admin" that nobody can tell from the first.
_LOOKALIKE_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


def name_key(name: str) -> str:
    """Return the text by which names are compared: two names with one key are one name."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _scripts(name: str) -> set[str]:
    """Return those of the scripts that look alike which the name uses."""
    words = {unicodedata.name(letter, "").partition(" ")[0] for letter in name}
    return words & set(_LOOKALIKE_SCRIPTS)


def check_operator_name(name: str) -> str:
    """Check the name of a new operator.

    Returns:
        The name as it is to be stored, in NFKC.

    Raises:
        InvalidSetting: It is refused; `field` is "name".
    """
    if not name:
        raise InvalidSetting("name", tr("is needed"))
    # Counted before normalising, which can make one character into eighteen.
    if len(name) > LONGEST_NAME:
        raise InvalidSetting(
            "name", tr("may have {longest_name} characters at most", longest_name=LONGEST_NAME)
        )
    normal = unicodedata.normalize("NFKC", name)
    if not _ALLOWED.fullmatch(normal):
        raise InvalidSetting("name", tr("may have only letters, digits and . _ - @, and no blanks"))
    if len(normal) > LONGEST_NAME:
        raise InvalidSetting(
            "name", tr("may have {longest_name} characters at most", longest_name=LONGEST_NAME)
        )
    if name_key(normal) in _RESERVED:
        raise InvalidSetting("name", tr("is kept for CamWatch itself; please choose another one"))
    if len(_scripts(normal)) > 1:
        raise InvalidSetting(
            "name", tr("mixes alphabets whose letters look alike; please use only one of them")
        )
    return normal
