"""Storing, removing and testing channels, with their secrets, all or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import partial

from camwatch.alerts.channel_checks import (
    check_secret,
    destinations,
    takes_secret,
)
from camwatch.alerts.channels import make_sender
from camwatch.alerts.checks import check_channel
from camwatch.alerts.notification import (
    Answer,
)
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.planner import Reach
from camwatch.alerts.settings import (
    ENVIRONMENT,
    Channel,
    ChannelProof,
    SmsPreset,
    SmsSettings,
    WebhookSettings,
)
from camwatch.auth.backends import KeyringAbsent
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.commands.alert_setup import EnvironmentChannel
from camwatch.commands.camera_editing import KeepPassword, quietly
from camwatch.commands.channel_tests import RunningTests, checked_addresses, test_message
from camwatch.commands.setup_desk import SetupDesk
from camwatch.commands.trail import DONE, FAILED
from camwatch.data.alert_setup import SetupBook
from camwatch.data.engine import Database
from camwatch.domain import Secret
from camwatch.errors import (
    DeliveryError,
    InvalidSetting,
    InvalidSettings,
    NotFound,
    SecretsUnavailable,
)
from camwatch.language import marked, tr

CHANNEL_GONE = marked("The channel was removed.")

_ENTER_AGAIN = marked(
    "must be entered again, because the address or its certificates changed: the old one is not "
    "sent to another place"
)
_OF_ENVIRONMENT = marked("is set up by the environment variables SMTP_HOST and so on; change those")


@dataclass(frozen=True, slots=True)
class ChannelStatus:
    """A channel, and how it does.

    Attributes:
        has_secret: A password is kept for it; None if the keyring does not tell now.
    """

    channel: Channel
    proof: ChannelProof
    has_secret: bool | None


@dataclass(frozen=True, slots=True)
class ChannelDesk:
    """What the commands about channels stand on.

    The keyring comes first and the history second: what fails in between leaves at worst an
    entry of the keyring that no channel uses, never a channel without its secret.

    Attributes:
        setup: Stores them.
        database: The history.
        secrets: Where their secrets are.
        environment: The e-mail channel that variables set up, with its password; None without.
    """

    setup: SetupDesk
    database: Database
    secrets: SecretStore
    environment: EnvironmentChannel | None
    _tests: RunningTests = field(default_factory=RunningTests)

    # ------------------------------------------------------------ reading

    def all(self) -> list[ChannelStatus]:
        """See `ChannelCommands.channels`."""
        proofs = {one.channel_uid: one for one in self.proofs()}
        found = []
        can_read = True
        for channel in self._channels():
            has_secret: bool | None = None
            if channel.uid == ENVIRONMENT and self.environment is not None:
                has_secret = self.environment[1] is not None
            elif isinstance(channel.settings, WebhookSettings) and not channel.settings.is_signed:
                has_secret = False
            elif can_read:
                try:
                    has_secret = self.secrets.get(channel.uid) is not None
                except SecretsUnavailable:
                    can_read = False  # each further question could take as long
            proof = proofs.get(channel.uid, ChannelProof(channel.uid))
            found.append(ChannelStatus(channel, proof, has_secret))
        return found

    def proofs(self) -> list[ChannelProof]:
        """Return when each channel was last seen to work, by its name."""
        proofs = self.database.proofs.all()
        waiting = self.database.outbox.waiting()
        return [
            replace(
                proofs.get(channel.uid, ChannelProof(channel.uid)),
                waiting=waiting.get(channel.uid, 0),
            )
            for channel in self._channels()
        ]

    def proofs_in_use(self) -> list[ChannelProof]:
        """Return the same of those channels by which somebody is meant to be told.

        One that an operator has switched off, or that no plan names, proves nothing each day, and
        nobody waits for it; one that switched itself off is missed.
        """
        reach = self.reach()
        named = {step.channel_uid for plan in reach.plans.values() for step in plan.steps}
        return [
            proof
            for proof in self.proofs()
            if (channel := reach.channels.get(proof.channel_uid)) is not None
            and (channel.is_enabled or channel.disabled_why)
            and (channel.uid in named or _says_alive(channel))
        ]

    def reach(self) -> Reach:
        """Return who and what can be reached."""
        reach = self.setup.stored.reach()
        return replace(reach, channels={one.uid: one for one in self._channels()})

    def _channels(self) -> list[Channel]:
        stored = list(self.setup.stored.read().channels)
        if self.environment is not None:
            channel = self.environment[0]
            why = self.database.proofs.disabled().get(ENVIRONMENT)
            if why is not None:
                channel = replace(channel, is_enabled=False, disabled_why=why)
            stored.append(channel)
        return sorted(stored, key=lambda one: one.name.casefold())

    # ------------------------------------------------------------ changing

    def save(self, actor: str, channel: Channel, secret: Secret | KeepPassword | None) -> Channel:
        """See `ChannelCommands.save_channel`."""
        if channel.uid == ENVIRONMENT:
            raise InvalidSettings([InvalidSetting("channel", tr(_OF_ENVIRONMENT))])
        before = self._stored(channel)
        if before is None:
            # Of a uid that was chosen elsewhere the keyring could hold something else.
            channel = replace(channel, uid=str(uuid.uuid4()))
        channel, new, keeps = self._checked(channel, before, secret)
        if channel.is_enabled:
            channel = replace(channel, disabled_why="")
        details = {"secret": "new"} if new is not None else {}
        with ExitStack() as undo:
            if new is not None:
                undo.callback(quietly, self.secrets.put(channel.uid, new))
            elif before is not None and not keeps and takes_secret(before.settings):
                # What is left over would go wherever the channel leads from now on.
                with suppress(KeyringAbsent):
                    undo.callback(quietly, self.secrets.delete(channel.uid))
            stored = self.setup.save(
                actor,
                "channel",
                channel,
                lambda book: book.channels,
                check=partial(self._check_mail_channel, channel),
                details=details,
            )
            undo.pop_all()
        return stored

    def remove(self, actor: str, uid: str) -> None:
        """See `ChannelCommands.remove_channel`."""
        if uid == ENVIRONMENT:
            raise InvalidSetting("channel", tr(_OF_ENVIRONMENT))

        def also(book: SetupBook) -> None:
            if plans := book.plans_with(uid):
                names = ", ".join(f"“{plan.name}”" for plan in plans)
                raise InvalidSetting(
                    "channel", tr("is used by {names}; change that first", names=names)
                )
            for one in book.channels.all():
                if isinstance(one.settings, SmsSettings) and one.settings.email_uid == uid:
                    raise InvalidSetting(
                        "channel", tr("is used by “{name}”; change that first", name=one.name)
                    )

        self.setup.remove(actor, "remove_channel", uid, lambda book: book.channels, also)
        self.database.outbox.cancel_channel(uid, tr(CHANNEL_GONE))
        quietly(partial(self.secrets.forget, uid))

    def _stored(self, channel: Channel) -> Channel | None:
        """Return a channel as it is stored; None if it is new.

        Raises:
            NotFound: It was removed meanwhile.
        """
        if not channel.version:
            return None
        found = self.setup.stored.channel(channel.uid)
        if found is None:
            raise NotFound(tr("the channel"))
        return found

    def _checked(
        self, channel: Channel, before: Channel | None, secret: Secret | KeepPassword | None
    ) -> tuple[Channel, Secret | None, bool]:
        """Check a channel with its secret.

        Returns:
            The channel as it is stored, a new secret, and whether the old one is kept.

        Raises:
            InvalidSettings: With all that is wrong.
        """
        new: Secret | None = None
        keeps = False
        problems: list[InvalidSetting] = []
        if not takes_secret(channel.settings):
            pass
        elif isinstance(secret, KeepPassword):
            keeps = self._has_kept(before)
        elif secret:
            new = secret
            try:
                check_secret(channel.settings, secret)
            except InvalidSetting as error:
                problems.append(error)
        try:
            channel = check_channel(channel, has_secret=keeps or new is not None)
        except InvalidSettings as error:
            problems.extend(error.problems)
        if problems:
            raise InvalidSettings(problems)
        if keeps and before is not None and _leads_elsewhere(channel, before):
            raise InvalidSettings([InvalidSetting("secret", tr(_ENTER_AGAIN))])
        if isinstance(channel.settings, WebhookSettings):
            signed = replace(channel.settings, is_signed=keeps or new is not None)
            channel = replace(channel, settings=signed)
        return channel, new, keeps

    def _has_kept(self, before: Channel | None) -> bool:
        if before is None or not takes_secret(before.settings):
            return False
        try:
            return self.secrets.get(before.uid) is not None
        except SecretsUnavailable:
            return True  # it may; what has nothing to do with it can be changed all the same

    def _check_mail_channel(self, channel: Channel, book: SetupBook) -> None:
        """Look whether the mail channel of text messages by mail is there.

        Raises:
            InvalidSetting: "email_uid".
        """
        settings = channel.settings
        if not isinstance(settings, SmsSettings) or settings.preset is not SmsPreset.EMAIL:
            return
        uid = settings.email_uid
        if uid == ENVIRONMENT and self.environment is not None:
            return
        mail = book.channels.find(uid)
        if mail is None or mail.kind is not ChannelKind.EMAIL:
            raise InvalidSetting("email_uid", tr("must be an e-mail channel that is there"))

    # ------------------------------------------------------------ testing

    def test(
        self,
        session: Session,
        channel: Channel,
        secret: Secret | KeepPassword | None,
        addresses: Sequence[str],
    ) -> Answer:
        """See `ChannelCommands.test_channel`."""
        if channel.uid == ENVIRONMENT and self.environment is not None:
            channel, used = self.environment
        else:
            before = self._stored(channel)
            channel, used, keeps = self._checked(channel, before, secret)
            if keeps and before is not None:
                used = self.secrets.get(before.uid)
        told = checked_addresses(channel, addresses)
        try:
            sender = make_sender(channel, used, self._mail_channels(channel))
        except InvalidSetting as error:
            raise InvalidSettings([error]) from error
        self._tests.begin(session.id, sender)
        try:
            answer = sender.send(test_message(channel, told, self.setup.clock()))
        except DeliveryError as error:
            self.setup.trail.try_to_record(
                session.actor,
                "test_channel",
                channel.name,
                FAILED,
                kind=channel.kind.value,
                reason=error.fault.value,
            )
            raise
        finally:
            self._tests.end(session.id, sender)
            sender.close()
        facts = {"kind": channel.kind.value}
        if told:
            facts["recipients"] = str(len(told))
        if answer.refused:
            facts["refused"] = str(len(answer.refused))
        self.setup.trail.record(session.actor, "test_channel", channel.name, DONE, **facts)
        return answer

    def stop_test(self, session: Session) -> None:
        """See `ChannelCommands.stop_test`."""
        self._tests.stop(session.id)

    def _mail_channels(self, channel: Channel) -> dict[str, tuple[Channel, Secret | None]]:
        """Return the mail channel that a channel sends with, if it does, by its uid."""
        settings = channel.settings
        if not isinstance(settings, SmsSettings) or settings.preset is not SmsPreset.EMAIL:
            return {}
        if settings.email_uid == ENVIRONMENT and self.environment is not None:
            return {ENVIRONMENT: self.environment}
        mail = self.setup.stored.channel(settings.email_uid)
        return {} if mail is None else {mail.uid: (mail, self.secrets.get(mail.uid))}


def _says_alive(channel: Channel) -> bool:
    return isinstance(channel.settings, WebhookSettings) and channel.settings.alive_min > 0


def _leads_elsewhere(channel: Channel, before: Channel) -> bool:
    """Tell whether the kept secret could go where it could not before."""
    try:
        return not destinations(channel.settings) <= destinations(before.settings)
    except InvalidSetting:
        return True
