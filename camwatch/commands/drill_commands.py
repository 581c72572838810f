"""The commands about drills, each with who may give it."""

from __future__ import annotations

from typing import Protocol

from camwatch.alerts.drill import DrillReport
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs
from camwatch.commands.trail import DONE, Trail
from camwatch.errors import InvalidSetting
from camwatch.language import tr


class DrillRunner(Protocol):
    """Plays a drill in the background; for any thread, and never waits."""

    def start(self, actor: str) -> bool:
        """Begin a drill; False if one is going on."""

    def stop(self) -> None:
        """End the drill that is going on, as soon as can be; harmless if there is none."""

    def report(self) -> DrillReport | None:
        """Return how far the newest drill is; None if there was none since the start."""


class DrillCommands:
    """Part of `Commands`; whoever inherits it calls `_init_drills` and has a `guard`.

    Attributes:
        drills: What plays drills; None in a program that plays none.
    """

    guard: Guard
    drills: DrillRunner | None = None

    def _init_drills(self, trail: Trail) -> None:
        """Take what these commands work with."""
        self._drill_trail = trail

    @needs(Permission.MANAGE_CHANNELS)
    def start_drill(self, session: Session) -> None:
        """Begin a drill: people appear on a simulated camera, and everybody is told.

        `DrillProgressed` on the bus tells of each step. Real cameras are not touched.

        Raises:
            InvalidSetting: "drill": one is going on, or this program plays none.
            StorageError: It is not in the audit log; nothing was begun.
        """
        if self.drills is None:
            raise InvalidSetting("drill", tr("cannot be played by this program"))
        report = self.drills.report()
        if report is not None and not report.is_over:
            raise InvalidSetting(
                "drill", tr("is going on already; {actor} began it", actor=report.actor)
            )
        self._drill_trail.record(session.actor, "start_drill", "", DONE)
        if not self.drills.start(session.actor):
            raise InvalidSetting("drill", tr("is going on already"))

    @needs(Permission.MANAGE_CHANNELS)
    def stop_drill(self, session: Session) -> None:
        """End the drill that is going on; harmless if there is none."""
        del session
        if self.drills is not None:
            self.drills.stop()

    @needs(Permission.MANAGE_CHANNELS)
    def drill_report(self, session: Session) -> DrillReport | None:
        """Return how far the newest drill is; None if there was none since the start."""
        del session
        return None if self.drills is None else self.drills.report()
