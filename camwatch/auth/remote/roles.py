"""Who a token speaks of, and which role here that comes to."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from camwatch.auth.names import check_operator_name
from camwatch.domain import User, UserId
from camwatch.errors import InvalidSetting, LoginFault, LoginServiceError
from camwatch.language import tr

_NAME_CLAIMS = ("preferred_username", "username", "email", "sub")
_MOST_NAMES = 1000


def names_in(claims: Mapping[str, Any], roles_claim: str) -> frozenset[str]:
    """Return the names of roles in a token's claims.

    Args:
        claims: Of the token.
        roles_claim: The claim; "realm_access.roles" is the claim roles inside of another one,
            unless there is a claim of just this name.
    """
    found: Any = claims.get(roles_claim)
    if found is None and "." in roles_claim:
        found = claims
        for step in roles_claim.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        found = re.split(r"[\s,]+", found)
    if not isinstance(found, list):
        return frozenset()
    return frozenset(name for name in found[:_MOST_NAMES] if isinstance(name, str) and name)


def role_key(claims: Mapping[str, Any], roles_claim: str, mapping: Mapping[str, str]) -> str:
    """Return the key of the role: that of the first line of the mapping that fits; "" for none."""
    names = names_in(claims, roles_claim)
    return next((key for name, key in mapping.items() if name in names), "")


def operator_in(claims: Mapping[str, Any], role: str, now: datetime) -> User:
    """Return the operator a token speaks of.

    Args:
        claims: Of the token, checked.
        role: Key of the role here.
        now: UTC.

    Raises:
        LoginServiceError: None of its names can be shown or written into the audit log.
    """
    uid = uuid.uuid5(uuid.NAMESPACE_URL, f"{claims['iss']}\n{claims['sub']}")
    for claim in _NAME_CLAIMS:
        value = claims.get(claim)
        if not isinstance(value, str):
            continue
        try:
            name = check_operator_name(value)
        except InvalidSetting:
            continue
        return User(UserId(0), name, role, is_disabled=False, created_at=now, uid=str(uid))
    raise LoginServiceError(LoginFault.TOKEN_REFUSED, tr("it holds no name that can be shown"))
