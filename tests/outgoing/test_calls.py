"""Conversations end in time."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from camwatch.outgoing.calls import Call, Calls


class TooLate(Exception):
    """A step took too long."""


def wait_until_idle(name: str) -> None:
    until = time.monotonic() + 20
    while [one for one in threading.enumerate() if one.name == name]:
        assert time.monotonic() < until
        time.sleep(0.005)


def test_what_comes_of_it_is_returned_or_raised() -> None:
    calls = Calls("talk")
    assert calls.carry_out(lambda _call: 7, 5.0, TooLate) == 7

    def broken(_call: Call[int]) -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        calls.carry_out(broken, 5.0, TooLate)
    wait_until_idle("talk")


def test_a_step_that_takes_too_long_is_named_and_its_connection_is_cut() -> None:
    near, far = socket.socketpair()
    with near, far:

        def work(call: Call[bytes]) -> bytes:
            call.wire.take(near)
            call.begin("the greeting", 60.0)
            call.begin("the answer", 0.05)
            return near.recv(1)

        with pytest.raises(TooLate, match="the answer"):
            Calls("talk").carry_out(work, 60.0, TooLate)
        wait_until_idle("talk")
        assert far.recv(1) == b""


def test_steps_that_are_each_in_time_end_with_the_deadline_of_the_whole() -> None:
    def work(call: Call[int]) -> int:
        over = threading.Event()
        for at in range(40):
            call.begin(f"step {at}", 60.0)
            over.wait(0.005)
        return 1

    with pytest.raises(TooLate):
        Calls("talk").carry_out(work, 0.05, TooLate)
    wait_until_idle("talk")


def test_what_is_known_at_the_deadline_counts() -> None:
    near, far = socket.socketpair()
    with near, far:

        def work(call: Call[str]) -> str:
            call.wire.take(near)
            call.has("half")
            near.recv(1)
            return "whole"

        assert Calls("talk").carry_out(work, 0.05, TooLate) == "half"
        wait_until_idle("talk")


def test_all_can_be_cut_and_more_than_allowed_wait_for_their_turn() -> None:
    calls = Calls("talk", most_at_once=1)
    near, far = socket.socketpair()
    begun = threading.Event()
    ends: list[BaseException] = []
    with near, far:

        def work(call: Call[bytes]) -> bytes:
            call.wire.take(near)
            begun.set()
            return near.recv(1)

        def wait() -> None:
            try:
                calls.carry_out(work, 60.0, TooLate)
            except OSError as error:
                ends.append(error)

        waiting = threading.Thread(target=wait)
        waiting.start()
        begun.wait(20)
        with pytest.raises(TooLate):
            calls.carry_out(lambda _call: 1, 0.05, TooLate)
        calls.cut(lambda: OSError("cut"))
        waiting.join(20)
        assert [str(one) for one in ends] == ["cut"]
        wait_until_idle("talk")
        assert calls.carry_out(lambda _call: 1, 5.0, TooLate) == 1
        wait_until_idle("talk")


def test_once_closed_nothing_begins_any_more() -> None:
    calls = Calls("talk", most_at_once=1)
    calls.close(lambda: OSError("closed"))
    begun: list[int] = []

    def work(_call: Call[None]) -> None:
        begun.append(1)

    for _ in range(2):
        with pytest.raises(OSError, match="closed"):
            calls.carry_out(work, 5.0, TooLate)
    assert begun == []
