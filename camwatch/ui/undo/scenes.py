"""Words of changes of what is counted in a camera's view."""

from __future__ import annotations

from typing import Any

from camwatch.auth.session import Session
from camwatch.domain import CameraId
from camwatch.language import tr


def camera_name(commands: Any, session: Session, camera_id: CameraId) -> str:
    """Return what a camera is called; "" if it is gone."""
    known = commands.cameras(session)
    return next((one.name for one in known if one.id == camera_id), "")


def scene_name(name: str) -> str:
    """Say whose view counts something else now."""
    if not name:
        return tr("Lines and zones were changed")
    return tr("Lines and zones of “{name}” were changed", name=name)
