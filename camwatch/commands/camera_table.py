"""The list of cameras as a CSV file: read with every problem named, written without secrets."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeVar

from camwatch.cameras.policy import (
    KIND_SCHEMES,
    LONGEST_NAME,
    LONGEST_URL,
    SCHEMES,
    parse_camera_url,
    validate_camera,
)
from camwatch.commands.camera_editing import checked_password
from camwatch.data.names import place_key
from camwatch.domain import Camera, CameraSettings, Secret, SourceKind
from camwatch.errors import InvalidSetting, InvalidSettings

T = TypeVar("T")

LARGEST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 1000
MOST_COLUMNS = 64
_MOST_LINES = 20_000
"""With the empty ones: what only looks like a list is given up early."""

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
_YES = frozenset({"yes", "true", "1", "on", "y", "x"})
_NO = frozenset({"no", "false", "0", "off", "n"})
_WHOLE = re.compile(r"[1-9][0-9]{0,4}")
_DECIMAL = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,6})?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
"""What a spreadsheet takes for the begin of a formula, and the sign that tells it otherwise."""

_LEFT_OUT = "***"
_SECRET_IN_PATH = re.compile(
    r"((?:password|passwd|pass|pwd|psw|pw|secret|token|api_?key|key|auth)=)[^&;]*", re.IGNORECASE
)
_PATHS = ("base_path", "snapshot_path", "status_path", "stream_path", "main_path", "onvif_path")

_ENCODINGS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_QUOTED = re.compile(r'"[^"]*"')
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_TWICE = "is given in the address and in its own column; leave one of them empty"


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One camera of a list that is to be imported.

    Attributes:
        line: Where it stands in the file, from 1.
        name: As written, cut to what a name may have.
        address: Where it would be asked, without credentials; "" if that cannot be told.
        settings: Checked; None if something is wrong with them.
        password: What goes into the keyring.
        problems: What keeps it from being imported; the fields are columns.
        warnings: What does not, in whole sentences.
    """

    line: int
    name: str
    address: str
    settings: CameraSettings | None
    password: Secret | None
    problems: tuple[InvalidSetting, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """True if it can be imported."""
        return self.settings is not None and not self.problems


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


def read_list(data: bytes, cameras: Sequence[Camera]) -> ImportPreview:
    """Read a list of cameras.

    Args:
        data: The file: CSV with commas, semicolons or tabs, and its columns' names in line 1.
        cameras: Those there are already.

    Raises:
        InvalidSetting: "file": it is no such list, or larger than is read.
    """
    text, encoding = _decoded(data)
    delimiter, lines = _lines(text)
    header = _header(lines)
    rows = [_row(number, header.columns, cells) for number, cells in _filled(lines)]
    if not rows:
        raise _refused("has no camera below the names of its columns")
    remarks = []
    if encoding == "cp1252":
        remarks.append(
            "It is not in UTF-8, so it was read as Windows text (cp1252). "
            "Look at letters with accents."
        )
    if header.unknown:
        named = ", ".join(f"“{name}”" for name in header.unknown[:10])
        more = len(header.unknown) - 10
        remarks.append(f"Not read: {named}{f' and {more} more' if more > 0 else ''}.")
    return ImportPreview(
        tuple(_beside_each_other(rows, cameras)),
        "utf-8" if encoding == "utf-8-sig" else encoding,
        _DELIMITERS[delimiter],
        header.unknown,
        tuple(remarks),
    )


def write_list(cameras: Sequence[Camera]) -> bytes:
    """Return the cameras as a list that `read_list` reads, UTF-8 with a byte order mark.

    No secret is in it: passwords are not, and what looks like one in a path is left out.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(EXPORTED)
    for camera in cameras:
        writer.writerow([_cell(column, getattr(camera.settings, column)) for column in EXPORTED])
    # Without the mark, spreadsheet programs take UTF-8 for the computer's old encoding.
    return file.getvalue().encode("utf-8-sig")


def without_secrets(path: str) -> str:
    """Return a path with what looks like a password in it replaced by asterisks."""
    return _SECRET_IN_PATH.sub(rf"\g<1>{_LEFT_OUT}", path)


def _cell(column: str, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    text = str(value)
    if column in _PATHS:
        text = without_secrets(text)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _literal(text: str) -> str:
    """Undo what `_cell` did, so that a text is again what it was."""
    is_marked = text.startswith("'") and text[1:].startswith(_FORMULA)
    return text[1:] if is_marked else text


def _refused(reason: str) -> InvalidSetting:
    return InvalidSetting("file", reason)


# ---------------------------------------------------------------- the file


def _decoded(data: bytes) -> tuple[str, str]:
    """Return the file's text and its encoding."""
    if len(data) > LARGEST_BYTES:
        raise _refused(f"is larger than {LARGEST_BYTES // 1024 // 1024} MiB")
    if data.startswith(_WORKBOOKS):
        raise _refused("is a workbook or an archive; save it as CSV in the spreadsheet program")
    marked = next((name for mark, name in _ENCODINGS if data.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text, encoding
    raise _refused("is not a text file; save the list as CSV, in UTF-8")


Line = tuple[int, list[str]]


def _lines(text: str) -> tuple[str, Iterator[Line]]:
    """Return what stands between cells, and the lines with their numbers."""
    start = 1
    first, _, rest = text.partition("\n")
    if re.fullmatch(r'"?sep=[,;\t]"?\s*', first, re.IGNORECASE):  # as spreadsheets write it
        delimiter = first.partition("=")[2][0]
        text, start = rest, 2
    else:
        bare = _QUOTED.sub("", text.lstrip()[:LONGEST_URL].partition("\n")[0])
        delimiter = max(_DELIMITERS, key=bare.count)
    return delimiter, _read(text, delimiter, start)


def _read(text: str, delimiter: str, start: int) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = start
    try:
        for cells in reader:
            yield number, cells
            number = reader.line_num + start
            if number > _MOST_LINES:
                raise _refused(f"has more than {_MOST_LINES} lines; split it")
    except csv.Error as error:
        raise _refused(
            f"cannot be read from line {number} on ({error}); look for a quotation mark "
            "without its partner"
        ) from None


@dataclass(frozen=True, slots=True)
class _Header:
    """The columns from the left, "" for one that is not read, and the names of those."""

    columns: tuple[str, ...]
    unknown: tuple[str, ...]


def _header(lines: Iterator[Line]) -> _Header:
    cells = next((cells for _, cells in lines if any(cell.strip() for cell in cells)), None)
    if cells is None:
        raise _refused("is empty")
    if len(cells) > MOST_COLUMNS:
        raise _refused(f"has more than {MOST_COLUMNS} columns")
    names = [re.sub(r"[\s-]+", "_", cell.strip().casefold()) for cell in cells]
    names = [_ALSO_CALLED.get(name, name) for name in names]
    columns = tuple(name if name in COLUMNS else "" for name in names)
    for name in COLUMNS:
        if columns.count(name) > 1:
            raise _refused(f"has the column “{name}” twice")
    if "name" not in columns:
        raise _refused("has no column “name”; its first line must name the columns")
    if not {"address", "host", "device"} & set(columns):
        raise _refused("has no column “address” (or “host”, or “device”)")
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
                raise _refused(f"has more than {MOST_ROWS} cameras; split it")
            yield number, cells


# ---------------------------------------------------------------- one camera


class _Cells:
    """The cells of one line, and what is wrong with them."""

    def __init__(self, columns: Sequence[str], cells: Sequence[str]) -> None:
        self._texts = dict(zip(columns, cells, strict=False))
        self.problems: list[InvalidSetting] = []
        if any(cell.strip() for cell in cells[len(columns) :]):
            self.refuse("name", "its line has more cells than there are columns")

    def refuse(self, column: str, reason: str) -> None:
        """Note what is wrong with a cell."""
        self.problems.append(InvalidSetting(column, reason))

    def text(self, column: str) -> str:
        """Return a cell's text without blanks at its ends, "" if it is empty or missing."""
        return _literal(self._texts.get(column, "").strip())

    def password(self) -> Secret | None:
        """Return the password byte for byte, None if there is none."""
        text = self._texts.get("password", "")
        return Secret(text) if text else None

    def value(self, column: str, read: Callable[[str], T], usual: T) -> T:
        """Return what a cell says, the usual value if it is empty or wrong."""
        text = self.text(column)
        if not text:
            return usual
        try:
            return read(text)
        except InvalidSetting as error:
            self.refuse(column, error.reason)
            return usual

    def only(self, column: str, given: str) -> str:
        """Return what the address says, or else the cell; not both."""
        text = self.text(column)
        if given and text and text != given:
            self.refuse(column, _TWICE)
        return given or text


def _row(line: int, columns: Sequence[str], texts: Sequence[str]) -> ImportRow:
    cells = _Cells(columns, texts)
    settings, password = _settings(cells)
    problems = list(cells.problems)
    checked: CameraSettings | None = None
    try:
        checked = validate_camera(settings)
    except InvalidSettings as error:
        known = {problem.field for problem in problems}
        is_unread = "address" in known  # then host and path are missing for no other reason
        unread = {"host", "snapshot_path", "stream_path"} if is_unread else set()
        problems += [one for one in error.problems if one.field not in known | unread]
    try:
        password = checked_password(settings if checked is None else checked, password)
    except InvalidSetting as error:
        problems.append(error)
    problems += [
        InvalidSetting(column, "had a password that was left out of the list; write it again")
        for column in _PATHS
        if f"={_LEFT_OUT}" in getattr(settings, column)
    ]
    warnings = []
    if settings.username and not password and not problems:
        warnings.append("There is no password: an empty one is kept.")
    return ImportRow(
        line,
        settings.name[:LONGEST_NAME],
        _shown(settings)[:LONGEST_URL],
        None if problems else checked,
        None if problems else password,
        tuple(problems),
        tuple(warnings),
    )


def _settings(cells: _Cells) -> tuple[CameraSettings, Secret | None]:
    """Return what a line says, unchecked but for the form of its cells."""
    address = cells.text("address")
    kind = cells.value("kind", _kind, _kind_of(address))
    usual = CameraSettings(name="", location="", host="", kind=kind)
    settings = replace(
        usual,
        name=cells.text("name"),
        location=cells.text("location"),
        site=cells.text("site"),
        interval_s=cells.value("interval_s", _seconds, usual.interval_s),
        **{
            column: cells.value(column, _truth, getattr(usual, column))
            for column in ("is_enabled", "allow_local", "allow_basic", "one_session", "loops")
        },
        hardware_id=cells.text("hardware_id"),
    )
    if not kind.is_networked:
        return replace(settings, device=cells.only("device", address)), cells.password()
    return _of_network(cells, settings, address)


def _of_network(
    cells: _Cells, settings: CameraSettings, address: str
) -> tuple[CameraSettings, Secret | None]:
    usual_scheme = KIND_SCHEMES[settings.kind][0]
    scheme, host, port, path, username = "", "", None, "", ""
    password = cells.password()
    if address:
        whole = address if "://" in address else f"{usual_scheme}://{address}"
        try:
            parsed = parse_camera_url(whole)
        except InvalidSetting as error:
            cells.refuse("address", error.reason)
        else:
            scheme, host, port = parsed.scheme, parsed.host, parsed.port
            path, username = parsed.path, parsed.username
            if parsed.password is not None:
                if password not in (None, parsed.password):
                    cells.refuse("password", _TWICE)
                password = parsed.password
    counted = "stream_path" if settings.kind.is_stream else "snapshot_path"
    paths = {column: cells.text(column) for column in _PATHS}
    paths[counted] = cells.only(counted, cells.only("path", path))
    scheme = cells.only("scheme", scheme).lower() or usual_scheme
    own_port = cells.value("port", _whole_number, 0)
    if port is not None and own_port not in (0, port):
        cells.refuse("port", _TWICE)
    return (
        replace(
            settings,
            scheme=scheme,
            host=cells.only("host", host),
            port=port or own_port or SCHEMES.get(scheme, settings.port),
            base_path=paths["base_path"],
            snapshot_path=paths["snapshot_path"],
            status_path=paths["status_path"],
            stream_path=paths["stream_path"],
            main_path=paths["main_path"],
            username=cells.only("username", username),
            transport=cells.text("transport").lower() or settings.transport,
            onvif_scheme=cells.text("onvif_scheme").lower(),
            onvif_port=cells.value("onvif_port", _whole_number, settings.onvif_port),
            onvif_path=paths["onvif_path"] or settings.onvif_path,
            pin=cells.text("pin"),
        ),
        password,
    )


def _kind_of(address: str) -> SourceKind:
    """Return the kind that an address tells, where no cell does."""
    is_stream = address.lower().startswith(("rtsp://", "rtsps://"))
    return SourceKind.RTSP if is_stream else SourceKind.SNAPSHOT


def _kind(text: str) -> SourceKind:
    try:
        return SourceKind(text.lower())
    except ValueError:
        raise _refused(f"must be one of {', '.join(SourceKind)}") from None


def _whole_number(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise _refused("must be a whole number from 1 to 65535")
    return int(text)


def _seconds(text: str) -> float:
    if not _DECIMAL.fullmatch(text):
        raise _refused("must be a number of seconds, such as 1 or 0.5")
    return float(text.replace(",", "."))


def _truth(text: str) -> bool:
    word = text.lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise _refused("must be yes or no")


def _shown(settings: CameraSettings) -> str:
    """Return where a camera would be asked, "" if that cannot be told."""
    if settings.kind.is_networked and not settings.host:
        return ""
    return settings.origin + without_secrets(_path_of(settings))


def _path_of(settings: CameraSettings) -> str:
    if not settings.kind.is_networked:
        return ""
    path = settings.stream_path if settings.kind.is_stream else settings.snapshot_path
    return f"{settings.base_path}{path}"


# ---------------------------------------------------------------- the others


def _place(settings: CameraSettings) -> str:
    """Return what two records of one view have in common."""
    return settings.origin + _path_of(settings)


def name_problem(name: str, taken: Mapping[str, str]) -> InvalidSetting | None:
    """Tell whether a name is in use.

    Args:
        name: The one that is wanted.
        taken: By the key of each name in use, by whom it is, such as "another camera".
    """
    by = taken.get(place_key(name))
    return InvalidSetting("name", f"is already used by {by}") if by else None


def names_in_use(cameras: Sequence[Camera]) -> dict[str, str]:
    """Return the names in use, for `name_problem`."""
    return {place_key(camera.name): "another camera" for camera in cameras}


def _beside_each_other(rows: Sequence[ImportRow], cameras: Sequence[Camera]) -> Iterator[ImportRow]:
    """Yield the rows with what is wrong between them and the cameras there are."""
    taken = names_in_use(cameras)
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
        taken.setdefault(place_key(row.name), f"line {row.line} of this list")
        if row.settings is not None:
            place = _place(row.settings)
            if place in places:
                warnings.append(f"{places[place]} has the same address.")
            places.setdefault(place, f"Line {row.line}")
            device = row.settings.hardware_id
            if device and device in devices:
                warnings.append(f"{devices[device]} is the same device.")
            devices.setdefault(device, f"Line {row.line}")
        yield replace(
            row,
            settings=None if problems else row.settings,
            password=None if problems else row.password,
            problems=tuple(problems),
            warnings=tuple(warnings),
        )
