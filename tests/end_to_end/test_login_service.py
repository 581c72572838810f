"""An operator of the login service in the running program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from camwatch.app import Application
from camwatch.commands import Commands
from camwatch.config import Settings
from camwatch.errors import SessionExpired
from camwatch.paths import Profile
from camwatch.ui.sign_in import SignInDialog
from tests.auth.remote.conftest import serve, settings_for
from tests.commands.remote.conftest import ANNA
from tests.support.applications import end
from tests.support.login_service import Fault, LoginService

__all__ = ["serve"]

pytestmark = [pytest.mark.end_to_end, pytest.mark.expects_warning]


@pytest.fixture
def service(serve: Callable[..., LoginService]) -> LoginService:
    return serve()


@pytest.fixture
def application(
    qtbot: QtBot, tmp_path: Path, service: LoginService, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Application]:
    monkeypatch.setattr("camwatch.commands.remote_watch.RECHECK_S", 1.0)
    profile = Profile(tmp_path / "profile")
    profile.create()
    settings = Settings(remote_login=settings_for(service))
    application = Application(profile, settings, demo=None)
    application.start()
    qtbot.waitUntil(lambda: application.windows.sign_in is not None, timeout=60_000)
    yield application
    end(application)
    assert application.late_workers == []


def commands_of(application: Application) -> Commands:
    assert application.commands is not None
    return application.commands


def sign_in(application: Application) -> None:
    """Sign in as the sign-in window does once its service tab is answered."""
    dialog = application.windows.sign_in
    assert isinstance(dialog, SignInDialog)
    dialog.session = commands_of(application).sign_in_remotely(*ANNA)
    dialog.signed_in.emit()
    dialog.accept()


@pytest.mark.fault("F114")
def test_the_window_of_an_operator_who_is_disabled_closes(
    qtbot: QtBot, application: Application, service: LoginService
) -> None:
    sign_in(application)
    assert application.window is not None
    session = application.window.sessions.session
    service.user("anna").roles = ["staff"]

    def is_told() -> bool:
        window = application.window
        assert window is not None
        return any("Your role has changed" in label.text() for label in window.findChildren(QLabel))

    qtbot.waitUntil(is_told, timeout=60_000)
    service.user("anna").is_disabled = True
    qtbot.waitUntil(lambda: application.window is None, timeout=60_000)
    qtbot.waitUntil(lambda: application.windows.sign_in is not None, timeout=60_000)
    with pytest.raises(SessionExpired):
        commands_of(application).cameras(session)


@pytest.mark.fault("F105")
def test_the_program_ends_while_the_service_hangs(
    qtbot: QtBot, application: Application, service: LoginService
) -> None:
    sign_in(application)
    service.asked.clear()
    service.fault = Fault.SILENT
    qtbot.waitUntil(lambda: bool(service.asked), timeout=60_000)
    application.stop()
    assert application.late_workers == []
