"""The passphrase of the vault: which is accepted, and which bytes it stands for."""

from __future__ import annotations

import unicodedata

from camwatch.auth.passwords import check_new_password
from camwatch.domain import Secret
from camwatch.errors import InvalidSetting
from camwatch.language import tr

SHORTEST = 15
LONGEST = 128
FIELD = "passphrase"

_MOST_BYTES = 1024


def passphrase_bytes(passphrase: Secret) -> bytes | None:
    """Return the bytes that a key is made of, the same for all ways to type a text.

    What is too long is refused before it is normalised or hashed.

    Returns:
        None if no vault can have this passphrase.
    """
    text = passphrase.reveal()
    if not text or len(text) > _MOST_BYTES:
        return None
    try:
        data = unicodedata.normalize("NFKC", text).encode("utf-8")
    except UnicodeEncodeError:  # half a surrogate pair is no character
        return None
    return data if len(data) <= _MOST_BYTES else None


def check_new_passphrase(passphrase: Secret) -> bytes:
    """Check a passphrase that somebody wants to use from now on.

    It must be longer than an operator's password: whoever has the file can try as often as
    they like, and nobody makes them wait.

    Returns:
        As `passphrase_bytes`.

    Raises:
        InvalidSetting: It is refused; `field` is "passphrase" and the reason says why,
            without repeating it.
    """
    data = passphrase_bytes(passphrase)
    if data is None:
        too_long = len(passphrase.reveal()) > LONGEST
        reason = (
            tr("may have {longest} characters at most", longest=LONGEST)
            if too_long
            else tr("cannot be used")
        )
        raise InvalidSetting(FIELD, reason if passphrase else tr("is needed"))
    if len(unicodedata.normalize("NFKC", passphrase.reveal())) < SHORTEST:
        raise InvalidSetting(FIELD, tr("needs at least {shortest} characters", shortest=SHORTEST))
    try:
        check_new_password("", passphrase.reveal())
    except InvalidSetting as error:
        reason = error.reason.replace("your user name, a name of this place, or words", "words")
        raise InvalidSetting(FIELD, reason) from None
    return data
