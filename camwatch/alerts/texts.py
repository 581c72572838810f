"""What alerts say: the usual words, and templates with named fields. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from camwatch.alerts.rules import Rule
from camwatch.alerts.signals import Raised, WatchedCamera
from camwatch.domain import CameraId


def check_template(template: str) -> None:
    """Refuse a template that names other fields than `TEMPLATE_FIELDS`.

    Only `$name` and `${name}` are fields, and `$$` is a dollar; braces, percent signs and all
    else stand for themselves, so nothing in it is ever carried out.

    Raises:
        InvalidSetting: "template", with the field that is unknown and the one that was meant.
    """
    raise NotImplementedError


def fields_of(
    signal: Raised, rule: Rule, cameras: Mapping[CameraId, WatchedCamera], zone: ZoneInfo
) -> dict[str, str]:
    """Return the value of each field of `TEMPLATE_FIELDS`."""
    raise NotImplementedError


def title_of(
    signal: Raised, rule: Rule, cameras: Mapping[CameraId, WatchedCamera], zone: ZoneInfo
) -> str:
    """Return the title: one line, at most 200 characters, such as "Hall: 31 people (limit 30)"."""
    raise NotImplementedError


def message_of(
    signal: Raised, rule: Rule, cameras: Mapping[CameraId, WatchedCamera], zone: ZoneInfo
) -> str:
    """Return the text: the rule's template filled in, else the usual sentences."""
    raise NotImplementedError
