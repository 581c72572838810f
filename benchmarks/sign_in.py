"""Measures signing in on this machine; prints one JSON object.

    xvfb-run -a python benchmarks/sign_in.py

`unknown_over_known` is the median time of a failed sign-in under a name that nobody has, over
that under one that somebody has; `passes` are medians of parts of the run, so that noise of the
machine shows. `gui` is for how long the thread of a real window was held up beyond its 10 ms
while ten operators signed in, and as long again while nobody did. `memory` is how much more the
process took at its highest while twenty signed in at once. `judging` is what a new password takes
to be judged, as happens with each key.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from camwatch.auth.guessing import guesses_log10, prepare
from camwatch.auth.passwords import hash_password
from camwatch.auth.secrets import SecretStore
from camwatch.commands import Commands, Counting
from camwatch.commands.model_desk import desk_for
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.domain import Role
from camwatch.errors import BadCredentials, CamWatchError
from camwatch.events import Bus
from camwatch.paths import Profile
from camwatch.ui import theme
from camwatch.ui.sign_in import SignInDialog
from camwatch.workers.audit_recordings import AuditRecordings
from camwatch.workers.queries import QueryPool

PASSWORD = "brown kettle sings"
WRONG = "a wrong password"
OPERATORS = 10
AT_ONCE = 20
PASSES = 4
BEAT_MS = 10


class Clock:
    """A wall clock that leaps, so that no account rests."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return what it shows."""
        return self.now

    def leap(self) -> None:
        """Leave every rest behind."""
        self.now += timedelta(hours=2)


@contextmanager
def a_site(folder: Path, clock: Clock) -> Iterator[Commands]:
    """Make a history with operators."""
    bus, profile, secrets = Bus(), Profile(folder), SecretStore()
    with Database.open(folder / "camwatch.sqlite3", clock=clock) as database:
        counting = Counting(
            desk_for(profile),
            AuditRecordings(profile.audits_folder, bus),
            lambda _camera: None,
            lambda: 0.33,
        )
        stored = hash_password(PASSWORD)
        database.operators.add("boss", Role.ADMINISTRATOR, stored)
        for number in range(OPERATORS):
            database.operators.add(f"operator{number}", Role.VIEWER, stored)
        yield Commands(database, secrets, CameraPolicy(), bus, counting, clock)
    secrets.close()


def failed_s(commands: Commands, name: str) -> float:
    """Return how long a failed sign-in takes, in seconds."""
    start_s = time.perf_counter()
    try:
        commands.sign_in(name, WRONG)
    except BadCredentials:
        return time.perf_counter() - start_s
    raise RuntimeError("a wrong password was right")


def measure_names(commands: Commands, clock: Clock, tries: int) -> dict[str, object]:
    """Fail as a known and as an unknown operator, in turn."""
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    for number in range(tries):
        # In turn, and each of both first as often: what else the machine does meets both.
        kinds = ("known", "unknown") if number % 2 else ("unknown", "known")
        for kind in kinds:
            clock.leap()
            name = "boss" if kind == "known" else f"stranger{number}"
            times[kind].append(failed_s(commands, name))
    medians = {kind: statistics.median(found) * 1000 for kind, found in times.items()}
    size = tries // PASSES
    parts = [
        round(
            statistics.median(times["unknown"][at : at + size])
            / statistics.median(times["known"][at : at + size]),
            3,
        )
        for at in range(0, size * PASSES, size)
    ]
    return {
        "tries": tries,
        "known_ms": round(medians["known"], 2),
        "unknown_ms": round(medians["unknown"], 2),
        "unknown_over_known": round(medians["unknown"] / medians["known"], 3),
        "passes": parts,
    }


class Heartbeat(QObject):
    """Notes for how long the thread of the window was held up."""

    def __init__(self) -> None:
        super().__init__()
        self._last_s = time.perf_counter()
        self.gaps_ms: list[float] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._on_beat)

    def _on_beat(self) -> None:
        now_s = time.perf_counter()
        self.gaps_ms.append(max((now_s - self._last_s) * 1000 - BEAT_MS, 0.0))
        self._last_s = now_s

    def start(self) -> None:
        """Begin anew."""
        self.gaps_ms.clear()
        self._last_s = time.perf_counter()
        self._timer.start()

    def stop(self) -> dict[str, float]:
        """Return what was noted."""
        self._timer.stop()
        ordered = sorted(self.gaps_ms)
        return {
            "beats": len(ordered),
            "p99_ms": round(ordered[int(len(ordered) * 0.99)], 1),
            "max_ms": round(ordered[-1], 1),
        }


def measure_gui(commands: Commands) -> dict[str, object]:
    """Let ten operators sign in while a window is shown."""
    application = QApplication.instance() or QApplication([])
    if isinstance(application, QApplication):
        theme.apply(application)
    pool = QueryPool()
    workers = [make() for make in pool.posts()]
    for worker in workers:
        worker.start()
    window = SignInDialog(commands, pool)
    window.show()
    loop, heart, open_ones = QEventLoop(), Heartbeat(), list[object]()

    def wait(span_s: float) -> None:
        QTimer.singleShot(int(span_s * 1000), loop.quit)
        loop.exec()

    def done(answer: object) -> None:
        open_ones.append(answer)
        if len(open_ones) == OPERATORS:
            loop.quit()

    wait(1.0)
    start_s = time.perf_counter()
    heart.start()
    for number in range(OPERATORS):
        name = f"operator{number}"
        pool.run(lambda n=name: commands.sign_in(n, PASSWORD), done, done, owner=window)  # type: ignore[misc]
    loop.exec()
    took_s = time.perf_counter() - start_s
    busy = heart.stop()
    heart.start()
    wait(took_s)
    quiet = heart.stop()
    failed = sum(isinstance(answer, CamWatchError) for answer in open_ones)
    for worker in workers:
        worker.request_stop()
    for worker in workers:
        worker.wait()
    window.close()
    return {
        "sign_ins": OPERATORS,
        "failed": failed,
        "all_s": round(took_s, 2),
        "stalls": busy,
        "stalls_while_nobody_does": quiet,
    }


def _peak_mib() -> float:
    line = next(
        line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line
    )
    return int(line.split()[1]) / 1024


def measure_memory(commands: Commands) -> dict[str, float]:
    """Let twenty sign in at once, all from threads of their own."""
    Path("/proc/self/clear_refs").write_text("5")  # the highest is noted anew
    before = _peak_mib()
    threads = [
        threading.Thread(target=commands.sign_in, args=(f"operator{n % OPERATORS}", PASSWORD))
        for n in range(AT_ONCE)
    ]
    start_s = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "at_once": AT_ONCE,
        "all_s": round(time.perf_counter() - start_s, 2),
        "more_mib": round(_peak_mib() - before, 1),
    }


def measure_judging() -> dict[str, float]:
    """Judge new passwords, as happens with each key."""

    def worst_ms(text: str, call: Callable[[str], object] = guesses_log10) -> float:
        found = []
        for _ in range(15):
            start_s = time.perf_counter()
            call(text)
            found.append((time.perf_counter() - start_s) * 1000)
        return round(statistics.median(found), 2)

    start_s = time.perf_counter()
    prepare()
    return {
        "prepare_ms": round((time.perf_counter() - start_s) * 1000, 1),
        "words_ms": worst_ms("brown kettle sings"),
        "signs_ms": worst_ms("4@8({[<3691!|7$5+70%"),
        "128_characters_ms": worst_ms("qwertyuiopasdfghjkl;" * 6 + "12345678"),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=200, help="failed sign-ins of each kind")
    tries = parser.parse_args().tries
    clock = Clock()
    with (
        tempfile.TemporaryDirectory(prefix="camwatch-sign-in-") as folder,
        a_site(Path(folder), clock) as commands,
    ):
        found = {
            "judging": measure_judging(),
            "memory": measure_memory(commands),
            "gui": measure_gui(commands),
            "names": measure_names(commands, clock, tries),
        }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
