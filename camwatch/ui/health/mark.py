"""The button in the status bar that says how CamWatch as a whole is doing."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QToolButton, QWidget

from camwatch.events import HealthChanged
from camwatch.health import Grade
from camwatch.language import tr
from camwatch.ui import icons, theme, words
from camwatch.ui.health.wording import look_of, overall


class HealthMark(QToolButton):
    """Leads to the Health page; shape and words tell, not the colour alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIconSize(icons.size(16))
        self.setProperty("role", "foot")
        self.summary = ""
        """What it says; empty before anything is known."""
        self.setIcon(icons.icon("heart-pulse", theme.current().muted))
        self._tell(tr("How CamWatch is doing is being found out"))

    @Slot(object)
    def show_health(self, event: HealthChanged) -> None:
        """Show how it is."""
        is_well = event.worst is Grade.OK
        look = look_of(event.worst)
        icon = "heart-pulse" if is_well else look.icon
        color = theme.current().muted if is_well else look.color
        self.setIcon(icons.icon(icon, color))
        self.summary = overall(event.worst, len(event.parts))
        self._tell(f"{self.summary}. {event.sentence}".strip())

    def _tell(self, text: str) -> None:
        self.setAccessibleName(text)
        self.setToolTip(words.tooltip(tr("{health} Press for the Health page.", health=text)))
