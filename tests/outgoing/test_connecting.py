"""Connections go to addresses that were looked at, and may be asked."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from camwatch.outgoing.connecting import Reach, connect
from camwatch.outgoing.faults import OutgoingError, OutgoingFault

FAR, NEAR = Reach(), Reach(allows_private=True)
PUBLIC = "93.184.215.14"


@pytest.fixture
def door() -> Any:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


def answers(monkeypatch: pytest.MonkeyPatch, *rounds: list[str]) -> list[str]:
    """Let names be looked up as a resolver would that somebody else runs; return what it is asked."""
    asked: list[str] = []

    def look_up(host: str, port: int, *_: object, **__: object) -> list[Any]:
        found = rounds[min(len(asked), len(rounds) - 1)]
        asked.append(host)
        return [
            (
                socket.AF_INET6 if ":" in one else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (one, port, 0, 0) if ":" in one else (one, port),
            )
            for one in found
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.3.4", "::1", "fd00::7"])
def test_the_local_network_is_asked_only_where_it_is_allowed(address: str) -> None:
    assert "not allowed" in FAR.problem(address)
    assert not NEAR.problem(address)


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "fd00:ec2::254", "0.0.0.0", "::", "224.0.0.1", "::ffff:10.0.0.1", "name"],
)
def test_what_is_no_computer_is_never_asked(address: str) -> None:
    assert FAR.problem(address)
    assert NEAR.problem(address)


@pytest.mark.fault("F101")
def test_a_name_that_leads_into_the_local_network_is_not_followed(
    door: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, ["127.0.0.1"])
    with pytest.raises(OutgoingError) as refused:
        connect("hook.example.com", door.getsockname()[1], FAR, 1.0)
    assert refused.value.fault is OutgoingFault.ADDRESS
    assert "hook.example.com leads to 127.0.0.1" in refused.value.detail
    door.setblocking(False)
    with pytest.raises(BlockingIOError):
        door.accept()


@pytest.mark.fault("F101")
@pytest.mark.parametrize("found", [[PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC]])
def test_one_address_that_may_not_be_asked_spoils_the_name(
    door: socket.socket, monkeypatch: pytest.MonkeyPatch, found: list[str]
) -> None:
    answers(monkeypatch, found)
    with pytest.raises(OutgoingError):
        connect("hook.example.com", door.getsockname()[1], FAR, 0.5)
    door.setblocking(False)
    with pytest.raises(BlockingIOError):
        door.accept()


@pytest.mark.fault("F101")
def test_the_name_is_looked_up_once_so_its_address_cannot_be_exchanged(
    door: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answers(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
    with connect("hook.example.com", door.getsockname()[1], NEAR, 1.0) as made:
        assert made.getpeername()[0] == "127.0.0.1"
    assert asked == ["hook.example.com"]


def test_a_second_address_answers_where_the_first_does_not(
    door: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, ["127.0.0.9", "127.0.0.1"])
    with connect("hook.example.com", door.getsockname()[1], NEAR, 1.0) as made:
        assert made.getpeername()[0] == "127.0.0.1"


def test_old_ways_to_write_an_address_are_looked_at_as_what_they_lead_to(
    door: socket.socket,
) -> None:
    for host in ("127.1", "2130706433", "0x7f000001", "[::1]", "localhost"):
        with pytest.raises(OutgoingError) as refused:
            connect(host, door.getsockname()[1], FAR, 0.5)
        assert refused.value.fault is OutgoingFault.ADDRESS
