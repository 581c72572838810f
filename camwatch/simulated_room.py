"""The part of the composition root that serves the simulated cameras of an ordinary profile."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Qt, Signal, Slot

from camwatch.cameras.simulated import MOST, PORTS, port_of
from camwatch.domain import Camera
from camwatch.errors import InvalidSetting
from camwatch.language import tr
from camwatch.workers.base import Worker
from camwatch.workers.simulator import SimulatorWorker

log = logging.getLogger(__name__)

_WH = (1280, 720)
_FPS = 2.0
_SEED = 7
_CACHE_MIB = 64
_SERVED_WITHIN_S = 30.0


class SimulatedRoom(QObject):
    """Starts the simulator when the first simulated camera is there, or is about to be added.

    Lives in the GUI thread; `serve` may be called from any other.

    Args:
        add: Gives a worker a post and starts it.

    Signals:
        refused: Words for the operator: the simulated cameras cannot be served at their port.
    """

    refused = Signal(str)
    _wanted = Signal()

    def __init__(
        self, add: Callable[[Callable[[], Worker]], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._add = add
        self._ports: Sequence[int] = ()
        self._answered = threading.Event()
        self._port = 0
        self._is_posted = False
        self._wanted.connect(self._post, Qt.ConnectionType.QueuedConnection)

    def look(self, cameras: Sequence[Camera]) -> None:
        """Serve the simulated cameras among these; nothing happens without any."""
        port = port_of(cameras)
        if port is not None and not self._is_posted:
            # Where they were added: at another port they would be other cameras.
            self._ports = (port,)
            self._post()

    def serve(self) -> int:
        """Begin to serve simulated cameras, if they are not yet; return their port. Blocks.

        Raises:
            InvalidSetting: "simulated": they cannot be served on this computer.
        """
        self._wanted.emit()
        if not self._answered.wait(_SERVED_WITHIN_S) or not self._port:
            raise InvalidSetting(
                "simulated", tr("cannot be shown: no port of this computer is free for it")
            )
        return self._port

    @Slot()
    def _post(self) -> None:
        if self._is_posted:
            return
        self._is_posted = True
        self._ports = self._ports or tuple(PORTS)
        self._add(self._make)

    def _make(self) -> Worker:
        # What paints people and serves them is loaded only for those who want it.
        from camwatch.cameras.simulator import SimulatedSite  # noqa: PLC0415

        site = SimulatedSite(MOST, _WH, fps=_FPS, seed=_SEED, cache_mib=_CACHE_MIB)
        worker = SimulatorWorker(site, self._ports)
        worker.serving.connect(self._on_serving)
        worker.refused.connect(self._on_refused)
        return worker

    @Slot(list)
    def _on_serving(self, addresses: list[str]) -> None:
        self._port = urlsplit(addresses[0]).port or 0
        # A simulator that is made anew after a crash comes back to where its cameras are asked.
        self._ports = (self._port,)
        self._answered.set()
        log.info("simulated cameras are served at port %d", self._port)

    @Slot(object)
    def _on_refused(self, error: InvalidSetting) -> None:
        log.warning("simulated cameras cannot be served: %s", error)
        self._answered.set()
        self.refused.emit(
            tr(
                "The simulated cameras cannot be shown: port {port} of this computer is used by "
                "another program, perhaps by another CamWatch. Close that one and start CamWatch "
                "again, or remove the simulated cameras.",
                port=str(self._ports[0]),
            )
        )
