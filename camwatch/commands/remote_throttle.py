"""Lets guesses at passwords of the login service rest, as those at passwords here do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from camwatch.auth.passwords import typed_name_digest
from camwatch.auth.throttle import Throttle
from camwatch.commands.account_gate import NameThrottle


class RemoteThrottle:
    """The rests of names at the login service.

    A name is known here by a digest only, apart from the names of this history: people type
    their password into the wrong field.

    Args:
        names: Keeps the counts, also those of the whole computer.
        clock: The wall clock, aware UTC.
    """

    def __init__(self, names: NameThrottle, clock: Callable[[], datetime]) -> None:
        self._names = names
        self._clock = clock

    def admit(self, typed: str) -> str:
        """Let a try through.

        Returns:
            What stands for the name.

        Raises:
            LockedOut: The name or the computer rests.
            StorageError: It cannot be read, so nobody is let through.
        """
        # No name of this history holds a colon, so this is the digest of none of them.
        digest = typed_name_digest(f"remote:{typed}")
        self._names.check(digest, self._clock())
        return digest

    def failed(self, digest: str) -> Throttle:
        """Count a wrong password.

        Raises:
            StorageError: It was not counted.
        """
        return self._names.failed(digest, self._clock())

    def succeeded(self, digest: str) -> None:
        """Forget the wrong ones.

        Raises:
            StorageError: They are not forgotten.
        """
        self._names.succeeded(digest)
