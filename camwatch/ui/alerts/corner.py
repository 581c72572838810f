"""What the window does about alerts on whichever page it is: popups, sounds, proofs."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QSettings, Signal, Slot
from PySide6.QtWidgets import QWidget

from camwatch.alerts.settings import ChannelProof
from camwatch.auth.session import Session
from camwatch.domain import utc_now
from camwatch.language import tr
from camwatch.ui.alerts.popups import sound_settings
from camwatch.ui.alerts.popups.popups import AlertPopups, DesktopNoticeSource, PopupCommands
from camwatch.ui.alerts.popups.proofs import ProofCommands, ProofWatch, proof_words
from camwatch.ui.alerts.popups.sound_button import SoundButton
from camwatch.ui.alerts.popups.sound_dialog import SoundDialog
from camwatch.ui.alerts.popups.sound_settings import SoundChoice
from camwatch.ui.alerts.popups.toast import ToastStack
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.status_bar import StatusBar

_MUTED_FOR = timedelta(minutes=15)


class CornerCommands(PopupCommands, ProofCommands, Protocol):
    """What this asks of `camwatch.commands.Commands`."""


class AlertCorner(QObject):
    """Owns the toasts in the window's corner and the alerts' part of the status bar.

    Attributes:
        popups: Brings alerts to the operator's attention.
        toasts: Where they are shown.

    Signals:
        alert_wanted: Uid of an alert whose details the operator wants to see; "" for the inbox.
        failed: CamWatchError: something that the operator asked for was not done.
        dialog_wanted: A dialog that the window is to open.
        noticed: Something that the operator is to be told once, as sentences.
        sounds_changed: Sounds are muted, or not any more.
    """

    alert_wanted = Signal(str)
    failed = Signal(object)
    dialog_wanted = Signal(object)
    noticed = Signal(str)
    sounds_changed = Signal()

    def __init__(  # noqa: PLR0917 - all that a window stands on
        self,
        window: QWidget,
        commands: CornerCommands,
        session: Session,
        background: Background,
        bridge: EventBridge,
        status_bar: StatusBar,
        zone: ZoneInfo,
        desktop: DesktopNoticeSource | None,
    ) -> None:
        super().__init__(window)
        self._status_bar = status_bar
        self._zone = zone
        self._choice = SoundChoice(self)
        self._choice.changed.connect(self.sounds_changed)
        self.toasts = ToastStack(window, status_bar)
        self.popups = AlertPopups(
            window, commands, session, background, bridge, self.toasts, self._choice, desktop
        )
        self.popups.alert_wanted.connect(self.alert_wanted)
        self.popups.failed.connect(self.failed)
        self.popups.desktop_missing.connect(self._on_no_desktop)
        button = SoundButton(self._choice, zone)
        button.settings_wanted.connect(self._choose_sounds)
        status_bar.add_tool(button)
        self._proofs = ProofWatch(commands, session, background, bridge, self)
        self._proofs.changed.connect(self._show_proofs)
        self._proofs.look()

    def restore(self, settings: QSettings) -> None:
        """Take over how loud alerts were chosen to be."""
        self._choice.restore(settings)

    def save(self, settings: QSettings) -> None:
        """Keep how loud alerts are."""
        sound_settings.write(settings, self._choice.settings)

    def set_locked(self, *, is_locked: bool, is_hidden: bool) -> None:
        """Offer nothing while the window is locked, and tell nothing while it is covered."""
        self.popups.set_locked(is_locked=is_locked, is_hidden=is_hidden)

    @Slot()
    def toggle_mute(self) -> None:
        """Mute the sounds of alerts for a while, or end that."""
        now = utc_now()
        is_muted = self._choice.settings.is_muted(now)
        self._choice.mute(None if is_muted else now + _MUTED_FOR)

    @property
    def is_muted(self) -> bool:
        """Whether the sounds of alerts are off now."""
        return self._choice.settings.is_muted(utc_now())

    @Slot()
    def _choose_sounds(self) -> None:
        dialog = SoundDialog(self._choice, self.popups.player, self._status_bar.window())
        self.dialog_wanted.emit(dialog)

    @Slot(str)
    def _on_no_desktop(self, why: str) -> None:
        self.noticed.emit(
            tr(
                "The desktop shows no notifications ({why}). Alerts are shown in this window only, "
                "so keep it in sight.",
                why=why,
            )
        )

    @Slot(object)
    def _show_proofs(self, proofs: list[ChannelProof]) -> None:
        self._status_bar.show_proofs(*proof_words(proofs, self._zone, utc_now()))
