"""Lets the small buttons in fields grow with the text, for which style sheets have no word."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLineEdit, QProxyStyle, QStyle, QStyleOption, QWidget

from camwatch.ui import theme

_USUAL = 16


class _LineStyle(QProxyStyle):
    """The style of the program but for one length."""

    def pixelMetric(
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        /,
    ) -> int:
        """Say how large the icons in fields are."""
        if metric == QStyle.PixelMetric.PM_LineEditIconSize:
            return theme.px(_USUAL)
        return super().pixelMetric(metric, option, widget)


def give(line: QLineEdit) -> None:
    """Let the buttons of a field be as large as the text is; at 100 % they are."""
    app = QApplication.instance()
    if theme.current().scale == 1.0 or app is None:
        return
    # One for the whole program: PySide keeps each style that it was ever given.
    style = app.findChild(_LineStyle, "lines")
    if not isinstance(style, _LineStyle):
        style = _LineStyle("Fusion")
        style.setObjectName("lines")
        style.setParent(app)
    line.setStyle(style)
