"""`camwatch cameras discover`: looks for cameras in networks, without a window."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from camwatch.cameras.discovery import USUAL_PORTS, DiscoveryRequest, Found, discover
from camwatch.cli.camera_desk import (
    cameras_of,
    cancelled_by_ctrl_c,
    password_from,
    print_json,
    show_progress,
    write_aside,
)
from camwatch.commands.camera_table import known_as, write_list
from camwatch.domain import Camera, Reason, Secret
from camwatch.paths import Profile


def add_parser(actions: Any) -> argparse.ArgumentParser:
    """Add the action.

    Args:
        actions: What `argparse.ArgumentParser.add_subparsers` returned.
    """
    parser: argparse.ArgumentParser = actions.add_parser(
        "discover",
        help="look for cameras in networks",
        description="Tries ports of each address, and asks what answers whether it is a camera. "
        "Do that only in networks that are yours.",
        epilog="Ctrl-C ends the search, and what was found until then is told. With --username "
        "the password is asked for, or read from the first line of the standard input.",
    )
    parser.add_argument(
        "networks",
        metavar="NETWORK",
        nargs="*",
        help="such as 192.168.1.0/24, or a single address",
    )
    parser.add_argument(
        "--multicast",
        action="store_true",
        help="also ask all ONVIF cameras in the networks of this computer to answer",
    )
    parser.add_argument(
        "--ports",
        type=_ports,
        default=USUAL_PORTS,
        metavar="P,P…",
        help=f"tried on each address (default: {','.join(map(str, USUAL_PORTS))})",
    )
    parser.add_argument(
        "--username", default="", help="tried once on each camera that asks for a sign-in"
    )
    parser.add_argument(
        "--password-fd",
        type=int,
        metavar="N",
        help="read the password from this open file descriptor",
    )
    parser.add_argument(
        "--allow-local", action="store_true", help="this computer and link-local addresses, too"
    )
    parser.add_argument(
        "--allow-public", action="store_true", help="networks that are not private, too"
    )
    parser.add_argument(
        "--list",
        type=Path,
        metavar="FILE",
        help="write the new ones as a list for `camwatch cameras import`, without passwords",
    )
    return parser


def run(profile: Profile, arguments: argparse.Namespace) -> int:
    """Search, and tell what was found; return the exit code.

    Raises:
        InvalidSettings: With every refused field.
        OSError: The list cannot be written.
    """
    password = Secret(password_from(arguments.password_fd)) if arguments.username else None
    request = DiscoveryRequest(
        networks=tuple(arguments.networks),
        ports=arguments.ports,
        use_multicast=arguments.multicast,
        username=arguments.username,
        password=password,
        allow_local=arguments.allow_local,
        allow_public=arguments.allow_public,
    )
    cameras = cameras_of(profile)
    with cancelled_by_ctrl_c() as cancel:
        found = discover(request, lambda _found: None, show_progress, cancel)
    if arguments.list is not None:
        new = [one.settings for one in found if not known_as(one.settings, cameras)]
        write_aside(arguments.list, write_list(new))
    if arguments.json:
        print_json({"found": [_as_json(one, cameras) for one in found]})
    else:
        _print_table(found, cameras)
        if arguments.list is not None:
            print(f"\n{len(new)} new ones are in {arguments.list}; name them there.")
    return 0


def _ports(text: str) -> tuple[int, ...]:
    try:
        return tuple(dict.fromkeys(int(part) for part in text.split(",")))
    except ValueError:
        raise argparse.ArgumentTypeError("must be numbers with commas between them") from None


def _print_table(found: Sequence[Found], cameras: Sequence[Camera]) -> None:
    if not found:
        print("No camera was found.", file=sys.stderr)
    for one in found:
        about = f"{one.make} {one.model}".strip() or one.name
        print(f"{one.address:<30} {one.kind:<9} {about:<32} {_state(one, cameras)}".rstrip())


def _state(one: Found, cameras: Sequence[Camera]) -> str:
    if name := known_as(one.settings, cameras):
        return f"is there already: {name}"
    if one.needs_sign_in:
        return "needs a sign-in"
    return "" if one.problem is Reason.NONE else f"{one.problem.value} {one.detail}".strip()


def _as_json(one: Found, cameras: Sequence[Camera]) -> dict[str, Any]:
    return {
        "address": one.address,
        "host": one.host,
        "port": one.port,
        "kind": one.kind.value,
        "make": one.make,
        "model": one.model,
        "hardware_id": one.hardware_id,
        "name": one.name,
        "has_picture": bool(one.preview),
        "needs_sign_in": one.needs_sign_in,
        "problem": one.problem.value,
        "detail": one.detail,
        "known_as": known_as(one.settings, cameras),
    }
