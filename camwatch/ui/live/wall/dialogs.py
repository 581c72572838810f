"""The small dialogs about walls: a name, a question, a tour."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from camwatch.errors import CamWatchError, InvalidSetting, InvalidSettings
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.error_text import field_sentence, text_for
from camwatch.ui.forms import Field, plain_label
from camwatch.walls import LONGEST_NAME, Wall

_ROOM = Qt.ItemDataRole.UserRole


class NameDialog(QDialog):
    """Asks what a wall shall be called, and who may look at it.

    Stays open until the wall is stored, so that nothing that was typed gets lost.

    Signals:
        named: Name, and whether it shall be shared.
    """

    named = Signal(str, bool)

    def __init__(
        self, title: str, name: str, *, is_shared: bool, may_share: bool, parent: QWidget
    ) -> None:
        super().__init__(parent)
        space = theme.current().space
        self.setWindowTitle(title)
        self.setMinimumWidth(52 * space)
        self.line = QLineEdit(name)
        self.line.setMaxLength(LONGEST_NAME)
        self.line.selectAll()
        self.field = Field(tr("&Name of the wall"), self.line)
        self.share = QCheckBox(tr("&Share it: everybody who may see its cameras can look at it"))
        self.share.setChecked(is_shared)
        self.share.setEnabled(may_share)
        if not may_share:
            self.share.setToolTip(tr("Your role may not share walls."))
        self.said = plain_label("", "error")
        self.said.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.save_button = buttons.addButton(tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.save_button.setProperty("role", "primary")
        self.save_button.setDefault(True)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * space, 3 * space, 3 * space, 2 * space)
        layout.setSpacing(2 * space)
        for widget in (self.field, self.share, self.said, buttons):
            layout.addWidget(widget)

    @Slot()
    def _on_accepted(self) -> None:
        self.field.clear_problem()
        self.said.hide()
        self.named.emit(self.line.text(), self.share.isChecked())

    @Slot(object)
    def refuse(self, error: CamWatchError) -> None:
        """Say why it was not stored."""
        problems = error.problems if isinstance(error, InvalidSettings) else [error]
        for problem in problems:
            if isinstance(problem, InvalidSetting) and problem.field == "name":
                self.field.show_problem(field_sentence(problem))
                self.line.setFocus()
                return
        self.said.setText(text_for(error).whole)
        self.said.show()


class TourDialog(QDialog):
    """Asks which walls a tour shows, and for how long each.

    Signals:
        chosen: The walls' uids in their order, and seconds.
    """

    chosen = Signal(list, int)

    def __init__(self, walls: Sequence[Wall], seconds: int, parent: QWidget) -> None:
        super().__init__(parent)
        space = theme.current().space
        self.setWindowTitle(tr("Tour of walls"))
        self.setMinimumWidth(52 * space)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Walls of the tour"))
        self.list.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        for wall in walls:
            item = QListWidgetItem(wall.name)
            item.setData(_ROOM, wall.uid)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self.list.addItem(item)
        self.seconds = QSpinBox()
        self.seconds.setRange(3, 3600)
        self.seconds.setValue(seconds)
        self.seconds.setSuffix(" s")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        start = buttons.addButton(tr("Start the tour"), QDialogButtonBox.ButtonRole.AcceptRole)
        start.setProperty("role", "primary")
        start.setDefault(True)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * space, 3 * space, 3 * space, 2 * space)
        layout.setSpacing(2 * space)
        layout.addWidget(
            plain_label(
                tr(
                    "The walls with a mark are shown one after the other; drag them into the order"
                    " you want. The tour ends when you do something, or when an alert needs you."
                )
            )
        )
        layout.addWidget(self.list, 1)
        layout.addWidget(Field(tr("&Time for each"), self.seconds))
        layout.addWidget(buttons)

    @Slot()
    def _on_accepted(self) -> None:
        rows = [self.list.item(row) for row in range(self.list.count())]
        uids = [one.data(_ROOM) for one in rows if one.checkState() is Qt.CheckState.Checked]
        self.accept()
        self.chosen.emit(uids, self.seconds.value())


def delete_question(wall: Wall, *, is_own: bool, parent: QWidget) -> QMessageBox:
    """Return the question whether a wall shall be deleted; its default is to keep it."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(tr("Delete a wall"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(tr("Delete the wall “{name}”?", name=wall.name))
    if wall.is_shared and is_own:
        says = tr("It is shared: it goes for everybody. Its cameras stay as they are.")
    elif wall.is_shared:
        says = tr(
            "{owner} shares it: it goes for everybody, {owner} too. Its cameras stay as they are.",
            owner=wall.owner,
        )
    else:
        says = tr("Its cameras stay as they are. Export it first if you may want it again.")
    box.setInformativeText(says)
    delete = box.addButton(tr("Delete the wall"), QMessageBox.ButtonRole.DestructiveRole)
    delete.setProperty("role", "danger")
    keep = box.addButton(tr("Keep it"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    return box
