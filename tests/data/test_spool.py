"""The spool: what it took is there in its order, whatever happened to its files."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camwatch.data.spool import Spool
from camwatch.domain import (
    CameraId,
    CameraState,
    Notice,
    NoticeChange,
    Passage,
    PlaceId,
    Reason,
    Sample,
    StateChange,
)
from camwatch.errors import DiskFull, StorageError
from camwatch.history.batches import Batch, from_bytes, new_uid, to_bytes
from camwatch.scene.dwell import Dwell, HourTrails
from camwatch.scene.heat import Heat
from tests.data.disks import fill, small_disk
from tests.data.values import NOON, sample

GATE = CameraId(1)


def batch(number: int, rows: int = 3) -> Batch:
    return Batch(
        f"batch-{number:04d}", tuple(sample(GATE, number * rows + row, row) for row in range(rows))
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def reopen(folder: Path, told: list[str]) -> Callable[..., Spool]:
    def make(most_bytes: int = 2**20, segment_bytes: int = 2**20) -> Spool:
        return Spool(folder, most_bytes, told.append, segment_bytes)

    return make


def append_all(spool: Spool, first: int) -> None:
    for number in range(first, 1000):
        spool.append(batch(number))


def drain(spool: Spool) -> list[Batch]:
    found = []
    while (one := spool.first()) is not None:
        found.append(one)
        spool.done()
    return found


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


# ---------------------------------------------------------------- batches


def test_every_kind_of_row_is_read_as_it_was_written() -> None:
    at = NOON + timedelta(microseconds=123_457)
    heat = Heat.empty()
    rows = (
        Sample(
            GATE,
            at,
            3,
            0.123456789,
            0.0145,
            0.2,
            2,
            True,
            ((PlaceId(4), 1), (PlaceId(5), 2)),
            (PlaceId(6),),
            True,
        ),
        sample(GATE, at),
        StateChange(GATE, at, CameraState.OFFLINE, Reason.TIMEOUT),
        Passage(PlaceId(6), at, 2**40, False),
        NoticeChange(GATE, at, Notice.BLACK, True),
    )
    read = from_bytes(to_bytes(Batch("uid", rows)))
    assert read == Batch("uid", rows)

    trails = HourTrails(GATE, 400_000, heat, {PlaceId(5): Dwell.of(31.5)})
    (again,) = from_bytes(to_bytes(Batch("uid", (trails,)))).trails
    assert (again.camera_id, again.hour, again.dwell) == (GATE, 400_000, trails.dwell)
    assert again.heat.to_bytes() == heat.to_bytes()


@given(st.binary(max_size=200))
def test_what_is_no_batch_is_told_apart(data: bytes) -> None:
    with pytest.raises(ValueError, match="no batch of rows"):
        from_bytes(data)


def test_later_uids_sort_behind() -> None:
    uids = [new_uid() for _ in range(200)]
    assert len(set(uids)) == 200
    assert [uid[:13] for uid in uids] == sorted(uid[:13] for uid in uids)
    assert {uid[14] for uid in uids} == {"7"}


# ---------------------------------------------------------------- the usual way


def test_the_first_that_came_is_the_first_that_goes(
    reopen: Callable[..., Spool], folder: Path
) -> None:
    spool = reopen(segment_bytes=1000)
    assert not spool
    assert spool.first() is None
    for number in range(40):
        spool.append(batch(number))
    assert spool.waiting_rows == 120
    assert len(files(folder)) > 3
    taken = []
    for number in range(40, 60):  # more comes while it is emptied
        one = spool.first()
        assert one is not None
        assert spool.first() == one  # it waits until it is done
        taken.append(one)
        spool.done()
        spool.append(batch(number))
    taken += drain(spool)
    assert taken == [batch(number) for number in range(60)]
    assert (spool.waiting_rows, spool.size, bool(spool)) == (0, 0, False)
    assert files(folder) == []
    assert sorted(spool.take_settled()) == sorted(one.uid for one in taken)
    assert spool.take_settled() == []


def test_what_waits_is_there_in_the_next_run(reopen: Callable[..., Spool]) -> None:
    first = reopen()
    first.append(batch(0))
    first.append(batch(1))
    assert first.first() == batch(0)
    first.done()
    # Killed here: the file still has both, and the history knows the uid of the first.
    assert first.take_settled() == []
    second = reopen()
    second.open()
    assert second.waiting_rows == 6
    second.append(batch(2))
    assert drain(second) == [batch(0), batch(1), batch(2)]


def test_the_newest_are_refused_when_it_has_as_much_as_it_may(
    reopen: Callable[..., Spool],
) -> None:
    spool = reopen(most_bytes=3000)
    with pytest.raises(DiskFull, match="as the settings allow"):
        append_all(spool, 0)
    taken = spool.waiting_rows // 3
    assert spool.size <= 3000
    assert drain(spool) == [batch(number) for number in range(taken)]
    spool.append(batch(7))  # there is room again
    assert spool.first() == batch(7)


def test_only_its_owner_can_read_it(reopen: Callable[..., Spool], folder: Path) -> None:
    reopen().append(batch(0))
    assert folder.stat().st_mode & 0o077 == 0
    assert files(folder)[0].stat().st_mode & 0o077 == 0


def test_a_batch_that_the_history_refuses_is_kept_for_the_support(
    reopen: Callable[..., Spool], folder: Path
) -> None:
    kept = reopen().keep_refused(batch(3))
    assert kept == folder / "batch-0003.refused"
    assert not reopen().first()


# ---------------------------------------------------------------- damage


def test_any_torn_end_is_cut_off_and_the_rest_is_there(
    reopen: Callable[..., Spool], folder: Path, told: list[str]
) -> None:
    spool = reopen()
    for number in range(3):
        spool.append(batch(number))
    spool.close()
    (file,) = files(folder)
    whole = file.read_bytes()
    last = len(whole) - whole.rindex(b"\xc2CWb")
    for cut in range(1, last + 1):
        file.write_bytes(whole[:-cut])
        again = reopen()
        again.open()
        assert again.waiting_rows == 6, cut
        if cut >= 16:  # as a file system leaves it that gave the room, but not what is in it
            file.write_bytes(whole[:-cut] + b"\0" * cut)
        once_more = reopen()
        once_more.append(batch(5))
        found = drain(once_more)
        assert found == [batch(0), batch(1), batch(5)], cut
        assert files(folder) == []
    assert told == []


def test_a_file_that_was_just_being_made_is_no_damage(
    reopen: Callable[..., Spool], folder: Path, told: list[str]
) -> None:
    spool = reopen()
    spool.history = "one"
    spool.append(batch(0))
    spool.close()
    begin = files(folder)[0].read_bytes()[:21]
    second = folder / "0000000002.spool"
    for length in range(len(begin)):
        second.write_bytes(begin[:length])
        again = reopen()
        again.open()
        assert again.first() == batch(0)
    again.done()
    assert again.first() is None
    assert told == []


@pytest.mark.expects_warning
@pytest.mark.parametrize("where", ["head", "first", "middle", "length", "end"])
def test_what_is_readable_around_damage_is_saved_and_the_file_is_kept(
    reopen: Callable[..., Spool], folder: Path, told: list[str], where: str
) -> None:
    spool = reopen(segment_bytes=600)
    for number in range(12):
        spool.append(batch(number))
    spool.close()
    first = files(folder)[0]
    data = bytearray(first.read_bytes())
    marks = [at for at in range(len(data)) if data[at : at + 4] == b"\xc2CWb"]
    in_first = len(marks)
    at, lost = {
        "head": (3, []),
        "first": (marks[0] + 20, [0]),
        "middle": (marks[1] + 30, [1]),
        "length": (marks[1] + 5, [1]),
        "end": (len(data) - 3, [in_first - 1]),
    }[where]
    data[at] ^= 0x55
    first.write_bytes(data)
    damaged = bytes(data)

    again = reopen(segment_bytes=600)
    assert drain(again) == [batch(number) for number in range(12) if number not in lost]
    (aside,) = files(folder)
    assert ".damaged-" in aside.name
    assert aside.read_bytes() == damaged
    assert str(aside) in told[0]
    assert len(told) == 1
    assert not reopen().first()  # it is not looked at again


@pytest.mark.expects_warning
def test_counts_of_another_history_are_not_mixed_into_this_one(
    reopen: Callable[..., Spool], folder: Path, told: list[str]
) -> None:
    spool = reopen()
    spool.history = "old"
    spool.append(batch(0))
    spool.close()
    again = reopen()
    again.history = "new"
    again.append(batch(1))
    assert drain(again) == [batch(1)]
    (aside,) = files(folder)
    assert ".other-" in aside.name
    assert "another history" in told[0]


# ---------------------------------------------------------------- the disk


def test_a_full_disk_takes_nothing_of_a_batch_and_goes_on(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", mib=1) as disk:
        spool = Spool(disk / "spool", 2**30)
        spool.append(batch(0))
        ballast = fill(disk)
        with pytest.raises(DiskFull, match="no room left"):
            append_all(spool, 1)
        taken = spool.waiting_rows // 3
        ballast.unlink()
        spool.append(batch(taken))
        assert drain(spool) == [batch(number) for number in range(taken + 1)]


@pytest.mark.skipif(os.name != "posix", reason="folders have other rights there")
def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("in the way")
    with pytest.raises(StorageError):
        Spool(tmp_path / "spool", 2**20).append(batch(0))
