"""What the program reads without anybody being signed in."""

from __future__ import annotations

from camwatch.auth.secrets import SERVICE, SecretStore
from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.commands.system import SystemAccess, camera_password
from camwatch.data.engine import Database
from camwatch.domain import Secret
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import settings


def test_the_poller_gets_cameras_and_passwords(
    commands: Commands,
    boss: Session,
    database: Database,
    secrets: SecretStore,
    keyring: MemoryKeyring,
) -> None:
    access = SystemAccess(database)
    assert access.camera_list() == []
    gate = commands.add_camera(boss, settings(), Secret("the gate's own"))
    hall = commands.add_camera(boss, settings("Hall", username=""), None)
    assert access.camera_list() == [gate, hall]
    assert camera_password(secrets, gate) == Secret("the gate's own")
    keyring.is_locked = True
    assert camera_password(secrets, hall) is None
    keyring.is_locked = False
    del keyring.entries[SERVICE, gate.uid]
    assert camera_password(secrets, gate) is None
