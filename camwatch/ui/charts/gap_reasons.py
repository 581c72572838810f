"""Why nothing was measured: how the cameras were meanwhile. Knows no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from camwatch.commands.state_history import StateHistory
from camwatch.domain import CameraState, Reason
from camwatch.language import marked, tr, within
from camwatch.ui import words

MOST_CAMERAS = 8
"""The states of no more cameras than this are read for one chart."""

_NOBODY_LOOKED = marked("CamWatch did not run, or nothing was stored")


def reason_in(histories: Mapping[str, StateHistory], start_s: float, end_s: float) -> str:
    """Say why there is a gap: "offline: it did not answer in time".

    Args:
        histories: How each camera was, by its name.
        start_s: Begin of the gap, seconds since 1970.
        end_s: Its end.

    Returns:
        "" if nothing is known of it.
    """
    start, end = (datetime.fromtimestamp(one, UTC) for one in (start_s, end_s))
    told = {name: _of_one(history, start, end) for name, history in histories.items()}
    told = {name: text for name, text in told.items() if text}
    if len(set(told.values())) <= 1:
        return next(iter(told.values()), "")
    return "; ".join(f"{words.shortened(name, 24)}: {text}" for name, text in told.items())


def _of_one(history: StateHistory, start: datetime, end: datetime) -> str:
    """Say how a camera was for most of a time, of what was no picture."""
    lasted: dict[tuple[CameraState | None, Reason], float] = {}
    for one in history.stretches:
        inside = (min(one.end, end) - max(one.start, start)).total_seconds()
        if inside > 0:
            key = (one.state, one.reason)
            lasted[key] = lasted.get(key, 0.0) + inside
    if not lasted:
        return ""
    state, reason = max(lasted, key=lambda key: lasted[key])
    if state is None:
        return tr(_NOBODY_LOOKED)
    if state.is_live:
        return tr("pictures came, but they were not counted")
    said = within(words.state_word(state, reason))
    why = words.REASONS[reason].short
    return f"{said}: {why}" if why else said
