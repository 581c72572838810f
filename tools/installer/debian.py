"""Makes the package for Debian and its relatives, and the portable archive."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

from installer import contents, libraries

_SOURCES = contents.ROOT / "packaging" / "linux"
_PROGRAM = Path("usr/lib/camwatch")
_MAINTAINER = "The CamWatch authors <camwatch@localhost>"


def architecture() -> str:
    """Return Debian's name of the kind of computer that this is."""
    said = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    )
    return said.stdout.strip()


def _put(source: Path, target: Path, *, is_program: bool = False) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o755 if is_program else 0o644)


def put_desktop_files(root: Path, icons: Path) -> None:
    """Put what a desktop and a manual reader look for.

    Args:
        root: The root of the file system to be.
        icons: Folder of icons named by their size, such as "128.png".
    """
    share = root / "usr/share"
    _put(_SOURCES / "camwatch.desktop", share / "applications/camwatch.desktop")
    _put(_SOURCES / "camwatch.metainfo.xml", share / "metainfo/camwatch.metainfo.xml")
    themes = share / "icons/hicolor"
    _put(contents.ROOT / "resources/icons/app.svg", themes / "scalable/apps/camwatch.svg")
    for icon in icons.glob("*.png"):
        _put(icon, themes / f"{icon.stem}x{icon.stem}" / "apps/camwatch.png")
    manual = share / "man/man1/camwatch.1.gz"
    manual.parent.mkdir(parents=True)
    words = (_SOURCES / "camwatch.1").read_text().replace("@VERSION@", contents.version())
    manual.write_bytes(gzip.compress(words.encode(), mtime=0))


def control(folder: Path, size_kib: int) -> str:
    """Return what the package says of itself.

    Args:
        folder: The frozen program.
        size_kib: What the package takes when installed.
    """
    return (
        "Package: camwatch\n"
        f"Version: {contents.version()}-1\n"
        f"Architecture: {architecture()}\n"
        f"Maintainer: {_MAINTAINER}\n"
        f"Installed-Size: {size_kib}\n"
        f"Depends: {', '.join(libraries.dependencies(folder))}\n"
        f"Recommends: {', '.join(libraries.WANTED)}\n"
        "Section: video\n"
        "Priority: optional\n"
        "Description: counts people with IP cameras\n"
        " CamWatch watches IP cameras and counts the people in view: live tiles, charts\n"
        " of the last hour and of the last months, and alerts that reach somebody. It\n"
        " needs neither a graphics card nor the internet, and no picture leaves the\n"
        " computer.\n"
    )


def _same_times(root: Path, epoch: int) -> None:
    """Give every file the same time, so that the same program makes the same package."""
    for entry in (root, *root.rglob("*")):
        os.utime(entry, (epoch, epoch), follow_symlinks=False)
        if entry.is_dir() and not entry.is_symlink():
            entry.chmod(0o755)


def make_package(folder: Path, icons: Path, work: Path, dist: Path, epoch: int) -> Path:
    """Make the package.

    Args:
        folder: The frozen program with its licences.
        icons: As `put_desktop_files` takes them.
        work: An empty folder for the file system to be.
        dist: Where the package is put.
        epoch: The time that all files get, seconds since 1970.

    Returns:
        The package.
    """
    shutil.copytree(folder, work / _PROGRAM, symlinks=True)
    put_desktop_files(work, icons)
    start = work / "usr/bin/camwatch"
    start.parent.mkdir(parents=True)
    start.symlink_to("../lib/camwatch/camwatch")
    _put(_SOURCES / "copyright", work / "usr/share/doc/camwatch/copyright")
    size = sum(f.lstat().st_size for f in work.rglob("*") if not f.is_dir()) // 1024
    told = work / "DEBIAN/control"
    told.parent.mkdir()
    told.write_text(control(folder, size))
    _same_times(work, epoch)
    package = dist / f"camwatch_{contents.version()}-1_{architecture()}.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z9", "--build", str(work), str(package)],
        check=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)},
        stdout=subprocess.DEVNULL,
    )
    return package


def make_archive(folder: Path, icons: Path, work: Path, dist: Path, epoch: int) -> Path:
    """Make the archive that runs from wherever it is unpacked; arguments as of `make_package`."""
    name = f"camwatch-{contents.version()}-linux-{architecture()}"
    root = work / name
    shutil.copytree(folder, root / "program", symlinks=True)
    _put(_SOURCES / "start", root / "camwatch", is_program=True)
    _put(icons / "256.png", root / "camwatch.png")
    packages = sorted(one.split(" | ")[0].split(" (")[0] for one in libraries.dependencies(folder))
    words = (_SOURCES / "README.txt").read_text()
    words = words.replace("@VERSION@", contents.version()).replace("@PACKAGES@", " ".join(packages))
    (root / "README.txt").write_text(words.replace("@GLIBC@", libraries.least_c_library(folder)))
    _same_times(root, epoch)
    archive = dist / f"{name}.tar.zst"

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        return entry

    pack = ["zstd", "-q", "-f", "-9", "-o", str(archive)]
    with subprocess.Popen(pack, stdin=subprocess.PIPE) as packing:
        with tarfile.open(fileobj=packing.stdin, mode="w|") as tar:
            for file in (root, *sorted(root.rglob("*"))):
                tar.add(file, f"{name}/{file.relative_to(root)}", recursive=False, filter=plain)
        assert packing.stdin is not None
        packing.stdin.close()
    if packing.returncode:
        raise subprocess.CalledProcessError(packing.returncode, pack)
    return archive
