"""Brings what cameras tried to lead CamWatch to into the audit log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot

from camwatch.domain import CameraId, CameraState, Reason
from camwatch.errors import CamWatchError
from camwatch.events import Bus, CameraStateChanged
from camwatch.workers.queries import QueryPool

log = logging.getLogger(__name__)

_AUDITED = frozenset(
    {Reason.REDIRECT, Reason.ADDRESS, Reason.CERTIFICATE_CHANGED, Reason.OTHER_DEVICE}
)


class SecurityWatch(QObject):
    """Has each blocked way written down once: when a camera gets into that state, not a poll.

    Lives in the GUI thread; the log is written on the pool.

    Args:
        bus: Tells of the cameras' states, in any thread.
        pool: Runs what blocks.
        note: Writes an entry; may block.
    """

    _seen = Signal(object)

    def __init__(
        self,
        bus: Bus,
        pool: QueryPool,
        note: Callable[[CameraStateChanged], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._pool = pool
        self._note = note
        self._noted: dict[CameraId, tuple[CameraState, Reason, str]] = {}
        self._seen.connect(self._on_state, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe = bus.subscribe(CameraStateChanged, self._seen.emit)

    def close(self) -> None:
        """Stop listening; call it before the object goes."""
        self._unsubscribe()

    @Slot(object)
    def _on_state(self, event: CameraStateChanged) -> None:
        if event.state.is_live:
            self._noted.pop(event.camera_id, None)
        if event.reason not in _AUDITED:
            return
        found = (event.state, event.reason, event.detail)
        if self._noted.get(event.camera_id) != found:
            self._noted[event.camera_id] = found
            self._pool.run(partial(self._note, event), _done, _failed, owner=self)


def _done(_none: None) -> None:
    """Nobody waits for it."""


def _failed(error: CamWatchError) -> None:
    log.error("a blocked camera is not in the audit log: %s [%s]", error, error.error_id)
