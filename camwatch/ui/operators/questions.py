"""Asks once before something is done that cannot simply be taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from camwatch.language import marked, tr
from camwatch.ui.forms import set_role
from camwatch.ui.operators.wording import breakable


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        title: Of the window.
        text: The question in a sentence.
        about: What it means, in whole sentences.
        does: Words of the button that does it.
        keeps: Words of the button that leaves everything as it is.
    """

    title: str
    text: str
    about: str
    does: str
    keeps: str = marked("Cancel")


def ask(question: Question, do: Callable[[], object], parent: QWidget) -> QMessageBox:
    """Open the question; nothing is done unless it is answered so.

    Args:
        question: What is asked.
        do: Called if it is to be done.
        parent: Where the question belongs.
    """
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(question.title)
    box.setStyleSheet("QLabel#qt_msgbox_informativelabel { min-width: 380px; }")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(breakable(question.text))
    box.setInformativeText(question.about)
    button = box.addButton(question.does, QMessageBox.ButtonRole.DestructiveRole)
    set_role(button, "danger")
    keep = box.addButton(tr(question.keeps), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    button.clicked.connect(lambda _checked: do())
    box.open()
    return box
