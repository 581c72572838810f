"""What is said about a damaged history. Knows no Qt."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.history.repair import FileFault, RepairOffer, Salvage
from camwatch.language import marked, table, tr
from camwatch.ui import words

TITLE = table(
    lambda: {
        FileFault.MISSING: tr("The history is gone"),
        FileFault.EMPTY: tr("The history is empty"),
        FileFault.NO_DATABASE: tr("The history cannot be read"),
        FileFault.DAMAGED: tr("The history is damaged"),
        FileFault.LOG: tr("The history and its log do not belong together"),
    }
)
_WHAT = table(
    lambda: {
        FileFault.MISSING: (
            tr(
                "Its file is not where it was. If it was moved, choose Quit and put it back: nothing of it "
                "is missing then."
            )
        ),
        FileFault.EMPTY: tr("There is nothing in its file any more."),
        FileFault.NO_DATABASE: tr(
            "Something else was written over its file, or over its beginning."
        ),
        FileFault.DAMAGED: (
            tr(
                "Parts of its file cannot be read or contradict each other. That happens when a disk "
                "fails, or when another program writes into the file."
            )
        ),
        FileFault.LOG: (
            tr(
                "The file itself is sound. The log beside it, which holds the last moments before "
                "CamWatch ended, is damaged or that of another file."
            )
        ),
    }
)
_KEPT = marked(
    "Whatever you choose, nothing is deleted: the damaged file is kept under another name."
)
_TABLES = table(
    lambda: {
        "camera": tr("Cameras"),
        "site": tr("Sites"),
        "sample": tr("Single measurements"),
        "minute": tr("Minutes"),
        "hour": tr("Hours"),
        "day": tr("Days"),
        "passage": tr("Passages of lines"),
        "passage_minute": tr("Minutes of lines"),
        "passage_hour": tr("Hours of lines"),
        "passage_day": tr("Days of lines"),
        "zone_minute": tr("Minutes of zones"),
        "zone_hour": tr("Hours of zones"),
        "zone_day": tr("Days of zones"),
        "scene": tr("Views"),
        "place": tr("Lines and zones"),
        "heat_hour": tr("Where people were"),
        "dwell_hour": tr("How long people stayed"),
        "camera_state": tr("Camera states"),
        "camera_notice": tr("Notices about pictures"),
        "user": tr("Users"),
        "role": tr("Roles"),
        "audit": tr("Audit log"),
        "alert": tr("Alerts"),
        "alert_rule": tr("Rules"),
        "alert_channel": tr("Channels"),
        "recipient": tr("Recipients"),
        "notification": tr("Outbox"),
        "correction": tr("Corrections"),
        "wall": tr("Walls"),
    }
)
_MOST_TABLES = 8


def what_happened(offer: RepairOffer) -> str:
    """Say what is wrong, and that nothing gets lost by going on."""
    kept = "" if offer.damage.fault in {FileFault.MISSING, FileFault.EMPTY} else f" {tr(_KEPT)}"
    return f"{_WHAT[offer.damage.fault]}{kept}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Say "26 Nov 2026, 03:00" on the clocks of a zone."""
    local = at.astimezone(zone)
    return tr("{day} {local:%b %Y, %H:%M}", local=local, day=local.day)


def restore_button(offer: RepairOffer, zone: ZoneInfo) -> str:
    """Say which copy would be restored."""
    if offer.copy is None:
        return tr("Restore a copy")
    return tr("Restore the copy of {moment}", moment=moment(offer.copy.made_at, zone))


def restore_words(offer: RepairOffer, zone: ZoneInfo) -> str:
    """Say what restoring the copy means."""
    if offer.copy is None:
        return tr("There is no sound copy of this history.")
    newest, last = offer.newest_in_copy, offer.damage.newest_entry
    if newest is None:
        return tr("No measurement is in that copy: cameras, users and rules are as they were then.")
    text = tr(
        "All is as it was then. The last measurement in it is of {moment}",
        moment=moment(newest, zone),
    )
    if last is None or last <= newest:
        return tr("{text}; what came after it is missing.", text=text)
    return tr(
        "{text}; what came after it, until {moment}, is missing.",
        text=text,
        moment=moment(last, zone),
    )


def salvage_words() -> str:
    """Say what salvaging means."""
    return tr(
        "Each row that can be read goes into a new file; what could not be read is told "
        "afterwards. This may take minutes."
    )


def anew_words() -> str:
    """Say what beginning anew means."""
    return tr(
        "Cameras, users and rules have to be set up once more, and the charts begin today. "
        "A copy can be put back later."
    )


def log_words() -> str:
    """Say what going on without the log means."""
    return tr("What was counted in the last moments before CamWatch ended is missing.")


def saved_words(saved: Salvage) -> tuple[str, str]:
    """Say what was saved and what was not, as a title and lines."""
    title = tr("{number} rows were saved", number=words.number(saved.rows))
    lost = [one for one in saved.tables if not one.is_whole]
    if not lost:
        return title, tr("Nothing is known to be missing.")
    lines = []
    for one in lost[:_MOST_TABLES]:
        parts = [tr("{number} saved", number=words.number(one.rows))]
        if one.gaps:
            places = (
                tr("one place")
                if one.gaps == 1
                else tr("{number} places", number=words.number(one.gaps))
            )
            parts.append(tr("could not be read at {places}", places=places))
        if one.unusable:
            parts.append(tr("{number} made no sense", number=words.number(one.unusable)))
        lines.append(f"{_TABLES.get(one.name, one.name)}: {', '.join(parts)}.")
    if len(lost) > _MOST_TABLES:
        lines.append(tr("And {value} more kinds of rows.", value=len(lost) - _MOST_TABLES))
    return title, "\n".join(lines)
