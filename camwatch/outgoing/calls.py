"""Conversations with other computers, each under a deadline that holds.

The time limits of the libraries begin anew with each byte that arrives, and none of them covers
looking up a name. So each conversation has a thread of its own, and whoever waits for it goes on
when the time is over; the connection is broken off then, which wakes and ends that thread.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Wire:
    """The connection of one conversation, which can be cut from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ends: list[socket.socket] = []
        self._is_cut = False

    def take(self, connection: socket.socket) -> None:
        """Remember a connection; cut it at once if that was wished meanwhile."""
        with self._lock:
            # Encryption takes the socket's handle away from it; a second one stays good.
            self._ends.append(connection.dup())
            is_cut = self._is_cut
        if is_cut:
            self.cut()

    def cut(self) -> None:
        """Break the connection off, so that whoever reads from it wakes up."""
        with self._lock:
            self._is_cut = True
            for end in self._ends:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of what was taken."""
        with self._lock:
            for end in self._ends:
                end.close()
            self._ends.clear()


class Call(Generic[T]):
    """One conversation, carried out in a thread of its own.

    Args:
        work: What is done; what it returns or raises is what comes of the conversation.

    Attributes:
        wire: Takes the connection.
    """

    def __init__(self, work: Callable[[Call[T]], T]) -> None:
        self._work = work
        self.wire = Wire()
        self._lock = threading.Lock()
        self._moved = threading.Condition(self._lock)
        self._is_over = False
        self._so_far: tuple[T] | None = None
        self._came: tuple[T] | Exception | None = None
        self._step = ""
        self._step_until_s = float("inf")

    # ------------------------------------------------------------ for the work

    def begin(self, step: str, limit_s: float) -> None:
        """Say what comes next, and how long it may take, seconds."""
        with self._moved:
            self._step = step
            self._step_until_s = time.monotonic() + limit_s
            self._moved.notify_all()

    @property
    def step(self) -> str:
        """What was begun last; "" if nothing was."""
        return self._step

    def has(self, outcome: T) -> None:
        """Keep what is known already: it counts if the rest does not come in time."""
        with self._lock:
            self._so_far = (outcome,)

    # ------------------------------------------------------------ for whoever waits

    def carry_out(self) -> None:
        """Do it; what goes wrong is kept for whoever waits, a bug as well."""
        try:
            if not self._is_over:
                self._settle((self._work(self),))
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            self._settle(error)
        finally:
            self.wire.close()

    def wait(self, until_s: float, late: Callable[[str], Exception]) -> T:
        """Wait for the end, the deadline, or the deadline of a step.

        Args:
            until_s: The deadline of the whole, by the monotonic clock.
            late: Makes the error of a step that takes too long, of its name.
        """
        with self._moved:
            while not self._is_over:
                now_s = time.monotonic()
                rest_s = min(until_s, self._step_until_s) - now_s
                if rest_s <= 0:
                    break
                self._moved.wait(rest_s)
            step = self._step
        self.give_up(late(step))
        if isinstance(self._came, Exception):
            raise self._came
        assert self._came is not None  # noqa: S101 - giving up settles it
        return self._came[0]

    def give_up(self, error: Exception) -> None:
        """End it with what is known so far, or else with this error; break the connection off."""
        if self._settle(self._so_far or error):
            self.wire.cut()

    def _settle(self, came: tuple[T] | Exception) -> bool:
        """Keep what came of it, unless something did before."""
        with self._moved:
            if self._is_over:
                return False
            self._came = came
            self._is_over = True
            self._moved.notify_all()
            return True


class Calls:
    """Carries conversations out. May be used from any thread.

    Args:
        name: Of their threads.
        most_at_once: More have to wait, as a part of their time.
    """

    def __init__(self, name: str, most_at_once: int = 8) -> None:
        self._name = name
        self._free = threading.BoundedSemaphore(most_at_once)
        self._lock = threading.Lock()
        self._running: set[Call[Any]] = set()
        self._closed: Callable[[], Exception] | None = None

    def carry_out(
        self,
        work: Callable[[Call[T]], T],
        limit_s: float,
        late: Callable[[str], Exception],
    ) -> T:
        """Have a conversation, and wait for what comes of it.

        Args:
            work: In a thread of its own; it goes on there for a while if it is not waited for.
            limit_s: The longest time for all of it, seconds.
            late: Makes the error of a conversation that takes too long, of the step it is in.

        Raises:
            Exception: What the work raises.
        """
        until_s = time.monotonic() + limit_s
        if not self._free.acquire(timeout=limit_s):
            raise late("")
        call = Call(work)
        with self._lock:
            closed = self._closed
            if closed is None:
                self._running.add(call)
        if closed is not None:
            self._free.release()
            raise closed()

        def run() -> None:
            try:
                call.carry_out()
            finally:
                self._free.release()

        threading.Thread(target=run, name=self._name, daemon=True).start()
        try:
            return call.wait(until_s, late)
        finally:
            with self._lock:
                self._running.discard(call)

    def close(self, error: Callable[[], Exception]) -> None:
        """Let all conversations end at once, also those that would begin later; never waits."""
        with self._lock:
            self._closed = error
        self.cut(error)

    def cut(self, error: Callable[[], Exception]) -> None:
        """Let all conversations end at once, each with an error; never waits."""
        with self._lock:
            running = list(self._running)
        for call in running:
            call.give_up(error())
