"""Commands whose operators the reference login service knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from camwatch.auth.secrets import SecretStore
from camwatch.commands import Commands, Counting
from camwatch.commands.access import AccessOptions
from camwatch.config import CameraPolicy, RemoteLogin
from camwatch.data.engine import Database
from camwatch.domain import AuditEntry, utc_now
from camwatch.events import Bus, SessionChanged
from tests.auth.remote.conftest import serve, settings_for
from tests.commands.values import Clock
from tests.support.login_service import LoginService

__all__ = ["serve"]

ANNA = ("anna", "green bicycle rides")
OMAR = ("omar", "silver lantern glows")
LENA = ("lena", "quiet harbour wakes")
GAST = ("gast", "purple teapot whistles")


class RunningClock(Clock):
    """The real time, which tokens are checked against, moved as a test wishes."""

    def __init__(self) -> None:
        super().__init__()
        self.offset = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.offset

    def advance(self, **span: float) -> None:
        self.offset += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return RunningClock()


@pytest.fixture
def service(serve: Callable[..., LoginService]) -> LoginService:
    return serve()


Make = Callable[..., Commands]


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    folder = tmp_path / "profile"
    folder.mkdir()
    return folder


@pytest.fixture
def make(  # noqa: PLR0917 - fixtures
    database: Database,
    secrets: SecretStore,
    bus: Bus,
    counting: Counting,
    clock: Clock,
    profile: Path,
) -> Make:
    """Return what makes the commands anew, as another start of the program does."""

    def start(settings: RemoteLogin, computer: str = "pc-1") -> Commands:
        access = AccessOptions(
            profile, profile / "settings.toml", remote_login=settings, computer=computer
        )
        return Commands(
            database, secrets, CameraPolicy(), bus, counting, clock=clock, access=access
        )

    return start


@pytest.fixture
def commands(make: Make, service: LoginService) -> Commands:
    return make(settings_for(service, timeout_s=3.0))


@pytest.fixture
def told(bus: Bus) -> Iterator[list[SessionChanged]]:
    """Collect what is told of sessions that change without their operator's doing."""
    found: list[SessionChanged] = []
    unsubscribe = bus.subscribe(SessionChanged, found.append)
    yield found
    unsubscribe()


def short(entry: AuditEntry) -> tuple[str, str, str]:
    return entry.actor, entry.action, entry.result
