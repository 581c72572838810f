"""Simulated cameras of an ordinary profile: which ones they are, and what is entered for them.

Such a camera is stored like any other that is asked over HTTP, at an address of this computer that
only CamWatch itself serves; whoever reads a list of cameras, an export or the audit log sees by the
address that nobody real was counted there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from camwatch.domain import Camera, CameraSettings, SourceKind

PREFIX = "/simulated"
"""Before the paths of these cameras; no real camera is asked there on this computer."""

HOST = "127.0.0.1"
PORTS = range(18_711, 18_731)
"""Where they may be served: below those that systems hand out by themselves."""

MOST = 6
"""So many places can be simulated for a profile."""

SITE = "Simulated"
"""The site of such cameras; not translated, since it is stored."""

_PATH = re.compile(rf"{PREFIX}/cam/([1-9][0-9]?)")
_INTERVAL_S = 0.5


def place_number(settings: CameraSettings) -> int | None:
    """Return which place a simulated camera shows, from 1; None for a real camera."""
    if settings.kind is not SourceKind.SNAPSHOT or settings.host != HOST:
        return None
    found = _PATH.fullmatch(settings.base_path)
    return int(found[1]) if found is not None else None


def is_simulated(settings: CameraSettings) -> bool:
    """Tell whether a camera is simulated by CamWatch, so that nobody in it is real."""
    return place_number(settings) is not None


def port_of(cameras: Iterable[Camera]) -> int | None:
    """Return the port at which the simulated ones of these cameras are asked; None without any."""
    ports = [one.settings.port for one in cameras if is_simulated(one.settings)]
    return min(ports, default=None)


def free_place(cameras: Collection[Camera]) -> int | None:
    """Return the first place that none of these cameras shows; None if all are taken."""
    taken = {place_number(one.settings) for one in cameras}
    return next((number for number in range(1, MOST + 1) if number not in taken), None)


def simulated_settings(name: str, location: str, number: int, port: int) -> CameraSettings:
    """Return what is entered for a simulated camera.

    Args:
        name: 1 to 100 characters.
        location: 1 to 200 characters.
        number: Which place it shows, from 1.
        port: Where it is served.
    """
    return CameraSettings(
        name=name,
        location=location,
        host=HOST,
        port=port,
        base_path=f"{PREFIX}/cam/{number}",
        interval_s=_INTERVAL_S,
        allow_local=True,
        site=SITE,
    )
