"""Decides and sends until it is killed; started by `test_alert_kill`.

This process loads everything once; each line that it reads makes it fork a child, which works on
the history and is killed by the test. It answers with the child's process id, and once more when
the child is gone.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from camwatch.alerts.notification import Answer
from camwatch.workers.alerts import Gate
from camwatch.workers.notifier import NotifierWorker
from tests.data.values import Clock
from tests.workers.alert_site import AlertSite

BEGIN = datetime(2026, 3, 2, 12, tzinfo=UTC)
APART_S = 61.0  # the flood limit lets one a minute and rule through


def work(folder: Path, number: int) -> None:
    """Decide one alert after the other, and send from the same outbox.

    Args:
        folder: Of the history.
        number: How many alerts there may be already.
    """
    clock = Clock(BEGIN + timedelta(seconds=number * APART_S))
    site = AlertSite(folder, clock=clock, is_new=False)
    notifier = NotifierWorker(site.desk, site.bus, Gate(), clock=clock)
    notifier.start()
    confirmed = os.open(folder / "confirmed", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while True:
        uid = str(uuid.uuid4())
        clock.now += timedelta(seconds=APART_S)
        site.desk.carry_out([site.raised(uid, clock.now)], clock.now)
        os.write(confirmed, f"{uid}\n".encode())
        notifier.wake()


def warm_up() -> None:
    """Do all of it once somewhere else, so that what is made at the first use is there."""
    with TemporaryDirectory() as folder:
        site = AlertSite(Path(folder), clock=Clock(BEGIN))
        site.desk.carry_out([site.raised("warm", BEGIN)], BEGIN)
        site.desk.due(BEGIN)
        site.desk.delivered(site.messages()[0].uid, Answer("seen"), BEGIN)
        site.close()
    if threading.active_count() > 1:
        raise RuntimeError("nobody may fork beside other threads")


def main(folder: Path) -> None:
    """Fork a child for each line, and wait for its end."""
    warm_up()
    gc.freeze()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                work(folder, int(line))
            finally:
                os._exit(1)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
