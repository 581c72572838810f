"""The whole program in this process, with a vault, on a computer that has a keyring by now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from camwatch.app import Application
from camwatch.auth.secrets import SecretStore
from camwatch.auth.vault import Vault
from camwatch.auth.vault_format import Cost
from camwatch.config import Settings
from camwatch.domain import Secret
from camwatch.paths import Profile
from camwatch.ui.sign_in import SignInDialog
from camwatch.ui.vault.unlock_dialog import UnlockDialog
from tests.auth.conftest import no_keyring, secret_service, wait_for
from tests.auth.secret_service import SecretService
from tests.support.applications import end

__all__ = ["no_keyring", "secret_service"]

PASSPHRASE = Secret("seven grey geese over the fen")
W = TypeVar("W", bound=QWidget)


def shown(kind: type[W]) -> list[W]:
    return [
        one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()
    ]


@pytest.fixture
def profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret_service: SecretService
) -> Profile:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    profile = Profile(tmp_path / "profile")
    profile.create()
    vault = Vault(profile.vault_file, cost=Cost(1024, 1, 1))
    vault.create(PASSPHRASE)
    vault.set_password("camwatch", "uid-1", "of a camera")
    return profile


@pytest.fixture
def application(profile: Profile, qtbot: QtBot) -> Iterator[Application]:
    application = Application(profile, Settings(), demo=None)
    application.start()
    yield application
    end(application)


def test_the_vault_is_asked_for_first_and_a_keyring_that_came_later_is_only_offered(
    qtbot: QtBot, application: Application, profile: Profile
) -> None:
    keyring = SecretStore(deadline_s=30.0)
    wait_for(keyring)
    qtbot.waitUntil(lambda: bool(shown(UnlockDialog)), timeout=20_000)
    assert shown(SignInDialog) == []
    (dialog,) = shown(UnlockDialog)
    dialog.passphrase.setText(PASSPHRASE.reveal())
    dialog.submit()
    qtbot.waitUntil(
        lambda: bool(shown(SignInDialog)) and shown(SignInDialog)[0].button.text() != "Sign in",
        timeout=20_000,
    )
    (sign_in,) = shown(SignInDialog)
    lines = [line for line in sign_in.findChildren(QLineEdit) if line.isVisible()]
    for line, text in zip(lines, ("olga", *["walks-past-gate-three"] * 2), strict=True):
        line.setText(text)
    sign_in.submit()
    qtbot.waitUntil(lambda: application.window is not None, timeout=20_000)
    window = application.window
    assert window is not None
    qtbot.waitUntil(lambda: "has a keyring by now" in window.banners.notice.text, timeout=20_000)
    assert keyring.get("uid-1") is None
    assert profile.vault_file.exists()
    keyring.close()
