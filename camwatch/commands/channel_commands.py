"""The commands about channels, recipients and plans, each with who may give it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from camwatch.alerts.notification import Answer, Notification
from camwatch.alerts.people import Plan, Recipient, RecipientGroup
from camwatch.alerts.settings import Channel, ChannelProof
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.camera_editing import KeepPassword
from camwatch.commands.guard import Guard, needs
from camwatch.domain import Secret


@dataclass(frozen=True, slots=True)
class ChannelStatus:
    """A channel, and how it does.

    Attributes:
        has_secret: A password is kept for it; None if the keyring does not tell now.
    """

    channel: Channel
    proof: ChannelProof
    has_secret: bool | None


class ChannelCommands:
    """Part of `Commands`; whoever inherits it calls `_init_channels` and has a `guard`."""

    guard: Guard

    @needs(Permission.MANAGE_CHANNELS)
    def channels(self, session: Session) -> list[ChannelStatus]:
        """Return the channels that are set up, by name; also the one of the environment."""
        raise NotImplementedError

    @needs(Permission.MANAGE_CHANNELS, fresh=True)
    def save_channel(
        self, session: Session, channel: Channel, secret: Secret | KeepPassword | None
    ) -> Channel:
        """Store a channel, new (version 0) or changed.

        Raises:
            InvalidSettings: See `checks.check_channel`; also "name" that is taken.
            NotFound: It was removed meanwhile.
            ChangedMeanwhile: Somebody else has changed it.
            SecretsUnavailable: The secret cannot be kept; nothing was changed.
        """
        raise NotImplementedError

    @needs(Permission.MANAGE_CHANNELS, fresh=True)
    def remove_channel(self, session: Session, channel_uid: str) -> None:
        """Remove a channel and its secret; what waits for it is cancelled.

        Raises:
            NotFound: It is gone.
            InvalidSetting: "channel": plans use it; the reason names them.
        """
        raise NotImplementedError

    @needs(Permission.MANAGE_CHANNELS)
    def test_channel(
        self,
        session: Session,
        channel: Channel,
        secret: Secret | KeepPassword | None,
        addresses: Sequence[str],
    ) -> Answer:
        """Send a test message with settings that need not be stored; audited.

        Raises:
            InvalidSettings: See `checks.check_channel`.
            DeliveryError: It did not get through; says what the other side said.
            SecretsUnavailable: The kept secret cannot be read.
        """
        raise NotImplementedError

    @needs(Permission.MANAGE_CHANNELS)
    def stop_test(self, session: Session) -> None:
        """Let the test that is running end at once; never waits."""
        raise NotImplementedError

    @needs(Permission.MANAGE_CHANNELS)
    def outbox(self, session: Session, limit: int = 200) -> list[Notification]:
        """Return what waits, and what was sent or given up lately, newest first."""
        raise NotImplementedError

    @needs(Permission.VIEW_ALERTS)
    def channel_proofs(self, session: Session) -> list[ChannelProof]:
        """Return when each channel in use was last seen to work; without its settings."""
        raise NotImplementedError

    @needs(Permission.MANAGE_CHANNELS)
    def prove_channels(self, session: Session) -> None:
        """Send the daily proof through every channel in use now."""
        raise NotImplementedError

    @needs(Permission.MANAGE_CHANNELS)
    def recipients(self, session: Session) -> list[Recipient]:
        """Return who can be told, by name."""
        raise NotImplementedError

    @needs(Permission.MANAGE_CHANNELS)
    def save_recipient(self, session: Session, recipient: Recipient) -> Recipient:
        """Store somebody who can be told, new (version 0) or changed.

        Raises:
            InvalidSettings: See `checks.check_recipient`; also "name" that is taken.
            NotFound: Removed meanwhile.
            ChangedMeanwhile: Somebody else has changed it.
        """
        raise NotImplementedError

    @needs(Permission.MANAGE_CHANNELS)
    def remove_recipient(self, session: Session, recipient_uid: str) -> None:
        """Remove a recipient, also from groups.

        Raises:
            NotFound: They are gone.
            InvalidSetting: "recipient": a plan would tell nobody in a step; names the plans.
        """
        raise NotImplementedError

    @needs(Permission.MANAGE_CHANNELS)
    def recipient_groups(self, session: Session) -> list[RecipientGroup]:
        """Return the groups, by name."""
        raise NotImplementedError

    @needs(Permission.MANAGE_CHANNELS)
    def save_recipient_group(self, session: Session, group: RecipientGroup) -> RecipientGroup:
        """Store a group; errors as for `save_recipient`."""
        raise NotImplementedError

    @needs(Permission.MANAGE_CHANNELS)
    def remove_recipient_group(self, session: Session, group_uid: str) -> None:
        """Remove a group; errors as for `remove_recipient`."""
        raise NotImplementedError

    @needs(Permission.VIEW_ALERTS)
    def plans(self, session: Session) -> list[Plan]:
        """Return the escalation plans, the usual one first, then by name."""
        raise NotImplementedError

    @needs(Permission.MANAGE_CHANNELS)
    def save_plan(self, session: Session, plan: Plan) -> Plan:
        """Store a plan, new (version 0) or changed; also the usual one.

        Raises:
            InvalidSettings: See `checks.check_plan`; also "steps" that name what is not there.
            NotFound: Removed meanwhile.
            ChangedMeanwhile: Somebody else has changed it.
        """
        raise NotImplementedError

    @needs(Permission.MANAGE_CHANNELS)
    def remove_plan(self, session: Session, plan_uid: str) -> None:
        """Remove a plan.

        Raises:
            NotFound: It is gone.
            InvalidSetting: "plan": it is the usual one, or rules use it; names them.
        """
        raise NotImplementedError
