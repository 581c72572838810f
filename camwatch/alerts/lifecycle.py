"""The life of an alert: what each deed makes of it. Pure.

unacknowledged -> acknowledged -> closed (it returned), or
unacknowledged -> returned (nobody has seen it) -> closed (somebody has).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from camwatch.alerts.alert import Alert, AlertEntry
from camwatch.alerts.rules import Rule
from camwatch.alerts.signals import Raised, Returned

LONGEST_COMMENT = 2000
LONGEST_REASON = 500
LONGEST_SHELVING_H = 24 * 7
"""An alert is put aside for a week at most."""


@dataclass(frozen=True, slots=True)
class Change:
    """An alert after a deed, and what goes into its history."""

    alert: Alert
    entries: tuple[AlertEntry, ...]


def raised(  # noqa: PLR0917 - the deed, and all that its words are made of
    before: Alert | None, signal: Raised, rule: Rule, title: str, message: str, at: datetime
) -> Change:
    """Make an alert, let more subjects join one, or raise one again.

    One that was returned or closed and holds again is unacknowledged anew.

    Args:
        before: None if the signal is new.
        signal: What the engine says.
        rule: The rule that raised it.
        title: See `texts.title_of`.
        message: See `texts.message_of`.
        at: UTC.
    """
    raise NotImplementedError


def returned(before: Alert, signal: Returned, at: datetime) -> Change:
    """Let subjects return; the last one closes the alert if somebody has acknowledged it."""
    raise NotImplementedError


def acknowledged(before: Alert, actor: str, at: datetime, comment: str = "") -> Change:
    """Note that somebody knows; closes one that has returned. Harmless when done again."""
    raise NotImplementedError


def shelved(before: Alert, actor: str, at: datetime, until: datetime, reason: str) -> Change:
    """Put an alert aside until a moment.

    Raises:
        InvalidSetting: "until" is past or too far away; "reason" is empty or too long.
    """
    raise NotImplementedError


def unshelved(before: Alert, actor: str, at: datetime) -> Change:
    """Take an alert out again; its escalation goes on. Harmless if it is not shelved."""
    raise NotImplementedError


def owned(before: Alert, actor: str, at: datetime, owner: str) -> Change:
    """Say who takes care of it; "" for nobody.

    Raises:
        InvalidSetting: "owner" is too long.
    """
    raise NotImplementedError


def commented(before: Alert, actor: str, at: datetime, comment: str) -> Change:
    """Add a comment.

    Raises:
        InvalidSetting: "comment" is empty, too long, or has control characters.
    """
    raise NotImplementedError
