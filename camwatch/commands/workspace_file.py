"""The workspace file: how a site is set up, as one JSON text without secrets. Pure.

`docs/workspace.md` describes it. Whatever comes in is taken for hostile: sizes and kinds are
checked before anything is made of it, nothing in it names a file that would be opened, and what
could be a password is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from camwatch import __version__
from camwatch.commands.settings_described import SettingValue
from camwatch.errors import InvalidSetting
from camwatch.language import tr

FORMAT = "camwatch-workspace"
VERSION = 1
LARGEST_BYTES = 10 * 1024 * 1024
MOST_LINES = 99_999
MOST_CAMERAS = 1000
MOST_RULES = 500
MOST_SITES = 1000
MOST_SETTINGS = 500
_DEEPEST = 12
_SECRET = re.compile(r"passw|secret|token|passphrase|credential", re.IGNORECASE)
_SCHEME = "has_password"  # says that there is one, and not which


@dataclass(frozen=True, slots=True)
class Workspace:
    """What a file says, in plain JSON values; only its frame was checked.

    Attributes:
        cameras: Each with the fields of `CameraSettings`, "uid" and "has_password".
        sites: Each with "name" and "time_zone".
        scenes: Each with "camera" and the parts of a `Scene`.
        rules: As `Rule`, but with names where that has numbers.
        settings: By key, such as "cameras.frozen_after".
        layouts: Saved walls: as `Wall`, but with names of cameras where that has numbers.
    """

    cameras: tuple[Mapping[str, Any], ...] = ()
    sites: tuple[Mapping[str, Any], ...] = ()
    scenes: tuple[Mapping[str, Any], ...] = ()
    rules: tuple[Mapping[str, Any], ...] = ()
    settings: Mapping[str, SettingValue] | None = None
    layouts: tuple[Mapping[str, Any], ...] = ()


def write_workspace(workspace: Workspace, made_at: str) -> bytes:
    """Return the file; UTF-8, one value a line, so that tools for texts can compare two."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "made_by": f"CamWatch {__version__}",
        "made_at": made_at,
        "cameras": list(workspace.cameras),
        "sites": list(workspace.sites),
        "scenes": list(workspace.scenes),
        "rules": list(workspace.rules),
        "settings": dict(workspace.settings or {}),
        "layouts": list(workspace.layouts),
    }
    return (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def read_workspace(data: bytes) -> Workspace:
    """Read a file.

    Raises:
        InvalidSetting: "file": it is none, or larger than is read, or of a newer CamWatch, or
            holds what could be a password.
    """
    document = _document(data)
    if document.get("format") != FORMAT:
        raise refused(tr("is no workspace file of CamWatch"))
    version = document.get("version")
    if type(version) is not int or version < 1:
        raise refused(tr("does not say of which version it is"))
    if version > VERSION:
        raise refused(
            tr(
                "is of version {found}, of a newer CamWatch; this one reads version {known}",
                found=version,
                known=VERSION,
            )
        )
    settings = document.get("settings", {})
    if not isinstance(settings, dict) or len(settings) > MOST_SETTINGS:
        raise refused(tr("has settings that are none"))
    _refuse_secrets(document, "")
    return Workspace(
        _listed(document, "cameras", MOST_CAMERAS),
        _listed(document, "sites", MOST_SITES),
        _listed(document, "scenes", MOST_CAMERAS),
        _listed(document, "rules", MOST_RULES),
        settings,
        _listed(document, "layouts", MOST_SITES),
    )


def refused(reason: str) -> InvalidSetting:
    """Return what is wrong with the file as a whole."""
    return InvalidSetting("file", reason)


def _document(data: bytes) -> dict[str, Any]:
    if len(data) > LARGEST_BYTES:
        raise refused(tr("is larger than {most} MiB", most=LARGEST_BYTES // 1024 // 1024))
    if data.count(b"\n") > MOST_LINES:
        raise refused(tr("has more than {most} lines", most=MOST_LINES))
    if data.startswith((b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")):
        raise refused(tr("is an archive or a workbook; a workspace file is a text"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refused(tr("is not in UTF-8; save it in that encoding")) from None
    try:
        found = json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except RecursionError:
        raise refused(tr("is nested too deeply")) from None
    except json.JSONDecodeError as error:
        raise refused(tr("is not JSON from line {line} on", line=error.lineno)) from None
    except ValueError:  # a number with thousands of digits
        raise refused(tr("has a number that is none")) from None
    if not isinstance(found, dict):
        raise refused(tr("is no workspace file of CamWatch"))
    _check_depth(found, 0)
    return found


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise refused(tr("has the name “{name}” twice in one place", name=twice[:40]))
    return found


def _no_number(_text: str) -> object:
    raise refused(tr("has a number that is none"))


def _check_depth(value: object, depth: int) -> None:
    if depth > _DEEPEST:
        raise refused(tr("is nested too deeply"))
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        _check_depth(one, depth + 1)


def _refuse_secrets(value: object, name: str) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if _SECRET.search(key) and key != _SCHEME:
                raise refused(
                    tr(
                        "has the field “{name}”; a workspace file never holds passwords. Take it "
                        "out, and enter the password in CamWatch",
                        name=key[:40],
                    )
                )
            _refuse_secrets(inner, key)
    elif isinstance(value, list):
        for inner in value:
            _refuse_secrets(inner, name)


def _listed(document: Mapping[str, Any], name: str, most: int) -> tuple[Mapping[str, Any], ...]:
    found = document.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise refused(tr("has under “{name}” what is no list of such things", name=name))
    if len(found) > most:
        raise refused(
            tr("has more than {most} entries under “{name}”; split it", most=most, name=name)
        )
    return tuple(found)
