"""The step in which the first camera is added: found, typed, plugged in, a file, or simulated."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.domain import Camera, SourceKind
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.cameras.editor import CameraEditor
from camwatch.ui.cameras.find_dialog import FindDialog
from camwatch.ui.first_run.picture_panel import WatchedPicture
from camwatch.ui.first_run.step import Made, Means, Step
from camwatch.ui.forms import plain_label

_INDENT = 24


class Way(StrEnum):
    """Where the first camera comes from."""

    FOUND = "found"
    TYPED = "typed"
    USB = "usb"
    FILE = "file"
    SIMULATED = "simulated"


@dataclass(frozen=True, slots=True)
class _Words:
    name: str
    about: str
    action: str


def _ways() -> dict[Way, _Words]:
    return {
        Way.FOUND: _Words(
            tr("&Find cameras in the network"),
            tr("CamWatch asks the network which cameras there are."),
            tr("Se&arch the network…"),
        ),
        Way.TYPED: _Words(
            tr("Enter an a&ddress"),
            tr("You know the camera's address, and its sign-in if it asks for one."),
            tr("Enter the &address…"),
        ),
        Way.USB: _Words(
            tr("&USB camera"),
            tr("Plugged into this computer; no network is needed."),
            tr("Choose the c&amera…"),
        ),
        Way.FILE: _Words(
            tr("&Video file"),
            tr("A video, picture or folder on this computer, to try things out."),
            tr("Choose &a file…"),
        ),
        Way.SIMULATED: _Words(
            tr("Si&mulated camera"),
            tr(
                "CamWatch draws people who walk about. Nobody in it is real; it is marked as "
                "simulated, and can be removed at any time."
            ),
            tr("&Add the simulated camera"),
        ),
    }


class CameraStep(Step):
    """Adds a camera and shows its live picture: that proves that it works."""

    def __init__(self, means: Means, made: Made, parent: QWidget | None = None) -> None:
        super().__init__(means, made, parent)
        self.heading = tr("Your first camera")
        self.why = tr(
            "CamWatch counts people in the pictures of cameras. You go on once the live picture is "
            "here, so that you know that the camera works. More cameras can be added later."
        )
        self.action = tr("&Next")
        self.skip = tr("Leave it &out")
        self.leads_on = True
        self._words = _ways()
        self._site_names: list[str] = []
        self.ways: dict[Way, QRadioButton] = {}
        self._group = QButtonGroup(self)
        self.add_button = QPushButton(self)
        self.add_button.setAutoDefault(False)
        self.add_button.clicked.connect(self.add)
        self.edit_button = QPushButton(tr("&Edit this camera…"), self)
        self.edit_button.setAutoDefault(False)
        self.edit_button.clicked.connect(self.edit)
        self.added = plain_label("", "heading", self)
        self.picture = WatchedPicture(means, self)
        self.picture.changed.connect(self.changed)
        self._lay_out()
        self._group.buttonToggled.connect(self._on_way)
        self.ways[Way.FOUND].setChecked(True)
        self._show_made()

    def _lay_out(self) -> None:
        space = theme.current().space
        grid = QGridLayout()
        grid.setHorizontalSpacing(space)
        grid.setVerticalSpacing(space // 2)
        for way, words in self._words.items():
            button = QRadioButton(words.name, self)
            button.setAccessibleDescription(words.about)
            self._group.addButton(button)
            self.ways[way] = button
            about = plain_label(words.about, "muted", self)
            about.setContentsMargins(_INDENT, 0, 0, space // 2)
            grid.addWidget(button, grid.rowCount(), 0)
            grid.addWidget(about, grid.rowCount(), 0)
        left = QVBoxLayout()
        left.setSpacing(space + space // 2)
        left.addWidget(self.added)
        left.addLayout(grid)
        buttons = QHBoxLayout()
        buttons.setSpacing(space)
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.edit_button)
        buttons.addStretch(1)
        left.addLayout(buttons)
        left.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(3 * space)
        row.addLayout(left, 1)
        row.addWidget(self.picture, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(row, 1)

    # ---------------------------------------------------------------- showing

    @property
    def way(self) -> Way:
        """The way that is chosen."""
        return next(way for way, button in self.ways.items() if button.isChecked())

    @property
    def is_ready(self) -> bool:
        """True once the camera's live picture is here."""
        return self.made.camera is not None and self.picture.is_live

    def enter(self) -> None:
        """Show the camera, if there is one already."""
        self._show_made()
        self.means.background.run(
            lambda: [site.name for site in self.means.commands.sites(self.means.session)],
            self._on_sites,
            self._on_failed,
            owner=self,
        )
        if self.made.camera is None:
            self.ways[self.way].setFocus()

    def leave(self) -> None:
        """Bring no more pictures."""
        self.picture.stop()

    def _on_sites(self, names: list[str]) -> None:
        self._site_names = names

    def _show_made(self) -> None:
        camera = self.made.camera
        self.added.setVisible(camera is not None)
        self.edit_button.setVisible(camera is not None)
        if camera is not None:
            self.added.setText(tr("“{camera}” is added.", camera=camera.name))
        self.picture.watch(camera)
        self._on_way()
        self.changed.emit()

    @Slot()
    def _on_way(self) -> None:
        self.add_button.setText(self._words[self.way].action)
        # Until there is a camera, this is what leads on.
        self.notice.hide()

    # ---------------------------------------------------------------- adding

    @Slot()
    def add(self) -> None:
        """Add a camera in the way that is chosen."""
        if self.is_busy:
            return
        match self.way:
            case Way.FOUND:
                self._find()
            case Way.SIMULATED:
                self._simulate()
            case Way.TYPED:
                self._open_editor(None, SourceKind.SNAPSHOT)
            case Way.USB:
                self._open_editor(None, SourceKind.USB)
            case Way.FILE:
                self._open_editor(None, SourceKind.FILE)

    @Slot()
    def edit(self) -> None:
        """Change what was entered for the camera."""
        if self.made.camera is not None:
            self._open_editor(self.made.camera, self.made.camera.settings.kind)

    def _find(self) -> None:
        means = self.means
        dialog = FindDialog(means.commands, means.session, means.background, self.window())
        dialog.added.connect(self._on_found)
        self._open(dialog)

    @Slot(object)
    def _on_found(self, cameras: list[Camera]) -> None:
        if cameras:
            self._on_added(cameras[0])

    def _open_editor(self, camera: Camera | None, kind: SourceKind) -> None:
        means = self.means
        editor = CameraEditor(
            means.commands,
            means.session,
            means.background,
            camera,
            sites=self._site_names,
            pictures=means.pictures,
            parent=self.window(),
        )
        if camera is None:
            editor.form.kinds.choose(kind)
        editor.camera_saved.connect(self._on_added)
        self._open(editor)

    @staticmethod
    def _open(dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _simulate(self) -> None:
        commands, session = self.means.commands, self.means.session

        def job() -> Camera:
            return commands.add_camera(session, commands.simulated_camera(session), None)

        self.run(job, self._on_added)

    @Slot(object)
    def _on_added(self, camera: Camera) -> None:
        self.made.take_camera(camera)
        self._show_made()
        self.add_button.setFocus()
