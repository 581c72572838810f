"""Shows what a stored camera sees now, while its settings are looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QImage, QPixmap

from camwatch.domain import CameraId, Picture, utc_now
from camwatch.errors import CamWatchError
from camwatch.language import marked, tr
from camwatch.ui.background import Background
from camwatch.ui.cameras.thumbnails import small_image
from camwatch.ui.cameras.trial import PicturePanel
from camwatch.ui.live.condition import old_after_s
from camwatch.ui.scene.live_view import LatestPictures
from camwatch.ui.words import span

_LOOK_MS = 500
_WAITING = marked("No picture has come from this camera yet.")
_CHANGED = marked("The settings have been changed: test the connection to see a picture.")


class LivePreview(QObject):
    """Brings the newest picture of a camera to the panel, twice a second, with its age.

    It stops for good once the settings are changed or tried: a picture that came by other
    settings must not pass for one of these.
    """

    def __init__(
        self,
        pictures: LatestPictures,
        background: Background,
        camera_id: CameraId,
        panel: PicturePanel,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(panel)
        self._pictures = pictures
        self._background = background
        self._camera_id = camera_id
        self._panel = panel
        self._clock = clock
        self._shown: Picture | None = None
        self._image = QImage()
        self._is_grey = False
        self._is_busy = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        panel.words.setText(tr(_WAITING))

    @property
    def is_running(self) -> bool:
        """True while pictures are brought."""
        return self._timer.isActive()

    def start(self) -> None:
        """Begin to bring pictures."""
        self._timer.start()
        self.look()

    def stop(self) -> None:
        """Bring no more; the panel is left as it is."""
        self._timer.stop()

    def give_up(self) -> None:
        """Stop since the settings are others now, and say so in place of the picture."""
        if self.is_running:
            self.stop()
            self._panel.preview.show_jpeg(b"")
            self._panel.words.setText(tr(_CHANGED))

    @Slot()
    def look(self) -> None:
        """Show how old the picture is, and fetch a newer one if there is one."""
        self._show_age()
        picture = self._pictures.latest(self._camera_id)
        if self._is_busy or picture is None or not self._is_newer(picture):
            return
        self._is_busy = True
        preview = self._panel.preview
        ratio = preview.devicePixelRatioF()
        wh = (max(round(preview.width() * ratio), 1), max(round(preview.height() * ratio), 1))
        self._background.run(
            lambda: (picture, small_image(picture, wh)), self._on_made, self._on_failed, owner=self
        )

    def _is_newer(self, picture: Picture) -> bool:
        return self._shown is None or picture.seq != self._shown.seq

    def _on_made(self, made: tuple[Picture, QImage]) -> None:
        self._is_busy = False
        picture, image = made
        if self.is_running and not image.isNull():
            self._shown, self._image = picture, image
            self._draw(is_grey=False)
            self._show_age()

    def _on_failed(self, _error: CamWatchError) -> None:
        # The next look tries again.
        self._is_busy = False

    def _show_age(self) -> None:
        if self._shown is not None:
            age_s = (self._clock() - self._shown.captured_at).total_seconds()
            is_old = age_s > old_after_s(self._shown.interval_s)
            if is_old is not self._is_grey:
                self._draw(is_grey=is_old)
            what = tr("Not live: the last picture is from") if is_old else tr("Live picture,")
            self._panel.words.setText(tr("{what} {span} ago", what=what, span=span(age_s)))

    def _draw(self, *, is_grey: bool) -> None:
        """Put the picture into the panel; in grey it does not pass for the present."""
        self._is_grey = is_grey
        kind = QImage.Format.Format_Grayscale8 if is_grey else QImage.Format.Format_RGB32
        self._panel.preview.picture = QPixmap.fromImage(self._image.convertToFormat(kind))
        self._panel.preview.update()
