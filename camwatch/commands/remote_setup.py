"""Setting the login service up, and trying it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from camwatch.auth.accounts import LoginServiceTrial
from camwatch.auth.entitlement import NotKept
from camwatch.auth.permissions import OperatorRole
from camwatch.auth.remote.address import check_address
from camwatch.auth.remote.keys import fingerprints
from camwatch.auth.remote.roles import role_key
from camwatch.auth.remote.service import LoginService
from camwatch.commands.authority import Authority, check_reach
from camwatch.commands.remote_access import RemoteAccess
from camwatch.commands.remote_sign_in import RemoteSigningIn, leave
from camwatch.commands.role_book import RoleBook
from camwatch.commands.trail import DENIED, DONE, FAILED, Trail
from camwatch.config import RemoteLogin
from camwatch.domain import Secret
from camwatch.errors import (
    CamWatchError,
    InvalidSetting,
    InvalidSettings,
    LoginServiceError,
)
from camwatch.language import tr
from camwatch.outgoing.tls import check_ca_file

log = logging.getLogger(__name__)

_SET = "set_login_service"
_TRY = "try_login_service"
_MOST_LINES = 200
_LONGEST_LINE = 256
_FINGERPRINT_LENGTH = 64

# With another one of these, what the service said before was said by somebody else.
_IDENTITY = ("url", "issuer", "audience")
# By these it is decided who is let in as what.
_GIVES_ROLES = (*_IDENTITY, "ca_file", "keys", "roles_claim", "mapping")


@dataclass(frozen=True, slots=True)
class RemoteSetup:
    """Changes and tries the settings of the login service.

    Attributes:
        access: The service, as it is set up now.
        signing_in: Ends sessions that no longer count.
        roles: Looks roles up.
        trail: The audit log.
        clock: The wall clock, aware UTC.
    """

    access: RemoteAccess
    signing_in: RemoteSigningIn
    roles: RoleBook
    trail: Trail
    clock: Callable[[], datetime]

    def change(self, by: Authority, settings: RemoteLogin) -> RemoteLogin:
        """See `Commands.set_login_service`."""
        settings, actor = self._checked(settings), by.actor
        before = self.access.settings
        self._check_reach(by, before, settings)
        if settings.url != before.url and settings.keys == before.keys:
            # They are those of the service before.
            settings = settings.model_copy(update={"keys": {}})
        if settings.url and not settings.keys:
            settings = _with_keys(settings)
        now, old = settings.model_dump(), before.model_dump()
        changed = ", ".join(name for name in now if now[name] != old[name])
        details = {"changed": changed, "url": settings.url}
        # Audited first, for sessions that were ended cannot be taken back.
        self.trail.record(actor, _SET, settings.name or settings.url, DONE, **details)
        is_another = any(now[name] != old[name] for name in _IDENTITY)
        if before.url and is_another:
            self.signing_in.end_all("the login service was changed")
        try:
            self.access.change(settings)
        except InvalidSettings:
            self.trail.try_to_record(actor, _SET, settings.name or settings.url, FAILED)
            raise
        if not settings.url or not settings.offline_hours:
            try:
                self.access.entitlements.forget()
            except NotKept as error:
                log.warning("the file for signing in offline stays, and is not used: %s", error)
        return settings

    def _check_reach(self, by: Authority, before: RemoteLogin, settings: RemoteLogin) -> None:
        """Refuse to let others in as more than the asking operator is.

        Whoever chooses the service, or how its roles are read, could else be let in by it as
        an administrator.

        Raises:
            InvalidSettings: "mapping": it gives a role that goes further than theirs.
        """
        now, old = settings.model_dump(), before.model_dump()
        if not settings.url or not any(now[name] != old[name] for name in _GIVES_ROLES):
            return
        try:
            for key in settings.mapping.values():
                check_reach(by, self.roles.role(key), "mapping")
        except InvalidSetting as error:
            self.trail.try_to_record(by.actor, _SET, settings.url, DENIED, why=error.reason)
            raise InvalidSettings([error]) from error

    def try_out(
        self, actor: str, settings: RemoteLogin, name: str, password: Secret | None
    ) -> LoginServiceTrial:
        """See `Commands.try_login_service`."""
        settings = self._checked(settings)
        if not settings.url:
            raise InvalidSettings([InvalidSetting("url", tr("is needed"))])
        try:
            service = LoginService(settings, trusts_offered=True)
            keys = service.offered_keys()
            claims: Mapping[str, Any] = {}
            if name:
                vouched = service.login(name.strip(), "" if password is None else password.reveal())
                leave(service, vouched)
                claims = vouched.claims
        except CamWatchError as error:
            self.trail.record(actor, _TRY, settings.url, FAILED, reason=error.type)
            raise
        self.trail.record(actor, _TRY, settings.url, DONE)
        return LoginServiceTrial(
            has_keys=keys is not None,
            key_fingerprints=fingerprints(keys or {}),
            claims=dict(claims),
            role=self.preview(settings, claims),
        )

    def preview(self, settings: RemoteLogin, claims: Mapping[str, object]) -> OperatorRole | None:
        """See `Commands.preview_mapping`."""
        key = role_key(claims, settings.roles_claim, settings.mapping)
        role = self.roles.role(key) if key else None
        return role if role is not None and role.key else None

    def _checked(self, settings: RemoteLogin) -> RemoteLogin:
        """Return the settings as they are kept.

        Raises:
            InvalidSettings: With every refused field.
        """
        changes: dict[str, object] = {
            name: getattr(settings, name).strip()
            for name in ("url", "name", "issuer", "audience", "ca_file", "roles_claim")
        }
        if not changes["url"]:
            # Nothing is asked, so nothing has to be right; what was trusted is forgotten.
            return settings.model_copy(update={**changes, "keys": {}})
        problems = list(self._problems(settings.model_copy(update=changes), changes))
        if problems:
            raise InvalidSettings(problems)
        return settings.model_copy(update=changes)

    def _problems(self, settings: RemoteLogin, changes: dict[str, object]) -> list[InvalidSetting]:
        found: list[InvalidSetting] = []
        try:
            changes["url"] = check_address(settings.url)
        except InvalidSetting as error:
            found.append(error)
        try:
            check_ca_file(settings.ca_file, self.clock())
        except InvalidSetting as error:
            found.append(error)
        found.extend(
            InvalidSetting(field, tr("may have no line breaks or invisible characters"))
            for field in ("name", "issuer", "audience", "roles_claim")
            if not str(getattr(settings, field)).isprintable()
        )
        found.extend(
            InvalidSetting(field, tr("is needed"))
            for field in ("audience", "roles_claim")
            if not getattr(settings, field)
        )
        found.extend(self._mapping_problems(settings.mapping))
        if any(
            len(print_) != _FINGERPRINT_LENGTH or not set(print_) <= set("0123456789abcdef")
            for print_ in settings.keys.values()
        ):
            found.append(InvalidSetting("keys", tr("hold something that is no fingerprint")))
        return found

    def _mapping_problems(self, mapping: Mapping[str, str]) -> list[InvalidSetting]:
        if len(mapping) > _MOST_LINES:
            return [
                InvalidSetting(
                    "mapping", tr("may have {most_lines} lines at most", most_lines=_MOST_LINES)
                )
            ]
        found: list[InvalidSetting] = []
        for name, key in mapping.items():
            if not name.strip() or len(name) > _LONGEST_LINE or not name.isprintable():
                found.append(InvalidSetting("mapping", tr("has a line whose name cannot be one")))
            elif not self.roles.role(key).key:
                found.append(
                    InvalidSetting(
                        "mapping", tr("gives “{name}” a role that is not there", name=name)
                    )
                )
        return found


def _with_keys(settings: RemoteLogin) -> RemoteLogin:
    """Trust the keys that the service shows now; those that it shows first if it is away."""
    try:
        keys = LoginService(settings).offered_keys()
    except LoginServiceError as error:
        log.info("the keys of the login service are trusted when it first shows them: %s", error)
        return settings
    return settings.model_copy(update={"keys": fingerprints(keys or {})})
