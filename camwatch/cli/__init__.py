"""The command line: what each command does stands in a module of its name."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from camwatch import __version__
from camwatch.cli import (
    accuracy,
    application,
    audit,
    bench,
    cameras,
    count,
    db,
    doctor,
    export,
    models,
    report,
    simulate,
    users,
    vault,
    workspace,
)

_FAILED = 1


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of `camwatch` and its commands."""
    parser = argparse.ArgumentParser(
        prog="camwatch",
        description="Counts people on IP cameras. Without a command it opens the window.",
        epilog="Exit codes: 0 done, 1 failed, 2 bad usage.",
    )
    parser.add_argument("--version", action="version", version=f"CamWatch {__version__}")
    application.add_options(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for command in (
        simulate,
        count,
        cameras,
        users,
        models,
        accuracy,
        audit,
        export,
        report,
        bench,
        db,
        doctor,
        vault,
        workspace,
    ):
        command.add_parser(commands)
    for command_parser in commands.choices.values():
        # Suppressed where it is not given, so that it does not undo one before the command.
        application.add_profile_option(command_parser, default=argparse.SUPPRESS)
    return parser


def run(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command line.

    Returns:
        The exit code: 0 done, 1 failed, 2 bad usage.
    """
    parsed = make_parser().parse_args(arguments)
    try:
        if parsed.command is None:
            return application.run(parsed)
        return int(parsed.run(parsed))
    except BrokenPipeError:
        # Whoever read our output is gone; what is still buffered has no reader.
        sys.stderr.close()
        return _FAILED
