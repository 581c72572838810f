"""Lines, gates and zones as they are written on the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from camwatch.errors import InvalidSetting, InvalidSettings
from camwatch.scene import Gate, Line, Point, Zone

_Place = TypeVar("_Place", Line, Gate, Zone)


@dataclass(frozen=True, slots=True)
class Places:
    """What is to be counted."""

    lines: Sequence[Line]
    gates: Sequence[Gate]
    zones: Sequence[Zone]

    @property
    def passages(self) -> Sequence[Line | Gate]:
        """What is passed: the lines, then the gates."""
        return [*self.lines, *self.gates]


def read_places(
    lines: Sequence[str],
    gates: Sequence[str],
    zones: Sequence[str],
    *,
    once: bool = False,
    u_turn_s: float = 0.0,
) -> Places:
    """Read what `--line`, `--gate` and `--zone` were given.

    Args:
        lines: As they were written.
        gates: As they were written; in is from the first line to the second, however each is
            drawn.
        zones: As they were written.
        once: Lines and gates count each person once in each direction at most.
        u_turn_s: Lines and gates leave out who comes back within so many seconds; 0 counts them.

    Raises:
        InvalidSettings: Something is wrong; all mistakes are named, with the option and the
            text that was given.
    """

    def line(name: str, text: str) -> Line:
        return _line("--line", name, text, once=once, u_turn_s=u_turn_s)

    def gate(name: str, text: str) -> Gate:
        return _gate(name, text, once=once, u_turn_s=u_turn_s)

    problems: list[InvalidSetting] = []
    passages: list[str] = []  # lines and gates stand in one list later, so no name is there twice
    read_lines = _all_of("--line", lines, line, passages, problems)
    read_gates = _all_of("--gate", gates, gate, passages, problems)
    read_zones = _all_of("--zone", zones, _zone, [], problems)
    if problems:
        raise InvalidSettings(problems, "arguments")
    return Places(read_lines, read_gates, read_zones)


def _all_of(
    option: str,
    texts: Iterable[str],
    read: Callable[[str, str], _Place],
    names: list[str],
    problems: list[InvalidSetting],
) -> list[_Place]:
    """Read each text; put new names into the list of names, and what is wrong into problems."""
    places: list[_Place] = []
    for text in texts:
        try:
            place = _new(option, text, read, names)
            places.append(place)
            names.append(place.name)
        except InvalidSettings as error:
            problems += [_about(option, text, problem) for problem in error.problems]
        except InvalidSetting as error:
            problems.append(_about(option, text, error))
    return places


def _new(
    option: str, text: str, read: Callable[[str, str], _Place], names: Sequence[str]
) -> _Place:
    name, colon, rest = text.rpartition(":")
    if not colon:
        raise InvalidSetting(option, "is not a name, a colon, and coordinates")
    place = read(name.strip(), rest)
    if place.name in names:
        raise InvalidSetting("name", "is there twice")
    return place


def _about(option: str, text: str, problem: InvalidSetting) -> InvalidSetting:
    what = problem.reason if problem.field == option else f"{problem.field} {problem.reason}"
    return InvalidSetting(f"{option} {text!r}", what)


def _line(option: str, name: str, text: str, *, once: bool, u_turn_s: float) -> Line:
    parts = text.split(",")
    if len(parts) != 4:
        raise InvalidSetting(option, f"has {len(parts)} coordinates, not the 4 of x1,y1,x2,y2")
    x1, y1, x2, y2 = _numbers(parts, ("x1", "y1", "x2", "y2"))
    return Line(name, (x1, y1), (x2, y2), once, u_turn_s)


def _gate(name: str, text: str, *, once: bool, u_turn_s: float) -> Gate:
    texts = text.split(";")
    if len(texts) != 2:
        hint = ": a shell ends at a semicolon, so put it in quotes" if len(texts) == 1 else ""
        are = "is 1 line" if len(texts) == 1 else f"are {len(texts)} lines"
        raise InvalidSetting("--gate", f"{are}, not the 2 of x1,y1,x2,y2;x1,y1,x2,y2{hint}")
    outer, inner = (_line("--gate", name, one, once=once, u_turn_s=u_turn_s) for one in texts)
    return Gate.between(name, outer, inner)


def _zone(name: str, text: str) -> Zone:
    pairs = text.split(";")
    if len(pairs) == 1:
        raise InvalidSetting(
            "--zone", "has one point only: a shell ends at a semicolon, so put it in quotes"
        )
    points: list[Point] = []
    problems: list[InvalidSetting] = []
    for number, pair in enumerate(pairs, 1):
        try:
            points.append(_point(number, pair))
        except InvalidSettings as error:
            problems += error.problems
    if problems:
        raise InvalidSettings(problems)
    return Zone(name, tuple(points))


def _point(number: int, text: str) -> Point:
    parts = text.split(",")
    if len(parts) != 2:
        raise InvalidSettings([InvalidSetting(f"point {number}", f"is {text!r}, not x,y")])
    x, y = _numbers(parts, (f"point {number}: x", f"point {number}: y"))
    return x, y


def _numbers(texts: Sequence[str], names: Sequence[str]) -> list[float]:
    """Read coordinates, of which each has a name."""
    numbers: list[float] = []
    problems: list[InvalidSetting] = []
    for text, name in zip(texts, names, strict=True):
        try:
            number = float(text)
        except ValueError:
            problems.append(InvalidSetting(name, f"is {text!r}, not a number"))
            continue
        if not 0 <= number <= 1:
            problems.append(InvalidSetting(name, f"is {text.strip()}, not from 0 to 1"))
        numbers.append(number)
    if problems:
        raise InvalidSettings(problems)
    return numbers
