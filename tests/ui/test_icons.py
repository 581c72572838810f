"""Icons: sharp at any size, and apart from the words that follow them."""

from __future__ import annotations

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from camwatch.ui import icons


def painted_columns(image: QImage) -> list[int]:
    """Return the columns in which anything is painted."""
    return [
        x
        for x in range(image.width())
        if any(image.pixelColor(x, y).alpha() for y in range(image.height()))
    ]


def test_before_the_words_of_a_button_an_icon_is_whole_and_leaves_room(qtbot: QtBot) -> None:
    icon = icons.icon("scan")
    alone = icon.pixmap(16, 16).toImage()
    before_words = icon.pixmap(icons.button_size()).toImage()
    assert before_words.width() > before_words.height()
    assert painted_columns(before_words) == painted_columns(alone)
    assert max(painted_columns(before_words)) < 16
