"""The language of what people read: English stands in the code, others are looked up.

Whoever makes a text for people asks `tr` for it. A text that stands in a table of a module is made
by `table` or `listed`, since modules are read once and the language may change at any time; one
that stands alone is `marked` and asked for where it is used. Knows no Qt: the program's windows
install where to look (`camwatch.ui.languages`), and without that everything is English.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")

Lookup = Callable[[str], str]
"""Takes an English text and returns it in the language, or "" if it is not translated."""


GROUP = "\u202f"
"""Stands between groups of three digits, in every language: a narrow space that does not break."""


@dataclass(frozen=True, slots=True)
class _Language:
    code: str
    lookup: Lookup | None
    decimal: str
    group: str


_ENGLISH = _Language("en", None, ".", GROUP)
_current = _ENGLISH


def install(code: str, lookup: Lookup | None, *, decimal: str = ".", group: str = GROUP) -> None:
    """Make everything that is made from now on be in a language.

    Args:
        code: "de"; tells tables that the language is another.
        lookup: Where its texts are; may be called in any thread. None for English.
        decimal: What its numbers have before the decimals.
        group: What its numbers have between groups of three digits.
    """
    global _current  # noqa: PLW0603 - one language for the whole program
    _current = _Language(code, lookup, decimal, group)


def code() -> str:
    """Return the language in use, such as "en" or "de"."""
    return _current.code


_NAMES = re.compile("%([aAbB])")


def _name(day: date, kind: str) -> str:
    if kind in "bB":
        name = (SHORT_MONTHS if kind == "b" else MONTHS)[day.month - 1]
    else:
        name = (SHORT_WEEKDAYS if kind == "a" else WEEKDAYS)[day.weekday()]
    return name.replace("%", "%%")


class _Formatter(string.Formatter):
    """Fills texts in, with the numbers of the language."""

    def __init__(self, language: _Language) -> None:
        self._language = language

    def format_field(self, value: Any, format_spec: str) -> Any:
        if isinstance(value, date) and _NAMES.search(format_spec):
            # The names of days and months are of the language, not of the computer.
            format_spec = _NAMES.sub(lambda found: _name(value, found[1]), format_spec)
        said = super().format_field(value, format_spec)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not isinstance(said, str):
            return said
        marks = {".": self._language.decimal, ",": self._language.group}
        if self._language.code == "de":
            marks["%"] = "\u202f%"  # German sets a narrow space before it, where no line breaks
        return "".join(marks.get(one, one) for one in said)


def _looked_up(text: str, language: _Language) -> str:
    if language.lookup is None or not text:
        return text
    return language.lookup(text) or text


def tr(text: str, /, **values: object) -> str:
    """Return a text in the language in use.

    Args:
        text: In English; what changes is named in braces, as for `str.format`, and given as
            values. Without values, braces mean themselves. Write it as a literal where you can:
            the tool that collects texts for translators reads the code.
        values: What stands in the braces. Numbers get the decimal sign of the language.
    """
    language = _current
    said = _looked_up(text, language)
    if not values:
        return said
    formatter = _Formatter(language)
    try:
        return formatter.vformat(said, (), values)
    except (LookupError, ValueError, AttributeError):
        # A translator's slip in a brace shall cost the translation, not the text.
        return formatter.vformat(text, (), values)


def number(value: float, spec: str = ",") -> str:
    """Return a number with the signs of the language.

    Args:
        value: The number.
        spec: As for `format`, such as ".1f"; "," groups digits by threes.
    """
    said: str = _Formatter(_current).format_field(value, spec)
    return said


def percent(share: float, spec: str = ".0%") -> str:
    """Return a share set apart from its sign: "4 %"; other languages have their own space.

    Args:
        share: 1 is all.
        spec: As for `format`, such as "+.0%".
    """
    said = number(share, spec)
    return said.replace("%", " %") if code() == "en" else said


def within(text: str) -> str:
    """Return the beginning of a sentence as it stands within one: in English without its capital.

    Other languages write some words with a capital everywhere, so there it stays.
    """
    return text[:1].lower() + text[1:] if code() == "en" else text


def marked(text: str) -> str:
    """Return a text as it is, so that it is collected; who uses it asks `tr` for it."""
    return text


def stored_text(text: str) -> str:
    """Return a marked text as it is, to be stored in English; who shows it asks `tr` for it.

    What is stored is read by others, whose language may be another, and later.
    """
    return text


class _Kept(Generic[T]):
    """What a function makes, until the language is another."""

    __slots__ = ("_language", "_made", "_make")

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: T | None = None
        self._language: _Language | None = None

    def __call__(self) -> T:
        made, language = self._made, _current
        if made is None or self._language is not language:
            made = self._made = self._make()
            self._language = language
        return made


def worded(make: Callable[[], T]) -> Callable[[], T]:
    """Return a function that makes something with texts anew when the language is another."""
    return _Kept(make)


class _Table(Mapping[K, V]):
    __slots__ = ("_now",)

    def __init__(self, make: Callable[[], Mapping[K, V]]) -> None:
        self._now = _Kept(make)

    def __getitem__(self, key: K) -> V:
        return self._now()[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())


class _Listed(Sequence[V]):
    __slots__ = ("_now",)

    def __init__(self, make: Callable[[], Sequence[V]]) -> None:
        self._now = _Kept(make)

    @overload
    def __getitem__(self, index: int) -> V: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[V]: ...
    def __getitem__(self, index: int | slice) -> V | Sequence[V]:
        return self._now()[index]

    def __len__(self) -> int:
        return len(self._now())


def table(make: Callable[[], Mapping[K, V]]) -> Mapping[K, V]:
    """Return a read-only mapping with texts, made anew when the language is another."""
    return _Table(make)


def listed(make: Callable[[], Sequence[V]]) -> Sequence[V]:
    """Return a read-only sequence with texts, made anew when the language is another."""
    return _Listed(make)


_DAYS = (
    marked("Mon|Monday"),
    marked("Tue|Tuesday"),
    marked("Wed|Wednesday"),
    marked("Thu|Thursday"),
    marked("Fri|Friday"),
    marked("Sat|Saturday"),
    marked("Sun|Sunday"),
)
_MONTHS = (
    marked("Jan|January"),
    marked("Feb|February"),
    marked("Mar|March"),
    marked("Apr|April"),
    marked("May|May"),
    marked("Jun|June"),
    marked("Jul|July"),
    marked("Aug|August"),
    marked("Sep|September"),
    marked("Oct|October"),
    marked("Nov|November"),
    marked("Dec|December"),
)


def _part(names: Sequence[str], part: int) -> Sequence[str]:
    return listed(lambda: tuple(tr(one).split("|")[part] for one in names))


SHORT_WEEKDAYS, WEEKDAYS = _part(_DAYS, 0), _part(_DAYS, 1)
"""The days of the week, Monday first, in the language in use: "Mon", and "Monday"."""

SHORT_MONTHS, MONTHS = _part(_MONTHS, 0), _part(_MONTHS, 1)
"""The months, January first: "Jan", and "January"."""
