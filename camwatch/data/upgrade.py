"""Brings a file to the present schema, after a copy of it was made."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from camwatch import __version__
from camwatch.data.connections import make_writer, open_raw
from camwatch.data.copying import copy_database
from camwatch.data.faults import foreign, storage_errors
from camwatch.data.schema import APPLICATION_ID, HEAD
from camwatch.errors import DatabaseTooNew
from camwatch.language import tr

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def alembic_config(migrations: Path = MIGRATIONS) -> Config:
    """Make Alembic's configuration without a file, so that it works installed and frozen."""
    # Loading Alembic takes a tenth of a second, for which the usual start has no use.
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    # Alembic reads this with configparser, for which "%" is special.
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    return config


def alembic_scripts(migrations: Path = MIGRATIONS) -> tuple[Config, ScriptDirectory]:
    """Return Alembic's configuration, and the steps that it finds there."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see `alembic_config`

    config = alembic_config(migrations)
    return config, ScriptDirectory.from_config(config)


def bring_up_to_date(file: Path, migrations: Path = MIGRATIONS) -> None:
    """Make the tables of an empty file, or bring those of an older file up to date.

    All steps are one transaction: after a failure or a power cut the file is as it was.

    Args:
        file: Absolute; exists, and may be empty.
        migrations: Folder of the Alembic scripts.

    Raises:
        DatabaseTooNew: A newer CamWatch wrote the file.
        DatabaseDamaged: It is no history of CamWatch.
        StorageError: It cannot be read or written, or not copied.
    """
    is_usual = migrations == MIGRATIONS
    with storage_errors(file), closing(open_raw(file, "rw")) as connection:
        if is_usual and _stamp(connection) == (APPLICATION_ID, HEAD):
            return  # the usual start, which waits for nobody's lock
    config, scripts = alembic_scripts(migrations)
    engine = make_writer(file, foreign_keys=False)
    try:
        with storage_errors(file), engine.begin() as transaction:
            _upgrade(transaction, file, config, scripts)
    finally:
        engine.dispose()


def _stamp(connection: sqlite3.Connection) -> tuple[int, str | None]:
    """Return the mark of the program that made the file, and the version of its schema."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (has_version,) = connection.execute(
        "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
    ).fetchone()
    if not has_version:
        return application, None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return application, row and row[0]


def _upgrade(transaction: Connection, file: Path, config: Config, scripts: ScriptDirectory) -> None:
    """Do the steps that are missing; the file is locked, and nothing is written yet."""
    connection = transaction.connection.driver_connection
    if not isinstance(connection, sqlite3.Connection):
        raise TypeError(type(connection))
    application, present = _stamp(connection)
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application != APPLICATION_ID:
        raise foreign(file)
    head = scripts.get_current_head()
    if present not in {None, *(script.revision for script in scripts.walk_revisions())}:
        raise DatabaseTooNew(
            tr(
                "{file} was written by a newer CamWatch: its schema is {present}, and this "
                "CamWatch {version} knows schemas up to {head}. Start the newer CamWatch, or "
                "put a copy of the history from before the update in its place.",
                file=file,
                present=present,
                version=__version__,
                head=head,
            )
        )
    if present == head:
        return  # another process was faster
    if present is not None:
        # Nobody records yet, so the disk need not be left alone in between.
        copy_database(file, copy_of(file, present), pause_s=0)
    from alembic import command  # noqa: PLC0415 - see `alembic_config`

    config.attributes["connection"] = transaction
    command.upgrade(config, "head")
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"the migration to {head} broke references: {broken[:5]}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def copy_of(file: Path, schema: str) -> Path:
    """Return where the copy is put that is made before a file leaves this schema."""
    return file.with_name(f"{file.name}.schema-{schema}.bak")
