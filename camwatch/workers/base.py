"""A QThread that has a name, ends when asked, and tells when it broke."""

from __future__ import annotations

import logging
import threading
from abc import abstractmethod

from PySide6.QtCore import QObject, QThread, Signal

from camwatch.errors import CamWatchError
from camwatch.logs import log_crash

log = logging.getLogger(__name__)


class Worker(QThread):
    """Base of all workers; a subclass does its work in `work` until `stop_event` is set.

    Attributes:
        native_id: The system's number of the thread while it works, else None; for any thread.

    Signals:
        crashed: The id of the error in the log; the supervisor starts it again.
    """

    crashed = Signal(str)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.stop_event = threading.Event()
        self.native_id: int | None = None

    @abstractmethod
    def work(self) -> None:
        """Work until asked to stop. Runs in the thread."""

    def request_stop(self) -> None:
        """Ask the worker to end; never waits. A subclass also wakes its own waits."""
        self.stop_event.set()

    def give_up_if_stuck(self) -> str | None:
        """Let go of all that is shared if the work hangs in a call that cannot be ended.

        Called in the supervisor's thread twice a second; never waits.

        Returns:
            The id of the error in the log if the worker was given up: another takes its place,
            and this one ends when the call does. None while all is well.
        """
        return None

    def run(self) -> None:
        """Name the thread, work, and hand over what went wrong."""
        threading.current_thread().name = self.objectName()
        self.native_id = threading.get_native_id()
        try:
            self.work()
        except CamWatchError as error:
            log.error("%s ended: %s [%s]", self.objectName(), error, error.error_id)  # noqa: TRY400
            self.crashed.emit(error.error_id)
        except Exception as error:  # noqa: BLE001 - a bug ends this worker, not the program
            self.crashed.emit(log_crash(self.objectName(), error))
        finally:
            self.native_id = None
