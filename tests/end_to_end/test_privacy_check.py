"""A real run with cameras that only count writes no picture; the system calls say so as well."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECONDS = "1"

# A picture that begins in a write to a file: -y names what is written to, -x shows its bytes.
WRITTEN = re.compile(
    r'(?:write|pwrite64)\(\d+<(/[^>]+)>, "(\\xff\\xd8\\xff|\\x89\\x50\\x4e\\x47|\\x89PNG)'
)


def run(command: list[str]) -> tuple[int, dict[str, object], str]:
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return done.returncode, json.loads(lines[-1]) if lines else {}, done.stderr


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_no_system_call_of_a_whole_run_writes_a_picture(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    strace = ["strace", "-f", "-y", "-x", "-s", "8", "-e", "trace=write,pwrite64"]
    check = [sys.executable, "-m", "camwatch", "privacy", "check", "--seconds", SECONDS, "--json"]
    code, found, said = run([*strace, "-o", str(trace), *check])
    if not trace.exists() or not trace.stat().st_size:
        pytest.skip(f"strace may not trace here: {said[-300:]}")
    assert code == 0, (found, said[-2000:])
    assert found["passed"] is True
    assert isinstance(found["pictures_counted"], int)
    assert found["pictures_counted"] > 0
    text = trace.read_text("utf-8", "replace")
    assert "camwatch.sqlite3" in text, "nothing was traced"
    assert WRITTEN.findall(text) == []


def test_the_check_fails_when_a_picture_is_kept() -> None:
    sabotage = (
        "import sys\n"
        "from camwatch.cameras.privacy_gate import PrivacyGate\n"
        "PrivacyGate.stored = lambda self, picture, **_: picture.data\n"
        "from camwatch.cli import run\n"
        # On a busy computer it takes a while until the first one is kept.
        "sys.exit(run(['privacy', 'check', '--seconds', '6', '--json']))\n"
    )
    code, found, said = run([sys.executable, "-c", sabotage])
    assert code == 1, (found, said[-2000:])
    assert found["passed"] is False
    assert found["pictures_written"], f"it failed, but not for the picture: {found}"
