"""`camwatch` and `camwatch --demo`: opens the window."""

from __future__ import annotations

import argparse
import os
import sys

from camwatch.cli.numbers import whole_number
from camwatch.config import load_settings
from camwatch.errors import InvalidSettings
from camwatch.paths import profile_at
from camwatch.walls import StartWish

_NO_SCREEN = """\
camwatch: there is no screen to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set).
Start it from a desktop session. Without a screen, these work: camwatch count, camwatch simulate,
camwatch doctor. For a virtual screen: xvfb-run camwatch"""


def add_profile_option(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """Add `--profile`, which stands before a command or behind it."""
    parser.add_argument(
        "--profile",
        metavar="DIR",
        default=default,
        help="folder for settings, database, logs and pictures of this run "
        "(default: CAMWATCH_PROFILE, else this platform's usual place)",
    )


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the application itself."""
    add_profile_option(parser)
    parser.add_argument(
        "--demo",
        action="store_true",
        help="a throw-away profile with a simulated site; nothing is kept",
    )
    parser.add_argument(
        "--layout",
        metavar="NAME",
        default="",
        help="show this wall: the name of a saved one, or a layout such as 3x3 or 1+7",
    )
    parser.add_argument(
        "--screen",
        metavar="N",
        type=whole_number(1, 99),
        default=None,
        help="open the window on this screen, counted from 1",
    )
    parser.add_argument(
        "--kiosk",
        action="store_true",
        help="show the wall alone on the whole screen; Ctrl+F11 leaves that, with the password",
    )


def has_screen() -> bool:
    """Tell whether Qt can open a window; without a screen it would abort the process."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(arguments: argparse.Namespace) -> int:
    """Open the window; return when it is closed."""
    if arguments.demo and arguments.profile:
        print("camwatch: --demo makes a profile of its own; leave --profile away.", file=sys.stderr)
        return 2
    if not has_screen():
        print(_NO_SCREEN, file=sys.stderr)
        return 1
    profile = profile_at(arguments.profile)
    try:
        settings = load_settings(profile.settings_file)
    except InvalidSettings as error:
        print(f"camwatch: these settings ({error.source}) must be put right:", file=sys.stderr)
        for problem in error.problems:
            print(f"  {problem}", file=sys.stderr)
        return 2
    from camwatch import app  # noqa: PLC0415 - Qt is loaded only for a window

    wish = StartWish(arguments.layout, arguments.screen, arguments.kiosk)
    return app.run_demo(settings, wish) if arguments.demo else app.run(profile, settings, wish)
