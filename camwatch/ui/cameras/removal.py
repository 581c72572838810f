"""Asks, once, whether cameras are to be removed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from camwatch.domain import Camera
from camwatch.language import marked, tr
from camwatch.ui.forms import set_role
from camwatch.ui.words import and_more
from camwatch.ui.words import cameras as cameras_words

_NAMED = 8
_ONE = marked(
    "It is no longer watched, and its password is forgotten. "
    "Its history is kept: what was counted so far can still be looked at."
)
_SEVERAL = marked(
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
    question.setWindowTitle(tr("Remove camera") if is_one else tr("Remove cameras"))
    question.setStyleSheet("QLabel#qt_msgbox_informativelabel { min-width: 340px; }")
    question.setTextFormat(Qt.TextFormat.PlainText)
    if is_one:
        question.setText(tr("Remove “{name}”?", name=cameras[0].name))
        question.setInformativeText(tr(_ONE))
    else:
        question.setText(tr("Remove {cameras_words}?", cameras_words=cameras_words(len(cameras))))
        question.setInformativeText(f"{names_in_short(cameras)}.\n\n{tr(_SEVERAL)}")
    words = (
        tr("Remove camera")
        if is_one
        else tr("Remove {cameras_words}", cameras_words=cameras_words(len(cameras)))
    )
    button = question.addButton(words, QMessageBox.ButtonRole.DestructiveRole)
    set_role(button, "danger")
    keep = question.addButton(
        tr("Keep it") if is_one else tr("Keep them"), QMessageBox.ButtonRole.RejectRole
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
    return and_more(names, more)
