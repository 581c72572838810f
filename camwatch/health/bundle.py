"""What support needs to know, as files that are looked through before they are saved."""

from __future__ import annotations

import zipfile
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from camwatch.errors import FilesTroubled
from camwatch.files import writing_aside
from camwatch.language import tr

_FIRST_YEAR = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class BundleFile:
    """One file of a bundle.

    Attributes:
        name: Inside the zip file, with slashes.
        about: What it is for, a few words.
        text: All of it, as it will be saved.
        masked: So many places in it were hidden.
    """

    name: str
    about: str
    text: str
    masked: int = 0


@dataclass(frozen=True, slots=True)
class Bundle:
    """All files of a bundle.

    Attributes:
        files: In the order in which they are shown.
        has_names: People's names are in it, since the operator wanted them.
        note: What could not be made sure, as sentences; "" for nothing.
    """

    files: tuple[BundleFile, ...]
    has_names: bool = False
    note: str = ""

    @property
    def masked(self) -> int:
        """In so many places something was hidden."""
        return sum(one.masked for one in self.files)

    def without(self, names: Collection[str]) -> Bundle:
        """Return the bundle without the files of these names."""
        return replace(self, files=tuple(one for one in self.files if one.name not in names))

    def write(self, file: Path) -> None:
        """Write it as a zip file, readable for its owner only.

        Raises:
            FilesTroubled: It cannot be written; what was there before still is.
        """
        try:
            with writing_aside(file) as stream, zipfile.ZipFile(stream, "w") as archive:
                for one in self.files:
                    info = zipfile.ZipInfo(one.name, _FIRST_YEAR)
                    info.compress_type = zipfile.ZIP_DEFLATED
                    info.external_attr = 0o600 << 16
                    archive.writestr(info, one.text)
        except OSError as error:
            raise FilesTroubled(
                tr("{file} cannot be written: {strerror}.", file=file, strerror=error.strerror)
            ) from error
