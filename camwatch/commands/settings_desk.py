"""Reads and changes the settings of this computer, one careful write at a time."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from camwatch.commands.access import AccessOptions
from camwatch.commands.settings_described import SettingValue, described
from camwatch.commands.settings_file import FILE_LOCK, with_values, write_text
from camwatch.commands.settings_state import SettingsChange, SettingsState, states_of, value_of
from camwatch.commands.trail import DONE, FAILED, Trail
from camwatch.config import (
    Applies,
    Display,
    Settings,
    file_bytes,
    settings_of,
    variable_of,
    written_values,
)
from camwatch.errors import ChangedMeanwhile, InvalidSetting, InvalidSettings
from camwatch.language import tr
from camwatch.last_good import keep_good
from camwatch.paths import Profile

log = logging.getLogger(__name__)

Apply = Callable[[Settings, Settings], None]
"""Called with the settings before and after a change, in the thread that made it; must not wait."""

_ACTION = "change_settings"


class SettingsDesk:
    """For the commands; all methods block, and may be called from any thread.

    Args:
        file: `settings.toml`; None keeps changes until the program ends only.
        good_file: Where its last good copy is; None keeps none.
        running: What this run began with.
        environ: Variables, which win over the file.
        trail: Where it is noted who changed what.

    Attributes:
        applies: Told of each change; each makes hold what it can while the program runs.
    """

    def __init__(
        self,
        file: Path | None,
        good_file: Path | None,
        running: Settings,
        environ: Mapping[str, str],
        trail: Trail,
    ) -> None:
        self.applies: list[Apply] = []
        self._file = file
        self._good_file = good_file
        self._running = running
        self._good = running
        self._environ = environ
        self._trail = trail
        self._unkept = b""
        try:
            # What a demonstration runs with besides was never said in a file.
            self._running = settings_of(self.data(), self.source, environ)
        except InvalidSettings as error:
            log.info("the settings cannot be read; this run goes by others: %s", error)

    @property
    def source(self) -> str:
        """The file, for messages."""
        return "settings.toml" if self._file is None else str(self._file)

    def data(self) -> bytes:
        """Return what the file holds now.

        Raises:
            InvalidSettings: It cannot be read.
        """
        return self._unkept if self._file is None else file_bytes(self._file)

    def state(self) -> SettingsState:
        """See `SettingsCommands.settings_state`."""
        try:
            data = self.data()
        except InvalidSettings as error:
            states = states_of(self._good, self._running, {}, self._environ)
            return SettingsState(states, self._file, "", error.problems)
        try:
            settings = self._good = settings_of(data, self.source, self._environ)
            written = written_values(data, self.source)
        except InvalidSettings as error:
            states = states_of(self._good, self._running, {}, self._environ)
            return SettingsState(states, self._file, mark_of(data), error.problems)
        states = states_of(settings, self._running, written, self._environ)
        return SettingsState(states, self._file, mark_of(data))

    def display(self) -> Display:
        """Return what the settings say of the screen now."""
        self.state()
        return self._good.display

    def change(
        self,
        actor: str,
        changes: Mapping[str, SettingValue | None],
        mark: str | None,
        *,
        action: str = _ACTION,
    ) -> SettingsChange:
        """See `SettingsCommands.change_settings`; without a mark, whatever the file is now."""
        with FILE_LOCK:
            data = self.data()
            if mark is not None and mark_of(data) != mark:
                raise ChangedMeanwhile("settings.toml")
            _, old = self._before(data, changes)
            settings = self._checked(self._with(data, changes), changes)
            self._trail.record(actor, action, "", DONE, **_told(old, settings, changes))
            try:
                return self._written(data, changes)
            except InvalidSettings:
                self._trail.try_to_record(actor, action, "", FAILED)
                raise

    def write(self, changes: Mapping[str, SettingValue | None]) -> SettingsChange:
        """Change settings as a part of something larger, which has told the audit log of it.

        Raises:
            InvalidSettings: With every refused setting, by its key. Nothing was changed.
        """
        with FILE_LOCK:
            return self._written(self.data(), changes)

    def _written(self, data: bytes, changes: Mapping[str, SettingValue | None]) -> SettingsChange:
        before, old = self._before(data, changes)
        new_data = self._with(data, changes)
        settings = self._checked(new_data, changes)
        self._write(new_data)
        self._hold(old, settings, changes)
        keys = tuple(changes)
        restart = tuple(key for key in keys if _applies(key) is Applies.RESTART)
        return SettingsChange(before, settings, keys, restart)

    def _with(self, data: bytes, changes: Mapping[str, SettingValue | None]) -> bytes:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            problem = InvalidSetting(self.source, tr("is not TOML: {error}", error=error))
            raise InvalidSettings([problem], self.source) from error
        return with_values(text, self.source, _by_section(changes)).encode("utf-8")

    def check(self, changes: Mapping[str, SettingValue | None]) -> Settings:
        """Return what the settings would be with a change; nothing is changed.

        Raises:
            InvalidSettings: With every refused setting, by its key.
        """
        data = self.data()
        self._before(data, changes)
        return self._checked(self._with(data, changes), changes)

    def written(self) -> dict[str, SettingValue]:
        """Return what stands in the file, by key; nothing of a file that cannot be read."""
        try:
            found = written_values(self.data(), self.source)
        except InvalidSettings:
            return {}
        return {
            f"{section}.{name}": value
            for section, values in found.items()
            for name, value in values.items()
        }

    def _before(
        self, data: bytes, changes: Mapping[str, SettingValue | None]
    ) -> tuple[dict[str, SettingValue | None], Settings]:
        """Return what stands in the file of what is to be changed, and all settings.

        Raises:
            InvalidSettings: A setting is not changed here; or the file is not TOML.
        """
        problems = []
        for key in changes:
            about = described(key)
            if about is None:
                problems.append(InvalidSetting(key, tr("is no setting of this CamWatch")))
            elif about.about.opens or about.about.is_secret:
                problems.append(InvalidSetting(key, tr("is changed in a dialog of its own")))
            elif variable := variable_of(about.section, about.name, self._environ):
                reason = tr("is given by the variable {name}, which wins", name=variable)
                problems.append(InvalidSetting(key, reason))
        if problems:
            raise InvalidSettings(problems, self.source)
        try:
            settings = settings_of(data, self.source, self._environ)
        except InvalidSettings:
            settings = self._good  # the change may be what puts it right
        written = written_values(data, self.source)
        found: dict[str, SettingValue | None] = {}
        for key in changes:
            section, _, name = key.partition(".")
            found[key] = written.get(section, {}).get(name)
        return found, settings

    def _checked(self, data: bytes, changes: Mapping[str, SettingValue | None]) -> Settings:
        """Return the settings that the file would give.

        Raises:
            InvalidSettings: With every refused one, those that are changed first.
        """
        try:
            return settings_of(data, self.source, self._environ)
        except InvalidSettings as error:
            problems = sorted(error.problems, key=lambda one: one.field not in changes)
            raise InvalidSettings(problems, self.source) from error

    def _write(self, data: bytes) -> None:
        if self._file is None:
            self._unkept = data
            return
        write_text(self._file, data.decode("utf-8"))
        if self._good_file is not None:
            keep_good(self._good_file, data)

    def _hold(
        self, old: Settings, settings: Settings, changes: Mapping[str, SettingValue | None]
    ) -> None:
        """Let what was changed hold, as far as it can while the program runs."""
        self._good = settings
        running: dict[str, dict[str, SettingValue]] = {}
        for key in changes:
            about = described(key)
            if about is not None and about.about.applies is not Applies.RESTART:
                running.setdefault(about.section, {})[about.name] = value_of(settings, about)
        self._running = self._running.model_copy(
            update={
                section: getattr(self._running, section).model_copy(update=values)
                for section, values in running.items()
            }
        )
        for apply in self.applies:
            apply(old, settings)


def desk_of(access: AccessOptions, trail: Trail, *applies: Apply) -> SettingsDesk:
    """Return the desk of this run, which tells these of each change."""
    copy = None if access.profile is None else Profile(access.profile).good_settings_file
    desk = SettingsDesk(access.settings_file, copy, access.settings, access.environ, trail)
    desk.applies.extend(applies)
    return desk


def mark_of(data: bytes) -> str:
    """Return what stands for the file as it was read."""
    return hashlib.sha256(data).hexdigest()


def _by_section(
    changes: Mapping[str, SettingValue | None],
) -> dict[str, dict[str, SettingValue | None]]:
    found: dict[str, dict[str, SettingValue | None]] = {}
    for key, value in changes.items():
        section, _, name = key.partition(".")
        found.setdefault(section, {})[name] = value
    return found


def _applies(key: str) -> Applies:
    about = described(key)
    return Applies.RESTART if about is None else about.about.applies


def _told(
    old: Settings, new: Settings, changes: Mapping[str, SettingValue | None]
) -> dict[str, str]:
    """Say for the audit log what was changed; never a value that may be secret."""
    told = {}
    for key in changes:
        about = described(key)
        if about is not None:
            told[key] = f"{value_of(old, about)} -> {value_of(new, about)}"[:400]
    return told
