"""Alerts: rules, what they make of what happens, and how it reaches people.

The values here are known to the history, the commands and the screens alike, so this room lies
below all of those; it knows neither a database nor Qt.
"""
