"""The modes of privacy below each other, each with its sign and what it means."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QRadioButton, QVBoxLayout, QWidget

from camwatch.scene import PrivacyMode
from camwatch.ui import icons, theme
from camwatch.ui.forms import plain_label
from camwatch.ui.privacy.words import EXPLAINED, ICONS, NAMES

_SIGN = 20


class ModeList(QWidget):
    """One of the modes is chosen, or none while several cameras differ.

    Signals:
        changed: Another one was chosen.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        self._group = QButtonGroup(self)
        self.buttons: dict[PrivacyMode, QRadioButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space + space // 2)
        for mode in PrivacyMode:
            button = QRadioButton(NAMES[mode], self)
            button.setAccessibleDescription(EXPLAINED[mode])
            self._group.addButton(button)
            self.buttons[mode] = button
            sign = QLabel(self)
            color = theme.current().text
            sign.setPixmap(icons.pixmap(ICONS[mode], _SIGN, color, self.devicePixelRatioF()))
            words = QVBoxLayout()
            words.setSpacing(0)
            words.addWidget(button)
            words.addWidget(plain_label(EXPLAINED[mode], "muted", self))
            row = QHBoxLayout()
            row.setSpacing(space + space // 2)
            row.addWidget(sign)
            row.addLayout(words, 1)
            column.addLayout(row)
        self._group.buttonToggled.connect(self._on_toggled)

    @property
    def chosen(self) -> PrivacyMode | None:
        """What is chosen."""
        return next((mode for mode, one in self.buttons.items() if one.isChecked()), None)

    def choose(self, mode: PrivacyMode | None) -> None:
        """Show this one as chosen; None for none."""
        self._group.setExclusive(False)
        for one, button in self.buttons.items():
            button.setChecked(one is mode)
        self._group.setExclusive(True)

    @Slot(object, bool)
    def _on_toggled(self, _button: object, is_checked: bool) -> None:
        if is_checked:
            self.changed.emit()
