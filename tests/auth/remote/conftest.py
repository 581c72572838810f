"""The reference login service, and what asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp

import pytest

from camwatch.config import RemoteLogin
from tests.support.login_service import LoginService
from tests.support.login_tokens import KeyKind

MAPPING = {"admins": "administrator", "shift-leads": "supervisor", "staff": "viewer"}


def settings_for(service: LoginService, **changes: object) -> RemoteLogin:
    """Return settings that reach a service and trust its authority."""
    usual: dict[str, object] = {
        "url": service.url,
        "ca_file": str(service.ca_file),
        "mapping": MAPPING,
        "timeout_s": 5.0,
    }
    return RemoteLogin.model_validate({**usual, **changes})


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., LoginService]]:
    """Return what starts a login service; it ends with the test."""
    with ExitStack() as stack:

        def start(kind: KeyKind = KeyKind.EDDSA) -> LoginService:
            folder = Path(mkdtemp(dir=tmp_path))
            return stack.enter_context(LoginService(folder, kind))

        yield start


@pytest.fixture
def service(serve: Callable[..., LoginService]) -> LoginService:
    """Return a login service that signs with EdDSA."""
    return serve()
