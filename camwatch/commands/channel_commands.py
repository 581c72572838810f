"""The commands about channels, recipients and plans, each with who may give it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from camwatch.alerts.notification import Answer, Notification
from camwatch.alerts.people import Plan, Recipient, RecipientGroup
from camwatch.alerts.settings import Channel, ChannelProof
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.camera_editing import KeepPassword
from camwatch.commands.canaries import queue_proofs
from camwatch.commands.channel_desk import ChannelDesk, ChannelStatus
from camwatch.commands.guard import Guard, needs
from camwatch.commands.people_desk import PeopleDesk
from camwatch.commands.sight import About
from camwatch.commands.trail import DONE
from camwatch.domain import Secret

__all__ = ["ChannelCommands", "ChannelStatus"]

_MOST_MESSAGES: Final = 1000
_OF_ALL = About(why="channels and plans are of the whole program, and name no camera")


class ChannelCommands:
    """Part of `Commands`; whoever inherits it calls `_init_channels` and has a `guard`."""

    guard: Guard

    def _init_channels(self, channels: ChannelDesk, people: PeopleDesk) -> None:
        self._channel_desk = channels
        self._people_desk = people

    @needs(Permission.MANAGE_CHANNELS)
    def channels(self, session: Session) -> list[ChannelStatus]:
        """Return the channels that are set up, by name; also the one of the environment."""
        del session
        return self._channel_desk.all()

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
        return self._channel_desk.save(session.actor, channel, secret)

    @needs(Permission.MANAGE_CHANNELS, fresh=True)
    def remove_channel(self, session: Session, channel_uid: str) -> None:
        """Remove a channel and its secret; what waits for it is cancelled.

        Raises:
            NotFound: It is gone.
            InvalidSetting: "channel": plans use it; the reason names them.
        """
        self._channel_desk.remove(session.actor, channel_uid)

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
        return self._channel_desk.test(session, channel, secret, addresses)

    @needs(Permission.MANAGE_CHANNELS)
    def stop_test(self, session: Session) -> None:
        """Let the test that is running end at once; never waits."""
        self._channel_desk.stop_test(session)

    @needs(Permission.MANAGE_CHANNELS)
    def outbox(self, session: Session, limit: int = 200) -> list[Notification]:
        """Return what waits, and what was sent or given up lately, newest first."""
        del session
        return self._channel_desk.database.outbox.newest(max(1, min(limit, _MOST_MESSAGES)))

    @needs(Permission.VIEW_ALERTS, about=_OF_ALL)
    def channel_proofs(self, session: Session) -> list[ChannelProof]:
        """Return when each channel in use was last seen to work; without its settings."""
        proofs = self._channel_desk.proofs_in_use()
        if session.may(Permission.MANAGE_CHANNELS):
            return proofs
        # What a server answers may name people's addresses.
        return [replace(proof, answer="") for proof in proofs]

    @needs(Permission.MANAGE_CHANNELS)
    def prove_channels(self, session: Session) -> None:
        """Send the daily proof through every channel in use now."""
        desk = self._channel_desk
        desk.setup.trail.record(session.actor, "prove_channels", "", DONE)
        queue_proofs(desk.database, desk.reach(), desk.setup.clock())

    @needs(Permission.MANAGE_CHANNELS)
    def recipients(self, session: Session) -> list[Recipient]:
        """Return who can be told, by name."""
        del session
        return list(self._channel_desk.setup.stored.read().recipients)

    @needs(Permission.MANAGE_CHANNELS)
    def save_recipient(self, session: Session, recipient: Recipient) -> Recipient:
        """Store somebody who can be told, new (version 0) or changed.

        Raises:
            InvalidSettings: See `checks.check_recipient`; also "name" that is taken.
            NotFound: Removed meanwhile.
            ChangedMeanwhile: Somebody else has changed it.
        """
        return self._people_desk.save_recipient(session.actor, recipient)

    @needs(Permission.MANAGE_CHANNELS)
    def remove_recipient(self, session: Session, recipient_uid: str) -> None:
        """Remove a recipient, also from groups.

        Raises:
            NotFound: They are gone.
            InvalidSetting: "recipient": a plan would tell nobody in a step; names the plans.
        """
        self._people_desk.remove_recipient(session.actor, recipient_uid)

    @needs(Permission.MANAGE_CHANNELS)
    def recipient_groups(self, session: Session) -> list[RecipientGroup]:
        """Return the groups, by name."""
        del session
        return list(self._channel_desk.setup.stored.read().groups)

    @needs(Permission.MANAGE_CHANNELS)
    def save_recipient_group(self, session: Session, group: RecipientGroup) -> RecipientGroup:
        """Store a group; errors as for `save_recipient`."""
        return self._people_desk.save_group(session.actor, group)

    @needs(Permission.MANAGE_CHANNELS)
    def remove_recipient_group(self, session: Session, group_uid: str) -> None:
        """Remove a group; errors as for `remove_recipient`."""
        self._people_desk.remove_group(session.actor, group_uid)

    @needs(Permission.VIEW_ALERTS, about=_OF_ALL)
    def plans(self, session: Session) -> list[Plan]:
        """Return the escalation plans, the usual one first, then by name."""
        del session
        return self._people_desk.plans()

    @needs(Permission.MANAGE_CHANNELS)
    def save_plan(self, session: Session, plan: Plan) -> Plan:
        """Store a plan, new (version 0) or changed; also the usual one.

        Raises:
            InvalidSettings: See `checks.check_plan`; also "steps" that name what is not there.
            NotFound: Removed meanwhile.
            ChangedMeanwhile: Somebody else has changed it.
        """
        return self._people_desk.save_plan(session.actor, plan)

    @needs(Permission.MANAGE_CHANNELS)
    def remove_plan(self, session: Session, plan_uid: str) -> None:
        """Remove a plan.

        Raises:
            NotFound: It is gone.
            InvalidSetting: "plan": it is the usual one, or rules use it; names them.
        """
        self._people_desk.remove_plan(session.actor, plan_uid)
