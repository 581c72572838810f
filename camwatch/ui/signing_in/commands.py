"""What the screens for signing in ask of `camwatch.commands.Commands`."""

from __future__ import annotations

from typing import Protocol

from camwatch.auth.accounts import SecondFactorSetup, SignInWays
from camwatch.auth.session import Session
from camwatch.domain import Secret


class SignInCommands(Protocol):
    """Signing in, step by step."""

    def is_first_start(self) -> bool:
        """Tell whether there is no operator yet."""
        ...

    def sign_in_ways(self) -> SignInWays:
        """Return how one can sign in here."""
        ...

    def create_first_administrator(self, name: str, password: str) -> Session:
        """Make the first operator and sign in."""
        ...

    def sign_in(self, name: str, password: str) -> Session:
        """Sign in."""
        ...

    def sign_in_remotely(self, name: str, password: str) -> Session:
        """Let the login service vouch for an operator."""
        ...

    def give_code(self, ticket: str, code: str) -> Session:
        """Go on with a code of the operator's device, or a recovery code."""
        ...

    def choose_password(self, ticket: str, password: str) -> Session:
        """Go on with a new password."""
        ...

    def begin_set_up_code(self, ticket: str) -> SecondFactorSetup:
        """Make a secret for the operator's device."""
        ...

    def finish_set_up_code(self, ticket: str, code: str) -> tuple[Session, list[Secret]]:
        """Prove that the device is set up, and sign in."""
        ...


class ConfirmCommands(Protocol):
    """Entering the password once more."""

    def confirm_password(self, session: Session, password: str, code: str = "") -> None:
        """Unlock the session, and let it do what asks for the password."""
        ...
