"""One CamWatch for each profile: a second one shows the first's window and ends."""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication, QWidget

log = logging.getLogger(__name__)

_SHOW = b"show\n"
_SHOWN = b"shown\n"
_WAIT_MS = 3000
_TRIES = 10
_PAUSE_MS = 100


def _name_of(profile: Path) -> str:
    """Return the name of the socket; short, since systems allow about a hundred characters."""
    text = os.path.realpath(profile)
    return f"camwatch-{hashlib.sha256(text.encode()).hexdigest()[:24]}"


class FirstWindow(QObject):
    """Listens for other CamWatches that are started with the same profile.

    Only this account's programs reach it, and all that they can ask for is to see the window.

    Signals:
        asked: Another one was started: show the window.
    """

    asked = Signal()

    def __init__(self, profile: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)
        name = _name_of(profile)
        # We hold the profile's lock, so what is left there is of one that was killed.
        QLocalServer.removeServer(name)
        if not self._server.listen(name):
            log.info("a second CamWatch cannot find this one: %s", self._server.errorString())

    def close(self) -> None:
        """Listen no more; harmless when called again."""
        self._server.close()

    @Slot()
    def _on_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.setParent(self)
            socket.readyRead.connect(self._on_ready)
            socket.disconnected.connect(socket.deleteLater)
            if socket.bytesAvailable():
                self._answer(socket)

    @Slot()
    def _on_ready(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._answer(socket)

    def _answer(self, socket: QLocalSocket) -> None:
        if bytes(socket.read(len(_SHOW) + 1).data()) == _SHOW:
            self.asked.emit()
            socket.write(_SHOWN)
            socket.flush()
        socket.disconnectFromServer()


def show_first_window(profile: Path) -> bool:
    """Ask the CamWatch that has this profile to show its window; waits for a few seconds.

    Returns:
        True if it does.
    """
    socket = QLocalSocket()
    for _ in range(_TRIES):  # the first one may be starting this very moment
        socket.connectToServer(_name_of(profile))
        if socket.waitForConnected(_WAIT_MS):
            break
        QThread.msleep(_PAUSE_MS)
    else:
        return False
    socket.write(_SHOW)
    if not socket.waitForBytesWritten(_WAIT_MS):
        return False
    while socket.bytesAvailable() < len(_SHOWN):
        if not socket.waitForReadyRead(_WAIT_MS):
            return False
    return bytes(socket.readAll().data()) == _SHOWN


def raise_window(window: QWidget | None) -> None:
    """Bring a window to the front, or whatever CamWatch shows while there is none.

    A dialog above it comes with it.
    """
    modal = QApplication.activeModalWidget()
    shown = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    for widget in (window, *([] if window is not None else shown), modal):
        if widget is None:
            continue
        if widget.isMinimized():
            widget.setWindowState(widget.windowState() & ~Qt.WindowState.WindowMinimized)
        widget.show()
        widget.raise_()
        widget.activateWindow()
