"""Keys by which names are compared: two names with the same key are the same name."""

from __future__ import annotations

import unicodedata
from typing import Literal


def _key(name: str, form: Literal["NFC", "NFKC"]) -> str:
    # Folding the case can undo the normal form, so it is made a second time.
    return unicodedata.normalize(form, unicodedata.normalize(form, name).casefold())


def place_key(name: str) -> str:
    """Return the key of a camera's or site's name: case and composition do not count."""
    return _key(name, "NFC")


def operator_key(name: str) -> str:
    """Return the key of an operator's name: look-alike forms of a letter do not count either."""
    return _key(name, "NFKC")
