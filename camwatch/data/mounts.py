"""Tells whether a file would lie on a drive of another computer, where SQLite must not write.

Such drives lie about locks and about what is written through; SQLite's log needs memory that
its users share, which computers cannot.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PureWindowsPath

import psutil

from camwatch.errors import StorageError
from camwatch.language import tr

_REMOTE = frozenset(
    {
        "9p", "acfs", "afpfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "fuse.ceph-fuse",
        "fuse.curlftpfs", "fuse.davfs", "fuse.davfs2", "fuse.glusterfs", "fuse.gvfsd-fuse",
        "fuse.mfs", "fuse.rclone", "fuse.s3fs", "fuse.seaweedfs", "fuse.smbnetfs", "fuse.sshfs",
        "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs3", "nfs4", "ocfs2", "orangefs", "panfs",
        "pvfs2", "smb2", "smb3", "smbfs", "webdav",
    }
)  # fmt: skip
_DRIVE_REMOTE = 4  # of Windows: DRIVE_REMOTE


@dataclass(frozen=True, slots=True)
class Mount:
    """A disk and where it appears.

    Attributes:
        folder: Where.
        kind: Of its file system, as the system names it.
    """

    folder: str
    kind: str


def mounts() -> Sequence[Mount]:
    """Return what is mounted, in the order in which it was; none if that cannot be read."""
    try:
        found = psutil.disk_partitions(all=True)
    except (OSError, RuntimeError):
        return ()
    return [Mount(one.mountpoint, one.fstype) for one in found]


def remote_kind(file: PurePath, table: Sequence[Mount]) -> str | None:
    """Return the kind of the network drive that a file lies on.

    Args:
        file: Absolute, without links.
        table: What is mounted; of two in one place the later one counts.

    Returns:
        None if it is on a disk of this computer, as far as the table tells.
    """
    best: Mount | None = None
    for one in table:
        folder = type(file)(one.folder)
        is_above = folder == file or folder in file.parents
        if is_above and (best is None or len(folder.parts) >= len(type(file)(best.folder).parts)):
            best = one
    if best is None or best.kind.lower() not in _REMOTE:
        return None
    # Some sandboxes hand their own disk through by this protocol; as a share it has a folder.
    is_own_disk = best.kind == "9p" and best.folder == "/"
    return None if is_own_disk else best.kind.lower()


def is_windows_share(file: PureWindowsPath, drive_type: int) -> bool:
    r"""Tell whether a path of Windows leads to another computer.

    Args:
        file: Absolute.
        drive_type: What GetDriveType says of its drive.
    """
    is_local_device = file.drive.startswith(("\\\\?\\", "\\\\.\\")) and not file.drive.startswith(
        "\\\\?\\UNC\\"
    )
    is_share = file.drive.startswith("\\\\") and not is_local_device
    return is_share or drive_type == _DRIVE_REMOTE


def refuse_network_drive(file: Path, table: Sequence[Mount] | None = None) -> None:
    """Refuse a history on a drive of another computer.

    Args:
        file: Absolute; need not exist.
        table: What is mounted; None looks.

    Raises:
        StorageError: It lies there; the message names what to do instead.
    """
    real = Path(os.path.realpath(file))
    kind = remote_kind(real, mounts() if table is None else table)
    if kind is None and sys.platform == "win32":  # pragma: no cover - not on this system
        import ctypes  # noqa: PLC0415 - has this part only there

        drive = ctypes.windll.kernel32.GetDriveTypeW(real.anchor)
        kind = "network" if is_windows_share(PureWindowsPath(real), drive) else None
    if kind is not None:
        raise StorageError(
            tr(
                "{file} is on a network drive ({kind}), where a file that several programs use is "
                "damaged sooner or later. Choose a folder on a disk of this computer; for a history "
                "that several computers share, use a PostgreSQL server.",
                file=file,
                kind=kind,
            )
        )
