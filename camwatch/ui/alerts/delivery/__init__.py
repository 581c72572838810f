"""Whom alerts are sent to: channels, recipients, plans, outbox."""
