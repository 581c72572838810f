"""What the two kinds of databases spell differently, in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, Connection, LargeBinary, Table, cast, func
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

    Upsert = sqlite.Insert | postgresql.Insert
    """An insert that can say what to do about rows that are there already."""


def is_postgresql(connection: Connection) -> bool:
    """Tell which of the two kinds of databases a connection leads to."""
    return connection.dialect.name == "postgresql"


def upsert(connection: Connection, table: Table) -> Upsert:
    """Return an insert for the database of a connection."""
    if is_postgresql(connection):
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - loaded only for a server

        return postgresql.insert(table)
    return sqlite.insert(table)


def total(numbers: ColumnElement[Any]) -> ColumnElement[int]:
    """Return the sum of whole numbers as a whole number.

    PostgreSQL makes a decimal number of a sum of large ones, and none that Python or numpy
    would take for whole.
    """
    return cast(func.sum(numbers), BigInteger)


class exact_bytes(GenericFunction[bytes]):  # noqa: N801 - named like the functions of SQL
    """A text as its bytes, also where they are no UTF-8 because somebody tampered with them."""

    type = LargeBinary()
    inherit_cache = True


@compiles(exact_bytes, "sqlite")
def _bytes_of_sqlite(element: exact_bytes, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS BLOB)"


@compiles(exact_bytes, "postgresql")
def _bytes_of_postgresql(element: exact_bytes, compiler: SQLCompiler, **options: Any) -> str:
    return f"convert_to({compiler.process(element.clauses, **options)}, 'UTF8')"


def as_bytes(text: ColumnElement[Any]) -> ColumnElement[bytes]:
    """Return a text as the bytes that are stored."""
    return exact_bytes(text)
