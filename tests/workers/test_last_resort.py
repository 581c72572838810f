"""A bug in a Qt slot, a thread or a task is logged and told of, and the program goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BROKEN_EVERYWHERE = """
import asyncio, sys, threading
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from camwatch import logs

logs.set_up(Path(sys.argv[1]), to_stderr=False)
told = []
logs.install_last_resorts(told.append)
application = QCoreApplication([])

def fail(where):
    raise ZeroDivisionError(f"bug in a {where}")

async def loop():
    asyncio.get_running_loop().set_exception_handler(logs.on_asyncio_error)
    asyncio.get_running_loop().call_soon(fail, "callback")
    await asyncio.sleep(0.01)

QTimer.singleShot(0, lambda: fail("slot"))
QTimer.singleShot(0, lambda: threading.Thread(target=fail, args=["thread"]).start())
QTimer.singleShot(50, lambda: asyncio.run(loop()))
QTimer.singleShot(200, lambda: application.exit(7))
code = application.exec()
print(len(told), len(set(told)))
sys.exit(code)
"""


@pytest.mark.fault("F66")
def test_the_program_goes_on_after_bugs_everywhere(tmp_path: Path) -> None:
    log_file = tmp_path / "camwatch.log"
    done = subprocess.run(
        [sys.executable, "-c", BROKEN_EVERYWHERE, str(log_file)],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (7, "2 2\n"), done.stderr
    written = log_file.read_text()
    for where in ("slot", "thread", "callback"):
        assert f"bug in a {where}" in written
