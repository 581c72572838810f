"""The commands that look for cameras, each with who may give it."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.cameras.discovery import (
    MOST_NETWORKS,
    MOST_PORTS,
    USUAL_PORTS,
    DiscoveryRequest,
    Found,
    Moved,
    OnFound,
    OnProgress,
    check_request,
    discover,
    is_private,
)
from camwatch.cameras.identity import is_another
from camwatch.cameras.policy import is_local
from camwatch.commands.camera_editing import CameraEditing
from camwatch.commands.guard import Guard, needs
from camwatch.commands.sight import About
from camwatch.commands.sight_rules import visible
from camwatch.commands.trail import DONE, Trail
from camwatch.data.cameras import CameraRepository
from camwatch.domain import Camera, CameraId, CameraState, utc_now
from camwatch.errors import InvalidSetting
from camwatch.events import Bus, CamerasChanged, CameraStateChanged
from camwatch.language import tr

_MISSING = frozenset(CameraState) - {
    CameraState.OK,
    CameraState.SLOW,
    CameraState.STALE,
    CameraState.CONNECTING,
    CameraState.DISABLED,
}
"""Where another device has a camera's old address, its answers may lead to any of these."""

_LOOKS_ITSELF = About("it names only cameras that the session's role sees")


@dataclass(slots=True)
class DiscoveryDesk:
    """What the commands that look for cameras work with.

    Attributes:
        cameras: Those in the list.
        editing: Changes the list.
        trail: The audit log.
        bus: Tells how the cameras are, and is told when one is followed.
        states: How each camera is now.
    """

    cameras: CameraRepository
    editing: CameraEditing
    trail: Trail
    bus: Bus
    states: dict[CameraId, CameraState] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Listen to how the cameras are."""
        self.bus.subscribe(CameraStateChanged, self._on_state)

    def _on_state(self, event: CameraStateChanged) -> None:
        self.states[event.camera_id] = event.state

    def missing(self) -> list[Camera]:
        """Return the cameras that are not at their address, and could be known again."""
        return [
            camera
            for camera in self.cameras.all()
            if camera.settings.hardware_id
            and camera.settings.kind.is_networked
            and self.states.get(camera.id) in _MISSING
        ]


def _networks_of(cameras: Sequence[Camera]) -> tuple[str, ...]:
    """Return the networks around the cameras' addresses; those with a name have none."""
    networks = []
    for camera in cameras:
        host = camera.settings.host
        if is_private(host) and ":" not in host:
            networks.append(str(ipaddress.ip_network(f"{host}/24", strict=False)))
    return tuple(dict.fromkeys(networks))


def _known_as(found: Found, cameras: Sequence[Camera]) -> str:
    """Return the name of the camera in the list that was found; "" if it is new."""
    for camera in cameras:
        settings, now = camera.settings, found.settings
        is_view = found.view == 0 or (settings.stream_path, settings.snapshot_path) == (
            now.stream_path,
            now.snapshot_path,
        )
        # Another camera may have got this one's address; several may be behind one.
        is_place = settings.host == found.host and (
            settings.kind is not now.kind or settings.port == now.port
        )
        is_device = bool(settings.hardware_id) and settings.hardware_id in found.ids
        if is_view and (
            is_device or (is_place and not is_another(settings.hardware_id, found.ids))
        ):
            return camera.name
    return ""


class DiscoveryCommands:
    """Part of `Commands`; whoever inherits it has a `guard`."""

    guard: Guard

    def _init_discovery(self, desk: DiscoveryDesk) -> None:
        """Take what these commands work with."""
        self._discovery_desk = desk

    @needs(Permission.EDIT_CAMERAS, about=_LOOKS_ITSELF)
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
        check_request(request)
        desk = self._discovery_desk
        desk.trail.record(
            session.actor,
            "discover_cameras",
            ", ".join(request.networks),
            DONE,
            ports=", ".join(map(str, request.ports)),
            multicast="yes" if request.use_multicast else "no",
            username=request.username,
        )
        cameras = visible(session.role, desk.cameras.all())

        def told(found: Found) -> Found:
            return replace(found, known_as=_known_as(found, cameras))

        every = discover(request, lambda found: on_found(told(found)), on_progress, cancel)
        return [told(found) for found in every]

    @needs(Permission.EDIT_CAMERAS, about=_LOOKS_ITSELF)
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
        desk = self._discovery_desk
        missing = visible(session.role, desk.missing())
        if missing and among is None:
            among = self._search_for(session, missing, cancel)
        moved = {
            (camera.id, found.host): Moved(camera, found)
            for camera in missing
            for found in among or ()
            if camera.settings.hardware_id in found.ids and found.host != camera.settings.host
        }
        return list(moved.values())

    def _search_for(
        self, session: Session, missing: Sequence[Camera], cancel: threading.Event
    ) -> Sequence[Found]:
        """Look for cameras in the networks they were in, at the ports they had."""
        ports = dict.fromkeys(
            port
            for camera in missing
            for port in (camera.settings.port, camera.settings.onvif_port)
        )
        request = DiscoveryRequest(
            networks=_networks_of(missing)[:MOST_NETWORKS],
            ports=tuple(dict.fromkeys((*USUAL_PORTS, *ports)))[:MOST_PORTS],
            allow_local=any(is_local(camera.settings.host) for camera in missing),
        )
        self._discovery_desk.trail.record(
            session.actor,
            "find_moved",
            ", ".join(camera.name for camera in missing),
            DONE,
            networks=", ".join(request.networks),
        )
        return discover(request, lambda _found: None, lambda _done, _of: None, cancel)

    @needs(Permission.EDIT_CAMERAS)
    def follow(self, session: Session, camera_id: CameraId, found: Found) -> Camera:
        """Let a camera that moved be asked at its new address; nothing else changes.

        Raises:
            NotFound: The camera is gone.
            InvalidSetting: What was found is another device, or has an address that may not
                be asked.
        """
        desk = self._discovery_desk
        settings = desk.cameras.get(camera_id).settings
        if not settings.hardware_id or settings.hardware_id not in found.ids:
            raise InvalidSetting("host", tr("belongs to another device"))
        camera = desk.editing.follow(session.actor, camera_id, found.host)
        desk.bus.publish(CamerasChanged(utc_now()))
        return camera
