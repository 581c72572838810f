"""Keyrings that fail on demand, for what a real one cannot be made to do."""

from __future__ import annotations

import threading
from typing import ClassVar

from jaraco.classes import properties
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class MemoryKeyring:
    """Keeps entries in a dictionary.

    Attributes:
        entries: By service and name.
        is_locked: Every call asks for the keyring's own password; nobody answers.
        questions: How often it asked.
        refuses: What a write raises, None if it works.
        longest: Characters it keeps of a password.
        may_write: While clear, a write waits.
        idle: Released after every write and deletion.
        writes: How many writes were begun.
        threads: Names of the threads that called.
    """

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.is_locked = False
        self.questions = 0
        self.refuses: Exception | None = None
        self.longest = 10_000
        self.may_write = threading.Event()
        self.may_write.set()
        self.idle = threading.Semaphore(0)
        self.writes = 0
        self.threads: set[str] = set()

    def _unlock(self) -> None:
        self.threads.add(threading.current_thread().name)
        if self.is_locked:
            self.questions += 1
            raise KeyringLocked("Failed to unlock the collection!")

    def get_password(self, service: str, username: str) -> str | None:
        """Return an entry."""
        self._unlock()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Write an entry."""
        self._unlock()
        self.writes += 1
        self.may_write.wait()
        if self.refuses is not None:
            raise self.refuses
        self.entries[service, username] = password[: self.longest]
        self.idle.release()

    def delete_password(self, service: str, username: str) -> None:
        """Delete an entry."""
        self._unlock()
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError("No such password!")
        self.idle.release()


class FileKeyring(KeyringBackend):
    """Stands for an installed keyring that writes plain files, and calls itself the best."""

    written: ClassVar[list[str]] = []

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805
        """Return a higher priority than any real keyring has."""
        return 100.0

    def get_password(self, service: str, username: str) -> str | None:
        """Return nothing."""
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Take note of what would be written."""
        self.written.append(password)
