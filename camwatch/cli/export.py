"""`camwatch export`: writes the history into a file for other programs, without a window."""

from __future__ import annotations

import argparse
from typing import Any

from camwatch.cli.camera_desk import (
    ACTOR,
    cancelled_by_ctrl_c,
    open_profile,
    print_json,
    show_progress,
)
from camwatch.cli.history_desk import (
    add_common_options,
    cameras_named,
    check_history,
    check_output,
    moment,
    told,
    zone_of,
)
from camwatch.commands.export_desk import ExportDesk, megabytes
from camwatch.commands.trail import Trail
from camwatch.domain import BucketSize, utc_now
from camwatch.errors import CamWatchError, InvalidSetting
from camwatch.history.export_columns import COLUMNS, format_of
from camwatch.history.exports import ExportContent, ExportKind, ExportRequest
from camwatch.paths import Profile, profile_at

_STEPS = {size.value.replace("_", "-"): size for size in BucketSize}


def add_parser(commands: Any) -> None:
    """Add the command.

    Args:
        commands: What `argparse.ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser(
        "export",
        help="write the history as CSV, Parquet or XLSX",
        description="Writes what was counted into a file for other programs. Unknown is an empty "
        "cell, never 0; docs/export.md describes each column.",
        epilog="The export is an entry of the audit log, so CamWatch must not be running with the "
        "profile; use its page then. Exit codes: 0 done, 1 failed, 2 bad usage.",
    )
    parser.add_argument(
        "--content",
        required=True,
        choices=[one.value for one in ExportContent],
        help="counts: people in view; passages: in and out of lines and gates; zones: people in "
        "zones; samples: single measurements; states: how cameras were",
    )
    parser.add_argument(
        "--format",
        choices=[one.value for one in ExportKind],
        help="kind of file (default: by the ending of FILE)",
    )
    for name, target, what in (
        ("--from", "start", "the first day or moment"),
        ("--to", "end", "the last day, or the moment after the last"),
    ):
        parser.add_argument(
            name,
            dest=target,
            required=True,
            metavar="DATE",
            help=f"{what}, such as 2026-03-01 or 2026-03-01T14:30",
        )
    parser.add_argument(
        "--by", choices=list(_STEPS), default="hour", help="length of a row (default: hour)"
    )
    parser.add_argument(
        "--camera",
        action="append",
        default=[],
        metavar="NAME",
        help="only this one; may be given several times (default: all)",
    )
    parser.add_argument(
        "--as-measured", action="store_true", help="leave out what people corrected"
    )
    add_common_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; return the exit code: 0 done, 1 failed, 2 bad usage."""
    try:
        return _export(profile_at(arguments.profile), arguments)
    except CamWatchError as error:
        return told("export", error)


def _export(profile: Profile, arguments: argparse.Namespace) -> int:
    file = arguments.output
    kind = _kind(arguments)
    check_output(file, is_forced=arguments.force)
    zone = zone_of(profile, arguments.zone)
    start = moment("--from", arguments.start, zone)
    end = moment("--to", arguments.end, zone, is_end=True)
    check_history(profile)
    content = ExportContent(arguments.content)
    with open_profile(profile) as (database, _), cancelled_by_ctrl_c() as cancelled:
        request = ExportRequest(
            content,
            kind,
            cameras_named(database, arguments.camera),
            start,
            end,
            _STEPS[arguments.by],
            zone,
            with_corrections=not arguments.as_measured,
        )
        desk = ExportDesk(database.exports, Trail(database.audit), utc_now)
        rows = desk.export(ACTOR, request, file, show_progress, cancelled)
    size = file.stat().st_size
    if arguments.json:
        print_json(
            {
                "file": str(file),
                "content": content.value,
                "format": kind.value,
                "columns": [column.name for column in COLUMNS[content]],
                "version": format_of(content),
                "rows": rows,
                "bytes": size,
            }
        )
    else:
        are = "row is" if rows == 1 else "rows are"
        print(f"{rows:,} {are} in {file} ({megabytes(size)}).")
    return 0


def _kind(arguments: argparse.Namespace) -> ExportKind:
    """Return the kind of file, by its ending if it is not named.

    Raises:
        InvalidSetting: Neither tells it.
    """
    if arguments.format:
        return ExportKind(arguments.format)
    ending = arguments.output.suffix.removeprefix(".").lower()
    if ending in set(ExportKind):
        return ExportKind(ending)
    raise InvalidSetting("--format", "is needed: the file's name ends in none of the kinds")
