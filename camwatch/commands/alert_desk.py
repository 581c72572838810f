"""What the alert workers may without anybody being signed in. All methods block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from camwatch.alerts.alert import Alert
from camwatch.alerts.notification import Answer, Notification
from camwatch.alerts.planner import Reach
from camwatch.alerts.rules import PlaceRef, Rule
from camwatch.alerts.settings import Channel
from camwatch.alerts.signals import Signal, Usual, WatchedCamera
from camwatch.domain import Boxes, CameraId, Picture, Secret
from camwatch.errors import DeliveryError


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


class AlertDesk:
    """For the workers only; screens go through `Commands`.

    Every change of an alert is one transaction with its history and its messages in the outbox,
    and is told on the bus (`AlertsChanged`) once it is stored.
    """

    def world(self) -> AlertWorld:
        """Read what rules are judged by.

        Raises:
            StorageError: It cannot be read.
        """
        raise NotImplementedError

    def open_alerts(self) -> list[Alert]:
        """Return the alerts that are not closed, oldest first.

        Raises:
            StorageError: They cannot be read.
        """
        raise NotImplementedError

    def carry_out(self, signals: Sequence[Signal], at: datetime) -> list[Alert]:
        """Store what the engine wants: alerts, their history, and whom to tell; all or none.

        Giving the same signals again, after an error whose outcome is unknown, changes nothing.

        Raises:
            StorageError: Nothing was stored.
        """
        raise NotImplementedError

    def escalate(self, now: datetime) -> list[Alert]:
        """Take the steps of plans that are due by now; returns the alerts that took one.

        Raises:
            StorageError: Nothing was stored.
        """
        raise NotImplementedError

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
        raise NotImplementedError

    def due(self, now: datetime, limit: int = 100) -> list[Notification]:
        """Return messages that are to be tried now, by due time; popups and sounds too.

        Raises:
            StorageError: They cannot be read.
        """
        raise NotImplementedError

    def picture_for(self, notification: Notification) -> bytes | None:
        """Return the picture that goes along; None if there is none, or settings forbid it.

        Raises:
            FilesTroubled: It cannot be read.
        """
        raise NotImplementedError

    def channel(self, channel_uid: str) -> tuple[Channel, Secret | None] | None:
        """Return a channel with its secret; None if it is gone or switched off.

        Raises:
            SecretsUnavailable: The secret cannot be read now.
            StorageError: The channel cannot be read.
        """
        raise NotImplementedError

    def delivered(self, notification_uid: str, answer: Answer, now: datetime) -> Alert | None:
        """Note that a message got through, and when its alert was told; returns the alert.

        Addresses that may take it later become a message of their own.

        Raises:
            StorageError: It is not noted; the message will come again, with the same key.
        """
        raise NotImplementedError

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
        raise NotImplementedError

    def disable_channel(self, channel_uid: str, why: str, now: datetime) -> None:
        """Switch a channel off by itself, such as after HTTP 410; audited.

        Raises:
            StorageError: It is not noted.
        """
        raise NotImplementedError

    def queue_canaries(self, now: datetime) -> int:
        """Put the daily proof of each channel in use into the outbox, once a day; how many.

        Raises:
            StorageError: It is not noted.
        """
        raise NotImplementedError

    def tidy(self, now: datetime) -> int:
        """Delete evidence and closed alerts whose time is over, in small steps; how many.

        Raises:
            StorageError: Some are still there.
            FilesTroubled: A picture cannot be deleted.
        """
        raise NotImplementedError
