"""How CamWatch is doing, and what support needs to know of it."""

from __future__ import annotations

from pathlib import Path

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs
from camwatch.commands.health_desk import HealthDesk
from camwatch.commands.trail import DONE, FAILED, Trail
from camwatch.errors import CamWatchError
from camwatch.health import HealthReport
from camwatch.health.bundle import Bundle
from camwatch.health.last_run import CrashReport


class HealthCommands:
    """Commands about health, mixed into `Commands`, whose errors they share."""

    guard: Guard
    health_desk: HealthDesk
    _health_trail: Trail

    def _init_health(self, desk: HealthDesk, trail: Trail) -> None:
        self.health_desk = desk
        self._health_trail = trail

    @needs(Permission.VIEW_HEALTH)
    def health(self, session: Session) -> HealthReport:
        """Tell how everything is doing now. Takes a moment."""
        del session
        return self.health_desk.look()

    @needs(Permission.VIEW_HEALTH)
    def last_crash(self, session: Session) -> CrashReport | None:
        """Return the last run that did not end as it should; None if all did."""
        del session
        return self.health_desk.sources.crash()

    @needs(Permission.VIEW_HEALTH)
    def dismiss_crash(self, session: Session) -> None:
        """Tell no more of the last run that did not end as it should."""
        self._health_trail.record(session.actor, "dismiss_crash", "", DONE)
        self.health_desk.sources.dismiss_crash()

    @needs(Permission.MANAGE_SECURITY)
    def diagnostics(self, session: Session, *, with_names: bool) -> Bundle:
        """Make what support needs, to be looked through; nothing is written or sent.

        Args:
            session: Who asks.
            with_names: People's names stay in it.
        """
        self._health_trail.record(
            session.actor, "diagnostics", "", DONE, with_names="yes" if with_names else "no"
        )
        return self.health_desk.bundle(with_names=with_names)

    @needs(Permission.MANAGE_SECURITY)
    def save_diagnostics(self, session: Session, bundle: Bundle, file: Path) -> Path:
        """Save what was looked through.

        Returns:
            Where it is.

        Raises:
            FilesTroubled: It cannot be written.
        """
        named = {
            "files": ", ".join(one.name for one in bundle.files)[:500],
            "with_names": "yes" if bundle.has_names else "no",
        }
        self._health_trail.record(session.actor, "save_diagnostics", file.name, DONE, **named)
        try:
            bundle.write(file)
        except CamWatchError:
            self._health_trail.try_to_record(session.actor, "save_diagnostics", file.name, FAILED)
            raise
        return file
