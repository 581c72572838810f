"""What a long job in the background tells while it runs, brought to the GUI thread."""

from __future__ import annotations

import threading
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot


class _Gate:
    """Between the job's thread and an object that may go at any time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.cancel = threading.Event()
        self.waiting: list[Any] = []
        self.is_closed = False

    def close(self) -> None:
        """Let nothing through any more, and let the job end."""
        self.cancel.set()
        with self.lock:
            self.is_closed = True
            self.waiting.clear()


class Feedback(QObject):
    """Takes what a job tells, in its thread, and emits it on the GUI thread.

    However fast the job is, the GUI thread is woken once for all that waits. When this object
    goes, the job is told to give up.

    Signals:
        arrived: A list of what was told meanwhile, oldest first.
    """

    arrived = Signal(object)
    _woken = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._gate = _Gate()
        self._woken.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        # While this is called the object is still whole, and afterwards nothing is emitted.
        self.destroyed.connect(self._gate.close)

    @property
    def cancel(self) -> threading.Event:
        """Set when nobody waits for the job any more."""
        return self._gate.cancel

    def tell(self, *facts: Any) -> None:
        """Take something in the job's thread; several facts become a tuple. Never waits long."""
        gate = self._gate
        with gate.lock:
            if gate.is_closed:
                return
            is_first = not gate.waiting
            gate.waiting.append(facts[0] if len(facts) == 1 else facts)
            if is_first:
                self._woken.emit()

    def close(self) -> None:
        """Tell the job to give up, and emit nothing more."""
        self._gate.close()

    @Slot()
    def _deliver(self) -> None:
        with self._gate.lock:
            told, self._gate.waiting = self._gate.waiting, []
        if told:
            self.arrived.emit(told)
