"""`camwatch simulate`: a site of simulated cameras on this computer, until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import sys
from typing import TYPE_CHECKING, Any

from camwatch.cameras.simulator.faults import Fault
from camwatch.errors import InvalidSetting

if TYPE_CHECKING:
    from camwatch.cameras.simulator.site import SimulatedSite


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command with its options."""
    faults = "\n".join(f"  {fault.value:13} {fault.description}" for fault in Fault)
    parser = subparsers.add_parser(
        "simulate",
        help="serve simulated cameras with people whose number is known",
        description="Serves simulated cameras on 127.0.0.1 until it is stopped with Ctrl+C.\n"
        "Camera K answers at /cam/K/snapshot, /cam/K/status and /cam/K/stream.mjpg;\n"
        "/truth tells who is where (?at=UNIX_SECONDS and ?camera=K choose).",
        epilog=f"faults:\n{faults}\n\n"
        'While it runs, POST /cam/K/fault with {"fault": NAME} sets a fault for one camera\n'
        "and DELETE /cam/K/fault ends it.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--cameras", type=int, default=4, metavar="N", help="how many cameras (default: 4)"
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=0,
        metavar="P",
        help="where to listen (default: any free port)",
    )
    parser.add_argument(
        "--auth",
        choices=("none", "basic", "digest"),
        default="none",
        help="how the cameras ask for a password (default: none)",
    )
    parser.add_argument(
        "--size",
        type=_size,
        default=(1280, 720),
        metavar="WxH",
        help="width and height of the pictures (default: 1280x720)",
    )
    parser.add_argument(
        "--fps", type=float, default=1.0, metavar="F", help="frames per second (default: 1)"
    )
    parser.add_argument(
        "--fault", choices=[fault.value for fault in Fault], metavar="NAME", help="see below"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="which places and people (default: 0)"
    )
    parser.add_argument(
        "--busy",
        type=float,
        default=1.0,
        metavar="SHARE",
        help="share of the cameras that see people, 0 to 1; nobody is seen by the others "
        "(default: 1)",
    )
    parser.add_argument(
        "--prepare",
        action="store_true",
        help="paint all pictures before the first is served, so that serving costs little",
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object when the cameras answer"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until the process is asked to end; return 0, or 2 for unusable options."""
    from camwatch.cameras.simulator.site import SimulatedSite  # noqa: PLC0415 - loads OpenCV

    try:
        site = SimulatedSite(
            arguments.cameras,
            arguments.size,
            fps=arguments.fps,
            seed=arguments.seed,
            auth=arguments.auth,
            fault=arguments.fault,
            busy=arguments.busy,
            is_prepared=arguments.prepare,
        )
        asyncio.run(_serve(site, arguments))
    except InvalidSetting as error:
        print(f"camwatch simulate: --{error.field} {error.reason}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:  # where the event loop cannot take signals (Windows)
        return 0
    return 0


async def _serve(site: SimulatedSite, arguments: argparse.Namespace) -> None:
    leave = asyncio.Event()
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, leave.set)
    try:
        await site.start(arguments.port)
        if arguments.json:
            print(json.dumps(_described(site)), flush=True)
        else:
            _print_for_people(site, arguments.fault)
        await leave.wait()
    finally:
        await site.stop()


def _described(site: SimulatedSite) -> dict[str, Any]:
    width, height = site.size
    described: dict[str, Any] = {
        "url": site.url,
        "truth": f"{site.url}/truth",
        "fps": site.fps,
        "resolution": f"{width}x{height}",
        "auth": site.auth,
        "cameras": [
            {
                "number": number,
                "name": site.name(number),
                "snapshot": f"{site.base_url(number)}/snapshot",
                "status": f"{site.base_url(number)}/status",
                "stream": f"{site.base_url(number)}/stream.mjpg",
            }
            for number in site.numbers
        ],
    }
    if site.auth != "none":
        described["username"] = site.username
        described["password"] = site.password.reveal()
    return described


def _print_for_people(site: SimulatedSite, fault: str | None) -> None:
    width, height = site.size
    print(f"{len(site.numbers)} simulated cameras, {width}x{height}, {site.fps:g} frames a second:")
    for number in site.numbers:
        print(f"  {site.name(number):20} {site.base_url(number)}/snapshot")
    print(f"Who is where:          {site.url}/truth")
    if site.auth != "none":
        print(f"User name: {site.username}   Password: {site.password.reveal()}")
    if fault is not None:
        print(f"Fault {fault}: each camera {Fault(fault).description}.")
    print("Stop with Ctrl+C.", flush=True)


def _size(text: str) -> tuple[int, int]:
    width, separator, height = text.lower().partition("x")
    if not (separator and width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size such as 1280x720")
    return int(width), int(height)


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return int(text)
