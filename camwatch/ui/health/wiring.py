"""Joins the Health page, its mark and its dialogs with the window."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Signal, Slot

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.errors import CamWatchError
from camwatch.events import UpdateOffered
from camwatch.health.last_run import CrashReport
from camwatch.language import tr
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.health.mark import HealthMark
from camwatch.ui.health.page import HealthPage
from camwatch.ui.status_bar import StatusBar
from camwatch.ui.tray import Tray

log = logging.getLogger(__name__)


class HealthWiring(QObject):
    """Belongs to the window.

    Args:
        page: The Health page.
        status_bar: Gets the mark.
        tray: Says how CamWatch is doing, too.
        bridge: Tells when that changes.
        session: Who is signed in.
        background: Where it is found out whether the last run was cut off.
        tells_crash: Nobody was told so far whether it was.

    Signals:
        page_wanted: Show the Health page.
        noticed: Something that the operator is to be told once.
        crash_told: The operator was told that the last run was cut off.
    """

    page_wanted = Signal()
    noticed = Signal(str)
    crash_told = Signal()

    def __init__(  # noqa: PLR0917 - all that it joins
        self,
        page: HealthPage,
        status_bar: StatusBar,
        tray: Tray,
        bridge: EventBridge,
        session: Session,
        background: Background,
        parent: QObject,
        *,
        tells_crash: bool,
    ) -> None:
        super().__init__(parent)
        self._page = page
        self._session = session
        self._tray = tray
        if not session.may(Permission.VIEW_HEALTH):
            return
        self.mark = HealthMark(status_bar)
        status_bar.add_tool(self.mark)
        self.mark.clicked.connect(self.page_wanted)
        bridge.health_changed.connect(self.mark.show_health)
        # A function of its own would stay with the bridge, and keep all this, when the window goes.
        bridge.health_changed.connect(self._tell_tray)
        bridge.update_offered.connect(self._on_update)
        tray.health_requested.connect(self.page_wanted)
        if not tells_crash:
            return
        commands = page.commands
        background.run(
            lambda: commands.last_crash(session), self._on_crash, _on_not_known, owner=self
        )

    @Slot()
    def _tell_tray(self) -> None:
        self._tray.show_health(self.mark.summary)

    def _on_crash(self, crash: CrashReport | None) -> None:
        """Say plainly that the last run was cut off, unless that is not wanted any more."""
        if crash is not None and not crash.is_dismissed:
            self._page.tell_crash(crash)
            self.crash_told.emit()

    @Slot(object)
    def _on_update(self, event: UpdateOffered) -> None:
        parts = [tr("CamWatch {version} is there.", version=event.version)]
        if event.summary:
            parts.append(event.summary)
        parts.append(tr("CamWatch installs nothing by itself."))
        if event.notes_url:  # last, for no full stop may follow it
            parts.append(tr("More of it: {address}", address=event.notes_url))
        self.noticed.emit(" ".join(parts))


def _on_not_known(error: CamWatchError) -> None:
    log.info("how the last run ended is not known: %s", error)
