"""Reads what stands on the line of time, beside the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from camwatch.alerts.alert import AlertState
from camwatch.alerts.inbox import AlertQuery
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import BucketSize
from camwatch.errors import CamWatchError
from camwatch.ui.background import Background
from camwatch.ui.charts.ranges import Range, aligned
from camwatch.ui.charts.series import history_line
from camwatch.ui.time_machine.commands import MomentCommands
from camwatch.ui.time_machine.timeline import TimelineData

SIZES = {
    timedelta(hours=1): BucketSize.MINUTE,
    timedelta(hours=6): BucketSize.FIVE_MINUTES,
    timedelta(days=1): BucketSize.QUARTER,
    timedelta(days=7): BucketSize.HOUR,
}
"""What the line of time can show, and in which steps."""

_MOST_ALERTS = 200


class TimelineReader(QObject):
    """Reads numbers of all cameras and alerts of a stretch; a newer question wins.

    Signals:
        read: A TimelineData.
        failed: CamWatchError.
    """

    read = Signal(object)
    failed = Signal(object)

    def __init__(  # noqa: PLR0917 - who asks, where, whose clocks
        self,
        commands: MomentCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._zone, self._clock = zone, clock
        self._question = 0

    def ask(self, start: datetime, length: timedelta) -> None:
        """Read a stretch of time.

        Args:
            start: UTC.
            length: One of `SIZES`.
        """
        self._question += 1
        number, now = self._question, self._clock()
        commands, session, zone = self._commands, self._session, self._zone
        end = start + length
        size = SIZES[length]

        def read() -> TimelineData:
            line = None
            if session.may(Permission.VIEW_COUNTS) and start < now:
                wide = aligned(Range(start, min(end, now)), size, zone)
                buckets = commands.history(session, None, size, wide.start, wide.end, zone)
                line = history_line(buckets, now)
            alerts = []
            if session.may(Permission.VIEW_ALERTS):
                query = AlertQuery(
                    states=frozenset(AlertState), since=start, until=end, limit=_MOST_ALERTS
                )
                alerts = [(one.raised_at, one.severity) for one in commands.alerts(session, query)]
            return TimelineData(line, alerts)

        self._background.run(
            read,
            lambda data: self._on_read(number, data),
            lambda error: self._on_failed(number, error),
            owner=self,
        )

    def _on_read(self, number: int, data: TimelineData) -> None:
        if number == self._question:
            self.read.emit(data)

    def _on_failed(self, number: int, error: CamWatchError) -> None:
        if number == self._question:
            self.failed.emit(error)
