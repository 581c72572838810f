"""Operators' passwords: which are accepted, and how they are stored."""

from __future__ import annotations

import logging
import re
import secrets
import unicodedata
from collections.abc import Collection

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from argon2.low_level import hash_secret_raw

from camwatch.auth.guessing import FEWEST_GUESSES_LOG10, guesses_log10, is_common
from camwatch.auth.lanes import Lanes
from camwatch.auth.names import name_key
from camwatch.errors import InvalidSetting
from camwatch.language import tr

log = logging.getLogger(__name__)

SHORTEST = 12
LONGEST = 128
_MOST_BYTES = 1024
_MADE_UP_BYTES = 12
_FEWEST_OWN = 8
_FEWEST_DIFFERENT = 5
_SHORTEST_WORD = 3
_MOST_CONTEXT = 64

# Words that everybody tries first on a program such as this one.
_CONTEXT_WORDS = (
    "administrator",
    "supervisor",
    "passphrase",
    "camwatch",
    "operator",
    "password",
    "changeme",
    "letmein",
    "welcome",
    "camera",
    "viewer",
    "counting",
    "admin",
    "secret",
    "qwerty",
    "1234567890",
    "123456",
)

_TIME_COST = 2
_MEMORY_KIB = 19_456
_LANES = 1
_HASHER = PasswordHasher(
    time_cost=_TIME_COST,
    memory_cost=_MEMORY_KIB,
    parallelism=_LANES,
    hash_len=32,
    salt_len=16,
    type=Type.ID,
)

AT_ONCE = 2
"""So many hashes are made or verified at a time, whoever asks: 38 MiB at most."""

_HASHING = Lanes(AT_ONCE, "hashing")

DUMMY_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1"
    "$QvAomKzoYaWbeYBDU7R1SQ$zXP17m/73f5ldq8Pjr1ZHMnZXP1bd87LyRCDymraX0k"
)
"""The hash of 32 random bytes nobody kept: unknown users are verified against it,
so that an answer takes as long for them as for known ones."""


def _prepared(password: str) -> bytes | None:
    """Return the bytes to hash, the same for all ways to type a text; None if it has none.

    A text that is too long is refused before it is normalised or hashed: both would
    let a stranger spend this machine's time.
    """
    if len(password) > _MOST_BYTES:
        return None
    try:
        data = unicodedata.normalize("NFKC", password).encode("utf-8")
    except UnicodeEncodeError:  # half a surrogate pair is no character
        return None
    return data if len(data) <= _MOST_BYTES else None


def hash_password(password: str) -> str:
    """Make the text to store for a password that `check_new_password` accepted.

    Takes 22 to 45 ms of one core and 19 MiB, measured on the 2-core reference machine.
    Signing in runs beside the analysis of live pictures on a small PC: the 64 MiB of
    RFC 9106's second recommendation took 150 ms there when idle and 620 ms when busy.

    Returns:
        A PHC string; the cost is part of it, so that it can be raised later.

    Raises:
        ValueError: The password cannot be one, for example half a surrogate pair.

    Source:
        Argon2id, RFC 9106; cost m = 19 MiB, t = 2, p = 1 from the OWASP Password
        Storage Cheat Sheet.
    """
    data = _prepared(password)
    if data is None:
        raise ValueError("this text cannot be a password")
    return _HASHING.run(lambda: _HASHER.hash(data))


def make_up_password() -> str:
    """Make up a password that nobody has to remember."""
    return secrets.token_urlsafe(_MADE_UP_BYTES)


def verify_password(stored: str, password: str) -> bool:
    """Tell whether the password is the one that was stored; never raises for a wrong one."""
    data = _prepared(password)
    if data is None:
        return False
    try:
        return _HASHING.run(lambda: _HASHER.verify(stored, data))
    except VerifyMismatchError:
        return False
    except (InvalidHashError, VerificationError) as error:
        log.error("a stored password hash cannot be used: %s", type(error).__name__)  # noqa: TRY400
        return False


def needs_rehash(stored: str) -> bool:
    """Tell whether the hash was made at another cost than is used now."""
    return _HASHER.check_needs_rehash(stored)


def typed_name_digest(name: str) -> str:
    """Return a text that stands for a typed name wherever that must not be written down.

    People type their password into the field of the name. So guessing what was typed
    from the digest costs as much per guess as guessing a password from its hash.

    Returns:
        32 hexadecimal digits; the same for all spellings of one name.
    """
    typed = name_key(name).encode("utf-8", "replace")
    key = _HASHING.run(
        lambda: hash_secret_raw(
            typed,
            salt=b"camwatch.typed-1",
            time_cost=_TIME_COST,
            memory_cost=_MEMORY_KIB,
            parallelism=_LANES,
            hash_len=16,
            type=Type.ID,
        )
    )
    return key.hex()


def check_new_password(name: str, password: str, context: Collection[str] = ()) -> None:
    """Check a password that somebody wants to use from now on.

    Length and how soon it is guessed decide, not a mixture of character classes (NIST SP
    800-63B). Blanks count and are kept, also at both ends. Takes 1 to 4 ms, the first time 25 ms
    more, see `camwatch.auth.guessing.prepare`.

    Args:
        name: The operator's name, which must not be what the password consists of.
        password: As typed.
        context: What a stranger knows of this place, such as the names of computer and sites.

    Raises:
        InvalidSetting: It is refused; `field` is "password" and the reason says why,
            without repeating it.
    """
    key = name_key(_checked_length(password))
    _check_repeats(key)
    # A name of one or two letters is in nearly every text: it says nothing there.
    own = [word for word in (name_key(name), *_words(context)) if len(word) >= _SHORTEST_WORD]
    own.sort(key=len, reverse=True)  # else a part of a word would hide the word
    rest = re.sub("|".join(re.escape(word) for word in (*own, *_CONTEXT_WORDS)), "", key)
    if len(rest) < _FEWEST_OWN:
        raise InvalidSetting(
            "password",
            tr(
                "is easy to guess: it is mostly your user name, a name of this place, or words that "
                "are tried first"
            ),
        )
    if is_common(key):
        raise InvalidSetting(
            "password", tr("is easy to guess: it is one of the passwords that many people use")
        )
    if guesses_log10(key, (*own, *_CONTEXT_WORDS)) < FEWEST_GUESSES_LOG10:
        raise InvalidSetting(
            "password",
            tr(
                "is easy to guess: it is put together from common words, names, dates or keys side "
                "by side; please add another word or two"
            ),
        )


def _checked_length(password: str) -> str:
    """Return the password in NFKC.

    Raises:
        InvalidSetting: It is too short or too long, or cannot be stored.
    """
    if len(password) > _MOST_BYTES:
        raise InvalidSetting(
            "password", tr("may have {longest} characters at most", longest=LONGEST)
        )
    data = _prepared(password)
    if data is None:
        raise InvalidSetting("password", tr("has characters that cannot be stored, or is too long"))
    text = data.decode("utf-8")
    if len(text) < SHORTEST:
        raise InvalidSetting(
            "password", tr("needs at least {shortest} characters", shortest=SHORTEST)
        )
    if len(text) > LONGEST:
        raise InvalidSetting(
            "password", tr("may have {longest} characters at most", longest=LONGEST)
        )
    if len(set(text)) < _FEWEST_DIFFERENT:
        raise InvalidSetting(
            "password", tr("repeats the same few characters; please mix in others")
        )
    return text


def _check_repeats(key: str) -> None:
    """Refuse a text that is a shorter one over and over.

    Raises:
        InvalidSetting: It is.
    """
    for half in range(1, len(key) // 2 + 1):
        if len(key) % half == 0 and key == key[:half] * (len(key) // half):
            raise InvalidSetting("password", tr("repeats itself; please add other words"))


def _words(context: Collection[str]) -> list[str]:
    """Return names of a place as they are compared: each as a whole, and its words."""
    found: dict[str, None] = {}
    for name in list(context)[:_MOST_CONTEXT]:
        key = name_key(name)
        found |= dict.fromkeys((key, *re.findall(r"\w+", key), re.sub(r"\W+", "", key)))
    return list(found)


def make_up_sign_in() -> tuple[str, str]:
    """Make up name and password of a demonstration's administrator."""
    return "demo", make_up_password()
