"""Says why CamWatch cannot start: there is no window yet in which it could."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from camwatch.errors import CamWatchError, StorageError
from camwatch.language import tr
from camwatch.ui.error_text import text_for


def show_refusal(title: str, text: str) -> None:
    """Show it until it is read."""
    box = QMessageBox(QMessageBox.Icon.Critical, "CamWatch", title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(text)
    box.exec()


def refusal_words(error: CamWatchError) -> tuple[str, str]:
    """Return a title and a text for a history that cannot be opened.

    What the history says names the file or server, the reason and the way out; the general words
    for operators, who cannot do anything about it, leave all of that away.
    """
    words = text_for(error)
    said = str(error) if isinstance(error, StorageError) else ""
    what = said or f"{words.sentence}\n\n{words.what_to_do}"
    return words.title, tr("{what}\n\nError id: {error_id}", what=what, error_id=words.error_id)
