"""The part of the composition root that makes a demonstration: its cameras, its administrator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal, Slot

from camwatch import demonstration
from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.domain import CameraId, utc_now
from camwatch.paths import Profile
from camwatch.workers.base import Worker
from camwatch.workers.queries import QueryPool
from camwatch.workers.simulator import SimulatorWorker

if TYPE_CHECKING:
    from camwatch.cameras.simulator import SimulatedSite


class DemonstrationRoom(QObject):
    """Serves a simulated site, and fills a throw-away profile with its cameras.

    The cameras come when the site is served; by then somebody may have signed in already. A
    made-up past is there before anybody is asked to.

    Args:
        site: What is served.
        profile: Is thrown away.
        queries: What may take a while is done there.
        sign_in: Name and password of the administrator.
        zone: By whose clocks it is day.
        has_past: A past is made up, too.

    Signals:
        can_sign_in: There is an administrator.
        failed: CamWatchError: it cannot be stored.
    """

    can_sign_in = Signal()
    failed = Signal(object)

    def __init__(  # noqa: PLR0917 - all that a demonstration is made of
        self,
        site: SimulatedSite,
        profile: Profile,
        queries: QueryPool,
        sign_in: tuple[str, str],
        zone: ZoneInfo,
        parent: QObject,
        *,
        has_past: bool,
    ) -> None:
        super().__init__(parent)
        self._site = site
        self._profile = profile
        self._queries = queries
        self._sign_in = sign_in
        self._zone = zone
        self._has_past = has_past
        self._addresses: Sequence[str] = ()
        self._commands: Commands | None = None
        self._session: Session | None = None

    def posts(self) -> Sequence[Callable[[], Worker]]:
        """Return what makes the workers."""
        return (self._make_simulator,)

    def opened(self, commands: Commands) -> None:
        """Make the administrator of an empty history."""
        self._commands = commands
        self._queries.run(
            partial(commands.create_first_administrator, *self._sign_in),
            self._on_administrator,
            self.failed.emit,
            owner=self,
        )

    def _make_simulator(self) -> Worker:
        worker = SimulatorWorker(self._site)
        worker.serving.connect(self._on_serving)
        return worker

    @Slot(list)
    def _on_serving(self, addresses: list[str]) -> None:
        if not self._addresses:  # a simulator that is made anew after a crash comes too late
            self._addresses = addresses
            self._fill_if_ready()

    def _on_administrator(self, session: Session) -> None:
        self._session = session
        if not self._has_past:
            self.can_sign_in.emit()
        self._fill_if_ready()

    def _fill_if_ready(self) -> None:
        if self._commands is None or self._session is None or not self._addresses:
            return
        self._queries.run(
            partial(self._fill, self._commands, self._session),
            self._on_filled,
            self.failed.emit,
            owner=self,
        )

    def _fill(self, commands: Commands, session: Session) -> None:
        """Fill the profile. Runs on the pool."""
        camera_ids: Sequence[CameraId] = demonstration.fill(commands, session, self._addresses)
        if self._has_past:
            file = self._profile.database_file
            demonstration.fill_past(file, camera_ids, self._zone, utc_now())

    def _on_filled(self, _none: None) -> None:
        if self._has_past:
            self.can_sign_in.emit()
