"""What undo has to know of a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session

Commands = Any
"""`camwatch.commands.Commands`, or what stands in for it; each kind asks only for its own commands."""

Args = Mapping[str, Any]
"""What the command was called with, by name; see `Kind.names`."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How one command is undone.

    Attributes:
        names: Of the command's arguments after the session, in order.
        needs: What reading before and after needs; who lacks it is not offered undo.
        find: Reads how the thing is now; None if it is not there.
        title: Says what was done, from before and after; either may be None.
        put_back: Puts back what was: commands, session, before, now, arguments.
        is_possible: Whether it can be put back at all, from before, after and arguments.
        plain: Takes off what differs without meaning anything, such as a number of versions.
    """

    names: tuple[str, ...]
    needs: tuple[Permission, ...]
    find: Callable[[Commands, Session, Args], Any]
    title: Callable[[Commands, Session, Any, Any], str]
    put_back: Callable[[Commands, Session, Any, Any, Args], object]
    is_possible: Callable[[Any, Any, Args], bool] = lambda _before, _after, _args: True
    plain: Callable[[Any], Any] = lambda value: value
