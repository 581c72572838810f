"""`camwatch cameras discover`: looks for cameras in networks, without a window."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import TYPE_CHECKING, Any

from camwatch.config import PASSWORD_VARIABLE
from camwatch.domain import Secret
from camwatch.errors import InvalidSettings

if TYPE_CHECKING:
    from camwatch.cameras.discovery import Found


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command.

    Args:
        commands: What `argparse.ArgumentParser.add_subparsers` returned, of `camwatch cameras`.
    """
    parser: argparse.ArgumentParser = commands.add_parser(
        "discover",
        help="look for cameras in networks",
        description="Looks for cameras and tells what was found; nothing is added. Only private "
        "networks are searched, of at most 1,024 addresses each.",
        epilog=f"The password is read from {PASSWORD_VARIABLE}, else asked for, else read from "
        "the first line of the standard input; it never stands on the command line. It is tried "
        "once on each camera. Search only networks that you may search.",
    )
    parser.add_argument(
        "--network",
        action="append",
        default=[],
        metavar="CIDR",
        help="such as 192.168.1.0/24, or one address; may be given several times",
    )
    parser.add_argument(
        "--port",
        action="append",
        type=int,
        default=[],
        metavar="P",
        help="tried on each address (default: 80, 443, 554, 8000, 8080, 8554)",
    )
    parser.add_argument(
        "--multicast",
        action="store_true",
        help="also ask all ONVIF cameras to answer; this alone where no network is given",
    )
    parser.add_argument(
        "--user", default="", metavar="NAME", help="of a camera user who may see pictures"
    )
    parser.add_argument(
        "--allow-local", action="store_true", help="this computer and link-local addresses, too"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
    parser.set_defaults(run=run)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Search; return the exit code: 0 done, 1 given up, 2 bad usage."""
    from camwatch.cameras.discovery import (  # noqa: PLC0415 - loads OpenCV
        USUAL_PORTS,
        DiscoveryRequest,
        check_request,
        discover,
    )

    request = DiscoveryRequest(
        networks=tuple(arguments.network),
        ports=tuple(arguments.port) or USUAL_PORTS,
        use_multicast=arguments.multicast or not arguments.network,
        username=arguments.user,
        allow_local=arguments.allow_local,
    )
    try:
        check_request(request)
    except InvalidSettings as error:
        print(f"camwatch cameras discover: {error}.", file=sys.stderr)
        return 2
    if arguments.user:
        request = replace(request, password=_password())

    def on_found(found: Found) -> None:
        if not arguments.json:
            print(_as_line(found), flush=True)

    with _cancelled_by_ctrl_c() as cancel:
        every = discover(request, on_found, _show_progress, cancel)
    if arguments.json:
        is_whole = not cancel.is_set()
        found = [_as_json(one) for one in every]
        print(json.dumps({"is_whole": is_whole, "found": found}, ensure_ascii=False, indent=2))
    else:
        what = f"{len(every)} camera{'' if len(every) == 1 else 's'}"
        print(f"{what} found{', then given up' if cancel.is_set() else ''}.")
    return 1 if cancel.is_set() else 0


def _password() -> Secret:
    if PASSWORD_VARIABLE in os.environ:
        return Secret(os.environ[PASSWORD_VARIABLE])
    if sys.stdin.isatty():
        return Secret(getpass.getpass("Password of the cameras: "))
    return Secret(sys.stdin.readline().rstrip("\r\n"))


def _show_progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {of} addresses\x1b[K\r", end="", file=sys.stderr, flush=True)


def _as_line(found: Found) -> str:
    """Return what is told of a camera: where it is, what it is, and whether it can be used."""
    what = f"{found.make} {found.model}".strip() or "unknown make"
    if found.needs_sign_in:
        state = "wants a sign-in"
    elif found.preview:
        state = "gives pictures"
    else:
        state = f"{found.problem.value}: {found.detail}" if found.problem.value != "none" else ""
    return f"{found.address:<32} {found.kind.value:<9} {what:<40} {state}".rstrip()


def _as_json(found: Found) -> dict[str, object]:
    settings = found.settings
    return {
        "address": found.address,
        "name": found.name,
        "make": found.make,
        "model": found.model,
        "hardware_id": found.hardware_id,
        "kind": found.kind.value,
        "stream_path": settings.stream_path,
        "main_path": settings.main_path,
        "snapshot_path": settings.snapshot_path,
        "onvif": settings.onvif_url,
        "has_picture": bool(found.preview),
        "needs_sign_in": found.needs_sign_in,
        "problem": found.problem.value,
        "detail": found.detail,
    }


@contextmanager
def _cancelled_by_ctrl_c() -> Iterator[threading.Event]:
    """Give an event that Ctrl+C sets, so that what was found until then is told."""
    cancel = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        cancel.set()

    before = signal.signal(signal.SIGINT, on_signal)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)
