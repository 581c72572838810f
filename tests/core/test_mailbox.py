"""Hand-over between threads."""

from __future__ import annotations

import threading

import pytest

from camwatch.mailbox import Backlog, Latest, LatestByKey


def test_the_newest_item_wins_and_the_reader_is_woken_once() -> None:
    slot: Latest[str] = Latest()
    assert slot.put("old") is True
    assert slot.put("new") is False
    assert slot.take() == "new"
    assert slot.take() is None
    assert slot.dropped == 1
    assert slot.put("next") is True


def test_a_fast_key_cannot_starve_a_slow_one() -> None:
    box: LatestByKey[str, int] = LatestByKey()
    box.put("fast", 1)
    box.put("slow", 10)
    box.put("fast", 2)
    box.put("fast", 3)
    assert box.take_turn() == ("fast", 3)
    box.put("fast", 4)
    box.end_turn("fast")
    assert box.take_turn() == ("slow", 10)
    assert box.take_turn() == ("fast", 4)
    assert box.dropped == 2


def test_a_key_has_one_turn_at_a_time_and_its_newest_item_waits() -> None:
    box: LatestByKey[str, int] = LatestByKey()
    box.put("gate", 1)
    assert box.take_turn() == ("gate", 1)
    box.put("gate", 2)
    box.put("hall", 10)
    box.put("gate", 3)
    assert box.take_turn() == ("hall", 10)
    taken: list[tuple[str, int] | None] = []
    reader = threading.Thread(target=lambda: taken.append(box.take_turn()))
    reader.start()
    box.end_turn("hall")
    box.end_turn("never there")
    assert len(box) == 1
    box.end_turn("gate")
    reader.join(5)
    assert taken == [("gate", 3)]
    box.close()
    assert box.take_turn() is None


def test_only_an_item_that_waits_can_be_replaced() -> None:
    box: LatestByKey[str, int] = LatestByKey()
    assert not box.replace("gate", 1)
    box.put("gate", 2)
    box.put("hall", 10)
    assert box.replace("gate", 3)
    assert box.waiting() == [3, 10]
    assert (box.get("gate"), box.get("foyer")) == (3, None)
    assert box.dropped == 1
    assert box.take_turn() == ("gate", 3)
    assert not box.replace("gate", 4)


def test_closing_wakes_every_waiting_reader() -> None:
    box: LatestByKey[str, int] = LatestByKey()
    taken: list[tuple[str, int] | None] = []
    readers = [threading.Thread(target=lambda: taken.append(box.take_turn())) for _ in range(3)]
    for reader in readers:
        reader.start()
    box.close()
    for reader in readers:
        reader.join(5)
    assert taken == [None, None, None]
    box.put("late", 1)
    assert len(box) == 0


def test_a_full_backlog_refuses_and_counts() -> None:
    queue: Backlog[int] = Backlog(2)
    assert [queue.put(n) for n in (1, 2, 3)] == [True, True, False]
    assert queue.refused == 1
    assert queue.take() == 1
    assert queue.put(4) is True
    assert queue.take_all() == [2, 4]


def test_a_closed_backlog_is_emptied_to_the_last_item() -> None:
    queue: Backlog[int] = Backlog(5)
    queue.put(1)
    queue.close()
    assert queue.put(2) is False
    assert queue.take() == 1
    assert queue.take() is None
    assert queue.is_closed


def test_taking_from_an_empty_backlog_ends_with_its_time() -> None:
    assert Backlog[int](1).take(timeout_s=0.01) is None


def test_a_backlog_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="limit"):
        Backlog[int](0)
