"""How a camera is carried from the list to the wall."""

from __future__ import annotations

from PySide6.QtCore import QMimeData

from camwatch.domain import CameraId

_KIND = "application/x-camwatch-camera"


def of_camera(camera_id: CameraId) -> QMimeData:
    """Return a camera to be carried. Its id, and nothing that another program could use."""
    carried = QMimeData()
    carried.setData(_KIND, str(int(camera_id)).encode())
    return carried


def camera_of(carried: QMimeData) -> CameraId | None:
    """Return the camera that is carried; None if it is something else."""
    text = bytes(carried.data(_KIND).data()).decode("ascii", "replace")
    return CameraId(int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None
