"""How the screens hand over work that takes time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject

from camwatch.errors import CamWatchError

T = TypeVar("T")


class Background(Protocol):
    """Runs jobs beside the GUI thread and brings their results back to it."""

    def run(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CamWatchError], None],
        *,
        owner: QObject,
    ) -> None:
        """Run the job on a pool thread; never waits.

        Args:
            job: May block; touches no widget.
            done: Called with the job's result, on the GUI thread.
            failed: Called instead with what went wrong, on the GUI thread.
            owner: Neither is called once this object is gone.
        """
        ...
