"""Whether closing the window ends CamWatch, or leaves it running in the tray."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.forms import plain_label
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.tray import Tray

_EXPLAINED = "desktop/tray_explained"
_LOOK_MS = 3000


class TrayExplanation(QDialog):
    """Says once where CamWatch is when its window is closed, and how to end it.

    Signals:
        quit_requested: End it after all.
    """

    quit_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("CamWatch goes on"))
        space = theme.current().space
        title = plain_label(tr("CamWatch goes on counting in the tray"), "heading", self)
        text = plain_label(
            tr(
                "Its window is closed, and people are counted and alerts told as before. A click "
                "on its icon in the tray shows the window again; the icon's menu ends CamWatch. "
                "Settings, Desktop, lets closing the window end it as well."
            ),
            "",
            self,
        )
        end = make_button(tr("&Quit CamWatch"), "", self._on_quit, self)
        self.go_on_button = make_button(tr("&Understood"), "", self.accept, self)
        self.go_on_button.setDefault(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(space)
        buttons.addStretch(1)
        buttons.addWidget(end)
        buttons.addWidget(self.go_on_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(2 * space)
        column.addWidget(title)
        column.addWidget(text)
        column.addLayout(buttons)
        self.setMinimumWidth(60 * space)

    @Slot()
    def _on_quit(self) -> None:
        self.reject()
        self.quit_requested.emit()


class DesktopPresence(QObject):
    """Decides what closing the window does. Lives as long as the window, which is its parent.

    The window is hidden only where the tray is really there: else it could not be found again.

    Args:
        window: Whose.
        tray: Where it stays.
        keeps_in_tray: The settings wish it.

    Signals:
        quit_requested: Close the window for good.
    """

    quit_requested = Signal()

    def __init__(self, window: QWidget, tray: Tray, *, keeps_in_tray: bool) -> None:
        super().__init__(window)
        self._tray = tray
        self._keeps_in_tray = keeps_in_tray
        self._is_explained = False
        self._is_over = False
        self._looking = QTimer(self)
        self._looking.timeout.connect(self._look)

    def restore(self, settings: QSettings) -> None:
        """Remember whether it was explained already."""
        self._is_explained = str(settings.value(_EXPLAINED, "false")).lower() == "true"

    def save(self, settings: QSettings) -> None:
        """Keep whether it was explained."""
        settings.setValue(_EXPLAINED, self._is_explained)

    def end(self) -> None:
        """Let the window go for good from now on, and do not show it again by itself."""
        self._is_over = True
        self._looking.stop()

    def stays(self, event: QCloseEvent) -> bool:
        """Hide the window in place of closing it, if that is wished and possible.

        Returns:
            True if CamWatch goes on; the event is ignored then.
        """
        window = self.parent()
        if (
            self._is_over
            or not self._keeps_in_tray
            or not self._tray.is_there
            or not isinstance(window, QWidget)
        ):
            return False
        event.ignore()
        if self._is_explained:
            self._hide()
            return True
        dialog = TrayExplanation(window)
        dialog.accepted.connect(self._on_explained)
        dialog.quit_requested.connect(self.quit_requested)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return True

    @Slot()
    def _on_explained(self) -> None:
        self._is_explained = True
        self._hide()

    def _hide(self) -> None:
        window = self.parent()
        if isinstance(window, QWidget):
            window.hide()
            self._looking.start(_LOOK_MS)

    @Slot()
    def _look(self) -> None:
        """Show the window again if the tray goes away meanwhile."""
        window = self.parent()
        if not isinstance(window, QWidget) or window.isVisible():
            self._looking.stop()
        elif not self._tray.is_there:
            self._looking.stop()
            window.show()
