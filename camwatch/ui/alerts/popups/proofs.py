"""What the status bar says of the channels: when they were last seen to work."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from camwatch.alerts.settings import ChannelProof
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.errors import CamWatchError
from camwatch.language import tr
from camwatch.ui import words
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge

log = logging.getLogger(__name__)

_EVERY_MS = 60_000


class ProofCommands(Protocol):
    """What this asks of `camwatch.commands.Commands`."""

    def channel_proofs(self, session: Session) -> list[ChannelProof]:
        """Return when each channel in use was last seen to work."""
        ...


def proof_words(proofs: Sequence[ChannelProof], zone: ZoneInfo, now: datetime) -> tuple[str, str]:
    """Say how the channels do.

    Returns:
        What the status bar says when all is well, and what is wrong; each may be "".
    """
    if not proofs:
        return "", ""
    failing = [one for one in proofs if one.failing_since is not None]
    if failing:
        since = min(one.failing_since for one in failing if one.failing_since is not None)
        waiting = sum(one.waiting for one in failing)
        which = (
            tr("Alerts do not get out")
            if len(failing) == len(proofs)
            else tr("Some alerts do not get out")
        )
        text = tr("{which} since {moment}", which=which, moment=_moment(since, zone, now))
        if waiting:
            text += tr(", {number} wait", number=words.number(waiting))
        return "", text
    proven = [one.proven_at for one in proofs if one.proven_at is not None]
    if len(proven) < len(proofs):
        return tr("alerts not proven yet"), ""
    return tr("alerts proven {moment}", moment=_moment(min(proven), zone, now)), ""


def _moment(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    local = moment.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return f"{local:%H:%M}"
    return tr("{local:%d %b %H:%M}", local=local)


class ProofWatch(QObject):
    """Reads how the channels do, each minute and when one of them fails or works again.

    Signals:
        changed: A list of ChannelProof.
    """

    changed = Signal(object)

    def __init__(
        self,
        commands: ProofCommands,
        session: Session,
        background: Background,
        bridge: EventBridge,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        if session.may(Permission.VIEW_ALERTS):
            self._timer.start(_EVERY_MS)
            bridge.channel_troubled.connect(self.look)
            bridge.rules_changed.connect(self.look)

    @Slot()
    def look(self) -> None:
        """Read it now, if the operator may."""
        if not self._session.may(Permission.VIEW_ALERTS):
            return
        self._background.run(
            partial(self._commands.channel_proofs, self._session),
            self.changed.emit,
            self._on_failed,
            owner=self,
        )

    def _on_failed(self, error: CamWatchError) -> None:
        # The history's trouble is told of elsewhere; this is asked again in a minute.
        log.info("how the channels do cannot be read: %s", error)
