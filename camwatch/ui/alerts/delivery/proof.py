"""Proves all channels now, and shows how each does as its answer comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from camwatch.alerts.notification import Notification, NotificationState, Purpose
from camwatch.alerts.settings import Channel
from camwatch.auth.session import Session
from camwatch.errors import CamWatchError
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.delivery.dialog import DeliveryDialog
from camwatch.ui.alerts.delivery.words import answer_words
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import plain_label, scrolled
from camwatch.ui.operators.wording import breakable
from camwatch.ui.words import sentence

_WIDTH, _HEIGHT = 620, 480
_LOOK_MS = 1000
MOST = 500
_ICON = 20
_ABOUT = marked(
    "Each channel sends one message that says that it is a proof. Mails and text messages go to "
    "the people whom your plans name; a text message costs what it always costs. The same "
    "happens once a day by itself."
)


class ProofCommands(Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def outbox(self, session: Session, limit: int = 200) -> list[Notification]:
        """Return what waits, and what was sent or given up lately, newest first."""
        ...

    def prove_channels(self, session: Session) -> None:
        """Send the daily proof through every channel in use now."""
        ...


class ProofDialog(DeliveryDialog):
    """One line a channel: waiting, proven or failed.

    Args:
        channels: Those that are set up and switched on.
    """

    def __init__(
        self,
        commands: ProofCommands,
        session: Session,
        background: Background,
        channels: Sequence[Channel],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            background, tr("Prove all channels"), tr(_ABOUT), tr("Prove them &now"), parent
        )
        self._commands, self._session = commands, session
        self._before: frozenset[str] | None = None
        self._is_asking = False
        self._signs: dict[str, QLabel] = {}
        self._states: dict[str, QLabel] = {}
        inside = QWidget(self)
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        space = theme.current().space
        grid.setHorizontalSpacing(space)
        grid.setVerticalSpacing(space)
        grid.setColumnStretch(2, 1)
        for row, channel in enumerate(channels):
            sign, name, state = QLabel(inside), plain_label(channel.name), plain_label("", "muted")
            sign.setFixedSize(icons.size(_ICON))
            name.setMinimumWidth(theme.px(160))
            name.setWordWrap(False)
            state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            for column, part in enumerate((sign, name, state)):
                grid.addWidget(part, row, column, Qt.AlignmentFlag.AlignTop)
            self._signs[channel.uid], self._states[channel.uid] = sign, state
            self._say(channel.uid, "send", theme.current().muted, tr("Not asked yet"))
        grid.setRowStretch(len(channels), 1)
        self.verdict = plain_label("", "heading", self)
        self.body.addWidget(scrolled(inside, self), 1)
        self.body.addWidget(self.verdict)
        self.cancel_button.setText(tr("Close"))
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        fit(self, _WIDTH, _HEIGHT)

    def words(self) -> dict[str, str]:
        """Return what is said of each channel, by its uid."""
        return {uid: label.text() for uid, label in self._states.items()}

    def _say(self, uid: str, icon: str, color: str, text: str) -> None:
        self._signs[uid].setPixmap(icons.pixmap(icon, _ICON, color, self.devicePixelRatioF()))
        self._states[uid].setText(breakable(text))

    @Slot()
    def submit(self) -> None:
        """Send the proofs, and look for the answers."""

        def job() -> frozenset[str]:
            before = frozenset(one.uid for one in self._proofs())
            self._commands.prove_channels(self._session)
            return before

        self.verdict.setText("")
        self.run(job, self._on_begun)

    def _proofs(self) -> list[Notification]:
        """Read the messages that are proofs; blocks."""
        every = self._commands.outbox(self._session, MOST)
        return [one for one in every if one.new.purpose is Purpose.CANARY]

    def _on_begun(self, before: frozenset[str]) -> None:
        self._before = before
        for uid in self._states:
            self._say(uid, "clock", theme.current().warning, tr("Sending …"))
        self.verdict.setText(tr("Waiting for the answers …"))
        self._timer.start()
        self.look()

    @Slot()
    def look(self) -> None:
        """Look what became of them."""
        if self._is_asking:
            return
        self._is_asking = True
        self._background.run(self._proofs, self._on_proofs, self._on_not_read, owner=self)

    def _on_not_read(self, error: CamWatchError) -> None:
        self._is_asking = False
        self._timer.stop()
        self.notice.show_error(text_for(error))

    def _on_proofs(self, proofs: Sequence[Notification]) -> None:
        self._is_asking = False
        if self._before is None:
            return
        new = {one.new.channel_uid: one for one in proofs if one.uid not in self._before}
        outcomes = [self._show(uid, new.get(uid)) for uid in self._states]
        if None in outcomes:
            return
        # What failed is tried again by itself, so looking goes on while this is open.
        failed, count = outcomes.count(False), len(outcomes)
        if not failed:
            self._timer.stop()
            self.verdict.setText(
                tr("All channels in use work.") if new else tr("No plan uses a channel yet.")
            )
            return
        self.verdict.setText(
            tr("The channel did not work.")
            if count == 1
            else tr("{failed} of {count} channels did not work.", failed=failed, count=count)
        )

    def _show(self, uid: str, proof: Notification | None) -> bool | None:
        """Say what became of a channel's proof: it worked, it did not, or nobody knows yet."""
        tokens = theme.current()
        if proof is None:
            self._say(uid, "x", tokens.muted, tr("No plan uses it, so there is nothing to prove."))
            return True
        answer = f" {sentence(answer_words(proof.answer))}" if proof.answer else ""
        if proof.state is NotificationState.DELIVERED:
            self._say(uid, "circle-check", tokens.ok, tr("It works.{answer}", answer=answer))
            return True
        if proof.state is NotificationState.WAITING and not proof.attempts:
            return None
        again = (
            tr(" It is tried again by itself.") if proof.state is NotificationState.WAITING else ""
        )
        self._say(
            uid,
            "circle-x",
            tokens.critical,
            tr("It did not work.{again}{answer}", again=again, answer=answer),
        )
        return False
