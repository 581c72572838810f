"""The wizard that finds cameras in the network and adds many of them at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.session import Session
from camwatch.cameras.discovery import DiscoveryRequest, Found, Moved, OnFound, OnProgress
from camwatch.cameras.found import clear_moves
from camwatch.cameras.networks import OwnNetwork, own_networks
from camwatch.commands.camera_bulk import NewCamera, Progress
from camwatch.commands.camera_table import names_in_use
from camwatch.domain import Camera, CameraId, Secret, Site
from camwatch.errors import CamWatchError, InvalidSetting, InvalidSettings
from camwatch.language import listed, tr
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.cameras.feedback import Feedback
from camwatch.ui.cameras.find_adding import AddingStep
from camwatch.ui.cameras.find_names import NamesStep
from camwatch.ui.cameras.find_results import ResultsStep
from camwatch.ui.cameras.find_where import WhereStep
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import Notice, plain_label, set_role
from camwatch.ui.vault.offer import SecretsOffer
from camwatch.ui.vault.protocol import VaultScreenCommands
from camwatch.ui.words import cameras as cameras_words

_WIDTH, _HEIGHT = 1200, 780
_FRAME = 48
_AT_ONCE = 16
"""Single addresses in one search: it takes so many networks, and each of them is one."""

_STEPS = listed(lambda: (tr("1  Where"), tr("2  What was found"), tr("3  Names"), tr("4  Add")))


class FindCommands(VaultScreenCommands, Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def cameras(self, session: Session) -> list[Camera]:
        """Return all cameras."""
        ...

    def sites(self, session: Session) -> list[Site]:
        """Return all sites."""
        ...

    def discover_cameras(
        self,
        session: Session,
        request: DiscoveryRequest,
        on_found: OnFound,
        on_progress: OnProgress,
        cancel: threading.Event,
    ) -> list[Found]:
        """Look for cameras."""
        ...

    def find_moved(
        self, session: Session, cancel: threading.Event, among: Sequence[Found] | None = None
    ) -> list[Moved]:
        """Look which known cameras are at another address now."""
        ...

    def follow(self, session: Session, camera_id: CameraId, found: Found) -> Camera:
        """Let a camera that moved be asked at its new address."""
        ...

    def add_cameras(
        self,
        session: Session,
        new: Sequence[NewCamera],
        *,
        keep_in_memory: bool = False,
        progress: Progress = ...,
        cancel: threading.Event | None = None,
    ) -> list[Camera]:
        """Add several cameras."""
        ...


def _doubt(moved: Sequence[Moved]) -> str:
    """Say which cameras are not followed, for several devices claim to be them."""
    hosts: dict[str, list[str]] = {}
    for one in moved:
        hosts.setdefault(one.camera.name, []).append(one.found.host)
    told = [
        tr("“{name}” was found at several addresses: {names}.", name=name, names=", ".join(places))
        for name, places in list(hosts.items())[:3]
    ]
    if len(hosts) > 3:
        told.append(tr("So it is with {value} more.", value=len(hosts) - 3))
    told.append(
        tr("It is not followed: look which one is right, and edit the camera.")
        if len(hosts) == 1
        else tr("They are not followed: look which one is right, and edit the camera.")
    )
    return " ".join(told)


class FindDialog(QDialog):
    """Leads from a search through what was found to cameras that are added.

    Signals:
        added: The list of Cameras that were added.

    Args:
        look_up: Tells the networks of this computer; called in the background.
    """

    added = Signal(object)

    def __init__(
        self,
        commands: FindCommands,
        session: Session,
        background: Background,
        parent: QWidget | None = None,
        *,
        look_up: Callable[[], list[OwnNetwork]] = own_networks,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._request = DiscoveryRequest()
        self._feedback: Feedback | None = None
        self._moved: Sequence[Moved] = ()
        self._is_closing = threading.Event()
        self.setWindowTitle(tr("Find cameras"))
        self._build()
        self._show(self.where)
        background.run(look_up, self.where.set_networks, self._failed, owner=self)
        background.run(self._read, self._on_read, self._failed, owner=self)

    def _build(self) -> None:
        space = theme.current().space
        head = QHBoxLayout()
        head.setSpacing(2 * space)
        head.addWidget(plain_label(tr("Find cameras"), "title", self), 1)
        self._signs = [QLabel(words, self) for words in _STEPS]
        for sign in self._signs:
            head.addWidget(sign)
        self.where = WhereStep(self)
        self.results = ResultsStep(self)
        self.names = NamesStep(self)
        self.adding = AddingStep(self)
        self.adding.offer = SecretsOffer(
            self.adding.notice,
            self.adding.keep_in_memory,
            self._commands,
            self._session,
            self._background,
            self.add,
            self,
        )
        self.steps = QStackedWidget(self)
        for step in (self.where, self.results, self.names, self.adding):
            self.steps.addWidget(step)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self._follow)
        self.close_button = self._button(tr("Cancel"), self.reject)
        self.back_button = self._button(tr("&Back"), self.back)
        self.next_button = self._button("", self.go_on)
        self.next_button.setProperty("role", "primary")
        self.next_button.setDefault(True)
        foot = QHBoxLayout()
        foot.setSpacing(space + space // 2)
        foot.addStretch(1)
        for button in (self.close_button, self.back_button, self.next_button):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(2 * space)
        column.addLayout(head)
        column.addWidget(self.steps, 1)
        column.addWidget(self.notice)
        column.addLayout(foot)
        self.where.changed.connect(self._update)
        self.results.table.cameras.ticks_changed.connect(self._update)
        self.results.stop_requested.connect(self.stop)
        self.results.sign_in_requested.connect(self.try_sign_in)
        self.names.changed.connect(self._update)
        self.adding.stop_requested.connect(self.stop)
        fit(self, _WIDTH, _HEIGHT)

    def _button(self, words: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(words, self)
        button.setAutoDefault(False)
        # A click tells whether the button is checked, which nobody here wants to know.
        button.clicked.connect(lambda _is_checked: slot())
        return button

    # ---------------------------------------------------------------- steps

    @property
    def step(self) -> QWidget | None:
        """What is shown."""
        return self.steps.currentWidget()

    def _show(self, step: QWidget) -> None:
        self.steps.setCurrentWidget(step)
        for index, sign in enumerate(self._signs):
            set_role(sign, "heading" if index == self.steps.currentIndex() else "muted")
        self._update()

    @Slot()
    def go_on(self) -> None:
        """Do what the primary button says."""
        if not self.next_button.isEnabled():
            return
        self.notice.hide()
        if self.step is self.where:
            self.search()
        elif self.step is self.results:
            self.names.set_cameras(self.results.table.cameras.ticked)
            self._show(self.names)
            (self.names.name if self.names.location.text() else self.names.location).setFocus()
        elif self.step is self.names or not (self._feedback or self._is_done):
            self.add()
        else:
            self.accept()

    @Slot()
    def back(self) -> None:
        """Show the step before; a search that runs is stopped."""
        self.notice.hide()
        self._end_job()
        self.results.is_searching = False
        order = (self.where, self.results, self.names, self.adding)
        self._show(order[max(self.steps.currentIndex() - 1, 0)])

    @Slot()
    def _update(self) -> None:
        """Say what can be done now."""
        step, is_running = self.step, self._feedback is not None
        is_adding = step is self.adding and is_running
        self.back_button.setVisible(not (step is self.where or is_adding or self._is_done))
        self.next_button.setVisible(not is_adding)
        self.close_button.setVisible(not self._is_done)
        if step is self.where:
            self.next_button.setText(tr("&Search"))
            is_ready = not self.where.is_empty
        elif step is self.results:
            count = len(self.results.table.cameras.ticked)
            self.next_button.setText(
                tr("Go on with {cameras_words}", cameras_words=cameras_words(count))
                if count
                else tr("Go on")
            )
            is_ready = count > 0 and not is_running
        elif step is self.names:
            self.next_button.setText(
                tr("&Add {cameras_words}", cameras_words=cameras_words(len(self.names.new)))
            )
            is_ready = self.names.is_ready
        else:
            self.next_button.setText(tr("&Close") if self._is_done else tr("&Try again"))
            is_ready = True
        self.next_button.setEnabled(is_ready)

    @property
    def _is_done(self) -> bool:
        return self.step is self.adding and not self.adding.sign.isHidden()

    # ---------------------------------------------------------------- what there is already

    def _read(self) -> tuple[list[str], Mapping[str, str]]:
        """Read the sites and the names in use. Runs in the background."""
        sites = [site.name for site in self._commands.sites(self._session)]
        return sites, names_in_use(self._commands.cameras(self._session))

    def _on_read(self, answer: tuple[list[str], Mapping[str, str]]) -> None:
        self.names.set_sites(*answer)

    def _failed(self, error: CamWatchError) -> None:
        self.notice.show_error(text_for(error))

    # ---------------------------------------------------------------- the search

    def search(self) -> None:
        """Search where it was said."""
        request = self.where.request()
        if request is None:
            return
        self._request = request
        self._show(self.results)
        self.results.begin(is_new=True)
        self._begin_search(request)

    @Slot()
    def try_sign_in(self) -> None:
        """Ask the ticked cameras that need a sign-in once more, with the common one."""
        username, password = self.results.entered()
        hosts = list(dict.fromkeys(one.found.host for one in self.results.without_sign_in))
        if self._feedback is not None or not username or not hosts:
            return
        self.results.begin(is_new=False)
        common = replace(self._request, use_multicast=False, username=username, password=password)
        self._begin_search(
            *(
                replace(common, networks=tuple(hosts[at : at + _AT_ONCE]))
                for at in range(0, len(hosts), _AT_ONCE)
            )
        )

    def _begin_search(self, *requests: DiscoveryRequest) -> None:
        """Search in the background, one request after the other, all with the same sign-in."""
        request = requests[0]
        feedback = self._feedback = Feedback(self)
        progress = Feedback(feedback)
        cancel = feedback.cancel
        feedback.arrived.connect(partial(self._on_found, request.username, request.password))
        progress.arrived.connect(self._on_asked)
        self._update()
        hosts = sum(len(one.networks) for one in requests) if len(requests) > 1 else 0

        def tell(before: int, done: int, count: int) -> None:
            progress.tell(before + done, max(before + count, hosts))

        def job() -> list[Found]:
            found: list[Found] = []
            before = 0
            for one in requests:
                if cancel.is_set():
                    break
                found += self._commands.discover_cameras(
                    self._session, one, feedback.tell, partial(tell, before), cancel
                )
                before += len(one.networks)
            return found

        self._background.run(
            job,
            partial(self._on_searched, feedback, request),
            partial(self._on_not_searched, feedback),
            owner=self,
        )

    def _on_found(self, username: str, password: Secret | None, found: list[Found]) -> None:
        self.results.take(found, username, password)

    @Slot(object)
    def _on_asked(self, told: list[tuple[int, int]]) -> None:
        self.results.show_progress(*told[-1])

    def _end_job(self) -> None:
        """Hear no more of what runs, and let it end if it has not yet."""
        if self._feedback is not None:
            self._feedback.close()
            self._feedback.deleteLater()
            self._feedback = None

    def _end_search(self, feedback: Feedback) -> bool:
        """Tell whether this is the search that is shown, and end it."""
        if feedback is not self._feedback:
            return False
        self._end_job()
        return True

    def _on_searched(
        self, feedback: Feedback, request: DiscoveryRequest, found: list[Found]
    ) -> None:
        if not self._end_search(feedback):
            return
        # What was told on the way may still wait to be shown; this is all of it.
        self.results.take(found, request.username, request.password)
        self.results.end()
        self._update()
        if any(one.hardware_id for one in found):
            self._look_for_moved(found)

    def _on_not_searched(self, feedback: Feedback, error: CamWatchError) -> None:
        if not self._end_search(feedback):
            return
        self.results.end()
        self.results.notice.hide()
        if isinstance(error, InvalidSetting | InvalidSettings):
            problems = error.problems if isinstance(error, InvalidSettings) else (error,)
            if self.step is self.results and not self.results.table.cameras.all:
                self._show(self.where)
                self.where.show_problems(problems)
                return
        self._update()
        self._failed(error)

    def _look_for_moved(self, found: list[Found]) -> None:
        """Find out whether known cameras are at other addresses now."""
        self._background.run(
            lambda: self._commands.find_moved(self._session, self._is_closing, found),
            self._on_moved,
            self._failed,
            owner=self,
        )

    def _on_moved(self, moved: list[Moved]) -> None:
        self._moved, doubtful = clear_moves(moved)
        if not moved:
            return
        lines = [
            tr(
                "“{name}” is at {host} now, and was at {before}.",
                name=one.camera.name,
                host=one.found.host,
                before=one.camera.settings.host,
            )
            for one in self._moved[:5]
        ]
        if len(self._moved) > 5:
            lines.append(tr("And {value} more.", value=len(self._moved) - 5))
        if self._moved:
            lines.append(tr("Following them keeps their history and settings."))
        if doubtful:
            lines.append(_doubt(doubtful))
        count = len({one.camera.id for one in moved})
        self.notice.show_text(
            "info" if not doubtful else "warning",
            tr("1 camera of the list has another address")
            if count == 1
            else tr(
                "{cameras_words} of the list have other addresses",
                cameras_words=cameras_words(count),
            ),
            " ".join(lines),
            action=tr("Follow them") if self._moved else "",
        )

    @Slot()
    def _follow(self) -> None:
        moved, self._moved = self._moved, ()
        self.notice.hide()
        if not moved:
            return

        def job() -> int:
            for one in moved:
                self._commands.follow(self._session, one.camera.id, one.found)
            return len(moved)

        self._background.run(job, self._on_followed, self._failed, owner=self)

    def _on_followed(self, count: int) -> None:
        self.notice.show_text(
            "ok",
            tr("{cameras_words} followed to the new address.", cameras_words=cameras_words(count)),
        )

    # ---------------------------------------------------------------- adding

    def add(self) -> None:
        """Add the cameras in the background; stopping leaves none of them."""
        new = list(self.names.new)
        keep_in_memory = self.adding.keep_in_memory.isChecked()
        feedback = self._feedback = Feedback(self)
        feedback.arrived.connect(self._on_progress)
        self.adding.begin(len(new))
        self._show(self.adding)
        self.adding.stop_button.setFocus()
        self._background.run(
            lambda: self._commands.add_cameras(
                self._session,
                new,
                keep_in_memory=keep_in_memory,
                progress=feedback.tell,
                cancel=feedback.cancel,
            ),
            self._on_added,
            self._on_not_added,
            owner=self,
        )

    @Slot(object)
    def _on_progress(self, told: list[tuple[int, int]]) -> None:
        if self._feedback is not None and not self._feedback.cancel.is_set():
            self.adding.show_progress(*told[-1])

    def _on_added(self, cameras: list[Camera]) -> None:
        self._end_job()
        self.adding.show_done(len(cameras))
        self._show(self.adding)
        self.next_button.setFocus()
        self.added.emit(cameras)

    def _on_not_added(self, error: CamWatchError) -> None:
        self._end_job()
        self.adding.show_error(error)
        self._show(self.adding)

    # ---------------------------------------------------------------- end

    @Slot()
    def stop(self) -> None:
        """Give up what runs: a search keeps what it found, an adding is undone."""
        if self._feedback is not None:
            self._feedback.cancel.set()
            if self.step is self.adding:
                self.adding.show_stopping()

    @Slot()
    def reject(self) -> None:
        """Close; while cameras are being added, stop that first."""
        if self._feedback is not None and self.step is self.adding:
            self.stop()
        else:
            super().reject()

    def done(self, result: int, /) -> None:
        """Close, and give up a search that still runs."""
        self._is_closing.set()
        self._end_job()
        super().done(result)
