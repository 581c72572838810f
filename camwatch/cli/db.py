"""`camwatch db`: copies of the history, looking for damage, repairing it, and moving it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from camwatch.cli import application, db_move
from camwatch.cli.camera_desk import (
    ACTOR,
    cancelled_by_ctrl_c,
    open_profile,
    print_json,
    profile_lock,
)
from camwatch.cli.progress import ProgressBar
from camwatch.commands.repair_desk import RepairDesk
from camwatch.commands.trail import DONE, Trail
from camwatch.config import load_settings
from camwatch.data import restoring
from camwatch.data.backups import Backups
from camwatch.data.connections import open_raw
from camwatch.data.copying import quick_check
from camwatch.data.faults import foreign, no_copy, storage_errors
from camwatch.data.place import backup_folder, history_file
from camwatch.data.schema import APPLICATION_ID
from camwatch.data.soundness import refuse_lost
from camwatch.domain import utc_now
from camwatch.errors import CamWatchError, InvalidSetting, InvalidSettings, StorageError
from camwatch.history.keeping import BackupInfo
from camwatch.history.repair import Salvage
from camwatch.paths import Profile, profile_at

_MIB = 2**20


def add_parser(commands: Any) -> None:
    """Add the command.

    Args:
        commands: What `argparse.ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser(
        "db",
        help="copy, check, repair and move the history",
        description="The history of a profile: its file, its copies, and moving it to a "
        "PostgreSQL server or back. docs/backups.md says more.",
        epilog="Exit codes: 0 done, 1 failed or damaged, 2 bad usage.",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    backup = actions.add_parser(
        "backup", help="make a checked copy; CamWatch may be running meanwhile"
    )
    backup.add_argument("--to", type=Path, metavar="FOLDER", help="else that of the settings")
    check = actions.add_parser("check", help="look for damage; CamWatch may be running meanwhile")
    listed = actions.add_parser("backups", help="list the copies, newest first")
    restore = actions.add_parser(
        "restore",
        help="put a copy in the place of the history, which is kept under another name",
        description="CamWatch must not be running with the profile.",
    )
    restore.add_argument("file", type=Path, metavar="FILE", help="the copy; it stays")
    salvage = actions.add_parser(
        "salvage",
        help="read what can be read of a damaged history into a new one",
        description="The damaged file is kept under another name. CamWatch must not be running "
        "with the profile.",
    )
    for part, act in (
        (backup, _backup),
        (check, _check),
        (listed, _list),
        (restore, _restore),
        (salvage, _salvage),
        (db_move.add_parser(actions), db_move.run),
    ):
        part.set_defaults(act=act)
        part.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
        application.add_profile_option(part, default=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; return the exit code: 0 done, 1 failed, 2 bad usage."""
    try:
        return int(arguments.act(profile_at(arguments.profile), arguments))
    except (CamWatchError, OSError) as error:
        print(f"camwatch db: {str(error).removesuffix('.')}.", file=sys.stderr)
        return 2 if isinstance(error, InvalidSetting | InvalidSettings) else 1


def _file_of(profile: Profile, *, must_exist: bool = True) -> Path:
    """Return the file of the profile's history.

    Raises:
        InvalidSetting: A server holds it.
        StorageError: There is none.
    """
    file = history_file(profile, load_settings(profile.settings_file).history)
    if file is None:
        raise InvalidSetting(
            "history", "is on a server, which has copies and checks of its own; ask who runs it"
        )
    if must_exist and not file.exists():
        raise StorageError(f"There is no history at {file}")
    return file


def _backups(profile: Profile, folder: Path | None = None, *, must_exist: bool = True) -> Backups:
    settings = load_settings(profile.settings_file).history
    chosen = backup_folder(profile, settings) if folder is None else folder.absolute()
    return Backups(_file_of(profile, must_exist=must_exist), chosen)


@contextmanager
def _alone(profile: Profile) -> Iterator[None]:
    """Keep CamWatch from being started meanwhile.

    Raises:
        StorageError: It is running.
    """
    profile.create()
    with profile_lock(profile):
        yield


def _note(profile: Profile, action: str, **details: str) -> None:
    """Put what was done into the audit log of the history that is there now."""
    with open_profile(profile) as (database, _):
        Trail(database.audit).try_to_record(ACTOR, action, "history", DONE, **details)


# ---------------------------------------------------------------- the actions


def _backup(profile: Profile, arguments: argparse.Namespace) -> int:
    backups = _backups(profile, arguments.to)
    with cancelled_by_ctrl_c() as cancel, ProgressBar("copied") as bar:
        made = backups.make(progress=bar.show, is_given_up=cancel.is_set)
    if arguments.json:
        print_json(_as_json(made))
    else:
        print(f"{made.file} is a sound copy ({made.file_bytes / _MIB:.1f} MiB).")
    return 0


def _check(profile: Profile, arguments: argparse.Namespace) -> int:
    file = _file_of(profile, must_exist=False)
    refuse_lost(file, has_copies=bool(_backups(profile, must_exist=False).list()))
    _file_of(profile)
    with (
        cancelled_by_ctrl_c() as cancel,
        storage_errors(file),
        closing(open_raw(file, "ro")) as connection,
    ):
        verdict = quick_check(connection, cancel.is_set, is_whole=True)
        if verdict == "ok" and connection.execute("PRAGMA application_id").fetchone() != (
            APPLICATION_ID,
        ):
            raise foreign(file)
    if arguments.json:
        print_json({"file": str(file), "verdict": verdict, "is_sound": verdict == "ok"})
    elif verdict == "ok":
        print(f"{file} is sound.")
    else:
        print(f"{file} is damaged: {verdict}")
        print("“camwatch db backups” lists its copies; docs/backups.md says what can be done.")
    return 0 if verdict == "ok" else 1


def _list(profile: Profile, arguments: argparse.Namespace) -> int:
    found = _backups(profile, must_exist=False).list()
    if arguments.json:
        print_json({"copies": [_as_json(one) for one in found]})
        return 0
    if not found:
        print("There are no copies yet.")
    for one in found:
        state = "" if one.is_sound else "  (damaged)"
        print(
            f"{one.made_at:%Y-%m-%d %H:%M:%S} UTC  schema {one.schema}  "
            f"{one.file_bytes / _MIB:8.1f} MiB  {one.file}{state}"
        )
    return 0


def _restore(profile: Profile, arguments: argparse.Namespace) -> int:
    file, copy = _file_of(profile, must_exist=False), arguments.file.absolute()
    with _alone(profile):
        if not copy.exists():
            raise StorageError(f"There is no file {copy}")
        if copy == file:
            raise InvalidSetting("FILE", "is the history itself")
        if (verdict := restoring.verdict_of(copy)) != "ok":
            raise no_copy(copy, verdict)
        had_one = file.exists()
        aside = restoring.restore(copy, file, utc_now())
    kept = str(aside) if had_one else None
    _note(profile, "restore_history", copy=copy.name, set_aside=aside.name if had_one else "")
    if arguments.json:
        print_json({"file": str(file), "copy": str(copy), "kept": kept})
    else:
        print(f"{copy} is the history now.")
        if kept:
            print(f"What was there before is kept: {kept}")
    return 0


def _salvage(profile: Profile, arguments: argparse.Namespace) -> int:
    backups = _backups(profile)
    with _alone(profile), cancelled_by_ctrl_c() as cancel, ProgressBar("reading") as bar:
        desk = RepairDesk(backups.file, backups)
        saved = desk.salvage(progress=bar.say, is_given_up=cancel.is_set)
    _note(profile, "salvage_history", rows=str(saved.rows), set_aside=saved.set_aside.name)
    if arguments.json:
        print_json(_saved_as_json(saved))
        return 0
    print(f"{saved.rows} rows were saved. The damaged file is kept: {saved.set_aside}")
    for one in saved.tables:
        if not one.is_whole:
            print(
                f"  {one.name}: {one.rows} saved, could not be read at {one.gaps} places, "
                f"{one.unusable} rows made no sense"
            )
    return 0


def _as_json(one: BackupInfo) -> dict[str, Any]:
    return {
        "file": str(one.file),
        "made_at": one.made_at.isoformat(),
        "bytes": one.file_bytes,
        "schema": one.schema,
        "is_sound": one.is_sound,
    }


def _saved_as_json(saved: Salvage) -> dict[str, Any]:
    return {
        "rows": saved.rows,
        "kept": str(saved.set_aside),
        "tables": [
            {"name": one.name, "rows": one.rows, "gaps": one.gaps, "unusable": one.unusable}
            for one in saved.tables
        ],
    }
