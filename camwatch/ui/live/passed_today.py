"""Keeps up with who passed the lines and gates since midnight."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from camwatch.auth.session import Session
from camwatch.domain import Passed, PlaceId, utc_now
from camwatch.errors import CamWatchError
from camwatch.ui.background import Background

_EVERY_S = 2.0


class PassedCommands(Protocol):
    """What this asks of `camwatch.commands.Commands`."""

    def passed_since(self, session: Session, start: datetime) -> Mapping[PlaceId, Passed]:
        """Return who passed each line and gate since a moment."""
        ...


class PassedToday(QObject):
    """Asks at most every two seconds, one question at a time.

    Args:
        zone: Whose midnight is meant.
        clock: Tells the time, UTC.

    Signals:
        changed: Mapping of PlaceId to Passed.
        failed: The CamWatchError of a question.
    """

    changed = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        commands: PassedCommands,
        session: Session,
        background: Background,
        *,
        zone: ZoneInfo,
        clock: Callable[[], datetime] = utc_now,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._zone = zone
        self._clock = clock
        self._is_asking = False
        self._asked_s = -_EVERY_S

    def ask_in_time(self) -> None:
        """Ask if the last time is long enough ago."""
        if time.monotonic() - self._asked_s >= _EVERY_S:
            self.ask()

    def ask(self) -> None:
        """Ask now, unless a question is under way."""
        if self._is_asking:
            return
        self._is_asking = True
        self._asked_s = time.monotonic()
        # Where clocks are put back over midnight, the day begins with the first of the two.
        local = self._clock().astimezone(self._zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        self._background.run(
            lambda: self._commands.passed_since(self._session, midnight),
            self._on_answer,
            self._on_failed,
            owner=self,
        )

    def _on_answer(self, passed: Mapping[PlaceId, Passed]) -> None:
        self._is_asking = False
        self.changed.emit({place_id: self._local(one) for place_id, one in passed.items()})

    def _local(self, passed: Passed) -> Passed:
        """Return it with its beginning by the site's clocks."""
        return replace(passed, since=passed.since and passed.since.astimezone(self._zone))

    def _on_failed(self, error: CamWatchError) -> None:
        self._is_asking = False
        self.failed.emit(error)
