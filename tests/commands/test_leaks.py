"""No password is in the log, the database, an error or a value's text."""

from __future__ import annotations

import logging
import secrets as random_secrets
import traceback
from dataclasses import replace
from pathlib import Path

import pytest

from camwatch.auth.accounts import AuditQuery
from camwatch.auth.secrets import SecretStore
from camwatch.commands import Commands, KeepPassword
from camwatch.commands.system import camera_password
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.domain import Secret
from camwatch.errors import CamWatchError
from camwatch.events import Bus
from tests.auth.conftest import wait_for
from tests.auth.secret_service import SecretService
from tests.commands.values import Clock, counting_in, settings


@pytest.mark.expects_warning
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_no_password_is_anywhere_but_in_the_keyring(
    secret_service: SecretService, tmp_path: Path, file: Path, log_file: Path, clock: Clock
) -> None:
    canaries = {
        name: f"canary-{name}-{random_secrets.token_hex(8)}"
        for name in ("operator", "guess", "name", "first", "second", "third", "memory", "tried")
    }
    seen: list[str] = []
    store = SecretStore(deadline_s=30.0)
    wait_for(store)

    def secret(name: str) -> Secret:
        return Secret(canaries[name])

    def refused(error: CamWatchError) -> None:
        """Look at an error as a crash report would show it."""
        seen.append("".join(traceback.format_exception(error)))
        # As text: pytest would keep the error itself, and with it an open connection.
        logging.getLogger("camwatch.test").error("refused: %s", seen[-1])

    with Database.open(file, clock=clock) as database:
        bus, policy = Bus(), CameraPolicy(snapshot_timeout_s=0.2)
        counting = counting_in(tmp_path, bus)
        commands = Commands(database, store, policy, bus, counting, clock)
        boss = commands.create_first_administrator("boss", canaries["operator"])
        boss = commands.sign_in("boss", canaries["operator"])
        for name, password in (("boss", "guess"), ("nobody", "guess")):
            with pytest.raises(CamWatchError) as error:
                commands.sign_in(name, canaries[password])
            refused(error.value)
        with pytest.raises(CamWatchError) as error:
            commands.sign_in(canaries["name"], canaries["name"])
        refused(error.value)
        gate = commands.add_camera(boss, settings(), secret("first"))
        gate = commands.edit_camera(boss, gate.id, settings("Renamed"), secret("second"))
        hall = commands.add_camera(boss, settings("Hall"), secret("memory"), keep_in_memory=True)
        assert camera_password(store, gate) == secret("second")
        assert camera_password(store, hall) == secret("memory")
        seen += [repr((boss, gate, hall, secret("first"), commands, store))]
        nowhere = replace(settings(host="127.0.0.1"), port=1, allow_local=True)
        seen.append(repr(commands.test_camera(boss, nowhere, secret("tried"))))
        with pytest.raises(CamWatchError) as error:
            commands.add_camera(boss, settings("HALL"), secret("third"))
        refused(error.value)
        with pytest.raises(CamWatchError) as error:
            commands.edit_camera(boss, gate.id, settings(host="10.0.0.9"), KeepPassword())
        refused(error.value)
        secret_service.end_keyring()
        with pytest.raises(CamWatchError) as error:
            commands.add_camera(boss, settings("Third"), secret("third"))
        refused(error.value)
        del error
        seen.append(repr(commands.find_audit_entries(boss, AuditQuery(), 100)))
        files = {path.name: path.read_bytes() for path in file.parent.iterdir() if path.is_file()}
    files |= {path.name: path.read_bytes() for path in file.parent.iterdir() if path.is_file()}
    store.close()

    assert {"camwatch.sqlite3", "camwatch.sqlite3-wal", "camwatch.log"} <= set(files)
    assert b"boss" in files["camwatch.sqlite3"] + files["camwatch.sqlite3-wal"]
    assert b"refused" in files["camwatch.log"]
    for name, canary in canaries.items():
        found = [place for place, data in files.items() if canary.encode() in data]
        assert found == [], name
        assert canary not in "\n".join(seen), name
