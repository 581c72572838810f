"""Conversations with other computers: one deadline, small answers, no surprises."""
