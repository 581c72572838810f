"""The field of one setting, of the kind that fits."""

from __future__ import annotations

from abc import abstractmethod
from zoneinfo import available_timezones

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QCompleter,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from camwatch.commands.settings_described import DescribedSetting, SettingKind, SettingValue
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.forms import CalmComboBox, CalmDoubleSpinBox, CalmSpinBox, plain_label
from camwatch.ui.settings.words import UNITS, value_words

_LARGEST = 2**31 - 1


class SettingEntry(QWidget):
    """Takes a value.

    Attributes:
        input: What takes the keyboard.

    Signals:
        changed: The operator has changed it.
    """

    changed = Signal()
    input: QWidget

    def __init__(self, about: DescribedSetting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._about = about
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.current().space)

    def _hold(self, entry: QWidget, *, share: int = 0) -> None:
        self.input = entry
        self._row.addWidget(entry, share)
        entry.setAccessibleName(self._about.title)
        entry.setAccessibleDescription(self._about.description)

    @abstractmethod
    def value(self) -> SettingValue:
        """Return what is entered."""

    @abstractmethod
    def show_value(self, value: SettingValue) -> None:
        """Show a value; this is no change of the operator's."""

    def set_editable(self, *, is_editable: bool) -> None:
        """Let it be changed, or only read."""
        self.input.setEnabled(is_editable)


class _Number(SettingEntry):
    def __init__(self, about: DescribedSetting, parent: QWidget | None = None) -> None:
        super().__init__(about, parent)
        box: CalmSpinBox | CalmDoubleSpinBox
        if about.kind is SettingKind.WHOLE:
            box = whole = CalmSpinBox(self)
            whole.setRange(int(about.low or 0), int(_LARGEST if about.high is None else about.high))
        else:
            box = decimal = CalmDoubleSpinBox(self)
            low, high = about.low or 0.0, 1e9 if about.high is None else about.high
            decimal.setDecimals(2 if high <= 1 else 1)
            decimal.setSingleStep(0.01 if high <= 1 else 1.0)
            decimal.setRange(low, high)
        box.setSpecialValueText(about.special)
        box.setGroupSeparatorShown(True)
        box.valueChanged.connect(self.changed)
        self._box = box
        self._hold(box)
        if unit := UNITS.get(about.about.unit, ""):
            label = plain_label(unit, "muted", self)
            label.setWordWrap(False)
            self._row.addWidget(label)
        self._row.addStretch(1)

    def value(self) -> SettingValue:
        found = self._box.value()
        return round(found, 2) if isinstance(found, float) else found

    def show_value(self, value: SettingValue) -> None:
        was = self._box.blockSignals(True)
        if isinstance(self._box, CalmSpinBox):
            self._box.setValue(int(value) if isinstance(value, int | float) else 0)
        else:
            self._box.setValue(float(value) if isinstance(value, int | float) else 0.0)
        self._box.blockSignals(was)


class _Choice(SettingEntry):
    def __init__(self, about: DescribedSetting, parent: QWidget | None = None) -> None:
        super().__init__(about, parent)
        self._box = CalmComboBox(self)
        for one, words in about.choices:
            self._box.addItem(words, one)
        self._box.activated.connect(self.changed)
        self._hold(self._box)
        self._row.addStretch(1)

    def value(self) -> SettingValue:
        return str(self._box.currentData())

    def show_value(self, value: SettingValue) -> None:
        self._box.setCurrentIndex(max(0, self._box.findData(value)))


class _Switch(SettingEntry):
    def __init__(self, about: DescribedSetting, parent: QWidget | None = None) -> None:
        super().__init__(about, parent)
        self._box = QCheckBox(self)
        self._box.clicked.connect(self._on_clicked)
        self._hold(self._box)
        self._row.addStretch(1)

    def value(self) -> SettingValue:
        return self._box.isChecked()

    def show_value(self, value: SettingValue) -> None:
        self._box.setChecked(bool(value))
        self._box.setText(tr("On") if value else tr("Off"))

    @Slot()
    def _on_clicked(self) -> None:
        self.show_value(self.value())
        self.changed.emit()


class _Text(SettingEntry):
    def __init__(self, about: DescribedSetting, parent: QWidget | None = None) -> None:
        super().__init__(about, parent)
        self._line = QLineEdit(self)
        self._line.textEdited.connect(self.changed)
        self._hold(self._line, share=1)
        if about.kind is SettingKind.ZONE:
            self._line.setPlaceholderText(tr("That of this computer"))
            names = QCompleter(sorted(available_timezones()), self._line)
            names.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            names.setFilterMode(Qt.MatchFlag.MatchContains)
            names.activated.connect(self.changed)
            self._line.setCompleter(names)
        elif about.kind is SettingKind.FOLDER:
            self._line.setPlaceholderText(tr("A folder of the profile"))
            self._browse = QPushButton(tr("Choose…"), self)
            self._browse.setAccessibleName(tr("Choose: {what}", what=about.title))
            self._browse.clicked.connect(self._choose)
            self._row.addWidget(self._browse)

    def value(self) -> SettingValue:
        return self._line.text().strip()

    def show_value(self, value: SettingValue) -> None:
        if self._line.text() != str(value):
            self._line.setText(str(value))

    def set_editable(self, *, is_editable: bool) -> None:
        super().set_editable(is_editable=is_editable)
        if self._about.kind is SettingKind.FOLDER:
            self._browse.setEnabled(is_editable)

    @Slot()
    def _choose(self) -> None:
        dialog = QFileDialog(self, self._about.title, self._line.text())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._on_chosen)
        dialog.open()

    @Slot(str)
    def _on_chosen(self, folder: str) -> None:
        self._line.setText(folder)
        self.changed.emit()


class _Shown(SettingEntry):
    """Of what is changed in a dialog of its own: the value, to read."""

    def __init__(self, about: DescribedSetting, parent: QWidget | None = None) -> None:
        super().__init__(about, parent)
        self._value: SettingValue = about.default
        self._label = plain_label("", "", self)
        self._hold(self._label, share=1)

    def value(self) -> SettingValue:
        return self._value

    def show_value(self, value: SettingValue) -> None:
        self._value = value
        self._label.setText(value_words(self._about, value))


_ENTRIES: dict[SettingKind, type[SettingEntry]] = {
    SettingKind.CHOICE: _Choice,
    SettingKind.SWITCH: _Switch,
    SettingKind.WHOLE: _Number,
    SettingKind.DECIMAL: _Number,
    SettingKind.FOLDER: _Text,
    SettingKind.ZONE: _Text,
    SettingKind.TEXT: _Text,
}


def entry_for(about: DescribedSetting, parent: QWidget) -> SettingEntry:
    """Make the field of a setting."""
    if about.about.opens:
        return _Shown(about, parent)
    return _ENTRIES.get(about.kind, _Shown)(about, parent)
