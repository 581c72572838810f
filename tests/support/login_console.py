"""Runs the reference login service by hand."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.login_service import Fault, LoginService
from tests.support.login_tokens import Forgery, KeyKind

_HELP = """Commands:
  users                  list the users
  disable NAME           refuse somebody from now on; enable NAME ends that
  roles NAME ROLE[,…]    give somebody other roles
  logout NAME            end somebody's sessions
  fault NAME             misbehave: {faults}; "fault" alone ends that
  forge NAME             hand out bad tokens: {forgeries}; "forge" alone ends that
  skew SECONDS           let the clock of the service be ahead
  rotate                 sign with a new key
  down, up               close the port, open it again
  quit
"""


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _users(service: LoginService, _rest: list[str]) -> None:
    for user in service.records.users.values():
        state = "disabled" if user.is_disabled else ", ".join(user.roles)
        _say(f"  {user.name} or {user.email}   password: {user.password}   {state}")


def _roles(service: LoginService, rest: list[str]) -> None:
    service.user(rest[0]).roles = rest[1].split(",")


def _disable(service: LoginService, rest: list[str]) -> None:
    service.user(rest[0]).is_disabled = True


def _enable(service: LoginService, rest: list[str]) -> None:
    service.user(rest[0]).is_disabled = False


def _fault(service: LoginService, rest: list[str]) -> None:
    service.fault = Fault(rest[0]) if rest else None


def _forge(service: LoginService, rest: list[str]) -> None:
    service.forge(Forgery(rest[0]) if rest else None)


def _skew(service: LoginService, rest: list[str]) -> None:
    service.records.maker.skew_s = float(rest[0])


_COMMANDS: dict[str, Callable[[LoginService, list[str]], object]] = {
    "users": _users,
    "disable": _disable,
    "enable": _enable,
    "roles": _roles,
    "logout": lambda service, rest: service.records.end_sessions(rest[0]),
    "fault": _fault,
    "forge": _forge,
    "skew": _skew,
    "rotate": lambda service, _rest: service.rotate(),
    "down": lambda service, _rest: service.go_down(),
    "up": lambda service, _rest: service.come_up(),
}


def _console(service: LoginService) -> None:
    _say(_HELP.format(faults=", ".join(Fault), forgeries=", ".join(Forgery)))
    for line in sys.stdin:
        name, *rest = line.split() or [""]
        if name == "quit":
            return
        command = _COMMANDS.get(name)
        try:
            if command is None:
                _say("? " + ", ".join(_COMMANDS))
            else:
                command(service, rest)
                _say("done")
        except (KeyError, ValueError, IndexError) as error:
            _say(f"not understood: {error}")


def main(arguments: list[str] | None = None) -> int:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(description="A login service on loopback, for trying it out.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--keys", type=KeyKind, choices=list(KeyKind), default=KeyKind.EDDSA)
    parser.add_argument("--folder", type=Path, help="gets the file of its authority")
    options = parser.parse_args(arguments)
    with TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        with LoginService(folder, options.keys, port=options.port) as service:
            _say(f"address: {service.url}\nauthority: {service.ca_file}\nusers:")
            _users(service, [])
            _console(service)
    return 0
