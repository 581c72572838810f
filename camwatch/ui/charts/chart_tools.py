"""The small buttons above a chart: zoom, picture, print, files, read again."""

from __future__ import annotations

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from camwatch.language import tr
from camwatch.ui import icons, theme


class ChartTools(QWidget):
    """Buttons of a chart.

    Signals:
        nearer, farther, all_wanted: Zoom in, zoom out, show all.
        copy, save, print_wanted: A picture on the clipboard, in a file, on paper.
        export, report: The numbers in a file; a report.
        refresh: Read again.
    """

    nearer = Signal()
    farther = Signal()
    all_wanted = Signal()
    copy = Signal()
    save = Signal()
    print_wanted = Signal()
    export = Signal()
    report = Signal()
    refresh = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.current().space // 4)
        self.nearer_button = self._button("zoom-in", tr("Come nearer (+)"), self.nearer)
        self.farther_button = self._button("zoom-out", tr("Go farther (-)"), self.farther)
        self.all_button = self._button(
            "maximize", tr("Show the whole time (Home)"), self.all_wanted
        )
        self._row.addSpacing(theme.current().space)
        self.copy_button = self._button("copy", tr("Copy as a picture (Ctrl+Shift+C)"), self.copy)
        self.save_button = self._button("image-down", tr("Save as a picture… (Ctrl+S)"), self.save)
        self.print_button = self._button("printer", tr("Print… (Ctrl+P)"), self.print_wanted)
        self.export_button = self._button("file-down", tr("Export the numbers…"), self.export)
        self.report_button = self._button("file-chart-column", tr("Make a report…"), self.report)
        # They wait for somebody who listens.
        self.export_button.hide()
        self.report_button.hide()
        self._row.addSpacing(theme.current().space)
        self.refresh_button = self._button("refresh-cw", tr("Read again (F5)"), self.refresh)

    def _button(self, icon: str, what: str, signal: SignalInstance) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icons.icon(icon))
        button.setIconSize(icons.size(18))
        button.setToolTip(what)
        button.setAccessibleName(what.partition(" (")[0])
        button.clicked.connect(signal)
        self._row.addWidget(button)
        return button

    def buttons(self) -> list[QToolButton]:
        """Return all of them, left to right."""
        return [
            self.nearer_button,
            self.farther_button,
            self.all_button,
            self.copy_button,
            self.save_button,
            self.print_button,
            self.export_button,
            self.report_button,
            self.refresh_button,
        ]

    def show_zoomed(self, *, is_zoomed: bool) -> None:
        """Let only those be pressed that do something."""
        self.all_button.setEnabled(is_zoomed)
        self.farther_button.setEnabled(is_zoomed)
