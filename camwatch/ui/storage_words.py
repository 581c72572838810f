"""How saving goes, in the words of an operator. Knows no Qt."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from camwatch.errors import DatabaseBusy, DiskFull
from camwatch.events import StorageTroubled
from camwatch.language import tr
from camwatch.ui import words
from camwatch.ui.error_text import text_for


def heading(event: StorageTroubled) -> str:
    """Return in few words what is wrong, without a full stop; "" if saving works."""
    match event.error:
        case None:
            return ""
        case DatabaseBusy():
            return tr("Saving is delayed")
        case DiskFull():
            return tr("The disk is full, not saving")
        case _:
            return tr("The history is not being saved")


def waiting(event: StorageTroubled) -> str:
    """Return how many counts wait, without a full stop; "" if none does."""
    if not event.waiting_rows:
        return ""
    if event.waiting_rows == 1:
        return tr("1 count waits on this computer")
    return tr("{counts} wait on this computer", counts=_counts(event.waiting_rows))


def sentences(event: StorageTroubled, zone: ZoneInfo) -> str:
    """Return what happened, what to do, and what becomes of the counts; "" if saving works."""
    if event.error is None:
        return ""
    since = (
        tr(" since {clock_time}", clock_time=words.clock_time(event.since, zone))
        if event.since is not None
        else ""
    )
    text = f"{heading(event)}{since}. {text_for(event.error).whole}"
    if waits := waiting(event):
        text += f" {waits}, {_where(event)}."
    if event.lost_rows:
        text += (
            tr(" 1 count found no room and is lost.")
            if event.lost_rows == 1
            else tr(" {counts} found no room and are lost.", counts=_counts(event.lost_rows))
        )
    return text


def _where(event: StorageTroubled) -> str:
    if not event.spooled_rows:
        return tr("in its memory")
    if in_memory := event.waiting_rows - event.spooled_rows:
        return tr("{number} of them in its memory only", number=words.number(in_memory))
    return tr("on its disk")


def _counts(rows: int) -> str:
    return tr("{number} counts", number=words.number(rows))
