"""Reads what tables keep as a JSON object."""

from __future__ import annotations

from typing import TypeVar

from camwatch.alerts.stored import NotReadable, from_text
from camwatch.errors import DatabaseDamaged
from camwatch.language import tr

T = TypeVar("T")


def read_body(kind: type[T], text: str, what: str) -> T:
    """Return a value of `camwatch.alerts` as it was stored.

    Args:
        kind: Its class.
        text: The column.
        what: Which thing, for the message, in the language in use: "rule “Gate”".

    Raises:
        DatabaseDamaged: It is something else, as after a fault of the disk.
    """
    try:
        return from_text(kind, text)
    except NotReadable as error:
        raise DatabaseDamaged(
            tr(
                "The history cannot be read at one place: {what} ({error}). Put your newest copy of "
                "the history in its place.",
                what=what,
                error=error,
            )
        ) from error
