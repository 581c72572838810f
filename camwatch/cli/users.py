"""`camwatch users`: who may sign in, managed without a window."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from camwatch.auth.accounts import Account
from camwatch.auth.names import name_key
from camwatch.auth.permissions import OperatorRole
from camwatch.auth.secrets import SecretStore
from camwatch.cli import application
from camwatch.cli.camera_desk import ACTOR, open_profile, password_from, print_json
from camwatch.cli.secret_input import VaultPassphrase, add_vault_option
from camwatch.cli.user_words import (
    account_as_json,
    role_as_json,
    sites_of,
    states,
    tell,
    tell_code,
    when,
)
from camwatch.commands.access import AccessOptions
from camwatch.commands.authority import Authority
from camwatch.commands.operator_desk import OperatorDesk
from camwatch.commands.role_book import RoleBook
from camwatch.commands.session_register import SessionRegister
from camwatch.commands.trail import Trail
from camwatch.commands.where import has_history
from camwatch.config import load_settings
from camwatch.data.engine import Database
from camwatch.domain import Role, User, utc_now
from camwatch.errors import CamWatchError, InvalidSetting, InvalidSettings
from camwatch.paths import Profile, profile_at

_BY = Authority(ACTOR)
"""Whoever may write the profile's folder could change every role in it anyway."""


@dataclass(frozen=True, slots=True)
class _Room:
    """An open profile."""

    desk: OperatorDesk
    database: Database

    @property
    def is_first(self) -> bool:
        """True while there is no operator yet."""
        return self.database.operators.count() == 0

    def account(self, name: str) -> Account:
        """Return the operator of a name.

        Raises:
            InvalidSetting: "NAME": there is none.
        """
        key = name_key(name.strip())
        for one in self.desk.all():
            if name_key(one.user.name) == key:
                return one
        raise InvalidSetting("NAME", f"“{name}” is not the name of a user")

    def role(self, wanted: str) -> OperatorRole:
        """Return the role of a name or key.

        Raises:
            InvalidSetting: "ROLE": there is none.
        """
        key = name_key(wanted.strip())
        roles = self.desk.roles.all()
        for one in roles:
            if key in {name_key(one.name), one.key}:
                return one
        known = ", ".join(one.name for one in roles)
        raise InvalidSetting("ROLE", f"“{wanted}” is not a role; there are: {known}")


def add_parser(commands: Any) -> None:
    """Add the command.

    Args:
        commands: What `argparse.ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser(
        "users",
        help="list, add, disable, reset and remove users",
        description="Without a window: who may sign in, and as what.",
        epilog="Whoever may write the profile's folder may do this; the audit log names the "
        "command line. CamWatch itself must not be running with the profile. "
        "docs/operators.md describes users and roles.",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    parts: list[argparse.ArgumentParser] = [
        actions.add_parser("list", help="show all users"),
        actions.add_parser("roles", help="show all roles, and what they may do"),
        _add_adding(actions),
        _add_resetting(actions),
    ]
    for action, said in (
        ("disable", "keep a user out"),
        ("enable", "let a disabled user in again"),
        ("unlock", "end the rest after wrong passwords"),
        ("remove", "remove a user; what the audit log says stays"),
        ("reset-second-factor", "take the second factor from a user who lost the device"),
    ):
        part = actions.add_parser(action, help=said)
        part.add_argument("name", metavar="NAME")
        if action in {"remove", "reset-second-factor"}:
            add_vault_option(part)
        parts.append(part)
    part = actions.add_parser("role", help="give a user another role")
    part.add_argument("name", metavar="NAME")
    part.add_argument("role", metavar="ROLE", help="its name or key, see `camwatch users roles`")
    parts.append(part)
    for part in parts:
        part.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
        application.add_profile_option(part, default=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def _add_password_option(part: argparse.ArgumentParser) -> None:
    part.add_argument(
        "--password-fd",
        type=int,
        metavar="N",
        help="read the password from this open file descriptor",
    )


def _add_adding(actions: Any) -> argparse.ArgumentParser:
    added: argparse.ArgumentParser = actions.add_parser(
        "add",
        help="add a user; the first one is an administrator",
        description="The password is asked for, or read from the first line of the standard "
        "input; it never stands on the command line. The user chooses another one at the first "
        "sign-in, except the first administrator.",
    )
    added.add_argument("name", metavar="NAME")
    added.add_argument("--role", default="", help="its name or key; needed, except for the first")
    added.add_argument(
        "--code",
        action="store_true",
        help="print a code for the first sign-in instead of asking for a password",
    )
    _add_password_option(added)
    return added


def _add_resetting(actions: Any) -> argparse.ArgumentParser:
    reset: argparse.ArgumentParser = actions.add_parser(
        "reset",
        help="end a user's password; print a code for one sign-in",
        description="The code holds for 24 hours. The user's sessions end, and so does the rest "
        "after wrong passwords.",
    )
    reset.add_argument("name", metavar="NAME")
    reset.add_argument(
        "--password",
        action="store_true",
        help="ask for a password instead, or read it from the standard input",
    )
    _add_password_option(reset)
    return reset


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; return the exit code: 0 done, 1 failed, 2 bad usage."""
    actions = {
        "list": _list,
        "roles": _roles,
        "add": _add,
        "reset": _reset,
        "role": _role,
        "disable": _disable,
        "enable": _enable,
        "unlock": _unlock,
        "remove": _remove,
        "reset-second-factor": _reset_second_factor,
    }
    try:
        with _open(profile_at(arguments.profile), arguments.action) as room:
            actions[arguments.action](room, arguments)
    except (CamWatchError, OSError) as error:
        print(f"camwatch users: {_words(error, getattr(arguments, 'name', ''))}.", file=sys.stderr)
        return 2 if isinstance(error, InvalidSetting | InvalidSettings) else 1
    return 0


@contextmanager
def _open(profile: Profile, action: str) -> Iterator[_Room]:
    """Open a profile; only `add` makes one.

    Raises:
        InvalidSetting: There is no profile.
        StorageError: A window of it is open, or it cannot be opened.
    """
    history = load_settings(profile.settings_file).history
    if action != "add" and not has_history(profile, history):
        raise InvalidSetting("--profile", f"has no history yet: {profile.folder}")
    with open_profile(profile) as (database, secrets):
        yield _Room(_desk(database, secrets), database)


def _desk(database: Database, secrets: SecretStore) -> OperatorDesk:
    return OperatorDesk(
        database.accounts,
        RoleBook(database.roles),
        SessionRegister(database.sessions, AccessOptions().computer, utc_now),
        secrets,
        Trail(database.audit),
        utc_now,
    )


# ---------------------------------------------------------------- the actions


def _list(room: _Room, arguments: argparse.Namespace) -> None:
    accounts = room.desk.all()
    if arguments.json:
        print_json({"users": [account_as_json(one) for one in accounts]})
        return
    for one in accounts:
        last = when(one.user.signed_in_at) if one.user.signed_in_at else "never signed in"
        print(f"{one.user.name:<28} {one.role.name:<22} {last:<18} {', '.join(states(one))}")


def _roles(room: _Room, arguments: argparse.Namespace) -> None:
    roles, sites = room.desk.roles.all(), room.database.cameras.sites()
    if arguments.json:
        print_json({"roles": [role_as_json(one, sites) for one in roles]})
        return
    for one in roles:
        names = sites_of(one, sites)
        where = "all sites" if names is None else ", ".join(names)
        print(f"{one.name} ({where})")
        print(f"    {', '.join(sorted(one.permissions))}")


def _add(room: _Room, arguments: argparse.Namespace) -> None:
    if room.is_first:
        role = room.role(arguments.role or Role.ADMINISTRATOR)
        if role.key != Role.ADMINISTRATOR:
            raise InvalidSetting("ROLE", "of the first user must be administrator")
    elif not arguments.role:
        raise InvalidSetting("--role", "is needed; `camwatch users roles` lists them")
    else:
        role = room.role(arguments.role)
    if arguments.code:
        tell_code(room.desk.add(_BY, arguments.name, role.key), arguments)
        return
    password = _new_password(arguments)
    user = room.desk.add_with_password(
        _BY, arguments.name, role.key, password, must_change=not room.is_first
    )
    told = f"{user.name} is added as {role.name}"
    if user.must_change:
        told += ", and chooses another password at the first sign-in"
    tell(room.account(user.name), f"{told}.", arguments)


def _reset(room: _Room, arguments: argparse.Namespace) -> None:
    user = room.account(arguments.name).user
    if not arguments.password and arguments.password_fd is None:
        tell_code(room.desk.reset_password(_BY, user.id), arguments)
        return
    account = room.desk.set_password(_BY, user.id, _new_password(arguments))
    tell(account, f"{user.name} has that password, and chooses another at sign-in.", arguments)


def _role(room: _Room, arguments: argparse.Namespace) -> None:
    role = room.role(arguments.role)
    account = room.desk.set_role(_BY, room.account(arguments.name).user.id, role.key)
    tell(account, f"{account.user.name} is {role.name} now.", arguments)


def _disable(room: _Room, arguments: argparse.Namespace) -> None:
    user = room.account(arguments.name).user
    account = room.desk.set_disabled(_BY, user.id, is_disabled=True)
    tell(account, f"{user.name} cannot sign in any more.", arguments)


def _enable(room: _Room, arguments: argparse.Namespace) -> None:
    user = room.account(arguments.name).user
    account = room.desk.set_disabled(_BY, user.id, is_disabled=False)
    tell(account, f"{user.name} can sign in again.", arguments)


def _unlock(room: _Room, arguments: argparse.Namespace) -> None:
    user = room.account(arguments.name).user
    tell(room.desk.unlock(_BY, user.id), f"{user.name} can try again at once.", arguments)


def _remove(room: _Room, arguments: argparse.Namespace) -> None:
    user = room.account(arguments.name).user
    _unlock_for_device(room, user, arguments)
    room.desk.remove(_BY, user.id)
    if arguments.json:
        print_json({"removed": user.name})
    else:
        print(f"{user.name} is removed; what the audit log says of them stays.")


def _reset_second_factor(room: _Room, arguments: argparse.Namespace) -> None:
    user = room.account(arguments.name).user
    _unlock_for_device(room, user, arguments)
    account = room.desk.reset_second_factor(_BY, user.id)
    tell(account, f"{user.name} has no second factor any more.", arguments)


def _unlock_for_device(room: _Room, user: User, arguments: argparse.Namespace) -> None:
    """Open a vault that may hold the secret of a device which is to be forgotten.

    Where nobody can be asked the secret stays in it, and means nothing: whoever forgot the
    passphrase must still be able to let a user in.

    Raises:
        WrongPassphrase: It was given, and is not the vault's.
    """
    passphrase = VaultPassphrase(arguments.vault_fd)
    if user.has_second_factor and passphrase.can_be_read():
        passphrase.unlock(room.desk.secrets)


def _new_password(arguments: argparse.Namespace) -> str:
    """Return a new password; on a terminal it is typed twice.

    Raises:
        InvalidSetting: "password": it cannot be read, or was not typed the same again.
    """
    password = password_from(arguments.password_fd, f"Password of {arguments.name}: ")
    is_typed = arguments.password_fd is None and sys.stdin.isatty()
    if is_typed and password != password_from(None, "The same again: "):
        raise InvalidSetting("password", "was not typed the same again")
    return password


def _words(error: CamWatchError | OSError, name: str) -> str:
    """Return a sentence without its full stop."""
    if isinstance(error, InvalidSetting) and error.field == "user":
        return f"{name} {error.reason}"
    if isinstance(error, CamWatchError):
        return str(error).removesuffix(".")
    return f"{error.filename or 'the profile'} cannot be used: {error.strerror}"
