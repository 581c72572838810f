"""Open files: as many as the system grants, and some that no camera may take.

Each connection is an open file. If cameras took the last one, the history and the log could
not be written any more, and nobody could be told.
"""

from __future__ import annotations

import errno
import os
import socket
import sys

RESERVE = 24
"""Open files that are kept for the history, the log, and what opens a window."""

ENOUGH = 8192
"""Open files that are asked for at the start."""


def raise_limit() -> int | None:
    """Ask for more open files than a program usually gets.

    Returns:
        How many it may open now; None where there is no such limit.
    """
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - not there on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return None
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if wanted > soft:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):
            return soft  # the system grants less than it says
        return wanted
    return soft


def with_reserve(opened: socket.socket) -> socket.socket:
    """Return the socket, or close it if it took one of the last open files.

    A new file gets the lowest number that is free, so its number tells how many are left.

    Raises:
        OSError: EMFILE.
    """
    if sys.platform == "win32":
        return opened
    import resource  # noqa: PLC0415 - not there on Windows

    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit != resource.RLIM_INFINITY and opened.fileno() >= limit - RESERVE:
        opened.close()
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
    return opened
