"""The list of faults is whole, and what it names as proof is there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.faults.catalogue import ROWS
from tests.faults.proofs import proofs, short_name

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "faults.md"


def listed() -> dict[str, tuple[str, str, frozenset[str]]]:
    """Return the document's rows: what happens, what is seen, and which tests it names."""
    rows = re.findall(
        r"^\| ([FL]\d+) \| (.*?) \| (.*?) \| (.*?) \| .*? \|$", DOCUMENT.read_text(), re.MULTILINE
    )
    return {
        row: (fault, seen, frozenset(re.findall(r"`([^`]+)`", tests)))
        for row, fault, seen, tests in rows
    }


def test_no_row_between_f01_and_f66_is_left_out() -> None:
    assert list(ROWS)[:66] == [f"F{number:02}" for number in range(1, 67)]


def test_each_fault_is_proven_by_a_test() -> None:
    proven = proofs()
    assert sorted(ROWS.keys() - proven.keys()) == []
    assert sorted(proven.keys() - ROWS.keys()) == []


def test_the_document_is_that_of_these_rows_and_tests() -> None:
    """If not, write it anew: see CONTRIBUTING.md, "Faults"."""
    proven = proofs()
    assert listed() == {
        row.id: (row.fault, row.seen, proven.get(row.id, frozenset())) for row in ROWS.values()
    }


def test_a_mark_is_found_wherever_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "cameras").mkdir()
    (tmp_path / "cameras" / "test_some.py").write_text(
        "import pytest\n"
        "pytestmark = [pytest.mark.slow, pytest.mark.fault('F01')]\n"
        "@pytest.mark.fault('F02', 'F03')\n"
        "def test_one(): ...\n"
        "@pytest.mark.parametrize('n', [1, pytest.param(2, marks=pytest.mark.fault('F04'))])\n"
        "def test_two(n): ...\n"
        "SOME = [pytest.param(3, marks=pytest.mark.fault('F06'))]\n"
        "@pytest.mark.parametrize('n', SOME)\n"
        "def test_four(n): ...\n"
        "@pytest.mark.fault('F05')\n"
        "class TestAll:\n"
        "    def test_three(self): ...\n"
    )
    one, two, three, four = (
        f"cameras/test_some.py::{name}"
        for name in ("test_one", "test_two", "TestAll::test_three", "test_four")
    )
    assert proofs(tmp_path) == {
        "F01": {one, two, three, four},
        "F02": {one},
        "F03": {one},
        "F04": {two},
        "F05": {three},
        "F06": {four},
    }
    assert short_name(f"tests/{two}[2-[x]]") == two


SOME_TESTS = """
import pytest

@pytest.mark.fault("F01", "F02")
@pytest.mark.parametrize("is_good", [True, False])
def test_one(is_good): assert is_good

@pytest.mark.fault("F03")
def test_two(): pytest.skip("not here")

@pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.fault("F04"))])
def test_three(n): pass

@pytest.fixture
def broken(): raise OSError

@pytest.mark.fault("F05")
def test_four(broken): pass

def test_five(): assert False
"""


def run_pytest(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.faults.plugin", "-c", "/dev/null"]
    return subprocess.run(
        [*command, *arguments, str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_report_tells_how_marked_tests_ended(tmp_path: Path) -> None:
    file, report = tmp_path / "test_some.py", tmp_path / "report.json"
    file.write_text(SOME_TESTS)
    done = run_pytest(file, "--faults-report", str(report))
    assert done.returncode == 1, done.stdout
    rows = {
        row: {name.rpartition("::")[2]: outcome for name, outcome in tests.items()}
        for row, tests in json.loads(report.read_text()).items()
    }
    assert rows == {
        "F01": {"test_one": "failed"},
        "F02": {"test_one": "failed"},
        "F03": {"test_two": "skipped"},
        "F04": {"test_three": "passed"},
        "F05": {"test_four": "failed"},
    }


def test_a_mark_of_no_row_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "test_some.py"
    file.write_text("import pytest\n@pytest.mark.fault('F999')\ndef test_one(): ...\n")
    done = run_pytest(file)
    assert done.returncode != 0
    assert "no such rows of faults: ['F999']" in done.stdout + done.stderr
