"""`camwatch bench ui`: the window with many tiles that change fast."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from camwatch.cli.application import has_screen
from camwatch.cli.numbers import whole_number
from camwatch.errors import CamWatchError

_GOAL_STALL_MS = 16


def add_parser(subjects: Any) -> None:
    """Add what is measured to `camwatch bench`."""
    parser = subjects.add_parser(
        "ui",
        help="how the window does with many tiles",
        description="Opens the program on a throw-away profile and shows made-up pictures on its "
        "tiles, in a real window where there is a screen. Nothing is kept.",
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object and nothing else"
    )
    parser.add_argument(
        "--tiles", type=whole_number(1, 64), default=64, metavar="N", help="default: 64"
    )
    parser.add_argument(
        "--fps",
        type=whole_number(1, 30),
        default=10,
        metavar="F",
        help="pictures a second on each tile (default: 10)",
    )
    parser.add_argument(
        "--seconds",
        type=whole_number(1, 86_400),
        default=30,
        metavar="S",
        help="for how long, warming up not counted (default: 30)",
    )
    parser.add_argument(
        "--screenshot", type=Path, metavar="FILE", help="save the window's picture at the end"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure; return the exit code: 0 done, 1 failed, 2 bad usage."""
    is_real = has_screen()
    if not is_real:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from camwatch.cli.ingest import wall  # noqa: PLC0415 - loads Qt

    plan = wall.WallPlan(arguments.tiles, arguments.fps, arguments.seconds, arguments.screenshot)
    try:
        measured = wall.measure_wall(plan, _say_nothing if arguments.json else _say)
    except CamWatchError as error:
        print(f"camwatch bench: {str(error).removesuffix('.')}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("camwatch bench: ended before its time.", file=sys.stderr)
        return 1
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    result = {
        "tiles": plan.tiles,
        "fps": plan.fps,
        "window": "real" if is_real and platform != "offscreen" else "offscreen",
        "cores": os.cpu_count(),
        **measured,
    }
    if arguments.json:
        print(json.dumps(result, allow_nan=False))
    else:
        _print(result)
    return 0


def _say(text: str) -> None:
    print(f"{text} …", flush=True)


def _say_nothing(_text: str) -> None:
    """Keep quiet: one JSON object is all that is asked for."""


def _print(result: dict[str, Any]) -> None:
    """Print the figures for people."""
    stall = result["gui_stall_ms"]
    goal = f"(goal: p99 at most {_GOAL_STALL_MS})"
    print()
    for name, text in (
        ("Tiles", f"{result['tiles']}, {result['pictures_per_s']} pictures/s in all"),
        ("Window", f"{result['window']}, for {result['seconds']:g} s"),
        ("The window was late by", f"p99 {stall['p99']} ms, {stall['max']} most  {goal}"),
        ("Processor", f"{result['cpu_cores']:.2f} of {result['cores']} cores"),
        ("Memory", f"{result['rss_mib']} MiB"),
        ("Load of the computer before", f"{result['load_before']}"),
    ):
        print(f"{name:30}{text}")
