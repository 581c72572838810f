"""`camwatch` and `camwatch --demo`: opens the window."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from camwatch.cli.numbers import whole_number

if TYPE_CHECKING:
    from camwatch.config import Settings
    from camwatch.paths import Profile

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
        "--sample",
        action="store_true",
        help="like --demo, with two months of made-up history, so that charts have something to show",
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


def _usable_settings(profile: Profile) -> Settings:
    """Return the settings; those that could be read last if something is wrong with the file.

    Raises:
        InvalidSettings: Neither can be used.
    """
    from camwatch.last_good import load_or_last_good  # noqa: PLC0415 - see `run`

    loaded = load_or_last_good(profile)
    if loaded.problems:
        print(
            f"camwatch: {profile.settings_file} must be put right; its last good copy is used:",
            file=sys.stderr,
        )
        for problem in loaded.problems:
            print(f"  {problem}", file=sys.stderr)
    return loaded.settings


def run(arguments: argparse.Namespace) -> int:
    """Open the window; return when it is closed."""
    if (arguments.demo or arguments.sample) and arguments.profile:
        option = "--sample" if arguments.sample else "--demo"
        print(
            f"camwatch: {option} makes a profile of its own; leave --profile away.",
            file=sys.stderr,
        )
        return 2
    if not has_screen():
        print(_NO_SCREEN, file=sys.stderr)
        return 1
    # Not before it is known that a window is wanted: every command adds options of this module,
    # and all this takes half a second.
    from camwatch.config import load_settings  # noqa: PLC0415
    from camwatch.errors import InvalidSettings  # noqa: PLC0415
    from camwatch.paths import profile_at  # noqa: PLC0415
    from camwatch.walls import StartWish  # noqa: PLC0415

    profile = profile_at(arguments.profile)
    try:
        settings = (
            load_settings(profile.settings_file) if arguments.demo else _usable_settings(profile)
        )
    except InvalidSettings as error:
        print(f"camwatch: these settings ({error.source}) must be put right:", file=sys.stderr)
        for problem in error.problems:
            print(f"  {problem}", file=sys.stderr)
        return 2
    from camwatch import heap, running  # noqa: PLC0415 - Qt is loaded only for a window

    wish = StartWish(arguments.layout, arguments.screen, arguments.kiosk)
    heap.hold()
    try:
        if arguments.sample:
            return running.run_sample(settings, wish)
        if arguments.demo:
            return running.run_demo(settings, wish)
        return running.run(profile, settings, wish)
    finally:
        heap.set_aside()
