"""The command about simulated cameras, with who may give it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.cameras.simulated import MOST, free_place, simulated_settings
from camwatch.commands.guard import Guard, needs
from camwatch.commands.sight import About
from camwatch.domain import Camera, CameraSettings
from camwatch.errors import InvalidSetting
from camwatch.language import tr


class Simulator(Protocol):
    """Serves simulated cameras; for any thread but the window's."""

    def serve(self) -> int:
        """Begin to serve them, if they are not yet; return their port."""


class SimulatedCommands:
    """Part of `Commands`; whoever inherits it calls `_init_simulated` and has a `guard`.

    Attributes:
        simulator: What serves simulated cameras; None in a program that has none.
    """

    guard: Guard
    simulator: Simulator | None = None

    def _init_simulated(self, cameras: Callable[[], list[Camera]]) -> None:
        """Take what this works with."""
        self._all_cameras = cameras

    # Nothing is stored: whoever adds the camera is judged by the site it is added to.
    @needs(Permission.EDIT_CAMERAS, about=About("it stores nothing"))
    def simulated_camera(self, session: Session) -> CameraSettings:
        """Begin to serve simulated cameras, and return what is entered to add another one. Blocks.

        Raises:
            InvalidSetting: "simulated": this program has none, or all of them are in use.
        """
        del session
        if self.simulator is None:
            raise InvalidSetting("simulated", tr("is not there: this program simulates no cameras"))
        known = self._all_cameras()
        number = free_place(known)
        if number is None:
            raise InvalidSetting(
                "simulated",
                tr("is not there: all {count} simulated cameras are in use", count=MOST),
            )
        names = {one.name.casefold() for one in known}
        name = tr("Simulated camera")
        if name.casefold() in names:
            name = tr("Simulated camera {number}", number=number)
        location = tr("Nowhere: CamWatch draws these people on this computer")
        return simulated_settings(name, location, number, self.simulator.serve())
