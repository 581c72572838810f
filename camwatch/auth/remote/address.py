"""Which address a login service may have."""

from __future__ import annotations

import re

from camwatch.errors import InvalidSetting
from camwatch.language import tr
from camwatch.outgoing.urls import take_apart

_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*")


def check_address(typed: str) -> str:
    """Check the address of a login service.

    Returns:
        The address that paths are put behind, without a slash at its end.

    Raises:
        InvalidSetting: It is refused; `field` is "url".
    """
    parts = take_apart(typed, "https://login.example.com")
    if parts.scheme != "https":
        raise InvalidSetting("url", tr("must begin with https://, so that nobody can listen in"))
    if parts.tail:
        raise InvalidSetting("url", tr("may have neither ? nor #"))
    path = parts.path.removesuffix("/")
    if not _PATH.fullmatch(path) or any(step in {".", ".."} for step in path.split("/")):
        raise InvalidSetting("url", tr("has a path that cannot be one, such as // or .."))
    return parts.origin + path
