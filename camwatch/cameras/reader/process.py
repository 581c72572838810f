"""The owner's side of a reader process: starts it, bounds it in time, and sees to its end."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import camwatch
from camwatch.cameras.reader.messages import Kind, error_in, read_message
from camwatch.cameras.reader.order import Order
from camwatch.domain import Notice, Reason
from camwatch.errors import CameraError
from camwatch.language import tr
from camwatch.logs import scrub

STARTS_WITHIN_S = 30.0
"""A computer that is busy takes seconds to start a process; one that takes longer is broken."""

TERMINATES_WITHIN_S = 1.0
"""A process that is asked to end and does not is killed after this time."""

STALL_INTERVALS = 3
"""A stream that is slower than wished is given up after so many intervals at the earliest."""

STDERR_LINES = 200
"""So many lines of what a process says to people are kept, the newest."""

MEMORY_MIB = 1024
"""How much more memory than at its start a process may ask for."""

_LONGEST_LINE = 500
_READ_AT_ONCE = 16 * 1024
_BREATH_S = 0.05  # what is said to people is read no faster than 300 kB/s
_OUTPUT_LIMIT = 1024 * 1024
_DAMAGED_FOR_S = 2.0  # damage stays in the picture until the next whole one, about as long

_DAMAGE = re.compile(
    r"error while decoding|concealing|could not find ref|error constructing|corrupt"
    r"|invalid nal|undecodable|missing picture|bytestream|non-existing|no frame!"
    r"|out of range|cabac|left block|top block|missed \d+ packets|exceed|mmco|illegal",
    re.IGNORECASE,
)
_NO_MEMORY = re.compile(
    r"cannot allocate memory|bad_alloc|out of memory|insufficient memory", re.IGNORECASE
)

Taken = Callable[[bytes, frozenset[Notice]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ReaderLimits:
    """When a reader process is given up.

    Attributes:
        open_s: Longest time from its start to the first picture.
        stall_s: Longest time without any sign of a picture afterwards. Without a picture that
            is handed out it is `STALL_INTERVALS` at least.
        starts_within_s: Longest time until the process runs at all.
        terminates_within_s: A process that is asked to end is killed after this time.
    """

    open_s: float
    stall_s: float
    starts_within_s: float = STARTS_WITHIN_S
    terminates_within_s: float = TERMINATES_WITHIN_S


def program() -> list[str]:
    """Return how a reader process is started."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "reader"]
    return [sys.executable, "-m", "camwatch.cameras.reader"]


class _Child:
    """A process with its three pipes.

    Attributes:
        process: To wait for.
        transport: To close.
    """

    def __init__(
        self, process: asyncio.subprocess.Process, transport: asyncio.SubprocessTransport
    ) -> None:
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise RuntimeError("a reader without its pipes")
        self.process = process
        self.transport = transport
        self.stdin, self.stdout, self.stderr = process.stdin, process.stdout, process.stderr


class Reader:
    """One reader process, from its start to its end.

    Attributes:
        lines: What it said to people, the newest lines, without secrets.
        pid: Its number; 0 before its start.

    Args:
        order: What is to be read.
        limits: When it is given up.
        starting: Bounds how many start at once.
        command: What is started instead of this program's reader.
    """

    def __init__(
        self,
        order: Order,
        limits: ReaderLimits,
        starting: asyncio.Semaphore,
        command: list[str] | None = None,
    ) -> None:
        self._order = order
        self._limits = limits
        self._starting = starting
        self._command = command or program()
        self._stdin: asyncio.StreamWriter | None = None
        self._interval_s = order.interval_s
        self._has_pictures = False
        self._damaged_until_s = 0.0
        self._lacks_memory = False
        self.lines: deque[str] = deque(maxlen=STDERR_LINES)
        self.pid = 0

    def set_interval(self, interval_s: float) -> None:
        """Wish for another rate from now on."""
        if interval_s == self._interval_s:
            return
        self._interval_s = interval_s
        if self._stdin is not None and not self._stdin.is_closing():
            self._stdin.write(json.dumps({"interval_s": interval_s}).encode() + b"\n")

    async def run(self, on_picture: Taken) -> None:
        """Start the process and take its pictures until it ends or is given up.

        However this is left, the process is gone then.

        Args:
            on_picture: Gets each picture as the process sent it; it has passed no gate yet.

        Raises:
            CameraError: With the reason; this never returns without one.
        """
        async with contextlib.AsyncExitStack() as stack:
            async with self._starting:
                child = await self._spawn()
                stack.push_async_callback(self._end, child)
                listening = asyncio.create_task(self._listen(child.stderr))
                stack.callback(listening.cancel)
                await self._begin(child)
            await self._take_all(child, on_picture)

    async def _spawn(self) -> _Child:
        """Start the process.

        Raises:
            CameraError: OPEN_FILES, MEMORY or READER_BROKE.
        """
        loop = asyncio.get_running_loop()
        try:
            transport, protocol = await loop.subprocess_exec(
                lambda: asyncio.subprocess.SubprocessStreamProtocol(_OUTPUT_LIMIT, loop),
                *self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_environment(),
                cwd=Path(sys.executable).anchor,
                close_fds=True,
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise _not_started(error) from error
        except RuntimeError as error:  # no thread to wait for it in
            detail = "this computer allows no more processes"
            raise CameraError(Reason.READER_BROKE, detail) from error
        self.pid = transport.get_pid() or 0
        return _Child(asyncio.subprocess.Process(transport, protocol, loop), transport)

    async def _begin(self, child: _Child) -> None:
        """Hand over the order, and wait until the process runs.

        Raises:
            CameraError: READER_BROKE or MEMORY.
        """
        try:
            async with asyncio.timeout(self._limits.starts_within_s):
                child.stdin.write(self._order.to_line())
                # The process may be gone already; what it said of that is read next.
                with contextlib.suppress(ConnectionError):
                    await child.stdin.drain()
                message = await read_message(child.stdout, 0)
        except TimeoutError:
            detail = f"it did not start within {self._limits.starts_within_s:g} s"
            raise CameraError(Reason.READER_BROKE, detail) from None
        if message is None:
            raise await self._died(child.process)
        if message.kind is not Kind.READY:
            raise error_in(message)
        self._stdin = child.stdin
        if self._interval_s != self._order.interval_s:
            interval_s, self._interval_s = self._interval_s, self._order.interval_s
            self.set_interval(interval_s)

    async def _take_all(self, child: _Child, on_picture: Taken) -> None:
        """Take message after message.

        Raises:
            CameraError: Why there are no more.
        """
        max_bytes = self._order.max_bytes
        has_picture = False
        message_s = time.monotonic()
        without_s = 0.0  # for how long it only beat
        while True:
            limit_s = self._limits.stall_s if self._has_pictures else self._limits.open_s
            try:
                async with asyncio.timeout(limit_s):
                    message = await read_message(child.stdout, max_bytes)
            except TimeoutError:
                raise _no_picture(limit_s, is_first=not self._has_pictures) from None
            if message is None:
                raise await self._died(child.process)
            if message.kind is Kind.ERROR:
                raise self._put_right(error_in(message))
            self._has_pictures = True
            if message.kind is Kind.BEAT:
                # Its decoder may be at work for ever without a picture that can be used.
                limit_s = self._limits.stall_s if has_picture else self._limits.open_s
                limit_s = max(limit_s, STALL_INTERVALS * self._interval_s)
                # If this process was held up, beats may have waited with a picture behind them.
                without_s += min(time.monotonic() - message_s, limit_s / STALL_INTERVALS)
                if without_s > limit_s:
                    raise _no_picture(limit_s, is_first=not has_picture)
            else:
                without_s = 0.0
            if message.kind is Kind.PICTURE:
                has_picture = True
                await asyncio.sleep(0)  # what was said of it came first, and is heard now
                await on_picture(message.content, self._notices())
            message_s = time.monotonic()

    def _notices(self) -> frozenset[Notice]:
        is_damaged = time.monotonic() < self._damaged_until_s
        return frozenset({Notice.DAMAGED}) if is_damaged else frozenset()

    def _put_right(self, error: CameraError) -> CameraError:
        """Name what the process could not know of its own failure."""
        if self._lacks_memory and error.reason is not Reason.ENDED:
            return CameraError(Reason.MEMORY, tr("its video needs more than is granted"))
        return error

    async def _died(self, process: asyncio.subprocess.Process) -> CameraError:
        """Return what the end of a process means that did not say why."""
        try:
            async with asyncio.timeout(self._limits.terminates_within_s):
                code = await process.wait()
        except TimeoutError:
            return CameraError(Reason.READER_BROKE, tr("it closed its output"))
        await asyncio.sleep(_BREATH_S)  # its last words may still be on their way
        if code < 0:
            with contextlib.suppress(ValueError):
                detail = f"it was ended by {signal.Signals(-code).name}"
                return self._put_right(CameraError(Reason.READER_BROKE, detail))
        return self._put_right(
            CameraError(Reason.READER_BROKE, tr("it ended with code {code}", code=code))
        )

    async def _end(self, child: _Child) -> None:
        """Let the process end, or end it; return when it is gone."""
        self._stdin = None
        process = child.process
        try:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.terminate()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._limits.terminates_within_s):
                        await process.wait()
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
            child.transport.close()  # closed first, for a second cancellation may end the wait
            await process.wait()

    async def _listen(self, stderr: asyncio.StreamReader) -> None:
        """Keep the last lines of what the process says to people; flooding slows down only it."""
        rest = ""
        while data := await stderr.read(_READ_AT_ONCE):
            *lines, rest = (rest + data.decode("utf-8", "replace")).split("\n")
            rest = rest[-_LONGEST_LINE:]
            for line in lines[-STDERR_LINES:]:
                self._hear(line)
            if len(data) == _READ_AT_ONCE:
                await asyncio.sleep(_BREATH_S)
        if rest:
            self._hear(rest)

    def _hear(self, line: str) -> None:
        """Keep a line, and see what it means for the pictures."""
        line = line[:_LONGEST_LINE]
        self.lines.append(scrub(line))
        if _NO_MEMORY.search(line):
            self._lacks_memory = True
        # While a stream is joined in its midst, everything is damaged and nothing is shown.
        if self._has_pictures and _DAMAGE.search(line):
            self._damaged_until_s = time.monotonic() + _DAMAGED_FOR_S


def _no_picture(limit_s: float, *, is_first: bool) -> CameraError:
    if is_first:
        return CameraError(
            Reason.TIMEOUT, tr("no picture within {limit_s:g} s", limit_s=round(limit_s, 1))
        )
    return CameraError(
        Reason.STALLED, tr("no picture for {limit_s:g} s", limit_s=round(limit_s, 1))
    )


def _environment() -> dict[str, str]:
    """Return what a reader process needs to run, and nothing else of ours."""
    kept = ("PATH", "LANG", "SYSTEMROOT", "TEMP", "TMPDIR")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    # The very code that runs here, wherever it was found.
    environment["PYTHONPATH"] = str(Path(camwatch.__file__).resolve().parent.parent)
    environment["MALLOC_ARENA_MAX"] = "2"
    return environment


def _not_started(error: OSError) -> CameraError:
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return CameraError(Reason.OPEN_FILES, tr("no process could be started"))
    if error.errno == errno.ENOMEM:
        return CameraError(Reason.MEMORY, tr("no process could be started"))
    if error.errno == errno.EAGAIN:
        return CameraError(Reason.READER_BROKE, tr("this computer allows no more processes"))
    return CameraError(
        Reason.READER_BROKE, tr("it cannot be started: {strerror}", strerror=error.strerror)
    )
