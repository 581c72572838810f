"""Lets changed settings hold at once in what runs beside the window."""

from __future__ import annotations

import logging
from collections.abc import Callable

from camwatch.config import Settings
from camwatch.workers.poller import PollerWorker


class SettingsRoom:
    """Told of each change of the settings, in the thread that made it; see `SettingsDesk`.

    Args:
        poller: Returns what polls the cameras; None while nothing does.
    """

    def __init__(self, poller: Callable[[], PollerWorker | None]) -> None:
        self._poller = poller

    def __call__(self, before: Settings, after: Settings) -> None:
        """Keep to the settings as they are now."""
        if after.logging != before.logging:
            logging.getLogger().setLevel(after.logging.level.upper())
        poller = self._poller()
        if after.cameras != before.cameras and poller is not None:
            poller.set_limits(after.cameras)
