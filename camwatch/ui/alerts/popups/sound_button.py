"""The button in the status bar that says whether alerts are heard, and changes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from camwatch.domain import utc_now
from camwatch.language import listed, tr
from camwatch.ui import icons, theme, words
from camwatch.ui.alerts.popups.sound_settings import LONGEST_MUTE, SoundChoice

_LOOK_MS = 5000
_MUTES = listed(
    lambda: (
        (tr("for 15 minutes"), timedelta(minutes=15)),
        (tr("for 1 hour"), timedelta(hours=1)),
        (tr("for 8 hours"), LONGEST_MUTE),
    )
)


class SoundButton(QToolButton):
    """Shows a loudspeaker, crossed out while muted; its menu mutes for a while.

    Args:
        choice: What is chosen on this workstation.
        zone: Whose clock times are shown by.

    Signals:
        settings_wanted: The operator wants to choose how loud alerts are.
    """

    settings_wanted = Signal()

    def __init__(
        self,
        choice: SoundChoice,
        zone: ZoneInfo,
        parent: QWidget | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._choice = choice
        self._zone = zone
        self._clock = clock
        menu = QMenu(self)
        for name, lasting in _MUTES:
            menu.addAction(tr("Mute {name}", name=name), partial(self._mute, lasting))
        self._unmute = menu.addAction(tr("Sound on again"), lambda: choice.mute(None))
        menu.addSeparator()
        menu.addAction(tr("Sounds of alerts…"), self.settings_wanted.emit)
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setIconSize(icons.size(16))
        self.setProperty("role", "foot")
        choice.changed.connect(self._show)
        self._looking = QTimer(self)
        self._looking.timeout.connect(self._show)
        self._looking.start(_LOOK_MS)
        self._show()

    def _mute(self, lasting: timedelta) -> None:
        self._choice.mute(self._clock() + lasting)

    @Slot()
    def _show(self) -> None:
        settings, now = self._choice.settings, self._clock()
        is_muted = settings.is_muted(now)
        color = theme.current().warning if is_muted else theme.current().muted
        self.setIcon(icons.icon("volume-x" if is_muted else "volume-2", color))
        if settings.muted_until is not None and is_muted:
            text = tr(
                "Alerts are muted here until {clock_time}",
                clock_time=words.clock_time(settings.muted_until, self._zone),
            )
        else:
            text = tr("Alerts are heard here")
        self._unmute.setEnabled(is_muted)
        self.setToolTip(tr("{text}. Press to change it.", text=text))
        self.setAccessibleName(text)
