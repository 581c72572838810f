"""`camwatch bench`: measures this machine; each thing it can measure has a module of its own."""

from __future__ import annotations

from typing import Any

from camwatch.cli import bench_detect, bench_history, bench_ingest, bench_ui


def add_parser(commands: Any) -> None:
    """Add the command.

    Args:
        commands: What `argparse.ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser(
        "bench",
        help="measure how fast this computer is",
        description="Measures this computer. Close other programs before: they share its time.",
    )
    subjects = parser.add_subparsers(dest="subject", metavar="SUBJECT", required=True)
    for subject in (bench_detect, bench_history, bench_ingest, bench_ui):
        subject.add_parser(subjects)
