"""What is asked of the search for cameras, and what it finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from camwatch.domain import Camera, CameraSettings, Reason, Secret, SourceKind

USUAL_PORTS = (80, 443, 554, 8000, 8080, 8554)
"""The ports that are tried on each address."""


@dataclass(frozen=True, slots=True)
class DiscoveryRequest:
    """Where to look for cameras, and how.

    Attributes:
        networks: Such as "192.168.1.0/24", or single addresses; none asks only by multicast.
        ports: Tried on each address of the networks.
        use_multicast: Also ask all ONVIF cameras in the networks of this computer to answer.
        username: Tried once on each camera that asks for a sign-in; "" for none.
        password: Of that user; None is an empty one.
        allow_local: Loopback and link-local addresses may be asked too.
        allow_public: Networks that are not private may be searched too.
        prefer_snapshots: Take snapshots although there is a stream.
    """

    networks: tuple[str, ...] = ()
    ports: tuple[int, ...] = USUAL_PORTS
    use_multicast: bool = True
    username: str = ""
    password: Secret | None = None
    allow_local: bool = False
    allow_public: bool = False
    prefer_snapshots: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A camera that was found.

    Attributes:
        address: Scheme, host and port of its pictures, such as "rtsp://10.0.0.7:554".
        host: Its address literal.
        port: Where its pictures are fetched.
        make: Such as "Axis"; "" if it does not tell.
        model: "" if it does not tell.
        hardware_id: Its MAC, or else its serial number; "" if unknown.
        name: What it calls itself, or what it may be called.
        kind: How its pictures are fetched.
        settings: As a camera is added with them; its location is its address until somebody
            names one. They name the user of the request where that one may sign in.
        preview: A small JPEG file of its view, made here, so that it is safe to show; b"" if
            there is none.
        problem: NONE if nothing went wrong, else why there is no picture.
        detail: Facts about the problem; may be empty.
        needs_sign_in: It gives pictures only to users, and the credentials were not right or
            there were none.
        known_as: Name of the camera in the list that is this one; "" if it is new.
        ids: All by which the device can be known again.
        view: Which one of a recorder's, from 1; 0 for a device with one view.
    """

    address: str
    host: str
    port: int
    make: str
    model: str
    hardware_id: str
    name: str
    kind: SourceKind
    settings: CameraSettings
    preview: bytes = b""
    problem: Reason = Reason.NONE
    detail: str = ""
    needs_sign_in: bool = False
    known_as: str = ""
    ids: frozenset[str] = frozenset()
    view: int = 0


@dataclass(frozen=True, slots=True)
class Moved:
    """A camera that is not at its address any more, and where it was found."""

    camera: Camera
    found: Found


def clear_moves(moved: Sequence[Moved]) -> tuple[list[Moved], list[Moved]]:
    """Part the cameras that were found at one place from those that were found at several.

    Two devices that claim to be the same camera cannot both be: one of them has a copied
    serial number, or wants the camera's password.

    Returns:
        Those that can be followed, and those that cannot.
    """
    places = Counter(
        camera_id for camera_id, _ in {(one.camera.id, one.found.host) for one in moved}
    )
    clear = [one for one in moved if places[one.camera.id] == 1]
    return clear, [one for one in moved if places[one.camera.id] > 1]
