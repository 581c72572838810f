"""The login service as it is set up now, and what decides who is let in through it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from camwatch.auth.entitlement import Entitlements
from camwatch.auth.permissions import OperatorRole
from camwatch.auth.remote.roles import operator_in, role_key
from camwatch.auth.remote.service import LoginService
from camwatch.auth.session import SignInKind
from camwatch.commands.access import AccessOptions
from camwatch.commands.role_book import RoleBook
from camwatch.commands.settings_file import write_values
from camwatch.commands.trail import DONE, Trail
from camwatch.config import RemoteLogin
from camwatch.domain import User
from camwatch.errors import InvalidSettings, LoginFault, LoginServiceError

log = logging.getLogger(__name__)

SECTION = "remote_login"
SYSTEM = "system"
"""The actor of what CamWatch does by itself; no operator can have this name."""


@dataclass(frozen=True, slots=True)
class LetIn:
    """Who is let in, and as what."""

    user: User
    role: OperatorRole


class RemoteAccess:
    """Holds the settings and the service they describe. May be used from any thread.

    Args:
        access: How access is set up at the start.
        roles: Looks up what roles may do.
        entitlements: Who may sign in while the service is away.
        trail: The audit log.
        clock: The wall clock, aware UTC.
    """

    def __init__(
        self,
        access: AccessOptions,
        roles: RoleBook,
        entitlements: Entitlements,
        trail: Trail,
        clock: Callable[[], datetime],
    ) -> None:
        self.entitlements = entitlements
        self._file = access.settings_file
        self._settings = access.remote_login
        self._roles = roles
        self._trail = trail
        self._clock = clock
        self._lock = threading.Lock()
        self._service: LoginService | None = None

    @property
    def settings(self) -> RemoteLogin:
        """How it is set up now."""
        with self._lock:
            return self._settings

    @property
    def display_name(self) -> str:
        """What operators call it; "" if none is set up."""
        settings = self.settings
        if not settings.url:
            return ""
        return settings.name or urlsplit(settings.url).hostname or settings.url

    def service(self) -> LoginService:
        """Return the service.

        Raises:
            LoginServiceError: None is set up, or its settings are wrong.
        """
        with self._lock:
            if not self._settings.url:
                raise LoginServiceError(LoginFault.NOT_SET_UP)
            if self._service is None:
                self._service = LoginService(self._settings, self._pin)
            return self._service

    def cut(self) -> None:
        """Let all questions that are being asked end at once."""
        with self._lock:
            service = self._service
        if service is not None:
            service.cut()

    def change(self, settings: RemoteLogin) -> None:
        """Write other settings, and use them from now on.

        Raises:
            InvalidSettings: They cannot be written; nothing has changed.
        """
        if self._file is not None:
            write_values(self._file, SECTION, settings.model_dump())
        with self._lock:
            self._settings = settings
            self._service = None

    def role_in(self, claims: Mapping[str, Any]) -> str:
        """Return the key of the role that claims come to; "" for none."""
        settings = self.settings
        return role_key(claims, settings.roles_claim, settings.mapping)

    def let_in(self, claims: Mapping[str, Any]) -> LetIn:
        """Return whom a token's claims let in.

        Raises:
            LoginServiceError: Its roles come to none here, or it holds no name.
            StorageError: The role cannot be read.
        """
        key = self.role_in(claims)
        user = operator_in(claims, key, self._clock())
        return LetIn(user, self.role(key, SignInKind.REMOTE))

    def role(self, key: str, kind: SignInKind) -> OperatorRole:
        """Return a role that operators of the login service have.

        Raises:
            LoginServiceError: There is no such role.
            StorageError: It cannot be read.
        """
        role = self._roles.role_for(key, kind) if key else None
        if role is None or not role.key:
            raise LoginServiceError(LoginFault.NO_ROLE)
        return role

    def _pin(self, pins: Mapping[str, str]) -> None:
        """Keep the keys that the service has shown for the first time."""
        with self._lock:
            self._settings = self._settings.model_copy(update={"keys": dict(pins)})
        self._trail.try_to_record(
            SYSTEM, "trust_login_service_keys", self.display_name, DONE, **_short(pins)
        )
        if self._file is None:
            return
        try:
            write_values(self._file, SECTION, {"keys": dict(pins)})
        except InvalidSettings as error:
            log.warning("the keys of the login service are trusted for this run only: %s", error)


def _short(pins: Mapping[str, str]) -> dict[str, str]:
    """Return fingerprints as details of an audit entry: their names come from outside."""
    return {f"key_{number}": print_ for number, print_ in enumerate(pins.values(), 1)}
