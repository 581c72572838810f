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
    Row,
    Select,
    cast,
    func,
    or_,
    select,
    type_coerce,
)

from camwatch.data.audit_chain import Link
from camwatch.data.dialect import as_bytes, is_postgresql
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
    return as_bytes(audit.c[name]).label(name)


def _at_ms() -> ColumnElement[int]:
    return cast(type_coerce(audit.c.at, BigInteger), BigInteger).label("at_ms")


def entry_query() -> Select[Any]:
    """Return what asks for the parts of entries."""
    return select(audit.c.seq, _at_ms(), *map(_bytes, _TEXTS))


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

    SQLite takes capitals for small letters in ASCII only, so other texts are looked for in
    several forms.
    """
    forms = {text} if text.isascii() else {text, text.lower(), text.upper(), text.title()}
    # Details are JSON, in which these two stand with a backslash before them.
    escaped = {json.dumps(form, ensure_ascii=False)[1:-1] for form in forms}
    found = [
        audit.c[name].ilike(f"%{_literal(form)}%", escape=_ESCAPE)
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
    query = (
        select(audit.c.seq, _at_ms(), *map(_bytes, parts))
        .where(audit.c.seq > after)
        .order_by(audit.c.seq)
        .limit(limit)
    )
    rows = connection.execute(query)
    return [Link(row[0], row[1], *(_exact(value) for value in row[2:])) for row in rows]


def distinct_in(connection: Connection, name: str) -> list[str]:
    """Return which texts stand in a column, in order.

    It jumps from one to the next along the column's index: where a few people have done
    many things, looking at each row takes a hundred times as long.
    """
    column = audit.c[name]
    found = select(func.min(column).label("one")).cte("found", recursive=True)
    following = select(func.min(column)).where(column > found.c.one).scalar_subquery()
    found = found.union_all(select(following).where(found.c.one.is_not(None)))
    query = select(as_bytes(found.c.one)).where(found.c.one.is_not(None))
    return [_shown(one) for one in connection.execute(query).scalars()]


def newest_number(connection: Connection) -> int:
    """Return the highest number that a row ever had; it outlives the row.

    In PostgreSQL it does from the moment on at which the next row was added: what its
    sequences are told stays told, also where the transaction comes to nothing.
    """
    highest = connection.execute(select(func.coalesce(func.max(audit.c.seq), 0))).scalar_one()
    if is_postgresql(connection):
        known = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM audit_seq_seq"
    else:
        known = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'audit'"
    return max(int(highest), int(connection.exec_driver_sql(known).scalar_one()))


def remember_number(connection: Connection, number: int) -> None:
    """Let the database know a number that a row surely has, so that it outlives the row."""
    if number and is_postgresql(connection):  # SQLite sees to it by itself
        connection.execute(select(func.setval("audit_seq_seq", number)))


def _has_seals(connection: Connection) -> bool:
    if is_postgresql(connection):
        return True
    found = connection.exec_driver_sql(
        "SELECT count(*) FROM pragma_table_info('audit') WHERE name = 'mac'"
    )
    return bool(found.scalar_one())


def _exact(value: bytes | None) -> str:
    """Return a text; one that is no UTF-8 becomes another than any that was sealed."""
    return (value or b"").decode("utf-8", "surrogateescape")


def _shown(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")
