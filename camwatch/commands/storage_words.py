"""What is to be known of how the history is kept, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from camwatch.config import History
from camwatch.data.room import SOUND_SQLITE, EngineFacts
from camwatch.history.housework import ChoreResult
from camwatch.history.keeping import BackupInfo
from camwatch.language import tr

_MIB = 2**20
_LITTLE_ROOM = 1024 * _MIB
_UNUSED_MUCH = 256 * _MIB
_COPY_IS_OLD = timedelta(days=3)
_SHORT_S = 90


def engine_warning(facts: EngineFacts) -> str:
    """Return what is to be known of the version of the engine; "" for nothing."""
    if not facts.is_old_sqlite:
        return ""
    sound = ".".join(str(part) for part in SOUND_SQLITE)
    return tr(
        "SQLite {version} has a fault that was put right in {sound}: a file that two "
        "connections write to at the same moment can be damaged. CamWatch writes with one only, so "
        "it is not affected. Do not write to the file with other programs while CamWatch runs.",
        version=facts.version,
        sound=sound,
    )


def warnings_of(  # noqa: PLR0917 - all that there can be to say
    facts: EngineFacts,
    copies: Sequence[BackupInfo],
    history: History,
    chores: Sequence[ChoreResult],
    verdict: str,
    now: datetime,
) -> tuple[str, ...]:
    """Return what is to be known, the most urgent first."""
    return tuple(_warnings(facts, copies, history, chores, verdict, now))


def _warnings(  # noqa: PLR0917 - as `warnings_of`
    facts: EngineFacts,
    copies: Sequence[BackupInfo],
    history: History,
    chores: Sequence[ChoreResult],
    verdict: str,
    now: datetime,
) -> Iterator[str]:
    if verdict not in {"", "ok"}:
        yield (
            tr(
                "The history has faults inside ({verdict}). Make no new copy over an old one, and "
                "restart CamWatch: it offers to put a sound copy in its place.",
                verdict=verdict,
            )
        )
    if facts.free_bytes is not None and facts.free_bytes < _LITTLE_ROOM:
        yield (
            tr(
                "Only {value:,.0f} MiB are free on the disk of the history. Delete "
                "or move other files, or keep the history for a shorter time.",
                value=facts.free_bytes / _MIB,
            )
        )
    for chore in chores:
        if chore.trouble:
            yield tr(
                "{name} failed: {trouble}. It is tried again.",
                name=chore.name,
                trouble=chore.trouble.removesuffix("."),
            )
    if facts.engine == "SQLite":
        yield from _of_copies(copies, history, now)
        yield from _of_room(facts)
    if words := engine_warning(facts):
        yield words


def _of_copies(copies: Sequence[BackupInfo], history: History, now: datetime) -> Iterator[str]:
    sound = [one.made_at for one in copies if one.is_sound]
    if not history.backups:
        yield tr("No daily copies are made, since the settings say so (history.backups is 0).")
    elif not sound:
        yield tr("There is no copy of the history yet. Make one, or let CamWatch run over night.")
    elif now - max(sound) > _COPY_IS_OLD:
        days = (now - max(sound)).days
        yield tr("The newest copy of the history is {days} days old. Make one now.", days=days)


def _of_room(facts: EngineFacts) -> Iterator[str]:
    if not facts.can_shrink and facts.unused_bytes > _UNUSED_MUCH:
        yield (
            tr(
                "{value:,.0f} MiB inside the file are free for new rows, but an "
                "older CamWatch made this file, and it cannot become smaller by itself. Writing it "
                "anew takes {about}; what is counted meanwhile waits and is saved "
                "afterwards.",
                value=facts.unused_bytes / _MIB,
                about=_about(facts.rebuild_s),
            )
        )


def _about(seconds: float) -> str:
    if seconds < _SHORT_S:
        return tr("about {value} seconds", value=max(1, round(seconds)))
    return tr("about {value} minutes", value=round(seconds / 60))
