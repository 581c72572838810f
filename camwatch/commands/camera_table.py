"""The list of cameras as a CSV file: read with every problem named, written without secrets."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from camwatch.cameras.policy import LONGEST_NAME, without_secrets
from camwatch.commands.camera_row import (
    FORMULA,
    PATHS,
    ImportRow,
    path_of,
    read_row,
)
from camwatch.commands.table_file import (
    DELIMITERS,
    Line,
    decoded,
    refused,
    split_lines,
)
from camwatch.data.names import place_key
from camwatch.domain import Camera, CameraSettings
from camwatch.errors import InvalidSetting
from camwatch.files import write_aside
from camwatch.language import tr

MOST_ROWS = 1000
MOST_COLUMNS = 64

EXPORTED = (
    "name",
    "location",
    "site",
    "kind",
    "scheme",
    "host",
    "port",
    "base_path",
    "snapshot_path",
    "status_path",
    "stream_path",
    "main_path",
    "transport",
    "device",
    "loops",
    "username",
    "interval_s",
    "is_enabled",
    "allow_local",
    "allow_basic",
    "one_session",
    "hardware_id",
    "onvif_scheme",
    "onvif_port",
    "onvif_path",
    "pin",
)
"""The columns of a list that CamWatch writes, in their order: all of `CameraSettings`."""

COLUMNS = frozenset({*EXPORTED, "address", "path", "password"})
"""All columns that are read."""

_ALSO_CALLED: Mapping[str, str] = MappingProxyType(
    {
        "url": "address",
        "ip": "host",
        "user": "username",
        "user_name": "username",
        "interval": "interval_s",
        "enabled": "is_enabled",
    }
)


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What a file would add to the list of cameras.

    Attributes:
        rows: In the order of the file.
        encoding: How its text was read, such as "utf-8".
        delimiter: What stands between its cells: "comma", "semicolon" or "tab".
        unknown_columns: Columns that are not read.
        remarks: About the file as a whole, in whole sentences.
    """

    rows: tuple[ImportRow, ...]
    encoding: str
    delimiter: str
    unknown_columns: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def good(self) -> tuple[ImportRow, ...]:
        """The rows that can be imported."""
        return tuple(row for row in self.rows if row.is_good)

    @property
    def bad(self) -> tuple[ImportRow, ...]:
        """The rows that cannot."""
        return tuple(row for row in self.rows if not row.is_good)


def read_list(
    data: bytes, cameras: Sequence[Camera], hidden: Sequence[Camera] = ()
) -> ImportPreview:
    """Read a list of cameras.

    Args:
        data: The file: CSV with commas, semicolons or tabs, and its columns' names in line 1.
        cameras: Those there are already.
        hidden: Others of which nothing is told but that their names are in use.

    Raises:
        InvalidSetting: "file": it is no such list, or larger than is read.
    """
    text, encoding = decoded(data)
    delimiter, lines = split_lines(text)
    header = _header(lines)
    rows = [read_row(number, header.columns, cells) for number, cells in _filled(lines)]
    if not rows:
        raise refused(tr("has no camera below the names of its columns"))
    remarks = []
    if encoding == "cp1252":
        remarks.append(
            tr(
                "It is not in UTF-8, so it was read as Windows text (cp1252). "
                "Look at letters with accents."
            )
        )
    if header.unknown:
        named = ", ".join(f"“{name}”" for name in header.unknown[:10])
        more = len(header.unknown) - 10
        remarks.append(
            tr("Not read: {named} and {more} more.", named=named, more=more)
            if more > 0
            else tr("Not read: {named}.", named=named)
        )
    return ImportPreview(
        tuple(_beside_each_other(rows, cameras, hidden)),
        "utf-8" if encoding == "utf-8-sig" else encoding,
        DELIMITERS[delimiter],
        header.unknown,
        tuple(remarks),
    )


def read_one(cells: Mapping[str, str], cameras: Sequence[Camera]) -> ImportRow:
    """Read one camera from its cells, by the names of their columns; see `read_list`."""
    row = read_row(1, tuple(cells), tuple(cells.values()))
    return next(_beside_each_other([row], cameras))


def write_list(cameras: Sequence[CameraSettings]) -> bytes:
    """Return the cameras as a list that `read_list` reads, UTF-8 with a byte order mark.

    No secret is in it: passwords are not, and what looks like one in a path is left out.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(EXPORTED)
    for settings in cameras:
        writer.writerow([_cell(column, getattr(settings, column)) for column in EXPORTED])
    # Without the mark, spreadsheet programs take UTF-8 for the computer's old encoding.
    return file.getvalue().encode("utf-8-sig")


def save_list(file: Path, data: bytes) -> None:
    """Write a list so that the file is either whole or what it was before.

    Raises:
        InvalidSetting: "file": it cannot be written.
    """
    try:
        write_aside(file, data)
    except OSError as error:
        reason = tr("cannot be written: {file}: {strerror}", file=file, strerror=error.strerror)
        raise InvalidSetting("file", reason) from error


def _cell(column: str, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    text = str(value)
    if column in PATHS:
        text = without_secrets(text)
    return f"'{text}" if text.startswith(FORMULA) else text


# ---------------------------------------------------------------- the file


@dataclass(frozen=True, slots=True)
class _Header:
    """The columns from the left, "" for one that is not read, and the names of those."""

    columns: tuple[str, ...]
    unknown: tuple[str, ...]


def _header(lines: Iterator[Line]) -> _Header:
    cells = next((cells for _, cells in lines if any(cell.strip() for cell in cells)), None)
    if cells is None:
        raise refused(tr("is empty"))
    if len(cells) > MOST_COLUMNS:
        raise refused(tr("has more than {most_columns} columns", most_columns=MOST_COLUMNS))
    names = [re.sub(r"[\s-]+", "_", cell.strip().casefold()) for cell in cells]
    names = [_ALSO_CALLED.get(name, name) for name in names]
    columns = tuple(name if name in COLUMNS else "" for name in names)
    for name in COLUMNS:
        if columns.count(name) > 1:
            raise refused(tr("has the column “{name}” twice", name=name))
    if "name" not in columns:
        raise refused(tr("has no column “name”; its first line must name the columns"))
    if not {"address", "host", "device"} & set(columns):
        raise refused(tr("has no column “address” (or “host”, or “device”)"))
    unknown = tuple(
        cell.strip()[:40]
        for cell, column in zip(cells, columns, strict=True)
        if not column and cell.strip()
    )
    return _Header(columns, unknown)


def _filled(lines: Iterator[Line]) -> Iterator[Line]:
    """Yield the lines in which something stands."""
    found = 0
    for number, cells in lines:
        if any(cell.strip() for cell in cells):
            found += 1
            if found > MOST_ROWS:
                raise refused(
                    tr("has more than {most_rows} cameras; split it", most_rows=MOST_ROWS)
                )
            yield number, cells


# ---------------------------------------------------------------- the others


def _place(settings: CameraSettings) -> str:
    """Return what two records of one view have in common."""
    return settings.origin + path_of(settings)


def name_key(name: str) -> str:
    """Return what two names have in common that count as the same."""
    return place_key(name.strip()[: LONGEST_NAME + 1])


def name_problem(name: str, taken: Mapping[str, str]) -> InvalidSetting | None:
    """Tell whether a name is in use.

    Args:
        name: The one that is wanted.
        taken: By the key of each name in use, by whom it is, such as "another camera".
    """
    by = taken.get(name_key(name))
    return InvalidSetting("name", tr("is already used by {by}", by=by)) if by else None


def names_in_use(cameras: Sequence[Camera]) -> dict[str, str]:
    """Return the names in use, for `name_problem`."""
    return {name_key(camera.name): tr("another camera") for camera in cameras}


def _beside_each_other(
    rows: Sequence[ImportRow], cameras: Sequence[Camera], hidden: Sequence[Camera] = ()
) -> Iterator[ImportRow]:
    """Yield the rows with what is wrong between them and the cameras there are."""
    taken = names_in_use([*cameras, *hidden])
    places = {_place(camera.settings): f"“{camera.name}”" for camera in cameras}
    devices = {
        camera.settings.hardware_id: f"“{camera.name}”"
        for camera in cameras
        if camera.settings.hardware_id
    }
    for row in rows:
        problems, warnings = list(row.problems), list(row.warnings)
        if (problem := name_problem(row.name, taken)) and row.name:
            problems.append(problem)
        taken.setdefault(name_key(row.name), tr("line {line} of this list", line=row.line))
        if row.settings is not None:
            place = _place(row.settings)
            if place in places:
                warnings.append(tr("{places} has the same address.", places=places[place]))
            places.setdefault(place, tr("Line {line}", line=row.line))
            device = row.settings.hardware_id
            if device and device in devices:
                warnings.append(tr("{devices} is the same device.", devices=devices[device]))
            devices.setdefault(device, tr("Line {line}", line=row.line))
        yield replace(
            row,
            settings=None if problems else row.settings,
            password=None if problems else row.password,
            problems=tuple(problems),
            warnings=tuple(warnings),
        )
