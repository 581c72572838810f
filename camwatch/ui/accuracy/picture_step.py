"""Counting people in single pictures, one after the other, by keys."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from camwatch.accuracy import Truth
from camwatch.accuracy.keeping import OpenedRecording
from camwatch.language import tr
from camwatch.scene import Scene
from camwatch.ui import icons, theme
from camwatch.ui.accuracy.draft import PictureDraft
from camwatch.ui.accuracy.panels import Panel, large_number, mouse_button
from camwatch.ui.accuracy.picture_view import PictureView
from camwatch.ui.forms import plain_label

_PANEL_WIDTH = 300
_LARGE = 84
_AHEAD = 4
_MOST_DIGITS = 4


class PicturePanel(Panel):
    """The number that is being typed for a picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        hint = tr("Count everybody of whom you see at least half, then press Enter.")
        super().__init__(tr("People in this picture"), hint, parent)
        self.number = large_number(_LARGE, self)
        self.middle.addWidget(self.number)
        self.confirm = mouse_button(tr("Next picture"), self)
        self.confirm.setProperty("role", "primary")
        self.pass_over = mouse_button(tr("Cannot tell: pass over"), self)
        self.middle.addWidget(self.confirm)
        self.middle.addWidget(self.pass_over)
        self.undo.setText(tr("Picture before"))
        self.undo.setIcon(icons.icon("arrow-left"))
        self.explain_only(
            [
                ("0 … 9", tr("the number of people")),
                (tr("Enter"), tr("confirm, next picture")),
                ("←  →", tr("picture back, next")),
                (tr("Backspace"), tr("delete a digit")),
                ("S", tr("cannot tell: pass over")),
            ]
        )


class PictureStep(QWidget):
    """Shows one picture of a sample at a time; the program's count is not here.

    Signals:
        draft_changed: There is something new to be kept.
        watched: Each picture has a number or was passed over.

    Args:
        opened: The recording, of single pictures.
        scene: Drawn over the pictures; None draws nothing.
    """

    draft_changed = Signal()
    watched = Signal()

    def __init__(
        self,
        opened: OpenedRecording,
        scene: Scene | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._files = [one.file for one in opened.recording.pictures]
        self.draft = PictureDraft(len(self._files), opened.truth)
        self.index = self.draft.next_open
        self._typed = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        space = theme.current().space
        self.view = PictureView(opened.folder, self)
        self.panel = PicturePanel(self)
        self.panel.setFixedWidth(theme.px(_PANEL_WIDTH))
        self.panel.confirm.clicked.connect(self.confirm)
        self.panel.pass_over.clicked.connect(self.pass_over)
        self.panel.undo.clicked.connect(lambda: self.go(-1))
        if scene is not None:
            self.view.show_scene(scene)
            self.panel.explain_masks(has_masks=bool(scene.masks))
        self.bar = QProgressBar(self)
        self.bar.setRange(0, len(self._files))
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(space)
        self.bar.setAccessibleName(tr("How many pictures are counted"))
        self.place = plain_label("", "muted", self)
        upper = QHBoxLayout()
        upper.setSpacing(2 * space)
        upper.addWidget(self.view, 1)
        upper.addWidget(self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addLayout(upper, 1)
        column.addWidget(self.bar)
        column.addWidget(self.place)
        self._show()

    @property
    def is_whole(self) -> bool:
        """True if nothing is left to be counted."""
        return self.draft.left == 0

    @property
    def has_truth(self) -> bool:
        """True if there is something to keep."""
        return self.draft.is_begun

    def truth(self) -> Truth:
        """Return what was counted so far; only if `has_truth`."""
        return self.draft.truth()

    def close_step(self) -> None:
        """End the thread that loads."""
        self.view.close_loader()

    def type_digit(self, digit: int) -> None:
        """Put a digit behind the number."""
        self._typed = f"{self._typed}{digit}".lstrip("0")[-_MOST_DIGITS:] or "0"
        self._show()

    @Slot()
    def confirm(self) -> None:
        """Take the number for this picture, and go to the next."""
        people = int(self._typed) if self._typed else self.draft.people(self.index)
        if people is None:
            self.view.say(tr("Type how many people are in this picture."))
            return
        self.draft.enter(self.index, people)
        self._settled()

    @Slot()
    def pass_over(self) -> None:
        """Leave this picture out, and go to the next."""
        self.draft.pass_over(self.index)
        self._settled()

    def _settled(self) -> None:
        if self.has_truth:
            self.draft_changed.emit()
        was_last = self.index == len(self._files) - 1
        self.go(self.draft.next_open - self.index if was_last else 1)
        if self.is_whole:
            self.watched.emit()

    def go(self, pictures: int) -> None:
        """Go to a picture before (below 0) or after this one."""
        self.index = min(max(self.index + pictures, 0), len(self._files) - 1)
        self._typed = ""
        self.view.say("")
        self._show()

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Do what the key means here."""
        key = Qt.Key(event.key())
        if event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            super().keyPressEvent(event)
        elif Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            self.type_digit(key - Qt.Key.Key_0)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if not event.isAutoRepeat():
                self.confirm()
        elif key is Qt.Key.Key_Backspace:
            self._typed = self._typed[:-1]
            self._show()
        elif key is Qt.Key.Key_S:
            self.pass_over()
        elif key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            self.go(-1 if key is Qt.Key.Key_Left else 1)
        else:
            super().keyPressEvent(event)

    def _show(self) -> None:
        people = self.draft.people(self.index)
        entered = "?" if people is None else str(people)
        self.panel.number.setText(self._typed or entered)
        self.panel.undo.setEnabled(self.index > 0)
        self.view.show_picture(self._files[self.index : self.index + _AHEAD])
        self.bar.setValue(len(self._files) - self.draft.left)
        self.place.setText(
            tr(
                "Picture {value} of {count}, {left} left to count",
                value=self.index + 1,
                count=len(self._files),
                left=self.draft.left,
            )
        )
