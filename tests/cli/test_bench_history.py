"""`camwatch bench history`: real tables, few counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from camwatch.cli import run


def test_it_fills_a_throw_away_history_and_asks_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = ["--rows", "1000", "--days", "2", "--minute-days", "1", "--folder", str(tmp_path)]
    assert run(["bench", "history", *small, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rows"] == 1000
    assert found["write_rows_per_s"] > 0
    assert found["bytes_per_row"] > 0
    assert {"day", "month", "year", "heatmap"} <= found["queries_ms"].keys()
    assert list(tmp_path.iterdir()) == []
    assert run(["bench", "history", *small]) == 0
    assert "Written: " in capsys.readouterr().out


@pytest.mark.parametrize("rows", ["999", "50000001", "x", "-5"])
def test_too_few_and_too_many_are_refused(rows: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(["bench", "history", "--rows", rows])
    assert caught.value.code == 2
    assert "whole number from 1,000 to 50,000,000" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bench", "history", "--rows", "1000", "--folder", str(tmp_path / "no")]) == 1
    assert "camwatch bench: " in capsys.readouterr().err
