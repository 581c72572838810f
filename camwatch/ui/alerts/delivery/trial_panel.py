"""Sends a test message, and shows what the other side really said."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from camwatch.alerts.notification import Answer
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.settings import Channel, ChannelSettings, SmsSettings
from camwatch.auth.session import Session
from camwatch.commands import KeepPassword
from camwatch.commands.channel_tests import TEST_TEXT
from camwatch.domain import Secret
from camwatch.errors import CamWatchError, DeliveryError, InvalidSetting, InvalidSettings
from camwatch.language import marked, table, tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.delivery.dialog import card, heading
from camwatch.ui.alerts.delivery.phone_words import number_words
from camwatch.ui.alerts.delivery.sms_words import bill_words
from camwatch.ui.alerts.delivery.words import problem_sentence
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import BusyBar, Field, plain_label
from camwatch.ui.operators.form_dialog import bring_into_view, make_button
from camwatch.ui.operators.wording import breakable

_MARK = 24
_ASKS = table(
    lambda: {
        ChannelKind.EMAIL: (
            tr("To which address?"),
            "anna@example.org",
            tr("Several with commas between."),
        ),
        ChannelKind.SMS: (tr("To which number?"), "+49 30 123456", ""),
    }
)
_ABOUT = table(
    lambda: {
        ChannelKind.EMAIL: tr(
            "Sends a short mail with the settings as they are entered here. They need not be saved."
        ),
        ChannelKind.SMS: tr(
            "Sends a short message with the settings as they are entered here. It costs "
            "what an alert costs."
        ),
        ChannelKind.WEBHOOK: tr(
            "Posts a test message with the settings as they are entered here. It says "
            "that it is one."
        ),
    }
)
_CHANGED = marked("The settings have been changed since.")


class TrialCommands(Protocol):
    """What this panel asks of `camwatch.commands.Commands`."""

    def test_channel(
        self,
        session: Session,
        channel: Channel,
        secret: Secret | KeepPassword | None,
        addresses: Sequence[str],
    ) -> Answer:
        """Send a test message with settings that need not be stored."""
        ...

    def stop_test(self, session: Session) -> None:
        """Let the test that is running end at once."""
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """A channel as it is entered now."""

    channel: Channel
    secret: Secret | KeepPassword | None


class TrialPanel(QWidget):
    """The button, the address, and the answer.

    Args:
        kind: Of the channel.
        draft: Returns the channel as it is entered, and takes old messages away.
        refused: Shows refused settings at their fields.
    """

    def __init__(
        self,
        commands: TrialCommands,
        session: Session,
        background: Background,
        kind: ChannelKind,
        *,
        draft: Callable[[], Draft],
        refused: Callable[[CamWatchError], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._kind, self._draft, self._refused = kind, draft, refused
        self._number = 0
        self._settings: ChannelSettings | None = None
        self.is_running = False
        self.to = QLineEdit(self)
        self.to.setMaxLength(1024)
        label, example, self._hint = _ASKS.get(kind, (tr("Recipient"), "", ""))
        self.to.setPlaceholderText(example)
        self.to_field = Field(label, self.to, self, hint=self._hint)
        self.to_field.setVisible(kind.has_recipients)
        self.to.textChanged.connect(self._on_typed)
        self.to.returnPressed.connect(self.send)
        self.bill = plain_label("", "muted", self)
        self.bill.setVisible(kind is ChannelKind.SMS)
        self.send_button = make_button(tr("Send a &test"), "send", self.send, self)
        self.stop_button = make_button(tr("Stop"), "x", self.stop, self)
        self.stop_button.hide()
        self.busy = BusyBar(self)
        self.mark = QLabel(self)
        self.mark.setFixedSize(icons.size(_MARK))
        self.title = heading("", self)
        self.sentence = plain_label("", "", self)
        self.said_title = plain_label(tr("The other side said:"), "muted", self)
        self.said = plain_label("", "", self)
        self.said.setFont(theme.fixed_font())
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.said_box = QFrame(self)
        self.advice = plain_label("", "", self)
        self.changed = plain_label("", "muted", self)
        self.number_label = plain_label("", "muted", self)
        self._lay_out()
        self._clear()

    def _lay_out(self) -> None:
        space = theme.current().space
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        column.setSpacing(space + space // 2)
        column.addWidget(heading(tr("Send a test"), self))
        column.addWidget(plain_label(_ABOUT[self._kind], "muted", self))
        column.addWidget(self.to_field)
        column.addWidget(self.bill)
        row = QHBoxLayout()
        row.setSpacing(space)
        row.addWidget(self.send_button)
        row.addWidget(self.stop_button)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.busy)
        head = QHBoxLayout()
        head.setSpacing(space)
        head.addWidget(self.mark)
        head.addWidget(self.title, 1)
        column.addLayout(head)
        column.addWidget(self.sentence)
        column.addWidget(self.said_title)
        tokens = theme.current()
        self.said_box.setObjectName("said")
        self.said_box.setStyleSheet(
            f"#said {{ background: {tokens.background}; border: 1px solid {tokens.line};"
            f" border-radius: {tokens.radius}px; }}"
        )
        box = QVBoxLayout(self.said_box)
        box.setContentsMargins(space, space, space, space)
        box.addWidget(self.said)
        for part in (self.said_box, self.advice, self.changed, self.number_label):
            column.addWidget(part)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(card(inside, self))

    def stops(self) -> tuple[QWidget, ...]:
        """Return where Tab stops, from top to bottom."""
        return (self.to, self.send_button, self.stop_button)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Keep Enter here: it sends the test, and must not press the button of the dialog, too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            return
        super().keyPressEvent(event)

    # ---------------------------------------------------------------- sending

    def addresses(self) -> tuple[str, ...]:
        """Return to whom the test goes."""
        if not self._kind.has_recipients:
            return ()
        parts = re.split(r"[,;\n]", self.to.text())
        return tuple(one.strip() for one in parts if one.strip())

    @Slot()
    def send(self) -> None:
        """Send it, in the background."""
        if self.is_running:
            return
        self.to_field.clear_problem()
        addresses = self.addresses()
        if self._kind.has_recipients and not addresses:
            self.to_field.show_problem(tr("Say first where the test is to go."))
            self.to.setFocus()
            return
        draft = self._draft()
        self._number += 1
        self._set_running(True)
        self._clear()
        self.title.setText(tr("Sending …"))
        self.title.show()
        self._background.run(
            lambda: self._commands.test_channel(
                self._session, draft.channel, draft.secret, addresses
            ),
            partial(self._on_answer, self._number),
            partial(self._on_failed, self._number),
            owner=self,
        )

    @Slot()
    def stop(self) -> None:
        """Let it end at once."""
        if not self.is_running:
            return
        self._number += 1
        self._set_running(False)
        self._background.run(
            lambda: self._commands.stop_test(self._session), _nothing, _nothing, owner=self
        )
        self._show(
            "circle-x", theme.current().muted, tr("Stopped"), tr("You did not wait for the answer.")
        )

    def _set_running(self, is_running: bool) -> None:
        self.is_running = is_running
        self.busy.setVisible(is_running)
        self.stop_button.setVisible(is_running)
        self.send_button.setVisible(not is_running)
        (self.stop_button if is_running else self.send_button).setFocus()

    def _clear(self) -> None:
        for part in (
            self.mark,
            self.title,
            self.sentence,
            self.said_title,
            self.said_box,
            self.advice,
            self.changed,
            self.number_label,
        ):
            part.hide()

    # ---------------------------------------------------------------- the answer

    def _on_answer(self, number: int, answer: Answer) -> None:
        if number != self._number:
            return
        self._set_running(False)
        tokens = theme.current()
        if not answer.refused:
            self._show(
                "circle-check",
                tokens.ok,
                tr("It got through"),
                tr("The other side has taken the message. Look whether it arrives."),
                answer.text,
            )
            return
        lines = [answer.text, *(f"{to}: {said}" for to, said in answer.refused.items())]
        self._show(
            "triangle-alert",
            tokens.warning,
            tr("It got through, but not to everybody"),
            tr("Some addresses were not taken; the others got the message."),
            "\n".join(filter(None, lines)),
            tr("Check these addresses with the people they belong to."),
        )

    def _on_failed(self, number: int, error: CamWatchError) -> None:
        if number != self._number:
            return
        self._set_running(False)
        self._clear()
        match error:
            case InvalidSetting(field="addresses" | "to"):
                self.to_field.show_problem(problem_sentence(error))
            case InvalidSettings() if any(
                one.field in ("addresses", "to") for one in error.problems
            ):
                self.to_field.show_problem(" ".join(map(problem_sentence, error.problems)))
            case InvalidSetting() | InvalidSettings():
                self._show(
                    "circle-x",
                    theme.current().critical,
                    tr("Not sent"),
                    tr("Correct the settings first."),
                )
                self._refused(error)
            case _:
                words = text_for(error)
                said = error.detail if isinstance(error, DeliveryError) else ""
                self._show(
                    "circle-x",
                    theme.current().critical,
                    words.title,
                    words.sentence,
                    said,
                    words.what_to_do,
                )
                if not isinstance(error, DeliveryError):
                    self.number_label.setText(
                        tr("Error number:\n{error_id}", error_id=words.error_id)
                    )
                    self.number_label.show()

    def _show(  # noqa: PLR0917 - all that is said of an answer
        self, icon: str, color: str, title: str, sentence: str, said: str = "", advice: str = ""
    ) -> None:
        self._clear()
        self.mark.setPixmap(icons.pixmap(icon, _MARK, color, self.devicePixelRatioF()))
        self.mark.show()
        self.title.setText(title)
        self.title.show()
        for label, text in ((self.sentence, sentence), (self.advice, advice)):
            label.setText(text)
            label.setVisible(bool(text))
        self.said.setText(breakable(said))
        self.said_title.setVisible(bool(said))
        self.said_box.setVisible(bool(said))
        bring_into_view(self.advice if advice else self.sentence)

    def settings_changed(self, settings: ChannelSettings) -> None:
        """Say that the answer is about other settings; show what a message costs now."""
        if not self.title.isHidden() and not self.is_running:
            self.changed.setText(tr(_CHANGED))
            self.changed.show()
        self._settings = settings
        self._say_bill()

    @Slot()
    def _on_typed(self) -> None:
        self.to_field.clear_problem()
        self._say_bill()

    def _say_bill(self) -> None:
        """Say how long a test is and what it costs, and what number it goes to."""
        if not isinstance(self._settings, SmsSettings):
            return
        to = self.addresses()
        self.bill.setText(bill_words(self._settings, tr(TEST_TEXT), max(len(to), 1)))
        words = [number_words(one, self._settings.region) for one in to]
        self.to_field.rename(self.to_field.label.text(), " ".join(words) or self._hint)


def _nothing(_answer: object) -> None:
    """Let an answer pass that nobody waits for."""
