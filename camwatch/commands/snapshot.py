"""What is counted, as it was known last: so that counting goes on while a server is away.

It holds cameras, lines and zones as a server told of them, and no passwords: those are in the
keyring. It is of use only for the history that it is from.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from camwatch.alerts.stored import NotReadable, from_text, to_text
from camwatch.domain import Camera
from camwatch.errors import InvalidSetting
from camwatch.files import write_aside
from camwatch.scene import SceneRecord

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is counted for one history.

    Attributes:
        place: Which settings lead to that history; texts are compared.
        identity: What tells the history from others.
        cameras: All that are polled.
        scenes: What is counted in their views.
    """

    place: str
    identity: str
    cameras: tuple[Camera, ...]
    scenes: tuple[SceneRecord, ...]


def keep_snapshot(file: Path, snapshot: Snapshot) -> None:
    """Write it, if it has changed; what goes wrong is only logged.

    Args:
        file: Only its owner may read it.
        snapshot: As a server told just now.
    """
    try:
        data = to_text(snapshot).encode()
        if not file.exists() or file.read_bytes() != data:
            write_aside(file, data)
    except OSError as error:
        log.warning("the list of cameras cannot be kept for when the server is away: %s", error)


def read_snapshot(file: Path, place: str) -> Snapshot | None:
    """Return what was known last of the history of a place; None if nothing is."""
    try:
        snapshot = from_text(Snapshot, file.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, NotReadable, InvalidSetting) as error:
        log.warning("the list of cameras that was kept cannot be read: %s", error)
        return None
    return snapshot if snapshot.place == place else None
