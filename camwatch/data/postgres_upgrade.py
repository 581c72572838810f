"""Brings a database on a server to the present schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from camwatch import __version__
from camwatch.data.postgres_connections import hold_write_lock, make_engine
from camwatch.data.postgres_faults import server_errors
from camwatch.data.server_address import ServerAddress
from camwatch.data.upgrade import MIGRATIONS, alembic_config
from camwatch.errors import DatabaseDamaged, DatabaseRefuses, DatabaseTooNew
from camwatch.language import tr

MOVING = "moving"
"""Stands in the place of the schema's version until a history that is moved is complete."""

_MARK = "history of CamWatch"
_OLDEST_SERVER = 13
_LOCK_WAIT_S = 60.0
_MIGRATION_S = 24 * 3600.0

_STATE = text(
    "SELECT current_schema() AS home, current_setting('server_encoding') AS encoding, "
    "current_setting('server_version_num')::int / 10000 AS version, "
    "obj_description(to_regclass('alembic_version'), 'pg_class') AS mark, "
    "to_regclass('alembic_version') IS NOT NULL AS has_version, "
    "(SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
    "AND relkind IN ('r', 'p', 'v', 'm', 'f')) AS tables"
)
_VERSION = text("SELECT version_num FROM alembic_version")


def head() -> str:
    """Return the version of the present schema."""
    return str(ScriptDirectory.from_config(alembic_config()).get_current_head())


def bring_up_to_date(address: ServerAddress, migrations: Path = MIGRATIONS) -> None:
    """Make the tables of an empty database, or bring those of an older one up to date.

    All steps are one transaction: after a failure the database is as it was. No copy is made
    before: the server has copies of its own.

    Args:
        address: Of the database, which exists.
        migrations: Folder of the Alembic scripts.

    Raises:
        DatabaseTooNew: A newer CamWatch wrote it.
        DatabaseDamaged: It holds tables of another program.
        DatabaseAway: It cannot be reached, or does not let CamWatch in or do what is needed.
        StorageError: It cannot be read or written for another reason.
    """
    config = alembic_config(migrations)
    scripts = ScriptDirectory.from_config(config)
    engine = make_engine(address, statement_s=None, pause_s=_MIGRATION_S)
    try:
        with server_errors(address.place):
            with engine.connect() as connection:
                if present_schema(connection, address) == scripts.get_current_head():
                    return  # the usual start, which waits for nobody's lock
            with engine.begin() as connection:
                hold_write_lock(connection, _LOCK_WAIT_S)
                _upgrade(connection, address, config, scripts)
    finally:
        engine.dispose()


def present_schema(connection: Connection, address: ServerAddress) -> str | None:
    """Return the version of the schema that is there, None for an empty database.

    Raises:
        DatabaseDamaged: It holds tables of another program.
        DatabaseRefuses: The server is too old, or the database is not fit for a history.
    """
    state = connection.execute(_STATE).one()
    place = f"{address.place[:1].upper()}{address.place[1:]}"
    if state.version < _OLDEST_SERVER:
        raise DatabaseRefuses(
            tr(
                "The server of {place} is PostgreSQL {version}.",
                place=address.place,
                version=state.version,
            ),
            tr("CamWatch needs version {oldest_server} or newer.", oldest_server=_OLDEST_SERVER),
        )
    if state.encoding != "UTF8":
        raise DatabaseRefuses(
            tr(
                "{place} keeps texts as {encoding}, which does not know all signs.",
                place=place,
                encoding=state.encoding,
            ),
            tr("Have it made anew with ENCODING 'UTF8', as docs/postgresql.md says."),
        )
    if state.home is None:
        raise DatabaseRefuses(
            tr("The user of {place} may not use the schema public.", place=address.place),
            tr("Make the user the owner of the database, as docs/postgresql.md says."),
        )
    if state.tables and state.mark != _MARK:
        raise DatabaseDamaged(
            tr(
                "{place} holds tables of another program. CamWatch needs a database of its own, as "
                "docs/postgresql.md says.",
                place=place,
            )
        )
    if not state.has_version:
        return None
    version: str | None = connection.execute(_VERSION).scalar()
    return version


def _upgrade(
    connection: Connection, address: ServerAddress, config: Config, scripts: ScriptDirectory
) -> None:
    """Do the steps that are missing; nobody else writes, and nothing is written yet."""
    present = present_schema(connection, address)
    head = scripts.get_current_head()
    if present == MOVING:
        raise DatabaseRefuses(
            tr(
                "A history is being moved to {place}, and is not complete yet.", place=address.place
            ),
            tr("Let “camwatch db move” go on with it."),
        )
    if present not in {None, *(script.revision for script in scripts.walk_revisions())}:
        raise DatabaseTooNew(
            tr(
                "{place} was written by a newer CamWatch: its schema is {present}, and this "
                "CamWatch {version} knows schemas up to {head}. Install the newer CamWatch on "
                "this computer, too.",
                place=address.place,
                present=present,
                version=__version__,
                head=head,
            )
        )
    if present == head:
        return  # another workstation was faster
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.execute(text(f"COMMENT ON TABLE alembic_version IS '{_MARK}'"))


def restart_numbers(connection: Connection) -> None:
    """Let new rows get numbers after those that are there, after rows were copied with theirs."""
    for table, column in connection.execute(_NUMBERED).all():
        quoted = connection.dialect.identifier_preparer.quote(table)
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence(:table, :column), "  # noqa: S608 - our own names
                f"coalesce((SELECT max({column}) FROM {quoted}), 0) + 1, false)"
            ),
            {"table": quoted, "column": column},
        )


_NUMBERED = text(
    "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND column_default LIKE 'nextval(%'"
)
