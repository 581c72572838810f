"""The line at the foot of the window: how things go, and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from camwatch import language
from camwatch.events import DetectorChanged, HistorySaved, StorageTroubled, ThroughputMeasured
from camwatch.language import tr
from camwatch.ui import icons, storage_words, theme, words
from camwatch.ui.live.condition import CameraCondition

_BETWEEN = " · "


class StatusBar(QFrame):
    """Sums up cameras, pictures and storage in one line.

    Args:
        zone: Whose clock the times are shown by.
    """

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._cameras = ""
        self._throughput = ""
        self._saved = ""
        self._storage = ""
        self._detector = ""
        self._views = ""
        self._proven = ""
        self._unproven = ""
        self.setObjectName("statusBar")

        self._summary = QLabel()
        self._trouble_icon = QLabel()
        tokens = theme.current()
        self._trouble_icon.setPixmap(
            icons.pixmap("triangle-alert", 16, tokens.warning, self.devicePixelRatioF())
        )
        self._trouble = QLabel()
        self._trouble.setObjectName("trouble")
        for label in (self._summary, self._trouble):
            label.setTextFormat(Qt.TextFormat.PlainText)
        space = tokens.space
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * space, 0, 2 * space, 0)
        layout.setSpacing(space)
        layout.addWidget(self._summary)
        layout.addStretch(1)
        layout.addWidget(self._trouble_icon)
        layout.addWidget(self._trouble)
        self._row = layout
        self.setFixedHeight(4 * space)
        self._write()

    def add_tool(self, tool: QWidget) -> None:
        """Put a button at the right end."""
        self._row.addWidget(tool)

    @property
    def summary(self) -> str:
        """What it says when all is well."""
        return self._summary.text()

    @property
    def trouble(self) -> str:
        """What is wrong; empty if nothing is."""
        return self._trouble.text()

    def show_cameras(self, conditions: Sequence[CameraCondition]) -> None:
        """Say how many cameras are live, and how many of those do not show their view."""
        enabled = [one for one in conditions if one.camera.is_watched]
        live = sum(one.is_live for one in enabled)
        off = sum(not one.camera.settings.is_enabled for one in conditions)
        elsewhere = len(conditions) - len(enabled) - off
        self._cameras = (
            tr("{live} of {cameras} live", live=live, cameras=words.cameras(len(enabled)))
            if conditions
            else ""
        )
        if elsewhere:
            self._cameras += tr(
                "{between}{elsewhere} counted elsewhere", between=_BETWEEN, elsewhere=elsewhere
            )
        if off:
            self._cameras += tr("{between}{off} switched off", between=_BETWEEN, off=off)
        bad = sum(one.has_bad_view for one in enabled)
        self._views = tr("{cameras} with a bad view", cameras=words.cameras(bad)) if bad else ""
        self._write()

    @Slot(object)
    def show_throughput(self, event: ThroughputMeasured) -> None:
        """Say how many pictures arrive and how many of them are analysed."""
        rate = event.pictures_per_s
        pictures = language.number(rate, ".0f" if rate >= 9.95 else ".1f")
        self._throughput = tr("{pictures} pictures/s", pictures=pictures)
        if event.analysed_share is not None:
            self._throughput += tr(
                "{between}{value:.0f} % analysed",
                between=_BETWEEN,
                value=event.analysed_share * 100,
            )
            if event.still_share >= 0.005:
                self._throughput += tr(", {value:.0f} % still", value=event.still_share * 100)
        self._write()

    @Slot(object)
    def show_saved(self, event: HistorySaved) -> None:
        """Say when the history was last written."""
        self._saved = tr("saved {clock_time}", clock_time=words.clock_time(event.at, self._zone))
        self._write()

    @Slot(object)
    def show_storage(self, event: StorageTroubled) -> None:
        """Say that the history cannot be written, and how many counts wait for it."""
        parts = (storage_words.heading(event), storage_words.waiting(event))
        self._storage = _BETWEEN.join(part for part in parts if part)
        self._write()

    @Slot(object)
    def show_detector(self, event: DetectorChanged) -> None:
        """Say that people are not counted, or not counted well."""
        if event.error is not None:
            self._detector = tr("View only: nobody is counted")
        elif event.is_poor:
            self._detector = tr("Poor counts: fallback model {model}", model=event.model)
        else:
            self._detector = ""
        self._write()

    def show_proofs(self, proven: str, unproven: str) -> None:
        """Say when alerts were last seen to get out, or that they do not."""
        self._proven, self._unproven = proven, unproven
        self._write()

    def _write(self) -> None:
        parts = (self._cameras, self._throughput, self._saved, self._proven)
        self._summary.setText(_BETWEEN.join(part for part in parts if part))
        trouble = _BETWEEN.join(
            part for part in (self._detector, self._views, self._storage, self._unproven) if part
        )
        self._trouble.setText(trouble)
        self._trouble_icon.setVisible(bool(trouble))
