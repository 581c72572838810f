"""One point of a chart: what was counted then, and all that proves it."""

from camwatch.ui.charts.point.card import PointCard

__all__ = ["PointCard"]
