"""How many alerts want somebody, also while another page is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from camwatch.alerts.alert import Alert
from camwatch.alerts.inbox import MOST_ALERTS, AlertQuery
from camwatch.alerts.rules import Severity
from camwatch.auth.session import Session
from camwatch.errors import CamWatchError, PermissionDenied, SessionExpired, SessionLocked
from camwatch.ui.alerts.inbox.feed import AlertFeed
from camwatch.ui.alerts.inbox.order import UNSEEN, wants_somebody
from camwatch.ui.background import Background

_READ_AGAIN_MS = 5000
_LOOK_AGAIN_MS = 15_000


class CounterCommands(Protocol):
    """What counting asks of `camwatch.commands.Commands`."""

    def alerts(self, session: Session, query: AlertQuery) -> list[Alert]:
        """Return alerts, newest first."""
        ...


class UnseenCounter(QObject):
    """Counts the alerts that nobody has seen and nobody has shelved.

    Signals:
        changed: How many, and the severity of the most serious of them (None without).

    Args:
        feed: Tells what is new.
        clock: The wall clock, aware UTC.
    """

    changed = Signal(int, object)

    def __init__(  # noqa: PLR0917 - who asks, where, and what tells of changes
        self,
        commands: CounterCommands,
        session: Session,
        background: Background,
        feed: AlertFeed,
        clock: Callable[[], datetime],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._feed = feed
        self._clock = clock
        self._unseen: dict[str, Alert] = {}
        self._told: tuple[int, Severity | None] = 0, None
        self._question = 0
        self._is_locked = False
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self.read)
        # Time on the shelf ends without any event.
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_AGAIN_MS)
        self._look.timeout.connect(self._on_time)
        self._look.start()
        feed.changed.connect(self._on_changed)
        feed.stale.connect(self._on_stale)

    @Slot()
    def read(self) -> None:
        """Read them in the background."""
        self._question += 1
        commands, session = self._commands, self._session
        self._background.run(
            lambda: commands.alerts(session, AlertQuery(states=UNSEEN, limit=MOST_ALERTS)),
            partial(self._on_read, self._question, self._feed.taken),
            self._on_failed,
            owner=self,
        )

    def _on_read(self, question: int, taken: int, found: Sequence[Alert]) -> None:
        if question != self._question:
            return
        newest = [self._feed.newest(alert) for alert in found]
        newest += self._feed.since(taken)
        self._unseen = {alert.uid: alert for alert in newest if not alert.state.is_seen}
        self._is_locked = False
        self._count()

    def _on_failed(self, error: CamWatchError) -> None:
        # The inbox itself says what is wrong, once somebody looks; here nothing is certain.
        self._is_locked = isinstance(error, SessionLocked)
        if not isinstance(error, PermissionDenied | SessionExpired | SessionLocked):
            self._again.start(_READ_AGAIN_MS)

    @Slot()
    def _on_stale(self) -> None:
        if not self._is_locked:
            self.read()

    @Slot()
    def _on_time(self) -> None:
        if self._is_locked:
            self.read()  # it may be unlocked by now
        else:
            self._count()

    @Slot(object)
    def _on_changed(self, alerts: Sequence[Alert]) -> None:
        for alert in alerts:
            if alert.state.is_seen:
                self._unseen.pop(alert.uid, None)
            else:
                self._unseen[alert.uid] = alert
        self._count()

    def _count(self) -> None:
        now = self._clock()
        wanting = [one.severity for one in self._unseen.values() if wants_somebody(one, now)]
        worst = max(set(wanting), key=lambda one: one.rank, default=None)
        if (len(wanting), worst) != self._told:
            self._told = len(wanting), worst
            self.changed.emit(*self._told)
