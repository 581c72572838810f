"""Changes values in `settings.toml`, and nothing else in it: comments and order stay."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable

from camwatch.errors import InvalidSetting, InvalidSettings
from camwatch.files import write_aside
from camwatch.language import tr


def write_values(
    file: Path, section: str, values: Mapping[str, str | float | Mapping[str, str]]
) -> None:
    """Put values into a section of the settings; a power cut leaves the old file or the new.

    Args:
        file: TOML; made if it is not there.
        section: Such as "detection".
        values: Have been checked. A mapping becomes a table of its own, in its order; what the
            table held before is gone.

    Raises:
        InvalidSettings: The file cannot be read or written, or is not TOML; it is unchanged.
    """
    try:
        text = file.read_text("utf-8") if file.exists() else ""
        document = tomlkit.parse(text)
        table = document.get(section)
        if table is None:
            if document:
                document.add(tomlkit.nl())
            table = tomlkit.table()
            document.add(section, table)
        if not isinstance(table, dict):
            raise InvalidSettings([InvalidSetting(section, tr("is no section"))], str(file))
        for name, value in values.items():
            table[name] = _table(value) if isinstance(value, Mapping) else value
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_aside(file, tomlkit.dumps(document).encode("utf-8"))
    except (TOMLKitError, UnicodeDecodeError) as error:
        problem = InvalidSetting(str(file), tr("is not TOML: {error}", error=error))
        raise InvalidSettings([problem], str(file)) from error
    except OSError as error:
        problem = InvalidSetting(
            str(file), tr("cannot be changed: {strerror}", strerror=error.strerror)
        )
        raise InvalidSettings([problem], str(file)) from error


def _table(values: Mapping[str, str]) -> InlineTable:
    """Return a table that stands in one line: so it never takes in the values that follow it."""
    table = tomlkit.inline_table()
    for name, value in values.items():
        table.append(name, value)
    return table
