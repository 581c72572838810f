"""The ways out of the window: mail, text messages, webhooks."""

from camwatch.alerts.channels.sender import Sender, make_sender

__all__ = ["Sender", "make_sender"]
