"""What the gallery shows beside pages and dialogs: full, empty, waiting and failing ones."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from camwatch.alerts.rules import Severity
from camwatch.app import Application
from camwatch.auth.session import Session
from camwatch.commands.privacy_commands import PrivacyChange
from camwatch.config import Display, Settings
from camwatch.domain import (
    Camera,
    CameraId,
    CameraSettings,
    CameraState,
    Notice,
    Reason,
    SiteId,
    TilePicture,
    utc_now,
)
from camwatch.errors import CamWatchError, StorageError
from camwatch.events import (
    Bus,
    CameraStateChanged,
    CountMeasured,
    NoticesChanged,
    UpdateOffered,
)
from camwatch.health.last_run import CrashReport
from camwatch.language import tr
from camwatch.paths import Profile
from camwatch.scene import PrivacyMode
from camwatch.ui.alerts.popups.toast import ToastContent
from camwatch.ui.appearance import Appearance
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.charts.live_chart import LiveChart
from camwatch.ui.first_run.page import SetUpPage
from camwatch.ui.live.page import LivePage
from camwatch.ui.main_window import MainWindow
from camwatch.ui.pages import CAMERAS, LIVE, PAGES
from camwatch.ui.settings.workspace_dialog import WorkspaceDialog
from camwatch.ui.undo.edit import Edit
from camwatch.ui.window.base import WindowOptions
from camwatch.walls import even
from camwatch.workers.pictures import TileView
from tests.support.stage import COUNTED_S, Sight, opened, wait

T = TypeVar("T")
Shown = Iterator[tuple[str, Callable[[], QWidget]]]
"""Names, and what brings up what they name."""

NAME, PASSWORD = "demo", "a-profile-without-cameras"
_SET_UP_STEPS = ("welcome", "camera", "place", "rule", "alert", "done")
_OPENED_S = 20.0
_FULL = 64
_SEEN_S = 3.0
_HIDDEN = {"Corridor": PrivacyMode.COUNT_ONLY, "Foyer": PrivacyMode.SILHOUETTES}
# As many kinds of trouble as a wall can show at once.
_STATES = (
    ("Entrance", CameraState.OK, Reason.NONE),
    ("Side entrance", CameraState.CONNECTING, Reason.STARTING),
    ("Ramp", CameraState.SLOW, Reason.NONE),
    ("Loading bay", CameraState.STALE, Reason.NONE),
    ("Canteen", CameraState.BAD_DATA, Reason.WEB_PAGE),
    ("Reading room", CameraState.AUTH_FAILED, Reason.UNAUTHORIZED),
    ("Vault", CameraState.TLS_CHANGED, Reason.TLS),
    ("Workshop", CameraState.BLOCKED, Reason.ADDRESS),
    ("Car park", CameraState.OFFLINE, Reason.TIMEOUT),
    ("Roof", CameraState.DISABLED, Reason.SWITCHED_OFF),
    ("Dark corridor", CameraState.OK, Reason.NONE),
    ("A camera with quite a long name at the far end of the hall", CameraState.OK, Reason.NONE),
)
_DARK = 11


# -------------------------------------------------------------------- over the window


def hide_some(run: Application, window: MainWindow) -> None:
    """Let one camera only count, and show silhouettes alone of another one."""
    if run.commands is None:
        raise RuntimeError("the history is not open")
    for one in window.live_page.conditions:
        mode = _HIDDEN.get(one.camera.settings.name)
        if mode is not None:
            change = PrivacyChange(mode=mode)
            run.commands.change_privacy(window.sessions.session, [one.camera.id], change)


def _alone(name: str) -> Callable[[MainWindow], None]:
    def show(window: MainWindow) -> None:
        window.show_page(LIVE)
        found = (one for one in window.live_page.conditions if one.camera.settings.name == name)
        window.live_page.show_camera(next(found).camera.id)

    return show


def _palette(text: str) -> Callable[[MainWindow], None]:
    def show(window: MainWindow) -> None:
        window.show_page(LIVE)
        window.palette_room.open_with(text)

    return show


def _step(number: int) -> Callable[[MainWindow], None]:
    def show(window: MainWindow) -> None:
        window.first_run.open()
        wait(_SEEN_S, lambda: window.first_run.is_shown)
        page = window.first_run.page
        if not isinstance(page, SetUpPage):
            raise TypeError(page)
        known = window.live_page.conditions
        if known and page.made.camera is None:
            page.made.take_camera(known[0].camera)
            if known[0].record is not None:
                page.made.take_scene(known[0].record.scene)
        page.show_step(number)

    return show


def _undo(window: MainWindow) -> None:
    window.show_page(LIVE)
    title = tr("“{name}” was changed", name="Gate 3")
    edit = Edit("gallery", title, utc_now(), lambda _session: None)
    window.undo_room.note(edit)


def _crash(window: MainWindow) -> QWidget | None:
    now = utc_now()
    report = CrashReport(
        "gallery",
        "1.0.0",
        now - timedelta(hours=9),
        now - timedelta(hours=1),
        "Segmentation fault",
        'Current thread 0x00007f (most recent call first):\n  File "decode.py", line 120 in run',
        log_tail="12:00:00 INFO poller: 64 cameras\n12:00:01 INFO recorder: saved",
    )
    return opened(window, lambda: window.health_page.tell_crash(report))


def _update(window: MainWindow) -> None:
    window.show_page(LIVE)
    offer = UpdateOffered(
        utc_now(), "2.0.0", "Faster walls.", "https://example.org/camwatch/2.0.0/notes"
    )
    window.beside.health._on_update(offer)  # noqa: SLF001 - as if the bridge had told it


def _popups(window: MainWindow) -> None:
    window.show_page(LIVE)
    for severity in Severity:
        content = ToastContent(
            f"gallery-{severity}", severity, "Hall: 31 people (limit 30)", "Ground floor, west wing"
        )
        window.alert_corner.toasts.put(content, can_acknowledge=True)


def _difference(run: Application, window: MainWindow) -> QWidget | None:
    """Show what a file would change: that of this site, with other names in it."""
    if run.commands is None:
        raise RuntimeError("the history is not open")
    data = run.commands.export_workspace(window.sessions.session)
    changed = data.decode("utf-8").replace("Checkout", "Tills").replace("west wing", "east wing")
    shown = opened(window, lambda: window.dialogs.open_setup("workspace"))
    if not isinstance(shown, WorkspaceDialog):
        raise TypeError(shown)
    with tempfile.TemporaryDirectory(prefix="camwatch-gallery-") as folder:
        file = Path(folder) / "workspace.json"
        file.write_text(changed, encoding="utf-8")
        shown.read(str(file))
        wait(_SEEN_S, shown.list.isVisible)
    return shown


def _workspace(window: MainWindow) -> QWidget | None:
    return opened(window, lambda: window.dialogs.open_setup("workspace"))


def lock(window: MainWindow) -> None:
    """Ask for the password in the place of a page."""
    window.show_page(CAMERAS)
    window.locking.lock()


def over_the_window(run: Application) -> Iterator[Sight]:
    """Name what is shown in the window of the demonstration; `leave` takes it away."""
    yield Sight("view-count-only", _alone("Corridor"))
    yield Sight("view-silhouettes", _alone("Foyer"))
    yield Sight("view-found", _palette("entr"))
    yield Sight("view-found-nothing", _palette("qqqqq"))
    yield Sight("view-undo", _undo)
    yield Sight("view-popups", _popups)
    yield Sight("view-update", _update)
    yield Sight("dialog-crash", _crash)
    yield Sight("dialog-workspace", _workspace)
    yield Sight("dialog-workspace-difference", partial(_difference, run))
    for number, name in enumerate(_SET_UP_STEPS):
        yield Sight(f"set-up-{number + 1}-{name}", _step(number))


def leave(window: MainWindow) -> None:
    """Take away what `over_the_window` has shown."""
    window.undo_room.hide()
    window.banners.notice.say("")
    for content in window.alert_corner.toasts.contents:
        window.alert_corner.toasts.take_away(content.alert_uid)
    page = window.first_run.page
    if page is not None:
        page.done.emit()


def sign_out(run: Application, window: MainWindow) -> QWidget:
    """Sign out; return what asks to sign in."""
    window.sign_out_requested.emit()
    if not wait(
        _OPENED_S, lambda: run.windows.sign_in is not None and run.windows.sign_in.isVisible()
    ):
        raise RuntimeError("nobody can sign in")
    dialog = run.windows.sign_in
    if dialog is None:
        raise RuntimeError("nobody is asked to sign in")
    wait(_OPENED_S, dialog.button.isEnabled)
    return dialog


def sign_in(run: Application, window: MainWindow) -> None:
    """Sign in with what is filled in; the window may still be there, locked."""
    if run.windows.sign_in is None:
        sign_out(run, window)
    dialog = run.windows.sign_in
    if dialog is not None:
        dialog.button.click()
    if not wait(_OPENED_S, lambda: run.window is not None):
        raise RuntimeError("nobody could sign in")


# -------------------------------------------------------------------- windows of their own


class _Never:
    """Answers nothing."""

    def run(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CamWatchError], None],
        *,
        owner: QObject,
    ) -> None:
        """Let it wait."""


class _Fails(_Never):
    """Refuses everything, as a broken disk would."""

    def run(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CamWatchError], None],
        *,
        owner: QObject,
    ) -> None:
        """Say that it failed."""
        del job, done
        error = StorageError("the history cannot be read: disk I/O error")
        QTimer.singleShot(0, owner, lambda: failed(error))


@contextmanager
def _window_on(background: Background, run: Application, session: Session) -> Iterator[MainWindow]:
    if run.commands is None:
        raise RuntimeError("the history is not open")
    bridge = EventBridge(Bus())
    feed = TileView()
    window = MainWindow(run.commands, session, background, feed, bridge, WindowOptions())
    try:
        yield window
    finally:
        window.give_up()
        window.hide()
        window.deleteLater()
        wait(0.05)
        bridge.close()


def waiting_and_failing(
    run: Application, session: Session, prepare: Callable[[QWidget], None]
) -> Shown:
    """Show each page while nothing is answered, and when nothing can be read."""
    backgrounds: tuple[tuple[str, Background], ...] = (("waiting", _Never()), ("failing", _Fails()))
    for name, background in backgrounds:
        with _window_on(background, run, session) as window:
            prepare(window)
            window.show()
            for index, page in enumerate(PAGES):
                yield f"{name}-{page.icon}", partial(_on_page, window, index, 0.3)


def _on_page(window: MainWindow, index: int, settle_s: float) -> QWidget:
    window.show_page(index)
    wait(settle_s)
    return window


class _Repeated(QObject):
    """Shows a few real cameras as often as there are tiles."""

    picture_ready = Signal(object)

    def __init__(self, run: Application, originals: list[CameraId]) -> None:
        super().__init__()
        self._feed = run.feed
        self._view = run.feed.open_view()
        self._view.picture_ready.connect(self._on_picture)
        self._originals = originals
        self._wanted: set[CameraId] = set()
        self._slots: dict[CameraId, TilePicture] = {}

    def _original(self, camera_id: CameraId) -> CameraId:
        return self._originals[camera_id % len(self._originals)]

    def show(self, camera_id: CameraId, wh: tuple[int, int] | None) -> None:
        """Ask for its original."""
        if wh is not None:
            self._wanted.add(camera_id)
            self._view.show(self._original(camera_id), wh)

    def take(self, camera_id: CameraId) -> TilePicture | None:
        """Hand it on."""
        return self._slots.pop(camera_id, None)

    def _on_picture(self, original: CameraId) -> None:
        picture = self._view.take(original)
        if picture is None:
            return
        for one in self._wanted:
            if self._original(one) == original:
                self._slots[one] = replace(picture, camera_id=one)
                self.picture_ready.emit(one)

    def close(self) -> None:
        """Ask for none any more."""
        self._feed.close_view(self._view)


def _camera(number: int, name: str, *, is_enabled: bool = True) -> Camera:
    settings = CameraSettings(name, "Ground floor", "192.0.2.7", is_enabled=is_enabled)
    return Camera(CameraId(number), f"gallery-{number}", SiteId(1), settings, utc_now())


def _counted(camera_id: CameraId, count: int) -> CountMeasured:
    none = np.zeros((0, 4), np.float32)
    return CountMeasured(
        utc_now(), camera_id, 1, count, 0.8, 0.03, 1.0, none, np.ones(0, np.float32), "nanodet-g"
    )


@contextmanager
def _wall(
    run: Application, originals: list[CameraId], cameras: list[Camera], side: int
) -> Iterator[tuple[LivePage, Bus]]:
    bus, feed = Bus(), _Repeated(run, originals)
    bridge = EventBridge(bus)
    page = LivePage(feed, bridge, LiveChart(), can_add=False)
    page.set_cameras(cameras, {SiteId(1): "Demonstration site"})
    page.set_plan(even(side))
    try:
        yield page, bus
    finally:
        page.hide()
        page.deleteLater()
        wait(0.05)
        feed.close()
        bridge.close()


def walls(run: Application, originals: list[CameraId], prepare: Callable[[QWidget], None]) -> Shown:
    """Show a wall of 64 cameras, and one with every kind of trouble."""
    many = [_camera(number, f"Camera {number:02}") for number in range(1, _FULL + 1)]
    with _wall(run, originals, many, 8) as (page, bus):
        prepare(page)
        page.show()
        for one in many:
            _tell(bus, one.id, CameraState.OK, Reason.NONE)
            bus.publish(_counted(one.id, one.id % 7))
        wait(2.0)
        yield "wall-64", lambda: page
    some = [
        _camera(number, name, is_enabled=state is not CameraState.DISABLED)
        for number, (name, state, _reason) in enumerate(_STATES, 1)
    ]
    with _wall(run, originals, some, 4) as (page, bus):
        prepare(page)
        page.show()
        for one, (_name, state, reason) in zip(some, _STATES, strict=True):
            _tell(bus, one.id, state, reason)
            if state.is_live:
                bus.publish(_counted(one.id, one.id % 7))
        dark = frozenset({Notice.BLACK})
        bus.publish(NoticesChanged(utc_now(), CameraId(_DARK), dark))
        wait(2.0)
        yield "wall-states", lambda: page


def _tell(bus: Bus, camera_id: CameraId, state: CameraState, reason: Reason) -> None:
    now = utc_now()
    since = now - timedelta(minutes=3)
    bus.publish(CameraStateChanged(now, camera_id, state, reason, since))


# -------------------------------------------------------------------- a profile without cameras


def new_profile(
    appearance: Appearance, display: Display, prepare: Callable[[QWidget], None]
) -> Shown:
    """Show the first start of a new profile, and its pages."""
    with tempfile.TemporaryDirectory(prefix="camwatch-new-", ignore_cleanup_errors=True) as at:
        profile = Profile(Path(at))
        profile.create()
        appearance.put_on(display)
        run = Application(profile, Settings(display=display), None, appearance)
        run.start()
        try:
            wait(COUNTED_S, lambda: run.windows.sign_in is not None)
            dialog, commands = run.windows.sign_in, run.commands
            if dialog is None or commands is None:
                raise RuntimeError("nobody is asked to sign in")
            wait(1.0)
            yield "sign-in-first", lambda: dialog
            dialog.hide()
            run.windows.open_window(commands.create_first_administrator(NAME, PASSWORD))
            window = run.window
            if window is None:
                raise RuntimeError("there is no window")
            prepare(window)
            wait(_SEEN_S, lambda: window.first_run.is_shown)
            wait(0.3)
            yield "empty-set-up", lambda: window
            for index, page in enumerate(PAGES):
                yield f"empty-{page.icon}", partial(_on_page, window, index, 0.6)
        finally:
            run.stop()
            run.deleteLater()
            wait(0.1)
