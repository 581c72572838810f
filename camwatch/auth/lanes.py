"""A few threads that do work which takes much memory, so that no more of it is done at once."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Lanes:
    """Runs calls in threads of its own, and lets their callers wait.

    A lock would let no more run at once either. But the C library keeps, for each thread that
    ever asked for a large piece of memory, what that thread gave back: with twenty callers it
    kept twenty pieces.

    Args:
        count: How many calls run at once.
        name: Of the threads; they start with the first call and end with the program.
    """

    def __init__(self, count: int, name: str) -> None:
        self._count = count
        self._name = name
        self._lock = threading.Lock()
        self._calls: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = queue.SimpleQueue()
        self._has_started = False

    def run(self, call: Callable[[], T]) -> T:
        """Return what the call returns, or raise what it raises; it runs in one of the lanes."""
        self._start()
        answer: Future[T] = Future()
        self._calls.put((answer, call))
        return answer.result()

    def _start(self) -> None:
        with self._lock:
            if self._has_started:
                return
            for number in range(1, self._count + 1):
                # A daemon: a hash that is being made must not hold up the end of the program.
                threading.Thread(
                    target=self._work, name=f"{self._name}-{number}", daemon=True
                ).start()
            self._has_started = True

    def _work(self) -> None:
        while True:
            answer, call = self._calls.get()
            try:
                answer.set_result(call())
            except BaseException as error:  # noqa: BLE001 - the caller's to judge
                answer.set_exception(error)
            # Else this thread would keep the last password until the next one comes.
            del answer, call
