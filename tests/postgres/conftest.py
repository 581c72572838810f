"""Histories on a real server, and servers that may be broken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from camwatch.data.engine import Database
from camwatch.domain import Camera
from tests.data.values import Clock, settings
from tests.support.postgres import PostgresServer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(postgres_url: str, clock: Clock) -> Iterator[Database]:
    with Database.open(None, postgres_url, clock=clock) as database:
        yield database


@pytest.fixture
def gate(database: Database) -> Camera:
    return database.cameras.add(settings("Gate"))


@pytest.fixture(scope="module")
def fragile_server(postgres_template: Path) -> Iterator[PostgresServer]:
    """Return a server that tests of one module may stop, freeze and kill."""
    with PostgresServer(postgres_template) as server:
        server.stop()
        yield server


@pytest.fixture
def fragile(fragile_server: PostgresServer) -> PostgresServer:
    """Return that server, running again whatever the test before did to it."""
    fragile_server.start_again()
    return fragile_server
