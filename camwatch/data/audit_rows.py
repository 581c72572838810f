"""Reads rows of the audit log, also such as another program has changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    LargeBinary,
    Row,
    Select,
    cast,
    or_,
    select,
    type_coerce,
)

from camwatch.data.audit_chain import Link
from camwatch.data.moments import from_ms
from camwatch.data.schema import audit
from camwatch.domain import AuditEntry

if TYPE_CHECKING:
    from camwatch.data.audit import EntryFilter

_ESCAPE = "\\"
_TEXTS = ("actor", "action", "target", "result", "details", "computer")
_SEARCHED = _TEXTS
_SEAL = ("key_id", "previous", "mac")
_LATEST = datetime.max.replace(tzinfo=UTC)


def _bytes(name: str) -> ColumnElement[Any]:
    """Return a column of texts as bytes: what is no UTF-8 must not stop the reading."""
    return cast(audit.c[name], LargeBinary).label(name)


def entry_query() -> Select[Any]:
    """Return what asks for the parts of entries."""
    at = cast(type_coerce(audit.c.at, BigInteger), BigInteger).label("at_ms")
    return select(audit.c.seq, at, *map(_bytes, _TEXTS))


def entry_of(row: Row[Any]) -> AuditEntry:
    """Return an entry; what was made unreadable is shown as well as it can be."""
    details = _shown(row.details)
    try:
        facts = json.loads(details)
    except ValueError:
        facts = None
    if not isinstance(facts, dict):
        facts = {"?": details}
    try:
        at = from_ms(row.at_ms)
    except OverflowError:
        at = _LATEST
    return AuditEntry(
        seq=row.seq,
        at=at,
        actor=_shown(row.actor),
        action=_shown(row.action),
        target=_shown(row.target),
        result=_shown(row.result),
        details={str(name): str(value) for name, value in facts.items()},
        computer=_shown(row.computer),
    )


def matching(wanted: EntryFilter) -> Iterator[ColumnElement[bool]]:
    """Return what an entry must fulfil."""
    if wanted.text:
        yield _holds(wanted.text, wanted.actions_of_text)
    for column, value in (
        (audit.c.actor, wanted.actor),
        (audit.c.action, wanted.action),
        (audit.c.result, wanted.result),
    ):
        if value:
            yield column == value
    if wanted.start is not None:
        yield audit.c.at >= wanted.start
    if wanted.end is not None:
        yield audit.c.at < wanted.end


def _holds(text: str, actions: tuple[str, ...]) -> ColumnElement[bool]:
    """Return whether a text stands in an entry.

    SQLite's LIKE takes capitals for small letters in ASCII only, so other texts are looked
    for in several forms.
    """
    forms = {text} if text.isascii() else {text, text.lower(), text.upper(), text.title()}
    # Details are JSON, in which these two stand with a backslash before them.
    escaped = {json.dumps(form, ensure_ascii=False)[1:-1] for form in forms}
    found = [
        audit.c[name].like(f"%{_literal(form)}%", escape=_ESCAPE)
        for name in _SEARCHED
        for form in sorted(escaped if name == "details" else forms)
    ]
    if actions:
        found.append(audit.c.action.in_(actions))
    return or_(*found)


def _literal(text: str) -> str:
    """Return a text so that LIKE takes it for what it is."""
    for sign in (_ESCAPE, "%", "_"):
        text = text.replace(sign, _ESCAPE + sign)
    return text


def links_in(connection: Connection, after: int, limit: int) -> list[Link]:
    """Return rows exactly as they are stored, oldest first.

    In a history that no CamWatch of today has opened yet, the columns of the seal are
    missing; its rows are given back without.
    """
    parts = [*_TEXTS[:-1], *([_TEXTS[-1], *_SEAL] if _has_seals(connection) else [])]
    columns = ", ".join(f"CAST({name} AS BLOB)" for name in parts)
    rows = connection.exec_driver_sql(
        f"SELECT seq, CAST(at AS INTEGER), {columns} FROM audit "  # noqa: S608 - our own names
        "WHERE seq > ? ORDER BY seq LIMIT ?",
        (after, limit),
    )
    return [Link(row[0], row[1], *(_exact(value) for value in row[2:])) for row in rows]


def distinct_in(connection: Connection, name: str) -> list[str]:
    """Return which texts stand in a column, in order.

    It jumps from one to the next along the column's index: where a few people have done
    many things, looking at each row takes a hundred times as long.
    """
    rows = connection.exec_driver_sql(
        f"WITH RECURSIVE found(one) AS (SELECT min({name}) FROM audit UNION ALL "  # noqa: S608 - our own names
        f"SELECT (SELECT min({name}) FROM audit WHERE {name} > one) FROM found "
        "WHERE one IS NOT NULL) SELECT CAST(one AS BLOB) FROM found WHERE one IS NOT NULL"
    )
    return [_shown(row[0]) for row in rows]


def newest_number(connection: Connection) -> int:
    """Return the highest number that a row ever had; it outlives the row."""
    highest = connection.exec_driver_sql(
        "SELECT max(coalesce((SELECT max(seq) FROM audit), 0), "
        "coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name = 'audit'), 0))"
    ).scalar_one()
    return int(highest)


def _has_seals(connection: Connection) -> bool:
    found = connection.exec_driver_sql(
        "SELECT count(*) FROM pragma_table_info('audit') WHERE name = 'mac'"
    )
    return bool(found.scalar_one())


def _exact(value: bytes | None) -> str:
    """Return a text; one that is no UTF-8 becomes another than any that was sealed."""
    return (value or b"").decode("utf-8", "surrogateescape")


def _shown(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")
