"""The dialog in which lines, gates, zones and masks are drawn on a camera's picture."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.session import Session
from camwatch.commands.privacy_commands import PrivacyChange
from camwatch.domain import Camera, CameraId, utc_now
from camwatch.errors import CamWatchError, InvalidSetting, InvalidSettings
from camwatch.language import tr
from camwatch.scene import Privacy, PrivacyRecord, Scene, SceneRecord
from camwatch.scene.heat import Heat
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import BusyBar, Field, Notice, plain_label, set_role
from camwatch.ui.scene.advisor import HeatCommands, LineAdvisor
from camwatch.ui.scene.canvas import SceneCanvas
from camwatch.ui.scene.draft import ShapeKind
from camwatch.ui.scene.heat_help import HeatHelp
from camwatch.ui.scene.live_view import LatestPictures, LiveView
from camwatch.ui.scene.model import Choice, SceneModel
from camwatch.ui.scene.panel import ScenePanel
from camwatch.ui.scene.toolbar import SceneToolbar
from camwatch.ui.scene.undo_keys import UndoKeys
from camwatch.ui.scene.words import far_sentences, found_sentence, problem_sentence

_WIDTH, _HEIGHT = 1400, 900


class SceneCommands(HeatCommands, Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def scene(self, session: Session, camera_id: CameraId) -> SceneRecord:
        """Return what is counted in a camera's view."""
        ...

    def privacy(self, session: Session) -> list[PrivacyRecord]:
        """Return what may be seen of each camera's pictures."""
        ...

    def change_privacy(
        self,
        session: Session,
        camera_ids: Collection[CameraId],
        change: PrivacyChange,
        reason: str = "",
    ) -> None:
        """Let more or less be seen from now on."""
        ...

    def save_scene(self, session: Session, camera_id: CameraId, scene: Scene) -> SceneRecord:
        """Store what is counted in a camera's view."""
        ...


class SceneEditor(QDialog):
    """Draws what is counted in one camera's view; stays open until it is saved.

    Signals:
        scene_saved: The SceneRecord as it was saved.

    Args:
        camera: Whose view it is.
        pictures: Where its newest picture is.
        clock: Tells the time, UTC.
    """

    scene_saved = Signal(object)

    def __init__(  # noqa: PLR0917 - its edges, and what it is about
        self,
        commands: SceneCommands,
        session: Session,
        background: Background,
        camera: Camera,
        pictures: LatestPictures,
        bridge: EventBridge,
        parent: QWidget | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._camera = camera
        self._is_saving = False
        self._privacy = Privacy()
        title = tr("Lines and zones of {name}", name=camera.name)
        # A star in the title bar tells that something is not saved yet.
        self.setWindowTitle(f"{title}[*]")
        self.model = SceneModel(self)
        # In the order in which Tab visits them.
        self.tools = SceneToolbar(self)
        self.canvas = SceneCanvas(self.model, camera.name, self)
        self.panel = ScenePanel(self.model, self)
        self.live = LiveView(pictures, background, camera.id, self.canvas, clock=clock)
        self.advisor = LineAdvisor(
            commands, session, background, camera.id, self.model, self, clock=clock
        )
        self._build(title)
        self.help = HeatHelp(
            self.advisor, self.tools, self.canvas, notice=self.notice, legend=self.legend
        )
        self._connect(bridge)
        self._show_state()
        self._load()
        self.live.start()

    # ---------------------------------------------------------------- building

    def _build(self, title: str) -> None:
        space = theme.current().space
        heading = plain_label(title, "title", self)
        heading.setWordWrap(False)
        self.found = QLabel(self)
        self.found.setProperty("role", "muted")
        self.hint = plain_label("", "muted", self)
        self.hint.setMinimumHeight(theme.px(20))
        self.legend = plain_label("", "muted", self)
        self.legend.hide()
        self.notice = Notice(self)
        self.notice.action_requested.connect(self._load)
        self._build_reason()
        self.busy = BusyBar(self)
        self.save_button = QPushButton(tr("&Save"), self)
        self.save_button.setProperty("role", "primary")
        self.save_button.setToolTip(tr("Save (Ctrl+S)"))
        self.save_button.clicked.connect(self.save)
        self.cancel_button = QPushButton(tr("Cancel"), self)
        self.cancel_button.clicked.connect(self.reject)
        for button in (self.save_button, self.cancel_button, self.notice.button):
            # Enter in a field ends what is typed there; it must not save all the rest.
            button.setAutoDefault(False)

        head = QHBoxLayout()
        head.addWidget(heading, 1)
        head.addWidget(self.found)
        left = QVBoxLayout()
        left.setSpacing(space)
        left.addWidget(self.tools)
        left.addWidget(self.canvas, 1)
        for part in (self.hint, self.legend):
            left.addWidget(part)
        middle = QHBoxLayout()
        middle.setSpacing(2 * space)
        middle.addLayout(left, 1)
        # What is said comes and goes beside the picture, which must not move under the pointer.
        right = QVBoxLayout()
        right.setSpacing(space)
        right.addWidget(self.panel, 1)
        for beside in (self.reason, self.notice):
            right.addWidget(beside)
        middle.addLayout(right)
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        buttons.addStretch(1)
        for button in (self.cancel_button, self.save_button):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space)
        column.addLayout(head)
        column.addLayout(middle, 1)
        column.addWidget(self.busy)
        column.addLayout(buttons)
        fit(self, _WIDTH, _HEIGHT)

    def _build_reason(self) -> None:
        """Build what asks why more shall be seen; hidden until it is."""
        self.reason_line = QLineEdit(self)
        self.reason = Field(
            tr("&Reason"),
            self.reason_line,
            self,
            hint=tr(
                "A hidden area was moved or taken away, so more will be seen than now. Say why; "
                "it goes into the audit log."
            ),
        )
        self.reason.hide()

    def _connect(self, bridge: EventBridge) -> None:
        model, canvas, tools = self.model, self.canvas, self.tools
        bridge.count_measured.connect(self.live.take_count)
        bridge.count_measured.connect(self._show_found)
        tools.tool_requested.connect(self._take_tool)
        tools.undo_requested.connect(self._undo)
        tools.redo_requested.connect(model.redo)
        canvas.tool_changed.connect(tools.show_tool)
        canvas.hint_changed.connect(self._show_hint)
        model.changed.connect(self._show_state)
        self.advisor.advised.connect(self.panel.form.show_advice)
        self.advisor.heat_read.connect(self._on_heat)
        for keys, call in (
            (QKeySequence.StandardKey.Undo, self._undo),
            (QKeySequence("Ctrl+Shift+Z"), model.redo),
            (QKeySequence("Ctrl+Y"), model.redo),
            (QKeySequence.StandardKey.Save, self.save),
        ):
            QShortcut(keys, self).activated.connect(call)
        self._undo_keys = UndoKeys(self)

    # ---------------------------------------------------------------- reading

    @Slot()
    def _load(self) -> None:
        self.notice.hide()
        self._set_busy(True)
        self._background.run(
            self._read,
            self._on_loaded,
            self._on_not_loaded,
            owner=self,
        )

    def _read(self) -> tuple[SceneRecord, Privacy]:
        record = self._commands.scene(self._session, self._camera.id)
        found = (
            one.privacy
            for one in self._commands.privacy(self._session)
            if one.camera_id == self._camera.id
        )
        return record, next(found, Privacy())

    def _on_loaded(self, read: tuple[SceneRecord, Privacy]) -> None:
        self._set_busy(False)
        record, self._privacy = read
        self.model.start(record.scene, self._privacy.covers)
        self.canvas.setFocus()
        self.advisor.read()

    def _on_not_loaded(self, error: CamWatchError) -> None:
        self.busy.hide()
        self.notice.show_error(text_for(error), action=tr("Read again"))

    # ---------------------------------------------------------------- showing

    @Slot()
    def _show_state(self) -> None:
        """Show what of the draft is wrong, and what can be taken back."""
        # What was said of the draft before need not hold any more.
        self.notice.hide()
        problems = self.model.problems
        self.canvas.show_wrong({key for key in problems if key is not None})
        self.tools.show_steps(can_undo=self.model.can_undo, can_redo=self.model.can_redo)
        self.setWindowModified(self.model.is_changed)
        self.reason.setVisible(self._shows_more())
        self._show_found()
        self._show_hint()

    @Slot()
    def _show_found(self) -> None:
        is_known = self.live.counts is not None
        text = found_sentence(self.live.found, self.live.counted) if is_known else ""
        self.found.setText(text)

    @Slot()
    def _show_hint(self) -> None:
        chosen = self.model.choice.shape
        problem = self.model.problems.get(chosen) if chosen is not None else None
        set_role(self.hint, "muted" if problem is None else "error")
        self.hint.setText(self.canvas.hint if problem is None else problem_sentence(problem))

    @Slot(object)
    def _on_heat(self, heat: Heat) -> None:
        self.set_far_advice(far_sentences(heat))

    @Slot(object)
    def _take_tool(self, kind: ShapeKind | None) -> None:
        self.canvas.take_tool(kind)
        self.canvas.setFocus()

    @Slot()
    def _undo(self) -> None:
        """Take back the last corner of what is being drawn, or else the last step."""
        if not self.canvas.take_back():
            self.model.undo()

    def set_far_advice(self, text: str) -> None:
        """Say whether it is worth looking for far people here, and what it costs."""
        self.panel.set_far_advice(text)

    # ---------------------------------------------------------------- saving

    @Slot()
    def save(self) -> None:
        """Save in the background; the dialog closes once that is done."""
        if not self.save_button.isEnabled():
            return
        self.notice.hide()
        try:
            scene = self.model.draft.scene()
        except InvalidSettings:
            self._show_problems()
            return
        covers, session, camera_id = self.model.draft.covers(), self._session, self._camera.id
        is_hidden_anew = covers != self._privacy.covers
        reason = self.reason_line.text() if self._shows_more() else ""

        def job() -> SceneRecord:
            if is_hidden_anew:
                # First: it may be refused, and then nothing is saved.
                change = PrivacyChange(covers=covers)
                self._commands.change_privacy(session, [camera_id], change, reason)
            return self._commands.save_scene(session, camera_id, scene)

        self.reason.clear_problem()
        self._is_saving = True
        self._set_busy(True)
        self._background.run(
            job,
            self._on_saved,
            self._on_not_saved,
            owner=self,
        )

    def _shows_more(self) -> bool:
        """Tell whether something would be shown that is hidden now."""
        if self.model.problems:
            return False
        after = replace(self._privacy, covers=self.model.draft.covers())
        return after.hides_less_than(self._privacy)

    def _show_problems(self) -> None:
        """Bring the first thing that cannot be saved into view."""
        problems = self.model.problems
        key = next(iter(problems))
        if key is not None:
            self.model.choose(Choice(key))
            self.panel.show_places()
        elif problems[None].field in self.panel.counting.fields:
            self.panel.show_counting()
        sentences = []
        for wrong, problem in problems.items():
            shape = self.model.draft.shape(wrong)
            about = f"{shape.name}: " if shape is not None else ""
            sentences.append(f"{about}{problem_sentence(problem)}")
        self.notice.show_text("error", tr("This cannot be saved yet"), "\n".join(sentences[:4]))

    def _set_busy(self, is_busy: bool) -> None:
        self.busy.setVisible(is_busy)
        for part in (self.canvas, self.panel, self.tools, self.save_button):
            part.setEnabled(not is_busy)
        self.cancel_button.setEnabled(not self._is_saving)

    def _on_saved(self, record: SceneRecord) -> None:
        self._is_saving = False
        self.accept()
        self.scene_saved.emit(record)

    def _on_not_saved(self, error: CamWatchError) -> None:
        self._is_saving = False
        self._set_busy(False)
        self.notice.show_error(text_for(error))
        match error:
            case InvalidSetting():
                self._show_at_field(error)
            case InvalidSettings():
                for problem in error.problems:
                    self._show_at_field(problem)
            case _:
                pass

    def _show_at_field(self, problem: InvalidSetting) -> None:
        if problem.field == "reason":
            self.reason.show_problem(problem_sentence(problem))
            self.reason_line.setFocus()
        elif field := self.panel.counting.fields.get(problem.field):
            field.show_problem(problem_sentence(problem))
            self.panel.show_counting()
        elif self.model.chosen is not None:
            self.panel.form.show_problem(problem)

    # ---------------------------------------------------------------- closing

    @Slot()
    def reject(self) -> None:
        """Close without saving; ask first if something would be lost."""
        if self._is_saving:
            return
        if self.model.is_changed:
            self._ask_to_discard()
        else:
            super().reject()

    def done(self, result: int, /) -> None:
        """Close, and look for no more pictures."""
        self.live.stop()
        super().done(result)

    def _ask_to_discard(self) -> None:
        question = QMessageBox(self)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.setIcon(QMessageBox.Icon.Warning)
        question.setWindowTitle(tr("Unsaved changes"))
        question.setTextFormat(Qt.TextFormat.PlainText)
        question.setText(tr("Discard what you changed for “{name}”?", name=self._camera.name))
        question.setInformativeText(tr("What was drawn since it was last saved would be lost."))
        discard = question.addButton(tr("Discard changes"), QMessageBox.ButtonRole.DestructiveRole)
        set_role(discard, "danger")
        keep = question.addButton(tr("Keep editing"), QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(keep)
        question.setEscapeButton(keep)
        discard.clicked.connect(self._discard)
        question.open()

    @Slot()
    def _discard(self) -> None:
        super().reject()
