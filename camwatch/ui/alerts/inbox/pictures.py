"""Pictures of the moment for the list and the details, decoded beside the GUI thread."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from camwatch.alerts.alert import Alert
from camwatch.alerts.inbox import Evidence
from camwatch.auth.session import Session
from camwatch.cameras.gate import check_picture
from camwatch.domain import Picture
from camwatch.errors import CameraError, CamWatchError
from camwatch.ui.alerts.inbox.table_view import THUMBNAIL_WH
from camwatch.ui.background import Background
from camwatch.ui.cameras.thumbnails import small_image

log = logging.getLogger(__name__)

_MOST_BYTES = 64 * 1024 * 1024
_MOST_KEPT = 500
_MOST_AT_ONCE = 6
_LOOK_MS = 400
_COMES_WITHIN = timedelta(seconds=30)
_ASKED_AGAIN_AFTER = timedelta(seconds=3)


class EvidenceCommands(Protocol):
    """What pictures are asked of `camwatch.commands.Commands`."""

    def alert_evidence(self, session: Session, alert_uid: str) -> list[Evidence]:
        """Return the pictures of the moment an alert was raised."""
        ...


def evidence_image(evidence: Evidence, wh: tuple[int, int]) -> QImage:
    """Decode a picture as large as fits into a box; an empty image if it is not sound.

    It passes the gate again: the file may have been changed on the disk.
    """
    try:
        picture_wh = check_picture(evidence.data, max_bytes=_MOST_BYTES)
    except CameraError:
        return QImage()
    at = evidence.captured_at
    picture = Picture(evidence.camera_id, 0, evidence.data, picture_wh, at, 0.0, 1.0)
    return small_image(picture, wh)


class AlertPictures(QObject):
    """Makes a small picture of each alert that is in view, and keeps it.

    Signals:
        made: Uid of an alert, and its picture.

    Args:
        seen: Returns the alerts that are in view.
        clock: The wall clock, aware UTC.
        ratio: Device pixels per logical pixel.
    """

    made = Signal(str, QPixmap)

    def __init__(  # noqa: PLR0917 - who asks, where, of which alerts
        self,
        commands: EvidenceCommands,
        session: Session,
        background: Background,
        seen: Callable[[], Sequence[Alert]],
        clock: Callable[[], datetime],
        parent: QObject | None = None,
        *,
        ratio: float = 1.0,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._seen = seen
        self._clock = clock
        self._ratio = ratio
        self._kept: OrderedDict[str, QPixmap] = OrderedDict()
        self._asked: OrderedDict[str, datetime] = OrderedDict()
        self._is_busy = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)

    def set_looking(self, *, is_looking: bool) -> None:
        """Make pictures from now on, or rest while nobody looks."""
        if is_looking:
            self._timer.start()
        else:
            self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Show what is kept of the alerts in view, and make what is missing."""
        missing = []
        for alert in self._seen():
            picture = self._kept.get(alert.uid)
            if picture is not None:
                self._kept.move_to_end(alert.uid)
                self.made.emit(alert.uid, picture)
            elif self._is_due(alert):
                missing.append(alert.uid)
        if missing and not self._is_busy:
            self._make(missing[:_MOST_AT_ONCE])

    def _is_due(self, alert: Alert) -> bool:
        """Tell whether it is worth asking: a picture may come soon after its alert, not later."""
        asked = self._asked.get(alert.uid)
        if asked is None:
            return True
        is_young = asked - alert.raised_at < _COMES_WITHIN
        return is_young and self._clock() - asked > _ASKED_AGAIN_AFTER

    def _make(self, uids: Sequence[str]) -> None:
        self._is_busy = True
        commands, session = self._commands, self._session
        wh = (round(THUMBNAIL_WH[0] * self._ratio), round(THUMBNAIL_WH[1] * self._ratio))

        def make() -> dict[str, QImage]:
            images = {}
            for uid in uids:
                try:
                    found = commands.alert_evidence(session, uid)
                except CamWatchError as error:
                    # The details say what is wrong; the list goes on without the picture.
                    log.debug("no small picture: %s", error)
                    continue
                if found and not (image := evidence_image(found[0], wh)).isNull():
                    images[uid] = image
            return images

        self._background.run(
            make, partial(self._on_made, uids), partial(self._on_failed, uids), owner=self
        )

    def _on_made(self, uids: Sequence[str], images: dict[str, QImage]) -> None:
        self._note(uids)
        for uid, image in images.items():
            image.setDevicePixelRatio(self._ratio)
            picture = QPixmap.fromImage(image)
            self._kept[uid] = picture
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
            self.made.emit(uid, picture)

    def _on_failed(self, uids: Sequence[str], _error: CamWatchError) -> None:
        self._note(uids)

    def _note(self, uids: Sequence[str]) -> None:
        self._is_busy = False
        now = self._clock()
        for uid in uids:
            self._asked[uid] = now
            self._asked.move_to_end(uid)
        while len(self._asked) > 4 * _MOST_KEPT:
            self._asked.popitem(last=False)
