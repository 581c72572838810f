"""The dialog in which a camera is added or edited."""

from __future__ import annotations

import threading
from functools import partial
from typing import Protocol

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.session import Session
from camwatch.cameras.policy import validate_camera
from camwatch.cameras.trial import ConnectionTest
from camwatch.commands import KeepPassword
from camwatch.domain import Camera, CameraId, CameraSettings, Reason, Secret
from camwatch.errors import CamWatchError, InvalidSetting, InvalidSettings, SecretsUnavailable
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.cameras.form import CameraForm
from camwatch.ui.cameras.live_preview import LivePreview
from camwatch.ui.cameras.trial import TrialPanel
from camwatch.ui.error_text import ErrorText, text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import BusyBar, Notice, in_tab_order, scrolled
from camwatch.ui.privacy.action import PrivacyAction
from camwatch.ui.privacy.commands import PrivacyScreenCommands
from camwatch.ui.scene.live_view import LatestPictures
from camwatch.ui.vault.offer import SecretsOffer
from camwatch.ui.vault.protocol import VaultScreenCommands

_WIDTH, _HEIGHT = 1040, 860
_TRIAL_WIDTH = 368


class EditorCommands(VaultScreenCommands, PrivacyScreenCommands, Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def add_camera(
        self,
        session: Session,
        settings: CameraSettings,
        password: Secret | None,
        *,
        keep_in_memory: bool = False,
    ) -> Camera:
        """Add a camera."""
        ...

    def edit_camera(
        self,
        session: Session,
        camera_id: CameraId,
        settings: CameraSettings,
        password: Secret | KeepPassword | None,
        *,
        keep_in_memory: bool = False,
    ) -> Camera:
        """Change a camera."""
        ...

    def test_camera(
        self,
        session: Session,
        settings: CameraSettings,
        password: Secret | None,
        camera_id: CameraId | None = None,
        *,
        cancel: threading.Event | None = None,
    ) -> ConnectionTest:
        """Try a camera once."""
        ...


class CameraEditor(QDialog):
    """Adds or edits a camera; stays open, with all that was typed, until it is saved.

    Signals:
        camera_saved: The Camera as it was saved.

    Args:
        camera: The one to edit; None adds a new one.
        sites: Names of the sites there are.
        reason: Why the camera is in its present state, as far as it is known.
        pictures: Where the newest pictures are; without it none is shown before a trial.
    """

    camera_saved = Signal(object)

    def __init__(
        self,
        commands: EditorCommands,
        session: Session,
        background: Background,
        camera: Camera | None,
        *,
        sites: list[str] | None = None,
        reason: Reason = Reason.NONE,
        pictures: LatestPictures | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._camera = camera
        self._trial = 0
        self._cancel_trial = threading.Event()
        self._is_saving = False
        title = tr("Add a camera") if camera is None else tr("Edit {name}", name=camera.name)
        self.setWindowTitle(title)
        settings = camera.settings if camera else None
        self._build(title, CameraForm(settings, sites or [], self, reason=reason))
        if camera is None and sites and session.role.sites is not None:
            # The usual site is perhaps none of those that this operator may add cameras to.
            self.form.site.setEditText(sites[0])
        self.form.focus_first()
        self.live: LivePreview | None = None
        if camera is not None and camera.is_watched and pictures is not None:
            self.live = LivePreview(pictures, background, camera.id, self.trial)
            self.live.start()

    def _build(self, title: str, form: CameraForm) -> None:
        space = theme.current().space
        heading = QLabel(title, self)
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setProperty("role", "title")
        self.form = form
        self.form.connection_changed.connect(self._on_connection_changed)
        self._scroll = scrolled(self.form, self)
        self.trial = TrialPanel(self)
        self.trial.setFixedWidth(theme.px(_TRIAL_WIDTH))
        self.trial.requested.connect(self.test)
        self.trial.address_chosen.connect(self._on_address_chosen)
        self.trial.certificate.trusted.connect(self._on_pin)
        self.trial.certificate.forgotten.connect(self._on_pin)

        self.notice = Notice(self)
        self.keep_in_memory = QCheckBox(tr("Keep it onl&y until CamWatch closes"), self)
        self.keep_in_memory.hide()
        self.offer = SecretsOffer(
            self.notice,
            self.keep_in_memory,
            self._commands,
            self._session,
            self._background,
            self.save,
            self,
        )
        self.busy = BusyBar(self)
        self.save_button = QPushButton(tr("&Save"), self)
        self.save_button.setProperty("role", "primary")
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self.save)
        self.cancel_button = QPushButton(tr("Cancel"), self)
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)

        middle = QHBoxLayout()
        middle.setSpacing(3 * space)
        middle.addWidget(self._scroll, 1)
        middle.addWidget(self.trial)
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        self.privacy = PrivacyAction(
            self._commands,
            self._session,
            self._background,
            self,
            lambda: () if self._camera is None else (self._camera,),
        )
        self.privacy.update()
        self.privacy.button.setVisible(self._camera is not None)
        buttons.addWidget(self.privacy.button)
        buttons.addWidget(self.keep_in_memory)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.save_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space + space // 2)
        column.addWidget(heading)
        column.addLayout(middle, 1)
        column.addWidget(self.notice)
        column.addWidget(self.busy)
        column.addLayout(buttons)
        in_tab_order(
            self.form.allow_local,
            self.trial.button,
            self.privacy.button,
            self.keep_in_memory,
            self.save_button,
            self.cancel_button,
        )
        fit(self, _WIDTH, _HEIGHT)

    # ---------------------------------------------------------------- checking

    def _checked(self) -> CameraSettings | None:
        """Return what is entered in its stored form; None with messages at the fields."""
        self.notice.hide()
        self.form.clear_problems()
        if not self.form.take_apart():
            self._show_first()
            return None
        try:
            return validate_camera(self.form.settings())
        except InvalidSettings as error:
            self._show_problems(error.problems, text_for(error))
            return None

    def _show_problems(self, problems: tuple[InvalidSetting, ...], words: ErrorText) -> None:
        homeless = self.form.show_problems(problems)
        if homeless:
            self.notice.show_error(words)
        self._show_first()

    def _show_first(self) -> None:
        """Bring the first field with a message into view."""
        for field in self.form.fields.values():
            if field.problem:
                self._scroll.ensureWidgetVisible(field)
                return

    # ---------------------------------------------------------------- trying

    @Slot()
    def test(self) -> None:
        """Try the camera as it is entered, in the background; closing gives it up."""
        settings = self._checked()
        if settings is None:
            return
        self._trial += 1
        self._cancel_trial.set()
        self._cancel_trial = cancel = threading.Event()
        stored = self._camera.id if self._camera and self.form.keeps_password else None
        password = self.form.new_password()
        self._stop_live()
        self.trial.begin()
        self._background.run(
            lambda: self._commands.test_camera(
                self._session, settings, password, stored, cancel=cancel
            ),
            partial(self._on_tested, self._trial),
            partial(self._on_test_failed, self._trial),
            owner=self,
        )

    def _on_tested(self, number: int, result: ConnectionTest) -> None:
        if number == self._trial:
            self.trial.show_result(result, self.form.pin)

    def _on_test_failed(self, number: int, error: CamWatchError) -> None:
        if number != self._trial:
            return
        self.trial.reset()
        match error:
            case InvalidSetting():
                self._show_problems((error,), text_for(error))
            case InvalidSettings():
                self._show_problems(error.problems, text_for(error))
            case _:
                self.trial.show_error(error)

    @Slot(str)
    def _on_address_chosen(self, url: str) -> None:
        """Put the address that the camera points to into the fields; nobody goes there yet."""
        if self.form.take_over(url):
            asks = self.form.fields["password"].problem
            (self.form.password.line if asks else self.form.host).setFocus()
        self._show_first()

    @Slot()
    @Slot(str)
    def _on_pin(self, fingerprint: str = "") -> None:
        """Trust another certificate, or none, and try the camera with it; saved with the camera."""
        self.form.pin = fingerprint
        self.test()

    def _stop_live(self) -> None:
        if self.live is not None:
            self.live.stop()

    @Slot()
    def _on_connection_changed(self) -> None:
        if self.live is not None:
            self.live.give_up()
        self.trial.mark_old()

    # ---------------------------------------------------------------- saving

    @Slot()
    def save(self) -> None:
        """Save in the background; the dialog closes once that is done."""
        if not self.save_button.isEnabled():
            return
        settings = self._checked()
        if settings is None:
            return
        password = self.form.new_password()
        keep_in_memory = self.keep_in_memory.isChecked()
        camera = self._camera
        is_kept = self.form.keeps_password

        def job() -> Camera:
            if camera is None:
                return self._commands.add_camera(
                    self._session, settings, password, keep_in_memory=keep_in_memory
                )
            return self._commands.edit_camera(
                self._session,
                camera.id,
                settings,
                KeepPassword() if is_kept else password,
                keep_in_memory=keep_in_memory,
            )

        self._set_busy(True)
        self._background.run(job, self._on_saved, self._on_not_saved, owner=self)

    @Slot()
    def reject(self) -> None:
        """Close without saving; not while a save is under way, for that cannot be undone."""
        if not self._is_saving:
            super().reject()

    def done(self, result: int, /) -> None:
        """Close, and give up a trial that still runs."""
        self._cancel_trial.set()
        self._stop_live()
        super().done(result)

    def _set_busy(self, is_busy: bool) -> None:
        self._is_saving = is_busy
        self.busy.setVisible(is_busy)
        self.form.setEnabled(not is_busy)
        self.save_button.setEnabled(not is_busy)
        self.cancel_button.setEnabled(not is_busy)

    def _on_saved(self, camera: Camera) -> None:
        self.accept()
        self.camera_saved.emit(camera)

    def _on_not_saved(self, error: CamWatchError) -> None:
        self._set_busy(False)
        words = text_for(error)
        match error:
            case InvalidSetting():
                self._show_problems((error,), words)
            case InvalidSettings():
                self._show_problems(error.problems, words)
            case SecretsUnavailable():
                self.offer.show(error)
            case _:
                self.notice.show_error(words)
