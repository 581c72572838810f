"""One thread for a service that may never answer, with a deadline for whoever asks."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

log = logging.getLogger(__name__)
T = TypeVar("T")


class TooLate(Exception):
    """The call did not return before its deadline, or an earlier one still has not."""


class _Call(Generic[T]):
    """One piece of work, which its caller may give up waiting for."""

    def __init__(self, work: Callable[[], T], undo: Callable[[T], None] | None) -> None:
        self._work = work
        self._undo = undo
        self._lock = threading.Lock()
        self._is_answered = threading.Event()
        self._is_given_up = False
        self._answer: list[T] = []
        self._error: BaseException | None = None
        self.is_over = threading.Event()

    def carry_out(self) -> None:
        """Work, in the thread; whatever goes wrong is handed to the caller."""
        try:
            if not self._is_given_up:
                self._answer.append(self._work())
        except Exception as error:  # noqa: BLE001 - the caller's to judge, as with a Future
            self._error = error
        with self._lock:
            self._is_answered.set()
            must_undo = self._is_given_up and self._answer and self._undo is not None
        try:
            if must_undo and self._undo is not None:
                self._undo(self._answer[0])
        except Exception as error:  # noqa: BLE001 - the thread must live on for the next call
            log.warning("a late keyring call could not be undone: %s", type(error).__name__)
        finally:
            self.is_over.set()

    def wait(self, deadline_s: float) -> T:
        """Return the answer, or raise the work's error.

        Raises:
            TooLate: There is none yet. The work is not begun, or undone once it ends.
        """
        if not self._is_answered.wait(deadline_s):
            with self._lock:
                if not self._is_answered.is_set():
                    self._is_given_up = True
                    raise TooLate
        if self._error is not None:
            raise self._error
        return self._answer[0]


class KeyringThread:
    """Carries calls out one after the other, in a thread that never holds up the program.

    One thread, so that a locked keyring asks once and not for each camera; a daemon,
    so that the program ends even while the keyring hangs. The standard thread pools
    are no choice: the interpreter waits for theirs when it ends.

    Args:
        deadline_s: The longest time a caller waits, seconds.
    """

    def __init__(self, deadline_s: float) -> None:
        self._deadline_s = deadline_s
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._calls: queue.SimpleQueue[_Call[Any] | None] = queue.SimpleQueue()
        self._overdue: _Call[Any] | None = None

    def call(self, work: Callable[[], T], undo: Callable[[T], None] | None = None) -> T:
        """Carry the work out in the thread and return what it returns.

        Args:
            work: What to do.
            undo: Gets the result of work that ended after its caller had given up.

        Raises:
            TooLate: No answer within the deadline; also at once while an earlier call
                that was given up still occupies the thread.
        """
        call = _Call(work, undo)
        with self._lock:
            if self._overdue is not None and not self._overdue.is_over.is_set():
                raise TooLate
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="keyring", daemon=True)
                self._thread.start()
            self._calls.put(call)
        try:
            return call.wait(self._deadline_s)
        except TooLate:
            with self._lock:
                self._overdue = call
            raise

    def close(self) -> None:
        """Let the thread end after what it does now; a later call starts another one."""
        with self._lock:
            if self._thread is not None:
                self._calls.put(None)
                self._thread = None

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            call.carry_out()
            del call  # or its error, and what that holds on to, would live until the next one
