"""What the screens about health ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from camwatch.auth.session import Session
from camwatch.health import HealthReport
from camwatch.health.bundle import Bundle
from camwatch.health.last_run import CrashReport


class HealthPageCommands(Protocol):
    """What these screens ask of `camwatch.commands.Commands`."""

    def health(self, session: Session) -> HealthReport:
        """Tell how everything is doing now."""
        ...

    def last_crash(self, session: Session) -> CrashReport | None:
        """Return the last run that did not end as it should."""
        ...

    def dismiss_crash(self, session: Session) -> None:
        """Tell no more of the last run that did not end as it should."""
        ...

    def diagnostics(self, session: Session, *, with_names: bool) -> Bundle:
        """Make what support needs, to be looked through."""
        ...

    def save_diagnostics(self, session: Session, bundle: Bundle, file: Path) -> Path:
        """Save what was looked through."""
        ...
