"""Notes which tests prove which rows of the list of faults, and how they ended.

    scripts/test --faults-report=faults.json

A mark names its rows: `@pytest.mark.fault("F03", "F04")`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from tests.faults.catalogue import ROWS
from tests.faults.proofs import short_name

_WORST_FIRST = ("failed", "passed", "skipped")
"""A test with several parameters has failed if one has, and passed if one has run and none has
failed."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the report."""
    parser.addoption(
        "--faults-report",
        type=Path,
        help="write which tests proved which rows of the list of faults into this JSON file",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the report if it is wanted."""
    if file := config.getoption("--faults-report"):
        config.pluginmanager.register(FaultsReport(file), "faults-report")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a mark that names no row: it would prove nothing."""
    for item in items:
        unknown = [row for row in rows_of(item) if row not in ROWS]
        if unknown:
            raise pytest.UsageError(f"{item.nodeid}: no such rows of faults: {unknown}")


def rows_of(item: pytest.Item) -> list[str]:
    """Return the ids of the rows that a test proves."""
    return sorted({str(row) for mark in item.iter_markers("fault") for row in mark.args})


class FaultsReport:
    """Collects how marked tests end; writes it all when the session is over.

    Args:
        file: Where it is written to.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._rows: dict[str, list[str]] = {}
        self._outcomes: dict[str, str] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember which rows each test proves."""
        self._rows = {item.nodeid: rows for item in session.items if (rows := rows_of(item))}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a test's outcome; what fails before or after it is a failure as well."""
        if report.nodeid not in self._rows:
            return
        if report.failed or (report.skipped and report.when == "setup") or report.when == "call":
            self._outcomes[report.nodeid] = report.outcome

    def pytest_sessionfinish(self) -> None:
        """Write the report: row, test, outcome."""
        found: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for node_id, outcome in self._outcomes.items():
            for row in self._rows[node_id]:
                found[row][short_name(node_id)].add(outcome)
        rows = {
            row: {
                test: next(one for one in _WORST_FIRST if one in outcomes)
                for test, outcomes in sorted(tests.items())
            }
            for row, tests in sorted(found.items())
        }
        self._file.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
