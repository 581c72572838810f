"""`camwatch cameras`: lists, adds, removes, imports and exports cameras, without a window."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from camwatch.cameras.policy import without_secrets
from camwatch.cli import application, discover
from camwatch.cli.camera_desk import (
    ACTOR,
    cameras_of,
    cancelled_by_ctrl_c,
    open_desk,
    password_from,
    print_json,
    show_progress,
)
from camwatch.commands.camera_row import ImportRow
from camwatch.commands.camera_table import (
    ImportPreview,
    read_list,
    read_one,
    save_list,
    write_list,
)
from camwatch.commands.table_file import LARGEST_BYTES
from camwatch.data.names import place_key
from camwatch.domain import Camera, SourceKind
from camwatch.errors import (
    CamWatchError,
    GivenUp,
    InvalidSetting,
    InvalidSettings,
)
from camwatch.paths import Profile, profile_at


def add_parser(commands: Any) -> None:
    """Add the command.

    Args:
        commands: What `argparse.ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser(
        "cameras",
        help="list, add, remove, import and export cameras",
        description="Without a window: the cameras of a profile.",
        epilog="Whoever may write the profile's folder may do this; the audit log names the "
        "command line. To change something, CamWatch itself must not be running with the profile. "
        "docs/many-cameras.md describes the list's columns.",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    parts = [
        actions.add_parser("list", help="show all cameras"),
        _add_adding(actions),
        _add_removing(actions),
        _add_importing(actions),
        _add_exporting(actions),
    ]
    for part in parts:
        part.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
        application.add_profile_option(part, default=argparse.SUPPRESS)
    parser.set_defaults(run=run)
    discover.add_parser(actions)


def _add_adding(actions: Any) -> argparse.ArgumentParser:
    added: argparse.ArgumentParser = actions.add_parser(
        "add",
        help="add one camera",
        description="The password is asked for, or read from the first line of the standard "
        "input; it never stands on the command line.",
    )
    added.add_argument(
        "address",
        metavar="URL",
        help="such as http://10.0.0.7/snap.jpg or rtsp://viewer@10.0.0.7/stream2; "
        "a device or file with --kind usb or file",
    )
    added.add_argument("--name", required=True, help="not used by another camera")
    added.add_argument("--location", required=True, help="where it hangs")
    added.add_argument("--site", default="", help="the group it belongs to")
    added.add_argument("--kind", choices=[kind.value for kind in SourceKind], default="")
    added.add_argument("--username", default="", help="of a camera user who may see pictures")
    added.add_argument(
        "--password-fd",
        type=int,
        metavar="N",
        help="read the password from this open file descriptor",
    )
    added.add_argument(
        "--interval", default="", metavar="S", help="seconds from one counted picture to the next"
    )
    added.add_argument("--main-path", default="", metavar="PATH", help="of the full stream")
    added.add_argument("--udp", action="store_true", help="fetch an RTSP stream over UDP")
    added.add_argument(
        "--allow-local", action="store_true", help="this computer and link-local addresses, too"
    )
    added.add_argument(
        "--allow-basic", action="store_true", help="Basic sign-in without encryption, too"
    )
    added.add_argument("--disabled", action="store_true", help="do not watch it yet")
    return added


def _add_removing(actions: Any) -> argparse.ArgumentParser:
    removed: argparse.ArgumentParser = actions.add_parser(
        "remove", help="remove a camera; its history stays"
    )
    removed.add_argument("name", metavar="NAME")
    return removed


def _add_importing(actions: Any) -> argparse.ArgumentParser:
    imported: argparse.ArgumentParser = actions.add_parser(
        "import", help="add the cameras of a CSV file: all, or none"
    )
    imported.add_argument("file", metavar="FILE", type=Path, help="- is the standard input")
    imported.add_argument(
        "--dry-run", action="store_true", help="only tell what would be added, and what is wrong"
    )
    imported.add_argument(
        "--only-good", action="store_true", help="leave out cameras with problems"
    )
    return imported


def _add_exporting(actions: Any) -> argparse.ArgumentParser:
    exported: argparse.ArgumentParser = actions.add_parser(
        "export", help="write all cameras as a CSV file, without passwords"
    )
    exported.add_argument(
        "file", metavar="FILE", type=Path, nargs="?", help="without it, the standard output"
    )
    return exported


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; return the exit code: 0 done, 1 failed, 2 bad usage."""
    actions = {
        "list": _list,
        "add": _add,
        "remove": _remove,
        "import": _import,
        "export": _export,
    }
    try:
        return actions[arguments.action](profile_at(arguments.profile), arguments)
    except (CamWatchError, OSError) as error:
        print(f"camwatch cameras: {_words(error)}.", file=sys.stderr)
        return 2 if isinstance(error, InvalidSetting | InvalidSettings) else 1


# ---------------------------------------------------------------- the actions


def _list(profile: Profile, arguments: argparse.Namespace) -> int:
    cameras = cameras_of(profile)
    if arguments.json:
        print_json({"cameras": [_as_json(camera) for camera in cameras]})
        return 0
    for camera in cameras:
        settings = camera.settings
        state = "" if settings.is_enabled else "  (not watched)"
        print(
            f"{camera.name:<28} {settings.site:<18} {settings.location:<24} "
            f"{settings.kind:<9} {settings.origin}{state}"
        )
    return 0


def _add(profile: Profile, arguments: argparse.Namespace) -> int:
    cells = {
        "name": arguments.name,
        "location": arguments.location,
        "site": arguments.site,
        "kind": arguments.kind,
        "address": arguments.address,
        "username": arguments.username,
        "interval_s": arguments.interval,
        "main_path": arguments.main_path,
        "transport": "udp" if arguments.udp else "",
        "allow_local": "yes" if arguments.allow_local else "",
        "allow_basic": "yes" if arguments.allow_basic else "",
        "is_enabled": "no" if arguments.disabled else "",
    }
    if _has_password(arguments.address):
        raise InvalidSetting(
            "address",
            "must not hold the password, for everybody on this computer can read command lines; "
            "leave it out, and it is asked for",
        )
    with open_desk(profile) as (desk, database):
        cameras = database.cameras.all()
        row = read_one(cells, cameras)
        if row.settings is not None and row.settings.username:
            row = read_one({**cells, "password": password_from(arguments.password_fd)}, cameras)
        if row.settings is None:
            raise InvalidSettings(row.problems, arguments.name)
        (camera,) = desk.add(ACTOR, [(row.settings, row.password)])
    if arguments.json:
        print_json({"camera": _as_json(camera)})
    else:
        print(f"{camera.name} is added: {camera.settings.origin}.")
    return 0


def _remove(profile: Profile, arguments: argparse.Namespace) -> int:
    key = place_key(arguments.name.strip())
    with open_desk(profile) as (desk, database):
        found = [one for one in database.cameras.all() if place_key(one.name) == key]
        if not found:
            raise InvalidSetting("NAME", f"“{arguments.name}” is not the name of a camera")
        desk.remove(ACTOR, [found[0].id])
    if arguments.json:
        print_json({"removed": found[0].name})
    else:
        print(f"{found[0].name} is removed; its history stays.")
    return 0


def _import(profile: Profile, arguments: argparse.Namespace) -> int:
    data = _read(arguments.file)
    if arguments.dry_run:
        preview = read_list(data, cameras_of(profile))
        return _tell(preview, [], arguments)
    with open_desk(profile) as (desk, database), cancelled_by_ctrl_c() as cancel:
        preview = read_list(data, database.cameras.all())
        if preview.bad and not arguments.only_good:
            return _tell(preview, [], arguments)
        added = desk.add(
            ACTOR,
            [(row.settings, row.password) for row in preview.good if row.settings is not None],
            action="import_cameras",
            progress=show_progress,
            cancel=cancel,
        )
    return _tell(preview, added, arguments)


def _export(profile: Profile, arguments: argparse.Namespace) -> int:
    if arguments.file is None and arguments.json:
        raise InvalidSetting("FILE", "is needed with --json: there is one standard output only")
    cameras, data = _exported(profile)
    if arguments.file is None:
        sys.stdout.buffer.write(data)
        return 0
    save_list(arguments.file, data)
    if arguments.json:
        print_json({"file": str(arguments.file), "cameras": len(cameras)})
    else:
        print(f"{len(cameras)} cameras are in {arguments.file}; no password is in it.")
    return 0


# ---------------------------------------------------------------- the profile


def _exported(profile: Profile) -> tuple[list[Camera], bytes]:
    """Return the cameras and their list, after an entry in the audit log.

    A profile without cameras has nothing to be audited, and need not exist.
    """
    if not cameras_of(profile):
        return [], write_list([])
    with open_desk(profile) as (desk, database):
        return database.cameras.all(), desk.export(ACTOR)


def _read(file: Path) -> bytes:
    """Return what a file holds, or a little more than is read of it."""
    most = LARGEST_BYTES + 1
    if str(file) == "-":
        return sys.stdin.buffer.read(most)
    with file.open("rb") as stream:
        return stream.read(most)


def _has_password(address: str) -> bool:
    try:
        return urlsplit(address if "://" in address else f"//{address}").password is not None
    except ValueError:
        return False


# ---------------------------------------------------------------- words


def _tell(preview: ImportPreview, added: Sequence[Camera], arguments: argparse.Namespace) -> int:
    """Tell what came of a list; return the exit code."""
    is_clean = not preview.bad
    is_done = bool(added) if not arguments.dry_run else is_clean
    if arguments.json:
        print_json(
            {
                "cameras": len(preview.rows),
                "good": len(preview.good),
                "imported": len(added),
                "dry_run": arguments.dry_run,
                "encoding": preview.encoding,
                "delimiter": preview.delimiter,
                "unknown_columns": preview.unknown_columns,
                "remarks": preview.remarks,
                "problems": [
                    {
                        "line": row.line,
                        "name": row.name,
                        "column": problem.field,
                        "reason": problem.reason,
                    }
                    for row in preview.bad
                    for problem in row.problems
                ],
                "warnings": [
                    {"line": row.line, "name": row.name, "text": text}
                    for row in preview.rows
                    for text in row.warnings
                ],
            }
        )
        return 0 if is_done else 1
    for remark in preview.remarks:
        print(remark)
    for row in preview.rows:
        for line in _lines(row):
            print(line)
    if added:
        print(f"{len(added)} of {len(preview.rows)} cameras are added.")
    elif arguments.dry_run:
        print(f"{len(preview.good)} of {len(preview.rows)} cameras could be added.")
    else:
        print(f"Nothing is added: {len(preview.bad)} of {len(preview.rows)} cameras have problems.")
    return 0 if is_done else 1


def _lines(row: ImportRow) -> Iterator[str]:
    """Say what is wrong with a camera of a list, and what is remarkable."""
    for problem in row.problems:
        yield f"line {row.line}, {row.name or 'without a name'}: {problem.field} {problem.reason}"
    for text in row.warnings:
        yield f"line {row.line}, {row.name}: note: {text}"


def _as_json(camera: Camera) -> dict[str, Any]:
    settings = camera.settings
    path = settings.stream_path if settings.kind.is_stream else settings.snapshot_path
    return {
        "uid": camera.uid,
        "name": camera.name,
        "location": settings.location,
        "site": settings.site,
        "kind": settings.kind.value,
        "address": settings.origin,
        "host": settings.host,
        "port": settings.port,
        "path": without_secrets(f"{settings.base_path}{path}"),
        "username": settings.username,
        "interval_s": settings.interval_s,
        "hardware_id": settings.hardware_id,
        "status": "active" if settings.is_enabled else "disabled",
        "created_at": camera.created_at.isoformat(),
    }


def _words(error: CamWatchError | OSError) -> str:
    """Return a sentence without its full stop."""
    match error:
        case InvalidSettings() if error.source:
            return f"{error.source}: {error}"
        case GivenUp():
            return "given up, and nothing is added"
        case OSError():
            return f"{error.filename or 'the file'} cannot be used: {error.strerror}"
        case _:
            return str(error).removesuffix(".")
