"""Values as JSON text and back: versioned, and strict about every field."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, ClassVar, NoReturn, Self, Union, get_args, get_origin, get_type_hints

from camwatch.errors import InvalidSetting

_UNIONS = (Union, UnionType)


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
            raise InvalidSetting(cls.FORMAT, f"is not JSON ({error})") from error
        if not isinstance(found, dict) or found.pop("format", None) != cls.FORMAT:
            raise InvalidSetting(cls.FORMAT, "is something else")
        version = found.pop("version", None)
        if version != cls.VERSION or isinstance(version, bool):
            raise InvalidSetting(cls.FORMAT, f"has version {version!r}, not {cls.VERSION}")
        value: Self = _read(cls, found, cls.FORMAT)
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


def _read(wanted: Any, found: Any, where: str) -> Any:
    """Make a value of the wanted type of what JSON gave, or say what is wrong with it."""
    wanted = getattr(wanted, "__supertype__", wanted)  # CameraId is an int
    if get_origin(wanted) in _UNIONS:
        return _read_optional(wanted, found, where)
    if get_origin(wanted) is tuple:
        return _read_tuple(wanted, found, where)
    if is_dataclass(wanted):
        return _read_dataclass(wanted, found, where)
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return _checked(wanted, found, where, f"is {found!r}, which is unknown")
    if wanted is datetime:
        return _read_moment(found, where)
    if wanted is float and type(found) is int:
        found = float(found)
    if type(found) is not wanted or (wanted is float and not math.isfinite(found)):
        raise InvalidSetting(where, f"is not of the kind {wanted.__name__}")
    return found


def _read_optional(wanted: Any, found: Any, where: str) -> Any:
    if found is None:
        return None
    (other,) = (one for one in get_args(wanted) if one is not NoneType)
    return _read(other, found, where)


def _read_tuple(wanted: Any, found: Any, where: str) -> Any:
    if not isinstance(found, list):
        raise InvalidSetting(where, "is not a list")
    kinds = get_args(wanted)
    if kinds[-1] is Ellipsis:
        kinds = (kinds[0],) * len(found)
    if len(kinds) != len(found):
        raise InvalidSetting(where, f"has {len(found)} parts, not {len(kinds)}")
    pairs = zip(kinds, found, strict=True)
    return tuple(_read(kind, one, f"{where}[{at}]") for at, (kind, one) in enumerate(pairs))


def _read_dataclass(wanted: Any, found: Any, where: str) -> Any:
    if not isinstance(found, Mapping):
        raise InvalidSetting(where, "is not an object")
    kinds = _kinds(wanted)
    for name in kinds:
        if name not in found:
            raise InvalidSetting(f"{where}.{name}", "is missing")
    for name in found:
        if name not in kinds:
            raise InvalidSetting(f"{where}.{name}", "is unknown")
    return wanted(
        **{name: _read(kind, found[name], f"{where}.{name}") for name, kind in kinds.items()}
    )


@lru_cache
def _kinds(wanted: Any) -> dict[str, Any]:
    """Return the type of each field, worked out once: that takes far longer than to read one."""
    hints = get_type_hints(wanted)
    return {one.name: hints[one.name] for one in fields(wanted)}


def _read_moment(found: Any, where: str) -> datetime:
    reason = "is not a moment with a time zone"
    moment: datetime = _checked(datetime.fromisoformat, found, where, reason)
    if moment.tzinfo is None:
        raise InvalidSetting(where, reason)
    return moment.astimezone(UTC)


def _checked(make: Callable[[str], Any], found: Any, where: str, reason: str) -> Any:
    if not isinstance(found, str):
        raise InvalidSetting(where, "is not a text")
    try:
        return make(found)
    except (ValueError, OverflowError) as error:
        raise InvalidSetting(where, reason) from error
