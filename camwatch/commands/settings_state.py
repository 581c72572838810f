"""The settings as they are: where each value comes from, and what waits for a restart. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from camwatch.commands.settings_described import DESCRIBED, DescribedSetting, SettingValue
from camwatch.config import Applies, Settings, variable_of
from camwatch.errors import InvalidSetting


class Source(StrEnum):
    """Where a value comes from."""

    DEFAULT = "default"
    FILE = "file"
    VARIABLE = "variable"


@dataclass(frozen=True, slots=True)
class SettingState:
    """One setting as it is.

    Attributes:
        about: What there is to say of it.
        value: What holds; "" of one that may be secret.
        source: Where that comes from.
        variable: The variable that gives it, where one does: it wins over the file.
        written: What stands in the file; None if nothing does, and of one that may be secret.
        waits: It was changed, and holds after a restart only.
    """

    about: DescribedSetting
    value: SettingValue
    source: Source
    variable: str
    written: SettingValue | None
    waits: bool

    @property
    def is_changed(self) -> bool:
        """True if its value is not the default."""
        if self.about.about.is_secret:
            return self.source is not Source.DEFAULT
        return self.value != self.about.default


@dataclass(frozen=True, slots=True)
class SettingsState:
    """All settings as they are.

    Attributes:
        settings: In the order of the page.
        file: Where they are kept; None where they are not.
        mark: Stands for the file as it was read; whoever changes another one is refused.
        problems: What is wrong with the file now; then its last good copy holds.
    """

    settings: tuple[SettingState, ...]
    file: Path | None
    mark: str
    problems: tuple[InvalidSetting, ...] = ()

    def of(self, key: str) -> SettingState:
        """Return one of them.

        Raises:
            KeyError: There is none of this key.
        """
        for one in self.settings:
            if one.about.key == key:
                return one
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """What came of a change.

    Attributes:
        before: What stood in the file of each that was changed; None for nothing. Whoever
            changes them to that undoes the change.
        settings: As they are now.
        keys: What was changed.
        restart: Keys of those that hold after a restart only.
    """

    before: Mapping[str, SettingValue | None]
    settings: Settings
    keys: tuple[str, ...]
    restart: tuple[str, ...]


def value_of(settings: Settings, about: DescribedSetting) -> SettingValue:
    """Return the value of one setting."""
    found: SettingValue = getattr(getattr(settings, about.section), about.name)
    return found.value if isinstance(found, StrEnum) else found


def states_of(
    settings: Settings,
    running: Settings,
    written: Mapping[str, Mapping[str, SettingValue]],
    environ: Mapping[str, str],
) -> tuple[SettingState, ...]:
    """Return how each setting is.

    Args:
        settings: As file and variables give them now.
        running: As this run began, but for what was changed while it ran.
        written: What stands in the file.
        environ: Variables.
    """
    found = []
    for about in DESCRIBED:
        variable = variable_of(about.section, about.name, environ)
        in_file = written.get(about.section, {}).get(about.name)
        value = value_of(settings, about)
        source = Source.VARIABLE if variable else Source.FILE
        if not variable and in_file is None:
            source = Source.DEFAULT
        secret = about.about.is_secret
        waits = about.about.applies is Applies.RESTART and value != value_of(running, about)
        found.append(
            SettingState(
                about,
                "" if secret else value,
                source,
                variable,
                None if secret else in_file,
                waits,
            )
        )
    return tuple(found)
