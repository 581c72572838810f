"""`camwatch bench ingest`: the whole program with many simulated cameras."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from camwatch.cameras.simulator.faults import Fault
from camwatch.cli.application import has_screen
from camwatch.cli.numbers import whole_number
from camwatch.errors import CamWatchError

_GOAL_LATENCY_MS, _GOAL_STALL_MS, _LONGEST_STALL_MS = 250, 16, 100


def add_parser(subjects: Any) -> None:
    """Add what is measured to `camwatch bench`."""
    parser = subjects.add_parser(
        "ingest",
        help="how the whole program does with many cameras",
        description="Starts simulated cameras in a process of their own, the program on a "
        "throw-away profile, and its window: a real one where there is a screen. Nothing is kept.",
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object and nothing else"
    )
    parser.add_argument(
        "--cameras", type=whole_number(1, 1000), default=64, metavar="N", help="default: 64"
    )
    parser.add_argument(
        "--seconds",
        type=whole_number(1, 86_400),
        default=60,
        metavar="S",
        help="for how long, warming up not counted (default: 60)",
    )
    parser.add_argument(
        "--warm-up",
        type=whole_number(0, 3600),
        default=20,
        metavar="S",
        help="seconds before the measuring begins (default: 20)",
    )
    parser.add_argument(
        "--busy",
        type=_share,
        default=0.1,
        metavar="SHARE",
        help="share of the cameras that see people, 0 to 1 (default: 0.1)",
    )
    parser.add_argument(
        "--size", default="1920x1080", metavar="WxH", help="of the pictures (default: 1920x1080)"
    )
    parser.add_argument(
        "--interval",
        type=_interval,
        default=1.0,
        metavar="S",
        help="seconds between two pictures of a camera (default: 1)",
    )
    parser.add_argument(
        "--fault",
        choices=[fault.value for fault in Fault],
        metavar="NAME",
        help="what all cameras suffer from: see camwatch simulate --help",
    )
    trouble = parser.add_mutually_exclusive_group()
    trouble.add_argument(
        "--hang-half",
        action="store_true",
        help="after half of the time half of the cameras hang: do the others notice?",
    )
    trouble.add_argument(
        "--return",
        dest="all_return",
        action="store_true",
        help="at the end all cameras hang for a minute and return in one moment",
    )
    parser.add_argument(
        "--columns",
        type=whole_number(1, 4),
        default=4,
        metavar="N",
        help="tiles in a row of the window (default: 4)",
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
    from camwatch.cli.ingest import running  # noqa: PLC0415 - loads Qt

    plan = running.Plan(
        cameras=arguments.cameras,
        seconds=arguments.seconds,
        warm_up_s=arguments.warm_up,
        size=arguments.size,
        interval_s=arguments.interval,
        busy=arguments.busy,
        fault=arguments.fault,
        half_hangs=arguments.hang_half,
        all_return=arguments.all_return,
        columns=arguments.columns,
        screenshot=arguments.screenshot,
    )
    say = _say_nothing if arguments.json else _say
    try:
        measured = running.measure(plan, say)
    except CamWatchError as error:
        print(f"camwatch bench: {str(error).removesuffix('.')}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("camwatch bench: ended before its time.", file=sys.stderr)
        return 1
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    result = {
        "cameras": plan.cameras,
        "size": plan.size,
        "interval_s": plan.interval_s,
        "busy": plan.busy,
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
    rows = _rows(result) + _trouble_rows(result)
    print()
    for name, text in rows:
        print(f"{name:27}{text}")


def _rows(result: dict[str, Any]) -> list[tuple[str, str]]:
    polls, latency, stall = result["polls"], result["latency_ms"], result["gui_stall_ms"]
    memory, age = result["rss_mib"], result["picture_age_s"]
    shares = [result["analysed_share"], result["still_share"]]
    searched, still = ("unknown" if one is None else f"{one:.0%}" for one in shares)
    cameras = f"{result['cameras']} of {result['size']}, {result['busy']:.0%} of them busy"
    processor = f"{result['cpu_cores']:.2f} of {result['cores']} cores"
    busiest = (f"{name} {cores:.2f}" for name, cores in result["cpu_by_thread"].items())
    in_use = f"{memory['start']} MiB at the start, {memory['end']} at the end, {memory['max']} most"
    late_goal = f"(goal: p99 at most {_GOAL_STALL_MS}, never over {_LONGEST_STALL_MS})"
    done_goal = f"(goal: p95 at most {_GOAL_LATENCY_MS} ms)"
    counts = f"{polls['due']} / {polls['done']} / {polls['missed']}"
    return [
        ("Cameras", f"{cameras}, a picture each {result['interval_s']:g} s"),
        ("Window", f"{result['window']}, for {result['seconds']:g} s"),
        ("Polls due / done / missed", f"{counts}  (goal: none missed)"),
        ("From due to done", f"{_three(latency)} ms  {done_goal}"),
        ("Pictures searched, still", f"{searched}, {still}"),
        ("Waiting pictures a camera", f"{result['waiting_most']} at most"),
        ("Processor", f"{processor}; the simulated cameras {result['simulator_cpu_cores']:.2f}"),
        ("", ", ".join(busiest)),
        ("Memory", f"{in_use}, {memory['slope_mib_per_h']:+.0f} an hour"),
        ("The window was late by", f"{_three(stall)} ms, {stall['max']} most  {late_goal}"),
        ("Age of shown pictures", f"{_three(age)} s"),
        ("Closing took", f"{result['close_s']} s"),
    ]


def _trouble_rows(result: dict[str, Any]) -> list[tuple[str, str]]:
    rows = []
    if half := result.get("hang_half"):
        for when in ("before", "after"):
            facts = half[when]
            text = f"{_three(facts['latency_ms'])} ms, {facts['pictures_per_s']} pictures/s"
            rows.append((f"{half['others']} others {when}", text))
    if back := result.get("return"):
        took = "not all of them" if back["all_s"] is None else f"all after {back['all_s']} s"
        crowd = f"{back['largest_share_in_1s']:.0%} in one second  (goal: at most 20%)"
        rows.append(("Back", f"{back['back']} of {back['cameras']}, {took}; at most {crowd}"))
    return rows


def _three(values: dict[str, float | None]) -> str:
    known = (f"p{p} {values[f'p{p}']}" for p in (50, 95, 99) if values[f"p{p}"] is not None)
    return ", ".join(known) or "unknown"


def _share(text: str) -> float:
    """Read a share."""
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not from 0 to 1")
    return share


def _interval(text: str) -> float:
    """Read the seconds between two pictures, as the simulated cameras can have them."""
    try:
        interval_s = float(text)
    except ValueError:
        interval_s = 0.0
    if not 0.1 <= interval_s <= 10:
        raise argparse.ArgumentTypeError(f"{text!r} is not from 0.1 to 10")
    return interval_s
