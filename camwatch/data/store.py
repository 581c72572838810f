"""What a repository needs of the database behind it, whichever that is."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection

WAIT_S = 5.0
"""How long a statement waits for another program that holds the database."""


class ReadingStore(Protocol):
    """Gives out transactions that only read; for any thread."""

    def reading(self) -> AbstractContextManager[Connection]:
        """Give a connection that sees one moment of the history and cannot change it.

        Raises:
            StorageError: The history cannot be read.
        """


class Store(ReadingStore, Protocol):
    """Gives out transactions; for any thread.

    Attributes:
        station: The number of this workstation; 0 where only one has the history open.
    """

    station: int

    @property
    def place(self) -> str:
        """Where the history is, in words for operators, without any secret."""

    def writing(
        self, wait_s: float = WAIT_S, *, beside: bool = False
    ) -> AbstractContextManager[Connection]:
        """Hold the write lock for one transaction, committed at the end of the block.

        Args:
            wait_s: How long to wait for other threads, and as long again for other programs.
            beside: Other programs may write in the same way at the same time, because what
                is written is either each one's own or added up by the database. Where a
                database has only one lock, they wait all the same.

        Raises:
            StorageError: Nothing of the block was stored.
        """

    def close(self) -> None:
        """Close all connections; harmless when called again."""
