"""The tile of the camera in focus: like any other, but it can be zoomed and moved about."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget

from camwatch.domain import WHOLE, Part, TilePicture, utc_now
from camwatch.ui.live.condition import CameraCondition
from camwatch.ui.live.focus.source import FocusSource
from camwatch.ui.live.focus.viewport import STEP, Viewport, part_rect
from camwatch.ui.live.tile import CameraTile
from camwatch.ui.live.tile_paint import picture_box
from camwatch.ui.scene.overlay import draw_scene

_RATE_OVER_S = 3.0
_NOTCH = 120.0
_PAN_STEP = 0.15
_PANS = {
    Qt.Key.Key_Left: (-_PAN_STEP, 0.0),
    Qt.Key.Key_Right: (_PAN_STEP, 0.0),
    Qt.Key.Key_Up: (0.0, -_PAN_STEP),
    Qt.Key.Key_Down: (0.0, _PAN_STEP),
}
_DRIVES = {
    Qt.Key.Key_Left: (-1.0, 0.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0, 0.0),
    Qt.Key.Key_Down: (0.0, -1.0, 0.0),
    Qt.Key.Key_Plus: (0.0, 0.0, 1.0),
    Qt.Key.Key_Equal: (0.0, 0.0, 1.0),
    Qt.Key.Key_Minus: (0.0, 0.0, -1.0),
    Qt.Key.Key_Underscore: (0.0, 0.0, -1.0),
}
_STILL = (0.0, 0.0, 0.0)
_IN = (Qt.Key.Key_Plus, Qt.Key.Key_Equal)
_OUT = (Qt.Key.Key_Minus, Qt.Key.Key_Underscore)


class FocusTile(CameraTile):
    """Shows one camera at full detail; wheel, drag and keys choose what of it.

    Signals:
        viewport_changed: Another part of the picture is looked at.
        drive_requested: Pan, tilt and zoom as shares of the speed; the camera itself shall move
            so from now on, or stand still for three zeros.
        home_requested: The camera shall go to its home position.
    """

    viewport_changed = Signal()
    drive_requested = Signal(object)
    home_requested = Signal()

    def __init__(
        self,
        condition: CameraCondition,
        source: FocusSource,
        parent: QWidget | None = None,
        *,
        now: Callable[[], datetime] = utc_now,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._viewport = Viewport()
        self._part: Part = WHOLE
        self._whole_wh = (0, 0)
        self._captured_at: datetime | None = None
        self._came_s: deque[float] = deque(maxlen=256)
        self._grabbed: QPointF | None = None
        self._is_driving = False
        super().__init__(condition, source.feed, parent, now=now, monotonic_s=monotonic_s)
        source.feed.picture_ready.connect(self._on_ready)

    # ---------------------------------------------------------------- what it shows

    @property
    def viewport(self) -> Viewport:
        """What of the picture is looked at."""
        return self._viewport

    @property
    def whole_wh(self) -> tuple[int, int]:
        """Size of the camera's picture in pixels; (0, 0) before the first one."""
        return self._whole_wh

    def rate(self) -> float:
        """Return how many pictures a second have come lately."""
        now_s = self._monotonic_s()
        return sum(now_s - came_s <= _RATE_OVER_S for came_s in self._came_s) / _RATE_OVER_S

    def look_at(self, viewport: Viewport) -> None:
        """Look at another part of the picture; what is there of it is enlarged at once."""
        if viewport == self._viewport:
            return
        self._viewport = viewport
        self._source.look_at(viewport.part)
        self.setCursor(
            Qt.CursorShape.ArrowCursor if viewport.is_whole else Qt.CursorShape.OpenHandCursor
        )
        self.update()
        self.viewport_changed.emit()

    def zoom(self, factor: float) -> None:
        """Enlarge about the middle of what is seen."""
        view = self._viewport
        self.look_at(view.zoomed(factor, view.across, view.down))

    def _on_ready(self, camera_id: object) -> None:
        if camera_id == self.camera_id:
            self.take_picture()

    def keep(self, picture: TilePicture) -> None:
        """Remember what of which picture it is, and when it came."""
        super().keep(picture)
        self._part, self._whole_wh = picture.part, picture.whole_wh
        self._captured_at = picture.captured_at
        self._came_s.append(self._monotonic_s())

    def counts_shown_picture(self) -> bool:
        """Tell whether the newest count is of the picture that is shown, or of a later one.

        The pictures that are shown here may be those of another stream than is counted, so
        that their moments are compared and not their numbers.
        """
        count = self._condition.count
        return count is None or self._captured_at is None or count.at >= self._captured_at

    # ---------------------------------------------------------------- where things are

    def view_rect(self) -> QRectF | None:
        """Return the room of what is looked at, in logical pixels; None without a picture."""
        if self._image is None:
            return None
        wh = self._whole_wh if min(self._whole_wh) > 0 else (self._image.width(), 1)
        return picture_box(wh, self.picture_area(), self.devicePixelRatioF())

    def picture_rect(self) -> QRectF | None:
        """Return where the whole picture would be painted, in logical pixels."""
        box = self.view_rect()
        return None if box is None else self._viewport.whole_rect(box)

    def image_rect(self) -> QRectF | None:
        """Return where the part that is there is painted."""
        whole = self.picture_rect()
        return None if whole is None else part_rect(whole, self._part)

    # ---------------------------------------------------------------- painting

    def paint_scene(self, painter: QPainter, box: QRectF) -> None:
        """Paint lines and zones; enlarged ones are not kept as a picture, it would be huge."""
        scene = self._condition.scene
        if self._viewport.is_whole or scene is None:
            super().paint_scene(painter, box)
            return
        readings = self._condition.readings(self._now())
        draw_scene(painter, box, scene, compact=True, readings=readings)

    # ---------------------------------------------------------------- Qt's calls

    def _point(self, at: QPointF) -> tuple[float, float] | None:
        """Return a place on the screen relative to the picture; None outside of it."""
        whole = self.picture_rect()
        if whole is None or not whole.contains(at):
            return None
        return (at.x() - whole.left()) / whole.width(), (at.y() - whole.top()) / whole.height()

    def wheelEvent(self, event: QWheelEvent, /) -> None:
        """Zoom about the pointer."""
        point = self._point(event.position())
        if point is None:
            super().wheelEvent(event)
            return
        self.look_at(self._viewport.zoomed(STEP ** (event.angleDelta().y() / _NOTCH), *point))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        """Take hold of the picture."""
        if event.button() == Qt.MouseButton.LeftButton and not self._viewport.is_whole:
            self._grabbed = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent, /) -> None:
        """Move the picture with the pointer."""
        whole = self.picture_rect()
        if self._grabbed is None or whole is None:
            super().mouseMoveEvent(event)
            return
        by = event.position() - self._grabbed
        self._grabbed = event.position()
        self.look_at(self._viewport.moved(-by.x() / whole.width(), -by.y() / whole.height()))

    def mouseReleaseEvent(self, event: QMouseEvent, /) -> None:
        """Let go of it."""
        if self._grabbed is not None:
            self._grabbed = None
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Zoom with + and -, show all with 0, move with the arrow keys while zoomed."""
        key = Qt.Key(event.key())
        if Qt.KeyboardModifier.ControlModifier in event.modifiers():
            if not self._drive(key, is_repeated=event.isAutoRepeat()):
                super().keyPressEvent(event)
            return
        step = _PANS.get(key)
        if key in _IN:
            self.zoom(STEP)
        elif key in _OUT:
            self.zoom(1 / STEP)
        elif key == Qt.Key.Key_0:
            self.look_at(Viewport())
        elif step is not None and not self._viewport.is_whole:
            zoom = self._viewport.zoom
            self.look_at(self._viewport.moved(step[0] / zoom, step[1] / zoom))
        else:
            super().keyPressEvent(event)

    def _drive(self, key: Qt.Key, *, is_repeated: bool) -> bool:
        """Move the camera itself while a key is held; tell whether the key means that."""
        if key == Qt.Key.Key_Home:
            self.home_requested.emit()
            return True
        speeds = _DRIVES.get(key)
        if speeds is None:
            return False
        if not is_repeated:
            self._is_driving = True
            self.drive_requested.emit(speeds)
        return True

    def _stand(self) -> None:
        if self._is_driving:
            self._is_driving = False
            self.drive_requested.emit(_STILL)

    def keyReleaseEvent(self, event: QKeyEvent, /) -> None:
        """Let the camera stand when the key is let go."""
        if not event.isAutoRepeat():
            self._stand()
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent, /) -> None:
        """Let it stand when the keyboard goes elsewhere: the release would not be seen here."""
        self._stand()
        super().focusOutEvent(event)
