"""The steps of scripts/package after the freezing.

python tools/installer/build.py check                        # OpenCV has all that is called
python tools/installer/build.py icons FOLDER
python tools/installer/build.py slim FROZEN                  # leaves out data of other languages
python tools/installer/build.py finish FROZEN LISTING        # strips, adds parts and licences
python tools/installer/build.py linux FROZEN ICONS WORK DIST # package and portable archive
python tools/installer/build.py sizes FROZEN                 # what takes how much
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from installer import contents, debian, icu, libraries, parts

_ICON_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)


def epoch() -> int:
    """Return the time that everything built gets: SOURCE_DATE_EPOCH."""
    return int(os.environ["SOURCE_DATE_EPOCH"])


def check() -> None:
    """See that OpenCV has everything by name that the program calls."""
    import cv2  # noqa: PLC0415 - only the environment that is packed has it

    called = {
        name
        for file in (contents.ROOT / "camwatch").rglob("*.py")
        for name in re.findall(r"\bcv2((?:\.\w+)+)", file.read_text(encoding="utf-8"))
    }
    missing = []
    for name in sorted(called):
        try:
            attrgetter(name[1:])(cv2)
        except AttributeError:
            missing.append(f"cv2{name}")
    if missing:
        raise parts.NotFit(f"this OpenCV lacks {', '.join(missing)}")
    print(f"OpenCV {cv2.__version__} has all {len(called)} names that are called")


def make_icons(folder: Path) -> None:
    """Paint the program's icon in the sizes that desktops want, and as Windows and macOS do."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Here, since Qt reads the platform when it is loaded.
    from PySide6.QtGui import QGuiApplication, QIcon, QImageWriter  # noqa: PLC0415

    application = QGuiApplication(sys.argv[:1])
    folder.mkdir(parents=True, exist_ok=True)
    icon = QIcon(str(contents.ROOT / "resources" / "icons" / "app.svg"))
    for size in _ICON_SIZES:
        icon.pixmap(size, size).save(str(folder / f"{size}.png"))
    writers = {bytes(kind.data()).decode() for kind in QImageWriter.supportedImageFormats()}
    for kind, size in (("ico", 256), ("icns", 512)):
        if kind in writers:
            icon.pixmap(size, size).save(str(folder / f"camwatch.{kind}"))
    del application


def finish(frozen: Path, listing: Path) -> None:
    """Take out what only debuggers want; add the list of parts and their licences."""
    saved = libraries.strip(frozen) if sys.platform == "linux" else 0
    # Here, since only the environment that is packed has what it needs.
    from installer.bom import write_bom  # noqa: PLC0415

    found = parts.shipped_parts(listing)
    folder = frozen / "licenses"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    parts.collect_licences(found, folder)
    write_bom(found, folder / "parts.cdx.json", epoch())
    print(f"{len(found)} parts; names for debuggers took {saved / 1e6:.0f} MB")


def make_slim(frozen: Path) -> None:
    """Leave out data of languages that CamWatch does not speak."""
    for library in frozen.rglob("libicudata.so.*"):
        if not library.is_symlink():
            print(f"{library.name}: {icu.slim(library) / 1e6:.0f} MB less")


def make_linux(frozen: Path, icons: Path, work: Path, dist: Path) -> None:
    """Make the package for Debian and the portable archive."""
    shutil.rmtree(work, ignore_errors=True)
    dist.mkdir(exist_ok=True)
    for make in (debian.make_package, debian.make_archive):
        made = make(frozen, icons, work / make.__name__, dist, epoch())
        print(f"{made}: {made.stat().st_size / 1e6:.0f} MB")
    shutil.rmtree(work)


def print_sizes(frozen: Path) -> None:
    """Print what the installed program consists of, largest first."""
    sizes: Counter[str] = Counter()
    for file in frozen.rglob("*"):
        if file.is_file() and not file.is_symlink():
            inner = file.relative_to(frozen).parts
            name = inner[1] if inner[0] == "_internal" and len(inner) > 2 else inner[0]
            if len(inner) == 1:
                name = "starter and compiled Python"
            elif inner[0] == "_internal" and len(inner) == 2:
                name = "Python and libraries of the system"
            sizes[name.removesuffix(".libs")] += file.stat().st_size
    print(f"{'all':40} {sum(sizes.values()) / 1e6:7.1f} MB")
    for name, size in sizes.most_common(25):
        print(f"{name:40} {size / 1e6:7.1f} MB")


def main() -> int:
    """Do the step that the arguments name."""
    step, *folders = sys.argv[1:]
    steps: dict[str, Callable[..., None]] = {
        "check": check,
        "icons": make_icons,
        "slim": make_slim,
        "finish": finish,
        "linux": make_linux,
        "sizes": print_sizes,
    }
    try:
        steps[step](*(Path(folder) for folder in folders))
    except parts.NotFit as error:
        print(f"package: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
