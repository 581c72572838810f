"""Reads what the live page shows, as far as the operator may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from camwatch.accuracy import Badge
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import Camera, CameraId, Site, SiteId, utc_now
from camwatch.errors import CamWatchError, PermissionDenied, SessionExpired
from camwatch.scene import PrivacyRecord, SceneRecord
from camwatch.ui.background import Background

_CHART_SLOT_S = 5
_CHARTED_AT_ONCE = 16
_CHART_SPAN = timedelta(hours=1)
_LOAD_AGAIN_MS = 5000


class SiteCommands(Protocol):
    """What this asks of `camwatch.commands.Commands`."""

    def cameras(self, session: Session) -> list[Camera]:
        """Return all cameras."""
        ...

    def sites(self, session: Session) -> list[Site]:
        """Return all sites."""
        ...

    def scenes(self, session: Session) -> list[SceneRecord]:
        """Return what is counted in the view of each camera."""
        ...

    def privacy(self, session: Session) -> list[PrivacyRecord]:
        """Return what may be seen of each camera's pictures."""
        ...

    def badges(self, session: Session) -> Mapping[CameraId, Badge]:
        """Return the badge of each camera that was ever audited."""
        ...

    def occupancy_series(
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        start: datetime,
        end: datetime,
        slot_s: int,
    ) -> list[tuple[CameraId, datetime, float, float]]:
        """Return mean occupancy and measured seconds of each camera and slot."""
        ...


@dataclass(frozen=True, slots=True)
class SeenSite:
    """Cameras, sites' names, what is counted where, and how right; empty what may not be seen."""

    cameras: Sequence[Camera] = ()
    sites: Mapping[SiteId, str] = field(default_factory=dict)
    scenes: Sequence[SceneRecord] = ()
    badges: Mapping[CameraId, Badge] = field(default_factory=dict)
    privacy: Sequence[PrivacyRecord] = ()


class SiteLoader(QObject):
    """Reads in the background, and again after a failure; never what the role forbids.

    Attributes:
        seen: What was found last; None while nothing was.

    Signals:
        found: A SeenSite, newer than those before.
        charted: Occupancy of the last hour, of some cameras at a time.
        failed: The CamWatchError of a reading.
    """

    found = Signal(object)
    charted = Signal(object)
    failed = Signal(object)

    def __init__(
        self, commands: SiteCommands, session: Session, background: Background, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._number = 0
        self.seen: SeenSite | None = None
        self._is_chart_wanted = self._is_charted = False
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self.load)

    @Slot()
    def load(self) -> None:
        """Read all of it again."""
        commands, session = self._commands, self._session
        if not session.may(Permission.VIEW_CAMERAS):
            return

        def read() -> SeenSite:
            sites = {site.id: site.name for site in commands.sites(session)}
            may_count = session.may(Permission.VIEW_COUNTS)
            return SeenSite(
                commands.cameras(session),
                sites,
                commands.scenes(session) if may_count else [],
                commands.badges(session) if session.may(Permission.VIEW_ACCURACY) else {},
                commands.privacy(session),
            )

        self._number += 1
        self._background.run(read, partial(self._on_read, self._number), self.fail, owner=self)

    def _on_read(self, number: int, found: SeenSite) -> None:
        if number != self._number:
            return  # asked before the last change; answers may overtake each other
        self.seen = found
        self.found.emit(found)
        self._begin_chart()

    @Slot()
    def want_chart(self) -> None:
        """Read what was stored of the last hour, as soon as the cameras are known."""
        self._is_chart_wanted = True
        self._begin_chart()

    def _begin_chart(self) -> None:
        if not self._is_chart_wanted or self._is_charted:
            return
        ids = [] if self.seen is None else [camera.id for camera in self.seen.cameras]
        if ids and self._session.may(Permission.VIEW_COUNTS):
            self._is_charted = True
            self._load_chart(ids)

    def _load_chart(self, ids: Sequence[CameraId]) -> None:
        """Read some cameras, then the others: all at once would hold up whatever else is read."""
        now, some, others = utc_now(), ids[:_CHARTED_AT_ONCE], ids[_CHARTED_AT_ONCE:]
        commands, session = self._commands, self._session
        self._background.run(
            lambda: commands.occupancy_series(session, some, now - _CHART_SPAN, now, _CHART_SLOT_S),
            partial(self._on_chart_read, others),
            self._on_chart_failed,
            owner=self,
        )

    def _on_chart_read(
        self,
        others: Sequence[CameraId],
        series: Sequence[tuple[CameraId, datetime, float, float]],
    ) -> None:
        self.charted.emit(series)
        if others:
            self._load_chart(others)

    def _on_chart_failed(self, error: CamWatchError) -> None:
        self._is_charted = False
        self.fail(error)

    def fail(self, error: CamWatchError) -> None:
        """Tell of a failure, and read again later if that may help."""
        # Each refusal is written into the audit log: it is not provoked again and again.
        if not isinstance(error, SessionExpired | PermissionDenied):
            self._again.start(_LOAD_AGAIN_MS)
        self.failed.emit(error)
