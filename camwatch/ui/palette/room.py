"""Holds the box in which everything is found, who is asked, and what was used lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QSettings, QTimer, Signal, Slot
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QWidget

from camwatch.auth.session import Session
from camwatch.ui.background import Background
from camwatch.ui.palette.actions import ActionsProvider
from camwatch.ui.palette.box import PaletteBox
from camwatch.ui.palette.providers import (
    AlertsProvider,
    CamerasProvider,
    FindCommands,
    OperatorsProvider,
    PagesProvider,
    RulesProvider,
)
from camwatch.ui.palette.ranking import Recent
from camwatch.ui.palette.results import Provider, Result
from camwatch.ui.palette.wishes import Wishes
from camwatch.ui.session_watch import SessionWatch
from camwatch.ui.shortcuts import Key, bound_itself


class PaletteRoom(QObject):
    """Opens the box on Ctrl+K, and does what was chosen there.

    Other parts hand their `Provider` to `add`: saved walls, settings, help, what can be undone.

    Attributes:
        wishes: What the window is asked to do.
        box: The box itself.

    Args:
        window: Over which it lies; its keys and its header are found, too.
        pages: In the order of `PAGES`.
        sessions: Knows who is signed in.
        background: Reads; not one that asks for passwords.

    Signals:
        opened: The box is shown.
    """

    opened = Signal()

    def __init__(  # noqa: PLR0917 - all that is found stands on these
        self,
        window: QWidget,
        header: QWidget,
        pages: Sequence[QWidget],
        commands: FindCommands,
        sessions: SessionWatch,
        background: Background,
    ) -> None:
        super().__init__(window)
        self._sessions = sessions
        self._recent = Recent()
        self.wishes = Wishes(self)
        self.box = PaletteBox(window, self._recent)
        self.box.chosen.connect(self._on_chosen)
        session, wishes = self.session, self.wishes
        self._providers: list[Provider] = [
            PagesProvider(session, wishes),
            ActionsProvider(header, self._window_keys, pages, session, wishes.page.emit),
            CamerasProvider(commands, background, session, wishes, self),
            AlertsProvider(commands, background, session, wishes, self),
            RulesProvider(commands, background, session, wishes, self),
            OperatorsProvider(commands, background, session, wishes, self),
        ]

    def add(self, provider: Provider) -> None:
        """Ask this one as well from now on."""
        self._providers.append(provider)

    def session(self) -> Session:
        """Return who is signed in now."""
        return self._sessions.session

    def _window_keys(self) -> Mapping[Key, QShortcut]:
        # The window is not kept here as well: only the collector of cycles would free it then.
        window = self.parent()
        return bound_itself(window) if isinstance(window, QWidget) else {}

    @Slot()
    def open(self) -> None:
        """Show the box, or put the keyboard into it if it is shown."""
        if not self.box.isHidden():
            self.box.close_box()
            return
        self.box.open_with(tuple(self._providers))
        self.opened.emit()

    def open_with(self, text: str) -> None:
        """Show the box with a text that is looked for."""
        self.box.open_with(tuple(self._providers), text)

    @Slot(object)
    def _on_chosen(self, result: Result) -> None:
        # Not now: the key that chose it shall not be pressed in what opens.
        QTimer.singleShot(0, self, result.run)

    # ---------------------------------------------------------------- remembering

    def _place(self) -> str:
        session = self.session()
        return f"found/{session.kind.value}-{session.user.id}"

    def restore(self, settings: QSettings) -> None:
        """Take up what this operator used lately."""
        kept = settings.value(self._place())
        keys = [one for one in kept if isinstance(one, str)] if isinstance(kept, list) else []
        if isinstance(kept, str):
            keys = [kept]
        for key in reversed(keys):
            self._recent.note(key)

    def save(self, settings: QSettings) -> None:
        """Keep what was used lately: keys of things only, no names."""
        if self._recent.keys:
            settings.setValue(self._place(), list(self._recent.keys))
