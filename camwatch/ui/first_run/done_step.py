"""The last step: who is counted now, and what to do next."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from camwatch.domain import utc_now
from camwatch.events import CountMeasured
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.first_run.picture_panel import WatchedPicture
from camwatch.ui.first_run.step import Made, Means, Step
from camwatch.ui.forms import plain_label
from camwatch.ui.shortcuts import Key, sequence_of
from camwatch.ui.words import clock_time, span


class DoneStep(Step):
    """Shows the first counted person live.

    Signals:
        cameras_requested: The operator wants to add more cameras.
        keys_requested: The operator wants to see the keys.
    """

    cameras_requested = Signal()
    keys_requested = Signal()

    def __init__(
        self, means: Means, made: Made, parent: QWidget | None = None, *, zone: ZoneInfo
    ) -> None:
        super().__init__(means, made, parent)
        self.heading = tr("CamWatch is counting")
        self.why = tr("This is what your camera sees now. All of it goes on in the background.")
        self.action = tr("&Go to the live view")
        self._zone = zone
        self._first_at: datetime | None = None
        self.picture = WatchedPicture(means, self)
        means.bridge.count_measured.connect(self._on_count)
        self.first = plain_label("", "", self)
        self.more_button = QPushButton(tr("Add &more cameras"), self)
        self.keys_button = QPushButton(tr("Show the &keys"), self)
        for button in (self.more_button, self.keys_button):
            button.setAutoDefault(False)
        self.more_button.clicked.connect(self.cameras_requested)
        self.keys_button.clicked.connect(self.keys_requested)
        space = theme.current().space
        left = QVBoxLayout()
        left.setSpacing(space)
        left.addWidget(self.first)
        left.addSpacing(space)
        left.addWidget(plain_label(tr("What to do next"), "heading", self))
        left.addLayout(self._keys())
        buttons = QHBoxLayout()
        buttons.setSpacing(space)
        buttons.addWidget(self.more_button)
        buttons.addWidget(self.keys_button)
        buttons.addStretch(1)
        left.addLayout(buttons)
        left.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(3 * space)
        row.addLayout(left, 1)
        row.addWidget(self.picture, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(row, 1)

    def _keys(self) -> QGridLayout:
        space = theme.current().space
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * space)
        grid.setVerticalSpacing(space)
        grid.setColumnStretch(1, 1)
        for key, text in (
            (
                sequence_of(Key.FIND_ANYTHING),
                tr("Find anything: pages, cameras, and what can be done."),
            ),
            ("?", tr("All keys. Everything can be done without a mouse.")),
            (sequence_of(Key.ADD_CAMERA), tr("Add another camera.")),
            (sequence_of(Key.ALERTS_PAGE), tr("Alerts: what happened, rules, and who is told.")),
            (sequence_of(Key.CHARTS_PAGE), tr("Charts: how many people there were.")),
        ):
            label = plain_label(key, "key", self)
            label.setWordWrap(False)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            row = grid.rowCount()
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(plain_label(text, "", self), row, 1)
        return grid

    def enter(self) -> None:
        """Show the camera."""
        self.picture.watch(self.made.camera)
        self._say()

    def leave(self) -> None:
        """Bring no more pictures."""
        self.picture.stop()

    @Slot(object)
    def _on_count(self, event: CountMeasured) -> None:
        """Note when the first person was counted, on whichever step that was."""
        camera = self.made.camera
        is_ours = camera is not None and event.camera_id == camera.id
        if self._first_at is None and is_ours and event.count:
            self._first_at = utc_now()
            self._say()

    def _say(self) -> None:
        if self.made.camera is None:
            self.first.setText(
                tr("There is no camera yet. Add one on the page Cameras: counting begins at once.")
            )
        elif self._first_at is None:
            self.first.setText(tr("Waiting for the first person …"))
        else:
            took_s = (self._first_at - self.made.began_at).total_seconds()
            self.first.setText(
                tr(
                    "The first person was counted at {time}, {span} after you began.",
                    time=clock_time(self._first_at, self._zone),
                    span=span(took_s),
                )
            )
