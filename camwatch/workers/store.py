"""What the recorder stores into, as far as it needs to know it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from camwatch.domain import NoticeChange, Passage, Sample, StateChange
from camwatch.history.batches import Batch
from camwatch.scene.dwell import HourTrails


class Save(Protocol):
    """Stores a batch with all that follows from it, or nothing of it."""

    def __call__(
        self,
        samples: Sequence[Sample],
        changes: Sequence[StateChange],
        passages: Sequence[Passage] = (),
        trails: Sequence[HourTrails] = (),
        notices: Sequence[NoticeChange] = (),
        *,
        batch_uid: str = "",
        settled: Sequence[str] = (),
    ) -> int:
        """Return how many rows are new; 0 for a batch that was stored before.

        Args:
            samples: Measurements.
            changes: Of cameras' states.
            passages: Who passed.
            trails: Where people were.
            notices: What is wrong with pictures.
            batch_uid: Tells whether it was stored before.
            settled: Uids of batches that nobody will give again.

        Raises:
            StorageError: Nothing was stored, as far as anybody knows.
        """


class Waiting(Protocol):
    """The part of `camwatch.data.spool.Spool` that the recorder needs; see there."""

    history: str

    @property
    def waiting_rows(self) -> int: ...  # noqa: D102
    def __bool__(self) -> bool: ...
    def open(self) -> None: ...  # noqa: D102
    def append(self, batch: Batch) -> None: ...  # noqa: D102
    def first(self) -> Batch | None: ...  # noqa: D102
    def done(self) -> None: ...  # noqa: D102
    def take_settled(self) -> list[str]: ...  # noqa: D102
    def keep_refused(self, batch: Batch) -> Path | None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


class HeldBack(Protocol):
    """The part of `camwatch.data.reserve.Reserve` that the recorder needs; see there."""

    def make(self) -> bool: ...  # noqa: D102
    def free(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Store:
    """A history, and what stands in for it while it is away.

    Attributes:
        save: Stores.
        spool: Where batches wait on the disk; None for memory only.
        reserve: Room that is given free when the disk is full; None for none.
        look: Raises StorageError if the history is not where it was.
        check: Looks for faults inside it; "ok", or what is wrong.
        identity: Tells which history it is; "" while that is not known.
        note: Writes into the audit log that the disk reported an error.
    """

    save: Save
    spool: Waiting | None = None
    reserve: HeldBack | None = None
    look: Callable[[], None] = lambda: None
    check: Callable[[], str] = lambda: "ok"
    identity: Callable[[], str] = lambda: ""
    note: Callable[[str], None] = lambda _: None
