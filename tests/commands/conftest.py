"""Commands on a real history, with a keyring that fails on demand."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from camwatch.auth.passwords import hash_password
from camwatch.auth.permissions import built_in_role
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.commands import Commands, Counting
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.domain import Role
from camwatch.events import Bus, CamerasChanged
from tests.auth.conftest import log_file, make_store, no_keyring, secret_service
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import NOON, PASSWORD, Clock, counting_in

__all__ = ["log_file", "make_store", "no_keyring", "secret_service"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def new_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a history in which nothing was done; to make one takes as long as many tests."""
    file = tmp_path_factory.mktemp("history") / "camwatch.sqlite3"
    Database.open(file).close()
    return file


@pytest.fixture
def file(tmp_path: Path, new_history: Path) -> Path:
    return Path(shutil.copy(new_history, tmp_path))


@pytest.fixture
def database(file: Path, clock: Clock) -> Iterator[Database]:
    with Database.open(file, clock=clock) as database:
        yield database


@pytest.fixture
def keyring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def secrets(keyring: MemoryKeyring) -> Iterator[SecretStore]:
    store = SecretStore(lambda: keyring)
    yield store
    store.close()


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def changes(bus: Bus) -> list[CamerasChanged]:
    """Collect what is told of cameras that change."""
    told: list[CamerasChanged] = []
    bus.subscribe(CamerasChanged, told.append)
    return told


@pytest.fixture
def counting(tmp_path: Path, bus: Bus) -> Counting:
    """Return what counts people: nothing, since no camera has sent a picture."""
    return counting_in(tmp_path, bus)


@pytest.fixture
def commands(
    database: Database, secrets: SecretStore, bus: Bus, counting: Counting, clock: Clock
) -> Commands:
    policy = CameraPolicy(snapshot_timeout_s=5.0)
    return Commands(database, secrets, policy, bus, counting, clock)


@pytest.fixture
def boss(commands: Commands) -> Session:
    """Return the session of the first administrator, "boss"."""
    return commands.create_first_administrator("boss", PASSWORD)


@pytest.fixture
def sessions(database: Database, commands: Commands, boss: Session) -> dict[Role, Session]:
    """Return a session of an operator of each role."""
    stored = hash_password(PASSWORD)
    found = {Role.ADMINISTRATOR: boss}
    for role in (Role.VIEWER, Role.SUPERVISOR):
        user = database.operators.add(role.value, role, stored)
        # As a sign-in does it in the end, without the time that passwords take.
        found[role] = commands.guard._sessions.start(user, built_in_role(role), NOON)
    return found


@pytest.fixture
def make_again(
    secrets: SecretStore, bus: Bus, counting: Counting, clock: Clock
) -> Callable[[Database], Commands]:
    """Return what makes the commands anew on a history, as the next start does."""

    def make(database: Database) -> Commands:
        return Commands(database, secrets, CameraPolicy(), bus, counting, clock)

    return make
