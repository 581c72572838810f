"""Changes values in `settings.toml`, and nothing else in it: comments and order stay."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable

from camwatch.errors import InvalidSetting, InvalidSettings
from camwatch.files import write_aside
from camwatch.language import tr

FileValue = str | float | Mapping[str, str]
"""What can stand in the file; a whole number and a truth are floats for this purpose."""

FILE_LOCK = threading.Lock()
"""Held from reading the file to writing it: several commands change it, from several threads."""


def write_values(file: Path, section: str, values: Mapping[str, FileValue]) -> None:
    """Put values into a section of the settings; a power cut leaves the old file or the new.

    Args:
        file: TOML; made if it is not there.
        section: Such as "detection".
        values: Have been checked. A mapping becomes a table of its own, in its order; what the
            table held before is gone.

    Raises:
        InvalidSettings: The file cannot be read or written, or is not TOML; it is unchanged.
    """
    with FILE_LOCK:
        try:
            text = file.read_bytes().decode("utf-8") if file.exists() else ""
        except UnicodeDecodeError as error:
            raise _not_toml(str(file), error) from error
        except OSError as error:
            raise _unchangeable(file, error) from error
        write_text(file, with_values(text, str(file), {section: values}))


def with_values(
    text: str, source: str, changes: Mapping[str, Mapping[str, FileValue | None]]
) -> str:
    """Return the text of the file with other values; all else in it stays as it is.

    Args:
        text: TOML.
        source: The file, for messages.
        changes: By section and name; None takes a value out, so that its default holds.

    Raises:
        InvalidSettings: It is not TOML, or what a section should be is none.
    """
    try:
        document = tomlkit.parse(text)
        for section, values in changes.items():
            table = document.get(section)
            if table is None:
                if all(value is None for value in values.values()):
                    continue
                if document:
                    document.add(tomlkit.nl())
                table = tomlkit.table()
                document.add(section, table)
            if not isinstance(table, dict):
                raise InvalidSettings([InvalidSetting(section, tr("is no section"))], source)
            for name, value in values.items():
                if value is None:
                    table.pop(name, None)
                else:
                    table[name] = _table(value) if isinstance(value, Mapping) else value
        return tomlkit.dumps(document)
    except TOMLKitError as error:
        raise _not_toml(source, error) from error


def write_text(file: Path, text: str) -> None:
    """Put the whole file in its place in one step.

    Raises:
        InvalidSettings: It cannot be written; it is unchanged.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_aside(file, text.encode("utf-8"))
    except OSError as error:
        raise _unchangeable(file, error) from error


def _not_toml(source: str, error: Exception) -> InvalidSettings:
    return InvalidSettings(
        [InvalidSetting(source, tr("is not TOML: {error}", error=error))], source
    )


def _unchangeable(file: Path, error: OSError) -> InvalidSettings:
    reason = f"cannot be changed: {error.strerror}"
    return InvalidSettings([InvalidSetting(str(file), reason)], str(file))


def _table(values: Mapping[str, str]) -> InlineTable:
    """Return a table that stands in one line: so it never takes in the values that follow it."""
    table = tomlkit.inline_table()
    for name, value in values.items():
        table.append(name, value)
    return table
