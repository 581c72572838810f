"""Opens the whole program on a throw-away profile, and measures it phase by phase."""

from __future__ import annotations

import signal
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer

from camwatch import logs
from camwatch.app import Application
from camwatch.auth.secrets import SecretStore
from camwatch.cameras.policy import parse_camera_url
from camwatch.cli.ingest.meter import Meter, largest_share, percentiles
from camwatch.cli.ingest.simulator import Simulator, SimulatorFailed
from camwatch.commands import Commands, Counting
from camwatch.commands.model_desk import desk_for
from camwatch.config import CameraPolicy, Settings
from camwatch.data.engine import Database
from camwatch.domain import CameraId, CameraSettings
from camwatch.events import Bus
from camwatch.paths import Profile
from camwatch.running import make_qt_application
from camwatch.ui import qt_log
from camwatch.workers.audit_recordings import AuditRecordings

NAME, PASSWORD = "bench", "benchmark-of-the-wall"
WINDOW = (1600, 1000)
_OUTAGE_S = 60.0
_BACK_WITHIN_S = 150.0
_LOOK_MS = 500
_SETTLE_S = 3.0  # after half of the cameras began to hang, until the others are judged


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured.

    Attributes:
        cameras: How many.
        seconds: For how long, after the program has warmed up.
        warm_up_s: How long that takes, seconds.
        size: Of the cameras' pictures, such as "1920x1080".
        interval_s: Between two polls of a camera, seconds.
        busy: Share of the cameras that see people.
        fault: What all cameras suffer from, if anything.
        half_hangs: After half of the time every other camera hangs.
        all_return: At the end all cameras hang for a while and return in one moment.
        columns: Tiles in a row, 1 to 4.
        screenshot: The window's picture is saved here at the end, if anywhere.
    """

    cameras: int
    seconds: float
    warm_up_s: float
    size: str
    interval_s: float
    busy: float
    fault: str | None
    half_hangs: bool
    all_return: bool
    columns: int
    screenshot: Path | None


def measure(plan: Plan, say: Callable[[str], None]) -> dict[str, Any]:
    """Run the program once.

    Args:
        plan: What is measured.
        say: Told how far it is, in short sentences.

    Raises:
        SimulatorFailed: The simulated cameras do not start or do not answer.
        CamWatchError: The profile cannot be filled.
        KeyboardInterrupt: It was ended before its time.
    """
    # Whoever ends it from outside must not leave the simulated cameras behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    say(f"Painting the pictures of {plan.cameras} simulated cameras")
    with (
        Simulator(plan.cameras, plan.size, plan.interval_s, plan.busy, plan.fault) as simulator,
        tempfile.TemporaryDirectory(prefix="camwatch-bench-") as folder,
    ):
        profile = Profile(Path(folder))
        profile.create()
        logs.set_up(profile.log_file)
        qt_log.install()
        say("Adding the cameras")
        ids = fill(profile, simulator.addresses, plan.interval_s)
        qt_application = make_qt_application()
        run = _Run(Application(profile, Settings(), demo=None), simulator, plan, ids, say)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: run.give_up())
        run.begin()
        qt_application.exec()
        return run.outcome()


def fill(
    profile: Profile, addresses: Sequence[str], interval_s: float, *, is_enabled: bool = True
) -> list[CameraId]:
    """Make the administrator and the cameras; return the cameras' ids in their order."""
    database = Database.open(profile.database_file)
    bus = Bus()
    recordings = AuditRecordings(profile.audits_folder, bus)
    counting = Counting(desk_for(profile), recordings, lambda _camera: None, lambda: 0.33)
    commands = Commands(database, SecretStore(), CameraPolicy(), bus, counting)
    session = commands.create_first_administrator(NAME, PASSWORD)
    ids = []
    for number, address in enumerate(addresses, 1):
        where = parse_camera_url(address)
        settings = CameraSettings(
            name=f"Camera {number:03}",
            location="Simulated",
            host=where.host,
            port=where.port,
            base_path=where.path,
            interval_s=interval_s,
            allow_local=True,
            is_enabled=is_enabled,
        )
        ids.append(commands.add_camera(session, settings, None).id)
    database.close()
    return ids


class _Run(QObject):
    """One run: signing in, warming up, measuring, trouble on purpose, closing."""

    def __init__(
        self,
        application: Application,
        simulator: Simulator,
        plan: Plan,
        ids: Sequence[CameraId],
        say: Callable[[str], None],
    ) -> None:
        super().__init__(application)
        self._application = application
        self._simulator = simulator
        self._plan = plan
        self._ids = ids
        self._say = say
        self._meter = Meter(application, simulator)
        self._result: dict[str, Any] = {}
        self._error: SimulatorFailed | None = None
        self._is_given_up = False
        self._started_s = self._hangs_since_s = self._returned_s = 0.0

    def begin(self) -> None:
        """Start the program; the rest follows while the event loop runs."""
        QTimer.singleShot(0, self._application.start)
        self._sign_in()

    def give_up(self) -> None:
        """End before the time."""
        self._is_given_up = True
        self._application.stop()

    def outcome(self) -> dict[str, Any]:
        """Return what was measured.

        Raises:
            SimulatorFailed: The simulated cameras did not do what they were asked.
            KeyboardInterrupt: It was ended before its time.
        """
        if self._error is not None:
            raise self._error
        if not self._result or self._is_given_up:
            raise KeyboardInterrupt
        return self._result

    # ---------------------------------------------------------------- phases

    def _sign_in(self) -> None:
        commands = self._application.commands
        if commands is None:
            self._after(0.05, self._sign_in)
            return
        self._application.windows.open_window(commands.sign_in(NAME, PASSWORD))
        if (window := self._application.window) is not None:
            window.resize(*WINDOW)
            window.live_page.grid.set_columns(self._plan.columns)
        self._say(f"Warming up for {self._plan.warm_up_s:g} s")
        self._after(self._plan.warm_up_s, self._measure)

    def _measure(self) -> None:
        self._say(f"Measuring for {self._plan.seconds:g} s")
        self._started_s = time.monotonic()
        self._meter.start()
        self._after(self._plan.seconds, self._sum_up)
        if self._plan.half_hangs:
            self._after(self._plan.seconds / 2, self._hang_half)

    def _hang_half(self) -> None:
        self._hangs_since_s = time.monotonic()
        self._set_fault(self._hanging, "hang")

    @property
    def _hanging(self) -> list[int]:
        """The numbers of half of the cameras, with half of the busy ones among them."""
        return [number for number in range(1, self._plan.cameras + 1) if number % 4 in (1, 2)]

    def _sum_up(self) -> None:
        ended_s = time.monotonic()
        result = self._meter.result()
        if self._plan.half_hangs:
            result["hang_half"] = self._half_facts(ended_s)
        self._result = result
        if self._plan.screenshot is not None and self._application.window is not None:
            self._application.window.grab().save(str(self._plan.screenshot))
        if self._plan.all_return:
            self._hang_all()
        else:
            self._close()

    def _half_facts(self, ended_s: float) -> dict[str, Any]:
        """Compare the cameras that went on before and after the others began to hang."""
        hanging = set(self._hanging)
        others = {camera for number, camera in enumerate(self._ids, 1) if number not in hanging}
        before = self._of_some(others, self._started_s, self._hangs_since_s)
        settled_s = self._hangs_since_s + min(_SETTLE_S, self._plan.seconds / 8)
        after = self._of_some(others, settled_s, ended_s)
        return {"hanging": len(hanging), "others": len(others), "before": before, "after": after}

    def _of_some(self, cameras: set[CameraId], since_s: float, until_s: float) -> dict[str, Any]:
        latencies_ms = self._meter.latencies_ms(cameras, since_s, until_s)
        rate = len(latencies_ms) / max(until_s - since_s, 1e-9)
        return {"latency_ms": percentiles(latencies_ms, 1), "pictures_per_s": round(rate, 1)}

    def _hang_all(self) -> None:
        self._say(f"All cameras hang for {_OUTAGE_S:g} s")
        self._set_fault(range(1, self._plan.cameras + 1), "hang")
        self._after(_OUTAGE_S, self._let_return)

    def _let_return(self) -> None:
        self._say("All cameras answer again")
        self._returned_s = time.monotonic()
        self._set_fault(range(1, self._plan.cameras + 1), None)
        self._look_who_is_back()

    def _look_who_is_back(self) -> None:
        back_s = self._meter.first_after_s(self._returned_s)
        is_over = time.monotonic() - self._returned_s > _BACK_WITHIN_S
        if len(back_s) < len(self._ids) and not is_over:
            self._after(_LOOK_MS / 1000, self._look_who_is_back)
            return
        self._result["return"] = {
            "cameras": len(self._ids),
            "back": len(back_s),
            "largest_share_in_1s": round(largest_share(back_s, len(self._ids)), 3),
            "first_s": round(back_s[0], 1) if back_s else None,
            "all_s": round(back_s[-1], 1) if len(back_s) == len(self._ids) else None,
        }
        self._close()

    def _close(self) -> None:
        self._say("Closing")
        closing_s = time.monotonic()
        self._application.stop()
        self._result["close_s"] = round(time.monotonic() - closing_s, 2)

    # ---------------------------------------------------------------- helping

    def _set_fault(self, numbers: Sequence[int], fault: str | None) -> None:
        """Tell the simulated cameras, off the GUI thread, which must not wait."""

        def tell() -> None:
            try:
                self._simulator.set_fault(numbers, fault)
            except SimulatorFailed as error:
                self._error = error

        threading.Thread(target=tell, name="faults", daemon=True).start()

    def _after(self, seconds: float, what: Callable[[], None]) -> None:
        QTimer.singleShot(round(seconds * 1000), self, what)
