"""What is said about a damaged history. Knows no Qt."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.history.repair import FileFault, RepairOffer, Salvage
from camwatch.ui import words

TITLE = {
    FileFault.MISSING: "The history is gone",
    FileFault.EMPTY: "The history is empty",
    FileFault.NO_DATABASE: "The history cannot be read",
    FileFault.DAMAGED: "The history is damaged",
    FileFault.LOG: "The history and its log do not belong together",
}
_WHAT = {
    FileFault.MISSING: (
        "Its file is not where it was. If it was moved, choose Quit and put it back: nothing of it "
        "is missing then."
    ),
    FileFault.EMPTY: "There is nothing in its file any more.",
    FileFault.NO_DATABASE: "Something else was written over its file, or over its beginning.",
    FileFault.DAMAGED: (
        "Parts of its file cannot be read or contradict each other. That happens when a disk "
        "fails, or when another program writes into the file."
    ),
    FileFault.LOG: (
        "The file itself is sound. The log beside it, which holds the last moments before "
        "CamWatch ended, is damaged or that of another file."
    ),
}
_KEPT = "Whatever you choose, nothing is deleted: the damaged file is kept under another name."
_TABLES = {
    "camera": "Cameras",
    "site": "Sites",
    "sample": "Single measurements",
    "minute": "Minutes",
    "hour": "Hours",
    "day": "Days",
    "passage": "Passages of lines",
    "passage_minute": "Minutes of lines",
    "passage_hour": "Hours of lines",
    "passage_day": "Days of lines",
    "zone_minute": "Minutes of zones",
    "zone_hour": "Hours of zones",
    "zone_day": "Days of zones",
    "scene": "Views",
    "place": "Lines and zones",
    "heat_hour": "Where people were",
    "dwell_hour": "How long people stayed",
    "camera_state": "Camera states",
    "camera_notice": "Notices about pictures",
    "user": "Users",
    "role": "Roles",
    "audit": "Audit log",
    "alert": "Alerts",
    "alert_rule": "Rules",
    "alert_channel": "Channels",
    "recipient": "Recipients",
    "notification": "Outbox",
    "correction": "Corrections",
    "wall": "Walls",
}
_MOST_TABLES = 8


def what_happened(offer: RepairOffer) -> str:
    """Say what is wrong, and that nothing gets lost by going on."""
    kept = "" if offer.damage.fault in {FileFault.MISSING, FileFault.EMPTY} else f" {_KEPT}"
    return f"{_WHAT[offer.damage.fault]}{kept}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Say "26 Nov 2026, 03:00" on the clocks of a zone."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M}"


def restore_button(offer: RepairOffer, zone: ZoneInfo) -> str:
    """Say which copy would be restored."""
    if offer.copy is None:
        return "Restore a copy"
    return f"Restore the copy of {moment(offer.copy.made_at, zone)}"


def restore_words(offer: RepairOffer, zone: ZoneInfo) -> str:
    """Say what restoring the copy means."""
    if offer.copy is None:
        return "There is no sound copy of this history."
    newest, last = offer.newest_in_copy, offer.damage.newest_entry
    if newest is None:
        return "No measurement is in that copy: cameras, users and rules are as they were then."
    text = f"All is as it was then. The last measurement in it is of {moment(newest, zone)}"
    if last is None or last <= newest:
        return f"{text}; what came after it is missing."
    return f"{text}; what came after it, until {moment(last, zone)}, is missing."


def salvage_words() -> str:
    """Say what salvaging means."""
    return (
        "Each row that can be read goes into a new file; what could not be read is told "
        "afterwards. This may take minutes."
    )


def anew_words() -> str:
    """Say what beginning anew means."""
    return (
        "Cameras, users and rules have to be set up once more, and the charts begin today. "
        "A copy can be put back later."
    )


def log_words() -> str:
    """Say what going on without the log means."""
    return "What was counted in the last moments before CamWatch ended is missing."


def saved_words(saved: Salvage) -> tuple[str, str]:
    """Say what was saved and what was not, as a title and lines."""
    title = f"{words.number(saved.rows)} rows were saved"
    lost = [one for one in saved.tables if not one.is_whole]
    if not lost:
        return title, "Nothing is known to be missing."
    lines = []
    for one in lost[:_MOST_TABLES]:
        parts = [f"{words.number(one.rows)} saved"]
        if one.gaps:
            places = "one place" if one.gaps == 1 else f"{words.number(one.gaps)} places"
            parts.append(f"could not be read at {places}")
        if one.unusable:
            parts.append(f"{words.number(one.unusable)} made no sense")
        lines.append(f"{_TABLES.get(one.name, one.name)}: {', '.join(parts)}.")
    if len(lost) > _MOST_TABLES:
        lines.append(f"And {len(lost) - _MOST_TABLES} more kinds of rows.")
    return title, "\n".join(lines)
