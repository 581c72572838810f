"""Alerts as rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import (
    Row,
)

from camwatch.alerts.alert import Alert, SubjectKind
from camwatch.alerts.stored import to_text
from camwatch.data.bodies import read_body
from camwatch.data.names import place_key
from camwatch.language import tr

_LONGEST_SOUGHT = 5_000
"""Longer than anybody types; databases refuse to look for much more."""


def alert_of(row: Row[Any]) -> Alert:
    """Return the alert of a row of the table."""
    found = read_body(Alert, row.body, tr("alert {number}", number=row.id))
    return replace(found, number=row.id, version=row.version)


def columns_of(stored: Alert) -> dict[str, Any]:
    """Return the columns of an alert, but its number and uid."""
    return {
        "rule_uid": stored.rule_uid,
        "state": stored.state.value,
        "severity": stored.severity.rank,
        "raised_at": stored.raised_at,
        "changed_at": stored.changed_at,
        "closed_at": stored.closed_at,
        "shelved_until": stored.shelving and stored.shelving.until,
        "is_together": any(one.subject.kind is SubjectKind.TOGETHER for one in stored.parts),
        "searched": folded(stored),
        "body": to_text(stored),
        "version": stored.version,
    }


def folded(stored: Alert) -> str:
    """Return what is searched of an alert: case and composition do not count."""
    texts = (
        stored.title,
        stored.message,
        stored.rule_name,
        stored.common,
        stored.owner,
        *(one.name for one in stored.parts),
    )
    return _storable(place_key("\n".join(texts)))


def sought(text: str) -> str | None:
    """Return what is searched for, folded likewise; None for what no alert can hold."""
    text = text.strip()
    return _storable(place_key(text)) if len(text) <= _LONGEST_SOUGHT else None


def mentions(alert: Alert, text: str) -> bool:
    """Tell whether a text stands in what is searched of an alert; any does if it is empty."""
    wanted = sought(text)
    return wanted is not None and wanted in folded(alert)


def _storable(text: str) -> str:
    """Return a text without halves of characters, which no database takes."""
    return text.encode("utf-8", "replace").decode()
