"""Makes docs/images/scene-editor.png: the editor over a picture of a simulated camera.

    .venv/bin/python tools/picture_scene_editor.py [FILE] [WIDTH HEIGHT]

Needs no screen: Qt draws into memory.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from camwatch.auth.session import Session
from camwatch.cameras.simulator.film import Film
from camwatch.commands.privacy_commands import PrivacyChange
from camwatch.domain import (
    Camera,
    CameraId,
    CameraSettings,
    Picture,
    Role,
    SiteId,
    User,
    UserId,
    utc_now,
)
from camwatch.errors import CamWatchError
from camwatch.events import Bus, CountMeasured
from camwatch.scene import Line, PrivacyRecord, Scene, SceneRecord, Zone
from camwatch.scene.heat import COLUMNS, HEIGHT_BINS, ROWS, SECTORS, Heat
from camwatch.ui import theme
from camwatch.ui.bridge import EventBridge
from camwatch.ui.scene.editor import SceneEditor
from camwatch.ui.scene.model import Choice

T = TypeVar("T")

WH = 1280, 720
FRAME = 43
CAMERA = CameraId(1)

SCENE = Scene(
    lines=(Line("Door", (0.34, 0.36), (0.3, 0.95), once=True),),
    zones=(Zone("Queue", ((0.42, 0.56), (0.83, 0.53), (0.95, 0.95), (0.38, 0.96))),),
    masks=(Zone("Mirror", ((0.02, 0.12), (0.16, 0.1), (0.17, 0.42), (0.03, 0.45))),),
    never=((0.88, 0.16, 0.94, 0.44),),
)


class AtOnce:
    """Does background work right away."""

    def run(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CamWatchError], None],
        *,
        owner: QObject,  # noqa: ARG002 - as Background has it
    ) -> None:
        """Do a job and bring its answer."""
        try:
            answer = job()
        except CamWatchError as error:
            failed(error)
        else:
            done(answer)


class Shop:
    """One simulated camera and what is drawn on its view."""

    def __init__(self) -> None:
        self.film = Film(1, WH, fps=1.0, seed=4, cache_bytes=2**24)

    def latest(self, camera_id: CameraId) -> Picture:
        """Return its picture, as a protocol of the editor has it."""
        return Picture(camera_id, 1, self.film.picture(0, FRAME), WH, utc_now(), 0.0, 1.0)

    def scene(self, session: Session, camera_id: CameraId) -> SceneRecord:
        """Return what is drawn."""
        del session
        return SceneRecord(camera_id, SCENE)

    def privacy(self, session: Session) -> list[PrivacyRecord]:
        """Return what may be seen: all of it."""
        del session
        return []

    def change_privacy(
        self,
        session: Session,
        camera_ids: Collection[CameraId],
        change: PrivacyChange,
        reason: str = "",
    ) -> None:
        """Store nothing."""

    def save_scene(self, session: Session, camera_id: CameraId, scene: Scene) -> SceneRecord:
        """Return what would be stored."""
        del session
        return SceneRecord(camera_id, scene)

    def heat(  # noqa: PLR0917 - as the command has them
        self,
        session: Session,  # noqa: ARG002 - as the command has them
        camera_id: CameraId,  # noqa: ARG002
        start: datetime,  # noqa: ARG002
        end: datetime,  # noqa: ARG002
        hours: tuple[int, int] | None = None,  # noqa: ARG002
        zone: ZoneInfo | None = None,  # noqa: ARG002
    ) -> Heat:
        """Many walked from left to right, all at the same height."""
        walked = np.zeros((SECTORS, ROWS, COLUMNS), np.float32)
        walked[0, ROWS // 2 :, :] = 10
        empty, heights = np.zeros((ROWS, COLUMNS), np.float32), np.zeros(HEIGHT_BINS, np.float32)
        heights[8] = 100
        return Heat(empty, empty, empty, walked, heights, walks=120, watched_s=3600)

    def counted(self) -> CountMeasured:
        """Return who is in the picture."""
        people = self.film.moment(0, FRAME).people
        boxes = [person.box for person in people if person.is_counted]
        relative = np.array(boxes, np.float32).reshape(-1, 4)
        return CountMeasured(
            utc_now(),
            CAMERA,
            1,
            len(boxes),
            0.8,
            0.02,
            1.0,
            relative,
            np.ones(len(boxes), np.float32),
            "m",
        )


def main(arguments: list[str]) -> None:
    """Draw the editor into a file."""
    folder = Path(__file__).resolve().parents[1] / "docs" / "images"
    file = Path(arguments[0]) if arguments else folder / "scene-editor.png"
    width, height = (int(arguments[1]), int(arguments[2])) if len(arguments) > 2 else (1280, 800)
    application = QApplication([])
    theme.apply(application)
    now = utc_now()
    user = User(UserId(1), "maria", Role.SUPERVISOR, is_disabled=False, created_at=now)
    session = Session("s", user, now, now + timedelta(hours=1))
    settings = CameraSettings(name="Entrance", location="Ground floor", host="192.168.1.21")
    camera = Camera(CAMERA, "uid", SiteId(1), settings, now)
    shop, bridge = Shop(), EventBridge(Bus())
    editor = SceneEditor(shop, session, AtOnce(), camera, shop, bridge)
    editor.resize(width, height)
    editor.show()
    bridge.count_measured.emit(shop.counted())
    editor.model.choose(Choice(1))
    editor.canvas.setFocus()
    application.processEvents()
    editor.grab().save(str(file))
    editor.close()


if __name__ == "__main__":
    main(sys.argv[1:])
