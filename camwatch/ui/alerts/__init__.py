"""Alerts: inbox, rules, and how they reach people."""
