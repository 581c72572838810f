"""Shows a window at once, and gets ready behind it what it needs."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import psutil
from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from camwatch.auth.accounts import SignInWays
from camwatch.auth.passwords import make_up_sign_in
from camwatch.config import Settings
from camwatch.errors import UnexpectedError
from camwatch.health.last_run import RunMarker
from camwatch.logs import log_crash
from camwatch.paths import Profile
from camwatch.ui.appearance import Appearance
from camwatch.ui.first_window import raise_window
from camwatch.ui.sign_in import SignInDialog
from camwatch.ui.start_refusal import refusal_words, show_refusal
from camwatch.walls import StartWish
from camwatch.workers.loading import (
    OF_A_DEMONSTRATION,
    OF_THE_PROGRAM,
    WITHOUT_QT,
    Loader,
    TurnLoader,
)

if TYPE_CHECKING:
    from camwatch.app import Application  # which is loaded once there is a window

log = logging.getLogger(__name__)

_PAINTED_WITHIN_MS = 500
_STOP_WITHIN_MS = 2500


class StartRoom(QObject):
    """The way from an empty screen to a running `Application`.

    The sign-in is shown first, from little more than Qt: operators type while what opens the
    history is loaded and the history opened, which takes longer than all the rest. What they have
    sent off by then is checked as soon as that can be done.

    Attributes:
        application: None until it is loaded.

    Args:
        profile: Where this run keeps things; its folder exists.
        settings: As loaded.
        appearance: What gave the process its look and language.
        marker: Says how the last run ended.
        wish: How the window shall open.
        is_demo: The site is simulated.
        is_sample: It has a made-up past as well.

    Signals:
        crashed: The log's id of an error that nobody caught; emitted in the thread it is from.
    """

    crashed = Signal(str)

    def __init__(
        self,
        profile: Profile,
        settings: Settings,
        appearance: Appearance,
        marker: RunMarker,
        wish: StartWish,
        *,
        is_demo: bool,
        is_sample: bool,
    ) -> None:
        super().__init__()
        self._profile = profile
        self._settings = settings
        self._appearance = appearance
        self._marker = marker
        self._wish = wish
        self._is_demo = is_demo
        self._is_sample = is_sample
        self._exit_code = 0
        self._is_loading = False
        self._has_picture = False
        self.application: Application | None = None
        self._loader = Loader((*WITHOUT_QT, *(OF_A_DEMONSTRATION if is_demo else ())), self)
        self._loader.loaded.connect(self._on_loaded)
        self._turns = TurnLoader(OF_THE_PROGRAM, self)
        self._turns.done.connect(self._on_all_loaded)
        self._prefill = make_up_sign_in() if is_demo else None
        self._sign_in: SignInDialog | None = None

    @property
    def exit_code(self) -> int:
        """What the process ends with."""
        return self._exit_code if self.application is None else self.application.exit_code

    @property
    def late_workers(self) -> Sequence[str]:
        """Names of the threads that had not ended when `stop` returned."""
        late = [] if self.application is None else list(self.application.late_workers)
        return late if self._loader.wait(_STOP_WITHIN_MS) else [*late, self._loader.objectName()]

    def begin(self) -> None:
        """Show the first window; all else follows once it can be seen."""
        self._sign_in = SignInDialog(
            None,
            None,
            expected=self._expected(),
            prefill=self._prefill,
            is_demo=self._is_demo,
            is_sample=self._is_sample,
            window_file=self._profile.window_file,
        )
        self._sign_in.rejected.connect(self.stop)
        self._sign_in.opened.connect(self._on_opened)
        self._sign_in.installEventFilter(self)
        self._sign_in.show()
        # A window that is hidden by others may never be painted.
        QTimer.singleShot(_PAINTED_WITHIN_MS, self, self._load)

    def _expected(self) -> SignInWays | None:
        """Return how one will probably sign in, as far as files tell that are looked at quickly."""
        profile, history = self._profile, self._settings.history
        if self._is_demo:
            return SignInWays(is_first_start=False)
        is_elsewhere = history.database_url or history.server_host
        # A passphrase is asked for before anybody signs in, or a tab of the login service is shown.
        is_more = profile.vault_file.exists() or self._settings.remote_login.url
        if is_elsewhere or is_more:
            return None
        return SignInWays(is_first_start=not profile.database_file.exists())

    def eventFilter(  # noqa: N802 - Qt's own name
        self, watched: QObject, event: QEvent, /
    ) -> bool:
        """See that the first window is painted."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self._on_painted)
        return False

    @Slot()
    def _on_painted(self) -> None:
        log.info("there is a window %s", _since_start())
        self._load()

    @Slot()
    def _on_opened(self) -> None:
        log.info("one can sign in %s", _since_start())

    @Slot(object)
    def _on_first_picture(self, _camera_id: object) -> None:
        if self._has_picture or self.application is None:
            return  # others were on their way when the first one came
        self._has_picture = True
        self.application.feed.picture_ready.disconnect(self._on_first_picture)
        log.info("there is a picture %s", _since_start())

    @Slot()
    def _load(self) -> None:
        if not self._is_loading and self._sign_in is not None:
            self._is_loading = True
            self._loader.start()

    @Slot()
    def _on_loaded(self) -> None:
        self._turns.begin()

    @Slot()
    def _on_all_loaded(self) -> None:
        if self._sign_in is None:
            return  # it was closed meanwhile
        try:
            self.application = application = self._make(self._sign_in)
        except Exception as error:  # noqa: BLE001 - whatever is missing, nobody shall wait for it
            self._sign_in.hide()
            show_refusal(*refusal_words(UnexpectedError(log_crash("start", error))))
            self._exit_code = 1
            self.stop()
            return
        log.info("all is loaded %s", _since_start())
        self._sign_in = None
        self.crashed.connect(application.crashed)
        application.feed.picture_ready.connect(self._on_first_picture)
        application.start()

    def _make(self, sign_in: SignInDialog) -> Application:
        from camwatch import demonstration  # noqa: PLC0415 - loaded while the window is there
        from camwatch.app import Application  # noqa: PLC0415
        from camwatch.window_room import Early  # noqa: PLC0415

        sign_in.rejected.disconnect(self.stop)
        application = Application(
            self._profile,
            self._settings,
            demonstration.make_site() if self._is_demo else None,
            self._appearance,
            self._marker,
            is_sample=self._is_sample,
            early=Early(sign_in, self._prefill),
        )
        application.windows.start_wish = self._wish
        return application

    @Slot()
    def show_itself(self) -> None:
        """Bring what is open to the front: another CamWatch was started with this profile."""
        raise_window(None if self.application is None else self.application.window)

    @Slot()
    def stop(self) -> None:
        """Close what is open and end the event loop; harmless when called again."""
        if self.application is not None:
            self.application.stop()
            return
        self._loader.request_stop()
        self._turns.stop()
        if self._sign_in is not None:
            self._sign_in.hide()
            self._sign_in.deleteLater()
            self._sign_in = None
        QApplication.quit()


def _since_start() -> str:
    """Say how long this process has been running, and how much of that computing."""
    run_s = time.time() - psutil.Process().create_time()
    return f"{run_s:.2f} s after the start, {time.process_time():.2f} s of computing"
