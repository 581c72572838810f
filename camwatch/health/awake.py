"""Whether this computer is kept from falling asleep while people are counted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AwakeState:
    """How that goes.

    Attributes:
        is_wanted: The settings wish it, and something is counted.
        holder: What keeps it awake, such as "systemd"; "" if nothing does.
        problem: Why nothing does although it is wanted; "" for nothing.
    """

    is_wanted: bool = False
    holder: str = ""
    problem: str = ""
