"""Who is signed in, whether the window is locked, and what that changes in it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from camwatch.auth.session import Session, SignInKind
from camwatch.language import tr, within
from camwatch.ui import session_words
from camwatch.ui.banners import Banners
from camwatch.ui.first_run.room import FirstRun
from camwatch.ui.header import Header
from camwatch.ui.live.wall.room import WallRoom
from camwatch.ui.locking import Locking
from camwatch.ui.time_machine.live_room import LiveRoom
from camwatch.ui.undo.room import UndoRoom
from camwatch.ui.window.base import WindowBase
from camwatch.ui.window.news import ROLE_CHANGED
from camwatch.ui.window.stage import Stage


class Standing(QObject):
    """Keeps the window to who is signed in.

    Signals:
        title_changed: What the window is called.
    """

    title_changed = Signal(str)

    def __init__(  # noqa: PLR0917 - all that a session changes
        self,
        base: WindowBase,
        locking: Locking,
        stage: Stage,
        header: Header,
        banners: Banners,
        first_run: FirstRun,
        walls: WallRoom,
        live_room: LiveRoom,
        undo: UndoRoom,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._base = base
        self._locking = locking
        self._stage = stage
        self._header = header
        self._banners = banners
        self._first_run = first_run
        self._walls = walls
        self._live_room = live_room
        self._undo = undo
        self._was_away = False
        base.sessions.changed.connect(self._on_session_changed)
        base.background.locked.connect(locking.on_session_locked)
        locking.changed.connect(self._on_lock_changed)
        locking.unlocked.connect(base.background.on_confirmed)
        first_run.title_changed.connect(self.show_session)

    @Slot()
    def look_at_clocks(self) -> None:
        """End or lock the session if its time has come while the computer was asleep."""
        self._base.sessions.look_again()
        self._locking.check()

    @Slot()
    def _on_lock_changed(self) -> None:
        """Cover what must not be seen, or show again what was there."""
        is_locked = self._locking.is_locked
        self._header.set_locked(is_locked=is_locked)
        if is_locked:
            self._live_room.back_to_live()
        self._stage.on_lock_changed()
        self._undo.hide()
        self.show_session()

    @Slot(object)
    def _on_session_changed(self, before: Session) -> None:
        """Take up who vouches for the operator now, and with what role."""
        session = self._base.session
        self._base.background.set_session(session)
        self._locking.set_session(session)
        self._walls.book.session = session
        self._live_room.back_to_live()
        self._header.offer_pages(session)
        self.show_session()
        if session.role != before.role and session.kind is before.kind:
            self._banners.session.say(tr(ROLE_CHANGED))

    @Slot()
    def show_session(self) -> None:
        """Say in title and header who vouches for the operator, and whether all is locked."""
        base, session = self._base, self._base.session
        is_away = session.kind is SignInKind.OFFLINE
        mark = session_words.mark_text(session, base.zone, base.sessions.service)
        self._header.show_mark(mark, is_warning=is_away)
        name = tr("CamWatch: demonstration") if base.options.is_demo else "CamWatch"
        if base.options.is_sample:
            name = tr("CamWatch: sample")
        name = self._first_run.title or name
        title = f"{name} ({within(mark)})" if mark else name
        self.title_changed.emit(tr("CamWatch: locked") if self._locking.hides_live else title)
        self._tell_away(is_away=is_away)

    def _tell_away(self, *, is_away: bool) -> None:
        """Announce once that the login service is away, until it is back."""
        if is_away and not self._was_away:
            words = session_words.away_notice(self._base.session, self._base.zone)
            self._banners.session.say(words)
        elif self._was_away and not is_away:
            self._banners.session.say(session_words.back_notice())
        self._was_away = is_away
