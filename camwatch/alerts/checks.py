"""What may be entered for rules, recipients, plans and channels. Pure."""

from __future__ import annotations

from camwatch.alerts.people import Plan, Recipient, RecipientGroup
from camwatch.alerts.rules import Rule
from camwatch.alerts.settings import Channel, EmailSettings, SmsSettings, WebhookSettings


def check_rule(rule: Rule) -> Rule:
    """Check a rule, and return it as it is stored: trimmed.

    Raises:
        InvalidSettings: With all that is wrong, each with the name of its field: "name",
            "template", "cool_down_s", "condition.threshold", "condition.for_s", "schedule"…
    """
    raise NotImplementedError


def check_recipient(recipient: Recipient, region: str = "") -> Recipient:
    """Check somebody who can be told; the phone number is returned in the form of E.164.

    Args:
        recipient: As entered.
        region: Country of a number without +, two letters; "" if unknown.

    Raises:
        InvalidSettings: "name", "email", "phone", "on_call".
    """
    raise NotImplementedError


def check_group(group: RecipientGroup) -> RecipientGroup:
    """Check a group.

    Raises:
        InvalidSettings: "name", "members".
    """
    raise NotImplementedError


def check_plan(plan: Plan) -> Plan:
    """Check a plan; its steps are returned by time.

    Raises:
        InvalidSettings: "name", "steps".
    """
    raise NotImplementedError


def check_channel(channel: Channel, *, has_secret: bool) -> Channel:
    """Check how a channel is set up.

    Raises:
        InvalidSettings: "name", and the names of the settings' fields; "secret".
    """
    settings = channel.settings
    check = {
        EmailSettings: _check_email,
        SmsSettings: _check_sms,
        WebhookSettings: _check_webhook,
    }[type(settings)]
    return check(channel, has_secret)


def _check_email(channel: Channel, has_secret: bool) -> Channel:
    raise NotImplementedError


def _check_sms(channel: Channel, has_secret: bool) -> Channel:
    raise NotImplementedError


def _check_webhook(channel: Channel, has_secret: bool) -> Channel:
    raise NotImplementedError
