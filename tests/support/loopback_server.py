"""What the servers that misbehave on demand have in common: the door, the threads, and the end."""

from __future__ import annotations

import socket
import threading
from abc import ABC, abstractmethod
from contextlib import suppress
from types import TracebackType
from typing import Self


class LoopbackServer(ABC):
    """Takes connections on loopback until it is left, each in a thread of its own.

    Args:
        name: Of its threads.

    Attributes:
        port: Where it listens.
        connections: How many there were, also those that never asked anything.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self.connections = 0
        self._over = threading.Event()
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._listening = threading.Thread(target=self._accept, name=name)

    def __enter__(self) -> Self:
        self._listening.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._listening.join()
        for end in self._ends:
            break_off(end)
        for thread in self._threads:
            thread.join()
        for end in self._ends:
            end.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                end, _ = self._door.accept()
            except OSError:
                return
            self.connections += 1
            # Encryption takes the socket's handle away from it; a second one stays good.
            other = end.dup()
            self._ends.append(other)
            thread = threading.Thread(target=self._serve, args=(end, other), name=self._name)
            self._threads.append(thread)
            thread.start()

    @abstractmethod
    def _serve(self, end: socket.socket, other: socket.socket) -> None:
        """Serve one connection, and close its first handle."""


def break_off(end: socket.socket) -> None:
    """Let whoever reads from a connection, or writes to it, wake up."""
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
