"""Writes docs/faults.md: what can go wrong, what is seen then, and the tests that prove it.

    scripts/test -m fault --faults-report=faults.json
    python tools/fault_list.py faults.json

Several reports may be given; the first that ran a test tells its result. The file depends on
nothing but the list, the tests and how they ended, so that it changes only when they do.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.faults.catalogue import GROUPS, INVARIANTS, Row  # noqa: E402 - the path comes first
from tests.faults.proofs import proofs  # noqa: E402

DOCUMENT = ROOT / "docs" / "faults.md"

Outcomes = Mapping[str, Mapping[str, str]]
"""How each test ended, by row and test."""

_HEAD = """# What goes wrong, and what you see then

This list is made by `tools/fault_list.py` from the tests that prove it; do not edit it by hand.
Each fault is made to happen: by a camera on a raw socket that misbehaves, a server that is killed,
a disk that is full, a limit of the operating system. Deadlines are shorter in the tests than in
your settings.

## What holds after each

`faults/test_invariants.py` lets all faults of cameras over HTTP begin and end at once, beside
cameras that are sound, and checks what is written here for each of them; for I12 the tests of the
rows F26 to F40 do.

"""


def read_reports(files: Sequence[Path]) -> Outcomes:
    """Read what test runs reported; the first that ran a test tells its result."""
    merged: dict[str, dict[str, str]] = {}
    for file in files:
        for row, tests in json.loads(file.read_text(encoding="utf-8")).items():
            for test, outcome in tests.items():
                merged.setdefault(row, {}).setdefault(test, outcome)
    return merged


def document(tests: Mapping[str, frozenset[str]], outcomes: Outcomes) -> str:
    """Return the whole document."""
    parts = [_HEAD, "| | |\n|---|---|\n"]
    parts += [f"| {name} | {text} |\n" for name, text in INVARIANTS.items()]
    for group in GROUPS:
        parts.append(f"\n## {group.title}\n\n")
        parts.append(
            "| | What happens | What you see | Proven by | Result |\n|---|---|---|---|---|\n"
        )
        parts += [_line(row, tests.get(row.id, frozenset()), outcomes) for row in group.rows]
    return "".join(parts)


def _line(row: Row, tests: frozenset[str], outcomes: Outcomes) -> str:
    ended = [outcomes.get(row.id, {}).get(test, "not run") for test in tests]
    names = "<br>".join(f"`{test}`" for test in sorted(tests))
    return f"| {row.id} | {row.fault} | {row.seen} | {names} | {_result(ended)} |\n"


def _result(ended: Sequence[str]) -> str:
    """Sum up how a row's tests ended; one that failed cannot hide behind others."""
    if not ended:
        return "no test yet"
    for one in ("failed", "not run"):
        if one in ended:
            return one
    skipped = ended.count("skipped")
    if skipped == len(ended):
        return "skipped"
    return f"passed, {skipped} skipped" if skipped else "passed"


def main() -> int:
    """Write the document."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("report", type=Path, nargs="+", help="from pytest --faults-report")
    arguments = parser.parse_args()
    DOCUMENT.write_text(document(proofs(), read_reports(arguments.report)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
