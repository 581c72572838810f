"""What `camwatch users` prints, as words and as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from camwatch.auth.accounts import Account, OneTimeCode
from camwatch.auth.permissions import OperatorRole
from camwatch.cli.camera_desk import print_json
from camwatch.domain import Site, utc_now


def tell(account: Account, text: str, arguments: argparse.Namespace) -> None:
    """Print an operator as JSON, or else a sentence."""
    if arguments.json:
        print_json({"user": account_as_json(account)})
    else:
        print(text)


def tell_code(code: OneTimeCode, arguments: argparse.Namespace) -> None:
    """Print a code for one sign-in."""
    # Here it is shown, once; it is kept nowhere.
    if arguments.json:
        print_json(
            {
                "name": code.name,
                "code": code.code.reveal(),
                "expires_at": code.expires_at.isoformat(timespec="seconds"),
            }
        )
        return
    print(f"{code.name} signs in once with this code, until {when(code.expires_at)}:")
    print(f"    {code.code.reveal()}")


def when(moment: datetime) -> str:
    """Return a moment as this computer's clocks tell it."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def states(account: Account) -> Iterator[str]:
    """Yield what is special about an operator."""
    user = account.user
    if user.is_disabled:
        yield "disabled"
    if account.locked_until is not None:
        yield f"rests until {when(account.locked_until)}"
    if account.code_expires_at is not None:
        is_over = account.code_expires_at <= utc_now()
        yield f"code {'ran out' if is_over else 'holds until'} {when(account.code_expires_at)}"
    elif user.must_change:
        yield "must change the password"
    if user.has_second_factor:
        yield "second factor"
    if account.is_last_administrator:
        yield "last administrator"


def account_as_json(account: Account) -> dict[str, Any]:
    """Return an operator as it is printed."""
    user = account.user
    return {
        "uid": user.uid,
        "name": user.name,
        "role": account.role.key,
        "role_name": account.role.name,
        "is_disabled": user.is_disabled,
        "must_change": user.must_change,
        "has_second_factor": user.has_second_factor,
        "is_last_administrator": account.is_last_administrator,
        "failures": account.failures,
        "locked_until": _iso(account.locked_until),
        "code_expires_at": _iso(account.code_expires_at),
        "signed_in_at": _iso(user.signed_in_at),
        "created_at": _iso(user.created_at),
    }


def role_as_json(role: OperatorRole, sites: Sequence[Site]) -> dict[str, Any]:
    """Return a role as it is printed."""
    return {
        "key": role.key,
        "name": role.name,
        "is_built_in": role.is_built_in,
        "permissions": sorted(role.permissions),
        "sites": sites_of(role, sites),
        "needs_second_factor": role.needs_second_factor,
    }


def sites_of(role: OperatorRole, sites: Sequence[Site]) -> list[str] | None:
    """Return the names of the sites that a role sees, None for all."""
    return None if role.sites is None else [one.name for one in sites if one.id in role.sites]


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
