"""What administrators and operators see of accounts, roles and sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from camwatch.auth.permissions import OperatorRole, Permission
from camwatch.auth.session import SignInKind
from camwatch.domain import Secret, SiteId, User


@dataclass(frozen=True, slots=True)
class Account:
    """An operator as the administrator's list shows it.

    Attributes:
        user: The record.
        role: The operator's role; `NOBODY` if it is not there any more.
        failures: Failed sign-ins since the last one that succeeded.
        locked_until: No try is accepted before, UTC; None if tries are accepted.
        code_expires_at: Until when the one-time code holds, UTC; None if there is none.
        open_sessions: How many sessions are open now, on all computers.
        is_last_administrator: Can be neither disabled, removed nor lowered.
    """

    user: User
    role: OperatorRole
    failures: int = 0
    locked_until: datetime | None = None
    code_expires_at: datetime | None = None
    open_sessions: int = 0
    is_last_administrator: bool = False


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """A code with which an operator signs in once, to choose a password.

    Attributes:
        name: Whose.
        code: Is shown once and kept nowhere.
        expires_at: UTC.
    """

    name: str
    code: Secret
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that is open now.

    Attributes:
        uid: Names it; not what opens it.
        actor: As in the audit log.
        kind: Who vouched for the operator.
        computer: Where.
        started_at: UTC.
        seen_at: When something was asked last, UTC.
        is_this: It is the one that asks.
    """

    uid: str
    actor: str
    kind: SignInKind
    computer: str
    started_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class RoleDraft:
    """A role as an administrator wants it."""

    name: str
    permissions: frozenset[Permission]
    sites: frozenset[SiteId] | None = None
    needs_second_factor: bool = False


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """A line of a table of operators to be added.

    Attributes:
        line: Its number in the file, from 1.
        name: As it would be stored; as it was written if it is refused.
        role: Key of the role, "" if there is none of that name.
        problems: Why it is refused, as sentences; empty if it is not.
    """

    line: int
    name: str
    role: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OperatorTable:
    """A table of operators to be added, as it was understood; all or none are added."""

    rows: tuple[OperatorRow, ...]

    @property
    def is_sound(self) -> bool:
        """True if there is a row, and none is refused."""
        return bool(self.rows) and not any(row.problems for row in self.rows)


@dataclass(frozen=True, slots=True)
class SecondFactorSetup:
    """What an operator's device needs to make codes.

    Attributes:
        uri: For the picture that the device's camera reads, otpauth://…
        text: The same secret to be typed, in groups of four.
    """

    uri: Secret
    text: Secret


@dataclass(frozen=True, slots=True)
class SignInWays:
    """How one can sign in here.

    Attributes:
        is_first_start: There is no operator yet.
        login_service: What operators call the login service; "" if none is set up.
        needs_vault_passphrase: Passwords of this program are in its own vault, which is locked.
    """

    is_first_start: bool
    login_service: str = ""
    needs_vault_passphrase: bool = False

    def looks_like(self, other: SignInWays) -> bool:
        """Tell whether the same fields are filled in for both."""
        return (self.is_first_start, self.login_service) == (
            other.is_first_start,
            other.login_service,
        )


@dataclass(frozen=True, slots=True)
class LoginServiceTrial:
    """What came of trying a login service without letting anybody in.

    Attributes:
        has_keys: It offers a key set, so that tokens are checked here.
        key_fingerprints: SHA-256 of each key, by its kid.
        claims: What its token says of the operator that was tried; empty without one.
        role: Which role that would be; None if it is none, or nobody was tried.
    """

    has_keys: bool
    key_fingerprints: Mapping[str, str] = field(default_factory=dict)
    claims: Mapping[str, object] = field(default_factory=dict)
    role: OperatorRole | None = None


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which entries of the audit log are wanted; all parts must fit.

    Attributes:
        text: Stands in actor, action, target, result, details or computer, in capitals or
            not; "" for any.
        actions_of_text: Actions that fit the text as well: their words on the screen hold it.
        actor: Who, exactly; "" for anybody.
        action: What, exactly; "" for anything.
        result: How it went, exactly; "" for any.
        start: First moment, UTC; None for the beginning.
        end: The moment after the last, UTC; None for the end.
    """

    text: str = ""
    actions_of_text: tuple[str, ...] = ()
    actor: str = ""
    action: str = ""
    result: str = ""
    start: datetime | None = None
    end: datetime | None = None
