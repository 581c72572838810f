"""Proves all channels now, and shows how each does as its answer comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from camwatch.alerts.settings import Channel, ChannelProof
from camwatch.auth.session import Session
from camwatch.domain import utc_now
from camwatch.errors import CamWatchError
from camwatch.ui import icons, theme
from camwatch.ui.alerts.delivery.dialog import DeliveryDialog
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import plain_label, scrolled
from camwatch.ui.operators.form_dialog import fit_to_screen
from camwatch.ui.operators.wording import breakable

_WIDTH, _HEIGHT = 620, 480
_LOOK_MS = 1000
_ICON = 20
_ABOUT = (
    "Each channel sends one message that says that it is a proof. Mails and text messages go to "
    "the people whom your plans name; a text message costs what it always costs. The same "
    "happens once a day by itself."
)


class ProofCommands(Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def channel_proofs(self, session: Session) -> list[ChannelProof]:
        """Return when each channel in use was last seen to work."""
        ...

    def prove_channels(self, session: Session) -> None:
        """Send the daily proof through every channel in use now."""
        ...


class ProofDialog(DeliveryDialog):
    """One line a channel: waiting, proven or failed.

    Args:
        channels: Those that are set up and switched on.
    """

    def __init__(  # noqa: PLR0917 - all that it stands on
        self,
        commands: ProofCommands,
        session: Session,
        background: Background,
        channels: Sequence[Channel],
        zone: ZoneInfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(background, "Prove all channels", _ABOUT, "Prove them &now", parent)
        self._commands, self._session, self._zone = commands, session, zone
        self._begun: datetime | None = None
        self._is_asking = False
        self._signs: dict[str, QLabel] = {}
        self._states: dict[str, QLabel] = {}
        inside = QWidget(self)
        grid = QGridLayout(inside)
        space = theme.current().space
        grid.setHorizontalSpacing(space)
        grid.setVerticalSpacing(space)
        grid.setColumnStretch(2, 1)
        for row, channel in enumerate(channels):
            sign, name, state = QLabel(inside), plain_label(channel.name), plain_label("", "muted")
            sign.setFixedSize(_ICON, _ICON)
            name.setMinimumWidth(160)
            name.setWordWrap(False)
            state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            for column, part in enumerate((sign, name, state)):
                grid.addWidget(part, row, column, Qt.AlignmentFlag.AlignTop)
            self._signs[channel.uid], self._states[channel.uid] = sign, state
            self._say(channel.uid, "send", theme.current().muted, "Not asked yet")
        grid.setRowStretch(len(channels), 1)
        self.verdict = plain_label("", "heading", self)
        self.body.addWidget(scrolled(inside, self), 1)
        self.body.addWidget(self.verdict)
        self.cancel_button.setText("Close")
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        fit_to_screen(self, _WIDTH, _HEIGHT)

    def words(self) -> dict[str, str]:
        """Return what is said of each channel, by its uid."""
        return {uid: label.text() for uid, label in self._states.items()}

    def _say(self, uid: str, icon: str, color: str, text: str) -> None:
        self._signs[uid].setPixmap(icons.pixmap(icon, _ICON, color, self.devicePixelRatioF()))
        self._states[uid].setText(breakable(text))

    @Slot()
    def submit(self) -> None:
        """Send the proofs, and look for the answers."""
        begun = utc_now()

        def on_done(_none: None) -> None:
            self._begun = begun
            for uid in self._states:
                self._say(uid, "clock", theme.current().warning, "Sending …")
            self.verdict.setText("Waiting for the answers …")
            self._timer.start()
            self.look()

        self.verdict.setText("")
        self.run(lambda: self._commands.prove_channels(self._session), on_done)

    @Slot()
    def look(self) -> None:
        """Look what became of them."""
        if self._is_asking:
            return
        self._is_asking = True
        self._background.run(
            lambda: self._commands.channel_proofs(self._session),
            self._on_proofs,
            self._on_not_read,
            owner=self,
        )

    def _on_not_read(self, error: CamWatchError) -> None:
        self._is_asking = False
        self._timer.stop()
        self.notice.show_error(text_for(error))

    def _on_proofs(self, proofs: Sequence[ChannelProof]) -> None:
        self._is_asking = False
        if self._begun is None:
            return
        tokens, done, good = theme.current(), 0, 0
        known = {one.channel_uid: one for one in proofs}
        for uid in self._states:
            proof = known.get(uid)
            if proof is None:
                self._say(uid, "x", tokens.muted, "No plan uses it, so there is nothing to prove")
                done += 1
                good += 1
            elif proof.proven_at is not None and proof.proven_at >= self._begun:
                at = f"{proof.proven_at.astimezone(self._zone):%H:%M:%S}"
                self._say(uid, "circle-check", tokens.ok, f"Proven at {at}. {proof.answer}")
                done += 1
                good += 1
            elif proof.failing_since is not None:
                self._say(uid, "circle-x", tokens.critical, f"It failed. {proof.answer}")
                done += 1
        if done < len(self._states):
            return
        if good == done:
            self.verdict.setText("All channels work.")
        else:
            failed = done - good
            self.verdict.setText(
                f"{failed} of {done} {'channel' if done == 1 else 'channels'} did not work. "
                "They are tried again by themselves."
            )
