"""What people correct of numbers that were counted wrongly: the list, and the form."""

from camwatch.ui.charts.corrections.dialog import CorrectionsDialog

__all__ = ["CorrectionsDialog"]
