"""Storing and removing recipients, groups and plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from camwatch.alerts.checks import check_group, check_plan, check_recipient
from camwatch.alerts.people import (
    MOST_ADDRESSES,
    USUAL,
    ChannelKind,
    Plan,
    PlanStep,
    Recipient,
    RecipientGroup,
)
from camwatch.alerts.planner import Reach
from camwatch.alerts.rules import USUAL_PLAN
from camwatch.alerts.settings import Channel, SmsSettings
from camwatch.commands.setup_desk import SetupDesk
from camwatch.data.alert_setup import SetupBook
from camwatch.errors import InvalidSetting
from camwatch.language import tr


@dataclass(frozen=True, slots=True)
class PeopleDesk:
    """What the commands about recipients, groups and plans stand on.

    Attributes:
        setup: Stores them.
        environment: The channel that the environment sets up, if it does.
    """

    setup: SetupDesk
    environment: Channel | None

    # ------------------------------------------------------------ recipients

    def save_recipient(self, actor: str, recipient: Recipient) -> Recipient:
        """See `ChannelCommands.save_recipient`."""
        channels = self.setup.stored.read().channels
        regions = [one.settings.region for one in channels if isinstance(one.settings, SmsSettings)]
        # Where all gateways are of one country, its numbers need no +.
        region = regions[0] if len(set(regions)) == 1 else ""
        recipient = check_recipient(recipient, region)
        return self.setup.save(actor, "recipient", recipient, lambda book: book.recipients)

    def remove_recipient(self, actor: str, uid: str) -> None:
        """See `ChannelCommands.remove_recipient`."""

        def also(book: SetupBook) -> None:
            book.remove_from_groups(uid)
            book.remove_from_plans(uid, "recipient")

        details = self._taken_out_of(uid)
        self.setup.remove(
            actor, "remove_recipient", uid, lambda book: book.recipients, also, details=details
        )

    def save_group(self, actor: str, group: RecipientGroup) -> RecipientGroup:
        """See `ChannelCommands.save_recipient_group`."""
        group = check_group(group)

        def check(book: SetupBook) -> None:
            known = {one.uid for one in book.recipients.all()}
            if gone := [uid for uid in group.members if uid not in known]:
                raise InvalidSetting(
                    "members", tr("have {count} that no longer exist", count=len(gone))
                )
            reach = book.setup().reach()
            reach = replace(reach, groups={**reach.groups, group.uid: group})
            for plan in book.plans_with(group.uid):
                for step in plan.steps:
                    _check_number(reach, step, "members", tr("a step of “{name}”", name=plan.name))

        return self.setup.save(
            actor, "recipient_group", group, lambda book: book.groups, check=check
        )

    def remove_group(self, actor: str, uid: str) -> None:
        """See `ChannelCommands.remove_recipient_group`."""

        def also(book: SetupBook) -> None:
            book.remove_from_plans(uid, "group")

        details = self._taken_out_of(uid)
        self.setup.remove(
            actor, "remove_recipient_group", uid, lambda book: book.groups, also, details=details
        )

    def _taken_out_of(self, uid: str) -> dict[str, str]:
        """Return, for the audit log, the groups and plans that somebody is no part of any more."""
        stored = self.setup.stored.read()
        groups = [group.name for group in stored.groups if uid in group.members]
        plans = [plan.name for plan in stored.plans if any(uid in step.to for step in plan.steps)]
        found = {"groups_before": _quoted(groups), "plans_before": _quoted(plans)}
        return {name: text for name, text in found.items() if text}

    # ------------------------------------------------------------ plans

    def plans(self) -> list[Plan]:
        """See `ChannelCommands.plans`."""
        stored = self.setup.stored.read().plans
        usual = [one for one in stored if one.uid == USUAL_PLAN] or [USUAL]
        return [*usual, *(one for one in stored if one.uid != USUAL_PLAN)]

    def save_plan(self, actor: str, plan: Plan) -> Plan:
        """See `ChannelCommands.save_plan`."""
        plan = check_plan(plan)

        def check(book: SetupBook) -> None:
            reach = book.setup().reach(self.environment)
            for number, step in enumerate(plan.steps, 1):
                _check_step(reach, number, step)

        return self.setup.save(actor, "plan", plan, lambda book: book.plans, check=check)

    def remove_plan(self, actor: str, uid: str) -> None:
        """See `ChannelCommands.remove_plan`."""

        def also(book: SetupBook) -> None:
            if uid == USUAL_PLAN:
                raise InvalidSetting("plan", tr("is the usual one, which is always there"))
            if rules := book.rules_with(uid):
                names = _quoted([rule.name for rule in rules])
                raise InvalidSetting(
                    "plan", tr("is used by {names}; give them another plan first", names=names)
                )

        self.setup.remove(actor, "remove_plan", uid, lambda book: book.plans, also)


def _quoted(names: Sequence[str]) -> str:
    most = 5
    told = [f"“{name}”" for name in names[:most]]
    if len(names) > most:
        told.append(tr("{value} more", value=len(names) - most))
    return ", ".join(told)


def _check_step(reach: Reach, number: int, step: PlanStep) -> None:
    """Look whether what a step names is there, and can be reached by its way.

    Raises:
        InvalidSetting: "steps".
    """
    if step.channel.is_local:
        return
    channel = reach.channels.get(step.channel_uid)
    where = tr("cannot be like this: in step {number}", number=number)
    if channel is None:
        raise InvalidSetting("steps", tr("{where} the channel no longer exists", where=where))
    if channel.kind is not step.channel:
        raise InvalidSetting(
            "steps",
            tr("{where} “{name}” is a channel of another kind", where=where, name=channel.name),
        )
    if not step.channel.has_recipients:
        return
    if gone := [uid for uid in step.to if uid not in reach.recipients and uid not in reach.groups]:
        raise InvalidSetting(
            "steps", tr("{where} {count} recipients no longer exist", where=where, count=len(gone))
        )
    is_mail = step.channel is ChannelKind.EMAIL
    what = tr("an e-mail address") if is_mail else tr("a phone number")
    if not any(one.email if is_mail else one.phone for one in reach.people(step.to)):
        raise InvalidSetting("steps", tr("{where} nobody has {what}", where=where, what=what))
    _check_number(reach, step, "steps", tr("step {number}", number=number))


def _check_number(reach: Reach, step: PlanStep, field: str, where: str) -> None:
    count = len(reach.people(step.to))
    if count > MOST_ADDRESSES:
        raise InvalidSetting(
            field,
            tr(
                "would tell {count} in {where}; one message has {most_addresses} at most",
                count=count,
                where=where,
                most_addresses=MOST_ADDRESSES,
            ),
        )
