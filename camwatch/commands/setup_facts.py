"""What the audit log tells of a change of rules, recipients, plans and channels. Pure.

Never a secret, nor what may hold one: of addresses of services only the host, of headers and
fields only their names. Of people's addresses enough to know them again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from camwatch.alerts.people import Recipient
from camwatch.alerts.settings import Channel
from camwatch.alerts.stored import to_text

_LONGEST = 300
_NOT_TOLD = frozenset({"uid", "version", "kind"})
_NAMES_ONLY = frozenset({"headers", "fields"})


def facts_of(value: object) -> dict[str, str]:
    """Return each part of a value as a short text, parts of parts with a dot."""
    found: dict[str, str] = {}
    _flatten("", json.loads(to_text(value)), found)
    facts = {name: text for name, text in found.items() if name not in _NOT_TOLD}
    if isinstance(value, Recipient):
        facts["email"] = masked(value.email)
        facts["phone"] = masked(value.phone)
    if isinstance(value, Channel) and value.settings.kind != "email":
        facts["url"] = _host_only(facts.get("url", ""))
    return facts


def changes(before: object, after: object) -> dict[str, str]:
    """Return what is another now: each part with its new text, and with the old one as *_before."""
    old, new = facts_of(before), facts_of(after)
    found: dict[str, str] = {}
    for name in dict.fromkeys((*new, *old)):
        if new.get(name, "") != old.get(name, ""):
            found[name] = new.get(name, "")
            found[f"{name}_before"] = old.get(name, "")
    if not found and _told_in_full(before) != _told_in_full(after):
        return {"changed": "addresses"}  # what is masked can look the same though it is another
    return found


def _told_in_full(value: object) -> dict[str, str]:
    found: dict[str, str] = {}
    _flatten("", json.loads(to_text(value)), found)
    return {name: text for name, text in found.items() if name != "version"}


def masked(address: str) -> str:
    """Return an address so that who knows it knows it again: "a…@site.example", "…456"."""
    local, sign, domain = address.rpartition("@")
    if sign:
        return f"{local[:1]}…@{domain}"
    return f"…{address[-3:]}" if address else ""


def _host_only(url: str) -> str:
    """Leave out path and query, where some services want their keys."""
    return re.sub(r"^([a-z]+://)?([^/?#]*).*$", r"\1\2", url, flags=re.DOTALL)


def _flatten(name: str, value: Any, found: dict[str, str]) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            # The settings of a channel are shown as if they were its own.
            prefix = "" if name in {"", "settings"} else f"{name}."
            _flatten(f"{prefix}{key}", inner, found)
        return
    if name in _NAMES_ONLY:
        text = ", ".join(str(pair[0]) for pair in value)
    elif isinstance(value, str):
        text = value
    else:
        text = json.dumps(value, ensure_ascii=False)
    found[name] = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
