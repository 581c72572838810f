"""A few threads for work that takes much memory."""

from __future__ import annotations

import threading

import pytest

from camwatch.auth import passwords
from camwatch.auth.lanes import Lanes
from camwatch.auth.passwords import hash_password, verify_password


@pytest.mark.fault("F118")
def test_no_more_run_at_once_than_there_are_lanes() -> None:
    lanes, busy, most, lock = Lanes(2, "lane"), [0], [0], threading.Lock()
    both_busy, may_end = threading.Barrier(3), threading.Event()

    def work(number: int) -> int:
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        if number < 2:
            both_busy.wait()
            may_end.wait()
        with lock:
            busy[0] -= 1
        return number

    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda n=number: answers.append(lanes.run(lambda: work(n))))
        for number in range(2)
    ]
    for thread in threads:
        thread.start()
    both_busy.wait()  # two run at once
    threads += [
        threading.Thread(target=lambda n=number: answers.append(lanes.run(lambda: work(n))))
        for number in range(2, 20)
    ]
    for thread in threads[2:]:
        thread.start()
    may_end.set()
    for thread in threads:
        thread.join()
    assert sorted(answers) == list(range(20))
    assert most == [2]


def test_what_goes_wrong_reaches_the_caller_and_the_lane_goes_on() -> None:
    lanes = Lanes(1, "lane")

    def fail() -> None:
        raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            lanes.run(fail)
    assert lanes.run(lambda: threading.current_thread().name) == "lane-1"


@pytest.mark.fault("F118")
def test_hashing_happens_in_two_threads_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[str] = set()
    real = passwords._HASHER

    class Noting:
        """Notes in which threads it is used."""

        def hash(self, data: bytes) -> str:
            seen.add(threading.current_thread().name)
            return real.hash(data)

        def verify(self, stored: str, data: bytes) -> bool:
            seen.add(threading.current_thread().name)
            return real.verify(stored, data)

    monkeypatch.setattr(passwords, "_HASHER", Noting())
    answers: list[bool] = []

    def ask() -> None:
        answers.append(verify_password(hash_password("brown kettle"), "brown kettle"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 8
    assert seen <= {"hashing-1", "hashing-2"}
