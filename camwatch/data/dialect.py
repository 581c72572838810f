"""What the two kinds of databases spell alike, but SQLAlchemy keeps in two places."""

from __future__ import annotations

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Upsert = sqlite.Insert | postgresql.Insert
"""An insert that can say what to do about rows that are there already."""


def upsert(connection: Connection, table: Table) -> Upsert:
    """Return an insert for the database of a connection."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
