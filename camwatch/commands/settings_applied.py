"""Lets changed settings hold at once in what the commands stand on."""

from __future__ import annotations

from dataclasses import dataclass

from camwatch.commands.account_desk import AccountDesk
from camwatch.commands.alert_desk import AlertDesk
from camwatch.commands.camera_editing import CameraEditing
from camwatch.commands.evidence_store import EvidenceStore
from camwatch.config import Settings


@dataclass(frozen=True, slots=True)
class CommandsKeepUp:
    """Hands each part its section when that was changed; see `SettingsDesk.applies`.

    What runs beside the commands, such as the poller, is told by the application.

    Attributes:
        accounts: Keeps to [security].
        alerts: Keeps to [alerts].
        evidence: Also.
        editing: Tries cameras with the limits of [cameras].
    """

    accounts: AccountDesk
    alerts: AlertDesk
    evidence: EvidenceStore
    editing: CameraEditing

    def __call__(self, before: Settings, after: Settings) -> None:
        """Keep to the settings as they are now."""
        if after.security != before.security:
            self.accounts.keep_to(after.security)
        if after.alerts != before.alerts:
            self.alerts.keep_to(after.alerts)
            self.evidence.keep_to(after.alerts)
        if after.cameras != before.cameras:
            self.editing.keep_to(after.cameras)
