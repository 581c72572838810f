"""Counting while a recording plays: blind, by keys, at the speed that suits."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.accuracy import AuditKind, Truth
from camwatch.accuracy.keeping import OpenedRecording
from camwatch.language import tr
from camwatch.scene import Direction, Scene
from camwatch.ui import icons, theme
from camwatch.ui.accuracy.draft import OccupancyDraft, PassageDraft
from camwatch.ui.accuracy.panels import OccupancyPanel, PassagePanel, mouse_button
from camwatch.ui.accuracy.picture_view import PictureView
from camwatch.ui.accuracy.playback import SPEEDS, Playback
from camwatch.ui.accuracy.timeline import Timeline
from camwatch.ui.accuracy.wording import clock as clock_words
from camwatch.ui.accuracy.wording import time_left
from camwatch.ui.forms import plain_label

_TICK_MS = 15
_AHEAD, _AHEAD_S = 12, 0.033
_BACK_S = 5.0
_KEEP_EVERY_S = 5.0
_NOTE_MS = 1500
_PANEL_WIDTH = 300

_DIGITS = {getattr(Qt.Key, f"Key_{digit}"): digit for digit in range(10)}
_PICTURE_KEYS = {Qt.Key.Key_Period: 1, Qt.Key.Key_Comma: -1}
_SPEED_KEYS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
_PASSAGE_KEYS = {
    Qt.Key.Key_I: Direction.IN,
    Qt.Key.Key_Right: Direction.IN,
    Qt.Key.Key_O: Direction.OUT,
    Qt.Key.Key_Left: Direction.OUT,
}
_CHANGE_KEYS = {
    Qt.Key.Key_Plus: 1,
    Qt.Key.Key_Equal: 1,  # the plus key of keyboards where it needs Shift
    Qt.Key.Key_Minus: -1,
    Qt.Key.Key_PageUp: 5,
    Qt.Key.Key_PageDown: -5,
}


class FilmStep(QWidget):
    """Plays a recording and takes what the operator counts; the program's count is not here.

    What is entered belongs to the picture that is seen at that moment, however late the
    clock is.

    Signals:
        draft_changed: There is something new to be kept.
        watched: The recording was seen to its end.

    Args:
        opened: The recording, of people in view or passing.
        scene: Drawn over the pictures; None draws nothing.
        clock: Monotonic, seconds.
    """

    draft_changed = Signal()
    watched = Signal()

    def __init__(
        self,
        opened: OpenedRecording,
        scene: Scene | None = None,
        clock: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        recording = opened.recording
        pictures = [one for one in recording.pictures if one.file]
        self._files = [one.file for one in pictures]
        times_s = [recording.time_s(one.at) for one in pictures]
        self._index_of = {file: number for number, file in enumerate(self._files)}
        self.playback = Playback(times_s, recording.duration_s, clock)
        self._clock = clock
        self._kept_s = clock()
        self.draft: PassageDraft | OccupancyDraft
        self.panel: PassagePanel | OccupancyPanel
        if recording.kind is AuditKind.PASSAGES:
            self.draft = PassageDraft(opened.truth)
            self.panel = PassagePanel(recording.place or "", self)
            self.panel.passed.connect(self.pass_line)
        else:
            self.draft = OccupancyDraft(opened.truth)
            self.panel = OccupancyPanel(self)
            self.panel.change_requested.connect(self.change_people)
        was_whole = opened.truth is not None and opened.truth.until_s is None
        if was_whole:
            self.draft.watched_s = self.playback.duration_s
        self._was_watched = was_whole
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._build(opened)
        if scene is not None:
            self.view.show_scene(scene)
            self.panel.explain_masks(has_masks=bool(scene.masks))
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._note_timer = QTimer(self)
        self._note_timer.setSingleShot(True)
        self._note_timer.setInterval(_NOTE_MS)
        self._note_timer.timeout.connect(lambda: self.view.say(""))
        if not was_whole:
            self.playback.seek(self.draft.watched_s)
        self._show()

    def _build(self, opened: OpenedRecording) -> None:
        space = theme.current().space
        self.view = PictureView(opened.folder, self)
        self.view.picture_shown.connect(self._show_panel)
        self.timeline = Timeline(self.playback.duration_s, self)
        self.timeline.place_requested.connect(self._go_to)
        self.panel.setFixedWidth(theme.px(_PANEL_WIDTH))
        self.panel.undo.clicked.connect(self.remove_last)
        upper = QHBoxLayout()
        upper.setSpacing(2 * space)
        upper.addWidget(self.view, 1)
        upper.addWidget(self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addLayout(upper, 1)
        column.addWidget(self.timeline)
        column.addLayout(self._transport())

    def _transport(self) -> QHBoxLayout:
        space = theme.current().space
        self.play_button = mouse_button(tr("Play"), self)
        self.play_button.setProperty("role", "primary")
        self.play_button.setMinimumWidth(14 * space)
        self.play_button.clicked.connect(self.toggle)
        row = QHBoxLayout()
        row.setSpacing(space)
        row.addWidget(self.play_button)
        for name, words, move in (
            ("rotate-ccw", tr("5 seconds back (B)"), self.go_back),
            ("step-back", tr("Picture before (comma)"), lambda: self.step(-1)),
            ("step-forward", tr("Next picture (full stop)"), lambda: self.step(1)),
        ):
            row.addWidget(self._tool(name, words, move))
        row.addSpacing(space)
        self.speed_buttons = QButtonGroup(self)
        for number, speed in enumerate(SPEEDS):
            button = QToolButton(self)
            button.setText(f"{speed:g}×")
            button.setCheckable(True)
            button.setChecked(speed == 1)
            button.setToolTip(tr("Slower and faster with the keys ↓ and ↑"))
            button.setAccessibleName(tr("{speed:g} times the speed", speed=speed))
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.speed_buttons.addButton(button, number)
            row.addWidget(button)
        self.speed_buttons.idClicked.connect(self.set_speed)
        row.addStretch(1)
        self.place = plain_label("", "muted", self)
        self.place.setWordWrap(False)
        row.addWidget(self.place)
        return row

    def _tool(self, icon: str, words: str, move: Callable[[], None]) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icons.icon(icon))
        button.setIconSize(icons.size(18))
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(move)
        return button

    # ---------------------------------------------------------------- what was counted

    @property
    def is_whole(self) -> bool:
        """True if the recording was watched to its end."""
        return self.draft.watched_s >= self.playback.duration_s

    @property
    def counted_s(self) -> float:
        """How much was watched, seconds."""
        return self.draft.watched_s

    @property
    def has_truth(self) -> bool:
        """True if there is something to keep."""
        return self.draft.is_begun

    def truth(self) -> Truth:
        """Return what was counted so far; only if `has_truth`."""
        return self.draft.truth(is_whole=self.is_whole)

    def close_step(self) -> None:
        """Rest, and end the thread that loads."""
        self.pause()
        self.view.close_loader()

    # ---------------------------------------------------------------- playing

    @Slot()
    def toggle(self) -> None:
        """Play or rest."""
        if self.playback.is_playing:
            self.pause()
        elif self._may_play():
            self.playback.play()
            self._timer.start()
            self._show()

    def _may_play(self) -> bool:
        """Tell whether playing makes sense; say why if not."""
        if isinstance(self.draft, OccupancyDraft) and self.draft.people_at(0.0) is None:
            self._say(tr("First type how many people are in view now."))
            return False
        return True

    def pause(self) -> None:
        """Rest here."""
        was_playing = self.playback.is_playing
        self.playback.pause()
        self._timer.stop()
        if was_playing:
            self._keep()
        self._show()

    @Slot()
    def go_back(self) -> None:
        """Go five seconds back."""
        self.playback.seek(self.playback.place_s - _BACK_S)
        self._show()

    def step(self, pictures: int) -> None:
        """Go to a picture before or after this one, and rest there."""
        if pictures > 0 and not self._may_play():
            return
        self.playback.step(pictures)
        self._timer.stop()
        self._see()
        self._keep()
        self._show()

    @Slot(int)
    def set_speed(self, number: int) -> None:
        """Play with the speed of this number."""
        self.playback.speed = SPEEDS[number]
        self.speed_buttons.button(number).setChecked(True)

    @Slot(float)
    def _go_to(self, place_s: float) -> None:
        self.playback.seek(place_s)
        self._show()

    @Slot()
    def _tick(self) -> None:
        self.playback.advance()
        if self.playback.skipped_s:
            self._say(
                tr(
                    "No pictures came for {time_left}.",
                    time_left=time_left(self.playback.skipped_s),
                )
            )
        if not self.playback.is_playing:
            self._timer.stop()
        self._see()
        if self._clock() - self._kept_s >= _KEEP_EVERY_S:
            self._keep()
        self._show()

    def _see(self) -> None:
        """Note how far it was watched; at the end, say so once."""
        self.draft.watched_s = max(self.draft.watched_s, self.playback.place_s)
        if self.is_whole and not self._was_watched:
            self._was_watched = True
            self._keep()
            self.watched.emit()

    def _keep(self) -> None:
        self._kept_s = self._clock()
        if self.has_truth:
            self.draft_changed.emit()

    # ---------------------------------------------------------------- counting

    @property
    def seen_s(self) -> float:
        """When the picture was taken that is seen now, seconds from the recording's start."""
        index = self._index_of.get(self.view.shown, self.playback.index)
        return max(self.playback.time_s(index), 0.0)

    @Slot(object)
    def pass_line(self, direction: Direction) -> None:
        """Somebody passes in the picture that is seen."""
        if isinstance(self.draft, PassageDraft):
            self.draft.add(self.seen_s, direction)
            self._entered()

    def set_people(self, people: int) -> None:
        """So many people are in the picture that is seen, and from now on."""
        if isinstance(self.draft, OccupancyDraft):
            self.draft.enter(self.seen_s, people)
            self._entered()

    @Slot(int)
    def change_people(self, by: int) -> None:
        """So many more or fewer people are in the picture that is seen, and from now on."""
        if isinstance(self.draft, OccupancyDraft):
            self.draft.change(self.seen_s, by)
            self._entered()

    @Slot()
    def remove_last(self) -> None:
        """Take back what was entered last."""
        if self.draft.remove_last():
            self._entered()

    def _entered(self) -> None:
        self._keep()
        self._show()

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Do what the key means here."""
        key = Qt.Key(event.key())
        number = self.speed_buttons.checkedId()
        if event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            super().keyPressEvent(event)
        elif key in {Qt.Key.Key_Space, Qt.Key.Key_K}:
            self.toggle()
        elif key is Qt.Key.Key_Backspace:
            self.remove_last()
        elif key is Qt.Key.Key_B:
            self.go_back()
        elif key in _PICTURE_KEYS:
            self.step(_PICTURE_KEYS[key])
        elif key in _SPEED_KEYS:
            self.set_speed(min(max(number + _SPEED_KEYS[key], 0), len(SPEEDS) - 1))
        elif not self._take_counting_key(key, is_repeat=event.isAutoRepeat()):
            super().keyPressEvent(event)

    def _take_counting_key(self, key: Qt.Key, *, is_repeat: bool) -> bool:
        if isinstance(self.draft, PassageDraft):
            if key in _PASSAGE_KEYS and not is_repeat:
                self.pass_line(_PASSAGE_KEYS[key])
            return key in _PASSAGE_KEYS
        if key in _DIGITS:
            self.set_people(_DIGITS[key])
        elif key in _CHANGE_KEYS:
            self.change_people(_CHANGE_KEYS[key])
        elif key is Qt.Key.Key_Right:
            self.step(1)
        elif key is Qt.Key.Key_Left:
            self.go_back()
        else:
            return False
        return True

    # ---------------------------------------------------------------- showing

    def _show(self) -> None:
        """Show place and picture; what comes next is loaded ahead."""
        coming = self.playback.coming(_AHEAD, _AHEAD_S)
        self.view.show_picture([self._files[index] for index in coming])
        self.timeline.show_state(self.playback.place_s, self.draft.watched_s, self.draft.marks)
        duration = clock_words(self.playback.duration_s)
        self.place.setText(
            tr(
                "{clock_words} of {duration}",
                clock_words=clock_words(self.playback.place_s),
                duration=duration,
            )
        )
        is_playing = self.playback.is_playing
        icon = "pause" if is_playing else "play"
        self.play_button.setText(tr("Pause") if is_playing else tr("Play"))
        self.play_button.setIcon(icons.icon(icon, theme.current().on_accent))
        self._show_panel()

    @Slot()
    def _show_panel(self) -> None:
        if isinstance(self.panel, PassagePanel) and isinstance(self.draft, PassageDraft):
            self.panel.show_totals(self.draft.total(Direction.IN), self.draft.total(Direction.OUT))
        elif isinstance(self.panel, OccupancyPanel) and isinstance(self.draft, OccupancyDraft):
            self.panel.show_people(self.draft.people_at(self.seen_s))

    def _say(self, note: str) -> None:
        self.view.say(note)
        self._note_timer.start()

    def hideEvent(self, event: QHideEvent, /) -> None:
        """Rest while nobody looks."""
        if self.playback.is_playing:
            self.pause()
        super().hideEvent(event)
