"""How the last run ended: a marker that a clean end takes away, and what is known without it.

Nothing of it ever leaves this computer by itself.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from camwatch.domain import utc_now
from camwatch.files import write_aside

log = logging.getLogger(__name__)

_MARKER = "running.json"
_REPORT = "last-crash.json"
_CRASH = "crash.log"
_CRASHED_BEFORE = "crash.last.log"
_MOST_CRASH_BYTES = 256 * 2**10
_TAIL_BYTES = 64 * 2**10
_TAIL_LINES = 40
_UNCAUGHT = re.compile(r"unforeseen error in .*\[([0-9a-f-]{8,40})\]")
_FATAL = re.compile(r"^(?:Fatal Python error|Windows fatal exception): (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class CrashReport:
    """A run that did not end as it should.

    Attributes:
        run: Names that run.
        version: Of the CamWatch that ran.
        started_at: UTC.
        alive_at: When it was last known to run, UTC.
        fault: What the interpreter says killed it, such as "Segmentation fault"; "" if it says
            nothing, as when the power fails or the process is killed.
        trace: Where each thread was then; "" if not known.
        error_id: The last error that nobody caught, of which the log tells; "" for none.
        log_tail: The last lines of the log of that run.
        is_dismissed: The operator does not want to be told of it any more.
    """

    run: str
    version: str
    started_at: datetime
    alive_at: datetime
    fault: str = ""
    trace: str = ""
    error_id: str = ""
    log_tail: str = ""
    is_dismissed: bool = False


class RunMarker:
    """Says in a file that a run is under way; whoever finds it at a start knows of a crash.

    Args:
        folder: Of the profile.
        logs: Where the log files are; made before this run's log is set up.
        version: Of this CamWatch.
    """

    def __init__(self, folder: Path, logs: Path, version: str) -> None:
        self._file = folder / _MARKER
        self._report = folder / _REPORT
        self._logs = logs
        self._version = version
        # Read before this run writes its own first lines into it.
        self._tail = _end_of(logs / "camwatch.log", _TAIL_BYTES) if self._file.exists() else ""
        self.found: CrashReport | None = None
        """How the run before this one ended, if it did not end as it should."""

    @property
    def crash_file(self) -> Path:
        """Where the interpreter writes what kills it."""
        return self._logs / _CRASH

    def begin(self) -> None:
        """Find out how the last run ended, and say that this one is under way; never raises."""
        try:
            self.found = self._look_back() or self.present()
            self._set_crash_file_aside()
        except OSError as error:
            log.warning("how the last run ended is not known: %s", error)
        marker = {
            "run": uuid.uuid4().hex,
            "pid": os.getpid(),
            "version": self._version,
            "started_at": utc_now().isoformat(),
        }
        self._write(self._file, marker)

    def touch(self) -> None:
        """Note that this run is still under way; never raises."""
        try:
            os.utime(self._file)
        except OSError as error:
            log.debug("%s cannot be touched: %s", self._file, error)

    def end(self) -> None:
        """Note that this run ended as it should; never raises."""
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s cannot be taken away: %s", self._file, error)

    def present(self) -> CrashReport | None:
        """Return the last crash that is known; None if there is none."""
        return _read_report(self._report)

    def dismiss(self) -> None:
        """Tell of it no more; never raises."""
        if self.found is not None:
            self.found = replace(self.found, is_dismissed=True)
            self._write(self._report, _plain(self.found))

    def _look_back(self) -> CrashReport | None:
        """Make the report of a run whose marker is still there."""
        try:
            marker = json.loads(self._file.read_text(encoding="utf-8"))
            started_at = datetime.fromisoformat(marker["started_at"])
            alive_at = datetime.fromtimestamp(self._file.stat().st_mtime, UTC)
            run, version = str(marker["run"]), str(marker["version"])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            # Half a marker: the power failed in the moment of a start.
            alive_at = datetime.fromtimestamp(self._file.stat().st_mtime, UTC)
            started_at, run, version = alive_at, uuid.uuid4().hex, ""
        trace = _end_of(self.crash_file, _MOST_CRASH_BYTES).strip()
        fault = _FATAL.search(trace)
        uncaught = _UNCAUGHT.findall(self._tail)
        report = CrashReport(
            run=run,
            version=version,
            started_at=started_at,
            alive_at=max(alive_at, started_at),
            fault=fault.group(1).strip() if fault else "",
            trace=trace,
            error_id=uncaught[-1] if uncaught else "",
            log_tail="\n".join(self._tail.splitlines()[-_TAIL_LINES:]),
        )
        self._write(self._report, _plain(report))
        log.warning("the last run did not end as it should: %s", report.fault or "nothing says why")
        return report

    def _set_crash_file_aside(self) -> None:
        """Begin anew with what the interpreter writes, so that it never grows without end."""
        if self.crash_file.exists() and self.crash_file.stat().st_size:
            self.crash_file.replace(self._logs / _CRASHED_BEFORE)

    @staticmethod
    def _write(file: Path, values: dict[str, object]) -> None:
        try:
            write_aside(file, json.dumps(values, ensure_ascii=False, indent=1).encode())
        except OSError as error:
            log.warning("%s cannot be written: %s", file, error)


@contextmanager
def crash_file(file: Path) -> Iterator[None]:
    """Have the interpreter write into a file what kills it; to standard error if it cannot."""
    try:
        stream = file.open("a", encoding="utf-8")
    except OSError as error:
        log.warning("what kills CamWatch will not be written down: %s", error)
        with suppress(RuntimeError, ValueError, AttributeError, OSError):  # there may be none
            faulthandler.enable()
        try:
            yield
        finally:
            faulthandler.disable()
        return
    with stream:
        faulthandler.enable(stream)
        try:
            yield
        finally:
            faulthandler.disable()


def last_crash(folder: Path) -> CrashReport | None:
    """Return the last crash of a profile that is known; None if there is none."""
    return _read_report(folder / _REPORT)


def _read_report(file: Path) -> CrashReport | None:
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        for name in ("started_at", "alive_at"):
            values[name] = datetime.fromisoformat(values[name])
        return CrashReport(**values)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _plain(report: CrashReport) -> dict[str, object]:
    values = asdict(report)
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _end_of(file: Path, most: int) -> str:
    """Return the last bytes of a file as text; "" if there is none."""
    try:
        with file.open("rb") as stream:
            stream.seek(0, os.SEEK_END)
            stream.seek(max(0, stream.tell() - most))
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""
