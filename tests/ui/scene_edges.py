"""The editor of lines and zones with its edges, and the hands of an operator on its picture."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from camwatch.cameras.decode import encode_jpeg
from camwatch.domain import CameraId, Picture, Role
from camwatch.events import Bus, CountMeasured
from camwatch.scene import Point, Scene, SpotBox
from camwatch.ui.bridge import EventBridge
from camwatch.ui.scene.draft import Shape
from camwatch.ui.scene.editor import SceneEditor
from tests.ui.screen_edges import (
    NOON,
    Clock,
    CommandDesk,
    HeldWork,
    PromptWork,
    a_camera,
    a_session,
)

ONE = CameraId(1)
ORANGE = 0, 128, 255


def a_picture(
    seq: int = 1, wh: tuple[int, int] = (640, 360), bgr: tuple[int, ...] = ORANGE
) -> Picture:
    pixels = np.full((wh[1], wh[0], 3), bgr, np.uint8)
    return Picture(ONE, seq, encode_jpeg(pixels), wh, NOON, 0.0, 1.0)


class Pictures:
    """Holds the newest picture of the one camera."""

    def __init__(self, picture: Picture | None) -> None:
        self.picture = picture

    def latest(self, camera_id: CameraId) -> Picture | None:
        return self.picture if camera_id == ONE else None


class SceneBench:
    """An editor that is shown, and what it was opened with."""

    def __init__(
        self,
        qtbot: QtBot,
        scene: Scene | None = None,
        *,
        picture: Picture | None = None,
        work: HeldWork | None = None,
        desk: CommandDesk | None = None,
    ) -> None:
        self.desk = desk or CommandDesk()
        if scene is not None:
            self.desk.scenes_stored[ONE] = scene
        self.clock = Clock()
        self.pictures = Pictures(picture)
        self.bridge = EventBridge(Bus())
        self.work = work or PromptWork()
        self.editor = SceneEditor(
            self.desk,
            a_session(Role.SUPERVISOR),
            self.work,
            a_camera(1, "Entrance"),
            self.pictures,
            self.bridge,
            clock=self.clock,
        )
        qtbot.addWidget(self.editor)
        self.editor.resize(1200, 800)
        # Keys of the window mean something only while it is the active one.
        with qtbot.waitActive(self.editor):
            self.editor.show()
            self.editor.activateWindow()
        self.model, self.canvas, self.panel = (
            self.editor.model,
            self.editor.canvas,
            self.editor.panel,
        )

    # ---------------------------------------------------------------- seeing

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return self.model.draft.shapes

    @property
    def count(self) -> int:
        """How many shapes there are."""
        return len(self.shapes)

    @property
    def saved(self) -> Scene | None:
        """What was sent to be saved last."""
        asked = [given[2] for given in self.desk.asked if given[0] == "save_scene"]
        return asked[-1] if asked else None

    def find(self, *people: SpotBox, age_s: float = 0.0) -> None:
        """Let these people be found in the camera's picture."""
        boxes = np.array(people, np.float32).reshape(-1, 4)
        scores = np.ones(len(people), np.float32)
        at = self.clock.now - timedelta(seconds=age_s)
        event = CountMeasured(at, ONE, 1, len(people), 1.0, 0.01, 1.0, boxes, scores, "m")
        self.bridge.count_measured.emit(event)

    # ---------------------------------------------------------------- doing

    def at(self, x: float, y: float) -> QPoint:
        """Return where a point of the picture is on the canvas."""
        picture = self.canvas.picture_rect()
        left, top = picture.left() + x * picture.width(), picture.top() + y * picture.height()
        return QPoint(round(left), round(top))

    def press(self, x: float, y: float) -> None:
        QTest.mousePress(self.canvas, Qt.MouseButton.LeftButton, pos=self.at(x, y))

    def move(self, x: float, y: float) -> None:
        QTest.mouseMove(self.canvas, self.at(x, y))

    def release(self, x: float, y: float) -> None:
        QTest.mouseRelease(self.canvas, Qt.MouseButton.LeftButton, pos=self.at(x, y))

    def drag(self, *points: Point) -> None:
        """Press at the first point, let go at the last."""
        self.press(*points[0])
        for point in points[1:]:
            self.move(*point)
        self.release(*points[-1])

    def click(self, x: float, y: float) -> None:
        QTest.mouseClick(self.canvas, Qt.MouseButton.LeftButton, pos=self.at(x, y))

    def double_click(self, x: float, y: float) -> None:
        self.click(x, y)
        QTest.mouseDClick(self.canvas, Qt.MouseButton.LeftButton, pos=self.at(x, y))

    def key(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """Press a key wherever the keyboard is."""
        QTest.keyClick(self.editor.focusWidget() or self.editor, key, modifier)

    def keys(self, *keys: Qt.Key) -> None:
        for key in keys:
            self.key(key)
