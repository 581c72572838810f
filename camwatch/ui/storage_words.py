"""How saving goes, in the words of an operator. Knows no Qt."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from camwatch.errors import DatabaseBusy, DiskFull
from camwatch.events import StorageTroubled
from camwatch.ui import words
from camwatch.ui.error_text import text_for


def heading(event: StorageTroubled) -> str:
    """Return in few words what is wrong, without a full stop; "" if saving works."""
    match event.error:
        case None:
            return ""
        case DatabaseBusy():
            return "Saving is delayed"
        case DiskFull():
            return "The disk is full, not saving"
        case _:
            return "The history is not being saved"


def waiting(event: StorageTroubled) -> str:
    """Return how many counts wait, without a full stop; "" if none does."""
    if not event.waiting_rows:
        return ""
    verb = "waits" if event.waiting_rows == 1 else "wait"
    return f"{_counts(event.waiting_rows)} {verb} on this computer"


def sentences(event: StorageTroubled, zone: ZoneInfo) -> str:
    """Return what happened, what to do, and what becomes of the counts; "" if saving works."""
    if event.error is None:
        return ""
    since = f" since {words.clock_time(event.since, zone)}" if event.since is not None else ""
    text = f"{heading(event)}{since}. {text_for(event.error).whole}"
    if waits := waiting(event):
        text += f" {waits}, {_where(event)}."
    if event.lost_rows:
        verb = "is" if event.lost_rows == 1 else "are"
        text += f" {_counts(event.lost_rows)} found no room and {verb} lost."
    return text


def _where(event: StorageTroubled) -> str:
    if not event.spooled_rows:
        return "in its memory"
    if in_memory := event.waiting_rows - event.spooled_rows:
        return f"{words.number(in_memory)} of them in its memory only"
    return "on its disk"


def _counts(rows: int) -> str:
    return "1 count" if rows == 1 else f"{words.number(rows)} counts"
