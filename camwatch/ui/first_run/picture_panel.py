"""Shows the camera that is being set up as it is now: its picture, and who is counted in it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from camwatch.domain import Camera, CameraState, Reason
from camwatch.events import CameraStateChanged, CountMeasured
from camwatch.language import tr
from camwatch.ui.cameras.live_preview import LivePreview
from camwatch.ui.cameras.trial import PicturePanel
from camwatch.ui.error_text import reason_sentence
from camwatch.ui.first_run.step import Means
from camwatch.ui.forms import Notice, plain_label
from camwatch.ui.words import people


class WatchedPicture(PicturePanel):
    """The picture of one camera, its age, its trouble and its count.

    Attributes:
        is_live: A picture of the camera has come since it is shown, and it is not in trouble.
        count: How many people are in view; None while that is not known.
    """

    def __init__(self, means: Means, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._means = means
        self._camera: Camera | None = None
        self._preview: LivePreview | None = None
        self.is_live = False
        self.count: int | None = None
        self.people = plain_label("", "heading", self)
        self.trouble = Notice(self)
        for part in (self.preview, self.words, self.people, self.trouble):
            self.column.addWidget(part)
        self.column.addStretch(1)
        means.bridge.camera_state_changed.connect(self._on_state)
        means.bridge.count_measured.connect(self._on_count)

    def watch(self, camera: Camera | None) -> None:
        """Show this camera from now on; None shows nothing."""
        self.stop()
        self._camera = camera
        self.is_live, self.count = False, None
        self.people.setText("")
        self.trouble.hide()
        self.preview.show_jpeg(b"")
        if camera is None or self._means.pictures is None:
            self.words.setText(tr("The picture of your camera will be here."))
            return
        self._preview = LivePreview(self._means.pictures, self._means.background, camera.id, self)
        self._preview.start()
        self.words.setText(tr("Waiting for the first picture …"))
        # States that were told before this was there.
        self._means.bridge.replay()

    def stop(self) -> None:
        """Bring no more pictures."""
        if self._preview is not None:
            self._preview.stop()
            self._preview.deleteLater()
            self._preview = None

    @Slot(object)
    def _on_state(self, event: CameraStateChanged) -> None:
        if self._camera is None or event.camera_id != self._camera.id:
            return
        if event.state.is_live:
            self.is_live = True
            self.trouble.hide()
        elif event.state is not CameraState.CONNECTING:
            self.is_live = False
            self.count = None
            self.people.setText("")
            if event.reason is not Reason.NONE:
                self.trouble.show_text(
                    "warning",
                    tr("This camera gives no picture now."),
                    reason_sentence(event.reason, event.detail),
                )
        self.changed.emit()

    @Slot(object)
    def _on_count(self, event: CountMeasured) -> None:
        if self._camera is None or event.camera_id != self._camera.id:
            return
        self.count = event.count if event.shown is None else event.shown
        self.people.setText(tr("{people} in view now", people=people(self.count)))
        self.changed.emit()
