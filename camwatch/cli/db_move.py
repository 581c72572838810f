"""`camwatch db move`: copies a history from one database to another."""

from __future__ import annotations

import argparse
import os
import re
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from camwatch.cli.camera_desk import cancelled_by_ctrl_c, print_json, profile_lock
from camwatch.cli.progress import ProgressBar
from camwatch.cli.secret_input import secret_line
from camwatch.config import load_settings
from camwatch.data.moving.mover import move_history
from camwatch.data.place import history_file
from camwatch.data.server_address import ServerAddress, address_of_url, is_server
from camwatch.domain import Secret
from camwatch.errors import GivenUp, InvalidSetting
from camwatch.paths import Profile

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]+")
_GO_ON = "The same command goes on where it was broken off."


def add_parser(actions: Any) -> argparse.ArgumentParser:
    """Add the action.

    Args:
        actions: What `argparse.ArgumentParser.add_subparsers` returned.
    """
    parser: argparse.ArgumentParser = actions.add_parser(
        "move",
        help="copy the history to a PostgreSQL server, to another file, or back",
        description="The source stays as it is. PLACE is a file, an address such as "
        "postgresql://camwatch@db.example.com/camwatch, or the name of an environment variable "
        "that holds one, such as CAMWATCH_DATABASE_URL. A password never stands in PLACE: it is "
        "asked for, or read from --password-fd; PGPASSWORD and a .pgpass file work, too.",
        epilog="CamWatch must not be running with the profile. What was broken off is gone on "
        "with by the same command. In the end both are compared, and the settings still name the "
        "old one: docs/backups.md says what is left to do.",
    )
    parser.add_argument(
        "--from",
        dest="source",
        metavar="PLACE",
        default="",
        help="else the history of the profile",
    )
    parser.add_argument("--to", dest="target", metavar="PLACE", required=True)
    parser.add_argument(
        "--password-fd",
        type=int,
        metavar="N",
        help="read the passwords from this open file descriptor: a line for each server, that of "
        "--from first",
    )
    return parser


def run(profile: Profile, arguments: argparse.Namespace) -> int:
    """Move; return the exit code."""
    source = _source(profile, arguments)
    target = _place(arguments.target, "--to")
    if source == target:
        raise InvalidSetting("--to", "is where the history is already")
    if isinstance(source, ServerAddress):
        source = _with_password(source, arguments.password_fd)
    if isinstance(target, ServerAddress):
        target = _with_password(target, arguments.password_fd)
    with ExitStack() as held:
        if profile.folder.exists():
            held.enter_context(profile_lock(profile))
        cancel = held.enter_context(cancelled_by_ctrl_c())
        bar = held.enter_context(ProgressBar("rows"))
        try:
            moved = move_history(source, target, progress=bar.show, is_given_up=cancel.is_set)
        except GivenUp:
            held.close()
            print(f"camwatch db: given up. {_GO_ON}", file=sys.stderr)
            return 1
    if arguments.json:
        print_json(
            {
                "from": _words(source),
                "to": _words(target),
                "rows": moved.rows,
                "resumed_rows": moved.resumed_rows,
                "seconds": round(moved.seconds, 1),
                "tables": dict(moved.tables),
            }
        )
        return 0
    print(f"{moved.rows:,} rows are in {_words(target)} and are the same as in {_words(source)}.")
    print("The settings still name the old place; see docs/backups.md for what is left to do.")
    return 0


def _source(profile: Profile, arguments: argparse.Namespace) -> Path | ServerAddress:
    if arguments.source:
        return _place(arguments.source, "--from")
    settings = load_settings(profile.settings_file).history
    file = history_file(profile, settings)
    if file is not None:
        return file
    if is_server(settings.database_url):
        return address_of_url(settings.database_url)
    raise InvalidSetting("--from", "is needed, since the settings name a server")


def _place(text: str, option: str) -> Path | ServerAddress:
    """Read a place.

    Raises:
        InvalidSetting: It is none, or holds a password.
    """
    is_variable = bool(_VARIABLE.fullmatch(text)) and text in os.environ
    address = os.environ[text] if is_variable else text
    if address.startswith("sqlite:///"):
        return Path(address.removeprefix("sqlite:///")).absolute()
    if not is_server(address):
        if "://" in address:
            raise InvalidSetting(option, "must be a file or an address that begins postgresql://")
        return Path(address).expanduser().absolute()
    if not is_variable and _has_password(address):
        raise InvalidSetting(
            option,
            "must not hold the password, for everybody on this computer can read command lines; "
            "leave it out, and it is asked for",
        )
    return address_of_url(address)


def _has_password(address: str) -> bool:
    try:
        return urlsplit(address).password is not None or "password=" in address
    except ValueError:
        return True  # nobody knows


def _with_password(address: ServerAddress, descriptor: int | None) -> ServerAddress:
    """Ask for the password where somebody can be asked, or read it."""
    if address.password is not None:
        return address
    if descriptor is None and (not sys.stdin.isatty() or "PGPASSWORD" in os.environ):
        return address  # libpq may know it
    text = secret_line("password", descriptor, f"Password for {address.place} (none: Return): ")
    return replace(address, password=Secret(text)) if text else address


def _words(place: Path | ServerAddress) -> str:
    return place.place if isinstance(place, ServerAddress) else str(place)
