"""Collects all that is wrong with what was entered, so that it is told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, ParamSpec, TypeVar

from camwatch.errors import InvalidSetting, InvalidSettings
from camwatch.language import marked, tr

P = ParamSpec("P")
R = TypeVar("R")

Counted = Literal["", "minutes", "parts", "people", "weeks"]
Measured = Literal["", "seconds"]

_WHOLE: Mapping[Counted, str] = {
    "": marked("must be a whole number from {least:,} to {most:,}"),
    "minutes": marked("must be a whole number from {least:,} to {most:,} minutes"),
    "parts": marked("must be a whole number from {least:,} to {most:,} parts"),
    "people": marked("must be a whole number from {least:,} to {most:,} people"),
    "weeks": marked("must be a whole number from {least:,} to {most:,} weeks"),
}
_FROM_TO: Mapping[Measured, str] = {
    "": marked("must be from {least:,g} to {most:,.0f}"),
    "seconds": marked("must be from {least:,g} to {most:,.0f} seconds"),
}


class Problems:
    """What is wrong with one form."""

    def __init__(self) -> None:
        self._found: list[InvalidSetting] = []

    def add(self, field: str, reason: str) -> None:
        """Note what is wrong with a field."""
        self._found.append(InvalidSetting(field, reason))

    def take(self, usual: R, check: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what a check returns, or the usual value if it refuses.

        Args:
            usual: So that what follows can be checked all the same.
            check: Raises InvalidSetting.
            args: Of the check.
            kwargs: Of the check.
        """
        try:
            return check(*args, **kwargs)
        except InvalidSetting as error:
            self._found.append(error)
            return usual

    def whole(self, field: str, value: int, least: int, most: int, unit: Counted = "") -> bool:
        """Look whether a number is whole and in its range; returns True if it is.

        Args:
            field: Of the form.
            value: What was entered.
            least: The smallest that fits.
            most: The largest.
            unit: What it counts.
        """
        # What comes from a form or a file can be anything, whatever its type says.
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if is_whole and least <= value <= most:
            return True
        self.add(
            field,
            tr(_WHOLE[unit], least=least, most=most),
        )
        return False

    def number(
        self, field: str, value: float, least: float, most: float, unit: Measured = ""
    ) -> bool:
        """Look whether a number is in its range; returns True if it is.

        Args:
            field: Of the form.
            value: What was entered.
            least: The smallest that fits.
            most: The largest.
            unit: What it is measured in.
        """
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and least <= value <= most:  # neither is so of what is no number
            return True
        self.add(
            field,
            tr(_FROM_TO[unit], least=least, most=most),
        )
        return False

    def all(self) -> tuple[InvalidSetting, ...]:
        """Return what was noted."""
        return tuple(self._found)

    def tell(self) -> None:
        """End the check.

        Raises:
            InvalidSettings: With all that was noted; nothing happens if nothing was.
        """
        if self._found:
            raise InvalidSettings(self._found)
