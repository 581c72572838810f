"""What is found out about a history that is open."""

from __future__ import annotations

from camwatch import language
from camwatch.commands.health_checks import moment_words
from camwatch.commands.health_history import notes_of_history
from camwatch.commands.storage_desk import StorageDesk
from camwatch.config import History
from camwatch.data.engine import Database
from camwatch.errors import CamWatchError
from camwatch.health import Fact, Finding, Grade, Part
from camwatch.language import tr
from camwatch.paths import Profile

_MIB = 2**20


def check_database(
    database: Database, storage: StorageDesk, profile: Profile, settings: History
) -> Finding:
    """Say how the history is doing."""
    recording = storage.recording()
    try:
        facts = database.room.facts()
        notes = notes_of_history(database, profile, settings, facts)
    except CamWatchError as error:
        return Finding(
            Part.DATABASE,
            Grade.FAILED,
            tr("The history cannot be read: {why}.", why=str(error).removesuffix(".")),
            tr("Counts wait on this computer and are saved when it is back."),
            _waiting(recording.waiting_rows, recording.spooled_rows),
        )
    size = language.number(facts.file_bytes / _MIB, ",.1f")
    engine = f"{facts.engine} {facts.version}"
    shown = [
        Fact(tr("Kept in"), database.place),
        Fact(tr("Held by"), engine),
        Fact(tr("Size"), tr("{mib} MiB", mib=size)),
    ]
    if recording.saved_at is not None:
        shown.append(Fact(tr("Last saved"), moment_words(recording.saved_at)))
    checked = storage.checked
    if checked is not None:
        at, verdict = checked
        words = tr("no fault inside") if verdict == "ok" else verdict
        grade = Grade.OK if verdict == "ok" else Grade.FAILED
        shown.append(
            Fact(
                tr("Looked through"),
                tr("{moment}: {found}", moment=moment_words(at), found=words),
                grade,
            )
        )
    if storage.backups is not None:
        shown.append(Fact(tr("Copies"), f"{len(storage.backups.list())}"))
    shown += _waiting(recording.waiting_rows, recording.spooled_rows)
    where = tr(
        "{place} can be read ({size} MiB, {holds}).", place=database.place, size=size, holds=engine
    )
    sentence = " ".join([where, *notes])
    if checked is not None and checked[1] != "ok":
        advice = tr("Restart CamWatch: it offers to put a sound copy in place of the history.")
        return Finding(Part.DATABASE, Grade.FAILED, sentence, advice, tuple(shown))
    if recording.spooled_rows:
        advice = tr("The history takes no counts now; they wait on the disk, and nothing is lost.")
        return Finding(Part.DATABASE, Grade.WARNING, sentence, advice, tuple(shown))
    return Finding(Part.DATABASE, Grade.OK, sentence, "", tuple(shown))


def _waiting(rows: int, spooled: int) -> tuple[Fact, ...]:
    words = tr("{rows} rows, of which {spooled} on the disk", rows=rows, spooled=spooled)
    return (Fact(tr("Waits to be saved"), words, Grade.WARNING if spooled else Grade.OK),)
