"""What the dialogs of this room have in common."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.errors import InvalidSetting
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.delivery.words import problem_sentence
from camwatch.ui.forms import Field, FocusGroup, plain_label, scrolled
from camwatch.ui.operators.form_dialog import FormDialog, bring_into_view, make_button


class DeliveryDialog(FormDialog):
    """A form whose fields are called by the words of this room.

    Signals:
        saved: What was stored, as it is now.
    """

    saved = Signal(object)

    def show_problems(self, problems: tuple[InvalidSetting, ...]) -> None:
        """Show refused values at their fields; the keyboard goes to the first of them."""
        left: list[str] = []
        shown: list[Field] = []
        for problem in problems:
            field = self.field_of(problem.field)
            if field is None or field.isHidden():
                left.append(problem_sentence(problem))
                continue
            field.show_problem(problem_sentence(problem))
            shown.append(field)
        if shown:
            first = min(shown, key=lambda one: one.mapTo(self, QPoint()).y())
            first.input.setFocus()
            bring_into_view(first.message)
        if left:
            self.notice.show_text("error", tr("This cannot be stored"), " ".join(left))

    def on_saved(self, stored: object) -> None:
        """Close, and tell what was stored."""
        self.accept()
        self.saved.emit(stored)

    def reject(self) -> None:
        """Close without storing; not while that is under way."""
        if not self.is_busy:
            super().reject()


class FileLine(QWidget):
    """A line for a file's name, with a button that looks for it."""

    def __init__(self, title: str, kinds: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._kinds = title, kinds
        self.line = QLineEdit(self)
        self.line.setMaxLength(4096)
        self.button = make_button(tr("Choose…"), "", self.choose, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.line)

    def choose(self) -> None:
        """Ask which file is meant."""
        dialog = QFileDialog(self, self._title, "", self._kinds)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.line.setText)
        dialog.open()


class CheckField(QWidget):
    """A box to tick, with what it means under it, and a warning while it is ticked.

    Args:
        words: Of the box.
        hint: What it means.
        warning: Said while it is ticked; "" for none.
    """

    def __init__(
        self, words: str, hint: str = "", warning: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.box = QCheckBox(words, self)
        self.hint = plain_label(hint, "muted", self)
        self.warning = plain_label(warning, "", self)
        self.warning.setStyleSheet(f"color: {theme.current().warning};")
        for label in (self.hint, self.warning):
            label.setContentsMargins(24, 0, 0, 0)
        self.box.setAccessibleDescription(" ".join(filter(None, (hint, warning))))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space // 2)
        for part in (self.box, self.hint, self.warning):
            column.addWidget(part)
        self.hint.setVisible(bool(hint))
        self.box.toggled.connect(partial(self._on_toggled, bool(warning)))
        self.warning.hide()
        self.setFocusProxy(self.box)

    def _on_toggled(self, has_warning: bool, is_on: bool) -> None:
        self.warning.setVisible(has_warning and is_on)


def heading(text: str, parent: QWidget | None = None) -> QLabel:
    """Return the heading of a part of a form."""
    return plain_label(text, "heading", parent)


def line_between(parent: QWidget | None = None) -> QFrame:
    """Return a thin line between parts of a form."""
    line = QFrame(parent)
    line.setFixedHeight(1)
    line.setStyleSheet(f"background: {theme.current().line};")
    return line


def tool(icon: str, words: str, parent: QWidget | None = None) -> QToolButton:
    """Return a button with an icon only."""
    button = QToolButton(parent)
    button.setIcon(icons.icon(icon))
    button.setIconSize(icons.size(16))
    button.setStyleSheet("QToolButton { min-width: 24px; padding: 0; }")
    button.setToolTip(words)
    button.setAccessibleName(words)
    return button


def tab_stops(layout: QLayout | None) -> list[QWidget]:
    """Return where Tab stops in a layout, in the order in which its parts lie."""
    found: list[QWidget] = []
    for place in range(layout.count() if layout is not None else 0):
        item = layout.itemAt(place) if layout is not None else None
        widget = item.widget() if item is not None else None
        if item is not None and widget is None:
            found += tab_stops(item.layout())
        elif widget is not None and _is_stop(widget):
            found.append(widget)
        elif widget is not None:
            found += tab_stops(widget.layout())
    return found


def _is_stop(widget: QWidget) -> bool:
    takes_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return takes_tab and widget.focusProxy() is None and not isinstance(widget, FocusGroup)


def card(inside: QWidget, parent: QWidget | None = None) -> QFrame:
    """Return a framed surface in which content scrolls up and down."""
    frame = QFrame(parent)
    frame.setProperty("role", "card")
    around = QVBoxLayout(frame)
    around.setContentsMargins(1, 1, 1, 1)
    around.addWidget(scrolled(inside, frame))
    return frame
