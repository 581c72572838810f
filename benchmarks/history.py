"""Measures the history on this machine, with more and more counts; prints one JSON list.

Run from the checkout: python benchmarks/history.py --rows 1000000 10000000 50000000

Each is what `camwatch bench history` prints. Fifty million counts take about 1.6 GB of disk and,
where nothing else runs, some ten minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from camwatch.cli.bench_history import Plan, measure


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    found = []
    for rows in parser.parse_args().rows:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "camwatch.sqlite3"
            found.append(measure(file, Plan(rows), lambda words: print(words, file=sys.stderr)))
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
