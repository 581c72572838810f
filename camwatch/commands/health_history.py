"""What is said of a history that can be opened: by `camwatch doctor`, and by the Health page."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from camwatch import language
from camwatch.commands.storage_words import engine_warning
from camwatch.config import History
from camwatch.data.backups import Backups
from camwatch.data.engine import Database
from camwatch.data.place import backup_folder
from camwatch.data.room import EngineFacts
from camwatch.data.spool import ENDING
from camwatch.language import tr
from camwatch.paths import Profile

_MIB = 2**20


def words_of_history(database: Database, profile: Profile, settings: History) -> str:
    """Say what holds it and how large it is, what waits beside it, and which copies there are.

    Raises:
        StorageError: It cannot be found out.
    """
    facts = database.room.facts()
    named = {
        "place": database.place,
        "size": language.number(facts.file_bytes / _MIB, ".1f"),
        "holds": f"{facts.engine} {facts.version}",
    }
    if database.is_on_server:
        parts = [tr("{place} can be read ({size} MiB, {holds}).", **named)]
    else:
        parts = [tr("{place} is sound ({size} MiB, {holds}).", **named)]
    parts += notes_of_history(database, profile, settings, facts)
    return " ".join(parts)


def notes_of_history(
    database: Database, profile: Profile, settings: History, facts: EngineFacts
) -> list[str]:
    """Return what is to be known of a history beside its size, as sentences.

    Raises:
        StorageError: It cannot be found out.
    """
    parts = []
    if not facts.can_shrink:
        parts.append(
            tr("The file was made by an older CamWatch and cannot become smaller by itself.")
        )
    if waiting := waiting_bytes(profile):
        size = (
            tr("{value:.1f} MiB", value=waiting / _MIB)
            if waiting >= _MIB
            else tr("{value} KiB", value=-(-waiting // 1024))
        )
        parts.append(
            tr("{size} of counts wait beside it, and are saved at the next start.", size=size)
        )
    if aside := files_aside(profile):
        parts.append(_of_files_aside(profile, aside))
    if not database.is_on_server:
        copies = Backups(database.file, backup_folder(profile, settings)).list()
        parts.append(_of_copies([one.made_at for one in copies if one.is_sound]))
    if warning := engine_warning(facts):
        parts.append(warning)
    return parts


def _of_files_aside(profile: Profile, aside: int) -> str:
    if aside == 1:
        return tr(
            "In {folder} lie counts that cannot be saved into it, in 1 file; "
            "docs/when-saving-fails.md says what they are.",
            folder=profile.spool_folder,
        )
    return tr(
        "In {folder} lie counts that cannot be saved into it, in {files} files; "
        "docs/when-saving-fails.md says what they are.",
        folder=profile.spool_folder,
        files=aside,
    )


def waiting_bytes(profile: Profile) -> int:
    """Return how much waits in files beside the history; nothing is read or changed."""
    return sum(file.stat().st_size for file in _beside(profile) if file.suffix == ENDING)


def files_aside(profile: Profile) -> int:
    """Return how many files were set aside: damaged, refused, or of another history."""
    return sum(file.suffix != ENDING for file in _beside(profile))


def _beside(profile: Profile) -> list[Path]:
    folder = profile.spool_folder
    return [file for file in folder.iterdir() if file.is_file()] if folder.is_dir() else []


def _of_copies(made: list[datetime]) -> str:
    if not made:
        return tr("There is no copy of it yet.")
    return tr("The newest copy is of {moment} UTC.", moment=f"{max(made):%Y-%m-%d %H:%M}")
