"""`camwatch workspace`: takes a site's set-up out as a file, compares it, and brings it in."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from camwatch.cli import application
from camwatch.cli.camera_desk import ACTOR, open_profile, print_json
from camwatch.cli.secret_input import VaultPassphrase, add_vault_option
from camwatch.commands.access import AccessOptions
from camwatch.commands.settings_desk import desk_of
from camwatch.commands.trail import Trail
from camwatch.commands.workspace_desk import WorkspaceDesk, WorkspaceImported
from camwatch.commands.workspace_diff import DiffItem, Part, Verdict, WorkspaceDiff
from camwatch.commands.workspace_file import LARGEST_BYTES
from camwatch.commands.workspace_layouts import WallKeeper
from camwatch.config import load_settings
from camwatch.domain import utc_now
from camwatch.errors import CamWatchError, InvalidSetting, InvalidSettings
from camwatch.events import Bus
from camwatch.files import write_aside
from camwatch.paths import Profile, profile_at

_SIGNS = {
    Verdict.ADDED: "+",
    Verdict.CHANGED: "~",
    Verdict.SAME: "=",
    Verdict.ONLY_HERE: "-",
    Verdict.REFUSED: "!",
}
_KEEPER = WallKeeper(ACTOR, has_own=False)


def add_parser(commands: Any) -> None:
    """Add the command.

    Args:
        commands: What `argparse.ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser(
        "workspace",
        help="take cameras, zones, rules, settings and walls out as a file, and bring one in",
        description="Without a window: how a site is set up, as one file without passwords.",
        epilog="CamWatch itself must not be running with the profile. docs/workspace.md describes "
        "the file.",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    out = actions.add_parser("export", help="write the workspace file")
    out.add_argument(
        "file", metavar="FILE", type=Path, nargs="?", help="without it, the standard output"
    )
    diff = actions.add_parser("diff", help="tell what a file would change; nothing is changed")
    into = actions.add_parser("import", help="bring a file in: all of it, or nothing")
    back = actions.add_parser("take-back", help="make all as it was before the newest import")
    for part in (diff, into):
        part.add_argument("file", metavar="FILE", type=Path, help="- is the standard input")
        part.add_argument("--all", action="store_true", help="list what stays the same, too")
    into.add_argument(
        "--part",
        action="append",
        choices=[one.value for one in Part],
        help="only this part; may be given several times",
    )
    for part in (into, back):
        add_vault_option(part)
    for part in (out, diff, into, back):
        part.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
        application.add_profile_option(part, default=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; return the exit code: 0 done, 1 failed, 2 bad usage."""
    actions = {"export": _export, "diff": _diff, "import": _import, "take-back": _take_back}
    try:
        return actions[arguments.action](profile_at(arguments.profile), arguments)
    except (CamWatchError, OSError) as error:
        print(f"camwatch workspace: {_words(error)}.", file=sys.stderr)
        return 2 if isinstance(error, InvalidSetting | InvalidSettings) else 1


@contextmanager
def _desk(profile: Profile, passphrase: VaultPassphrase | None = None) -> Iterator[WorkspaceDesk]:
    with open_profile(profile, passphrase) as (database, secrets):
        trail = Trail(database.audit)
        options = AccessOptions(
            profile.folder,
            profile.settings_file,
            settings=load_settings(profile.settings_file),
            environ=os.environ,
        )
        settings = desk_of(options, trail)
        yield WorkspaceDesk(database, secrets, settings, trail, Bus(), utc_now)


# ---------------------------------------------------------------- the actions


def _export(profile: Profile, arguments: argparse.Namespace) -> int:
    if arguments.file is None and arguments.json:
        raise InvalidSetting("FILE", "is needed with --json: there is one standard output only")
    with _desk(profile) as desk:
        data = desk.export(_KEEPER)
    if arguments.file is None:
        sys.stdout.buffer.write(data)
        return 0
    write_aside(arguments.file, data)
    if arguments.json:
        print_json({"file": str(arguments.file), "bytes": len(data)})
    else:
        print(f"The workspace is in {arguments.file}; no password is in it.")
    return 0


def _diff(profile: Profile, arguments: argparse.Namespace) -> int:
    data = _read(arguments.file)
    with _desk(profile) as desk:
        diff = desk.preview(data, _KEEPER)
    if arguments.json:
        print_json(_as_json(diff))
    else:
        _print(diff, is_all=arguments.all)
    return 1 if diff.refused else 0


def _import(profile: Profile, arguments: argparse.Namespace) -> int:
    data = _read(arguments.file)
    parts = frozenset(map(Part, arguments.part)) if arguments.part else frozenset(Part)
    with _desk(profile, VaultPassphrase(arguments.vault_fd)) as desk:
        diff = desk.preview(data, _KEEPER)
        if not arguments.json:
            _print(diff, is_all=arguments.all)
        done = desk.apply(_KEEPER, data, parts, diff.mark)
    return _tell(done, arguments)


def _take_back(profile: Profile, arguments: argparse.Namespace) -> int:
    with _desk(profile, VaultPassphrase(arguments.vault_fd)) as desk:
        offer = desk.offer()
        if offer is None:
            raise InvalidSetting("take-back", "finds no import that could be taken back")
        done = desk.take_back(ACTOR, offer.id)
    return _tell(done, arguments)


# ---------------------------------------------------------------- words


def _tell(done: WorkspaceImported, arguments: argparse.Namespace) -> int:
    if arguments.json:
        print_json(
            {
                "changed": done.changed,
                "need_password": list(done.need_password),
                "left": list(done.left),
            }
        )
        return 0
    print(f"{done.changed} changed.")
    if done.need_password:
        print(f"Enter the passwords of these cameras again: {', '.join(done.need_password)}.")
    if done.left:
        print(f"Changed by somebody since, and left as it is: {', '.join(done.left)}.")
    return 0


def _print(diff: WorkspaceDiff, *, is_all: bool) -> None:
    for remark in diff.remarks:
        print(remark)
    for one in diff.items:
        if is_all or one.verdict is not Verdict.SAME:
            for line in _lines(one):
                print(line)
    counts = (f"{diff.count(verdict)} {verdict.value.replace('_', ' ')}" for verdict in Verdict)
    print(", ".join(counts))


def _lines(one: DiffItem) -> Iterator[str]:
    reason = f": {one.reason}" if one.reason else ""
    yield f"{_SIGNS[one.verdict]} {one.part.value}  {one.name}{reason}"
    for name, before, after in one.changes:
        yield f"      {name}: {before or '(empty)'} -> {after or '(empty)'}"
    if one.needs_password:
        yield "      its password must be entered again"


def _as_json(diff: WorkspaceDiff) -> dict[str, Any]:
    return {
        "remarks": list(diff.remarks),
        "items": [
            {
                "part": one.part.value,
                "verdict": one.verdict.value,
                "name": one.name,
                "changes": [
                    {"field": name, "before": before, "after": after}
                    for name, before, after in one.changes
                ],
                "reason": one.reason,
                "needs_password": one.needs_password,
            }
            for one in diff.items
        ],
    }


def _read(file: Path) -> bytes:
    """Return what a file holds, or a little more than is read of it."""
    most = LARGEST_BYTES + 1
    if str(file) == "-":
        return sys.stdin.buffer.read(most)
    with file.open("rb") as stream:
        return stream.read(most)


def _words(error: CamWatchError | OSError) -> str:
    """Return a sentence without its full stop."""
    match error:
        case InvalidSettings() if error.source:
            return f"{error.source}: {error}"
        case OSError():
            return f"{error.filename or 'the file'} cannot be used: {error.strerror}"
        case _:
            return str(error).removesuffix(".")
