"""From the outbox to those who send, and to the screens. One hanging server delays no other."""

from __future__ import annotations

import logging
import random
import threading
import time
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject

from camwatch.alerts.channels import make_sender
from camwatch.alerts.notification import NewNotification, Notification, Purpose
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.rules import Severity
from camwatch.alerts.settings import Channel, SmsSettings
from camwatch.domain import utc_now
from camwatch.errors import StorageError
from camwatch.events import Bus, ChannelTroubled, PopupDue, RulesChanged
from camwatch.language import tr
from camwatch.logs import log_crash
from camwatch.resilience import Backoff
from camwatch.workers.alerts import Gate
from camwatch.workers.base import Worker
from camwatch.workers.delivery import Clocks, Delivery, MakeSender, Outbox

log = logging.getLogger(__name__)

POPUP_AGAIN_S = 30.0
"""A popup or sound that nobody was shown is told of again after this time."""

_LOOK_EVERY_S = 1.0
_POPUPS_EVERY_S = 5.0
_MOST_AT_ONCE = 100
_MOST_POPUPS = 500
_END_WITHIN_S = 1.5
_LONGEST_HOLD_S = 2.0
_FORWARDS = timedelta(hours=1)
_PUT_TOGETHER = frozenset({Purpose.ALERT, Purpose.ESCALATION, Purpose.RETURNED, Purpose.FLOOD})
_RETRY = Backoff(first_s=1.0, factor=2.0, longest_s=10.0)


class ReadsOutbox(Outbox, Protocol):
    """The part of `AlertDesk` that this worker needs."""

    def lengthen(self, by: timedelta, now: datetime) -> None:
        """Let messages live on that the clock would end that was set forwards."""

    def due(
        self,
        now: datetime,
        limit: int = 100,
        *,
        is_local: bool | None = None,
        without: Collection[str] = (),
    ) -> list[Notification]:
        """Return messages that are to be tried now, by due time."""


class _Lanes:
    """A thread for each channel that has something to send, while it has."""

    def __init__(self, delivery: Delivery, is_emptied: Callable[[], None]) -> None:
        self._delivery = delivery
        self._is_emptied = is_emptied
        self._lock = threading.Lock()
        self._threads: dict[str, threading.Thread] = {}

    def busy(self) -> set[str]:
        """Return the uids of the channels that are being sent over."""
        with self._lock:
            return set(self._threads)

    def start(self, channel_uid: str, work: Callable[[], None]) -> bool:
        """Send something over a channel, unless something else is being sent just now."""

        def run() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - a bug must not end the other channels
                log_crash("sending", error)
            finally:
                with self._lock:
                    del self._threads[channel_uid]
                self._is_emptied()

        with self._lock:
            if channel_uid in self._threads:
                return False
            # A server that hangs for good must not keep the program from ending.
            thread = threading.Thread(target=run, name=f"send {channel_uid[:8]}", daemon=True)
            self._threads[channel_uid] = thread
        thread.start()
        return True

    def join(self, within_s: float) -> int:
        """Wait for all to end; returns how many did not in time."""
        ends_s = time.monotonic() + within_s
        with self._lock:
            threads = list(self._threads.values())
        for thread in threads:
            thread.join(max(0.0, ends_s - time.monotonic()))
        return sum(thread.is_alive() for thread in threads)


class NotifierWorker(Worker):
    """Looks into the outbox once a second and when woken, and has what is due sent.

    Popups and sounds are told of on the bus, again and again until somebody has been shown them.

    Args:
        desk: The outbox.
        bus: Told of popups, and of channels that are in trouble or well again.
        gate: Keeps messages back while a picture is stored that goes along.
        make_sender: Makes what sends over a channel.
        clock: The wall clock, aware UTC.
        running_s: A monotonic clock, seconds.
        settled: Told the uid of each message that was tried, whether it got through, and the
            words about it; in any thread.
    """

    def __init__(  # noqa: PLR0917 - all that sending stands on
        self,
        desk: ReadsOutbox,
        bus: Bus,
        gate: Gate,
        make_sender: MakeSender = make_sender,
        clock: Callable[[], datetime] = utc_now,
        running_s: Callable[[], float] = time.monotonic,
        settled: Callable[[str, bool, str], None] = lambda _uid, _is_through, _words: None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__("notifier", parent)
        self._desk = desk
        self._bus = bus
        self._gate = gate
        self._clock = clock
        self._running_s = running_s
        self._woken = threading.Event()
        chance = random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._delivery = Delivery(
            desk, make_sender, self._tell_trouble, settled, Clocks(clock, running_s, chance)
        )
        self._lanes = _Lanes(self._delivery, self._woken.set)
        self._lock = threading.Lock()
        self._alive: dict[str, Notification] = {}
        self._popups_s: dict[str, float] = {}
        self._look_for_popups_s = 0.0
        self._held_since_s: float | None = None
        self._failures = 0
        self._chance = chance
        # A plan, a recipient or a channel's address may be right now that was wrong before.
        self._clocks_at: tuple[datetime, float] | None = None
        self._is_changed = True
        self._channels: Mapping[str, Channel] | None = None
        self._unsubscribe = bus.subscribe(RulesChanged, self._on_changed)

    def _on_changed(self, _event: RulesChanged) -> None:
        self._is_changed = True
        self._woken.set()

    def wake(self) -> None:
        """Look into the outbox at once; from any thread, never waits."""
        self._woken.set()

    def request_stop(self) -> None:
        """Ask the worker to end; what is being sent ends as if the other side were away."""
        super().request_stop()
        self._delivery.close()
        self._woken.set()

    def work(self) -> None:
        """Send until asked to stop."""
        wait_s = 0.0
        try:
            while not self.stop_event.is_set():
                is_woken = self._woken.wait(wait_s)
                self._woken.clear()
                if self.stop_event.is_set():
                    return
                wait_s = self._look(is_woken=is_woken)
        finally:
            self._unsubscribe()
            self._delivery.close()
            if late := self._lanes.join(_END_WITHIN_S):
                log.error("%d messages are still being sent", late)

    def say_alive(self, channel_uid: str, text: str) -> None:
        """Tell a webhook that CamWatch is alive, past the outbox; never waits."""
        new = NewNotification(
            alert_uid="",
            purpose=Purpose.ALIVE,
            channel=ChannelKind.WEBHOOK,
            channel_uid=channel_uid,
            addresses=(),
            severity=Severity.INFORMATION,
            subject=tr("CamWatch is alive"),
            text=text,
            due_at=self._clock(),
        )
        with self._lock:
            self._alive[channel_uid] = Notification(str(uuid.uuid4()), new, self._clock())
        self._woken.set()

    def _say_alive(self) -> None:
        """Send the signs of life that wait; one whose channel is busy waits for its turn."""
        with self._lock:
            waiting = dict(self._alive)
        for uid, message in waiting.items():
            if self._lanes.start(uid, partial(self._delivery.pass_on, message)):
                with self._lock:
                    if self._alive.get(uid) is message:
                        del self._alive[uid]

    # ---------------------------------------------------------------- looking

    def _look(self, *, is_woken: bool) -> float:
        """Show and send what is due; returns after which time to look again, seconds."""
        try:
            self._look_at_clocks()
            self._look_at_channels()
            self._say_alive()
            self._show(is_woken=is_woken)
            self._send()
        except StorageError as error:
            self._failures += 1
            if self._failures == 1:
                log.error("the outbox cannot be read: %s [%s]", error, error.error_id)  # noqa: TRY400
            return _RETRY.wait_s(self._failures, self._chance)
        self._failures = 0
        return _LOOK_EVERY_S

    def _look_at_clocks(self) -> None:
        """Notice a clock that was set forwards, or a sleep: messages live on for as long.

        A computer that begins in the year 1970 until it has network must not take what it could
        not send in its first minute for half a century old.
        """
        wall, running_s = self._clock(), self._running_s()
        if self._clocks_at is not None:
            passed = timedelta(seconds=running_s - self._clocks_at[1])
            ahead = wall - self._clocks_at[0] - passed
            if ahead >= _FORWARDS:
                self._desk.lengthen(ahead, wall)
        self._clocks_at = wall, running_s

    def _look_at_channels(self) -> None:
        """Try at once again what a channel did not deliver before it was changed."""
        if not self._is_changed:
            return
        self._is_changed = False
        try:
            after = self._desk.channels()
            before = after if self._channels is None else self._channels
            for uid in _others(before, after):
                self._delivery.changed(uid)
                if uid in after and (count := self._desk.hurry(uid, self._clock())):
                    log.info("%s was changed: %d messages are tried now", after[uid].name, count)
            self._channels = after
        except StorageError:
            self._is_changed = True
            raise

    def _show(self, *, is_woken: bool) -> None:
        """Tell of popups and sounds that are due."""
        now_s = self._running_s()
        if not is_woken and now_s < self._look_for_popups_s:
            return
        messages = self._desk.due(self._clock(), _MOST_POPUPS, is_local=True)
        waiting = {message.uid for message in messages}
        for uid in self._popups_s.keys() - waiting:
            del self._popups_s[uid]
        # With many that nobody sees, looking costs more, and is not urgent: new ones wake us.
        many = len(messages) > _MOST_POPUPS // 10
        self._look_for_popups_s = now_s + (_POPUPS_EVERY_S if many else _LOOK_EVERY_S)
        for message in messages:
            told_s = self._popups_s.get(message.uid)
            if told_s is None or now_s - told_s >= POPUP_AGAIN_S:
                self._popups_s[message.uid] = now_s
                self._bus.publish(PopupDue(self._clock(), message))

    def _send(self) -> None:
        """Hand out what is due to the channels that have nothing to do."""
        if not self._may_send():
            return
        without = self._lanes.busy() | self._delivery.resting()
        due = self._desk.due(self._clock(), _MOST_AT_ONCE, is_local=False, without=without)
        if not self._may_send():
            return  # what has come since may be among it
        by_channel: dict[str, list[Notification]] = {}
        for message in due:
            by_channel.setdefault(message.new.channel_uid, []).append(message)
        for uid, messages in by_channel.items():
            letters: dict[tuple[object, ...], list[Notification]] = {}
            for one in messages:
                letters.setdefault(_letter(one), []).append(one)
            self._lanes.start(uid, partial(self._work_through, uid, list(letters.values())))

    def _may_send(self) -> bool:
        """Tell whether no picture is awaited; a disk that hangs is not waited for long."""
        if self._gate.is_open:
            self._held_since_s = None
            return True
        now_s = self._running_s()
        if self._held_since_s is None:
            self._held_since_s = now_s
        return now_s - self._held_since_s > _LONGEST_HOLD_S

    def _work_through(self, channel_uid: str, letters: Sequence[Sequence[Notification]]) -> None:
        """Send over one channel what was due, one after the other; in the channel's thread."""
        for messages in letters:
            if self.stop_event.is_set() or channel_uid in self._delivery.resting():
                return
            self._delivery.deliver(messages)

    def _tell_trouble(self, channel_uid: str, name: str, reason: str) -> None:
        self._bus.publish(ChannelTroubled(self._clock(), channel_uid, name, reason))


def _others(before: Mapping[str, Channel], after: Mapping[str, Channel]) -> set[str]:
    """Return the channels that are not as they were before, or that send with one that is not."""
    uids = before.keys() | after.keys()
    changed = {uid for uid in uids if before.get(uid) != after.get(uid)}
    return changed | {
        one.uid
        for one in after.values()
        if isinstance(one.settings, SmsSettings) and one.settings.email_uid in changed
    }


def _letter(message: Notification) -> tuple[object, ...]:
    """Return what is equal for messages that one mail tells.

    Those are what was gathered for it, and what could not be delivered before: after a night
    without a mail server one mail tells of all that happened.
    """
    new = message.new
    if new.channel is not ChannelKind.EMAIL or new.severity is Severity.CRITICAL:
        return (message.uid,)
    if message.attempts and new.purpose in _PUT_TOGETHER:
        return (new.addresses,)
    is_gathered = message.next_at is not None and message.next_at > new.due_at
    return (new.addresses, message.next_at) if is_gathered else (message.uid,)
