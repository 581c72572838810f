"""Texts with named fields. A field is replaced by its value once, and nothing is ever carried out.

`string.Template` comes near, but it takes what follows a dollar for an error, where operators
write prices, and its fields are letters of any alphabet.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from camwatch.alerts.plain import checked
from camwatch.alerts.rules import LONGEST_TEMPLATE, TEMPLATE_FIELDS
from camwatch.errors import InvalidSetting
from camwatch.language import tr

_FIELD = re.compile(
    r"\$(?:(?P<dollar>\$)|(?P<bare>[A-Za-z_][A-Za-z0-9_]*)|\{(?P<braced>[^{}\n]*)\})"
)
_LONGEST_SHOWN = 40


def check_template(template: str) -> str:
    """Refuse a template that names other fields than `TEMPLATE_FIELDS`.

    Only `$name` and `${name}` are fields, and `$$` is a dollar; braces, percent signs and all
    else stand for themselves, so nothing in it is ever carried out.

    Returns:
        The template as it is stored: trimmed.

    Raises:
        InvalidSetting: "template", with the field that is unknown and the one that was meant.
    """
    text = checked("template", template, LONGEST_TEMPLATE, has_lines=True)
    for found in _FIELD.finditer(text):
        if found["dollar"] is None and _name(found) not in TEMPLATE_FIELDS:
            raise InvalidSetting("template", _unknown(found))
    return text


def filled(template: str, fields: Mapping[str, str]) -> str:
    """Return a template with the values of its fields; what is no field stands for itself."""

    def value(found: re.Match[str]) -> str:
        if found["dollar"] is not None:
            return "$"
        return fields.get(_name(found), found[0])

    return _FIELD.sub(value, template)


def _name(found: re.Match[str]) -> str:
    bare = found["bare"]
    return found["braced"] if bare is None else bare


def _unknown(found: re.Match[str]) -> str:
    name = _name(found).strip()
    close = difflib.get_close_matches(name.lower()[:_LONGEST_SHOWN], TEMPLATE_FIELDS, n=1)
    shown = found[0] if len(found[0]) <= _LONGEST_SHOWN else f"{found[0][:_LONGEST_SHOWN]}…"
    if close:
        return tr(
            "has {shown}, which is no field; did you mean ${close}?", shown=shown, close=close[0]
        )
    return tr("has {shown}, which is no field; write $$ for a dollar sign", shown=shown)
