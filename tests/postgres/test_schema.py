"""The tables on a server: made by the same steps, alike to the program's, refused where unfit."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from camwatch.data.engine import Database
from camwatch.data.postgres_connections import make_engine
from camwatch.data.postgres_upgrade import bring_up_to_date, restart_numbers
from camwatch.data.schema import metadata
from camwatch.data.server_address import ServerAddress, address_of_url
from camwatch.data.upgrade import MIGRATIONS, alembic_config
from camwatch.domain import Camera
from camwatch.errors import DatabaseDamaged, DatabaseRefuses, DatabaseTooNew
from tests.data.values import sample, settings
from tests.support.postgres import GUARDED, OWNER, PASSWORD, PostgresServer

NEXT_STEP = '''
"""A step of the future."""
import sqlalchemy as sa
from alembic import op
revision = "9999"
down_revision = "{head}"

def upgrade():
    op.create_table("weather", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("{more}")
'''


@pytest.fixture
def address(postgres_url: str) -> ServerAddress:
    return address_of_url(postgres_url)


@pytest.fixture
def empty(postgres: PostgresServer) -> Iterator[ServerAddress]:
    name = postgres.fresh()
    yield address_of_url(postgres.url(name))
    postgres.drop(name)


@pytest.fixture
def connection(address: ServerAddress) -> Iterator[Connection]:
    engine = make_engine(address)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def future(folder: Path, more: str = "SELECT 1") -> Path:
    """Return the migrations with one more step than CamWatch has."""
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    head = max(file.name[:4] for file in (MIGRATIONS / "versions").glob("0*.py"))
    (folder / "versions" / "9999_weather.py").write_text(NEXT_STEP.format(head=head, more=more))
    return folder


def test_the_steps_lead_to_the_tables_that_the_program_uses(connection: Connection) -> None:
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    assert compare_metadata(context, metadata) == []


def test_every_step_can_be_undone(connection: Connection) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.downgrade(config, "base")
    assert inspect(connection).get_table_names() == ["alembic_version"]
    left = "SELECT count(*) FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
    assert connection.execute(text(left)).scalar() == 0


def test_a_second_opening_changes_nothing_and_waits_for_nobody(
    postgres: PostgresServer, address: ServerAddress
) -> None:
    with postgres.admin(address.database) as other:
        other.autocommit = False
        other.execute("SELECT pg_advisory_xact_lock(1130458455, 1)")
        bring_up_to_date(address)


def test_a_database_of_another_program_is_refused_and_left_alone(
    postgres: PostgresServer, empty: ServerAddress
) -> None:
    postgres.do(
        "CREATE TABLE alembic_version (version_num text)",
        "INSERT INTO alembic_version VALUES ('0001')",
        database=empty.database,
    )
    with pytest.raises(DatabaseDamaged, match="another program"):
        bring_up_to_date(empty)
    tables = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 2200"
    assert postgres.do(tables, database=empty.database) == [("alembic_version",)]


def test_a_newer_history_is_refused_with_both_versions(
    address: ServerAddress, tmp_path: Path
) -> None:
    bring_up_to_date(address, future(tmp_path / "future"))
    with pytest.raises(DatabaseTooNew, match="9999"):
        bring_up_to_date(address)


def test_a_step_that_fails_changes_nothing(address: ServerAddress, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="division by zero"):
        bring_up_to_date(address, future(tmp_path / "future", "SELECT 1 / 0"))
    bring_up_to_date(address)
    engine = make_engine(address)
    with engine.connect() as connection:
        assert not inspect(connection).has_table("weather")
    engine.dispose()


def test_a_user_who_may_not_make_tables_is_told_what_to_ask_for(
    postgres: PostgresServer, empty: ServerAddress
) -> None:
    postgres.do(f"REVOKE {OWNER} FROM {GUARDED}")
    try:
        with pytest.raises(DatabaseRefuses, match="owner of the database"):
            bring_up_to_date(
                address_of_url(postgres.url(empty.database, user=GUARDED, password=PASSWORD))
            )
    finally:
        postgres.do(f"GRANT {OWNER} TO {GUARDED}")


def test_texts_must_be_kept_as_utf_8(postgres: PostgresServer) -> None:
    postgres.do(
        f"CREATE DATABASE latin OWNER {OWNER} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"
    )
    with pytest.raises(DatabaseRefuses, match="LATIN1"):
        bring_up_to_date(address_of_url(postgres.url("latin")))
    postgres.drop("latin")


def test_what_was_done_cannot_be_undone_in_the_audit_log(database: Database) -> None:
    database.audit.append("ada", "sign_in", "ada", "done")
    before = database.audit.newest()
    for change in (
        "UPDATE audit SET actor = 'eve'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "INSERT INTO audit SELECT * FROM audit ON CONFLICT (seq) DO UPDATE SET actor = 'eve'",
    ):
        with (
            pytest.raises(IntegrityError, match="never changed"),
            database._connections.writing() as connection,
        ):
            connection.execute(text(change))
    assert database.audit.newest() == before


def test_numbers_go_on_after_rows_that_were_copied_with_theirs(
    database: Database, gate: Camera
) -> None:
    with database._connections.writing() as connection:
        connection.execute(text("SELECT setval('camera_id_seq', 1, false)"))
        restart_numbers(connection)
    assert database.cameras.add(settings("Hall")).id == gate.id + 1


def test_many_questions_leave_no_room_taken_in_the_temporary_table(
    database: Database, gate: Camera
) -> None:
    database.counts.save([sample(gate, 0, 1)], [])
    sizes = set()
    for _ in range(5):
        with database._connections.reading() as connection:
            connection.execute(
                text(
                    "INSERT INTO stretch (index, first, stop) "
                    "SELECT n, n, n FROM generate_series(1, 5000) n"
                )
            )
            sizes.add(connection.execute(text("SELECT pg_relation_size('stretch')")).scalar())
    assert len(sizes) == 1
