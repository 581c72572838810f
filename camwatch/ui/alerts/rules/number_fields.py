"""Fields for times and for numbers with a slider."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from camwatch.language import listed, tr
from camwatch.ui import theme
from camwatch.ui.forms import CalmComboBox, CalmSpinBox, FocusGroup, in_tab_order

UNITS = listed(lambda: ((tr("seconds"), 1), (tr("minutes"), 60), (tr("hours"), 3600)))
_SLIDER_STEPS = 50


class DurationEdit(FocusGroup):
    """A time: a number and its unit.

    Signals:
        changed: Another time was entered.

    Args:
        most_s: The longest time, seconds.
        name: For those who hear the screen.
    """

    changed = Signal()

    def __init__(self, most_s: int, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most_s = most_s
        self.number = CalmSpinBox(self)
        self.number.setRange(0, most_s)
        self.number.setAccessibleName(name)
        self.number.setMinimumWidth(theme.px(84))
        self.unit = CalmComboBox(self)
        self.unit.setAccessibleName(tr("{name}: unit", name=name))
        for words, seconds in UNITS:
            self.unit.addItem(words, seconds)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space)
        row.addWidget(self.number)
        row.addWidget(self.unit)
        row.addStretch(1)
        self.begin_at(self.number)
        self.number.valueChanged.connect(self.changed)
        self.unit.currentIndexChanged.connect(self._on_unit)
        in_tab_order(self.number, self.unit)

    @property
    def parts(self) -> tuple[QWidget, QWidget]:
        """What takes the keyboard, in order."""
        return self.number, self.unit

    @property
    def seconds(self) -> float:
        """What is entered."""
        return float(self.number.value() * int(self.unit.currentData()))

    def set_seconds(self, seconds: float) -> None:
        """Show a time in the largest unit that it is a whole number of."""
        whole = round(seconds)
        fits = [place for place, (_, unit) in enumerate(UNITS) if whole % unit == 0 and whole]
        self.unit.setCurrentIndex(fits[-1] if fits else 0)
        self.number.setValue(whole // int(self.unit.currentData()))

    @Slot()
    def _on_unit(self) -> None:
        self.number.setMaximum(self._most_s // int(self.unit.currentData()))
        self.changed.emit()


class ScaledSpinBox(CalmSpinBox):
    """Counts whole steps, and shows them as what they stand for, such as 4.5 for 45 tenths."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = 1

    def set_scale(self, scale: int) -> None:
        """Let so many steps be one; 1, 10 or 100."""
        self._scale = scale
        self.setValue(self.value())

    def textFromValue(self, value: int, /) -> str:
        """Return what is shown; called by Qt."""
        return str(value) if self._scale == 1 else f"{value / self._scale:.1f}"

    def valueFromText(self, text: str, /) -> int:
        """Return what was typed; called by Qt."""
        return round(self._number(text) * self._scale)

    def validate(self, text: str, position: int, /) -> tuple[QValidator.State, str, int]:
        """Take a number with a point or comma; called by Qt."""
        if self._scale == 1:
            return super().validate(text, position)
        try:
            value = self._number(text) * self._scale
        except ValueError:
            is_begun = not text.removesuffix(self.suffix()).strip()
            state = QValidator.State.Intermediate if is_begun else QValidator.State.Invalid
        else:
            is_fine = self.minimum() <= value <= self.maximum()
            state = QValidator.State.Acceptable if is_fine else QValidator.State.Intermediate
        return state, text, position

    def _number(self, text: str) -> float:
        return float(text.removesuffix(self.suffix()).strip().replace(",", "."))


class SliderNumber(FocusGroup):
    """A number with a slider beside it; the slider reaches as far as it is useful.

    Signals:
        changed: Another number was entered.

    Args:
        name: For those who hear the screen.
        suffix: Behind the number.
    """

    changed = Signal()

    def __init__(self, name: str, suffix: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setAccessibleName(tr("{name}: slider", name=name))
        self.slider.setRange(0, _SLIDER_STEPS)
        self.slider.setPageStep(5)
        self.number = ScaledSpinBox(self)
        self.number.setAccessibleName(name)
        self.number.setSuffix(suffix)
        self.number.setMinimumWidth(theme.px(112))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)
        self.begin_at(self.number)
        self.slider.valueChanged.connect(self._on_slider)
        self.number.valueChanged.connect(self._on_number)
        in_tab_order(self.slider, self.number)

    @property
    def parts(self) -> tuple[QWidget, QWidget]:
        """What takes the keyboard, in order."""
        return self.slider, self.number

    @property
    def value(self) -> int:
        """What is entered."""
        return self.number.value()

    def set_value(self, value: int) -> None:
        """Show a number."""
        self.number.setValue(value)

    def set_limits(self, least: int, most: int, suffix: str) -> None:
        """Take numbers between these, both included."""
        self.number.setRange(least, most)
        self.number.setSuffix(suffix)
        self.slider.setMinimum(max(least, self.slider.minimum()) if least > 0 else min(least, 0))
        self.reach(_SLIDER_STEPS)

    def reach(self, most: int) -> None:
        """Let the slider go up to a number, and to what is entered at least."""
        self.slider.blockSignals(True)
        self.slider.setMaximum(min(max(most, self.value, 1), self.number.maximum()))
        self.slider.setValue(self.value)
        self.slider.blockSignals(False)

    @Slot(int)
    def _on_slider(self, value: int) -> None:
        self.number.setValue(value)

    @Slot(int)
    def _on_number(self, value: int) -> None:
        if value > self.slider.maximum():
            self.reach(value)
        self.slider.setValue(value)
        self.changed.emit()
