"""Of what shape a history is: its version, its tables, and about how many rows they hold."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, MetaData, Table, func, inspect, literal_column, select

from camwatch.data.store import ReadingStore

MOST_COUNTED = 100_000
"""More rows are not counted, since that would take long."""

_VERSIONS = "alembic_version"


@dataclass(frozen=True, slots=True)
class TableShape:
    """One table.

    Attributes:
        name: Of the table.
        columns: Name and type of each column.
        rows: How many there are; one more than `MOST_COUNTED` for any larger number.
    """

    name: str
    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Shape:
    """A whole history.

    Attributes:
        revision: Of the schema.
        tables: By name.
    """

    revision: str
    tables: tuple[TableShape, ...]


def read_shape(connections: ReadingStore) -> Shape:
    """Look at a history.

    Raises:
        StorageError: It cannot be read.
    """
    with connections.reading() as connection:
        inspector = inspect(connection)
        tables = []
        for name in sorted(inspector.get_table_names()):
            columns = tuple(f"{one['name']} {one['type']}" for one in inspector.get_columns(name))
            table = Table(name, MetaData())
            few = select(literal_column("1")).select_from(table).limit(MOST_COUNTED + 1).subquery()
            rows = connection.execute(select(func.count()).select_from(few)).scalar_one()
            tables.append(TableShape(name, columns, int(rows)))
        version = Table(_VERSIONS, MetaData(), Column("version_num"))
        revision = connection.execute(select(version.c.version_num)).scalar() or ""
    return Shape(str(revision), tuple(tables))
