"""What tests of signing in by steps, and of the second factor, are made of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pyotp
import pytest

from camwatch.auth.passwords import hash_password
from camwatch.auth.permissions import built_in_role
from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.commands.second_factors import entry_of
from camwatch.data.engine import Database
from camwatch.data.roles import RoleRecord
from camwatch.domain import AuditEntry, Role, Secret, User
from camwatch.errors import BadCredentials, MoreNeeded, SignInStep
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import PASSWORD, sql

OTHER = "seven lanterns in fog"
SERVICE = "camwatch"


def jane_in(database: Database, role: Role = Role.SUPERVISOR) -> User:
    """Add an operator "jane"."""
    return database.operators.add("jane", role, hash_password(PASSWORD))


def require_second_factor(database: Database, role: Role = Role.SUPERVISOR) -> None:
    """Let a role need a second factor."""
    always = built_in_role(role)
    record = RoleRecord(always.key, always.name, frozenset(), None, needs_second_factor=True)
    database.roles.put(record, always.key)


def must_change(database: Database, name: str, expires_at: datetime | None = None) -> None:
    """Let an operator's password be a one-time code, or one that somebody else set."""
    moment = None if expires_at is None else int(expires_at.timestamp() * 1000)
    sql(
        database.file,
        'UPDATE "user" SET must_change = true, code_expires_at = ? WHERE name = ?',
        moment,
        name,
    )


class Device:
    """An operator's device, which makes codes.

    Args:
        text: The secret that was typed or read into it.
        clock: Its clock.
    """

    def __init__(self, text: str, clock: Callable[[], datetime]) -> None:
        self._totp = pyotp.TOTP(text.replace(" ", ""))
        self._clock = clock

    def code(self, steps_off: int = 0) -> str:
        """Return the code it shows now, or some steps away."""
        return self._totp.at(self._clock(), counter_offset=steps_off)

    def wrong(self) -> str:
        """Return a code that it does not show."""
        right = {self.code(off) for off in (-1, 0, 1)}
        return next(text for text in ("000000", "111111", "222222", "333333") if text not in right)


def set_up(
    commands: Commands, session: Session, clock: Callable[[], datetime]
) -> tuple[Device, list[Secret]]:
    """Give the operator of a session a second factor; return the device and recovery codes."""
    device = Device(commands.begin_second_factor(session).text.reveal(), clock)
    return device, commands.finish_second_factor(session, device.code())


def step_of(sign_in: Callable[[], object], step: SignInStep) -> str:
    """Return the ticket of a step that signing in needs."""
    with pytest.raises(MoreNeeded) as more:
        sign_in()
    assert more.value.step is step
    return more.value.ticket


def password_step(
    commands: Commands, step: SignInStep, name: str = "jane", password: str = PASSWORD
) -> str:
    """Sign in with a password, and return the ticket of the step that is next."""
    return step_of(lambda: commands.sign_in(name, password), step)


def wrong_code(commands: Commands, ticket: str, code: str, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(BadCredentials):
            commands.give_code(ticket, code)


def failures_of(database: Database, name: str = "jane") -> int:
    record = database.operators.find(name)
    assert record is not None
    return record.failures


def present(database: Database, name: str = "jane") -> User:
    record = database.operators.find(name)
    assert record is not None
    return record.user


def kept(keyring: MemoryKeyring, user: User) -> str | None:
    """Return what the keyring holds of an operator's device."""
    return keyring.entries.get((SERVICE, entry_of(user)))


def found(database: Database, action: str) -> list[AuditEntry]:
    """Return the audit entries of an action, oldest first."""
    return [one for one in reversed(database.audit.newest(1000)) if one.action == action]
