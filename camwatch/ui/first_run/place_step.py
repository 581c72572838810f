"""The step in which a line or a zone is drawn on the first camera's picture."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from camwatch.domain import CameraId
from camwatch.errors import CamWatchError, InvalidSetting, InvalidSettings
from camwatch.language import tr
from camwatch.scene import Scene, SceneRecord
from camwatch.ui import icons, theme
from camwatch.ui.first_run.step import Made, Means, Step
from camwatch.ui.forms import plain_label, set_role
from camwatch.ui.scene.canvas import SceneCanvas
from camwatch.ui.scene.draft import ShapeKind
from camwatch.ui.scene.live_view import LatestPictures, LiveView
from camwatch.ui.scene.model import SceneModel
from camwatch.ui.scene.words import found_sentence, problem_sentence


class PlaceStep(Step):
    """Draws on the live picture with the tools of the editor of lines and zones."""

    def __init__(self, means: Means, made: Made, parent: QWidget | None = None) -> None:
        super().__init__(means, made, parent)
        self.heading = tr("What is counted")
        self.why = tr(
            "A line counts who passes it, in and out; a zone counts who stands in it. Draw it with "
            "the mouse, or press Enter to put one in the middle and move its ends with the arrow "
            "keys. Without, CamWatch counts everybody in view."
        )
        self.action = tr("&Next")
        self.skip = tr("Leave it &out")
        self._camera_id: CameraId | None = None
        self._live: LiveView | None = None
        self.model = SceneModel(self)
        self.model.changed.connect(self._show_state)
        self.canvas: SceneCanvas | None = None
        self.line_button = self._button("slash", tr("Draw a &line"), self._draw_line)
        self.zone_button = self._button("pentagon", tr("Draw a &zone"), self._draw_zone)
        self.undo_button = self._button("undo-2", tr("&Undo"), self._undo)
        self.found = plain_label("", "muted", self)
        self.hint = plain_label("", "muted", self)
        self._place = QVBoxLayout()
        space = theme.current().space
        tools = QHBoxLayout()
        tools.setSpacing(space)
        for button in (self.line_button, self.zone_button, self.undo_button):
            tools.addWidget(button)
        tools.addWidget(self.found, 1)
        self.found.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.body.setSpacing(space)
        self.body.addLayout(tools)
        self.body.addLayout(self._place, 1)
        self.body.addWidget(self.hint)
        undo = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self)
        undo.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        undo.activated.connect(self._undo)
        means.bridge.count_measured.connect(self._show_found)

    def _button(self, icon: str, text: str, slot: object) -> QPushButton:
        button = QPushButton(icons.icon(icon), text, self)
        button.setIconSize(icons.button_size())
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    # ---------------------------------------------------------------- showing

    @property
    def is_ready(self) -> bool:
        """True if something is drawn, and all of it can be saved."""
        return bool(self.model.draft.shapes) and not self.model.problems

    def enter(self) -> None:
        """Show the camera's picture and what is drawn on it."""
        camera, pictures = self.made.camera, self.means.pictures
        if camera is None or pictures is None:
            self.notice.show_text(
                "info",
                tr("There is no camera yet"),
                tr(
                    "Go back and add one, or leave this out: you can draw later, on the page Cameras."
                ),
            )
            self._enable(is_on=False)
            return
        self.notice.hide()
        if self._camera_id != camera.id:
            self._begin(camera.id, camera.name, pictures)
            commands, session = self.means.commands, self.means.session
            self.run(lambda: commands.scene(session, camera.id), self._on_loaded)
        if self._live is not None:
            self._live.start()
        self._take_line_if_empty()

    def leave(self) -> None:
        """Look for no more pictures; what was drawn stays."""
        if self._live is not None:
            self._live.stop()

    def _begin(self, camera_id: CameraId, name: str, pictures: LatestPictures) -> None:
        """Make a canvas for a camera; an older one goes with its drawings."""
        if self.canvas is not None and self._live is not None:
            self._live.stop()
            self._place.removeWidget(self.canvas)
            self.canvas.hide()
            self.canvas.deleteLater()
        self._camera_id = camera_id
        self.model.start(Scene())
        self.canvas = canvas = SceneCanvas(self.model, name, self)
        canvas.hint_changed.connect(self._show_state)
        self._place.addWidget(canvas, 1)
        QWidget.setTabOrder(self.undo_button, canvas)
        self._live = LiveView(pictures, self.means.background, camera_id, canvas)
        self.means.bridge.count_measured.connect(self._live.take_count)

    def _on_loaded(self, record: SceneRecord) -> None:
        self.model.start(record.scene)
        self.made.take_scene(record.scene)
        self._take_line_if_empty()

    def _take_line_if_empty(self) -> None:
        """Lay the line into the hand of who has drawn nothing yet, so that a drag draws one."""
        if self.canvas is not None and not self.model.draft.shapes and not self.is_busy:
            self._take(ShapeKind.LINE)

    def _set_busy(self, is_busy: bool) -> None:
        super()._set_busy(is_busy)
        self._enable(is_on=not is_busy)

    def _enable(self, *, is_on: bool) -> None:
        for part in (self.line_button, self.zone_button, self.undo_button, self.canvas):
            if part is not None:
                part.setEnabled(is_on)
        if is_on:
            self._show_state()

    @Slot()
    def _show_state(self) -> None:
        problems = self.model.problems
        self.undo_button.setEnabled(self.model.can_undo and not self.is_busy)
        if self.canvas is not None:
            self.canvas.show_wrong({key for key in problems if key is not None})
            problem = next(iter(problems.values()), None)
            set_role(self.hint, "muted" if problem is None else "error")
            self.hint.setText(self.canvas.hint if problem is None else problem_sentence(problem))
        self.changed.emit()

    @Slot()
    def _show_found(self) -> None:
        live = self._live
        is_known = live is not None and live.counts is not None
        self.found.setText(found_sentence(live.found, live.counted) if live and is_known else "")

    # ---------------------------------------------------------------- drawing

    def _take(self, kind: ShapeKind) -> None:
        if self.canvas is not None:
            self.canvas.take_tool(kind)
            self.canvas.setFocus()

    @Slot()
    def _draw_line(self) -> None:
        self._take(ShapeKind.LINE)

    @Slot()
    def _draw_zone(self) -> None:
        self._take(ShapeKind.ZONE)

    @Slot()
    def _undo(self) -> None:
        """Take back the last corner of what is being drawn, or else the last step."""
        if self.canvas is not None and not self.canvas.take_back():
            self.model.undo()

    # ---------------------------------------------------------------- saving

    def commit(self) -> None:
        """Save what was drawn, if it is another than before."""
        camera_id = self._camera_id
        if camera_id is None or not self.model.is_changed:
            self.finished.emit()
            return
        try:
            scene = self.model.draft.scene()
        except InvalidSettings as error:
            self.show_error(error)
            return
        commands, session = self.means.commands, self.means.session
        self.run(lambda: commands.save_scene(session, camera_id, scene), self._on_saved)

    def _on_saved(self, record: SceneRecord) -> None:
        self.model.start(record.scene)
        self.made.take_scene(record.scene)
        self.finished.emit()

    def show_error(self, error: CamWatchError) -> None:
        """Say which of what is drawn cannot be saved, and why."""
        match error:
            case InvalidSettings():
                problems = error.problems
            case InvalidSetting():
                problems = (error,)
            case _:
                super().show_error(error)
                return
        self.notice.show_text(
            "error",
            tr("This cannot be saved yet"),
            "\n".join(problem_sentence(one) for one in problems[:4]),
        )
