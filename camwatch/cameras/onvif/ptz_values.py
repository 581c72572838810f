"""What a camera that can turn and zoom can do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    """A place that a camera can be sent to.

    Attributes:
        token: What the camera knows it by.
        name: As somebody called it; the token where they did not.
    """

    token: str
    name: str


@dataclass(frozen=True, slots=True)
class PtzAbilities:
    """What a camera can do.

    Attributes:
        can_move: It pans or tilts.
        can_zoom: It zooms.
        has_home: It has a home position to go to.
        presets: Places it can be sent to, in the camera's order.
    """

    can_move: bool = False
    can_zoom: bool = False
    has_home: bool = False
    presets: tuple[Preset, ...] = ()

    @property
    def has_any(self) -> bool:
        """True if there is anything to control."""
        return self.can_move or self.can_zoom or self.has_home or bool(self.presets)
