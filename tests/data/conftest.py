"""An empty history on disk for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from camwatch.data.engine import Database
from camwatch.domain import Camera
from tests.data.values import Clock, settings


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "camwatch.sqlite3"


@pytest.fixture
def database(file: Path, clock: Clock) -> Iterator[Database]:
    with Database.open(file, clock=clock) as database:
        yield database


@pytest.fixture
def gate(database: Database) -> Camera:
    return database.cameras.add(settings("Gate"))


@pytest.fixture
def hall(database: Database) -> Camera:
    return database.cameras.add(settings("Hall"))
