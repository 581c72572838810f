"""What tests of an SQLite file need to know of it."""

from __future__ import annotations

from camwatch.data.connections import Connections
from camwatch.data.engine import Database


def connections_of(database: Database) -> Connections:
    """Return the connections of a history that is a file."""
    connections = database._connections
    assert isinstance(connections, Connections)
    return connections
