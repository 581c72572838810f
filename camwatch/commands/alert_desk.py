"""What the alert workers may without anybody being signed in. All methods block."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from camwatch.alerts.alert import Alert
from camwatch.alerts.notification import Answer, Notification
from camwatch.alerts.planner import Reach
from camwatch.alerts.rules import PlaceRef, Rule, Unusual
from camwatch.alerts.settings import ENVIRONMENT, Channel, EmailSettings, WebhookSettings
from camwatch.alerts.signals import Signal, Usual, WatchedCamera
from camwatch.auth.secrets import SecretStore
from camwatch.commands.alert_carrying import Carrying
from camwatch.commands.alert_keeping import LONGEST_ANSWER, AlertKeeping
from camwatch.commands.alert_setup import Known, SetupReader
from camwatch.commands.canaries import queue_daily_proofs
from camwatch.commands.evidence_store import EvidenceStore
from camwatch.commands.trail import DENIED, DONE, SYSTEM, Trail
from camwatch.config import AlertPolicy
from camwatch.data.engine import Database
from camwatch.domain import Boxes, CameraId, Picture, Secret, utc_now
from camwatch.errors import DeliveryError, DeliveryFault, NotFound
from camwatch.events import Bus, RulesChanged

log = logging.getLogger(__name__)

_USUAL_HOLDS = timedelta(minutes=55)
"""The workers ask once an hour, and after each change of rules or cameras."""


_MOST_CLOSED = 1000
"""So many closed alerts are known after a new start, those that were closed last."""

_AT_ONCE = 50
_CALM_S = 0.01


@dataclass(frozen=True, slots=True)
class AlertWorld:
    """What rules are judged by, read together.

    Attributes:
        passed_today: Who passed each line and gate in and out since midnight.
        usual: See `Engine.set_usual`; only of subjects that a rule needs it of.
    """

    rules: tuple[Rule, ...]
    cameras: tuple[WatchedCamera, ...]
    reach: Reach
    passed_today: Mapping[PlaceRef, tuple[int, int]]
    usual: Mapping[tuple[str, int], Usual]


@dataclass(frozen=True, slots=True)
class _KeptUsual:
    """What was usual, and of what it was read and when."""

    rules: tuple[Rule, ...]
    cameras: tuple[WatchedCamera, ...]
    at: datetime
    numbers: Mapping[tuple[str, int], Usual]

    def fits(
        self, rules: tuple[Rule, ...], cameras: tuple[WatchedCamera, ...], now: datetime
    ) -> bool:
        """Tell whether it still holds."""
        is_same = (self.rules, self.cameras) == (rules, cameras)
        return is_same and self.at <= now < self.at + _USUAL_HOLDS


class AlertDesk:
    """For the workers only; screens go through `Commands`. For any thread.

    Every change of an alert is one transaction with its history and its messages in the outbox,
    and is told on the bus (`AlertChanged`) once it is stored.

    Args:
        database: The history.
        secrets: Where the channels' passwords are.
        setup: Rules, cameras, and whom to tell.
        evidence: Keeps pictures.
        bus: Told of alerts that changed, and of channels that were switched off.
        policy: What alerts keep and send.
        zone: The site's time zone.
        clock: The wall clock, aware UTC.
    """

    def __init__(  # noqa: PLR0917 - all that alerts stand on
        self,
        database: Database,
        secrets: SecretStore,
        setup: SetupReader,
        evidence: EvidenceStore,
        bus: Bus,
        policy: AlertPolicy,
        zone: ZoneInfo,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._secrets = secrets
        self._setup = setup
        self._evidence = evidence
        self._bus = bus
        self._policy = policy
        self._zone = zone
        self._clock = clock
        self._trail = Trail(database.audit)
        self._keeping = AlertKeeping(database, bus)
        self._carrying = Carrying(database, setup, self._keeping, bus, zone)
        self._usual: _KeptUsual | None = None

    # ---------------------------------------------------------------- reading

    def world(self) -> AlertWorld:
        """Read what rules are judged by.

        Raises:
            StorageError: It cannot be read.
        """
        known = self._setup.read()
        now = self._clock()
        midnight = now.astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        passed = self._database.passages.since(midnight)
        return AlertWorld(
            rules=tuple(known.rules.values()),
            cameras=self._watched_here(known.cameras.values()),
            reach=known.reach,
            passed_today={
                PlaceRef(record.camera_id, name): (
                    passed[place_id].inwards,
                    passed[place_id].outwards,
                )
                for record in known.scenes
                for name, place_id in record.ids.items()
                if place_id in passed
            },
            usual=self._usual_now(known, now),
        )

    def _watched_here(self, cameras: Iterable[WatchedCamera]) -> tuple[WatchedCamera, ...]:
        """Take those that another workstation counts for switched off: it judges them itself."""
        elsewhere = {one.id for one in self._database.cameras.all() if one.workstation}
        return tuple(
            replace(one, is_enabled=False) if one.id in elsewhere else one for one in cameras
        )

    def _usual_now(self, known: Known, now: datetime) -> Mapping[tuple[str, int], Usual]:
        """Return what is usual; kept for a while, for months of the history are read for it."""
        rules = tuple(rule for rule in known.rules.values() if isinstance(rule.condition, Unusual))
        cameras = tuple(known.cameras.values())
        kept = self._usual
        if kept is None or not kept.fits(rules, cameras, now):
            numbers = self._database.usual.for_rules(rules, cameras, self._zone)
            kept = self._usual = _KeptUsual(rules, cameras, now, numbers)
        return kept.numbers

    def reach(self) -> Reach:
        """Return who and what can be reached now.

        Raises:
            StorageError: It cannot be read.
        """
        return self._setup.known().reach

    def open_alerts(self) -> list[Alert]:
        """Return the alerts that are not closed, oldest first.

        Raises:
            StorageError: They cannot be read.
        """
        return self._database.alerts.open()

    def alerts_to_go_on(self) -> list[Alert]:
        """Return what an engine that begins anew must know: see `Engine.restore`.

        These are the alerts that are not closed, and those that were closed while their cool-down
        went on: what comes back belongs to them, and is not told anew.

        Raises:
            StorageError: They cannot be read.
        """
        cool_downs_s = [rule.cool_down_s for rule in self._setup.known().rules.values()]
        since = self._clock() - timedelta(seconds=max(cool_downs_s, default=0.0))
        closed = self._database.alerts.closed_lately(since, _MOST_CLOSED)
        return [*closed, *self.open_alerts()]

    # ---------------------------------------------------------------- alerts

    def carry_out(self, signals: Sequence[Signal], at: datetime) -> list[Alert]:
        """Store what the engine wants: alerts, their history, and whom to tell.

        Of each alert all or none. Giving the same signals again, with the same moment, after an
        error whose outcome is unknown, stores what is missing and changes nothing else.

        Args:
            signals: In their order.
            at: When it was decided, UTC.

        Returns:
            The alerts that changed.

        Raises:
            StorageError: Not all of it was stored.
        """
        return self._carrying.carry_out(signals, at)

    def escalate(self, now: datetime) -> list[Alert]:
        """Take the steps of plans that are due by now; returns the alerts that took one.

        Raises:
            StorageError: Nothing was stored.
        """
        return self._carrying.escalate(now)

    # ---------------------------------------------------------------- pictures

    def keep_evidence(  # noqa: PLR0917 - the alert, and all that its picture says
        self,
        alert_uid: str,
        camera_id: CameraId,
        picture: Picture,
        boxes: Boxes,
        count: int | None,
        now: datetime,
    ) -> bool:
        """Keep the picture of the moment, if rule and settings allow it.

        Args:
            alert_uid: Of the alert.
            camera_id: Of the camera.
            picture: As it came.
            boxes: float32, shape (n, 4), relative to the picture.
            count: People that were counted in it.
            now: UTC.

        Returns:
            True if it is kept.

        Raises:
            FilesTroubled: It cannot be written; the alert stands all the same.
            StorageError: Likewise.
        """
        if picture.camera_id != camera_id:
            raise ValueError(f"a picture of camera {picture.camera_id}, not {camera_id}")
        try:
            alert = self._database.alerts.get(alert_uid)
            rule = self._setup.known().rules.get(alert.rule_uid)
            if rule is None:
                return False
            return self._evidence.keep(alert, rule, picture, boxes, count, now)
        except NotFound:
            return False  # deleted meanwhile, or its storing was given up

    def keep_to(self, policy: AlertPolicy) -> None:
        """Keep and send by these settings from now on."""
        self._policy = policy

    def picture_for(self, notification: Notification) -> bytes | None:
        """Return the picture that goes along; None if there is none, or settings forbid it.

        Raises:
            FilesTroubled: It cannot be read.
        """
        new = notification.new
        if not (new.has_picture and new.alert_uid and self._policy.send_pictures):
            return None
        return self._evidence.first(new.alert_uid)

    # ---------------------------------------------------------------- the outbox

    def due(
        self,
        now: datetime,
        limit: int = 100,
        *,
        is_local: bool | None = None,
        without: Collection[str] = (),
    ) -> list[Notification]:
        """Return messages that are to be tried now, by due time; popups and sounds too.

        Those of channels that are switched off wait until they are switched on, or their life
        is over. Mails that a channel gathers have the same `next_at`, later than they were due,
        and come together then; those to the same addresses make one mail.

        Args:
            now: UTC.
            limit: At most so many.
            is_local: True for popups and sounds only, False for none of them.
            without: Channels that are to be left alone now, by uid.

        Raises:
            StorageError: They cannot be read.
        """
        self._database.outbox.expire(now)
        channels = self._setup.known().reach.channels.values()
        uids = [one.uid for one in channels if one.is_enabled and one.uid not in without]
        return self._database.outbox.due(now, uids, limit, is_local=is_local)

    def channels(self) -> Mapping[str, Channel]:
        """Return the channels that are switched on, by uid, without their secrets.

        Raises:
            StorageError: They cannot be read.
        """
        channels = self._setup.known().reach.channels
        return {uid: one for uid, one in channels.items() if one.is_enabled}

    def lengthen(self, by: timedelta, now: datetime) -> None:
        """Let messages live on that the clock would end that was set forwards.

        Args:
            by: So far it was set forwards.
            now: By the clock as it is now, UTC.

        Raises:
            StorageError: Nothing was changed.
        """
        self._database.outbox.lengthen(by, now)

    def hurry(self, channel_uid: str, now: datetime) -> int:
        """Let what waits for a channel be tried now, since it was changed; how many messages.

        What was refused because of how the channel was set up is tried once more, while nobody
        has seen its alert.

        Raises:
            StorageError: Nothing was changed.
        """
        return self._database.outbox.hurry(channel_uid, now)

    def channel(self, channel_uid: str) -> tuple[Channel, Secret | None] | None:
        """Return a channel with its secret; None if it is gone or switched off.

        Raises:
            SecretsUnavailable: The secret cannot be read now.
            StorageError: The channel cannot be read.
        """
        channel = self._setup.known().reach.channels.get(channel_uid)
        if channel is None or not channel.is_enabled:
            return None
        if channel_uid == ENVIRONMENT and self._setup.environment is not None:
            return channel, self._setup.environment[1]
        if isinstance(channel.settings, EmailSettings) and not channel.settings.username:
            return channel, None  # it signs in nowhere, so no keyring is needed either
        if isinstance(channel.settings, WebhookSettings) and not channel.settings.is_signed:
            return channel, None
        return channel, self._secrets.get(channel_uid)

    def delivered(self, notification_uid: str, answer: Answer, now: datetime) -> Alert | None:
        """Note that a message got through, and when its alert was told; returns the alert.

        Addresses that may take it later become a message of their own. None if it was noted
        before, or is about no alert.

        Raises:
            StorageError: It is not noted; the message will come again, with the same key.
        """
        try:
            return self._keeping.delivered(notification_uid, answer, now)
        except NotFound:
            log.info("message %s was deleted before it was delivered", notification_uid)
            return None

    def not_delivered(
        self, notification_uid: str, error: DeliveryError, next_at: datetime | None, now: datetime
    ) -> None:
        """Note that a message did not get through.

        Args:
            notification_uid: Which.
            error: What went wrong.
            next_at: When it is tried again, UTC; None if it is given up.
            now: UTC.

        Raises:
            StorageError: It is not noted.
        """
        fault = error.fault.value.replace("_", " ")
        answer = f"{fault}: {error.detail}" if error.detail else fault
        try:
            self._database.outbox.note_failed(
                notification_uid,
                answer[:LONGEST_ANSWER],
                next_at,
                now,
                # Then the other side answered: it refused this message, not all.
                is_channel_failing=error.fault is not DeliveryFault.REFUSED,
            )
        except NotFound:
            log.info("message %s was deleted before it was delivered", notification_uid)

    # ---------------------------------------------------------------- channels

    def disable_channel(self, channel_uid: str, why: str, now: datetime) -> None:
        """Switch a channel off by itself, such as after HTTP 410; audited.

        Raises:
            StorageError: It is not noted.
        """
        name = self._name_of(channel_uid)
        if self._database.proofs.disable(channel_uid, why):
            self._trail.try_to_record(
                SYSTEM, "disable_channel", name, DONE, uid=channel_uid, reason=why
            )
            self._bus.publish(RulesChanged(now))

    def note_unsafe(self, channel_uid: str, error: DeliveryError, now: datetime) -> None:
        """Put into the audit log that nothing was sent, since it would not have been safe."""
        del now
        self._trail.try_to_record(
            SYSTEM,
            "channel_unsafe",
            self._name_of(channel_uid),
            DENIED,
            uid=channel_uid,
            reason=error.fault.value,
            detail=error.detail[:LONGEST_ANSWER],
        )

    def _name_of(self, channel_uid: str) -> str:
        channel = self._setup.known().reach.channels.get(channel_uid)
        return channel.name if channel is not None else channel_uid

    def queue_canaries(self, now: datetime) -> int:
        """Put the daily proof of each channel in use into the outbox, once a day; how many.

        Raises:
            StorageError: It is not noted.
        """
        reach = self._setup.known().reach
        return queue_daily_proofs(self._database, reach, now, self._policy.canary_hour, self._zone)

    # ---------------------------------------------------------------- the end of their time

    def tidy(self, now: datetime) -> int:
        """Delete evidence and closed alerts whose time is over, in small steps; how many.

        Raises:
            StorageError: Some are still there.
            FilesTroubled: A picture cannot be deleted.
        """
        count = self._evidence.tidy(now)
        before = now - timedelta(days=self._policy.keep_days)
        while uids := self._database.alerts.over(before, _AT_ONCE):
            self._evidence.remove_of(uids)
            self._database.alerts.remove(uids)
            count += len(uids)
            time.sleep(_CALM_S)  # lets others write to the history
        while self._database.outbox.forget(before, _AT_ONCE * 10):
            time.sleep(_CALM_S)
        return count
