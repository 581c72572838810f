"""The hours of the week: how many people there are at each, as a map."""

from camwatch.ui.charts.week.view import WeekMapView

__all__ = ["WeekMapView"]
