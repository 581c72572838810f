"""Who hears of an alert, and when: an escalation plan in sentences, with what is odd about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from camwatch.alerts.people import ChannelKind, Plan, PlanStep, Recipient, RecipientGroup
from camwatch.alerts.rules import Severity
from camwatch.alerts.settings import Channel
from camwatch.language import marked, table, tr
from camwatch.ui.alerts.delivery.week_words import is_always, nobody_there, week_words
from camwatch.ui.alerts.delivery.words import after_words, named
from camwatch.ui.words import sentence

_NOBODY = marked("nobody")
_SEVERE = table(
    lambda: {
        Severity.INFORMATION: "",
        Severity.WARNING: tr(", if it is a warning or worse"),
        Severity.CRITICAL: tr(", if it is critical"),
    }
)


@dataclass(frozen=True, slots=True)
class World:
    """Who and what a plan can name, each by its uid."""

    channels: Mapping[str, Channel] = field(default_factory=dict)
    recipients: Mapping[str, Recipient] = field(default_factory=dict)
    groups: Mapping[str, RecipientGroup] = field(default_factory=dict)

    def name(self, uid: str) -> str:
        """Return what a recipient or group is called."""
        known = self.recipients.get(uid) or self.groups.get(uid)
        return known.name if known is not None else tr("somebody who is gone")

    def people(self, uids: Iterable[str]) -> list[Recipient]:
        """Return the recipients that are meant, each once, with those of groups."""
        found: dict[str, Recipient] = {}
        for uid in uids:
            group = self.groups.get(uid)
            for one in group.members if group is not None else (uid,):
                if (recipient := self.recipients.get(one)) is not None:
                    found[one] = recipient
        return list(found.values())


def has_address(recipient: Recipient, kind: ChannelKind) -> bool:
    """Tell whether somebody can be told by a way."""
    return bool(recipient.email if kind is ChannelKind.EMAIL else recipient.phone)


def step_words(step: PlanStep, world: World) -> str:
    """Say what a step does, without when: "e-mail to Night shift"."""
    channel = world.channels.get(step.channel_uid)
    to = named(map(world.name, step.to)) or tr(_NOBODY)
    match step.channel:
        case ChannelKind.POPUP:
            return tr("popup on the screen")
        case ChannelKind.SOUND:
            return tr("sound")
        case ChannelKind.EMAIL:
            return tr("e-mail to {to}", to=to)
        case ChannelKind.SMS:
            return tr("text message to {to}", to=to)
        case ChannelKind.WEBHOOK:
            return (
                tr("webhook {name}", name=channel.name)
                if channel is not None
                else tr("webhook that is gone")
            )


def ladder_words(plan: Plan, world: World) -> str:
    """Say a plan in short: "at once popup on the screen; after 5 min e-mail to Anna"."""
    said = [f"{after_words(one.after_s)} {step_words(one, world)}" for one in plan.steps]
    return "; ".join(said) if said else tr("tells nobody")


def step_sentence(step: PlanStep, world: World) -> str:
    """Say in a sentence what a step does, with what it depends on."""
    channel = world.channels.get(step.channel_uid)
    by = tr(" by {name}", name=channel.name) if channel is not None else ""
    to = named(map(world.name, step.to)) or tr(_NOBODY)
    match step.channel:
        case ChannelKind.POPUP:
            said = tr("a popup opens wherever somebody is signed in")
        case ChannelKind.SOUND:
            said = tr("a sound plays wherever somebody is signed in")
        case ChannelKind.EMAIL:
            said = tr("an e-mail goes to {to}{by}", to=to, by=by)
        case ChannelKind.SMS:
            said = tr("a text message goes to {to}{by}", to=to, by=by)
        case ChannelKind.WEBHOOK:
            said = (
                tr("it is posted to {name}", name=channel.name)
                if channel
                else tr("it is posted nowhere")
            )
    return f"{sentence(said)}{_SEVERE[step.from_severity]}."


@dataclass(frozen=True, slots=True)
class Rung:
    """One line of the preview.

    Attributes:
        when: Such as "after 5 min".
        kind: The way.
        text: What happens, in a sentence.
        warnings: What is odd about it, in sentences.
    """

    when: str
    kind: ChannelKind
    text: str
    warnings: tuple[str, ...] = ()


def rungs(steps: Sequence[PlanStep], world: World) -> list[Rung]:
    """Return who hears when, with what is odd about each step."""
    ordered = sorted(steps, key=lambda one: one.after_s)
    return [
        Rung(
            after_words(step.after_s),
            step.channel,
            step_sentence(step, world),
            tuple(_warnings(step, world, is_last=place == len(ordered) - 1)),
        )
        for place, step in enumerate(ordered)
    ]


def _warnings(step: PlanStep, world: World, *, is_last: bool) -> list[str]:
    if step.channel.is_local:
        return []
    found: list[str] = []
    channel = world.channels.get(step.channel_uid)
    if channel is None:
        found.append(tr("The channel is gone: choose another one."))
    elif not channel.is_enabled or channel.disabled_why:
        found.append(
            tr("{name} is switched off, so this step tells nobody now.", name=channel.name)
        )
    if step.channel.has_recipients:
        found += _warnings_of_people(step, world, is_last=is_last)
    return found


def _warnings_of_people(step: PlanStep, world: World, *, is_last: bool) -> list[str]:
    people = world.people(step.to)
    if not people:
        return [tr("Nobody is named: choose who is told.")]
    found: list[str] = []
    able = [one for one in people if has_address(one, step.channel)]
    unable = [one.name for one in people if not has_address(one, step.channel)]
    if unable:
        found.append(
            tr("No e-mail address is known of {named}.", named=named(unable))
            if step.channel is ChannelKind.EMAIL
            else tr("No phone number is known of {named}.", named=named(unable))
        )
    off = [one.name for one in able if not one.is_enabled]
    if off:
        found.append(
            tr("{named} is switched off.", named=named(off))
            if len(off) == 1
            else tr("{named} are switched off.", named=named(off))
        )
    ready = [one for one in able if one.is_enabled]
    if not ready:
        found.append(
            tr("So nobody can be told by this step.")
            if is_last
            else tr("So nobody can be told by this step; the next one comes at once instead.")
        )
        return found
    gap = nobody_there(one.on_call for one in ready)
    if any(gap):
        then = (
            tr("Nobody else is told then.") if is_last else tr("The next step comes at once then.")
        )
        when = tr("at any time") if is_always(gap) else week_words(gap)
        found.append(tr("Nobody of them is on call {when}. {then}", when=when, then=then))
    return found


def plan_warnings(steps: Sequence[PlanStep]) -> list[str]:
    """Return what is odd about a plan as a whole, in sentences."""
    if not steps:
        return [tr("There is no step, so nobody is told.")]
    found: list[str] = []
    if min(one.after_s for one in steps) > 0:
        found.append(tr("Nothing happens at once: nobody hears of an alert before the first step."))
    if all(one.channel.is_local for one in steps):
        found.append(
            tr("Nothing leaves the screen: if nobody sits there, nobody hears of an alert.")
        )
    lowest = min((one.from_severity for one in steps), key=lambda one: one.rank)
    if lowest is not Severity.INFORMATION:
        found.append(
            tr("Alerts of severity information are told to nobody; they are only in the inbox.")
            if lowest is Severity.WARNING
            else tr(
                "Alerts of severity information and warning are told to nobody; they are only in "
                "the inbox."
            )
        )
    return found
