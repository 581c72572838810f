"""Asks before something is done that cannot be taken back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from camwatch.ui.forms import set_role


def ask(
    parent: QWidget,
    question: str,
    explanation: str,
    buttons: tuple[str, str],
    do: Callable[[], None],
    *,
    is_deletion: bool = True,
) -> None:
    """Ask, without waiting for the answer.

    Args:
        parent: Over which window.
        question: In one sentence.
        explanation: What it means, in whole sentences.
        buttons: What yes and no are called; no is what Enter and Escape mean.
        do: Called on yes.
        is_deletion: Something is lost.
    """
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Warning if is_deletion else QMessageBox.Icon.Question)
    box.setWindowTitle("CamWatch")
    box.setStyleSheet("QLabel#qt_msgbox_informativelabel { min-width: 340px; }")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(question)
    box.setInformativeText(explanation)
    yes = box.addButton(buttons[0], QMessageBox.ButtonRole.ActionRole)
    set_role(yes, "danger" if is_deletion else "")
    no = box.addButton(buttons[1], QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(no)
    box.setEscapeButton(no)
    yes.clicked.connect(do)
    box.open()
