"""Where the focus view gets its pictures from."""

from __future__ import annotations

from typing import Protocol

from camwatch.domain import CameraId, Part, Picture
from camwatch.ui.live.feed import PictureFeed


class FocusSource(Protocol):
    """Fetches and prepares the pictures of one camera at full detail."""

    @property
    def feed(self) -> PictureFeed:
        """The prepared pictures."""
        ...

    def watch(self, camera_id: CameraId | None) -> None:
        """Fetch the best pictures of this camera from now on; of none for None."""
        ...

    def look_at(self, part: Part) -> None:
        """Prepare this part of the pictures from now on, and of the newest one at once."""
        ...

    def latest(self, camera_id: CameraId) -> Picture | None:
        """Return the newest picture of the camera that is watched; None if there is none."""
        ...
