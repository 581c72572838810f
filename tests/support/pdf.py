"""A small PDF file."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QPainter, QPdfWriter


def small_pdf() -> bytes:
    """Return a PDF file of one line; needs a QGuiApplication."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    painter = QPainter(writer)
    painter.drawText(1000, 1000, "96 % of 214 people")
    painter.end()
    buffer.close()
    return bytes(buffer.data().data())
