"""The bar above the audit log that says which entries are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from camwatch.auth.accounts import AuditQuery
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.audit.wording import action_words, actions_saying, actor_words, result_words
from camwatch.ui.charts.custom_range import CustomRange
from camwatch.ui.charts.ranges import Preset, preset_range
from camwatch.ui.forms import CalmComboBox

_LONGEST_WORDS = 44


class AuditFilterBar(QWidget):
    """Boxes for who, what, how it went and when.

    Signals:
        changed: Other entries are wanted.

    Args:
        zone: Whose days are meant.
        clock: The wall clock, aware UTC.
    """

    changed = Signal()

    def __init__(
        self, zone: ZoneInfo, clock: Callable[[], datetime], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._zone = zone
        self._clock = clock
        self._is_searching = False
        space = theme.current().space
        self.who = self._box(tr("Who"), tr("Anybody"), 20)
        self.what = self._box(tr("What"), tr("Anything"), 30)
        self.result = self._box(tr("How it went"), tr("Any result"), 20)
        self.when = self._box(tr("When"), tr("Any time"), 18)
        for preset in Preset:
            self.when.addItem(tr(preset.value), preset)
        self.clear_button = QPushButton(tr("Show &all"), self)
        self.clear_button.setToolTip(tr("Take search and filters away"))
        self.clear_button.clicked.connect(self.clear)
        self.clear_button.setEnabled(False)
        self.custom = CustomRange(zone, self)
        self.custom.set_range(preset_range(Preset.LAST_7_DAYS, clock(), zone))
        self.custom.hide()
        self.custom.chosen.connect(self._on_changed)
        row = QHBoxLayout()
        row.setSpacing(space)
        for box in self.boxes:
            row.addWidget(box)
        row.addWidget(self.clear_button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addLayout(row)
        column.addWidget(self.custom)

    @property
    def boxes(self) -> tuple[CalmComboBox, ...]:
        """What is chosen from, in the order of the Tab key."""
        return self.who, self.what, self.result, self.when

    def _box(self, name: str, everything: str, width: int) -> CalmComboBox:
        box = CalmComboBox(self)
        box.setAccessibleName(name)
        box.addItem(everything, "")
        box.setMinimumWidth(width * theme.current().space)
        box.setMaximumWidth((width + 6) * theme.current().space)
        box.currentIndexChanged.connect(self._on_changed)
        return box

    def offer(self, actors: Sequence[str], actions: Sequence[str], results: Sequence[str]) -> None:
        """Offer these to choose from; what is chosen stays."""
        for box, names, words in (
            (self.who, actors, actor_words),
            (self.what, actions, action_words),
            (self.result, results, result_words),
        ):
            chosen = box.currentData()
            kept = [str(chosen)] if chosen and chosen not in names else []
            with QSignalBlocker(box):
                while box.count() > 1:
                    box.removeItem(1)
                for name in sorted([*names, *kept], key=lambda each: words(each).casefold()):
                    box.addItem(_shortened(words(name)), name)
                box.setCurrentIndex(max(box.findData(chosen), 0))

    def query(self, text: str) -> AuditQuery | None:
        """Return which entries are wanted; None if the time that was entered is none.

        Args:
            text: What is searched for.
        """
        text = text.strip()
        start: datetime | None = None
        end: datetime | None = None
        preset = self.when.currentData()
        if preset == Preset.CUSTOM:
            stretch = self.custom.range(self._clock())
            if stretch is None:
                return None
            # The fields know whole minutes; the last one is meant to be among them.
            start, end = stretch.start, stretch.end + timedelta(minutes=1)
        elif preset:
            start = preset_range(Preset(preset), self._clock(), self._zone).start
        return AuditQuery(
            text=text,
            actions_of_text=actions_saying(text),
            actor=self.who.currentData() or "",
            action=self.what.currentData() or "",
            result=self.result.currentData() or "",
            start=start,
            end=end,
        )

    @property
    def is_set(self) -> bool:
        """True if not everything is shown."""
        return self._is_searching or any(box.currentIndex() > 0 for box in self.boxes)

    def set_searching(self, *, is_searching: bool) -> None:
        """Take note of whether a text is searched for."""
        self._is_searching = is_searching
        self.clear_button.setEnabled(self.is_set)

    @Slot()
    def clear(self) -> None:
        """Want all entries."""
        for box in self.boxes:
            with QSignalBlocker(box):
                box.setCurrentIndex(0)
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        self.custom.setVisible(self.when.currentData() == Preset.CUSTOM)
        self.clear_button.setEnabled(self.is_set)
        self.changed.emit()


def _shortened(words: str) -> str:
    return words if len(words) <= _LONGEST_WORDS else f"{words[:_LONGEST_WORDS]}…"
