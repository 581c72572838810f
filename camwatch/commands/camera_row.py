"""One line of a list of cameras on its way to settings, with every problem named."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from camwatch.cameras.policy import (
    KIND_SCHEMES,
    LEFT_OUT,
    LONGEST_NAME,
    LONGEST_URL,
    SCHEMES,
    parse_camera_url,
    validate_camera,
    without_secrets,
)
from camwatch.commands.camera_editing import checked_password
from camwatch.domain import CameraSettings, Secret, SourceKind
from camwatch.errors import InvalidSetting, InvalidSettings
from camwatch.language import marked, tr

T = TypeVar("T")

FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
"""What a spreadsheet takes for the begin of a formula, and the sign that tells it otherwise."""

PATHS = ("base_path", "snapshot_path", "status_path", "stream_path", "main_path", "onvif_path")
_PLACES = frozenset({"address", "host", "device", "scheme"})
_COUNTED = ("snapshot_path", "stream_path")

_YES = frozenset({"yes", "true", "1", "on", "y", "x"})
_NO = frozenset({"no", "false", "0", "off", "n"})
_WHOLE = re.compile(r"[1-9][0-9]{0,4}")
_DECIMAL = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,6})?")
_TWICE = marked("is given in the address and in its own column; leave one of them empty")


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


def literal(text: str) -> str:
    """Take away the sign that tells a spreadsheet that a text is no formula."""
    is_marked = text.startswith("'") and text[1:].startswith(FORMULA)
    return text[1:] if is_marked else text


def _refused(reason: str) -> InvalidSetting:
    """Make an error whose column the caller names."""
    return InvalidSetting("", reason)


class _Cells:
    """The cells of one line, and what is wrong with them."""

    def __init__(self, columns: Sequence[str], cells: Sequence[str]) -> None:
        self._texts = dict(zip(columns, cells, strict=False))
        self.problems: list[InvalidSetting] = []
        if any(cell.strip() for cell in cells[len(columns) :]):
            self.refuse("name", tr("its line has more cells than there are columns"))

    def refuse(self, column: str, reason: str) -> None:
        """Note what is wrong with a cell."""
        self.problems.append(InvalidSetting(column, reason))

    def text(self, column: str) -> str:
        """Return a cell's text without blanks at its ends, "" if it is empty or missing."""
        return literal(self._texts.get(column, "").strip())

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
            self.refuse(column, tr(_TWICE))
        return given or text


def read_row(line: int, columns: Sequence[str], texts: Sequence[str]) -> ImportRow:
    """Read one line by itself; what is wrong between lines is not looked at.

    Args:
        line: Where it stands in the file.
        columns: From the left; "" for one that is not read.
        texts: Its cells.
    """
    cells = _Cells(columns, texts)
    settings, password = _settings(cells)
    problems = list(cells.problems)
    checked: CameraSettings | None = None
    try:
        checked = validate_camera(settings)
    except InvalidSettings as error:
        known = {problem.field for problem in problems}
        if "address" in known:  # then these are missing for no other reason
            known |= {"host", *_COUNTED}
        problems += [_explained(one, settings) for one in error.problems if one.field not in known]
    try:
        password = checked_password(settings if checked is None else checked, password)
    except InvalidSetting as error:
        problems.append(error)
    problems += [
        InvalidSetting(column, tr("had a password that was left out of the list; write it again"))
        for column in PATHS
        if f"={LEFT_OUT}" in getattr(settings, column)
    ]
    warnings = []
    if settings.username and not password and not problems:
        warnings.append(tr("There is no password: an empty one is kept."))
    return ImportRow(
        line,
        settings.name[:LONGEST_NAME],
        _shown(settings, {problem.field for problem in problems})[:LONGEST_URL],
        None if problems else checked,
        None if problems else password,
        tuple(problems),
        tuple(warnings),
    )


def _explained(problem: InvalidSetting, settings: CameraSettings) -> InvalidSetting:
    """Say where a path can be written that is missing: few lists have a column for it."""
    if problem.field in _COUNTED and not getattr(settings, problem.field):
        reason = tr("is missing; write it behind the address, or into the column path")
        return InvalidSetting(problem.field, reason)
    return problem


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
                    cells.refuse("password", tr(_TWICE))
                password = parsed.password
    counted = "stream_path" if settings.kind.is_stream else "snapshot_path"
    paths = {column: cells.text(column) for column in PATHS}
    paths[counted] = cells.only(counted, cells.only("path", path))
    scheme = cells.only("scheme", scheme).lower() or usual_scheme
    own_port = cells.value("port", _whole_number, 0)
    if port is not None and own_port not in (0, port):
        cells.refuse("port", tr(_TWICE))
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
        raise _refused(tr("must be one of {names}", names=", ".join(SourceKind))) from None


def _whole_number(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise _refused(tr("must be a whole number from 1 to 65535"))
    return int(text)


def _seconds(text: str) -> float:
    if not _DECIMAL.fullmatch(text):
        raise _refused(tr("must be a number of seconds, such as 1 or 0.5"))
    return float(text.replace(",", "."))


def _truth(text: str) -> bool:
    word = text.lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise _refused(tr("must be yes or no"))


def _shown(settings: CameraSettings, refused: Collection[str]) -> str:
    """Return where a camera would be asked, "" if that cannot be told.

    What was refused is left out: it may be a whole address in a wrong cell, with credentials.

    Args:
        settings: As they were read.
        refused: Columns with a problem.
    """
    if not _PLACES.isdisjoint(refused) or (settings.kind.is_networked and not settings.host):
        return ""
    if not {"path", *PATHS}.isdisjoint(refused):
        return settings.origin
    return settings.origin + without_secrets(path_of(settings))


def path_of(settings: CameraSettings) -> str:
    """Return the path of what is counted; "" for cameras of this computer."""
    if not settings.kind.is_networked:
        return ""
    path = settings.stream_path if settings.kind.is_stream else settings.snapshot_path
    return f"{settings.base_path}{path}"
