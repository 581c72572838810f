"""Keeps the sessions of the login service's operators to what it says, in the background."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from camwatch.workers.base import Worker

_PERIOD_S = 5.0


class LoginWatchWorker(Worker):
    """Looks after the sessions every few seconds, and has them left at the end.

    Args:
        look: Looks after all of them once; may take seconds.
        hurry: Lets a look that is on its way end soon; never waits.
        leave: Tells the service that all have left; takes a second at most.
        period_s: Time from look to look.
    """

    def __init__(
        self,
        look: Callable[[], None],
        hurry: Callable[[], None],
        leave: Callable[[], None],
        period_s: float = _PERIOD_S,
        parent: QObject | None = None,
    ) -> None:
        super().__init__("login watch", parent)
        self._look = look
        self._hurry = hurry
        self._leave = leave
        self._period_s = period_s

    def work(self) -> None:
        """Look until asked to stop."""
        while not self.stop_event.wait(self._period_s):
            self._look()
        self._leave()

    def request_stop(self) -> None:
        """Ask the worker to end; a service that does not answer is not waited for."""
        super().request_stop()
        self._hurry()
