"""Asks, once, whether cameras are to be removed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from camwatch.domain import Camera
from camwatch.ui.forms import set_role
from camwatch.ui.words import cameras as cameras_words

_NAMED = 8
_ONE = (
    "It is no longer watched, and its password is forgotten. "
    "Its history is kept: what was counted so far can still be looked at."
)
_SEVERAL = (
    "They are no longer watched, and their passwords are forgotten. "
    "Their history is kept: what was counted so far can still be looked at."
)


def ask_to_remove(
    cameras: Sequence[Camera], remove: Callable[[], object], parent: QWidget
) -> QMessageBox:
    """Open the question; nothing is removed unless it is answered so.

    Args:
        cameras: One or more.
        remove: Called if they are to be removed.
        parent: Where the question belongs.
    """
    is_one = len(cameras) == 1
    question = QMessageBox(parent)
    question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    question.setIcon(QMessageBox.Icon.Warning)
    question.setWindowTitle("Remove camera" if is_one else "Remove cameras")
    question.setStyleSheet("QLabel#qt_msgbox_informativelabel { min-width: 340px; }")
    question.setTextFormat(Qt.TextFormat.PlainText)
    if is_one:
        question.setText(f"Remove “{cameras[0].name}”?")
        question.setInformativeText(_ONE)
    else:
        question.setText(f"Remove {cameras_words(len(cameras))}?")
        question.setInformativeText(f"{names_in_short(cameras)}.\n\n{_SEVERAL}")
    words = "Remove camera" if is_one else f"Remove {cameras_words(len(cameras))}"
    button = question.addButton(words, QMessageBox.ButtonRole.DestructiveRole)
    set_role(button, "danger")
    keep = question.addButton(
        "Keep it" if is_one else "Keep them", QMessageBox.ButtonRole.RejectRole
    )
    question.setDefaultButton(keep)
    question.setEscapeButton(keep)
    button.clicked.connect(lambda _checked: remove())
    question.open()
    return question


def names_in_short(cameras: Sequence[Camera]) -> str:
    """Name some cameras, and say how many more there are."""
    names = [camera.name for camera in cameras[:_NAMED]]
    more = len(cameras) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")
