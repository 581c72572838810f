"""The saved walls as this window knows them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.errors import CamWatchError, PermissionDenied
from camwatch.ui.background import Background
from camwatch.walls import ImportedWall, Wall

log = logging.getLogger(__name__)
T = TypeVar("T")


class WallCommands(Protocol):
    """What walls ask of `camwatch.commands.Commands`."""

    def walls(self, session: Session) -> list[Wall]:
        """Return the operator's walls and the shared ones, by name."""
        ...

    def save_wall(self, session: Session, wall: Wall) -> Wall:
        """Store a wall, new or changed."""
        ...

    def remove_wall(self, session: Session, uid: str) -> None:
        """Delete a wall."""
        ...

    def export_wall(self, session: Session, uid: str) -> str:
        """Return a wall as the text of a file."""
        ...

    def import_wall(self, session: Session, text: str) -> ImportedWall:
        """Store a wall from a file."""
        ...

    def leave_kiosk(self, session: Session) -> None:
        """Let the operator out of kiosk mode."""
        ...


class WallBook(QObject):
    """Reads the walls, and stores what is changed about them; never waits.

    Attributes:
        commands: What it asks.
        session: Who asks.
        background: Where it waits for the answers.

    Signals:
        changed: The walls were read, perhaps others than before.
        failed: The CamWatchError for which something was not done.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self, commands: WallCommands, session: Session, background: Background, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.commands = commands
        self.session = session
        self.background = background
        self.walls: tuple[Wall, ...] = ()
        self.is_read = False
        """True once the walls are known."""

    @property
    def own(self) -> list[Wall]:
        """The operator's walls, by name."""
        return [wall for wall in self.walls if wall.owner == self.session.actor]

    @property
    def shared(self) -> list[Wall]:
        """The walls that others share, by name."""
        return [wall for wall in self.walls if wall.owner != self.session.actor]

    def named(self, name: str) -> Wall | None:
        """Return the wall of this name, an own one before a shared one; None without one."""
        wanted = name.strip().casefold()
        walls = [*self.own, *self.shared]
        return next((wall for wall in walls if wall.name.casefold() == wanted), None)

    def find(self, uid: str) -> Wall | None:
        """Return the wall of this uid; None if it is gone."""
        return next((wall for wall in self.walls if wall.uid == uid), None)

    def may_change(self, wall: Wall) -> bool:
        """Tell whether the operator may change a wall."""
        if wall.owner == self.session.actor:
            return self.session.may(Permission.ARRANGE_WALLS)
        return self.may_share

    @property
    def may_save(self) -> bool:
        """True if the operator may save walls."""
        return self.session.may(Permission.ARRANGE_WALLS)

    @property
    def may_share(self) -> bool:
        """True if the operator may share walls, and change shared ones."""
        return self.may_save and self.session.may(Permission.SHARE_WALLS)

    @Slot()
    def read(self) -> None:
        """Read the walls anew."""
        if not self.session.may(Permission.VIEW_CAMERAS):
            return
        commands, session = self.commands, self.session
        self.background.run(
            lambda: commands.walls(session), self._on_read, self._on_not_read, owner=self
        )

    def _on_read(self, walls: list[Wall]) -> None:
        self.walls = tuple(walls)
        self.is_read = True
        self.changed.emit()

    def _on_not_read(self, error: CamWatchError) -> None:
        if not isinstance(error, PermissionDenied):
            log.warning("the walls cannot be read: %s [%s]", error, error.error_id)

    def save(self, wall: Wall, done: Callable[[Wall], None]) -> None:
        """Store a wall and read all anew; what prevents it is told with `failed`."""
        self._ask(lambda: self.commands.save_wall(self.session, wall), done)

    def remove(self, wall: Wall, done: Callable[[None], None]) -> None:
        """Delete a wall and read all anew."""
        self._ask(lambda: self.commands.remove_wall(self.session, wall.uid), done)

    def take_in(self, text: str, done: Callable[[ImportedWall], None]) -> None:
        """Store a wall from the text of a file, and read all anew."""
        self._ask(lambda: self.commands.import_wall(self.session, text), done)

    def _ask(self, job: Callable[[], T], done: Callable[[T], None]) -> None:
        def on_done(answer: T) -> None:
            done(answer)
            self.read()

        self.background.run(job, on_done, self.failed.emit, owner=self)
