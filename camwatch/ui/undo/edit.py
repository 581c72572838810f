"""One change that can be undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from camwatch.auth.session import Session


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """A change that was made in this window.

    Attributes:
        key: Tells it apart while the window is open.
        title: What was done, as a sentence without a full stop: "“Gate 3” was changed".
        at: When, UTC.
        put_back: Puts back what was, by an ordinary command; called beside the GUI thread. Raises
            ChangedMeanwhile if it is not any more as the change left it.
    """

    key: str
    title: str
    at: datetime
    put_back: Callable[[Session], object]
