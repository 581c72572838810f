"""Chooses the steps of a chart: those that suit what is in view, or fixed ones."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QWidget

from camwatch.domain import BucketSize
from camwatch.language import table, tr
from camwatch.ui.charts.ranges import Range, best_size, sizes_for
from camwatch.ui.forms import CalmComboBox

_NAMES = table(
    lambda: {
        BucketSize.MINUTE: tr("by minute"),
        BucketSize.FIVE_MINUTES: tr("by 5 minutes"),
        BucketSize.QUARTER: tr("by 15 minutes"),
        BucketSize.HOUR: tr("by hour"),
        BucketSize.DAY: tr("by day"),
        BucketSize.WEEK: tr("by week"),
        BucketSize.MONTH: tr("by month"),
    }
)


class StepsBox(CalmComboBox):
    """Offers the steps that suit a time; first of all the one that suits it best."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Steps of the chart"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.addItem(tr("Fitting"), None)

    @property
    def fixed(self) -> BucketSize | None:
        """The steps that were chosen; None for those that suit best."""
        chosen = self.currentData()
        return BucketSize(chosen) if chosen else None

    def choose(self, size: BucketSize | None) -> None:
        """Choose steps, None for those that suit best; does nothing if they are not offered."""
        index = self.findData(None if size is None else size.value)
        if index >= 0:
            self.setCurrentIndex(index)

    def offer(self, stretch: Range, cameras: int = 1) -> BucketSize:
        """Offer the steps that suit a time; what was chosen stays if it is among them.

        Args:
            stretch: The time.
            cameras: So many are charted.

        Returns:
            The steps to show.
        """
        sizes, best, before = sizes_for(stretch), best_size(stretch, cameras), self.fixed
        with QSignalBlocker(self):
            self.clear()
            self.addItem(tr("Fitting ({names})", names=_NAMES[best]), None)
            for size in sizes:
                self.addItem(_NAMES[size][:1].upper() + _NAMES[size][1:], size.value)
            self.choose(before if before in sizes else None)
        return self.fixed or best
