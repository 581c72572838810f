"""The look in use: which theme, how large, and whether things may move.

What is made or painted asks `current` for colours and sizes at that moment and keeps none of them,
for the look may become another one at any time; the windows are made anew then.
"""

from __future__ import annotations

from PySide6.QtCore import QDir
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from camwatch.paths import resources
from camwatch.ui.style_sheet import palette, style_sheet
from camwatch.ui.tokens import CONTRAST, DARK, THEMES, Tokens, scaled

_STYLED = "camwatchStyled"

_current = DARK
_on_pictures = DARK


def current() -> Tokens:
    """Return the colours and sizes in use."""
    return _current


def on_pictures() -> Tokens:
    """Return those for what is painted on camera pictures: light on dark in every theme."""
    return _on_pictures


def px(pixels: float) -> int:
    """Return a length in logical pixels that grows with the size of the text.

    Args:
        pixels: As it is at 100 %.
    """
    return round(pixels * _current.scale)


def fixed_font() -> QFont:
    """Return the font whose signs are all as wide, as large as the text is."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(_current.font_body)
    return font


def apply(
    app: QApplication, name: str = "dark", *, text_percent: int = 100, motion: bool = True
) -> None:
    """Give the application its style, palette and style sheet.

    Args:
        app: The one of this process.
        name: One of `THEMES`; any other is dark.
        text_percent: Size of the text and of all that holds it, 100 to 200.
        motion: Whether things may glide and fade.
    """
    global _current, _on_pictures  # noqa: PLW0603 - one look for the whole program
    theme = THEMES.get(name, DARK)
    _current = scaled(theme, text_percent, motion=motion)
    _on_pictures = scaled(CONTRAST if theme is CONTRAST else DARK, text_percent, motion=motion)
    QDir.setSearchPaths("camwatchcontrols", [str(resources() / "icons" / "controls" / theme.name)])
    if app.property(_STYLED) is None:
        # Once is enough, and PySide keeps each style that it was ever given.
        app.setStyle("Fusion")
        app.setProperty(_STYLED, True)
    app.setPalette(palette(_current))
    font = app.font()
    font.setPixelSize(_current.font_body)
    app.setFont(font)
    app.setStyleSheet(style_sheet(_current))
