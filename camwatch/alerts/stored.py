"""The values of alerts as JSON texts, for who stores them. Pure."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")


class NotReadable(ValueError):
    """A stored text is not what it should be; the message has no value of it."""


def to_text(value: Any) -> str:
    """Return a value of `camwatch.alerts` as a JSON object.

    What is a set has no order, so the same value can give different texts; compare values.
    """
    found = _adapter(type(value)).dump_python(value, mode="json")
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    # Half a character, which no database takes, must not keep an alert from being stored.
    return text.encode("utf-8", "replace").decode()


def from_text(kind: type[T], text: str) -> T:
    """Return a stored value.

    Fields that are missing, as an older CamWatch wrote it, have their usual value; those that
    are not known are left out.

    Args:
        kind: Its class.
        text: What `to_text` gave.

    Raises:
        NotReadable: It is no such value.
    """
    try:
        found: T = _adapter(kind).validate_json(text)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False, include_context=False)
        places = ", ".join(".".join(str(part) for part in one["loc"]) or "all" for one in wrong[:5])
        raise NotReadable(f"{kind.__name__}: {places}") from None
    return found


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}
"""Made once for each class, which takes milliseconds."""


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    found = _ADAPTERS.get(kind)
    if found is None:
        found = _ADAPTERS[kind] = TypeAdapter(kind)
    return found
