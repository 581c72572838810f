"""Lets guesses at passwords of the login service rest, as those at passwords here do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from camwatch.auth.passwords import typed_name_digest
from camwatch.auth.throttle import Throttle
from camwatch.data.operators import OperatorRepository
from camwatch.errors import LockedOut


class ComputerThrottle(Protocol):
    """Counts wrong passwords of a whole computer, whoever's they are."""

    def check(self) -> None:
        """Let a try through.

        Raises:
            LockedOut: The computer rests.
            StorageError: It cannot be read.
        """

    def failed(self) -> None:
        """Count a wrong password.

        Raises:
            StorageError: It was not counted.
        """

    def succeeded(self) -> None:
        """Note a right password."""


class NoComputerThrottle:
    """Counts nothing."""

    def check(self) -> None:
        """Let every try through."""

    def failed(self) -> None:
        """Count nothing."""

    def succeeded(self) -> None:
        """Note nothing."""


class RemoteThrottle:
    """The rests of names at the login service.

    A name is known here by a digest only, apart from the names of this history: people type
    their password into the wrong field.

    Args:
        operators: Keeps the counts.
        computer: Counts for the whole computer.
        clock: The wall clock, aware UTC.
    """

    def __init__(
        self,
        operators: OperatorRepository,
        computer: ComputerThrottle,
        clock: Callable[[], datetime],
    ) -> None:
        self._operators = operators
        self._computer = computer
        self._clock = clock

    def admit(self, typed: str) -> str:
        """Let a try through.

        Returns:
            What stands for the name.

        Raises:
            LockedOut: The name or the computer rests.
            StorageError: It cannot be read, so nobody is let through.
        """
        self._computer.check()
        # No name of this history holds a colon, so this is the digest of none of them.
        digest = typed_name_digest(f"remote:{typed}")
        until = self._throttle(digest).rests_until(self._clock())
        if until is not None:
            raise LockedOut(until)
        return digest

    def failed(self, digest: str) -> Throttle:
        """Count a wrong password.

        Raises:
            StorageError: It was not counted.
        """
        self._computer.failed()
        throttle = self._throttle(digest).after_failure(self._clock())
        self._operators.set_throttle_of(digest, throttle.failures, throttle.locked_until)
        return throttle

    def succeeded(self, digest: str) -> None:
        """Forget the wrong ones.

        Raises:
            StorageError: They are not forgotten.
        """
        self._computer.succeeded()
        if self._throttle(digest).failures:
            self._operators.set_throttle_of(digest, 0, None)

    def _throttle(self, digest: str) -> Throttle:
        return Throttle(*self._operators.throttle_of(digest))
