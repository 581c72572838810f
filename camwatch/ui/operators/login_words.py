"""What came of trying a login service, in words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from camwatch.auth.accounts import LoginServiceTrial
from camwatch.auth.permissions import OperatorRole
from camwatch.language import table, tr

_LONGEST_VALUE = 160
_MOST_CLAIMS = 40
_MOST_KEYS = 8
_TIMES = table(
    lambda: {
        "exp": tr("runs out"),
        "iat": tr("made"),
        "nbf": tr("holds from"),
        "auth_time": tr("signed in"),
    }
)


def keys_words(trial: LoginServiceTrial) -> str:
    """Say how its tokens are checked."""
    if not trial.has_keys:
        return tr(
            "The service answers. It offers no keys, so CamWatch asks the service about each "
            "token each time."
        )
    count = len(trial.key_fingerprints)
    if count == 1:
        return tr(
            "The service answers. It offers 1 key: CamWatch checks its tokens itself against it. "
            "Compare the fingerprint with what the people who run the service tell you."
        )
    return tr(
        "The service answers. It offers {count} keys: CamWatch checks its tokens itself against "
        "them. Compare the fingerprints with what the people who run the service tell you.",
        count=count,
    )


def key_lines(offered: Mapping[str, str], trusted: Mapping[str, str]) -> list[str]:
    """Name each key with its fingerprint in groups that can be read out, and whether it counts."""
    nameless = tr("(without a name)")
    lines = [
        f"{kid or nameless}: {_trust(kid, offered, trusted)}\n{in_groups(fingerprint)}"
        for kid, fingerprint in list(offered.items())[:_MOST_KEYS]
    ]
    if (left := len(offered) - _MOST_KEYS) > 0:
        lines.append(tr("and {left} more", left=left))
    return lines


def _trust(kid: str, offered: Mapping[str, str], trusted: Mapping[str, str]) -> str:
    if not trusted:
        return tr("new")
    return tr("trusted") if trusted.get(kid) == offered[kid] else tr("NOT trusted")


def trust_words(offered: Mapping[str, str], trusted: Mapping[str, str]) -> str:
    """Say what becomes of the offered keys; "" where they are those that are trusted."""
    if not offered or offered == trusted:
        return ""
    if not trusted:
        return tr("No key is trusted yet. Compare the fingerprints, and then trust these keys.")
    return tr(
        "These are not the keys that are trusted. If the service has got new ones, compare the "
        "fingerprints, and then trust them. If not, somebody else may be answering for it."
    )


def in_groups(fingerprint: str) -> str:
    """Divide a fingerprint into groups of four."""
    bare = fingerprint.replace(":", "")
    return " ".join(bare[at : at + 4] for at in range(0, len(bare), 4))


def claim_lines(claims: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return what a token says, as names and texts that are not too long for a screen."""
    found = [(_short(name, 40), claim_text(name, value)) for name, value in claims.items()]
    if len(found) > _MOST_CLAIMS:
        return [
            *found[:_MOST_CLAIMS],
            ("…", tr("and {value} more", value=len(found) - _MOST_CLAIMS)),
        ]
    return found


def claim_text(name: str, value: object) -> str:
    """Write a claim's value as a text."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        text = ", ".join(value) or tr("(none)")
    else:
        text = json.dumps(value, ensure_ascii=False, default=str)
    meaning = f" ({_TIMES[name]})" if name in _TIMES else ""
    return _short(text, _LONGEST_VALUE) + meaning


def verdict(name: str, claim: str, role: OperatorRole | None) -> str:
    """Say which role a user would have."""
    if role is None:
        return tr(
            "“{name}” would not be let in: none of the names in the claim “{claim}” is in the "
            "list of roles.",
            name=name,
            claim=claim,
        )
    return tr("“{name}” would come in with the role “{name2}”.", name=name, name2=role.title)


def preview_words(role: OperatorRole | None) -> str:
    """Say which role names of a claim come to."""
    if role is None:
        return tr("Nobody would be let in: none of these names is in the list of roles.")
    return tr("The role here would be “{name}”.", name=role.title)


def names_in(claims: Mapping[str, object], claim: str) -> list[str]:
    """Return the names that a claim holds, as far as they can be shown in one line."""
    value: object = claims.get(claim)
    if value is None:
        value = claims
        for part in claim.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    if isinstance(value, str):
        return [one for one in re.split(r"[\s,]+", value) if one]
    if isinstance(value, list | tuple):
        return [one for one in value if isinstance(one, str)]
    return []


def typed_names(text: str) -> list[str]:
    """Take a line apart into names, divided by commas."""
    return [name for one in text.split(",") if (name := one.strip())]


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
