"""Killed in the middle of bringing a history up to date: the next start finds it whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command

from camwatch.data.connections import make_writer
from camwatch.data.engine import Database
from camwatch.data.upgrade import alembic_config
from tests.data.migration_child import facts
from tests.data.values import sample, settings

pytestmark = pytest.mark.sqlite_only

ROOT = Path(__file__).resolve().parents[2]
STRIDE = 11
"""Each eleventh statement here; `benchmarks/power_cut.py` takes each one."""


def make_old(file: Path, schema: str = "0001") -> None:
    """Make a history as an older CamWatch left it."""
    with Database.open(file) as database:
        camera = database.cameras.add(settings("camera 0"))
        before_noon = range(-2000, -1400)
        database.counts.save([sample(camera, second, second % 5) for second in before_noon], [])
    engine = make_writer(file, foreign_keys=False)
    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, schema)
    engine.dispose()


@pytest.mark.fault("F79")
def test_killed_at_any_statement_it_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    old = tmp_path / "old.sqlite3"
    make_old(old)
    before = facts(old)
    assert before["version"] == "0001"
    run = subprocess.run(
        [sys.executable, "-m", "tests.data.migration_child", old, tmp_path / "try", str(STRIDE)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    tries = [json.loads(line) for line in run.stdout.splitlines()]
    *killed, last = tries
    assert not last["killed"]
    assert len(killed) > 5
    assert all(one["killed"] for one in killed)
    rows = json.loads(json.dumps(before["samples"]))
    for one in tries:
        at = one["at"]
        then, after = one["then"], one["next"]
        is_old = then["version"] == "0001" and then["tables"] == before["tables"]
        is_new = then["version"] == after["version"] and then["tables"] == after["tables"]
        assert is_old or is_new, f"half a schema after statement {at}"
        assert then["check"] == after["check"] == "ok", f"after statement {at}"
        assert then["samples"] == after["samples"] == rows, f"after statement {at}"
        assert after["version"] == last["next"]["version"]
        assert after["tables"] == last["next"]["tables"]
        assert "camwatch.sqlite3.schema-0001.bak" in one["left"]
        assert not [name for name in one["left"] if name.endswith(".part")]
