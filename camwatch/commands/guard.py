"""Says for each command who may give it, and holds to that."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from camwatch.auth.permissions import WHILE_LOCKED, Permission
from camwatch.auth.session import Session, Sessions, SignInKind
from camwatch.commands.role_book import RoleBook
from camwatch.commands.trail import DENIED, Trail
from camwatch.data.operators import OperatorRepository
from camwatch.errors import PasswordNeeded, PermissionDenied, SessionExpired, SessionLocked

_DECLARED = "who_may"

P = ParamSpec("P")
R = TypeVar("R")


class Guard:
    """Lets a session through to a command, or not."""

    def __init__(
        self,
        operators: OperatorRepository,
        roles: RoleBook,
        sessions: Sessions,
        trail: Trail,
        clock: Callable[[], datetime],
    ) -> None:
        self._operators = operators
        self._roles = roles
        self._sessions = sessions
        self._trail = trail
        self._clock = clock

    def admit(
        self, session: Session, permission: Permission, command: str, *, fresh: bool = False
    ) -> Session:
        """Check the session, and the role its operator has now.

        Args:
            session: As the caller has it.
            permission: What the command needs.
            command: Its name, for the audit log.
            fresh: The password must have been entered lately.

        Returns:
            The session as it was opened, with the operator's present record: whatever
            the caller wrote into its own copy is not used.

        Raises:
            SessionExpired: It has ended, or the operator is gone or disabled.
            SessionLocked: It is locked.
            PasswordNeeded: The password was not entered lately.
            PermissionDenied: The role does not allow it; this is audited.
            StorageError: The operator's record cannot be read, so nobody is let through.
        """
        admitted = self.recognise(session)
        if not admitted.may(permission):
            self._trail.try_to_record(
                admitted.actor, command, "", DENIED, permission=permission.value
            )
            raise PermissionDenied(permission.value)
        if self._sessions.is_locked(admitted) and permission not in WHILE_LOCKED:
            raise SessionLocked
        if fresh:
            self.require_fresh(admitted)
        return admitted

    def require_fresh(self, session: Session) -> None:
        """Refuse an operator who has not entered the password lately.

        Raises:
            PasswordNeeded: Ask for it, see `Commands.confirm_password`, and try again.
        """
        if not self._sessions.is_confirmed(session):
            raise PasswordNeeded

    def recognise(self, session: Session) -> Session:
        """Return the session as it was opened, with its operator's present record and role.

        Raises:
            SessionExpired: It has ended, or the operator is gone or disabled.
            StorageError: The operator's record cannot be read, so nobody is let through.
        """
        known = self._sessions.check(session, self._clock())
        if known.kind is not SignInKind.LOCAL:
            # There is no record here. Whoever watches over such sessions keeps to what the
            # login service says, and ends them.
            return replace(known, role=self._roles.role_for(known.user.role, known.kind))
        record = self._operators.find(known.user.name)
        if record is None or record.user.id != known.user.id or record.user.is_disabled:
            self._sessions.end(known)
            raise SessionExpired
        return replace(known, user=record.user, role=self._roles.role(record.user.role))


class Guarded(Protocol):
    """A class whose methods are commands."""

    @property
    def guard(self) -> Guard:
        """What checks sessions."""


C = TypeVar("C", bound=Guarded)
Command = Callable[Concatenate[C, Session, P], R]


@dataclass(frozen=True, slots=True)
class OpenToAll:
    """A command that needs no permission, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class OpenToSignedIn:
    """A command that any operator may give whose session is open, and why."""

    why: str


def needs(
    permission: Permission, *, fresh: bool = False
) -> Callable[[Command[C, P, R]], Command[C, P, R]]:
    """Let only operators with this permission give the command.

    Args:
        permission: Which one.
        fresh: They must have entered their password lately.
    """

    def decorate(method: Command[C, P, R]) -> Command[C, P, R]:
        @functools.wraps(method)
        def guarded(self: C, session: Session, /, *args: P.args, **kwargs: P.kwargs) -> R:
            admitted = self.guard.admit(session, permission, method.__name__, fresh=fresh)
            return method(self, admitted, *args, **kwargs)

        guarded.__dict__[_DECLARED] = permission
        return guarded

    return decorate


def open_to_signed_in(why: str) -> Callable[[Command[C, P, R]], Command[C, P, R]]:
    """Let every operator give the command, also while the session is locked."""

    def decorate(method: Command[C, P, R]) -> Command[C, P, R]:
        @functools.wraps(method)
        def guarded(self: C, session: Session, /, *args: P.args, **kwargs: P.kwargs) -> R:
            return method(self, self.guard.recognise(session), *args, **kwargs)

        guarded.__dict__[_DECLARED] = OpenToSignedIn(why)
        return guarded

    return decorate


def open_to_all(why: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let everybody give the command."""

    def decorate(method: Callable[P, R]) -> Callable[P, R]:
        method.__dict__[_DECLARED] = OpenToAll(why)
        return method

    return decorate


def who_may(command: Callable[..., object]) -> Permission | OpenToSignedIn | OpenToAll | None:
    """Return what was declared for a command, None if nothing was."""
    declared = command.__dict__.get(_DECLARED)
    return declared if isinstance(declared, Permission | OpenToSignedIn | OpenToAll) else None
