"""Where the tiles get their pictures from."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import SignalInstance

from camwatch.domain import CameraId, TilePicture


class PictureFeed(Protocol):
    """Holds the newest picture of each visible camera, made ready for its tile."""

    @property
    def picture_ready(self) -> SignalInstance:
        """Carries a CameraId: its slot was empty and now holds a picture."""
        ...

    def show(self, camera_id: CameraId, wh: tuple[int, int] | None) -> None:
        """Make pictures of this camera for a tile of this size.

        Args:
            camera_id: The camera shown.
            wh: Width and height for the picture in device pixels; None when the
                camera is no longer visible, so that nothing is made for it.
        """
        ...

    def take(self, camera_id: CameraId) -> TilePicture | None:
        """Remove and return the waiting picture; None if there is none."""
        ...
