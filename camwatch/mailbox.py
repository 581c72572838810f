"""Hand-over between threads: nothing here waits to put, and every queue is bounded."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class Latest(Generic[T]):
    """One slot; a newer item replaces one that nobody took yet.

    Attributes:
        dropped: How many items were replaced before anybody took them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._item: T | None = None
        self.dropped = 0

    def put(self, item: T) -> bool:
        """Store the item; True if the slot was empty, so a reader must be woken."""
        with self._lock:
            was_empty = self._item is None
            self.dropped += not was_empty
            self._item = item
            return was_empty

    def take(self) -> T | None:
        """Empty the slot; None if it is empty already."""
        with self._lock:
            item, self._item = self._item, None
            return item


class LatestByKey(Generic[K, T]):
    """At most one waiting item a key, keys served in turn; for several readers.

    A newer item replaces the waiting one of its key and keeps its place in the
    row, so a fast camera cannot starve a slow one.

    Attributes:
        dropped: How many items were replaced before anybody took them.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._items: dict[K, T] = {}
        self._turns: set[K] = set()
        self._is_closed = False
        self.dropped = 0

    def put(self, key: K, item: T) -> None:
        """Store the item; never waits. Does nothing once closed."""
        with self._changed:
            if self._is_closed:
                return
            self.dropped += key in self._items
            self._items[key] = item
            self._changed.notify()

    def replace(self, key: K, item: T) -> bool:
        """Store the item in place of the one of its key that waits; False if none waits."""
        with self._changed:
            if key not in self._items:
                return False
            self.dropped += 1
            self._items[key] = item
            return True

    def take_turn(self) -> tuple[K, T] | None:
        """Wait for an item of a key whose turn nobody has, and remove it; None once closed.

        Until `end_turn` no other reader is given an item of this key, so that the items of
        one key are worked on one after the other, in their order.
        """
        with self._changed:
            while not self._is_closed:
                key = next((one for one in self._items if one not in self._turns), None)
                if key is not None:
                    self._turns.add(key)
                    return key, self._items.pop(key)
                self._changed.wait()
            return None

    def end_turn(self, key: K) -> None:
        """Let the key's next item be taken; harmless for a key whose turn it is not."""
        with self._changed:
            self._turns.discard(key)
            if key in self._items:
                self._changed.notify()

    def get(self, key: K) -> T | None:
        """Return the item of a key that waits, which goes on waiting; None if none does."""
        with self._changed:
            return self._items.get(key)

    def waiting(self) -> list[T]:
        """Return what waits, at most one item a key."""
        with self._changed:
            return list(self._items.values())

    def close(self) -> None:
        """Drop what waits and let every reader return None."""
        with self._changed:
            self._is_closed = True
            self._items.clear()
            self._changed.notify_all()

    def __len__(self) -> int:
        return len(self._items)


class Backlog(Generic[T]):
    """A bounded queue that refuses when full, and is emptied to the last item on closing.

    Attributes:
        limit: Most items that wait at once.
        refused: How many items found no room.
    """

    def __init__(self, limit: int) -> None:
        if limit < 1:
            raise ValueError(f"limit: {limit}")
        self.limit = limit
        self.refused = 0
        self._changed = threading.Condition()
        self._items: deque[T] = deque()
        self._is_closed = False

    def put(self, item: T) -> bool:
        """Queue the item without waiting; False when full or closed."""
        with self._changed:
            if self._is_closed or len(self._items) >= self.limit:
                self.refused += 1
                return False
            self._items.append(item)
            self._changed.notify()
            return True

    def take(self, timeout_s: float | None = None) -> T | None:
        """Wait for an item; None once closed and empty, or when the time is up."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._is_closed, timeout_s)
            return self._items.popleft() if self._items else None

    def take_all(self) -> list[T]:
        """Remove and return all that waits, oldest first; may be empty."""
        with self._changed:
            items = list(self._items)
            self._items.clear()
            return items

    @property
    def is_closed(self) -> bool:
        """True once `close` was called."""
        return self._is_closed

    def close(self) -> None:
        """Refuse new items from now on; those that wait can still be taken."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def __len__(self) -> int:
        return len(self._items)
