"""The lines under the header: what the operator must know now."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from zoneinfo import ZoneInfo

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from camwatch.cameras.simulated import is_simulated
from camwatch.domain import Camera, CameraId
from camwatch.errors import DatabaseBusy
from camwatch.events import (
    CommonCause,
    DetectorChanged,
    HistoryDamaged,
    StorageSuspect,
    StorageTroubled,
    WorkerStopped,
)
from camwatch.language import tr
from camwatch.ui import storage_words
from camwatch.ui.banner import Banner, Gravity
from camwatch.ui.bridge import EventBridge
from camwatch.ui.causes import CauseBanners
from camwatch.ui.error_text import text_for
from camwatch.ui.privacy.banner import LiftBanner


class Banners(QWidget):
    """Tells what happens in the program, one line for each kind of trouble.

    Attributes:
        demo: Says that this is a demonstration.
        simulated: Says that some of the cameras are simulated.
        session: Says who vouches for the operator.
        detector: Says that nobody is counted.
        storage: Says that the history is not being saved.
        damage: Says that faults were found inside the history.
        suspect: Says that its disk may be failing; the operator closes it.
        trouble: Says that the cameras cannot be read.
        causes: Say that cameras fail together.
        privacy: Says whose privacy is lifted.
        notice: Says what happened once; the operator closes it.

    Args:
        lock: A banner of the lock, to be shown among these.
        vault: Says that passwords wait behind a lock, to be shown among these.
        seen: Tells which cameras the operator sees.
    """

    def __init__(
        self,
        bridge: EventBridge,
        zone: ZoneInfo,
        lock: Banner,
        vault: QWidget,
        seen: Callable[[], Collection[CameraId]],
    ) -> None:
        super().__init__()
        self._seen = seen
        self._zone = zone
        self.demo = Banner(Gravity.INFO)
        self.simulated = Banner(Gravity.INFO)
        self.session = Banner(Gravity.WARNING, can_close=True)
        self.detector = Banner(Gravity.CRITICAL)
        self.storage = Banner(Gravity.WARNING)
        self.damage = Banner(Gravity.CRITICAL)
        self.suspect = Banner(Gravity.CRITICAL, can_close=True)
        self.trouble = Banner(Gravity.WARNING)
        self.causes = CauseBanners(zone)
        self.privacy = LiftBanner(zone)
        self.notice = Banner(Gravity.WARNING, can_close=True)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for banner in (
            self.demo,
            self.simulated,
            lock,
            self.session,
            self.detector,
            self.storage,
            self.damage,
            self.suspect,
            self.trouble,
            self.privacy,
            vault,
            self.causes,
            self.notice,
        ):
            column.addWidget(banner)
        bridge.detector_changed.connect(self._on_detector_changed)
        bridge.storage_troubled.connect(self._on_storage_troubled)
        bridge.history_damaged.connect(self._on_history_damaged)
        bridge.storage_suspect.connect(self._on_storage_suspect)
        bridge.worker_stopped.connect(self._on_worker_stopped)
        bridge.common_cause.connect(self._on_common_cause)

    def add(self, banner: Banner) -> None:
        """Show another one below the present ones."""
        self._column.addWidget(banner)

    def show_simulated(self, cameras: Collection[Camera]) -> None:
        """Say which of these cameras are simulated: nobody in their pictures is real."""
        names = [one.name for one in cameras if is_simulated(one.settings)]
        if len(names) == 1:
            self.simulated.say(
                tr("“{camera}” is simulated: nobody in it is real.", camera=names[0])
            )
        elif names:
            text = tr(
                "{count} cameras are simulated: nobody in them is real. ({names})",
                count=len(names),
                names=", ".join(names),
            )
            self.simulated.say(text)
        else:
            self.simulated.say("")

    @Slot(object)
    def _on_detector_changed(self, event: DetectorChanged) -> None:
        if event.error is None:
            self.detector.say("")
            return
        text = text_for(event.error)
        self.detector.say(tr("View only. {whole}", whole=text.whole))

    @Slot(object)
    def _on_storage_troubled(self, event: StorageTroubled) -> None:
        # What is only in use is soon free, and nothing is lost by it.
        is_delay = isinstance(event.error, DatabaseBusy) and not event.lost_rows
        self.storage.weigh(Gravity.WARNING if is_delay else Gravity.CRITICAL)
        self.storage.say(storage_words.sentences(event, self._zone))

    @Slot(object)
    def _on_storage_suspect(self, event: StorageSuspect) -> None:
        self.suspect.say(event.words)

    @Slot(object)
    def _on_history_damaged(self, event: HistoryDamaged) -> None:
        if event.verdict == "ok":
            self.damage.say("")
            return
        self.damage.say(
            tr(
                "The history is damaged. The live view and counting go on. Close CamWatch and start "
                "it again: it then offers to restore the newest sound copy, or to save what can be "
                "read."
            )
        )

    @Slot(object)
    def _on_worker_stopped(self, event: WorkerStopped) -> None:
        if event.is_off:
            self.notice.say(
                tr(
                    "A part of CamWatch ({worker}) stopped several times and is off now."
                    " Close CamWatch and start it again. (Error {error_id})",
                    worker=event.worker,
                    error_id=event.error_id,
                )
            )
        else:
            self.notice.say(
                tr(
                    "A part of CamWatch ({worker}) stopped and was started again."
                    " You need not do anything. (Error {error_id})",
                    worker=event.worker,
                    error_id=event.error_id,
                )
            )

    @Slot(object)
    def _on_common_cause(self, event: CommonCause) -> None:
        # Of cameras that this operator does not see, nothing is told, not even how many fail.
        # What came before the list of cameras is told again after it.
        known = self._seen()
        seen = tuple(one for one in event.camera_ids if one in known)
        self.causes.show_cause(replace(event, camera_ids=seen))
