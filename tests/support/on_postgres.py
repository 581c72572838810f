"""`--database=postgresql`: tests that open a history get it on a real server instead of a file.

Each file that a test opens becomes a database, which is the same one as long as the test runs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from camwatch.data.engine import Database
from camwatch.data.postgres_connections import PostgresConnections
from camwatch.data.postgres_upgrade import bring_up_to_date
from camwatch.data.server_address import address_of_url
from tests.support.postgres import OWNER, PostgresServer, make_template, programs

_TEMPLATE = "history"
_on_server: dict[Path, str] = {}
"""The addresses of the databases that stand for files in the present test."""


def is_on_server(file: Path) -> bool:
    """Tell whether the history that a test opened under this name is on the server."""
    return file.absolute() in _on_server


def run_sql(file: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Run one statement on a history from outside, as another program would, wherever it is.

    Args:
        file: Under which the test opened it.
        statement: With "?" for each value; in words that both kinds of databases know.
        values: One for each.
    """
    url = _on_server.get(file.absolute())
    if url is None:
        with closing(sqlite3.connect(file, timeout=30)) as connection, connection:
            return list(connection.execute(statement, values))
    with psycopg.connect(url) as server:
        cursor = server.execute(statement.replace("%", "%%").replace("?", "%s").encode(), values)
        return cursor.fetchall() if cursor.description else []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know the option."""
    parser.addoption(
        "--database",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="where the tests have their histories",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Know the marker."""
    config.addinivalue_line("markers", "sqlite_only: the test is about SQLite or its file")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about files; only what opens a history is of interest on a server."""
    if config.getoption("--database") != "postgresql":
        return
    about_files = [one for one in items if one.get_closest_marker("sqlite_only")]
    config.hook.pytest_deselected(items=about_files)
    items[:] = [one for one in items if not one.get_closest_marker("sqlite_only")]


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Return a cluster to copy; skip where PostgreSQL is not installed."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed")
    base = tmp_path_factory.getbasetemp()
    return make_template(base if worker_id == "master" else base.parent)


@pytest.fixture(scope="session")
def postgres(postgres_template: Path) -> Iterator[PostgresServer]:
    """Return a server for all tests of this process that do it no harm."""
    with PostgresServer(postgres_template) as server:
        server.do(f"CREATE DATABASE {_TEMPLATE} OWNER {OWNER}")
        bring_up_to_date(address_of_url(server.url(_TEMPLATE)))
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """Return the address of an empty history of the present schema."""
    name = postgres.fresh(_TEMPLATE)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(autouse=True)
def histories_on_postgres(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Put each file that is opened on the server, if that is wished."""
    if request.config.getoption("--database") != "postgresql":
        yield
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    opened = Database.open

    def on_server(
        _kind: type[Database], /, file: Path | None, url: str = "", **how: Any
    ) -> Database:
        if file is None or url:
            return opened(file, url, **how)
        path = file.absolute()
        if path not in _on_server:
            _on_server[path] = server.url(server.fresh(_TEMPLATE))
        return opened(None, _on_server[path], **how)

    def file_of(database: Database) -> Path:
        connections = database._connections
        assert isinstance(connections, PostgresConnections)
        url = server.url(connections.address.database)
        return next(file for file, known in _on_server.items() if known == url)

    monkeypatch.setattr(Database, "open", classmethod(on_server))
    monkeypatch.setattr(Database, "file", property(file_of))
    yield
    for url in _on_server.values():
        server.drop(make_url(url).database or "")
    _on_server.clear()
