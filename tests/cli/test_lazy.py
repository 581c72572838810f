from __future__ import annotations

import argparse
import subprocess
import sys

import pytest

from camwatch.cli import make_parser

LOADED = """
import sys
from camwatch.cli import run
try:
    run(sys.argv[1:])
except SystemExit:
    pass
print(sorted(name for name in sys.modules if name.startswith("camwatch.")), file=sys.stderr)
"""


def loaded_by(*arguments: str) -> str:
    """Carry out a command line in a process of its own; return which modules it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, check=True
    )
    return done.stderr


def choices(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the parsers of the commands."""
    (found,) = (one.choices for one in parser._actions if isinstance(one.choices, dict))
    return dict(found)


def test_the_list_of_commands_says_what_each_command_says_of_itself() -> None:
    whole, bare = make_parser(), make_parser(())
    assert bare.format_help() == whole.format_help()
    assert choices(bare).keys() == choices(whole).keys()


@pytest.mark.parametrize("arguments", [("--version",), ("--help",)])
def test_nothing_is_loaded_to_tell_the_version_or_the_commands(arguments: tuple[str]) -> None:
    assert "camwatch.commands" not in loaded_by(*arguments)


def test_only_the_command_that_is_asked_for_is_loaded() -> None:
    modules = loaded_by("vault", "--help")
    assert "'camwatch.cli.vault'" in modules
    assert "camwatch.cli.doctor" not in modules


def test_a_value_that_is_the_name_of_a_command_is_not_taken_for_it() -> None:
    parsed = make_parser({"--profile", "count", "users", "list"}).parse_args(
        ["--profile", "count", "users", "list"]
    )
    assert (parsed.profile, parsed.command, parsed.action) == ("count", "users", "list")
