"""Puts a chart on the clipboard, into a file, or on paper."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QWidget

from camwatch.accuracy.keeping import disk_errors
from camwatch.files import write_aside
from camwatch.language import tr
from camwatch.ui.background import Background
from camwatch.ui.charts.picture import png_bytes
from camwatch.ui.paper import Sheet, paint_all
from camwatch.ui.saving import FileSaver


class ChartSaver(FileSaver):
    """Asks where to save a picture of a chart, and saves it there."""

    def __init__(self, image: QImage, name: str, background: Background, parent: QWidget) -> None:
        super().__init__(
            tr("Save the chart as a picture"), tr("PNG pictures (*.png)"), name, background, parent
        )
        self._image = image

    def write(self, file: Path) -> Path:
        """Make and write the file."""
        data = png_bytes(self._image)
        with disk_errors(file):
            write_aside(file, data)
        return file


def copy_picture(image: QImage) -> None:
    """Put a picture on the clipboard."""
    QGuiApplication.clipboard().setImage(image)


def ask_to_print(sheet: Sheet, parent: QWidget) -> QPrintDialog:
    """Ask on which printer, and print there; a file is one of them."""
    dialog = QPrintDialog(QPrinter(QPrinter.PrinterMode.HighResolution), parent)
    dialog.setWindowTitle(tr("Print the chart"))
    dialog.accepted.connect(lambda: _print(sheet, dialog.printer()))
    dialog.finished.connect(dialog.deleteLater)
    dialog.setModal(True)
    dialog.show()
    return dialog


def _print(sheet: Sheet, printer: QPrinter) -> None:
    printer.setDocName(sheet.title)
    page = printer.pageLayout().paintRectPixels(printer.resolution()).size()
    paint_all(sheet, printer, page, printer.resolution())
