"""Brings Qt's own messages into the log."""

from __future__ import annotations

import logging

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

log = logging.getLogger("qt")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


_NO_NEWS = ("This plugin does not support propagateSizeHints()",)
"""What Qt says of each window where there is no screen."""


def _on_message(kind: QtMsgType, _context: QMessageLogContext, message: str | None) -> None:
    level = logging.DEBUG if message in _NO_NEWS else _LEVELS.get(kind, logging.WARNING)
    log.log(level, "%s", message)


def install() -> None:
    """Send what Qt says to the log instead of standard error."""
    qInstallMessageHandler(_on_message)
