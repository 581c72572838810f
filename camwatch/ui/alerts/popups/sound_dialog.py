"""How loud alerts are on this workstation."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from camwatch.alerts.rules import Severity
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.look import severity_look
from camwatch.ui.alerts.popups.player import Player
from camwatch.ui.alerts.popups.sound_settings import LEAST_CRITICAL, SoundChoice
from camwatch.ui.fitting import keep_on_screen
from camwatch.ui.forms import Notice, plain_label

_WIDTH = 460
_SLIDER_WIDTH = 180


class SoundDialog(QDialog):
    """One slider for each severity, and a button that lets it be heard."""

    def __init__(self, choice: SoundChoice, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = choice
        self._player = player
        self.setWindowTitle(tr("CamWatch: sounds of alerts"))
        space = theme.current().space
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 3 * space, 3 * space, 2 * space)
        column.setSpacing(2 * space)
        column.addWidget(plain_label(tr("Sounds of alerts"), "heading"))
        why = plain_label(
            tr(
                "This holds for this workstation. Which alerts are heard, and when, is said by the "
                "escalation plan of each rule. Critical alerts cannot be turned off here, but muted "
                "for a while."
            ),
            "muted",
        )
        why.setFixedWidth(theme.px(_WIDTH))
        column.addWidget(why)
        if not player.has_player:
            notice = Notice()
            notice.show_text(
                "info",
                tr("This computer only beeps"),
                tr(
                    "There is no program that plays sounds. Install PipeWire, PulseAudio or ALSA's "
                    "tools (pw-play, paplay or aplay), and start CamWatch again."
                ),
            )
            column.addWidget(notice)
        self.sliders: dict[Severity, QSlider] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * space)
        grid.setVerticalSpacing(space)
        for row, severity in enumerate(Severity):
            self._add_row(grid, row, severity)
        column.addLayout(grid)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        keep_on_screen(self)

    def _add_row(self, grid: QGridLayout, row: int, severity: Severity) -> None:
        slider = QSlider(Qt.Orientation.Horizontal)
        is_critical = severity is Severity.CRITICAL
        slider.setRange(round(LEAST_CRITICAL * 100) if is_critical else 0, 100)
        slider.setFixedWidth(theme.px(_SLIDER_WIDTH))
        slider.setPageStep(10)
        slider.setValue(round(self._choice.settings.volumes[severity] * 100))
        slider.setAccessibleName(tr("Volume: {word}", word=severity_look(severity).word))
        percent = QLabel(f"{slider.value()} %")
        percent.setMinimumWidth(percent.fontMetrics().horizontalAdvance("100 %"))
        slider.valueChanged.connect(lambda value: percent.setText(f"{value} %"))
        slider.valueChanged.connect(lambda value: self._choice.set_volume(severity, value / 100))
        listen = QPushButton(tr("Listen"))
        listen.setIcon(icons.icon("volume-2"))
        listen.setIconSize(icons.button_size())
        listen.setAccessibleName(tr("Listen: {word}", word=severity_look(severity).word))
        listen.setAutoDefault(False)
        listen.clicked.connect(partial(self._listen, severity))
        name = QLabel(severity_look(severity).word)
        name.setBuddy(slider)
        for place, widget in enumerate((name, slider, percent, listen)):
            grid.addWidget(widget, row, place)
        self.sliders[severity] = slider

    def _listen(self, severity: Severity) -> None:
        self._player.stop()
        self._player.play(severity, self._choice.settings.volumes[severity])
