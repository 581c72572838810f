"""When something is on: half hours of the week, by the clocks of the site, and exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

SLOTS_A_DAY = 48
"""Half hours."""

WHOLE_DAY = (1 << SLOTS_A_DAY) - 1
"""All half hours of a day."""


@dataclass(frozen=True, slots=True)
class DayException:
    """A date that is unlike its weekday, such as a holiday.

    Attributes:
        day: The date by the clocks of the site.
        slots: Bit n stands for the half hour that begins n * 30 minutes after midnight.
        note: Why, for who reads it; may be empty.
    """

    day: date
    slots: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something is on.

    Attributes:
        week: Seven numbers, Monday first; bit n stands for the half hour that begins n * 30
            minutes after midnight.
        exceptions: Dates that are unlike their weekday; each date once.
    """

    week: tuple[int, ...] = (WHOLE_DAY,) * 7
    exceptions: tuple[DayException, ...] = ()

    def is_on(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Tell whether it is on at a moment.

        On days across a change of clocks the wall clock decides: an hour that comes twice is
        on both times.

        Args:
            moment: Aware.
            zone: Whose clocks are meant.
        """
        wall = moment.astimezone(zone)
        slot = wall.hour * 2 + wall.minute // 30
        for exception in self.exceptions:
            if exception.day == wall.date():
                return bool(exception.slots >> slot & 1)
        return bool(self.week[wall.weekday()] >> slot & 1)

    @property
    def is_always(self) -> bool:
        """True if it is on at any time."""
        return all(day == WHOLE_DAY for day in self.week) and not self.exceptions

    @property
    def is_never(self) -> bool:
        """True if it is on at no time."""
        return not any(self.week) and not any(one.slots for one in self.exceptions)


ALWAYS = Schedule()
"""On at any time."""
