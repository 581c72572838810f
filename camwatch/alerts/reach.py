"""Who and what can be reached. Values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from camwatch.alerts.people import USUAL, Plan, Recipient, RecipientGroup
from camwatch.alerts.rules import USUAL_PLAN
from camwatch.alerts.settings import Channel


@dataclass(frozen=True, slots=True)
class Reach:
    """Who and what can be reached.

    Attributes:
        plans: By uid; the usual one is there in any case.
        recipients: By uid.
        groups: By uid.
        channels: By uid.
    """

    plans: Mapping[str, Plan] = field(default_factory=dict)
    recipients: Mapping[str, Recipient] = field(default_factory=dict)
    groups: Mapping[str, RecipientGroup] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)

    @property
    def delivering(self) -> frozenset[str]:
        """The channels that are to deliver, by uid; also one that switched itself off."""
        return frozenset(
            one.uid for one in self.channels.values() if one.is_enabled or one.disabled_why
        )

    def plan(self, uid: str) -> Plan:
        """Return a plan; the usual one instead of one that is gone."""
        return self.plans.get(uid) or self.plans.get(USUAL_PLAN, USUAL)

    def people(self, uids: Sequence[str]) -> list[Recipient]:
        """Return recipients, and those of groups, each once; who is gone is left out."""
        found: dict[str, Recipient] = {}
        for uid in uids:
            group = self.groups.get(uid)
            for one in group.members if group is not None else (uid,):
                if one in self.recipients:
                    found[one] = self.recipients[one]
        return list(found.values())
