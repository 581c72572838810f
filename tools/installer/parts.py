"""Lists what an installed CamWatch consists of, and collects the licences of all of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distributions
from pathlib import Path

from installer import contents, natives

sys.path.insert(0, str(contents.ROOT / "scripts"))

from check_licences import ALLOWED, FORBIDDEN, licence_of


class NotFit(Exception):
    """Something would be shipped that must not be, or of which it is not known what it is."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is shipped.

    Attributes:
        url: As package URLs are written.
        texts: Files with its terms.
        natives: Libraries of others inside it, with their versions.
    """

    name: str
    version: str
    licence: str
    url: str
    texts: tuple[Path, ...] = ()
    natives: Mapping[natives.Native, str] = field(default_factory=dict)


def _owners() -> dict[Path, Distribution]:
    """Return which distribution brought each file of this environment."""
    return {
        Path(str(one.locate_file(file))).resolve(): one
        for one in distributions()
        for file in one.files or ()
    }


_OWN_TERMS = {
    "camwatch",
    # Its exception lets what it builds be passed on under any terms; the starter is part of that.
    "pyinstaller",
}
_TERMS = re.compile(
    r"(^|/)(licen[cs]e|copying|notice|copyright)[^/]*$|/licenses/|/LICENSES/", re.IGNORECASE
)


def _part_of(one: Distribution, libraries: list[str]) -> Part:
    name = one.metadata["Name"]
    licence = licence_of(name)
    if name not in _OWN_TERMS and (not ALLOWED.search(licence) or FORBIDDEN.search(licence)):
        raise NotFit(f"{name} must not be shipped: {licence or 'it says no licence'}")
    folder = re.compile(r"\.libs/")
    strange = natives.unknown(Path(file).name for file in libraries if folder.search(file))
    if strange:
        raise NotFit(f"nothing is known of these libraries of {name}; describe them: {strange}")
    files = (Path(str(one.locate_file(f))) for f in one.files or () if _TERMS.search(str(f)))
    return Part(
        name,
        one.version,
        licence.split(" | ")[0],
        f"pkg:pypi/{name.lower()}@{one.version}",
        tuple(sorted(file for file in files if file.suffix not in {".py", ".pyc"})),
        natives.found_in(Path(file).name for file in libraries),
    )


def _debian_parts(sources: set[str]) -> list[Part]:
    """Return the packages of this system that files were taken from."""
    found: dict[str, Part] = {}
    for source in sorted(sources):
        # Where /lib is a link to /usr/lib, packages still say /lib of what they put there.
        file = str(Path(source).resolve())
        said = subprocess.run(
            ["dpkg-query", "-S", file, file.removeprefix("/usr")],
            capture_output=True,
            text=True,
            check=False,  # it fails when it knows only one of the two
        )
        package = said.stdout.split(":")[0]
        if not package:
            raise NotFit(f"no package of this system has {source}, so its licence is not known")
        version = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Version}", package],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        text = Path("/usr/share/doc") / package / "copyright"
        url = f"pkg:deb/debian/{package}@{version}"
        found[package] = Part(package, version, "see its copyright file", url, (text,))
    return list(found.values())


def shipped_parts(listing: Path) -> list[Part]:
    """Return all that was frozen.

    Args:
        listing: What camwatch.spec wrote.

    Raises:
        NotFit: A licence does not allow it, or something is not known.
    """
    shipped = json.loads(listing.read_text())
    owners = _owners()
    libraries: dict[Distribution, list[str]] = defaultdict(list)
    of_system: set[str] = set()
    by_name: dict[str, Distribution] = {}
    for _, source in (*shipped["modules"], *shipped["files"]):
        path = Path(source)
        if not path.is_absolute() or not path.exists():
            continue  # made by PyInstaller, or a link inside the folder
        owner = owners.get(path.resolve())
        if owner is not None:
            one = by_name.setdefault(owner.metadata["Name"], owner)
            libraries[one].append(str(path))
        elif path.is_relative_to("/usr") or path.is_relative_to("/lib"):
            of_system.add(source)
    mine = [_part_of(one, libraries[one]) for one in by_name.values()]
    return sorted((*mine, *_debian_parts(of_system)), key=lambda part: part.name.lower())


def collect_licences(parts: list[Part], folder: Path) -> None:
    """Copy the terms of all parts into a folder, with a list that people can read."""
    lines = ["| Part | Version | Licence | Inside it |", "| --- | --- | --- | --- |"]
    for part in parts:
        inside = ", ".join(
            f"{one.name} {version} ({one.licence})".replace("  ", " ")
            for one, version in part.natives.items()
        )
        lines.append(f"| {part.name} | {part.version} | {part.licence[:80]} | {inside} |")
        for number, text in enumerate(part.texts):
            if text.is_file():
                target = folder / part.name / f"{number:02d}-{text.name}"
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(text, target)
    (folder / "parts.md").write_text("\n".join(lines) + "\n")
    shutil.copytree(contents.ROOT / "packaging" / "licences", folder, dirs_exist_ok=True)
    for name in ("LICENSE", "NOTICE"):
        shutil.copyfile(contents.ROOT / name, folder / name)
