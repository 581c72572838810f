"""How loud alerts are on this workstation, and until when they are quiet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QObject, QSettings, Signal

from camwatch.alerts.rules import Severity

LONGEST_MUTE = timedelta(hours=8)
"""Nobody silences a workstation for longer than a shift."""

_USUAL = {Severity.INFORMATION: 0.4, Severity.WARNING: 0.6, Severity.CRITICAL: 0.9}
LEAST_CRITICAL = 0.2
"""The sound of critical alerts cannot be turned down further; it can be muted for a while."""


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """What was chosen.

    Attributes:
        volumes: 0 to 1, by severity.
        muted_until: UTC; None if nothing is muted.
    """

    volumes: dict[Severity, float] = field(default_factory=lambda: dict(_USUAL))
    muted_until: datetime | None = None

    def is_muted(self, now: datetime) -> bool:
        """Tell whether sounds are off at a moment."""
        return self.muted_until is not None and now < self.muted_until


def read(settings: QSettings) -> SoundSettings:
    """Read what was chosen; what is not there or makes no sense is as usual."""
    volumes = {}
    for severity, usual in _USUAL.items():
        try:
            volume = float(str(settings.value(f"sound/{severity.value}", usual)))
        except ValueError:
            volume = usual
        least = LEAST_CRITICAL if severity is Severity.CRITICAL else 0.0
        volumes[severity] = min(max(volume, least), 1.0) if volume == volume else usual  # noqa: PLR0124 - not NaN
    try:
        seconds = float(str(settings.value("sound/muted_until", 0.0)))
        until = datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        until = None
    return SoundSettings(volumes, until)


def write(settings: QSettings, chosen: SoundSettings) -> None:
    """Keep what was chosen."""
    for severity, volume in chosen.volumes.items():
        settings.setValue(f"sound/{severity.value}", f"{volume:.2f}")
    until = chosen.muted_until
    settings.setValue("sound/muted_until", 0.0 if until is None else until.timestamp())


class SoundChoice(QObject):
    """What is chosen now.

    Signals:
        changed: Something else is.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = SoundSettings()

    def restore(self, settings: QSettings) -> None:
        """Take over what was chosen before."""
        self.settings = read(settings)
        self.changed.emit()

    def set_volume(self, severity: Severity, volume: float) -> None:
        """Choose how loud alerts of a severity are, 0 to 1."""
        self.settings = replace(self.settings, volumes={**self.settings.volumes, severity: volume})
        self.changed.emit()

    def mute(self, until: datetime | None) -> None:
        """Be quiet until a moment, UTC; None ends it."""
        self.settings = replace(self.settings, muted_until=until)
        self.changed.emit()
