"""Sends one message, and sees to it that what came of it is noted. Knows no threads of its own."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from camwatch.alerts.channels import Sender
from camwatch.alerts.notification import LIVES, Answer, Notification, Outgoing
from camwatch.alerts.plain import without_addresses
from camwatch.alerts.settings import Channel, SmsSettings
from camwatch.domain import Secret
from camwatch.errors import (
    DeliveryError,
    DeliveryFault,
    FilesTroubled,
    InvalidSetting,
    SecretsUnavailable,
    StorageError,
)
from camwatch.language import table, tr
from camwatch.logs import log_crash
from camwatch.resilience import Backoff, CircuitBreaker

log = logging.getLogger(__name__)

BACKOFF = Backoff(first_s=60.0, factor=2.0, longest_s=3600.0)
"""From half a minute and a minute after the first failure to an hour, spread by chance."""

BREAKER_FAILURES = 5
BREAKER_PAUSE_S = 60.0

_LAST_TRY = timedelta(minutes=1)
"""So long before the end of its life a message is tried for the last time."""

_REST_AFTER_TROUBLE_S = 5.0

_UNSAFE = frozenset({DeliveryFault.NO_ENCRYPTION, DeliveryFault.CERTIFICATE})
# The other side answered: it refused this message, not us.
_ANSWERED = frozenset({DeliveryFault.REFUSED})

MakeSender = Callable[[Channel, Secret | None, Mapping[str, tuple[Channel, Secret | None]]], Sender]


def next_try(message: Notification, wait_s: float, now: datetime) -> datetime:
    """Return when a message is tried again: after a wait, and once more before its life ends.

    Args:
        message: As it was tried just now.
        wait_s: At least so long, seconds; what is beyond its life is not tried any more.
        now: UTC.
    """
    ends = message.new.due_at + LIVES
    wanted = now + timedelta(seconds=min(wait_s, LIVES.total_seconds()))
    last = ends - _LAST_TRY
    is_last_due = now < last < wanted and wait_s <= BACKOFF.longest_s
    return last if is_last_due else min(wanted, ends)


class Outbox(Protocol):
    """The part of `AlertDesk` that sending needs."""

    def picture_for(self, notification: Notification) -> bytes | None:
        """Return the picture that goes along."""

    def channels(self) -> Mapping[str, Channel]:
        """Return the channels that are switched on, by uid."""

    def channel(self, channel_uid: str) -> tuple[Channel, Secret | None] | None:
        """Return a channel with its secret; None if it is gone or switched off."""

    def delivered(self, notification_uid: str, answer: Answer, now: datetime) -> object:
        """Note that a message got through."""

    def not_delivered(
        self, notification_uid: str, error: DeliveryError, next_at: datetime | None, now: datetime
    ) -> None:
        """Note that a message did not get through."""

    def disable_channel(self, channel_uid: str, why: str, now: datetime) -> None:
        """Switch a channel off by itself."""

    def hurry(self, channel_uid: str, now: datetime) -> int:
        """Let what waits for a channel be tried now."""

    def note_unsafe(self, channel_uid: str, error: DeliveryError, now: datetime) -> None:
        """Put into the audit log that nothing was sent, since it would not have been safe."""


@dataclass(slots=True, eq=False)
class Target:
    """How the other side of one channel does.

    Attributes:
        breaker: Leaves it alone for a while after several failures.
        rest_until_s: It asked to be left alone until then, on the monotonic clock.
        reason: Why nothing is delivered, as was told; "" if something is, None if unknown.
        is_audited: The present outage is in the audit log.
        sender: What is sending just now.
        name: Of the channel; "" until it was read.
    """

    breaker: CircuitBreaker = field(
        default_factory=lambda: CircuitBreaker(BREAKER_FAILURES, BREAKER_PAUSE_S)
    )
    rest_until_s: float = 0.0
    reason: str | None = None
    is_audited: bool = False
    sender: Sender | None = None
    name: str = ""

    def rests(self, now_s: float) -> bool:
        """Tell whether it is to be left alone now."""
        return now_s < self.rest_until_s or self.breaker.wait_s(now_s) > 0


@dataclass(frozen=True, slots=True)
class Clocks:
    """What sending goes by.

    Attributes:
        wall: Aware UTC.
        running_s: A monotonic clock, seconds.
        chance: Spreads retries.
    """

    wall: Callable[[], datetime]
    running_s: Callable[[], float]
    chance: random.Random


class Delivery:
    """Sends messages, at most one at a time for each channel; for any thread.

    Args:
        outbox: Where messages are kept.
        make_sender: Makes what sends over a channel.
        tell_trouble: Told the uid of a channel, its name, and why it delivers nothing; "" for
            why when it delivers again. Once for each change.
        settled: Told the uid of a message, whether it got through, and the words about it.
        clocks: What it goes by.
    """

    def __init__(
        self,
        outbox: Outbox,
        make_sender: MakeSender,
        tell_trouble: Callable[[str, str, str], None],
        settled: Callable[[str, bool, str], None],
        clocks: Clocks,
    ) -> None:
        self._outbox = outbox
        self._make_sender = make_sender
        self._tell_trouble = tell_trouble
        self._settled = settled
        self._clocks = clocks
        self._lock = threading.Lock()
        self._targets: dict[str, Target] = {}
        self._unnoted: dict[str, Answer] = {}
        self._is_closed = False

    def resting(self) -> set[str]:
        """Return the uids of the channels that are to be left alone now."""
        now_s = self._clocks.running_s()
        with self._lock:
            return {uid for uid, target in self._targets.items() if target.rests(now_s)}

    def close(self) -> None:
        """Let all that is being sent end at once; it stays in the outbox. Never waits."""
        with self._lock:
            self._is_closed = True
            senders = [target.sender for target in self._targets.values()]
        for sender in senders:
            if sender is not None:
                sender.close()

    def changed(self, channel_uid: str) -> None:
        """Know that a channel is another one than before: how it did says nothing any more."""
        with self._lock:
            target = self._targets.get(channel_uid)
        if target is not None:
            target.breaker.succeeded()
            target.rest_until_s = 0.0
            target.reason, target.is_audited = None, False

    def _target(self, channel_uid: str) -> Target:
        with self._lock:
            return self._targets.setdefault(channel_uid, Target())

    # ---------------------------------------------------------------- one message

    def deliver(self, messages: Sequence[Notification]) -> None:
        """Send a message of the outbox, and note what came of it.

        Args:
            messages: One; or several to the same addresses that one mail tells.
        """
        uid, now = messages[0].new.channel_uid, self._clocks.wall()
        target = self._target(uid)
        messages = [one for one in messages if not self._was_sent(one)]
        if not messages:
            return
        try:
            sender = self._sender_of(uid, target)
            first, *others = messages
            outgoing = Outgoing(first, now, self._picture_for(first), tuple(others))
            # Last: whoever is let through must say what came of it.
            if sender is None or not target.breaker.allows(self._clocks.running_s()):
                return
            answer = self._send(sender, target, outgoing)
        except DeliveryError as error:
            if not self._is_closed:
                self._failed(messages, target, error)
        except StorageError as error:
            # Nothing can be noted either: it is tried again when the outbox can be read.
            log.error("a message waits for the database: %s [%s]", error, error.error_id)  # noqa: TRY400
            self._rest(target)
        else:
            self._got_through(messages, target, answer)

    def _was_sent(self, message: Notification) -> bool:
        """Tell whether a message got through before, and note it if that is still to be done."""
        with self._lock:
            answer = self._unnoted.get(message.uid)
        if answer is not None:
            self._note(message, answer)
        return answer is not None

    def _sender_of(self, channel_uid: str, target: Target) -> Sender | None:
        """Make what sends over a channel; None if it was removed or is switched off by now.

        Raises:
            DeliveryError: It cannot be used now.
            StorageError: It cannot be read.
        """
        try:
            if (known := self._outbox.channels().get(channel_uid)) is not None:
                target.name = known.name  # also if its secret cannot be read
            found = self._outbox.channel(channel_uid)
            if found is None:
                return None  # what waits for it does so until it is switched on
            channel, secret = found
            others: dict[str, tuple[Channel, Secret | None]] = {}
            if isinstance(channel.settings, SmsSettings) and channel.settings.email_uid:
                mail = self._outbox.channel(channel.settings.email_uid)
                if mail is not None:
                    others[mail[0].uid] = mail
        except SecretsUnavailable as error:
            raise DeliveryError(DeliveryFault.NO_SECRET, str(error)) from error
        try:
            return self._make_sender(channel, secret, others)
        except InvalidSetting as error:
            raise DeliveryError(DeliveryFault.NOT_SET_UP, str(error)) from error

    def _send(self, sender: Sender, target: Target, outgoing: Outgoing) -> Answer:
        """Send a message.

        Raises:
            DeliveryError: Nobody got it.
        """
        with self._lock:
            if self._is_closed:
                raise DeliveryError(DeliveryFault.UNREACHABLE, tr("CamWatch ends"))
            target.sender = sender
        try:
            return sender.send(outgoing)
        except DeliveryError:
            raise
        except Exception as error:  # a bug must not end the sending of all others
            error_id = log_crash(f"sending over {target.name}", error)
            raise DeliveryError(
                DeliveryFault.BAD_ANSWER, tr("an unforeseen error, {error_id}", error_id=error_id)
            ) from error
        finally:
            with self._lock:
                target.sender = None

    def _picture_for(self, message: Notification) -> bytes | None:
        try:
            return self._outbox.picture_for(message) if message.new.has_picture else None
        except FilesTroubled as error:
            log.warning("a message goes without its picture: %s [%s]", error, error.error_id)
            return None

    # ---------------------------------------------------------------- what came of it

    def _got_through(
        self, messages: Sequence[Notification], target: Target, answer: Answer
    ) -> None:
        target.breaker.succeeded()
        target.rest_until_s = 0.0
        target.is_audited = False
        with self._lock:
            self._unnoted.update((one.uid, answer) for one in messages)
        for one in messages:
            self._note(one, answer)
        if target.reason != "":
            self._hurry(messages[0].new.channel_uid)
        self._tell(target, messages[0].new.channel_uid, "")
        for one in messages:
            self._settled(one.uid, True, answer.text)

    def _note(self, message: Notification, answer: Answer) -> None:
        """Note that a message got through; it is not sent once more while that fails."""
        try:
            self._outbox.delivered(message.uid, answer, self._clocks.wall())
        except StorageError as error:
            log.error("a sent message is not noted yet: %s [%s]", error, error.error_id)  # noqa: TRY400
            self._rest(self._target(message.new.channel_uid))
            return
        with self._lock:
            self._unnoted.pop(message.uid, None)

    def _hurry(self, channel_uid: str) -> None:
        """Let what waits come at once, and together, now that a channel delivers again."""
        try:
            self._outbox.hurry(channel_uid, self._clocks.wall())
        except StorageError as error:
            log.error("what waits comes later: %s [%s]", error, error.error_id)  # noqa: TRY400

    def _failed(
        self, messages: Sequence[Notification], target: Target, error: DeliveryError
    ) -> None:
        now, now_s = self._clocks.wall(), self._clocks.running_s()
        uid = messages[0].new.channel_uid
        name = target.name or uid
        said = without_addresses(str(error))
        log.warning("%s did not take a message: %s [%s]", name, said, error.error_id)
        if error.fault in _ANSWERED:
            target.breaker.succeeded()
        else:
            target.breaker.failed(now_s)
            self._tell(target, uid, words_of(error))
        if error.retry_after_s is not None:
            target.rest_until_s = max(target.rest_until_s, now_s + error.retry_after_s)
        wait_s = BACKOFF.wait_s(messages[0].attempts + 1, self._clocks.chance)
        wait_s = max(wait_s, error.retry_after_s or 0.0)
        for one in messages:
            next_at = None if error.fault.is_final else next_try(one, wait_s, now)
            try:
                self._outbox.not_delivered(one.uid, error, next_at, now)
            except StorageError as trouble:
                # It would be due again at once.
                log.error("a failure is not noted: %s [%s]", trouble, trouble.error_id)  # noqa: TRY400
                self._rest(target, wait_s)
            self._settled(one.uid, False, words_of(error))
        self._note_trouble(uid, target, error, now)

    def _note_trouble(
        self, channel_uid: str, target: Target, error: DeliveryError, now: datetime
    ) -> None:
        """Do what one failure says about all messages of a channel."""
        try:
            if error.fault is DeliveryFault.GONE:
                self._outbox.disable_channel(channel_uid, words_of(error), now)
            if error.fault in _UNSAFE and not target.is_audited:
                self._outbox.note_unsafe(channel_uid, error, now)
                target.is_audited = True
        except StorageError as trouble:
            log.error("it is not noted: %s [%s]", trouble, trouble.error_id)  # noqa: TRY400

    def _rest(self, target: Target, seconds: float = _REST_AFTER_TROUBLE_S) -> None:
        target.rest_until_s = max(target.rest_until_s, self._clocks.running_s() + seconds)

    def _tell(self, target: Target, uid: str, reason: str) -> None:
        """Tell how a channel does, if that is news."""
        if target.reason != reason:
            target.reason = reason
            self._tell_trouble(uid, target.name or uid, reason)

    # ---------------------------------------------------------------- past the outbox

    def pass_on(self, message: Notification) -> None:
        """Send a message that is in no outbox: late it would be worth nothing."""
        uid = message.new.channel_uid
        target = self._target(uid)
        try:
            sender = self._sender_of(uid, target)
            if sender is None or not target.breaker.allows(self._clocks.running_s()):
                return
            self._send(sender, target, Outgoing(message, self._clocks.wall()))
        except DeliveryError as error:
            if not self._is_closed:
                target.breaker.failed(self._clocks.running_s())
                said = without_addresses(str(error))
                log.warning("%s: not told “alive”: %s [%s]", target.name, said, error.error_id)
                self._tell(target, uid, words_of(error))
        except StorageError as error:
            log.error("“alive” is not sent: %s [%s]", error, error.error_id)  # noqa: TRY400
        else:
            target.breaker.succeeded()
            self._tell(target, uid, "")


def words_of(error: DeliveryError) -> str:
    """Say why, as a sentence without its full stop; never a secret."""
    words = _WORDS[error.fault]
    return f"{words}: {error.detail}" if error.detail else words


_WORDS = table(
    lambda: {
        DeliveryFault.UNREACHABLE: tr("it cannot be reached"),
        DeliveryFault.TIMEOUT: tr("it did not answer in time"),
        DeliveryFault.NO_ENCRYPTION: tr("it offers no encryption, so nothing was sent"),
        DeliveryFault.CERTIFICATE: tr("its certificate is not to be trusted, so nothing was sent"),
        DeliveryFault.SIGN_IN: tr("it refused to let CamWatch sign in"),
        DeliveryFault.REFUSED: tr("it refused the message"),
        DeliveryFault.TRY_LATER: tr("it asks to be tried later"),
        DeliveryFault.REDIRECTED: tr("it leads elsewhere, where CamWatch does not follow"),
        DeliveryFault.ADDRESS: tr("its address is not permitted"),
        DeliveryFault.GONE: tr("it says that it is gone for good"),
        DeliveryFault.SERVER_ERROR: tr("it has an error of its own"),
        DeliveryFault.BAD_ANSWER: tr("its answer makes no sense"),
        DeliveryFault.NO_SECRET: tr("its password cannot be read now"),
        DeliveryFault.NOT_SET_UP: tr("it is not set up"),
    }
)
