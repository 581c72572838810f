"""A Secret Service for the tests that need a real keyring."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from camwatch import logs
from camwatch.auth.secrets import SecretStore
from camwatch.domain import Secret
from camwatch.errors import SecretsUnavailable
from tests.auth.secret_service import IS_INSTALLED, SecretService


@pytest.fixture
def no_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be on a computer without D-Bus and without a choice of keyring."""
    for name in ("DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_BACKEND", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


@pytest.fixture
def secret_service(
    no_keyring: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SecretService]:
    """Run an unlocked Secret Service that this process talks to."""
    if not IS_INSTALLED:
        pytest.skip("dbus-daemon and gnome-keyring-daemon are not installed")
    service = SecretService(tmp_path)
    for name, value in service.environ.items():
        monkeypatch.setenv(name, value)
    try:
        yield service
    finally:
        service.stop()
        # The library leaves connections open when a keyring fails. Let that be noticed
        # in the test that provoked it, which allows it, and not in another one.
        gc.collect()


@pytest.fixture
def make_store() -> Iterator[Callable[..., SecretStore]]:
    """Return SecretStore, and end what it made."""
    made: list[SecretStore] = []

    def make(*args: object, **kwargs: object) -> SecretStore:
        made.append(SecretStore(*args, **kwargs))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for store in made:
        store.close()


def wait_for(store: SecretStore) -> None:
    """Return once the keyring answers; it is there a moment after its process starts."""
    while True:
        try:
            store.probe()
        except SecretsUnavailable:
            continue  # the test's own time limit ends this
        return


@pytest.fixture
def store(secret_service: SecretService, make_store: Callable[..., SecretStore]) -> SecretStore:
    """Return a store on the real keyring, once that is up."""
    store = make_store(deadline_s=30.0)
    wait_for(store)
    return store


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """Log everything to a file, as the program does."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    for handler in handlers:
        root.removeHandler(handler)
    file = tmp_path / "camwatch.log"
    logs.set_up(file, "debug", to_stderr=False)
    yield file
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)


@pytest.fixture
def canary() -> Secret:
    """Return a password that occurs nowhere else."""
    return Secret(f"canary-{os.urandom(8).hex()}")
