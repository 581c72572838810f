"""Looks for cameras in networks, when an administrator asks for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
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
        password: Of that user.
        allow_local: Loopback and link-local addresses may be asked too.
        allow_public: Networks that are not private may be searched too.
    """

    networks: tuple[str, ...] = ()
    ports: tuple[int, ...] = USUAL_PORTS
    use_multicast: bool = True
    username: str = ""
    password: Secret | None = None
    allow_local: bool = False
    allow_public: bool = False


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
        settings: As a camera is added with them; no location yet, so to be completed.
        preview: A small JPEG file of its view, made here, so that it is safe to show; b"" if
            there is none.
        problem: NONE if a picture came, else why there is none.
        detail: Facts about the problem; may be empty.
        needs_sign_in: It gives pictures only to users, and the credentials were not right or
            there were none.
        known_as: Name of the camera in the list that is this one; "" if it is new.
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


@dataclass(frozen=True, slots=True)
class Moved:
    """A camera that is not at its address any more, and where it was found."""

    camera: Camera
    found: Found


OnFound = Callable[[Found], None]
OnProgress = Callable[[int, int], None]


def discover(
    request: DiscoveryRequest,
    on_found: OnFound,
    on_progress: OnProgress,
    cancel: threading.Event,
) -> list[Found]:
    """Look for cameras. Takes up to minutes; not for the GUI thread.

    Args:
        request: Where to look.
        on_found: Called in this thread with each camera, as it comes.
        on_progress: Called in this thread with how many addresses are done, and of how many.
        cancel: Set it when nobody waits any more: the search ends within half a second.

    Returns:
        All that were found, by address; when cancelled, those found until then.

    Raises:
        InvalidSettings: With every refused field of the request.
    """
    raise NotImplementedError
