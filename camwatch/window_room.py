"""What operators see, one after the other: the vault's passphrase, the sign-in, the window."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal, Slot

from camwatch import heap
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.auth.vault import VaultState
from camwatch.commands import Commands
from camwatch.commands.vault_commands import VaultStatus
from camwatch.config import Display, Settings
from camwatch.counting_room import CountingRoom
from camwatch.errors import CamWatchError
from camwatch.language import marked, tr
from camwatch.paths import Profile
from camwatch.ui.appearance import Appearance, of_this_process
from camwatch.ui.bridge import EventBridge
from camwatch.ui.error_text import told
from camwatch.ui.live.focus.source import FocusSource
from camwatch.ui.sign_in import SignInDialog
from camwatch.ui.vault.unlock_dialog import UnlockDialog
from camwatch.walls import StartWish
from camwatch.workers.desktop_notices import DesktopNotices
from camwatch.workers.loading import OF_THE_LIVE_PAGE, OF_THE_WINDOW, TurnLoader
from camwatch.workers.pictures import TileFeed
from camwatch.workers.queries import QueryPool

if TYPE_CHECKING:
    from camwatch.ui.main_window import MainWindow

log = logging.getLogger(__name__)

_SETTLED_MS = 15_000
_REST_MS = 1_000
"""So long the rest of the window waits: the first pictures, and who is in them, come before."""
_MOVE = marked(
    "This computer has a keyring by now. “Vault for passwords…” in the operator menu moves all "
    "passwords from the vault into it; nobody enters the vault's passphrase then any more."
)
_NO_MAIL = marked(
    "E-mail that the variables SMTP_* set up is not used, since something is wrong with them: "
    "{trouble}"
)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where windows get what they show.

    Attributes:
        feed: The pictures of tiles.
        focus: The best pictures of one camera.
        bridge: What happens.
        desktop: Notifications beside the window.
        counting: What counts people.
    """

    feed: TileFeed
    focus: FocusSource
    bridge: EventBridge
    desktop: DesktopNotices
    counting: CountingRoom


@dataclass(frozen=True, slots=True)
class Kind:
    """What kind of run it is.

    Attributes:
        is_demo: A demonstration: nothing is kept.
        is_sample: One with a made-up past.
    """

    is_demo: bool = False
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Early:
    """What is shown before there is anything behind it.

    Attributes:
        sign_in: Lets operators type; see `SignInDialog.go_on`.
        prefill: Name and password of a demonstration, which are in it.
    """

    sign_in: SignInDialog
    prefill: tuple[str, str] | None = None


class WindowRoom(QObject):
    """Opens windows for operators, and closes them.

    Attributes:
        window: The operator's window; None while nobody is signed in.
        sign_in: Asks for name and password; None while it does not.
        prefill: Name and password of a demonstration, once one can sign in.
        start_wish: How the windows open.

    Args:
        appearance: What gave the process its look and language so far.
        mail_trouble: Returns why e-mail is not sent though it was set up; "" if it is.
        early: What is shown already while the history is not open.

    Signals:
        shown: An operator's window is on the screen.
        ended: The operator closed what was shown: the program ends.
        model_chosen: Another model shall count, or with another threshold.
    """

    shown = Signal()
    ended = Signal()
    model_chosen = Signal()

    def __init__(  # noqa: PLR0917 - all that a window is opened with
        self,
        profile: Profile,
        settings: Settings,
        queries: QueryPool,
        sources: Sources,
        kind: Kind,
        appearance: Appearance | None,
        mail_trouble: Callable[[], str],
        parent: QObject,
        *,
        early: Early | None = None,
    ) -> None:
        super().__init__(parent)
        self._profile = profile
        self._settings = settings
        self._queries = queries
        self._sources = sources
        self._kind = kind
        self._appearance = appearance
        self._mail_trouble = mail_trouble
        self._commands: Commands | None = None
        self._is_crash_told = False
        self._had_window = False
        self._unlock: UnlockDialog | None = None
        self.window: MainWindow | None = None
        self.sign_in: SignInDialog | None = None
        self.prefill: tuple[str, str] | None = None
        self.start_wish = StartWish()
        self._first = TurnLoader(OF_THE_LIVE_PAGE, self)
        self._loading = TurnLoader(OF_THE_WINDOW, self)
        self._loading.done.connect(self._on_loaded)
        if early is not None:
            self.prefill = early.prefill
            self.sign_in = self._heard(early.sign_in)

    def load(self) -> None:
        """Load what a window shows first, in turns, while the history is opened."""
        self._first.begin()

    def opened(self, commands: Commands) -> None:
        """Have these asked from now on."""
        self._commands = commands

    @property
    def is_awaited(self) -> bool:
        """True if somebody has signed in before it was possible, and waits for a window."""
        return self.sign_in is not None and self.sign_in.is_sent

    def closed(self) -> None:
        """Ask nothing and nobody any more."""
        self._commands = None

    # ---------------------------------------------------------------- signing in

    def on_vault(self, status: VaultStatus) -> None:
        """Ask for the vault's passphrase first, once: cameras wait for it, whoever signs in."""
        if self._commands is None or status.state is not VaultState.LOCKED:
            self.ask_to_sign_in()
            return
        self.put_off()
        self._unlock = UnlockDialog(self._commands, self._queries)
        self._unlock.finished.connect(self._on_vault_asked)
        self._unlock.show()

    def on_no_vault(self, error: CamWatchError) -> None:
        """Ask to sign in though the vault could not be looked at."""
        self.tell_trouble(error)
        self.ask_to_sign_in()

    def _on_vault_asked(self, _result: int) -> None:
        if self._unlock is not None:
            self._unlock.deleteLater()
            self._unlock = None
        self.ask_to_sign_in()

    def put_off(self) -> None:
        """Take the sign-in away that is shown before one can: there is something else to be said."""
        heap.set_aside()  # that may take long, and cameras are counted meanwhile
        if self.sign_in is not None and not self.sign_in.is_open:
            self.sign_in.hide()

    def ask_to_sign_in(self) -> None:
        """Ask for name and password."""
        if self._commands is None:
            return
        if self.sign_in is not None and not self.sign_in.is_open:
            self.sign_in.go_on(self._commands, self._queries)
        else:
            self.sign_in = self._heard(
                SignInDialog(
                    self._commands,
                    self._queries,
                    prefill=self.prefill,
                    is_demo=self._kind.is_demo,
                    is_sample=self._kind.is_sample,
                    window_file=self._profile.window_file,
                )
            )
        self.sign_in.show()

    def _heard(self, sign_in: SignInDialog) -> SignInDialog:
        sign_in.signed_in.connect(self._on_signed_in)
        sign_in.accepted.connect(sign_in.deleteLater)
        sign_in.rejected.connect(self.ended)
        # While the operator types.
        sign_in.opened.connect(self._loading.begin)
        return sign_in

    def _on_signed_in(self) -> None:
        if self._commands is None or self.sign_in is None:
            return
        session = self.sign_in.session
        self.sign_in = None
        if session is not None:
            self._loading.pause()  # what is not loaded yet makes the cameras wait
            self._open(session, in_turns=True)
            QTimer.singleShot(_REST_MS, self._loading.begin)

    @Slot()
    def _on_loaded(self) -> None:
        heap.set_aside()
        if self.window is not None:
            self.window.go_on()

    def _sign_out(self, session: Session) -> None:
        if self._commands is None or self.window is None:
            return
        self._close_window(self.window)
        self._queries.run(
            partial(self._commands.sign_out, session),
            lambda _none: self.ask_to_sign_in(),
            self._on_sign_out_failed,
            owner=self,
        )

    def _on_sign_out_failed(self, error: CamWatchError) -> None:
        """Ask for the next operator all the same: the last one has left."""
        self.tell_trouble(error)
        self.ask_to_sign_in()

    # ---------------------------------------------------------------- the window

    def open_window(self, session: Session) -> None:
        """Open the whole main window for an operator who has signed in."""
        self._open(session, in_turns=False)

    def _open(self, session: Session, *, in_turns: bool) -> None:
        commands = self._commands
        if commands is None:
            return
        window = self._make_window(commands, session, self.start_wish, in_turns=in_turns)
        window.show()
        self.shown.emit()
        trouble = self._mail_trouble()
        if trouble and session.may(Permission.MANAGE_CHANNELS):
            window.show_notice(tr(_NO_MAIL, trouble=trouble))
        if session.may(Permission.MANAGE_SECURITY):
            self._queries.run(
                commands.vault_status, self._offer_move, self.tell_trouble, owner=window
            )

    def _make_window(
        self, commands: Commands, session: Session, start: StartWish, *, in_turns: bool
    ) -> MainWindow:
        if self._had_window:
            heap.settle()  # what is left of the one before was set aside with it
        self._had_window = True
        # Loaded by now, unless somebody signed in at once; see `ask_to_sign_in`.
        from camwatch.ui.first_run.options import SetUpOptions  # noqa: PLC0415
        from camwatch.ui.main_window import MainWindow  # noqa: PLC0415
        from camwatch.ui.window.base import WindowOptions  # noqa: PLC0415

        sources, is_demo = self._sources, self._kind.is_demo
        options = WindowOptions(
            is_demo=is_demo,
            window_file=self._profile.window_file,
            time_zone=self._settings.display.time_zone,
            set_up=SetUpOptions(
                is_offered=not is_demo,
                file=self._profile.window_file,
                sample=() if is_demo else sample_command(),
            ),
            is_sample=self._kind.is_sample,
            start=start,
            keeps_in_tray=self._settings.desktop.close_to_tray,
            tells_crash=not self._is_crash_told,
        )
        window = self.window = MainWindow(
            commands,
            session,
            self._queries,
            sources.feed,
            sources.bridge,
            options,
            pictures=sources.counting.shown,
            focus=sources.focus,
            desktop=sources.desktop if sources.desktop.posts() else None,
            feeds=sources.feed,
            in_turns=in_turns,
        )
        window.closed.connect(self.ended)
        window.crash_told.connect(self._on_crash_told)
        window.model_chosen.connect(lambda _name: self.model_chosen.emit())
        # Queued: the window that tells it is taken away for it.
        window.appearance_changed.connect(self.set_display, Qt.ConnectionType.QueuedConnection)
        window.sign_out_requested.connect(partial(self._sign_out, session))
        if window.is_whole:
            self._on_made()
        else:
            window.made.connect(self._on_made)
        # By then the cameras' tiles, rows and counters are there, to stay as well.
        QTimer.singleShot(_SETTLED_MS, window, heap.set_aside)
        return window

    @Slot()
    def _on_made(self) -> None:
        window = self.window
        if window is None:
            return
        self._sources.counting.recordings.changed.connect(
            window.accuracy_page.on_recording_changed, Qt.ConnectionType.QueuedConnection
        )
        heap.set_aside()

    def _on_crash_told(self) -> None:
        self._is_crash_told = True

    def set_display(self, display: Display) -> None:
        """Show everything in another look or language, and make the open window anew for it.

        What the operator has open, where it can be kept, is open again; the session goes on.

        Args:
            display: The settings as they are from now on.
        """
        self._settings = self._settings.model_copy(update={"display": display})
        if self._appearance is None:
            self._appearance = of_this_process()
        commands, before = self._commands, self.window
        if commands is None or before is None:
            self._appearance.put_on(display)
            return
        session, place = before.sessions.session, before.place
        self._close_window(before)
        # Now, for Qt would give the new look to each of its two thousand widgets, which takes
        # twice as long as making the new window.
        QCoreApplication.sendPostedEvents(before, QEvent.Type.DeferredDelete.value)
        self._appearance.put_on(display)
        window = self._make_window(
            commands, session, StartWish(is_kiosk=place.is_kiosk), in_turns=False
        )
        window.return_to(place)
        window.show()

    def _close_window(self, window: MainWindow) -> None:
        """Take the window away; the session, and what counts, go on."""
        window.remember()
        window.hide()
        window.give_up()
        window.deleteLater()
        self.window = None

    def _offer_move(self, status: VaultStatus) -> None:
        """Tell an administrator of a keyring that came after the vault; nothing moves by itself."""
        if status.can_move:
            self.tell(tr(_MOVE))

    def leave(self) -> None:
        """Keep how the window is, and let go what would outlast the workers."""
        self._first.stop()
        self._loading.stop()
        if self.window is not None:
            self.window.remember()
            self.window.give_up()  # or it would outlast the workers, and leave half a file

    # ---------------------------------------------------------------- telling

    def tell(self, text: str) -> None:
        """Say something in the window that is open."""
        if self.window is not None:
            self.window.show_notice(text)

    def tell_trouble(self, error: CamWatchError) -> None:
        """Log an error, and say it in the window that is open."""
        log.error("%s [%s]", error, error.error_id)
        self.tell(told(error))

    def tell_crash(self, error_id: str) -> None:
        """Say that something went wrong that nobody caught."""
        self.tell(
            tr(
                "Something went wrong inside CamWatch. It goes on; if it happens again, "
                "send the log to your support with this number: {error_id}",
                error_id=error_id,
            )
        )


def sample_command() -> tuple[str, ...]:
    """Return what opens the sample in a process of its own."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "--sample")
    return (sys.executable, "-m", "camwatch", "--sample")
