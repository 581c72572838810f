"""Listens to a server that tells which tables of the history were changed, by whomever."""

from __future__ import annotations

from typing import cast

from camwatch.data.postgres_connections import LimitedConnection, make_engine
from camwatch.data.postgres_faults import server_errors
from camwatch.data.server_address import ServerAddress

_CHANNEL = "camwatch"
"""The triggers of migration 0006 tell the name of each changed table here."""

_GATHER_S = 0.05
_MOST_AT_ONCE = 1000


class ServerChanges:
    """A connection of its own that listens; for one thread.

    Args:
        address: Which server.

    Raises:
        DatabaseAway: It cannot be reached.
    """

    def __init__(self, address: ServerAddress) -> None:
        self._place = address.place
        self._engine = make_engine(address, statement_s=None, pause_s=0)
        with server_errors(self._place):
            borrowed = self._engine.raw_connection()
            self._connection = cast("LimitedConnection", borrowed.driver_connection)
            borrowed.detach()
            self._connection.autocommit = True
            self._connection.execute(f"LISTEN {_CHANNEL}")

    def wait(self, timeout_s: float) -> frozenset[str]:
        """Wait for changes and return the names of the tables; none when the time is up.

        What comes within a moment after the first is told of together.

        Raises:
            StorageError: The server is away; nobody knows what changes meanwhile.
        """
        with server_errors(self._place):
            first = [
                one.payload for one in self._connection.notifies(timeout=timeout_s, stop_after=1)
            ]
            if not first:
                return frozenset()
            more = self._connection.notifies(timeout=_GATHER_S, stop_after=_MOST_AT_ONCE)
            return frozenset([*first, *(one.payload for one in more)])

    def close(self) -> None:
        """Listen no more."""
        self._connection.close()
        self._engine.dispose()
