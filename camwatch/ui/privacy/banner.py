"""The line under the header that says whose privacy is lifted now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer, Signal, Slot

from camwatch.domain import Camera, utc_now
from camwatch.language import tr
from camwatch.scene import PrivacyRecord
from camwatch.ui.banner import Banner, Gravity
from camwatch.ui.privacy.words import lifts_sentence

_LOOK_MS = 1000


class LiftBanner(Banner):
    """Names each camera whose privacy is lifted, who did it, why and until when.

    Args:
        zone: The site's time zone.
        clock: Tells the time, UTC.

    Signals:
        end_wanted: Privacy shall hold again; a list of the ids of these cameras.
    """

    end_wanted = Signal(object)

    def __init__(self, zone: ZoneInfo | None, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__(Gravity.WARNING)
        self._zone = zone
        self._clock = clock
        self._lifted: list[tuple[str, PrivacyRecord]] = []
        self.button = self.add_button(tr("Let it hold again"))
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._on_pressed)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)

    def show_lifts(self, cameras: Sequence[Camera], records: Sequence[PrivacyRecord]) -> None:
        """Know what holds for each camera."""
        names = {camera.id: camera.name for camera in cameras}
        self._lifted = [
            (names[one.camera_id], one)
            for one in records
            if one.lift is not None and one.camera_id in names
        ]
        self.look()

    @Slot()
    def _on_pressed(self) -> None:
        now = self._clock()
        lifted = [one.camera_id for _, one in self._lifted if one.present_lift(now) is not None]
        self.end_wanted.emit(lifted)

    @Slot()
    def look(self) -> None:
        """Say what holds now; a lift ends by the clock, and nobody tells of it."""
        text = lifts_sentence(self._lifted, self._clock(), self._zone)
        if text != self.text:
            self.say(text)
        if text and not self._timer.isActive():
            self._timer.start()
        elif not text:
            self._timer.stop()
