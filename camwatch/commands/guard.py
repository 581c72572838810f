"""Says for each command who may give it, and holds to that."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from camwatch.auth.permissions import Permission, allows
from camwatch.auth.session import Session, Sessions
from camwatch.commands.trail import DENIED, Trail
from camwatch.data.operators import OperatorRepository
from camwatch.errors import PermissionDenied, SessionExpired

_DECLARED = "who_may"

P = ParamSpec("P")
R = TypeVar("R")


class Guard:
    """Lets a session through to a command, or not."""

    def __init__(
        self,
        operators: OperatorRepository,
        sessions: Sessions,
        trail: Trail,
        clock: Callable[[], datetime],
    ) -> None:
        self._operators = operators
        self._sessions = sessions
        self._trail = trail
        self._clock = clock

    def admit(self, session: Session, permission: Permission, command: str) -> Session:
        """Check the session, and the role its operator has now.

        Returns:
            The session as it was opened, with the operator's present record: whatever
            the caller wrote into its own copy is not used.

        Raises:
            SessionExpired: It has ended, or the operator is gone or disabled.
            PermissionDenied: The role does not allow it; this is audited.
            StorageError: The operator's record cannot be read, so nobody is let through.
        """
        known = self._sessions.check(session, self._clock())
        record = self._operators.find(known.user.name)
        if record is None or record.user.id != known.user.id or record.user.is_disabled:
            self._sessions.end(known)
            raise SessionExpired
        if not allows(record.user.role, permission):
            self._trail.try_to_record(
                record.user.name, command, "", DENIED, permission=permission.value
            )
            raise PermissionDenied(permission.value)
        return replace(known, user=record.user)


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


def needs(permission: Permission) -> Callable[[Command[C, P, R]], Command[C, P, R]]:
    """Let only operators with this permission give the command."""

    def decorate(method: Command[C, P, R]) -> Command[C, P, R]:
        @functools.wraps(method)
        def guarded(self: C, session: Session, /, *args: P.args, **kwargs: P.kwargs) -> R:
            admitted = self.guard.admit(session, permission, method.__name__)
            return method(self, admitted, *args, **kwargs)

        guarded.__dict__[_DECLARED] = permission
        return guarded

    return decorate


def open_to_all(why: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let everybody give the command."""

    def decorate(method: Callable[P, R]) -> Callable[P, R]:
        method.__dict__[_DECLARED] = OpenToAll(why)
        return method

    return decorate


def who_may(command: Callable[..., object]) -> Permission | OpenToAll | None:
    """Return what was declared for a command, None if nothing was."""
    declared = command.__dict__.get(_DECLARED)
    return declared if isinstance(declared, Permission | OpenToAll) else None
