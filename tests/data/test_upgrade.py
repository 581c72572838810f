"""From one schema to the next: no drift, a copy first, all of it or nothing."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from camwatch import __version__
from camwatch.data.connections import make_writer
from camwatch.data.engine import Database
from camwatch.data.schema import APPLICATION_ID, HEAD, metadata
from camwatch.data.upgrade import (
    MIGRATIONS,
    alembic_config,
    alembic_scripts,
    bring_up_to_date,
    copy_of,
)
from camwatch.errors import DatabaseDamaged, DatabaseTooNew
from tests.data.values import sample, settings

pytestmark = pytest.mark.sqlite_only

NEXT_STEP = '''
"""A step of the future."""
import sqlalchemy as sa
from alembic import op
revision = "0008"
down_revision = "0007"

def upgrade():
    op.create_table("weather", sa.Column("id", sa.Integer(), primary_key=True))
    with op.batch_alter_table("camera") as batch:
        batch.add_column(sa.Column("floor", sa.Integer(), nullable=True))
        batch.alter_column("location", new_column_name="place")
'''


@pytest.fixture
def future(tmp_path: Path) -> Path:
    """Return the migrations with one more step than CamWatch has."""
    folder = tmp_path / "future 100%"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "0008_weather.py").write_text(NEXT_STEP)
    return folder


@pytest.fixture
def filled(file: Path) -> Path:
    """Return a history of today's schema with a camera and a sample in it."""
    with Database.open(file) as database:
        database.counts.save([sample(database.cameras.add(settings()), 0, 7)], [])
    return file


def asked(file: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def test_the_steps_lead_to_the_tables_that_the_program_uses(file: Path) -> None:
    Database.open(file).close()
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []


def parts_of(statement: str) -> frozenset[str]:
    """Return the columns, constraints and the like that a statement names, in any order."""
    head, _, body = statement.partition("(")
    body, _, tail = body.rpartition(")")
    depth, part, parts = 0, "", set()
    for sign in body:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            parts.add(" ".join(part.split()))
            part = ""
        else:
            part += sign
    parts |= {" ".join(part.split()), " ".join(head.split()), " ".join(tail.split())}
    return frozenset(parts)


def test_they_lead_to_the_very_same_statements(file: Path, tmp_path: Path) -> None:
    """Beyond what Alembic compares: constraints' names, WITHOUT ROWID, partial indexes."""

    def statements(of: Path) -> dict[object, frozenset[str]]:
        rows = asked(of, "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {
            # A table's columns and constraints may stand in another order, and those that a
            # later step added stand on one line.
            name: parts_of(str(sql))
            for name, sql in rows
            if name != "alembic_version" and not str(sql).startswith("CREATE TRIGGER")
        }

    Database.open(file).close()
    direct = tmp_path / "direct.sqlite3"
    engine = create_engine(f"sqlite:///{direct}")
    metadata.create_all(engine)
    engine.dispose()
    assert statements(file) == statements(direct)
    assert len(statements(file)) > 10


def test_every_step_can_be_undone(file: Path) -> None:
    Database.open(file).close()
    engine = make_writer(file, foreign_keys=False)
    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    engine.dispose()
    left = "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND type = 'table'"
    assert asked(file, left) == [("alembic_version",)]


def test_an_older_history_is_copied_and_brought_up_to_date(filled: Path, future: Path) -> None:
    bring_up_to_date(filled, future)

    assert asked(filled, "SELECT version_num FROM alembic_version") == [("0008",)]
    assert asked(filled, "SELECT place, floor FROM camera") == [("Ground floor", None)]
    assert asked(filled, "SELECT count FROM sample") == [(7,)]
    copy = copy_of(filled, "0007")
    assert copy.stat().st_mode & 0o777 == 0o600
    with Database.open(copy) as database:  # the copy is a whole history of its own
        assert database.check() == "ok"
        assert [camera.name for camera in database.cameras.all()] == ["Gate"]
    assert sorted(each.name for each in filled.parent.iterdir() if each.is_file()) == [
        "camwatch.sqlite3",
        "camwatch.sqlite3.schema-0007.bak",
    ]


def test_what_the_first_schema_holds_is_kept(filled: Path) -> None:
    engine = make_writer(filled, foreign_keys=False)
    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    engine.dispose()
    assert asked(filled, "SELECT count(*) FROM sqlite_master WHERE name = 'place'") == [(0,)]

    bring_up_to_date(filled)

    assert asked(filled, "SELECT count, shown, is_carried FROM sample") == [(7, None, 0)]
    assert asked(filled, "SELECT samples, carried_ms FROM minute") == [(1, 0)]
    assert copy_of(filled, "0001").exists()
    with Database.open(filled) as database:
        assert database.check() == "ok"


def test_a_history_that_is_up_to_date_is_not_copied(filled: Path) -> None:
    Database.open(filled).close()
    assert [each.name for each in filled.parent.iterdir()] == [filled.name]


def test_a_step_that_fails_changes_nothing(filled: Path, future: Path) -> None:
    step = future / "versions" / "0008_weather.py"
    step.write_text(f"{NEXT_STEP}    raise ZeroDivisionError\n")
    with pytest.raises(ZeroDivisionError):
        bring_up_to_date(filled, future)

    assert asked(filled, "SELECT version_num FROM alembic_version") == [("0007",)]
    assert asked(filled, "SELECT name FROM sqlite_master WHERE name = 'weather'") == []
    with Database.open(filled) as database:
        assert [camera.name for camera in database.cameras.all()] == ["Gate"]
    step.write_text(NEXT_STEP)
    bring_up_to_date(filled, future)
    assert asked(filled, "SELECT version_num FROM alembic_version") == [("0008",)]


def test_a_step_that_would_orphan_rows_is_not_done(filled: Path, future: Path) -> None:
    step = future / "versions" / "0008_weather.py"
    step.write_text(f'{NEXT_STEP}    op.execute("DELETE FROM camera")\n')
    with pytest.raises(RuntimeError, match="references"):
        bring_up_to_date(filled, future)
    assert asked(filled, "SELECT count(*) FROM camera") == [(1,)]


@pytest.mark.fault("F78")
def test_a_newer_history_is_refused_with_both_versions(filled: Path, future: Path) -> None:
    bring_up_to_date(filled, future)
    with pytest.raises(DatabaseTooNew) as caught:
        Database.open(filled)
    for fact in (str(filled), "0008", "0007", __version__):
        assert fact in str(caught.value)
    assert asked(filled, "SELECT version_num FROM alembic_version") == [("0008",)]


def test_a_damaged_history_is_not_migrated(file: Path, future: Path) -> None:
    with Database.open(file) as database:
        gate = database.cameras.add(settings())
        database.counts.save([sample(gate, second) for second in range(20_000)], [])
    with file.open("r+b") as stream:
        stream.seek(40 * 4096)
        stream.write(b"\xa5" * 4096)
    with pytest.raises(DatabaseDamaged):
        bring_up_to_date(file, future)
    assert asked(file, "SELECT version_num FROM alembic_version") == [("0007",)]
    assert [each for each in file.parent.iterdir() if each.suffix in {".bak", ".part"}] == []


def test_an_up_to_date_history_opens_while_another_program_writes(filled: Path) -> None:
    with closing(sqlite3.connect(filled, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Database.open(filled) as database:
            assert [camera.name for camera in database.cameras.all()] == ["Gate"]


def test_opening_leaves_the_log_s_settings_alone(file: Path) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.getLogger("alembic").level)
    mine = logging.getLogger("camwatch.data")
    Database.open(file).close()
    assert (root.level, list(root.handlers), logging.getLogger("alembic").level) == before
    assert not mine.disabled


def test_the_file_says_whose_it_is(filled: Path) -> None:
    assert asked(filled, "PRAGMA application_id") == [(APPLICATION_ID,)]
    assert APPLICATION_ID.to_bytes(4, "big") == b"CamW"


def test_the_head_that_a_usual_start_compares_with_is_the_newest_step() -> None:
    _, scripts = alembic_scripts()
    assert scripts.get_current_head() == HEAD
