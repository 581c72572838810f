"""The simulated site in a process of its own, so that its work is counted apart."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from http.client import HTTPConnection, HTTPException
from types import TracebackType
from typing import Self

import psutil

from camwatch.cameras.policy import parse_camera_url
from camwatch.errors import CamWatchError

_ANSWER_S = 10.0
_END_S = 10.0


class SimulatorFailed(CamWatchError):
    """The simulated site did not start, or did not do what it was asked."""


class Simulator:
    """A running `camwatch simulate`; ends with its `with` block.

    Args:
        cameras: How many.
        size: Width and height of their pictures, such as "1920x1080".
        interval_s: So often they have a new picture, seconds.
        busy: Share of them that sees people.
        fault: What all suffer from, if anything.

    Raises:
        SimulatorFailed: It does not start; it says itself why.
    """

    def __init__(
        self, cameras: int, size: str, interval_s: float, busy: float, fault: str | None
    ) -> None:
        is_frozen = getattr(sys, "frozen", False)
        command = [sys.executable, *(() if is_frozen else ("-m", "camwatch"))]
        command += ["simulate", "--json", "--prepare"]
        command += ["--cameras", str(cameras), "--size", size]
        command += ["--fps", str(1 / interval_s), "--busy", str(busy)]
        if fault is not None:
            command += ["--fault", fault]
        # This very program, with numbers and names that were checked.
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
        try:
            self.addresses: Sequence[str] = self._read_addresses()
            """Where the cameras are, in the order of their numbers."""
        except BaseException:
            self._end()
            raise
        self._watched = psutil.Process(self._process.pid)

    def __enter__(self) -> Self:
        """Return it; it runs already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self._end()

    def _read_addresses(self) -> list[str]:
        """Wait until it serves, which it tells of."""
        line = self._process.stdout.readline() if self._process.stdout is not None else ""
        if not line:
            raise SimulatorFailed("the simulated cameras did not start")
        return [one["snapshot"].removesuffix("/snapshot") for one in json.loads(line)["cameras"]]

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def cpu_s(self) -> float:
        """Return the processor time it took so far, seconds."""
        times = self._watched.cpu_times()
        return float(times.user + times.system)

    def set_fault(self, numbers: Iterable[int], fault: str | None) -> None:
        """Let something go wrong with cameras from now on, or nothing for None. Blocks.

        Raises:
            SimulatorFailed: It does not answer.
        """
        where = parse_camera_url(self.addresses[0])
        connection = HTTPConnection(where.host, where.port, timeout=_ANSWER_S)
        body = json.dumps({"fault": fault})
        with contextlib.closing(connection):
            for number in numbers:
                try:
                    connection.request(
                        "DELETE" if fault is None else "POST", f"/cam/{number}/fault", body
                    )
                    connection.getresponse().read()
                except (OSError, HTTPException) as error:
                    raise SimulatorFailed(
                        f"the simulated cameras do not answer: {error}"
                    ) from error
