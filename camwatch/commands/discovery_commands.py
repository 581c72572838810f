"""The commands that look for cameras, each with who may give it."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.cameras.discovery import DiscoveryRequest, Found, Moved, OnFound, OnProgress
from camwatch.commands.guard import Guard, needs
from camwatch.domain import Camera, CameraId


class DiscoveryCommands:
    """Part of `Commands`; whoever inherits it has a `guard`."""

    guard: Guard

    @needs(Permission.EDIT_CAMERAS)
    def discover_cameras(
        self,
        session: Session,
        request: DiscoveryRequest,
        on_found: OnFound,
        on_progress: OnProgress,
        cancel: threading.Event,
    ) -> list[Found]:
        """Look for cameras. Takes up to minutes.

        Args:
            session: Who asks.
            request: Where to look.
            on_found: Called in this thread with each camera, as it comes.
            on_progress: Called in this thread with how many addresses are done, and of how many.
            cancel: Set it when nobody waits any more.

        Returns:
            All that were found, by address; when cancelled, those found until then.

        Raises:
            InvalidSettings: With every refused field of the request: "networks", "ports",
                "username".
        """
        raise NotImplementedError

    @needs(Permission.EDIT_CAMERAS)
    def find_moved(
        self,
        session: Session,
        cancel: threading.Event,
        among: Sequence[Found] | None = None,
    ) -> list[Moved]:
        """Look where the cameras are that do not answer at their address any more.

        They are known again by MAC or serial number. No password is sent.

        Args:
            session: Who asks.
            cancel: Set it when nobody waits any more.
            among: Cameras that were found already, which are then all that is looked at; None
                searches the networks that the cameras were in.
        """
        raise NotImplementedError

    @needs(Permission.EDIT_CAMERAS)
    def follow(self, session: Session, camera_id: CameraId, found: Found) -> Camera:
        """Let a camera that moved be asked at its new address; nothing else changes.

        Raises:
            NotFound: The camera is gone.
            InvalidSetting: What was found is another device, or has an address that may not
                be asked.
        """
        raise NotImplementedError
