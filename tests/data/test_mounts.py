"""A history on a drive of another computer is refused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from camwatch.data.engine import Database
from camwatch.data.mounts import (
    Mount,
    is_windows_share,
    mounts,
    refuse_network_drive,
    remote_kind,
)
from camwatch.errors import StorageError
from tests.data.disks import small_disk

pytestmark = pytest.mark.sqlite_only

TABLE = [
    Mount("/", "ext4"),
    Mount("/home", "xfs"),
    Mount("/mnt/office", "cifs"),
    Mount("/mnt/office/here", "ext4"),
    Mount("/srv", "ext4"),
    Mount("/srv", "nfs4"),
    Mount("/media/far away", "fuse.sshfs"),
    Mount("/mnt/host", "9p"),
]


@pytest.mark.fault("F82")
@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("/home/maria/.local/camwatch.sqlite3", None),
        ("/mnt/office/camwatch.sqlite3", "cifs"),
        ("/mnt/officer/camwatch.sqlite3", None),
        ("/mnt/office/here/camwatch.sqlite3", None),  # a disk of this computer inside of a share
        ("/srv/a/b/camwatch.sqlite3", "nfs4"),  # mounted over another one
        ("/media/far away/camwatch.sqlite3", "fuse.sshfs"),
        ("/mnt/host/camwatch.sqlite3", "9p"),
    ],
)
def test_the_mount_that_holds_the_file_decides(file: str, kind: str | None) -> None:
    assert remote_kind(PurePosixPath(file), TABLE) == kind


def test_a_sandbox_whose_whole_disk_is_handed_through_is_no_share() -> None:
    assert remote_kind(PurePosixPath("/root/camwatch.sqlite3"), [Mount("/", "9p")]) is None
    assert remote_kind(PurePosixPath("/root/camwatch.sqlite3"), [Mount("/", "nfs")]) == "nfs"


@pytest.mark.fault("F82")
@pytest.mark.parametrize(
    ("file", "drive_type", "is_share"),
    [
        (r"C:\Users\maria\camwatch.sqlite3", 3, False),
        (r"Z:\camwatch.sqlite3", 4, True),
        (r"\\server\share\camwatch.sqlite3", 1, True),
        (r"\\?\UNC\server\share\camwatch.sqlite3", 1, True),
        (r"\\?\C:\camwatch.sqlite3", 3, False),
    ],
)
def test_windows_says_it_in_the_path_or_by_the_drive(
    file: str, drive_type: int, is_share: bool
) -> None:
    assert is_windows_share(PureWindowsPath(file), drive_type) is is_share


@pytest.mark.fault("F82")
def test_it_is_refused_with_the_way_to_postgresql(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path, target_is_directory=True)
    table = [Mount("/", "ext4"), Mount(str(tmp_path.resolve()), "nfs")]
    for file in (tmp_path / "camwatch.sqlite3", link / "camwatch.sqlite3"):
        with pytest.raises(StorageError, match="PostgreSQL") as caught:
            refuse_network_drive(file, table)
        assert "network drive (nfs)" in str(caught.value)


@pytest.mark.fault("F82")
def test_opening_asks_and_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with small_disk(tmp_path / "disk", 8) as disk:
        real = mounts()
        assert Mount(str(disk), "tmpfs") in real  # what is really mounted is read

        def as_share() -> Sequence[Mount]:
            return [Mount(one.folder, "smb3") if one.folder == str(disk) else one for one in real]

        monkeypatch.setattr("camwatch.data.mounts.mounts", as_share)
        with pytest.raises(StorageError, match="network drive"):
            Database.open(disk / "camwatch.sqlite3")
        assert list(disk.iterdir()) == []
        Database.open(tmp_path / "camwatch.sqlite3").close()
