"""Offers the set-up of a new profile in the operator's window, and remembers how far it is."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QProcess, Signal, Slot
from PySide6.QtWidgets import QWidget

from camwatch.alerts.rules import Rule
from camwatch.domain import Camera
from camwatch.errors import CamWatchError
from camwatch.language import tr
from camwatch.scene import Scene
from camwatch.ui.banner import Banner, Gravity
from camwatch.ui.first_run.options import SetUpOptions, may_set_up
from camwatch.ui.first_run.progress import Progress, ProgressFile, Stage
from camwatch.ui.first_run.step import Means

if TYPE_CHECKING:
    from camwatch.ui.first_run.page import SetUpPage

log = logging.getLogger(__name__)


_Before = tuple[Camera | None, Scene, Rule | None]


class FirstRun(QObject):
    """Makes the page when it is wanted first.

    Attributes:
        banner: Offers to go on with what was begun.
        page: None until it was wanted.

    Args:
        means: What the steps work with; without pictures nothing is offered.
        zone: The site's time zone.
        options: Whether and how it is offered.
        window: Owns this and the page.

    Signals:
        wanted: The page is to be shown.
        left: Something else is to be shown instead of the page.
        title_changed: What the window is called is something else.
    """

    wanted = Signal()
    left = Signal()
    title_changed = Signal()

    def __init__(
        self, means: Means, zone: ZoneInfo, options: SetUpOptions, window: QWidget
    ) -> None:
        super().__init__(window)
        self._means = means
        self._zone = zone
        self._file = ProgressFile(options.file)
        self._progress = self._file.read()
        self._is_offered = options.is_offered
        self._sample = options.sample
        self._is_filled = False
        self.page: SetUpPage | None = None
        self.banner = Banner(Gravity.INFO, can_close=True)
        self.go_on_button = self.banner.add_button(tr("Go on"))
        self.go_on_button.clicked.connect(self.open)
        self.banner.dismissed.connect(self._give_up)

    @property
    def is_possible(self) -> bool:
        """True if this operator may set CamWatch up."""
        return self._means.pictures is not None and may_set_up(self._means.session)

    @property
    def is_shown(self) -> bool:
        """True while the page is shown."""
        return self.page is not None and self.page.isVisible()

    @property
    def title(self) -> str:
        """What the window is called while the page is shown; "" while it is not."""
        page = self.page
        return page.title if page is not None and self.is_shown else ""

    def offer(self, cameras: Sequence[Camera]) -> None:
        """Lead a new profile through it, or offer to go on; once in the life of a window."""
        if not self._is_offered or not self.is_possible:
            return
        self._is_offered = False
        if self._progress.stage is Stage.BEGUN:
            self._remind()
        elif self._progress.stage is Stage.NEW and not cameras:
            self.open()

    @Slot()
    def open(self) -> None:
        """Show the page, at the step where it was left."""
        if not self.is_possible:
            return
        self.banner.say("")
        if self.page is None:
            self.page = self._make(self._means)
        if self._progress.stage is Stage.OVER:
            # Again from the start, with what there is.
            self._keep(Progress(Stage.BEGUN, 0, self._progress.camera_id, self._progress.rule_uid))
        elif self._progress.stage is Stage.NEW:
            self._keep(replace(self._progress, stage=Stage.BEGUN))
        if self._is_filled:
            self.wanted.emit()
        else:
            self._fill(self._means)

    def _make(self, means: Means) -> SetUpPage:
        # Most windows never show it.
        from camwatch.ui.first_run.page import SetUpPage  # noqa: PLC0415

        # The window is not kept here as well: only the collector of cycles would free it then.
        window = self.parent()
        if not isinstance(window, QWidget):
            raise TypeError(window)
        page = SetUpPage(means, self._zone, window, has_sample=bool(self._sample))
        page.hide()
        page.moved.connect(self._on_moved)
        page.made.changed.connect(self._on_moved)
        page.later_requested.connect(self._on_later)
        page.done.connect(self._on_done)
        page.title_changed.connect(self.title_changed)
        page.welcome.sample_requested.connect(self._open_sample)
        return page

    # ---------------------------------------------------------------- where it was left

    def _fill(self, means: Means) -> None:
        """Read what was set up before, then show the page."""
        progress = self._progress
        means.background.run(
            lambda: _read(means, progress), self._on_read, self._on_not_read, owner=self
        )

    def _on_read(self, before: _Before) -> None:
        page = self.page
        if page is None:
            return
        self._is_filled = True
        step = self._progress.step
        camera, scene, rule = before
        if camera is not None:
            page.made.take_camera(camera)
            page.made.take_scene(scene)
        if rule is not None:
            page.made.take_rule(rule)
            page.rule.show_rule(rule)
        page.show_step(step)
        self.wanted.emit()

    def _on_not_read(self, error: CamWatchError) -> None:
        """Begin anew; the steps themselves tell what is wrong."""
        log.warning("what was set up before cannot be read: %s [%s]", error, error.error_id)
        self._on_read((None, Scene(), None))

    @Slot()
    def _on_moved(self) -> None:
        page = self.page
        if page is None or not self._is_filled:
            return
        camera, rule = page.made.camera, page.made.rule
        self._keep(
            replace(
                self._progress,
                step=page.index,
                camera_id=None if camera is None else camera.id,
                rule_uid="" if rule is None else rule.uid,
            )
        )

    def _keep(self, progress: Progress) -> None:
        if progress != self._progress:
            self._progress = progress
            self._file.write(progress)

    # ---------------------------------------------------------------- leaving

    def on_page_shown(self, shown: QWidget | None) -> None:
        """Offer to go on while something else is shown."""
        page = self.page
        if page is None or self._progress.stage is not Stage.BEGUN:
            return
        if shown is page:
            self.banner.say("")
        else:
            self._remind()

    def _remind(self) -> None:
        self.banner.say(
            tr(
                "CamWatch is not set up to the end yet. “Set up CamWatch…” in the operator menu "
                "goes on as well."
            )
        )

    @Slot()
    def _give_up(self) -> None:
        """Remind of it no more; the menu still has it."""
        self._keep(replace(self._progress, stage=Stage.OVER))

    @Slot()
    def _on_later(self) -> None:
        self.left.emit()

    @Slot()
    def _on_done(self) -> None:
        self._keep(replace(self._progress, stage=Stage.OVER, step=0))
        self.banner.say("")
        self.left.emit()

    # ---------------------------------------------------------------- the sample

    @Slot()
    def _open_sample(self) -> None:
        page = self.page
        if page is None or not self._sample:
            return
        program, *arguments = self._sample
        is_started, _process = QProcess.startDetached(program, arguments, "")
        if is_started:
            page.welcome.say_sample(
                tr("The sample is being opened in a window of its own."),
                tr("At the first time its history is made up, which takes some seconds."),
            )
        else:
            page.welcome.say_sample(
                tr("The sample could not be started."),
                tr("Start it from a terminal: camwatch --sample"),
            )


def _read(means: Means, progress: Progress) -> _Before:
    """Return what was set up before, as far as it is still there. Runs in the background."""
    commands, session = means.commands, means.session
    cameras = {one.id: one for one in commands.cameras(session)}
    camera = cameras.get(progress.camera_id) if progress.camera_id is not None else None
    scene = Scene() if camera is None else commands.scene(session, camera.id).scene
    rule: Rule | None = None
    if progress.rule_uid:
        rule = next((one for one in commands.rules(session) if one.uid == progress.rule_uid), None)
    return camera, scene, rule
