"""Lines and zones as they are written on the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from camwatch.errors import InvalidSetting, InvalidSettings
from camwatch.scene import Line, Point, Zone

_Place = TypeVar("_Place", Line, Zone)


def read_places(lines: Sequence[str], zones: Sequence[str]) -> tuple[list[Line], list[Zone]]:
    """Read what `--line` and `--zone` were given.

    Raises:
        InvalidSettings: Something is wrong; all mistakes are named, with the option and the
            text that was given.
    """
    problems: list[InvalidSetting] = []
    read_lines = _all_of("--line", lines, _line, problems)
    read_zones = _all_of("--zone", zones, _zone, problems)
    if problems:
        raise InvalidSettings(problems, "arguments")
    return read_lines, read_zones


def _all_of(
    option: str,
    texts: Iterable[str],
    read: Callable[[str, str], _Place],
    problems: list[InvalidSetting],
) -> list[_Place]:
    """Read each text; put what is wrong into the list of problems."""
    places: list[_Place] = []
    for text in texts:
        try:
            places.append(_new(option, text, read, [place.name for place in places]))
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


def _line(name: str, text: str) -> Line:
    parts = text.split(",")
    if len(parts) != 4:
        raise InvalidSetting("--line", f"has {len(parts)} coordinates, not the 4 of x1,y1,x2,y2")
    x1, y1, x2, y2 = _numbers(parts, ("x1", "y1", "x2", "y2"))
    return Line(name, (x1, y1), (x2, y2))


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
