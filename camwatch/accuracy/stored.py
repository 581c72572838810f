"""Values as JSON text and back: versioned, and strict about every field."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, NoReturn, Self, Union, get_args, get_origin, get_type_hints

from camwatch.errors import InvalidSetting
from camwatch.language import tr

_UNIONS = (Union, UnionType)
_LARGEST_WHOLE = 2**53  # larger ones are not told apart by a broken number


class Stored:
    """A frozen dataclass that is kept as JSON text.

    Fields may be texts, whole and broken numbers, truth values, moments, members of a
    StrEnum, further dataclasses, tuples of these, and None where the type says so.

    Attributes:
        FORMAT: What the text calls itself.
        VERSION: Counts up when a field changes; other versions are refused.
    """

    __slots__ = ()

    FORMAT: ClassVar[str]
    VERSION: ClassVar[int] = 1

    def to_json(self) -> str:
        """Return the value as one JSON object, without a line break."""
        head = {"format": self.FORMAT, "version": self.VERSION}
        body = _written(self)
        return json.dumps({**head, **body}, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises:
            InvalidSetting: It is something else, of another version, or damaged; the field
                says where.
        """
        try:
            found = json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise InvalidSetting(cls.FORMAT, tr("is not JSON ({error})", error=error)) from error
        if not isinstance(found, dict) or found.pop("format", None) != cls.FORMAT:
            raise InvalidSetting(cls.FORMAT, tr("is something else"))
        version = found.pop("version", None)
        if version != cls.VERSION or isinstance(version, bool):
            raise InvalidSetting(
                cls.FORMAT,
                tr(
                    "has version {version!r}, not {version2}", version=version, version2=cls.VERSION
                ),
            )
        kind: Any = cls
        try:
            value: Self = _reader(kind)(found)
        except _Misfit as error:
            raise InvalidSetting(f"{cls.FORMAT}{error.place}", error.reason) from None
        return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _written(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: _written(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple):
        return [_written(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Enum):
        return value.value
    return value


class _Misfit(Exception):
    """A part is not what it should be.

    Attributes:
        reason: Why, as a sentence without a full stop.
        place: Where it is, put together on the way out: nothing is spent on it in good parts.
    """

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place


_Reader = Callable[[Any], Any]
"""Makes a value of what JSON gave; raises _Misfit, and InvalidSetting from the value itself."""


@cache
def _reader(wanted: Any) -> _Reader:
    """Return what reads a type; worked out once, for that takes far longer than to read one."""
    wanted = getattr(wanted, "__supertype__", wanted)  # CameraId is an int
    if get_origin(wanted) in _UNIONS:
        (other,) = (_reader(one) for one in get_args(wanted) if one is not NoneType)
        return lambda found: None if found is None else other(found)
    if get_origin(wanted) is tuple:
        return _tuple_reader(get_args(wanted))
    if is_dataclass(wanted):
        return _dataclass_reader(wanted)
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return _member_reader(wanted)
    if wanted is datetime:
        return _read_moment
    return _plain_reader(wanted)


def _tuple_reader(kinds: tuple[Any, ...]) -> _Reader:
    is_open = kinds[-1] is Ellipsis
    readers = [_reader(kind) for kind in kinds if kind is not Ellipsis]

    def read(found: Any) -> Any:
        if not isinstance(found, list):
            raise _Misfit("is not a list")
        if not is_open and len(readers) != len(found):
            raise _Misfit(f"has {len(found)} parts, not {len(readers)}")
        values = []
        for index, one in enumerate(found):
            try:
                values.append(readers[0 if is_open else index](one))
            except _Misfit as error:
                raise _Misfit(error.reason, f"[{index}]{error.place}") from None
        return tuple(values)

    return read


def _dataclass_reader(wanted: Any) -> _Reader:
    hints = get_type_hints(wanted)
    readers = {one.name: _reader(hints[one.name]) for one in fields(wanted)}

    def read(found: Any) -> Any:
        if not isinstance(found, Mapping):
            raise _Misfit("is not an object")
        if found.keys() != readers.keys():
            name = min(found.keys() ^ readers.keys())
            raise _Misfit("is missing" if name in readers else "is unknown", f".{name}")
        values = {}
        for name, reader in readers.items():
            try:
                values[name] = reader(found[name])
            except _Misfit as error:
                raise _Misfit(error.reason, f".{name}{error.place}") from None
        return wanted(**values)

    return read


def _member_reader(wanted: type[Enum]) -> _Reader:
    members = {one.value: one for one in wanted}

    def read(found: Any) -> Any:
        if not isinstance(found, str) or found not in members:
            raise _Misfit(f"is {found!r}, which is unknown")
        return members[found]

    return read


def _plain_reader(wanted: type) -> _Reader:
    def read(found: Any) -> Any:
        if type(found) is not wanted:
            raise _Misfit(f"is not of the kind {wanted.__name__}")
        return found

    return _read_number if wanted is float else read


def _read_number(found: Any) -> float:
    is_whole = type(found) is int and abs(found) < _LARGEST_WHOLE
    if not (is_whole or type(found) is float) or not math.isfinite(found):
        raise _Misfit("is not of the kind float")
    return float(found)


def _read_moment(found: Any) -> datetime:
    reason = "is not a moment with a time zone"
    if not isinstance(found, str):
        raise _Misfit(reason)
    try:
        moment = datetime.fromisoformat(found)
        if moment.tzinfo is None:
            raise _Misfit(reason)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Misfit(reason) from None
