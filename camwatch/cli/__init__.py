"""The command line: what each command does stands in a module of its name."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Sequence
from importlib import import_module

from camwatch import __version__
from camwatch.cli import application

_FAILED = 1

_COMMANDS = {
    "simulate": "serve simulated cameras with people whose number is known",
    "count": "count people in a picture, a folder of pictures, a video, a camera's snapshot or stream",
    "cameras": "list, add, remove, import and export cameras",
    "users": "list, add, disable, reset and remove users",
    "models": "list, add, test and choose the models that find people",
    "accuracy": "compare the counts of labelled clips with the truth",
    "audit": "check that nobody has changed the audit log, or export it",
    "export": "write the history as CSV, Parquet or XLSX",
    "report": "make the report of a day, week or month as a PDF file",
    "bench": "measure how fast this computer is",
    "db": "copy, check, repair and move the history",
    "doctor": "look whether this computer is fit to run CamWatch",
    "privacy": "prove that a camera that only counts writes no picture",
    "vault": "keep passwords in an encrypted file where there is no keyring",
    "workspace": "take cameras, zones, rules, settings and walls out as a file, and bring one in",
}
"""What `camwatch --help` says of each, without loading its module: all of them take a second."""


def make_parser(wanted: Collection[str] = _COMMANDS.keys()) -> argparse.ArgumentParser:
    """Return the parser of `camwatch` and its commands.

    Args:
        wanted: Names of commands whose options it shall know; of the others it knows that they
            are there.
    """
    parser = argparse.ArgumentParser(
        prog="camwatch",
        description="Counts people on IP cameras. Without a command it opens the window.",
        epilog="Exit codes: 0 done, 1 failed, 2 bad usage.",
    )
    parser.add_argument("--version", action="version", version=f"CamWatch {__version__}")
    application.add_options(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, summary in _COMMANDS.items():
        if name in wanted:
            import_module(f"camwatch.cli.{name}").add_parser(commands)
        else:
            commands.add_parser(name, help=summary)
    for command_parser in commands.choices.values():
        # Suppressed where it is not given, so that it does not undo one before the command.
        application.add_profile_option(command_parser, default=argparse.SUPPRESS)
    return parser


def run(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command line.

    Returns:
        The exit code: 0 done, 1 failed, 2 bad usage.
    """
    given = sys.argv[1:] if arguments is None else arguments
    # A name may also be the value of an option: one too many is loaded then, never one too few.
    parsed = make_parser(set(given)).parse_args(given)
    try:
        if parsed.command is None:
            return application.run(parsed)
        return int(parsed.run(parsed))
    except BrokenPipeError:
        # Whoever read our output is gone; what is still buffered has no reader.
        sys.stderr.close()
        return _FAILED
