"""Stands before the commands of a window, and notes what was changed and can be put back."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from camwatch.auth.session import Session
from camwatch.domain import utc_now
from camwatch.errors import CamWatchError, ChangedMeanwhile
from camwatch.ui.undo.edit import Edit
from camwatch.ui.undo.kind import Args, Kind
from camwatch.ui.undo.kinds import KINDS

log = logging.getLogger(__name__)

_UNKNOWN = object()


class RecordingCommands:
    """Does all that the commands do; no page knows that it is there.

    A change is carried out as it was asked for, whatever becomes of the note: what cannot be read
    before or after is not offered to be undone.

    Args:
        commands: Of the program.
        noted: Called with each `Edit`, in the thread in which the change was made.
    """

    def __init__(self, commands: Any, noted: Callable[[Edit], object]) -> None:
        self._commands = commands
        self._noted = noted

    def __getattr__(self, name: str) -> Any:
        command = getattr(self._commands, name)
        kind = KINDS.get(name)
        return command if kind is None else partial(self._change, kind, command)

    def _change(
        self,
        kind: Kind,
        command: Callable[..., Any],
        session: Session,
        *given: Any,
        **named: Any,
    ) -> Any:
        args: Args = {**dict(zip(kind.names, given, strict=False)), **named}
        before = self._look(kind, session, args)
        answer = command(session, *given, **named)
        if before is _UNKNOWN:
            return answer
        after = self._look(kind, session, args)
        if after is _UNKNOWN or kind.plain(before) == kind.plain(after):
            return answer
        try:
            if kind.is_possible(before, after, args):
                self._note(kind, session, args, before, after)
        except CamWatchError as error:
            log.info("a change is not offered to be undone: %s", error)
        return answer

    def _look(self, kind: Kind, session: Session, args: Args) -> Any:
        # Nothing is asked that would be refused: each refusal is audited.
        if not all(session.may(one) for one in kind.needs):
            return _UNKNOWN
        try:
            return kind.find(self._commands, session, args)
        except CamWatchError as error:
            log.info("a change is not offered to be undone: %s", error)
            return _UNKNOWN

    def _note(self, kind: Kind, session: Session, args: Args, before: Any, after: Any) -> None:
        title = kind.title(self._commands, session, before, after)
        made = _Made(kind, args, before, after, title)
        put_back = partial(_put_back, self._commands, made)
        self._noted(Edit(uuid.uuid4().hex, title, utc_now(), put_back))


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """A change, with the thing before and after it; None where it was not there."""

    kind: Kind
    args: Args
    before: Any
    after: Any
    title: str


def _put_back(commands: Any, made: _Made, session: Session) -> None:
    """Put back what was before, if it is still as the change left it.

    Between looking and writing somebody else may still change it; most commands look once more
    themselves.

    Raises:
        ChangedMeanwhile: It is not.
        CamWatchError: As the command raises it.
    """
    kind, args = made.kind, made.args
    if made.before is None:
        args = {**args, **_named_by(kind, args, made.after)}
    now = kind.find(commands, session, args)
    if kind.plain(now) != kind.plain(made.after):
        thing = made.after if made.after is not None else made.before
        raise ChangedMeanwhile(getattr(thing, "name", "") or made.title)
    kind.put_back(commands, session, made.before, now, args)


def _named_by(kind: Kind, args: Args, after: Any) -> dict[str, Any]:
    """Return the argument with which something new is found again: the uid that it was given."""
    first = kind.names[0]
    return {first: after.uid} if hasattr(after, "uid") and first in args else {}
