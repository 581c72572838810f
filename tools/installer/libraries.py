"""What the libraries of a frozen program need of the Linux system that it runs on."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libdrm.so.2": "libdrm2",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgcc_s.so.1": "libgcc-s1",
    "libglib-2.0.so.0": "libglib2.0-0 | libglib2.0-0t64",
    "libgobject-2.0.so.0": "libglib2.0-0 | libglib2.0-0t64",
    "libgio-2.0.so.0": "libglib2.0-0 | libglib2.0-0t64",
    "libgthread-2.0.so.0": "libglib2.0-0 | libglib2.0-0t64",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libstdc++.so.6": "libstdc++6",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
"""The package of Debian and its relatives in which each library is that CamWatch leaves out."""

FONTS = "fonts-dejavu-core | fonts-noto-core | fonts-liberation"
"""Without any font each letter is a box; no library asks for one."""

WANTED = ("libcups2 | libcups2t64", "gnome-keyring | kwalletmanager")
"""What the program is better with and starts without: printers, a keyring for passwords."""

_OF_THE_C_LIBRARY = re.compile(r"(ld-linux|lib(c|m|dl|rt|pthread|resolv|util|nsl)\.so)")
_OPTIONAL = re.compile(r"libcups\.so")


def elf_files(folder: Path) -> list[Path]:
    """Return the programs and libraries below a folder, each once."""
    return sorted(
        file
        for file in folder.rglob("*")
        if file.is_file() and not file.is_symlink() and file.read_bytes()[:4] == b"\x7fELF"
    )


def _told(file: Path, option: str) -> str:
    said = subprocess.run(
        ["readelf", option, str(file)], capture_output=True, text=True, check=True
    )
    return said.stdout


def needed_outside(folder: Path) -> set[str]:
    """Return the names of libraries that are needed and not in the folder."""
    files = elf_files(folder)
    inside = {file.name for file in folder.rglob("*.so*")}
    wanted = {
        name for file in files for name in re.findall(r"\(NEEDED\).*\[(.+)\]", _told(file, "-d"))
    }
    return {
        name
        for name in wanted - inside
        if not _OF_THE_C_LIBRARY.match(name) and not _OPTIONAL.match(name)
    }


def _versions(folder: Path) -> Iterator[tuple[int, ...]]:
    for file in elf_files(folder):
        for found in re.findall(r"Name: GLIBC_([\d.]+)", _told(file, "-V")):
            yield tuple(int(part) for part in found.split("."))


def least_c_library(folder: Path) -> str:
    """Return the version of the C library that a system must have at least, such as "2.35"."""
    return ".".join(str(part) for part in max(_versions(folder)))


def dependencies(folder: Path) -> list[str]:
    """Return what a package with this folder depends on, in Debian's words.

    Raises:
        KeyError: A library is needed of which no package is known; it must be added above.
    """
    packages = {PACKAGES[name] for name in needed_outside(folder)}
    return [f"libc6 (>= {least_c_library(folder)})", *sorted(packages), FONTS]


def strip(folder: Path) -> int:
    """Take names for debuggers out of libraries; return how many bytes that saved.

    Those that were changed after they were linked are left: stripping breaks them. They are in
    the folders `….libs`, and numpy's are among them, unless it was built here.
    """
    saved = 0
    is_changed_numpy = any(folder.rglob("numpy.libs"))
    for file in elf_files(folder):
        inner = file.relative_to(folder).as_posix()
        if (
            ".libs/" in inner
            or (is_changed_numpy and "numpy" in inner)
            or ".symtab" not in _told(file, "-SW")
        ):
            continue
        if "/" not in inner or file.suffix == "":
            continue  # the starter carries the program's own archive behind its code
        before = file.stat().st_size
        subprocess.run(["strip", "--strip-unneeded", str(file)], check=True)
        saved += before - file.stat().st_size
    return saved
