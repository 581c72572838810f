"""Room that is held back: really taken up, given free at once, and never the last there is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from camwatch.data.reserve import Reserve, free_bytes
from tests.data.disks import fill, small_disk

MIB = 2**20


@pytest.mark.expects_warning
@pytest.mark.fault("F69")
def test_it_takes_up_room_and_gives_it_free(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", mib=4) as disk:
        reserve = Reserve(disk / "reserve.bin", MIB)
        before = shutil.disk_usage(disk).free
        assert reserve.make()
        assert shutil.disk_usage(disk).free <= before - MIB
        assert reserve.make()  # it is there already
        ballast = fill(disk)
        assert shutil.disk_usage(disk).free == 0
        assert reserve.free() == MIB
        assert reserve.free() == 0
        assert shutil.disk_usage(disk).free >= MIB
        assert not reserve.make()  # it would take what it just gave
        ballast.unlink()
        assert reserve.make()


def test_a_copy_with_holes_is_no_reserve(tmp_path: Path) -> None:
    file = tmp_path / "reserve.bin"
    with file.open("wb") as stream:
        stream.truncate(MIB)
    if file.stat().st_blocks:
        pytest.skip("no holes here")
    assert Reserve(file, MIB).make()
    assert file.stat().st_blocks * 512 >= MIB


def test_none_is_held_back_where_none_is_wanted(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path / "reserve.bin", 0)
    assert not reserve.make()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone_has_no_known_room(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "gone") is None
    assert not Reserve(tmp_path / "gone" / "reserve.bin", MIB).make()
